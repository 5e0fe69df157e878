//! The REST API (LCD), as far as wallets use it.
mod bank;
mod chain;
mod defaults;
mod errors;
pub(crate) mod tax;
mod txs;
mod wasm;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Uri;
use axum::routing::get;
use cosmos_sdk_proto::prost::Message;
use serde_json::Value;
use tower_http::cors::CorsLayer;

use crate::chain::node::Node;
use crate::{absent, query};
pub(crate) use errors::RestError;

/// A transaction of the greatest size in base64, and some JSON around it.
const MAX_BODY: usize = 2_000_000;

pub(crate) type Answer = Result<axum::Json<Value>, RestError>;

pub(crate) fn router(node: Node, extra: Router) -> Router {
    let routes = Router::new()
        .route("/cosmos/base/node/v1beta1/config", get(chain::config))
        .route("/cosmos/base/node/v1beta1/status", get(chain::status))
        .route("/cosmos/base/tendermint/v1beta1/node_info", get(chain::node_info))
        .route("/cosmos/base/tendermint/v1beta1/syncing", get(chain::syncing))
        .route("/cosmos/base/tendermint/v1beta1/blocks/{height}", get(chain::block))
        .route("/cosmos/base/tendermint/v1beta1/validatorsets/{height}", get(chain::validators))
        .route("/cosmos/consensus/v1/params", get(chain::consensus))
        .route("/cosmos/auth/v1beta1/accounts/{address}", get(bank::account))
        .route("/cosmos/auth/v1beta1/params", get(bank::auth_params))
        .route("/cosmos/bank/v1beta1/balances/{address}", get(bank::balances))
        .route("/cosmos/bank/v1beta1/balances/{address}/by_denom", get(bank::by_denom))
        .route("/cosmos/auth/v1beta1/account_info/{address}", get(bank::account_info))
        .route("/cosmos/auth/v1beta1/bech32", get(chain::bech32))
        .route("/cosmos/bank/v1beta1/params", get(bank::params))
        .route("/cosmos/bank/v1beta1/denoms_metadata", get(bank::metadatas))
        .route("/cosmos/bank/v1beta1/denoms_metadata/{denom}", get(bank::metadata))
        // Nothing is locked on the dev chain.
        .route("/cosmos/bank/v1beta1/spendable_balances/{address}/by_denom", get(bank::by_denom))
        .route("/cosmos/bank/v1beta1/spendable_balances/{address}", get(bank::balances))
        .route("/cosmos/bank/v1beta1/supply", get(bank::supply))
        .route("/cosmos/bank/v1beta1/supply/by_denom", get(bank::supply_of))
        .route("/cosmos/tx/v1beta1/simulate", axum::routing::post(txs::simulate))
        .route("/cosmos/tx/v1beta1/txs", get(txs::search).post(txs::broadcast))
        .route("/cosmos/tx/v1beta1/txs/{hash}", get(txs::tx))
        .route("/cosmwasm/wasm/v1/code", get(wasm::codes))
        .route("/cosmwasm/wasm/v1/code/{code_id}", get(wasm::code))
        .route("/cosmwasm/wasm/v1/codes/params", get(wasm::params))
        .route("/cosmwasm/wasm/v1/codes/pinned", get(wasm::pinned))
        .route("/cosmwasm/wasm/v1/contracts/creator/{address}", get(wasm::made_by))
        .route("/cosmwasm/wasm/v1/code/{code_id}/contracts", get(wasm::contracts))
        .route("/cosmwasm/wasm/v1/contract/{address}", get(wasm::contract))
        .route("/cosmwasm/wasm/v1/contract/{address}/history", get(wasm::history))
        .route("/cosmwasm/wasm/v1/contract/{address}/smart/{query}", get(wasm::smart))
        .route("/cosmwasm/wasm/v1/contract/{address}/raw/{key}", get(wasm::raw));
    defaults::add(tax::add(routes))
        .with_state(node)
        .merge(extra)
        .fallback(nothing)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CorsLayer::permissive())
}

/// What has no route.
async fn nothing(uri: Uri) -> RestError {
    absent::hint(uri.path()).map_or_else(RestError::unimplemented, |hint| RestError::absent(&hint))
}

/// Asks the same queries as `abci_query`, at the tip.
async fn ask<R: Message + Default>(
    node: &Node,
    path: &'static str,
    request: &impl Message,
) -> Result<R, RestError> {
    let data = request.encode_to_vec();
    let answer = node.call(move |worker| query::query(&worker.chain, path, &data, 0)).await??;
    R::decode(answer.value.as_slice()).map_err(|error| RestError::internal(error.to_string()))
}
