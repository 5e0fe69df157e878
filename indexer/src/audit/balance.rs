//! Compares what the bank says the shower contract holds with the ledger: all contributions less what was paid, refunded
//! or returned, and coins that came unasked.

use std::collections::BTreeMap;

use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
};
use cosmos_sdk_proto::cosmos::base::query::v1beta1::PageRequest;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;

use super::differences::Differences;
use super::{Asked, AuditError};
use crate::view::View;

const BALANCE: &str = "/cosmos.bank.v1beta1.Query/Balance";
const ALL_BALANCES: &str = "/cosmos.bank.v1beta1.Query/AllBalances";
/// Denoms compared beside the event's. Anyone can send any number of them; the owner returns the first ones.
const DENOMS: u64 = 100;

/// Compares the event's denom, and others that came.
pub(super) async fn compare(at: &Asked<'_>) -> Result<(), AuditError> {
    let Some(launched) = &at.view.launched else { return Ok(()) };
    let (address, denom) = (at.app.config.shower.clone(), launched.config.denom.clone());
    let request = QueryBalanceRequest { address: address.clone(), denom: denom.clone() };
    let answer: QueryBalanceResponse = at.module(BALANCE, &request).await?;
    let pagination = Some(PageRequest { limit: DENOMS, ..PageRequest::default() });
    let request = QueryAllBalancesRequest { address, pagination, resolve_denom: false };
    let others: QueryAllBalancesResponse = at.module(ALL_BALANCES, &request).await?;
    let held = answer.balance.into_iter().chain(others.balances);
    at.found("balance".to_owned(), None, holdings(&ledger(at.view), &denom, held));
    Ok(())
}

/// What the events say the contract holds, for each denom (in its smallest unit).
fn ledger(view: &View) -> BTreeMap<String, i128> {
    let mut held: BTreeMap<String, i128> = BTreeMap::new();
    let mut add = |denom: &str, amount: i128| {
        let sum = held.entry(denom.to_owned()).or_default();
        *sum = sum.saturating_add(amount);
    };
    let signed = |amount: u128| i128::try_from(amount).unwrap_or(i128::MAX);
    if let Some(launched) = &view.launched {
        let denom = &launched.config.denom;
        add(denom, 0);
        for shower in view.showers.iter().map(|shower| &shower.summary) {
            add(denom, signed(shower.total.0));
            add(denom, -signed(shower.refunded.0));
            add(denom, -signed(shower.held_returned.0));
        }
        for paid in launched.paid.values() {
            add(denom, -signed(*paid));
        }
    }
    for coins in &view.unasked {
        add(&coins.denom, signed(coins.amount));
    }
    for coins in &view.returned {
        add(&coins.denom, -signed(coins.amount));
    }
    held
}

/// Each denom that the bank names, and the event's even if it holds none.
fn holdings(ledger: &BTreeMap<String, i128>, denom: &str, held: impl Iterator<Item = Coin>) -> Differences {
    let mut found = Differences::default();
    let mut theirs: BTreeMap<String, String> =
        held.map(|coin| (coin.denom, coin.amount)).filter(|(denom, _)| !denom.is_empty()).collect();
    theirs.entry(denom.to_owned()).or_insert_with(|| "0".to_owned());
    for (denom, theirs) in theirs {
        let ours = ledger.get(&denom).copied().unwrap_or_default();
        found.same(denom, ours.to_string(), theirs);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coin(denom: &str, amount: &str) -> Coin {
        Coin { denom: denom.to_owned(), amount: amount.to_owned() }
    }

    #[test]
    fn every_denom_that_is_held_is_compared() {
        let ledger: BTreeMap<_, _> = [("uusd".to_owned(), 7), ("uluna".to_owned(), 2)].into();
        let told = |coins: &[Coin]| holdings(&ledger, "uusd", coins.iter().cloned());
        assert_eq!(told(&[coin("uusd", "7"), coin("uluna", "2")]), Differences::default());
        let less = told(&[coin("uusd", "6")]);
        assert_eq!(less.0, ["uusd: 7 here, 6 in the contract"]);
        assert_eq!(
            told(&[]).0,
            ["uusd: 7 here, 0 in the contract"],
            "a denom that is not held is not listed"
        );
        assert_eq!(told(&[coin("uusd", "7"), coin("other", "1")]).0, ["other: 0 here, 1 in the contract"]);
    }
}
