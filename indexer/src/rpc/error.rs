//! What can go wrong with a node, by what to do about it.

use std::time::Duration;

use thiserror::Error;

/// Why a node didn't give what was asked.
#[derive(Debug, Error)]
pub enum RpcError {
    /// The node doesn't have the block yet: it lags, or the block isn't there. Ask another, or later.
    #[error("the node does not have this height yet")]
    NotYet,
    /// The node has forgotten the block. Ask another; if all have, history is gone.
    #[error("the node has pruned this height{}", lowest.map(|lowest| format!(" (its lowest is {lowest})")).unwrap_or_default())]
    Pruned {
        /// The lowest height it has, if it says so.
        lowest: Option<u64>,
    },
    /// Too many requests. Wait as long as it says.
    #[error("the node limits requests{}", after.map(|after| format!(", for {} s", after.as_secs())).unwrap_or_default())]
    RateLimited {
        /// How long it asks to wait, if it says so.
        after: Option<Duration>,
    },
    /// The node can't be reached, or doesn't answer in time.
    #[error("the node does not answer")]
    Transport(#[source] reqwest::Error),
    /// It answers with something that isn't an answer.
    #[error("the node answered with HTTP status {0}")]
    Status(u16),
    /// The answer is not what was asked, or can't be read.
    #[error("the node's answer can't be used: {0}")]
    Malformed(String),
    /// The node follows another chain.
    #[error("the node follows chain {given:?}, not {wanted:?}")]
    WrongChain {
        /// The chain it follows.
        given: String,
        /// The chain we follow.
        wanted: String,
    },
    /// The node refuses the request.
    #[error("the node refuses: {0}")]
    Refused(String),
    /// Every node is waiting out a failure.
    #[error("every node is waiting out an earlier failure")]
    NoNode,
}

impl RpcError {
    /// A short word for metrics.
    pub const fn outcome(&self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Pruned { .. } => "pruned",
            Self::RateLimited { .. } => "rate_limited",
            Self::Transport(_) | Self::NoNode => "transport",
            Self::Status(_) => "status",
            Self::Malformed(_) => "malformed",
            Self::WrongChain { .. } => "wrong_chain",
            Self::Refused(_) => "refused",
        }
    }

    /// Reads the error a node gives, whose codes say little: the text is what tells.
    pub(super) fn from_node(message: &str, data: &str) -> Self {
        let text = if data.is_empty() { message } else { data };
        let says = |part: &str| message.contains(part) || data.contains(part);
        // "height 5 is not available, lowest height is 9" (blocks), "… could not find results for height #5" (results
        // are saved after the block, so a node may have the one without the other for a moment).
        if says("lowest height is") {
            let lowest = text.rsplit("lowest height is").next().unwrap_or_default();
            return Self::Pruned { lowest: number(lowest) };
        }
        if says("must be less than or equal to") || says("could not find results for height") {
            return Self::NotYet;
        }
        if says("too many requests") || says("rate limit") {
            return Self::RateLimited { after: None };
        }
        Self::Refused(text.chars().take(300).collect())
    }
}

/// The first number in a text.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

/// An error with all its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        text.push_str(": ");
        text.push_str(&source.to_string());
        cause = source.source();
    }
    text
}
