//! Modules that the dev chain lacks: answers that make a wallet show "none" instead of an error.
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::chain::node::Node;

fn fixed(value: Value) -> MethodRouter<Node> {
    get(move || async move { Json(value) })
}

fn none(name: &str) -> MethodRouter<Node> {
    fixed(json!({ name: [], "pagination": { "next_key": null, "total": "0" } }))
}

pub(crate) fn add(router: Router<Node>) -> Router<Node> {
    let staking = json!({ "params": {
        "unbonding_time": "1814400s",
        "max_validators": 100,
        "max_entries": 7,
        "historical_entries": 10_000,
        "bond_denom": "uluna",
        "min_commission_rate": "0.000000000000000000",
    }});
    let distribution = json!({ "params": {
        "community_tax": "0.000000000000000000",
        "base_proposer_reward": "0.000000000000000000",
        "bonus_proposer_reward": "0.000000000000000000",
        "withdraw_addr_enabled": true,
    }});
    router
        .route("/cosmos/staking/v1beta1/params", fixed(staking))
        .route(
            "/cosmos/staking/v1beta1/pool",
            fixed(json!({ "pool": { "not_bonded_tokens": "0", "bonded_tokens": "0" } })),
        )
        .route("/cosmos/staking/v1beta1/validators", none("validators"))
        .route("/cosmos/staking/v1beta1/delegations/{address}", none("delegation_responses"))
        .route(
            "/cosmos/staking/v1beta1/delegators/{address}/unbonding_delegations",
            none("unbonding_responses"),
        )
        .route("/cosmos/distribution/v1beta1/params", fixed(distribution))
        .route(
            "/cosmos/distribution/v1beta1/delegators/{address}/rewards",
            fixed(json!({ "rewards": [], "total": [] })),
        )
        .route("/cosmos/authz/v1beta1/grants/granter/{address}", none("grants"))
        .route("/cosmos/authz/v1beta1/grants/grantee/{address}", none("grants"))
        .route("/cosmos/feegrant/v1beta1/allowances/{address}", none("allowances"))
        .route("/cosmos/bank/v1beta1/denoms_metadata", none("metadatas"))
        .route(
            "/ibc/apps/transfer/v1/params",
            fixed(json!({ "params": { "send_enabled": false, "receive_enabled": false } })),
        )
}
