//! An estimate of what a deployment will cost, for what can't be simulated yet. The jobs themselves simulate.

use crate::gas::with_margin;

/// Gas for storing a byte of wasm, the transaction's own bytes included. Real nodes took 6.3 to 6.9
/// (docs/nodes.md).
const PER_BYTE: u64 = 7;
/// Gas for making the five contracts with one commitment. Real nodes took 1.46 to 1.53 million.
const INSTANTIATE: u64 = 1_550_000;
/// Gas for each commitment more: sent, stored and said in an event.
const PER_SHOWER: u64 = 6_000;

/// The gas limit for uploading a code of this size (bytes).
pub(super) fn upload(bytes: usize) -> u64 {
    with_margin(u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(PER_BYTE))
}

/// The gas limit for instantiating an event of so many showers.
pub(super) fn instantiate(showers: u32) -> u64 {
    with_margin(INSTANTIATE.saturating_add(PER_SHOWER.saturating_mul(showers.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimate_is_a_little_above_what_real_nodes_took() {
        // docs/nodes.md: the first figures of wasmd 0.61, the artifacts' sizes of then.
        let took = [3_160_000, 3_310_000, 2_210_000, 1_533_630].into_iter().map(with_margin).sum::<u64>();
        let estimate = [480_435, 524_600, 321_274].map(upload).iter().sum::<u64>() + instantiate(1);
        assert!(took < estimate && estimate < took / 10 * 11, "{estimate} for {took}");
        assert!(instantiate(44) > instantiate(1));
    }
}
