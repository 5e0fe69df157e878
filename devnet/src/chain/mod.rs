//! The chain: blocks, clock, mempool, history. It lives on one thread; `node` is the way in.
pub(crate) mod block;
pub(crate) mod blocks;
pub(crate) mod clock;
pub(crate) mod mempool;
pub(crate) mod node;
pub(crate) mod produce;
pub(crate) mod search;
pub(crate) mod snapshot;
