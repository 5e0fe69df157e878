//! What came of a message: what the chain answered, or the contract's own error as a value.

use cosmwasm_std::Event;
use cw_multi_test::AppResponse;
use cw_ownable::OwnershipError;
use cw721::error::Cw721ContractError;

/// Why a message was refused.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// By the shower contract.
    #[error(transparent)]
    Shower(meteor_shower::ContractError),
    /// By a collection, perhaps asked by the shower.
    #[error(transparent)]
    Nft(meteor_nft::ContractError),
    /// By the hatchery.
    #[error(transparent)]
    Hatchery(meteor_hatchery::ContractError),
    /// By the chain or another contract, as text.
    #[error("{0}")]
    Other(String),
}

impl Refusal {
    /// Sorts an error of cw-multi-test.
    pub(crate) fn of(error: anyhow::Error) -> Self {
        let shower = error.downcast().map(Self::Shower);
        let nft = shower.or_else(|error| error.downcast().map(Self::Nft));
        let hatchery = nft.or_else(|error| error.downcast().map(Self::Hatchery));
        hatchery.unwrap_or_else(|error| Self::Other(format!("{error:#}")))
    }
}

/// Why the model expects a refusal.
#[derive(Debug, PartialEq)]
pub enum Reason {
    /// The shower contract's own error.
    Shower(meteor_shower::ContractError),
    /// A collection's own error.
    Nft(meteor_nft::ContractError),
    /// The hatchery's own error.
    Hatchery(meteor_hatchery::ContractError),
    /// A verb of the standard that a collection refuses by name.
    Verb(&'static str),
    /// In the standard library's words: a text that is no address, a row that isn't there, a query without an
    /// answer.
    Std,
    /// A text that is no message of the contract.
    Unread,
    /// The bank: coins that the sender doesn't have, or none.
    Funds,
    /// The bank: an address that it refuses.
    Bank,
    /// Up to another contract, or to an approval of which only its giver knows until when: it may be done or
    /// refused for any reason.
    Elsewhere,
}

impl Reason {
    /// Whether `refusal` is for this reason.
    pub(crate) fn is(&self, refusal: &Refusal) -> bool {
        match (self, refusal) {
            (Self::Shower(wanted), Refusal::Shower(given)) => wanted == given,
            (Self::Nft(wanted), Refusal::Nft(given)) => wanted == given,
            (Self::Hatchery(wanted), Refusal::Hatchery(given)) => wanted == given,
            (Self::Verb(wanted), Refusal::Nft(meteor_nft::ContractError::Refused { verb, .. })) => {
                wanted == verb
            }
            (
                Self::Std,
                Refusal::Shower(
                    meteor_shower::ContractError::Std(_)
                    | meteor_shower::ContractError::Ownership(OwnershipError::Std(_)),
                )
                | Refusal::Nft(
                    meteor_nft::ContractError::Std(_)
                    | meteor_nft::ContractError::Cw721(Cw721ContractError::Std(_)),
                )
                | Refusal::Hatchery(meteor_hatchery::ContractError::Std(_)),
            )
            | (Self::Unread | Self::Funds | Self::Bank, Refusal::Other(_))
            | (Self::Elsewhere, _) => true,
            _ => false,
        }
    }
}

impl<E: Into<meteor_shower::ContractError>> From<E> for Reason {
    fn from(error: E) -> Self {
        Self::Shower(error.into())
    }
}

/// What came of a message. Say what you expect of it.
#[must_use = "say what is expected: ok() or refused(..)"]
#[derive(Debug)]
pub struct Outcome(pub Result<AppResponse, Refusal>);

impl Outcome {
    /// Expects that the message did what it says.
    ///
    /// # Panics
    /// If it was refused.
    pub fn ok(self) -> AppResponse {
        match self.0 {
            Ok(response) => response,
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }

    /// Whether the message did what it says.
    pub fn is_ok(&self) -> bool {
        self.0.is_ok()
    }

    /// Expects a refusal, whichever.
    ///
    /// # Panics
    /// If the message was not refused.
    pub fn err(self) -> Refusal {
        match self.0 {
            Ok(response) => panic!("not refused: {:?}", names(&response.events)),
            Err(refusal) => refusal,
        }
    }

    /// Expects exactly this refusal by the shower contract.
    ///
    /// # Panics
    /// If it is another, or none.
    pub fn refused(self, by_shower: meteor_shower::ContractError) {
        assert_eq!(self.err(), Refusal::Shower(by_shower));
    }

    /// Expects exactly this refusal by a collection.
    ///
    /// # Panics
    /// If it is another, or none.
    pub fn refused_by_nft(self, by_nft: meteor_nft::ContractError) {
        assert_eq!(self.err(), Refusal::Nft(by_nft));
    }

    /// Expects exactly this refusal by the hatchery.
    ///
    /// # Panics
    /// If it is another, or none.
    pub fn refused_by_hatchery(self, by_hatchery: meteor_hatchery::ContractError) {
        assert_eq!(self.err(), Refusal::Hatchery(by_hatchery));
    }
}

fn names(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.ty.as_str()).collect()
}
