//! The block that closed a shower: how far its time is from its neighbours'. Where the chain stood still for longer
//! than the beacon's delay, whoever closed may have known the number.

use std::collections::BTreeMap;

use anyhow::Result;
use meteor_chain::{NodeError, blocks};
use meteor_operator::node::Node;
use meteor_rules::NANOS_PER_SECOND;
use serde_json::json;

/// The block that closed a shower.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closing {
    /// Its height.
    pub height: u64,
    /// Seconds after the block before it, rounded down; `None` where the node no longer has that.
    pub before: Option<u64>,
    /// Seconds before the block after it, rounded down; `None` where there is none yet.
    pub after: Option<u64>,
}

/// Finds the block whose time, rounded up, is `closed_at` (Unix seconds); `None` if the node no longer has it.
///
/// # Errors
/// If the node doesn't answer.
pub async fn closing(node: &Node, closed_at: u64) -> Result<Option<Closing>> {
    let mut times = Times { node, known: BTreeMap::new() };
    let (mut first, mut last) = (1u64, node.status().await?.height);
    while first < last {
        let middle = first.midpoint(last);
        // What is pruned is older than what is there.
        let old = times.at(middle).await?.is_none_or(|time| time.div_ceil(NANOS_PER_SECOND) < closed_at);
        (first, last) = if old { (middle.saturating_add(1), last) } else { (first, middle) };
    }
    let Some(time) = times.at(first).await?.filter(|time| time.div_ceil(NANOS_PER_SECOND) == closed_at)
    else {
        return Ok(None);
    };
    let before = match first.checked_sub(1).filter(|height| *height > 0) {
        Some(height) => times.at(height).await?,
        None => None,
    };
    let after = times.at(first.saturating_add(1)).await?;
    let seconds = |from: Option<u64>, to: Option<u64>| Some(to?.checked_sub(from?)? / NANOS_PER_SECOND);
    Ok(Some(Closing {
        height: first,
        before: seconds(before, Some(time)),
        after: seconds(Some(time), after),
    }))
}

struct Times<'a> {
    node: &'a Node,
    known: BTreeMap<u64, Option<u64>>,
}

impl Times<'_> {
    /// The time of a block (nanoseconds); `None` if the node doesn't have it.
    async fn at(&mut self, height: u64) -> Result<Option<u64>, NodeError> {
        if let Some(known) = self.known.get(&height) {
            return Ok(*known);
        }
        let params = json!({ "minHeight": height.to_string(), "maxHeight": height.to_string() });
        let read = |body: &[u8]| blocks::headers(body, height);
        // Once each: a block that is pruned doesn't come back.
        let headers =
            match self.node.first(0, "blockchain", |node| node.ask("blockchain", &params, read)).await {
                Ok((_, headers)) => headers,
                Err(NodeError::Pruned { .. } | NodeError::NotYet) => Vec::new(),
                Err(_) => self.node.ask("blockchain", params.clone(), read).await?,
            };
        let time = headers.iter().find(|header| header.height == height).map(|header| header.time_ns);
        self.known.insert(height, time);
        Ok(time)
    }
}
