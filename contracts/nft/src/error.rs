//! Everything the collection refuses. Each text says what happened and what to do.

use cosmwasm_std::StdError;
use cw721::error::Cw721ContractError;
use meteor_contract_kit::KitError;
use meteor_rules::metadata::MetadataError;
use thiserror::Error;

/// Why a message was refused. Nothing has changed then.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// The chain or its storage.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What every contract refuses: coins, a strange reply, a wrong migration.
    #[error(transparent)]
    Kit(#[from] KitError),
    /// The standard's own checks: who may transfer, approvals, expiry.
    #[error(transparent)]
    Cw721(#[from] Cw721ContractError),
    /// A verb of the standard that would contradict the design.
    #[error("{verb} is refused: {why}")]
    Refused {
        /// The verb or query.
        verb: &'static str,
        /// Why, and what there is instead.
        why: &'static str,
    },
    /// Another sender than the minter.
    #[error("only {minter} mints here: mint through it")]
    NotMinter {
        /// The one minter.
        minter: String,
    },
    /// An id that was used before, burnt since or not, or that is twice in the batch.
    #[error("token id {token_id} was used before (burnt ids are never reused): mint under a new one")]
    IdUsed {
        /// The id.
        token_id: u64,
    },
    /// A token's image or traits don't fit the template.
    #[error("token {token_id}: {source}")]
    Token {
        /// The token.
        token_id: u64,
        /// What is wrong.
        source: MetadataError,
    },
    /// The template can't be used.
    #[error("the template is refused: {0}")]
    Template(MetadataError),
    /// A stored row that the template can't render; the mint's checks make it impossible.
    #[error("token {token_id} can't be rendered: {source}")]
    Unrenderable {
        /// The token.
        token_id: String,
        /// Why.
        source: MetadataError,
    },
    /// A name or symbol that is empty or too long.
    #[error("the collection's {what} has {given} bytes: give 1 to {most}")]
    BadText {
        /// `name` or `symbol`.
        what: &'static str,
        /// Its length.
        given: usize,
        /// Most bytes.
        most: usize,
    },
    /// Royalties beyond what marketplaces pay, or of nothing.
    #[error("royalties of {given} basis points: give 1 to {most}, or leave royalties out")]
    RoyaltyShare {
        /// The share given.
        given: u32,
        /// The largest share.
        most: u32,
    },
    /// Royalties to a contract that could never pay them out.
    #[error(
        "royalties to {given}: that is a contract of this event, which could not pass them on; name a wallet"
    )]
    RoyaltyReceiver {
        /// The address given.
        given: String,
    },
    /// No such token, or burnt.
    #[error("no token {token_id:?} here: it was never minted or it was burnt")]
    NoSuchToken {
        /// The id as given.
        token_id: String,
    },
}
