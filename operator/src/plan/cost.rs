//! What minting will take, before anything can be simulated: transactions, gas, fee, time. The batches are those that
//! the job will send; what each uses of gas is what real nodes took (docs/benchmarks.md).

use meteor_rules::tier::PerTier;

use crate::gas::{GasPrice, with_margin};
use crate::jobs::{Batches, MintProgress, batch};

/// Gas of a transaction with one signature, without its messages.
const TRANSACTION: u64 = 165_000;
/// Gas of a message of meteors, without them: its proof and the walk to the next rank.
const MESSAGE: u64 = 44_000;
/// Gas of a meteor in it.
const METEOR: u64 = 15_600;

/// What is to be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Meteors that are still to be minted.
    pub meteors: u64,
    /// Messages that mint them.
    pub messages: u64,
    /// Transactions, each of which waits for the one before.
    pub transactions: u64,
    /// Their gas limits together, which are what is paid for.
    pub gas: u64,
}

/// What that costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cost {
    /// All fees (micro-denom).
    pub fee: u128,
    /// Denom of the fees.
    pub denom: String,
    /// How long it takes, a transaction a block (seconds).
    pub seconds: u64,
}

impl Outlook {
    /// Adds the rest of a shower, of which some is minted. `sizes` are those of its tiers, `earlier` the meteors of each
    /// tier in earlier showers, `counts` the pieces of each tier.
    pub fn add(
        &mut self,
        batches: Batches,
        at: MintProgress,
        sizes: &PerTier<u32>,
        earlier: &PerTier<u64>,
        counts: &PerTier<u32>,
    ) {
        let MintProgress { minted, contributors } = at;
        let mut rank = minted.saturating_add(1);
        while rank <= contributors {
            let each = METEOR.saturating_add(MESSAGE / 100).saturating_add(TRANSACTION / 1_000);
            let mut left = u32::try_from(batches.size(each)).unwrap_or(u32::MAX);
            let mut gas = TRANSACTION;
            let before = rank;
            while left > 0
                && let Some(batch) = batch(sizes, earlier, counts, rank)
            {
                let meteors = batch.most.min(left);
                gas = gas.saturating_add(MESSAGE).saturating_add(METEOR.saturating_mul(meteors.into()));
                self.messages = self.messages.saturating_add(1);
                self.meteors = self.meteors.saturating_add(meteors.into());
                rank = rank.saturating_add(meteors);
                left = left.saturating_sub(meteors);
            }
            if rank == before {
                return; // a tier without pieces: nothing can be minted
            }
            self.transactions = self.transactions.saturating_add(1);
            self.gas = self.gas.saturating_add(with_margin(gas));
        }
    }

    /// What it costs at `price`, where a block takes so long (seconds).
    pub fn cost(&self, price: &GasPrice, block_seconds: u64) -> Cost {
        Cost {
            fee: price.fee(self.gas),
            denom: price.denom.clone(),
            seconds: self.transactions.saturating_mul(block_seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTS: PerTier<u32> = PerTier { legendary: 1_000, ancient: 9_000, rare: 21_000, common: 70_000 };

    fn of(batches: Batches, minted: u32, sizes: PerTier<u32>) -> Outlook {
        let mut outlook = Outlook::default();
        let contributors = sizes.total().try_into().unwrap_or(u32::MAX);
        outlook.add(batches, MintProgress { minted, contributors }, &sizes, &PerTier::default(), &COUNTS);
        outlook
    }

    #[test]
    fn the_outlook_is_close_to_what_real_nodes_took() {
        // docs/benchmarks.md: wasmd 0.61, one shower of 41,000 wallets, in transactions of up to 20M gas.
        let sizes = PerTier { legendary: 10, ancient: 3_689, rare: 9_223, common: 28_078 };
        let all = of(Batches::default(), 0, sizes);
        assert_eq!(all.meteors, 41_000);
        assert!((45..=55).contains(&all.transactions), "{all:?}");
        // The limits are a third above what is used, which was 668.4M.
        assert!(all.gas > 668_400_000 && all.gas < 668_400_000 * 3 / 2, "{all:?}");
        // Batches of 25: 24,137 a meteor.
        let sizes = PerTier { legendary: 10, ancient: 90, rare: 200, common: 700 };
        let few = of(Batches { meteors: 25, gas: u64::MAX }, 0, sizes);
        let used = 24_137_u64.saturating_mul(1_000).saturating_mul(4) / 3;
        assert!(few.gas > used * 9 / 10 && few.gas < used * 11 / 10, "{few:?} for {used}");
    }

    #[test]
    fn what_is_minted_costs_nothing_more() {
        let sizes = PerTier { legendary: 10, ancient: 9, rare: 22, common: 59 };
        let all = of(Batches::default(), 0, sizes);
        assert_eq!((all.meteors, all.messages, all.transactions), (100, 4, 1));
        let rest = of(Batches::default(), 95, sizes);
        assert_eq!((rest.meteors, rest.messages, rest.transactions), (5, 1, 1));
        assert!(rest.gas < all.gas);
        assert_eq!(of(Batches::default(), 100, sizes), Outlook::default());
        let none = PerTier::default();
        let mut outlook = Outlook::default();
        outlook.add(
            Batches::default(),
            MintProgress { minted: 0, contributors: 100 },
            &sizes,
            &PerTier::default(),
            &none,
        );
        assert_eq!(outlook.transactions, 0, "no pieces, no mint, and no endless loop");
    }

    #[test]
    fn a_transaction_takes_a_block() {
        let price = GasPrice { denom: "uluna".into(), millionths: 28_325_000 };
        let outlook = Outlook { meteors: 800, messages: 8, transactions: 2, gas: 1_000_000 };
        let cost = Cost { fee: 28_325_000, denom: "uluna".into(), seconds: 12 };
        assert_eq!(outlook.cost(&price, 6), cost);
    }
}
