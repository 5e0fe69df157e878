//! Coins as the SDK accepts and prints them.
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmwasm_std::{Coin, Uint128};

use crate::config::is_denom;
use crate::error::AppError;

/// Sorted by denom, no denom twice, amounts positive: anything else is `invalid coins`, as in the SDK.
pub(crate) fn checked(coins: &[ProtoCoin]) -> Result<Vec<Coin>, AppError> {
    let parsed = coins
        .iter()
        .map(|coin| {
            let amount = coin.amount.parse::<u128>().ok().filter(|amount| {
                // "+5" and "05" parse, but no chain prints them so.
                *amount > 0 && amount.to_string() == coin.amount
            })?;
            is_denom(&coin.denom).then(|| Coin { denom: coin.denom.clone(), amount: Uint128::new(amount) })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| AppError::invalid_coins(print_proto(coins)))?;
    let sorted = parsed.iter().zip(parsed.iter().skip(1)).all(|(one, next)| one.denom < next.denom);
    if sorted { Ok(parsed) } else { Err(AppError::invalid_coins(print_proto(coins))) }
}

/// What the SDK's `Coins.Validate` says against them, which names each fault.
pub(crate) fn validate(coins: &[ProtoCoin]) -> Result<(), String> {
    let mut before: Option<&str> = None;
    for ProtoCoin { denom, amount } in coins {
        if !is_denom(denom) {
            return Err(format!("invalid denom: {denom}"));
        }
        match before {
            Some(before) if denom.as_str() < before => {
                return Err(format!("denomination {denom} is not sorted"));
            }
            Some(before) if denom == before => return Err(format!("duplicate denomination {denom}")),
            _ => {}
        }
        if checked(&[ProtoCoin { denom: denom.clone(), amount: amount.clone() }]).is_err() {
            // Only the first is printed with its amount.
            let coin = if before.is_none() { format!("{amount}{denom}") } else { denom.clone() };
            return Err(format!("coin {coin} amount is not positive"));
        }
        before = Some(denom);
    }
    Ok(())
}

pub(crate) fn print(coins: &[Coin]) -> String {
    coins.iter().map(|coin| format!("{}{}", coin.amount, coin.denom)).collect::<Vec<_>>().join(",")
}

/// Coins as they came.
pub(crate) fn print_proto(coins: &[ProtoCoin]) -> String {
    coins.iter().map(|coin| format!("{}{}", coin.amount, coin.denom)).collect::<Vec<_>>().join(",")
}

pub(crate) fn to_proto(coin: &Coin) -> ProtoCoin {
    ProtoCoin { denom: coin.denom.clone(), amount: coin.amount.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(coins: &[(&str, &str)]) -> Result<String, AppError> {
        let coins: Vec<_> = coins
            .iter()
            .map(|(amount, denom)| ProtoCoin { denom: (*denom).into(), amount: (*amount).into() })
            .collect();
        checked(&coins).map(|coins| print(&coins))
    }

    #[test]
    fn only_what_the_sdk_accepts() {
        assert_eq!(check(&[("5", "uluna"), ("8", "uusd")]).unwrap(), "5uluna,8uusd");
        assert_eq!(check(&[]).unwrap(), "");
        let bad: [&[(&str, &str)]; 6] = [
            &[("0", "uusd")],
            &[("-1", "uusd")],
            &[("05", "uusd")],
            &[("1", "u")],
            &[("1", "uusd"), ("1", "uluna")],
            &[("1", "uusd"), ("2", "uusd")],
        ];
        for coins in bad {
            assert_eq!(check(coins).unwrap_err().code, 10, "{coins:?}");
        }
    }
}
