//! Modules that the dev chain lacks: answers that make a wallet show "none" instead of an error. They are those of a node
//! on which nobody has staked, voted or granted anything, for all that Keplr, Station and CosmJS ask when they start.
use axum::extract::Path;
use axum::routing::{MethodRouter, get};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::RestError;
use crate::chain::node::Node;

fn fixed(value: Value) -> MethodRouter<Node> {
    get(move || async move { Json(value) })
}

fn none(name: &str) -> MethodRouter<Node> {
    fixed(json!({ name: [], "pagination": { "next_key": null, "total": "0" } }))
}

fn missing(error: fn() -> RestError) -> MethodRouter<Node> {
    get(move || async move { error() })
}

const ZERO: &str = "0.000000000000000000";

pub(crate) fn add(router: Router<Node>) -> Router<Node> {
    governance(rewards(staking(router)))
        .route("/cosmos/authz/v1beta1/grants", none("grants"))
        .route("/cosmos/authz/v1beta1/grants/granter/{address}", none("grants"))
        .route("/cosmos/authz/v1beta1/grants/grantee/{address}", none("grants"))
        .route("/cosmos/feegrant/v1beta1/allowances/{address}", none("allowances"))
        .route("/cosmos/feegrant/v1beta1/issued/{address}", none("allowances"))
        .route(
            "/cosmos/feegrant/v1beta1/allowance/{granter}/{grantee}",
            missing(|| RestError::internal("fee-grant not found: not found")),
        )
        .route("/cosmos/upgrade/v1beta1/current_plan", fixed(json!({ "plan": null })))
        .route(
            "/ibc/apps/transfer/v1/params",
            fixed(json!({ "params": { "send_enabled": false, "receive_enabled": false } })),
        )
        .route("/ibc/apps/transfer/v1/denoms", none("denoms"))
        .route("/ibc/core/channel/v1/channels", none("channels"))
        .route("/ibc/core/connection/v1/connections", none("connections"))
        .route("/ibc/core/client/v1/client_states", none("client_states"))
        .route("/ibc/core/client/v1/params", fixed(json!({ "params": { "allowed_clients": [] } })))
}

fn staking(router: Router<Node>) -> Router<Node> {
    let params = json!({ "params": {
        "unbonding_time": "1814400s",
        "max_validators": 100,
        "max_entries": 7,
        "historical_entries": 10_000,
        "bond_denom": "uluna",
        "min_commission_rate": ZERO,
    }});
    let slashing = json!({ "params": {
        "signed_blocks_window": "100",
        "min_signed_per_window": "0.500000000000000000",
        "downtime_jail_duration": "600s",
        "slash_fraction_double_sign": ZERO,
        "slash_fraction_downtime": ZERO,
    }});
    router
        .route("/cosmos/staking/v1beta1/params", fixed(params))
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
        .route("/cosmos/staking/v1beta1/delegators/{address}/redelegations", none("redelegation_responses"))
        .route("/cosmos/staking/v1beta1/delegators/{address}/validators", none("validators"))
        .route("/cosmos/slashing/v1beta1/params", fixed(slashing))
        .route("/cosmos/slashing/v1beta1/signing_infos", none("info"))
}

fn rewards(router: Router<Node>) -> Router<Node> {
    let distribution = json!({ "params": {
        "community_tax": ZERO,
        "base_proposer_reward": ZERO,
        "bonus_proposer_reward": ZERO,
        "withdraw_addr_enabled": true,
    }});
    let mint = json!({ "params": {
        "mint_denom": "uluna",
        "inflation_rate_change": ZERO,
        "inflation_max": ZERO,
        "inflation_min": ZERO,
        "goal_bonded": "0.670000000000000000",
        "blocks_per_year": "6311520",
    }});
    // Where rewards would go: to the account itself.
    let withdraw =
        get(|Path(address): Path<String>| async move { Json(json!({ "withdraw_address": address })) });
    router
        .route("/cosmos/distribution/v1beta1/params", fixed(distribution))
        .route("/cosmos/distribution/v1beta1/community_pool", fixed(json!({ "pool": [] })))
        .route(
            "/cosmos/distribution/v1beta1/delegators/{address}/rewards",
            fixed(json!({ "rewards": [], "total": [] })),
        )
        .route(
            "/cosmos/distribution/v1beta1/delegators/{address}/validators",
            fixed(json!({ "validators": [] })),
        )
        .route("/cosmos/distribution/v1beta1/delegators/{address}/withdraw_address", withdraw)
        .route("/cosmos/mint/v1beta1/params", fixed(mint))
        .route("/cosmos/mint/v1beta1/inflation", fixed(json!({ "inflation": ZERO })))
        .route("/cosmos/mint/v1beta1/annual_provisions", fixed(json!({ "annual_provisions": ZERO })))
}

/// A node fills in what was asked for; the older form has zeros in the rest.
fn governance(mut router: Router<Node>) -> Router<Node> {
    let deposit = json!([{ "denom": "uluna", "amount": "10000000" }]);
    let (quorum, threshold, veto) = ("0.334000000000000000", "0.500000000000000000", "0.334000000000000000");
    let parts = [
        ("voting", "voting_params", json!({ "voting_period": "172800s" })),
        ("deposit", "deposit_params", json!({ "min_deposit": deposit, "max_deposit_period": "172800s" })),
        (
            "tallying",
            "tally_params",
            json!({ "quorum": quorum, "threshold": threshold, "veto_threshold": veto }),
        ),
    ];
    let params = json!({
        "min_deposit": deposit,
        "max_deposit_period": "172800s",
        "voting_period": "172800s",
        "quorum": quorum,
        "threshold": threshold,
        "veto_threshold": veto,
    });
    for (asked, name, part) in parts {
        let mut new = json!({ "voting_params": null, "deposit_params": null, "tally_params": null });
        let mut old = json!({
            "voting_params": { "voting_period": "0s" },
            "deposit_params": { "min_deposit": [], "max_deposit_period": "0s" },
            "tally_params": { "quorum": ZERO, "threshold": ZERO, "veto_threshold": ZERO },
        });
        for answer in [&mut new, &mut old].into_iter().filter_map(Value::as_object_mut) {
            answer.insert(name.into(), part.clone());
        }
        if let Some(new) = new.as_object_mut() {
            new.insert("params".into(), params.clone());
        }
        router = router
            .route(&format!("/cosmos/gov/v1/params/{asked}"), fixed(new))
            .route(&format!("/cosmos/gov/v1beta1/params/{asked}"), fixed(old));
    }
    router
        .route("/cosmos/gov/v1/proposals", none("proposals"))
        .route("/cosmos/gov/v1beta1/proposals", none("proposals"))
}
