//! The ledger: balances by address and denom, supply by denom, and x/bank's events for moving coins.

use cosmwasm_std::{Coin, Order, Storage, Uint128};

use super::events::Event;
use super::{auth, coins};
use crate::error::AppError;

/// Where balances start; `address/denom` follows. An address has no slash, so prefixes are exact.
const BALANCES: &str = "bank/balance/";
const SUPPLY: &str = "bank/supply/";
/// Addresses that may not be sent coins.
const REFUSED: &str = "bank/refused/";

fn amount_at(store: &dyn Storage, key: &[u8]) -> u128 {
    store.get(key).and_then(|bytes| Some(u128::from_be_bytes(bytes.try_into().ok()?))).unwrap_or_default()
}

fn set_amount(store: &mut dyn Storage, key: &[u8], amount: u128) {
    // As x/bank: a balance of zero is no balance.
    if amount == 0 {
        store.remove(key);
    } else {
        store.set(key, &amount.to_be_bytes());
    }
}

fn balance_key(address: &str, denom: &str) -> Vec<u8> {
    format!("{BALANCES}{address}/{denom}").into_bytes()
}

pub(crate) fn balance(store: &dyn Storage, address: &str, denom: &str) -> u128 {
    amount_at(store, &balance_key(address, denom))
}

fn list(store: &dyn Storage, prefix: &str) -> Vec<Coin> {
    let start = prefix.as_bytes();
    // '/' ends each prefix, and '0' is the byte after it.
    let mut end = start.to_vec();
    end.pop();
    end.push(b'0');
    store
        .range(Some(start), Some(&end), Order::Ascending)
        .filter_map(|(key, amount)| {
            let denom = String::from_utf8(key.strip_prefix(start)?.to_vec()).ok()?;
            let amount = Uint128::new(u128::from_be_bytes(amount.try_into().ok()?));
            Some(Coin { denom, amount })
        })
        .collect()
}

/// All coins of `address`, by denom.
pub(crate) fn balances(store: &dyn Storage, address: &str) -> Vec<Coin> {
    list(store, &format!("{BALANCES}{address}/"))
}

pub(crate) fn supply(store: &dyn Storage, denom: &str) -> u128 {
    amount_at(store, format!("{SUPPLY}{denom}").as_bytes())
}

pub(crate) fn supplies(store: &dyn Storage) -> Vec<Coin> {
    list(store, SUPPLY)
}

/// Moves the supply along with a balance that appears or disappears.
fn change_supply(store: &mut dyn Storage, denom: &str, from: u128, to: u128) -> Result<(), AppError> {
    let total = supply(store, denom)
        .checked_sub(from)
        .and_then(|rest| rest.checked_add(to))
        .ok_or_else(|| AppError::invalid_coins(format!("the supply of {denom} would overflow")))?;
    set_amount(store, format!("{SUPPLY}{denom}").as_bytes(), total);
    Ok(())
}

/// Sets a balance from outside: genesis and `dev_setBalance`.
pub(crate) fn set_balance(store: &mut dyn Storage, address: &str, coin: &Coin) -> Result<(), AppError> {
    let before = balance(store, address, &coin.denom);
    change_supply(store, &coin.denom, before, coin.amount.u128())?;
    auth::ensure(store, address);
    set_amount(store, &balance_key(address, &coin.denom), coin.amount.u128());
    Ok(())
}

fn take(store: &mut dyn Storage, from: &str, amount: &[Coin]) -> Result<(), AppError> {
    for coin in amount {
        let had = balance(store, from, &coin.denom);
        let rest = had.checked_sub(coin.amount.u128()).ok_or_else(|| {
            AppError::insufficient_funds(format!(
                "spendable balance {had}{} is smaller than {}{}",
                coin.denom, coin.amount, coin.denom
            ))
        })?;
        set_amount(store, &balance_key(from, &coin.denom), rest);
    }
    Ok(())
}

fn give(store: &mut dyn Storage, to: &str, amount: &[Coin]) -> Result<(), AppError> {
    for coin in amount {
        let sum = balance(store, to, &coin.denom)
            .checked_add(coin.amount.u128())
            .ok_or_else(|| AppError::invalid_coins(format!("the balance of {to} would overflow")))?;
        set_amount(store, &balance_key(to, &coin.denom), sum);
    }
    // The first coin makes the account, as on a real chain.
    auth::ensure(store, to);
    Ok(())
}

/// From now on nobody can send coins to `address`, as to a module's account on a real chain.
pub(crate) fn refuse(store: &mut dyn Storage, address: &str) {
    store.set(format!("{REFUSED}{address}").as_bytes(), &[1]);
}

fn not_refused(store: &dyn Storage, to: &str) -> Result<(), AppError> {
    match store.get(format!("{REFUSED}{to}").as_bytes()) {
        Some(_) => Err(AppError::unauthorized(format!("{to} is not allowed to receive funds"))),
        None => Ok(()),
    }
}

/// A transfer that a wallet or a contract asks for: not to who is refused.
pub(crate) fn send(
    store: &mut dyn Storage,
    from: &str,
    to: &str,
    amount: &[Coin],
) -> Result<Vec<Event>, AppError> {
    not_refused(store, to)?;
    transfer_coins(store, from, to, amount)
}

/// Moves coins, to a module's account too: fees, taxes, what comes with a call. The events are those of x/bank
/// without its `message`.
pub(crate) fn transfer_coins(
    store: &mut dyn Storage,
    from: &str,
    to: &str,
    amount: &[Coin],
) -> Result<Vec<Event>, AppError> {
    take(store, from, amount)?;
    give(store, to, amount)?;
    Ok(transfer_events(from, to, amount))
}

/// What moving coins emits.
pub(crate) fn transfer_events(from: &str, to: &str, amount: &[Coin]) -> Vec<Event> {
    vec![spent(from, amount), received(to, amount), transfer(from, to, amount)]
}

fn spent(from: &str, amount: &[Coin]) -> Event {
    Event::new("coin_spent").with("spender", from).with("amount", coins::print(amount))
}

fn received(to: &str, amount: &[Coin]) -> Event {
    Event::new("coin_received").with("receiver", to).with("amount", coins::print(amount))
}

fn transfer(from: &str, to: &str, amount: &[Coin]) -> Event {
    Event::new("transfer").with("recipient", to).with("sender", from).with("amount", coins::print(amount))
}

/// x/bank `InputOutputCoins`: one sender, several recipients.
pub(crate) fn multi_send(
    store: &mut dyn Storage,
    from: &str,
    total: &[Coin],
    outputs: &[(String, Vec<Coin>)],
) -> Result<Vec<Event>, AppError> {
    take(store, from, total)?;
    let mut events = vec![Event::new("message").with("sender", from), spent(from, total)];
    for (to, amount) in outputs {
        not_refused(store, to)?;
        give(store, to, amount)?;
        events.push(received(to, amount));
        events.push(transfer(from, to, amount));
    }
    Ok(events)
}

pub(crate) fn burn(store: &mut dyn Storage, from: &str, amount: &[Coin]) -> Result<Vec<Event>, AppError> {
    take(store, from, amount)?;
    for coin in amount {
        change_supply(store, &coin.denom, coin.amount.u128(), 0)?;
    }
    Ok(vec![
        spent(from, amount),
        Event::new("burn").with("burner", from).with("amount", coins::print(amount)),
    ])
}

/// What a contract (or a message's funds) may send: the same rule as for a transaction's own coins.
pub(crate) fn checked(amount: &[Coin]) -> Result<Vec<Coin>, AppError> {
    // wasmd sorts and sums the coins of a contract but drops no zeros, so zeros are refused.
    let mut sorted: Vec<Coin> = Vec::new();
    for coin in amount {
        match sorted.iter_mut().find(|other| other.denom == coin.denom) {
            Some(other) => {
                other.amount = other
                    .amount
                    .checked_add(coin.amount)
                    .map_err(|_| AppError::invalid_coins(coins::print(amount)))?;
            }
            None => sorted.push(coin.clone()),
        }
    }
    sorted.sort_by(|a, b| a.denom.cmp(&b.denom));
    let proto: Vec<_> = sorted.iter().map(coins::to_proto).collect();
    if proto.is_empty() { Err(AppError::invalid_coins("")) } else { coins::checked(&proto) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::store::Store;
    use cosmwasm_std::coin;

    #[test]
    fn sending_moves_coins_creates_the_account_and_names_both_sides() {
        let mut store = Store::default();
        set_balance(&mut store, "alice", &coin(10, "uusd")).unwrap();
        let events = send(&mut store, "alice", "bob", &[coin(4, "uusd")]).unwrap();
        let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["coin_spent", "coin_received", "transfer"]);
        assert_eq!(balances(&store, "alice"), [coin(6, "uusd")]);
        assert_eq!(balances(&store, "bob"), [coin(4, "uusd")]);
        assert_eq!(auth::load(&store, "bob").unwrap().account_number, 1);
        let error = send(&mut store, "alice", "bob", &[coin(7, "uusd")]).unwrap_err();
        assert_eq!(error.log, "spendable balance 6uusd is smaller than 7uusd: insufficient funds");
        send(&mut store, "alice", "alice", &[coin(6, "uusd")]).unwrap();
        assert_eq!(balances(&store, "alice"), [coin(6, "uusd")], "sending to oneself changes nothing");
    }

    #[test]
    fn a_refused_address_is_sent_nothing_and_may_send() {
        let mut store = Store::default();
        set_balance(&mut store, "alice", &coin(10, "uusd")).unwrap();
        set_balance(&mut store, "module", &coin(10, "uusd")).unwrap();
        refuse(&mut store, "module");
        let error = send(&mut store, "alice", "module", &[coin(4, "uusd")]).unwrap_err();
        assert_eq!(error.log, "module is not allowed to receive funds: unauthorized");
        let outputs = [("module".to_owned(), vec![coin(4, "uusd")])];
        multi_send(&mut store, "alice", &[coin(4, "uusd")], &outputs).unwrap_err();
        send(&mut store, "module", "alice", &[coin(4, "uusd")]).unwrap();
    }

    #[test]
    fn supply_follows_genesis_burns_and_set_balance() {
        let mut store = Store::default();
        set_balance(&mut store, "a", &coin(10, "uusd")).unwrap();
        set_balance(&mut store, "b", &coin(5, "uusd")).unwrap();
        set_balance(&mut store, "a", &coin(3, "uusd")).unwrap();
        assert_eq!(supply(&store, "uusd"), 8);
        burn(&mut store, "b", &[coin(5, "uusd")]).unwrap();
        assert_eq!(supplies(&store), [coin(3, "uusd")]);
        set_balance(&mut store, "a", &coin(0, "uusd")).unwrap();
        assert_eq!(supplies(&store), []);
    }

    #[test]
    fn an_address_that_starts_like_another_keeps_its_own_coins() {
        let mut store = Store::default();
        set_balance(&mut store, "terra1a", &coin(1, "uusd")).unwrap();
        set_balance(&mut store, "terra1ab", &coin(2, "uusd")).unwrap();
        assert_eq!(balances(&store, "terra1a"), [coin(1, "uusd")]);
    }
}
