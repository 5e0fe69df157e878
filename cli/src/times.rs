//! Times as people read them: in UTC, and how far they are from now. Now is the chain's clock, by which everything happens.

pub(crate) use meteor_chain::time::{from_now, soon, span, when};
