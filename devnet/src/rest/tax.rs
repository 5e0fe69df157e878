//! Terra Classic's burn tax, on a chain that has it.
use axum::Json;
use axum::extract::State;
use cosmwasm_std::{Decimal, Uint128};
use serde_json::{Value, json};

use super::{Answer, RestError, ask};
use crate::chain::node::Node;

/// Decimals of the SDK show all their 18 places.
fn decimal(value: Decimal) -> String {
    let (whole, rest) = (value.to_uint_floor(), value.atomics() % Decimal::one().atomics());
    format!("{whole}.{:018}", rest.u128())
}

async fn rate(node: &Node) -> Result<Decimal, RestError> {
    let atomics: String = ask(node, "/terra.tax.v1beta1.Query/BurnTaxRate", &()).await?;
    let atomics: u128 = atomics.parse().map_err(|_| RestError::internal("the rate is no number"))?;
    Ok(Decimal::new(Uint128::new(atomics)))
}

pub(crate) async fn burn_tax_rate(State(node): State<Node>) -> Answer {
    Ok(Json(json!({ "burn_tax_rate": decimal(rate(&node).await?) })))
}

pub(crate) async fn params(State(node): State<Node>) -> Answer {
    let rate = rate(&node).await?;
    let prices = node.call(|worker| worker.chain.app.gas_prices.clone()).await?;
    let prices: Vec<Value> = prices
        .iter()
        .map(|price| {
            let amount = Decimal::from_ratio(price.micros, 1_000_000_u64);
            json!({ "denom": price.denom, "amount": decimal(amount) })
        })
        .collect();
    Ok(Json(json!({ "params": { "gas_prices": prices, "burn_tax_rate": decimal(rate) } })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_show_eighteen_places() {
        assert_eq!(decimal(Decimal::permille(5)), "0.005000000000000000");
        assert_eq!(decimal(Decimal::from_ratio(113_300_u64, 4_000_u64)), "28.325000000000000000");
    }
}
