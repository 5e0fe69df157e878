//! What came of a message: what the chain answered, or the contract's own error as a value.

use cosmwasm_std::Event;
use cw_multi_test::AppResponse;

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
    /// A text that is no address, in the chain's own words.
    NoAddress,
    /// The bank, before or after the contract is asked: coins that the sender doesn't have, or none. Either may
    /// say so first.
    Funds,
    /// The bank: an address that it refuses.
    Bank,
}

impl Reason {
    /// Whether `refusal` is for this reason.
    pub(crate) fn is(&self, refusal: &Refusal) -> bool {
        match (self, refusal) {
            (Self::Shower(wanted), Refusal::Shower(given)) => wanted == given,
            (
                Self::NoAddress,
                Refusal::Shower(
                    meteor_shower::ContractError::Std(_)
                    | meteor_shower::ContractError::Ownership(cw_ownable::OwnershipError::Std(_)),
                ),
            )
            | (Self::Funds, _)
            | (Self::Bank, Refusal::Other(_)) => true,
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
