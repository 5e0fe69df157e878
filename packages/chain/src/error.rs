//! What can go wrong with a node, by what to do about it.

use std::error::Error;
use std::time::Duration;

use thiserror::Error;

use crate::words::{Refusal, Said};

/// Why a node didn't give what was asked.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The node doesn't have the block yet: it lags, or there is no such block.
    #[error("the node does not have this height yet")]
    NotYet,
    /// The node has deleted the block. If all nodes have, history is gone.
    #[error("the node has pruned this height{}", lowest.map(|lowest| format!(" (its lowest is {lowest})")).unwrap_or_default())]
    Pruned {
        /// The lowest height it has, if it says so.
        lowest: Option<u64>,
    },
    /// The node is behind a height that is known to exist: its answer is old.
    #[error(
        "the nodes are behind: they are at height {height}, but height {needed} was seen before; wait or name another \
         node (or another journal, if the chain was started again)"
    )]
    Behind {
        /// Where the node is.
        height: u64,
        /// Where it should be.
        needed: u64,
    },
    /// Too many requests, or the node can't serve now. Wait as long as it says.
    #[error("the node limits requests{}", after.map(|after| format!(", for {} s", after.as_secs())).unwrap_or_default())]
    RateLimited {
        /// How long it asks to wait, if it says so.
        after: Option<Duration>,
    },
    /// Not sent: the node asked for a pause, or too many requests wait for their turn.
    #[error("requests to the node wait: the next may be sent in {} s", wait.as_secs())]
    Paced {
        /// How long about.
        wait: Duration,
    },
    /// The answer has more bytes than are taken; a smaller question may do.
    #[error("the node's answer has more than {0} bytes")]
    TooLarge(usize),
    /// The answer keeps coming, but ever so slowly.
    #[error("the node at {node} sent only {bytes} bytes in {seconds} s")]
    TooSlow {
        /// Host and port.
        node: String,
        /// What came.
        bytes: usize,
        /// In how long.
        seconds: u64,
    },
    /// The node can't be reached, or doesn't answer in time.
    #[error("the node at {node} does not answer ({why}): check that it runs and that the address is right")]
    Unreachable {
        /// Host and port.
        node: String,
        /// Why, in words.
        why: String,
    },
    /// The node answers with something that isn't an answer.
    #[error("the node at {node} answered with HTTP status {status}")]
    Status {
        /// Host and port.
        node: String,
        /// The HTTP status.
        status: u16,
    },
    /// What answers at the address is no node's RPC.
    #[error(
        "there is no CometBFT RPC at {node}, it answers as {what} does: give the address of the node's RPC, usually \
         with port 26657"
    )]
    NotRpc {
        /// Host and port.
        node: String,
        /// What does answer so.
        what: &'static str,
    },
    /// The answer is not what was asked, or can't be read.
    #[error("the node's answer can't be used: {0}")]
    Malformed(String),
    /// The node follows another chain.
    #[error("the node at {node} follows chain {given:?}, not {wanted:?}: correct its address")]
    WrongChain {
        /// Host and port.
        node: String,
        /// The chain it follows.
        given: String,
        /// The chain we follow.
        wanted: String,
    },
    /// The node lacks the method: it isn't a CometBFT node, or forbids this request.
    #[error("the node has no method {0}: give the address of a CometBFT RPC")]
    NoMethod(String),
    /// The node refuses the request.
    #[error("the node refuses: {text}")]
    Refused {
        /// Its words.
        text: String,
        /// What they mean.
        said: Said,
    },
    /// The chain, or a contract on it, refuses a query.
    #[error("{0}")]
    Query(Refusal),
    /// Every node is waiting out a failure.
    #[error("every node is waiting out an earlier failure")]
    NoNode,
    /// An address of a node can't be used.
    #[error("{0:?} is not the address of a node: write it like http://localhost:26657")]
    Address(String),
}

impl NodeError {
    /// Whether another node, or the same one later, may answer.
    pub fn another_may_answer(&self) -> bool {
        match self {
            Self::NotYet
            | Self::Pruned { .. }
            | Self::Behind { .. }
            | Self::RateLimited { .. }
            | Self::Paced { .. }
            | Self::TooLarge(_)
            | Self::TooSlow { .. }
            | Self::Unreachable { .. }
            | Self::Status { .. }
            | Self::NotRpc { .. }
            | Self::Malformed(_)
            | Self::WrongChain { .. }
            | Self::NoMethod(_)
            | Self::Refused { .. }
            | Self::NoNode => true,
            // The chain's word holds on every node; but a node that was only just started may panic in a
            // simulation.
            Self::Query(refusal) => refusal.said() == Said::Panicked,
            Self::Address(_) => false,
        }
    }

    /// A short word for metrics.
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::NotYet | Self::Behind { .. } => "not_yet",
            Self::Pruned { .. } => "pruned",
            Self::RateLimited { .. } => "rate_limited",
            Self::Paced { .. } => "paced",
            Self::TooLarge(_) => "too_large",
            Self::Unreachable { .. } | Self::TooSlow { .. } | Self::NoNode | Self::Address(_) => "transport",
            Self::Status { .. } => "status",
            Self::NotRpc { .. } | Self::Malformed(_) => "malformed",
            Self::WrongChain { .. } => "wrong_chain",
            Self::NoMethod(_) | Self::Refused { .. } | Self::Query(_) => "refused",
        }
    }

    pub(crate) fn malformed(what: &str) -> Self {
        Self::Malformed(what.to_owned())
    }

    pub(crate) fn unreachable(node: &str, error: reqwest::Error) -> Self {
        // Errors of reqwest name the address, which may hold a password.
        Self::Unreachable { node: node.to_owned(), why: unreached(&error.without_url()) }
    }

    /// Why a try failed, without what to do about it: there will be others.
    pub(crate) fn briefly(&self) -> String {
        match self {
            Self::Unreachable { why, .. } => why.clone(),
            Self::NotYet
            | Self::Pruned { .. }
            | Self::Behind { .. }
            | Self::RateLimited { .. }
            | Self::Paced { .. }
            | Self::TooLarge(_)
            | Self::TooSlow { .. }
            | Self::Status { .. }
            | Self::NotRpc { .. }
            | Self::Malformed(_)
            | Self::WrongChain { .. }
            | Self::NoMethod(_)
            | Self::Refused { .. }
            | Self::Query(_)
            | Self::NoNode
            | Self::Address(_) => self.to_string(),
        }
    }
}

/// Why a server can't be reached, in words: the libraries' own name their layers.
pub(crate) fn unreached(error: &reqwest::Error) -> String {
    let mut causes = vec![];
    let mut cause = error.source();
    while let Some(source) = cause {
        causes.push(source);
        cause = source.source();
    }
    let refused = |cause: &&(dyn Error + 'static)| {
        let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        kind == Some(std::io::ErrorKind::ConnectionRefused)
    };
    if error.is_timeout() {
        return if error.is_connect() { "no connection in time" } else { "it sends nothing" }.to_owned();
    }
    if causes.iter().any(refused) {
        return "it refuses connections".to_owned();
    }
    // The connector's own error, which has no type.
    if causes.iter().any(|cause| cause.to_string() == "dns error") {
        return "there is no host of this name".to_owned();
    }
    let last = causes.last().map_or_else(|| error.to_string(), ToString::to_string);
    // rustls' own error stands behind one of I/O, which hides its type.
    if let Some((_, why)) = last.split_once("invalid peer certificate: ") {
        let why = match why {
            "UnknownIssuer" => "nobody that this machine trusts has issued it".to_owned(),
            // What `openssl req -x509` makes unless told otherwise.
            "Other(OtherError(CaUsedAsEndEntity))" => {
                "it is an authority's and no server's, as self-signed ones often are".to_owned()
            }
            why => why.to_owned(),
        };
        return format!("its certificate is not valid: {why}");
    }
    if last.contains("corrupt message") {
        return "it does not speak https there".to_owned();
    }
    last
}

/// An error with all its causes, in one line. A cause that is in it already is not said again.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        let said = source.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = source.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_that_an_error_names_itself_is_said_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("can't write {0}: {1}")]
        struct Full(&'static str, #[source] std::io::Error);
        let full = |why: &str| Full("a.car", std::io::Error::other(why.to_owned()));
        assert_eq!(with_causes(&full("the disk is full")), "can't write a.car: the disk is full");
    }

    #[test]
    fn a_nodes_panic_is_asked_again_and_a_refusal_is_not() {
        let query = |log: &str| NodeError::Query(Refusal::new("sdk", 6, log));
        let panic = "panic [cosmos/cosmos-sdk@v0.53.6/baseapp/recovery.go:72] with gas used";
        assert!(query(panic).another_may_answer());
        assert!(!query("there is no shower 2: query wasm contract failed").another_may_answer());
    }
}
