//! What can go wrong between a job and the chain.

use thiserror::Error;

/// What can go wrong between a job and the chain.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// The node can't be reached or its answer can't be read.
    #[error("the node at {node} did not answer {method}: check that it runs and the address is right")]
    Unreachable {
        /// The node's address.
        node: String,
        /// What it was asked.
        method: &'static str,
        /// Why.
        source: reqwest::Error,
    },
    /// The node answered with an error of its own.
    #[error("the node refused {method}: {text}")]
    Node {
        /// What it was asked.
        method: &'static str,
        /// What it said.
        text: String,
    },
    /// An answer is not of the expected form.
    #[error("the node's answer to {method} can't be read: {what}")]
    Malformed {
        /// What it was asked.
        method: &'static str,
        /// What is wrong with the answer.
        what: String,
    },
    /// The chain refused a query.
    #[error("the chain refused a query (code {code}): {log}")]
    Query {
        /// The chain's code.
        code: u32,
        /// The chain's words.
        log: String,
    },
    /// The chain refused a transaction before it entered a block. Nothing happened.
    #[error("the chain did not take the transaction (code {code}): {log}")]
    Refused {
        /// The chain's code.
        code: u32,
        /// The chain's words.
        log: String,
    },
    /// A transaction entered a block and failed. Only its fee was taken.
    #[error("transaction {hash} failed in block {height} (code {code}): {log}")]
    Failed {
        /// The transaction's hash.
        hash: String,
        /// The block it is in.
        height: u64,
        /// The chain's code.
        code: u32,
        /// The chain's words.
        log: String,
    },
    /// A transaction was taken but has not shown up in a block. It may still.
    #[error(
        "transaction {hash} was taken but is in no block by height {height}: look it up before sending it again"
    )]
    NotIncluded {
        /// The transaction's hash.
        hash: String,
        /// The height waited for.
        height: u64,
    },
    /// The node can't serve now.
    #[error("the node at {node} is busy (HTTP {status}) and did not answer {method}")]
    Busy {
        /// The node's address.
        node: String,
        /// What it was asked.
        method: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// The node lags behind what is known to be in blocks.
    #[error(
        "the nodes are behind: asked at height {height}, but height {needed} was seen before; wait or name another \
         node (or another journal, if the chain was begun anew)"
    )]
    Behind {
        /// Where the node is.
        height: u64,
        /// Where it should be.
        needed: u64,
    },
    /// A node of another chain.
    #[error("the node at {node} is of the chain {chain_id}, the others of {expected}: correct the address")]
    OtherChain {
        /// The node's address.
        node: String,
        /// Its chain.
        chain_id: String,
        /// The chain of the first.
        expected: String,
    },
    /// The account can't pay the fee.
    #[error("{address} can't pay the fee: {missing}{denom} are missing; send it coins and run the job again")]
    CannotPay {
        /// The address.
        address: String,
        /// What is missing (micro-denom).
        missing: u128,
        /// The fee's denom.
        denom: String,
    },
    /// The journal can't be used.
    #[error("the account's journal can't be used")]
    Journal(#[from] crate::journal::JournalError),
    /// Many under way at once can't be noted in a journal.
    #[error("an account with a journal sends one transaction at a time")]
    OneAtATime,
    /// A mnemonic, key or address is no good.
    #[error("the key can't be used: {0}")]
    Key(String),
    /// A message can't be put into a transaction.
    #[error("the transaction can't be built: {0}")]
    Build(String),
    /// A gas price that can't be read.
    #[error("gas price {0:?} can't be read: write it like 0.15uusd")]
    GasPrice(String),
    /// The art list is too short for the shower.
    #[error(
        "shower {shower} needs {needed} more pieces of art, {given} are left: add art and run the job again"
    )]
    NotEnoughArt {
        /// Which shower.
        shower: u32,
        /// Meteors still to mint.
        needed: u32,
        /// Pieces left.
        given: usize,
    },
    /// The shower can't be minted now.
    #[error("shower {shower} can't be minted now: it is {status:?}")]
    NotMintable {
        /// Which shower.
        shower: u32,
        /// Where it stands.
        status: meteor_messages::shower::Status,
    },
    /// The shower is not closed, so nothing can be drawn or revealed.
    #[error("shower {shower} has no draw yet: close it, then run draw")]
    NotClosed {
        /// Which shower.
        shower: u32,
    },
    /// Another key than the one committed to.
    #[error("this key is not the one that was committed to for shower {shower}: open the key of this event")]
    WrongKey {
        /// Which shower.
        shower: u32,
    },
    /// A root that key, beacon and ranking don't lead to.
    #[error(
        "the root on the chain for shower {shower} does not follow from key, beacon and ranking: check the tables"
    )]
    WrongRoot {
        /// Which shower.
        shower: u32,
    },
    /// A number that is no meteor's.
    #[error("there is no meteor {token_id}")]
    NoSuchMeteor {
        /// The number.
        token_id: u64,
    },
    /// The key can't be had.
    #[error("the key of a shower can't be had")]
    KeySource(#[from] crate::keys::KeyError),
    /// The beacon can't be had.
    #[error("the beacon's signature can't be had")]
    Beacon(#[from] crate::beacon::BeaconError),
    /// What meteors hold can't be derived.
    #[error("what the meteors hold can't be derived")]
    Sealed(#[from] meteor_rules::fairness::sealed::SealedError),
}

impl OperatorError {
    /// Whether another node, or the same one later, may answer.
    pub(crate) fn of_the_node(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Malformed { .. } | Self::Busy { .. } | Self::Behind { .. } => {
                true
            }
            // Pruned or not yet there: another node may have it.
            Self::Node { text, .. } => !text.contains("Method not found"),
            // A node that was only just started may panic in a simulation, and answers it a moment later.
            Self::Query { log, .. } => log.contains("baseapp/recovery.go"),
            _ => false,
        }
    }

    /// Whether a mempool had no room for a transaction: no verdict on it, and it may be sent again.
    pub fn mempool_full(&self) -> bool {
        // Code 20 is the SDK's. The mempool that SDK 0.47 has besides CometBFT's says it in words, as code 1.
        matches!(self, Self::Refused { code, log } if *code == 20 || log.contains("pool reached max tx capacity"))
    }

    /// Whether the chain itself said no, so that nothing is under way.
    pub(crate) const fn of_the_chain(&self) -> bool {
        matches!(self, Self::Query { .. } | Self::Refused { .. } | Self::Failed { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_mempool_is_told_from_a_refusal() {
        let refused = |code, log: &str| OperatorError::Refused { code, log: log.to_owned() };
        assert!(refused(20, "mempool is full").mempool_full());
        assert!(refused(1, "pool reached max tx capacity").mempool_full());
        assert!(!refused(1, "internal").mempool_full());
    }

    #[test]
    fn a_nodes_panic_is_asked_again_and_a_refusal_is_not() {
        let query = |log: &str| OperatorError::Query { code: 6, log: log.to_owned() };
        assert!(
            query("panic [cosmos/cosmos-sdk@v0.53.6/baseapp/recovery.go:72] with gas used").of_the_node()
        );
        assert!(!query("there is no shower 2").of_the_node());
    }
}
