//! Terra Classic's burn tax (its x/tax since 3.3): what a transfer owes, who pays it, where it goes.
//!
//! Funds that come with a contract call are free. A contract's own transfer is always charged to what
//! arrives. A wallet's transfer is charged to what arrives too, unless the fee covers gas and tax: then the
//! tax comes out of the fee. A tenth of it goes to the oracle and the community, the rest is burned; the real
//! chain also exempts some addresses.
use cosmwasm_std::{Coin, Coins, Decimal, Storage, Uint128};

use super::events::Event;
use super::msg::Msg;
use super::tx::Tx;
use super::{coins, ledger};
use crate::config::GasPrice;
use crate::error::AppError;

/// The tax and the accounts it passes through.
#[derive(Clone, Debug)]
pub(crate) struct BurnTax {
    /// Below 1.
    pub(crate) rate: Decimal,
    /// The most it takes of one coin of one transfer.
    pub(crate) cap: Uint128,
    pub(crate) fee_collector: String,
    /// Holds the community pool.
    pub(crate) community: String,
    pub(crate) oracle: String,
    pub(crate) burner: String,
}

/// How a transaction pays its tax; without a tax nothing of it applies.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Due {
    /// Transfers are charged to what arrives.
    pub(crate) reverse_charge: bool,
    /// Comes out of the fee after the messages; a failed transaction keeps it.
    pub(crate) taxes: Vec<Coin>,
    /// What the fee holds for funds that turn out free: not taken.
    pub(crate) refund: Vec<Coin>,
}

impl BurnTax {
    /// The tax on these coins, rounded down and capped for each of them; coins from other chains are free.
    pub(crate) fn of(&self, amount: &[Coin]) -> Vec<Coin> {
        let taxed = amount.iter().filter(|coin| coin.denom != "stake" && !is_ibc(&coin.denom));
        let taxes = taxed.map(|coin| Coin {
            denom: coin.denom.clone(),
            // Cannot fail for a rate below 1.
            amount: coin.amount.checked_mul_floor(self.rate).unwrap_or_default().min(self.cap),
        });
        taxes.filter(|tax| !tax.amount.is_zero()).collect()
    }

    /// The taxes on the transfers of a transaction, whoever pays them.
    pub(crate) fn owed(&self, tx: &Tx) -> Vec<Coin> {
        self.taxes(tx).0
    }

    /// The taxes on the transfers of a transaction, and those that its calls' funds would owe if they were not free.
    fn taxes(&self, tx: &Tx) -> (Vec<Coin>, Vec<Coin>) {
        let (mut taxes, mut free) = (Vec::new(), Vec::new());
        let parsed = |amount| coins::checked(amount).unwrap_or_default();
        for msg in &tx.msgs {
            match msg {
                Msg::Send(msg) => add(&mut taxes, self.of(&parsed(&msg.amount))),
                Msg::MultiSend(msg) => {
                    for input in &msg.inputs {
                        add(&mut taxes, self.of(&parsed(&input.coins)));
                    }
                }
                Msg::Execute(msg) => add(&mut free, self.of(&parsed(&msg.funds))),
                Msg::Instantiate(msg) => add(&mut free, self.of(&parsed(&msg.funds))),
                Msg::Instantiate2(msg) => add(&mut free, self.of(&parsed(&msg.funds))),
                Msg::StoreCode(_) | Msg::Migrate(_) | Msg::UpdateAdmin(_) | Msg::ClearAdmin(_) => {}
            }
        }
        (taxes, free)
    }

    /// Decides who pays, as `checkTxFee` does.
    pub(crate) fn due(&self, tx: &Tx, prices: &[GasPrice]) -> Due {
        let (taxes, free) = self.taxes(tx);
        let pays_gas = |left: &[Coin]| pays_gas(prices, tx.fee.gas_limit, left);
        let mut due = Due::default();
        let mut left = tx.fee_coins.clone();
        if !taxes.is_empty() {
            match minus(&left, &taxes).filter(|rest| pays_gas(rest)) {
                Some(rest) => (left, due.taxes) = (rest, taxes),
                None => due.reverse_charge = true,
            }
        }
        if !free.is_empty() && minus(&left, &free).is_some_and(|rest| pays_gas(&rest)) {
            due.refund = free;
        }
        due
    }

    /// Takes the tax on `amount` from its sender; returns what is left to send, and the events.
    pub(crate) fn charge(
        &self,
        store: &mut dyn Storage,
        from: &str,
        amount: &[Coin],
    ) -> Result<(Vec<Coin>, Vec<Event>), AppError> {
        let taxes = self.of(amount);
        if taxes.is_empty() {
            return Ok((amount.to_vec(), Vec::new()));
        }
        let mut events = self.pay(store, from, &taxes)?;
        events.push(payment(true).with("tax_amount", coins::print(&taxes)));
        Ok((self.net(amount), events))
    }

    /// What is left of `amount` after its tax.
    pub(crate) fn net(&self, amount: &[Coin]) -> Vec<Coin> {
        minus(amount, &self.of(amount)).unwrap_or_default()
    }

    /// Takes `taxes` from an account, gives community and oracle their parts and burns the rest.
    pub(crate) fn pay(
        &self,
        store: &mut dyn Storage,
        from: &str,
        taxes: &[Coin],
    ) -> Result<Vec<Event>, AppError> {
        let mut events = ledger::transfer_coins(store, from, &self.fee_collector, taxes)?;
        let (community, oracle, burned) = split(taxes);
        for (to, part) in [(&self.community, &community), (&self.oracle, &oracle), (&self.burner, &burned)] {
            if !part.is_empty() {
                events.extend(ledger::transfer_coins(store, &self.fee_collector, to, part)?);
            }
        }
        // terrad burns at the end of the block, outside of any transaction.
        ledger::burn(store, &self.burner, &burned)?;
        Ok(events)
    }
}

/// Of a tax, what the community gets, what the oracle gets and what is burned: with the treasury's `burn_tax_split`
/// of a tenth and a `community_tax` of a fiftieth, each rounded as the SDK rounds.
fn split(taxes: &[Coin]) -> (Vec<Coin>, Vec<Coin>, Vec<Coin>) {
    let (mut community, mut oracle, mut burned) = (Vec::new(), Vec::new(), Vec::new());
    let add = |to: &mut Vec<Coin>, denom: &str, amount: u128| {
        if amount > 0 {
            to.push(Coin { denom: denom.into(), amount: amount.into() });
        }
    };
    for Coin { denom, amount } in taxes {
        let amount = amount.u128();
        let kept = rounded(amount, 10);
        let pool = rounded(kept, 50);
        add(&mut community, denom, pool);
        add(&mut oracle, denom, kept.saturating_sub(pool));
        add(&mut burned, denom, amount.saturating_sub(kept));
    }
    (community, oracle, burned)
}

/// `amount / by` to the nearest number, halves to the even one.
fn rounded(amount: u128, by: u128) -> u128 {
    let (whole, rest) = (amount / by, amount % by);
    let up = rest * 2 > by || (rest * 2 == by && whole % 2 == 1);
    whole.saturating_add(u128::from(up))
}

/// Says in a transfer's events whether the tax came out of it.
pub(crate) fn payment(reverse_charge: bool) -> Event {
    Event::new("tax_payment").with("reverse_charge", reverse_charge.to_string())
}

/// Whether these coins pay for the gas in one of the denoms.
pub(crate) fn pays_gas(prices: &[GasPrice], gas: u64, fee: &[Coin]) -> bool {
    let paid = |price: &GasPrice| {
        let coin = fee.iter().find(|coin| coin.denom == price.denom);
        coin.map_or(0, |coin| coin.amount.u128()) >= price.of(gas)
    };
    prices.is_empty() || prices.iter().any(paid)
}

fn is_ibc(denom: &str) -> bool {
    denom
        .strip_prefix("ibc/")
        .is_some_and(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn add(sum: &mut Vec<Coin>, more: Vec<Coin>) {
    for coin in more {
        match sum.iter_mut().find(|other| other.denom == coin.denom) {
            Some(other) => other.amount = other.amount.saturating_add(coin.amount),
            None => sum.push(coin),
        }
    }
    sum.sort_by(|a, b| a.denom.cmp(&b.denom));
}

/// `amount` less `part`, without zeros; `None` if a coin does not suffice.
pub(crate) fn minus(amount: &[Coin], part: &[Coin]) -> Option<Vec<Coin>> {
    let mut rest = Coins::try_from(amount).ok()?;
    part.iter().try_for_each(|coin| rest.sub(coin.clone())).ok()?;
    Some(rest.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::coin;

    fn tax() -> BurnTax {
        BurnTax {
            rate: Decimal::permille(5),
            cap: Uint128::MAX,
            fee_collector: "collector".into(),
            community: "community".into(),
            oracle: "oracle".into(),
            burner: "burner".into(),
        }
    }

    #[test]
    fn each_coin_is_taxed_and_rounded_down_but_not_those_of_other_chains() {
        let ibc = format!("ibc/{}", "A".repeat(64));
        let amount = [coin(1_000, &ibc), coin(1_000, "stake"), coin(10_000_000, "uluna"), coin(199, "uusd")];
        assert_eq!(tax().of(&amount), [coin(50_000, "uluna")]);
        assert_eq!(tax().of(&[coin(u128::MAX, "uusd")])[0].amount.u128(), u128::MAX / 200);
        let capped = BurnTax { cap: Uint128::new(1_000_000), ..tax() };
        let taxes = capped.of(&[coin(199_999_999, "uluna"), coin(3_173_844_393, "uusd")]);
        assert_eq!(taxes, [coin(999_999, "uluna"), coin(1_000_000, "uusd")]);
    }

    #[test]
    fn a_charge_leaves_the_rest_to_send_and_burns_the_tax() {
        let mut store = crate::app::store::Store::default();
        ledger::set_balance(&mut store, "alice", &coin(1_000, "uusd")).unwrap();
        let (net, events) = tax().charge(&mut store, "alice", &[coin(1_000, "uusd")]).unwrap();
        assert_eq!(net, [coin(995, "uusd")]);
        assert_eq!(ledger::balance(&store, "alice", "uusd"), 995);
        // A tenth of 5, rounded to the even number, is none.
        assert_eq!(ledger::supply(&store, "uusd"), 995);
        assert_eq!(events.last().unwrap(), &payment(true).with("tax_amount", "5uusd"));
        let (net, events) = tax().charge(&mut store, "alice", &[coin(100, "uusd")]).unwrap();
        assert_eq!((net, events), (vec![coin(100, "uusd")], vec![]), "too little to be taxed");
    }

    #[test]
    fn a_tenth_of_a_tax_is_kept() {
        let parts = |amount| {
            let (community, oracle, burned) = split(&[coin(amount, "uusd")]);
            [community, oracle, burned].map(|coins| coins.first().map_or(0, |coin| coin.amount.u128()))
        };
        assert_eq!(parts(1_000_000), [2_000, 98_000, 900_000]);
        assert_eq!(parts(5_000), [10, 490, 4_500]);
        // 0.5 is rounded to 0, 1.5 to 2, 25.5 to 26 of which 0.52 to 1.
        assert_eq!([parts(5), parts(15), parts(255)], [[0, 0, 5], [0, 2, 13], [1, 25, 229]]);
    }

    #[test]
    fn subtracting_needs_every_coin() {
        let has = [coin(5, "uluna"), coin(7, "uusd")];
        assert_eq!(minus(&has, &[coin(7, "uusd")]).unwrap(), [coin(5, "uluna")]);
        assert_eq!(minus(&has, &[coin(8, "uusd")]), None);
        assert_eq!(minus(&has, &[coin(1, "ukrw")]), None);
    }
}
