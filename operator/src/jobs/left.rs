//! An estimate of the gas that an event still needs, so that an account that runs low is seen before a job stops half-way.
//! The jobs themselves simulate.

use meteor_messages::hatchery::MAX_REVEALS;
use meteor_messages::shower::MAX_BATCH;

use crate::gas::with_margin;

/// Gas of one `Close`, `CommitDraw`, `Settle`, `Withdraw` or `PublishKey`. Real nodes took 151,000 to 336,000, the last with
/// Terra Classic's tax on what contracts send.
const ONE: u64 = 250_000;
/// Gas of a transaction that mints, without its meteors.
const MINT: u64 = 250_000;
/// Gas of each meteor in it. Real nodes took 16,000 to 20,000.
const PER_METEOR: u64 = 20_000;
/// Gas of a transaction that reveals, without its meteors.
const REVEAL: u64 = 300_000;
/// Gas of each meteor in it.
const PER_REVEAL: u64 = 50_000;
/// Gas of each contributor who gets something back, with the tax; a third of it without.
const PER_REFUND: u64 = 114_000;
/// What an event still needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Transactions that do one thing: close, draw, settle, withdraw, publish a key.
    pub ones: u64,
    /// Meteors to mint.
    pub meteors: u64,
    /// Meteors to reveal.
    pub reveals: u64,
    /// Contributors who get something back.
    pub refunds: u64,
}

impl Left {
    /// The sum of the gas limits of the transactions that do it: about what has to be paid for.
    pub fn gas(&self) -> u64 {
        let batches = |count: u64, batch: usize, start: u64, each: u64| {
            let batch = u64::try_from(batch).unwrap_or(u64::MAX);
            let each = each.saturating_mul(count);
            let gas = start.saturating_mul(count.div_ceil(batch)).saturating_add(each);
            if count == 0 { 0 } else { with_margin(gas) }
        };
        with_margin(ONE)
            .saturating_mul(self.ones)
            .saturating_add(batches(self.meteors, MAX_BATCH, MINT, PER_METEOR))
            .saturating_add(batches(self.reveals, MAX_REVEALS, REVEAL, PER_REVEAL))
            .saturating_add(batches(self.refunds, MAX_BATCH, ONE, PER_REFUND))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_needs_nothing_and_the_rest_a_little_more_than_was_measured() {
        assert_eq!(Left::default().gas(), 0);
        // tests/gas/baseline.txt, which lacks the signature and the bytes, and refunds with Terra Classic's tax.
        for (left, took, most) in [
            (Left { ones: 1, ..Left::default() }, 151_000, 400_000),
            (Left { meteors: 100, ..Left::default() }, 1_573_626, 3_100_000),
            (Left { reveals: 30, ..Left::default() }, 1_382_654, 2_600_000),
            (Left { refunds: 100, ..Left::default() }, 11_400_000, 16_000_000),
        ] {
            let gas = left.gas();
            assert!(with_margin(took) <= gas && gas < most, "{left:?}: {gas}");
        }
        let (some, more) =
            (Left { meteors: 100, ..Left::default() }, Left { meteors: 101, ..Left::default() });
        assert!(more.gas() > some.gas() + MINT, "a transaction more");
    }
}
