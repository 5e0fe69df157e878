//! Fetches windows of blocks ahead of the one that is applied.

use futures::{Stream, StreamExt as _, stream};
use meteor_chain::blocks::RawBlock;
use meteor_chain::{NodeError, Pool};

use crate::rpc::{self, WINDOW};

/// Windows fetched ahead while catching up.
const AHEAD: usize = 3;

/// The blocks `from..=tip` in order, window by window, each with the node that gave it.
pub(super) fn of(
    pool: &Pool,
    shower: &str,
    from: u64,
    tip: u64,
) -> impl Stream<Item = Result<(usize, Vec<RawBlock>), NodeError>> {
    let windows = (from..=tip).step_by(usize::try_from(WINDOW).unwrap_or(1));
    stream::iter(windows)
        .map(move |from| rpc::blocks(pool, shower, from, tip.min(from.saturating_add(WINDOW - 1))))
        .buffered(AHEAD)
}
