//! Terra Classic's burn tax and its treasury, on a chain that has them.
use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use cosmwasm_std::{Decimal, Uint128};
use serde_json::{Value, json};

use super::{Answer, RestError, ask};
use crate::chain::node::Node;
use crate::config::GasPrice;
use crate::query::tax::{POLICY, WINDOWS};

pub(crate) fn add(router: Router<Node>) -> Router<Node> {
    router
        .route("/terra/tax/v1beta1/burn_tax_rate", get(burn_tax_rate))
        .route("/terra/tax/v1beta1/params", get(params))
        .route("/terra/treasury/v1beta1/tax_rate", get(tax_rate))
        .route("/terra/treasury/v1beta1/reward_weight", get(reward_weight))
        .route("/terra/treasury/v1beta1/tax_proceeds", get(tax_proceeds))
        .route("/terra/treasury/v1beta1/seigniorage_proceeds", get(seigniorage_proceeds))
        .route("/terra/treasury/v1beta1/tax_caps", get(tax_caps))
        .route("/terra/treasury/v1beta1/tax_caps/{denom}", get(tax_cap))
        .route("/terra/treasury/v1beta1/params", get(treasury_params))
}

/// Decimals of the SDK show all their 18 places.
pub(crate) fn decimal(value: Decimal) -> String {
    let (whole, rest) = (value.to_uint_floor(), value.atomics() % Decimal::one().atomics());
    format!("{whole}.{:018}", rest.u128())
}

/// What a unit of gas costs, as a decimal of the SDK.
pub(crate) fn price(price: &GasPrice) -> String {
    decimal(Decimal::from_ratio(price.micros, 1_000_000_u64))
}

async fn rate(node: &Node) -> Result<Decimal, RestError> {
    let atomics: String = ask(node, "/terra.tax.v1beta1.Query/BurnTaxRate", &()).await?;
    let atomics: u128 = atomics.parse().map_err(|_| RestError::internal("the rate is no number"))?;
    Ok(Decimal::new(Uint128::new(atomics)))
}

async fn burn_tax_rate(State(node): State<Node>) -> Answer {
    Ok(Json(json!({ "tax_rate": decimal(rate(&node).await?) })))
}

async fn params(State(node): State<Node>) -> Answer {
    let rate = rate(&node).await?;
    let prices = node.call(|worker| worker.chain.app.gas_prices.clone()).await?;
    let prices: Vec<Value> =
        prices.iter().map(|of| json!({ "denom": of.denom, "amount": price(of) })).collect();
    Ok(Json(json!({ "params": { "gas_prices": prices, "burn_tax_rate": decimal(rate) } })))
}

async fn tax_rate(State(node): State<Node>) -> Answer {
    rate(&node).await?;
    Ok(Json(json!({ "tax_rate": decimal(Decimal::zero()) })))
}

/// Seigniorage, of which there is none any more, would all be burned.
async fn reward_weight(State(node): State<Node>) -> Answer {
    rate(&node).await?;
    Ok(Json(json!({ "reward_weight": decimal(Decimal::one()) })))
}

/// The dev chain keeps no such count.
async fn tax_proceeds(State(node): State<Node>) -> Answer {
    rate(&node).await?;
    Ok(Json(json!({ "tax_proceeds": [] })))
}

async fn seigniorage_proceeds(State(node): State<Node>) -> Answer {
    rate(&node).await?;
    Ok(Json(json!({ "seigniorage_proceeds": "0" })))
}

async fn cap(node: &Node, denom: String) -> Result<String, RestError> {
    ask(node, "/terra.treasury.v1beta1.Query/TaxCap", &denom).await
}

async fn tax_cap(State(node): State<Node>, Path(denom): Path<String>) -> Answer {
    Ok(Json(json!({ "tax_cap": cap(&node, denom).await? })))
}

async fn tax_caps(State(node): State<Node>) -> Answer {
    rate(&node).await?;
    let prices = node.call(|worker| worker.chain.app.gas_prices.clone()).await?;
    let mut caps = Vec::new();
    for GasPrice { denom, .. } in prices {
        caps.push(json!({ "denom": denom, "tax_cap": cap(&node, denom.clone()).await? }));
    }
    Ok(Json(json!({ "tax_caps": caps })))
}

async fn treasury_params(State(node): State<Node>) -> Answer {
    let cap = cap(&node, "usdr".into()).await?;
    let permille = |value: u64| decimal(Decimal::permille(value));
    let policy = |[least, most, change]: [u64; 3], cap: &str| {
        json!({
            "rate_min": permille(least),
            "rate_max": permille(most),
            "cap": { "denom": "usdr", "amount": cap },
            "change_rate_max": permille(change),
        })
    };
    let [short, long, probation] = WINDOWS;
    let mut params = json!({
        "tax_policy": policy([0, 0, 0], &cap),
        "reward_policy": policy([50, 500, 25], "0"),
        "window_short": short.to_string(),
        "window_long": long.to_string(),
        "window_probation": probation.to_string(),
    });
    if let Some(params) = params.as_object_mut() {
        params.extend(POLICY.map(|(name, value)| (name.to_owned(), permille(value).into())));
    }
    Ok(Json(json!({ "params": params })))
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
