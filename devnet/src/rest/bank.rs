//! Accounts and balances.
use axum::Json;
use axum::extract::{Path, Query, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::auth::v1beta1::{BaseAccount, QueryAccountRequest, QueryAccountResponse};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QuerySupplyOfRequest, QuerySupplyOfResponse, QueryTotalSupplyRequest, QueryTotalSupplyResponse,
};
use cosmos_sdk_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::prost::Message;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, RestError, ask};
use crate::chain::node::Node;

/// `?pagination.limit=..&pagination.offset=..&pagination.key=..`
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Paging {
    #[serde(rename = "pagination.limit")]
    limit: Option<u64>,
    #[serde(rename = "pagination.offset")]
    offset: Option<u64>,
    #[serde(rename = "pagination.key")]
    key: Option<String>,
}

impl Paging {
    pub(crate) fn request(self) -> Result<Option<PageRequest>, RestError> {
        let key = BASE64
            .decode(self.key.unwrap_or_default())
            .map_err(|error| RestError::invalid(format!("pagination.key: {error}")))?;
        Ok(Some(PageRequest {
            key,
            limit: self.limit.unwrap_or_default(),
            offset: self.offset.unwrap_or_default(),
            ..PageRequest::default()
        }))
    }
}

pub(crate) fn pagination(response: Option<PageResponse>) -> Value {
    let PageResponse { next_key, total } = response.unwrap_or_default();
    let next_key = if next_key.is_empty() { Value::Null } else { BASE64.encode(next_key).into() };
    json!({ "next_key": next_key, "total": total.to_string() })
}

fn coin(coin: &Coin) -> Value {
    json!({ "denom": coin.denom, "amount": coin.amount })
}

fn coins(coins: &[Coin]) -> Value {
    coins.iter().map(coin).collect()
}

pub(crate) async fn account(State(node): State<Node>, Path(address): Path<String>) -> Answer {
    let request = QueryAccountRequest { address };
    let response: QueryAccountResponse = ask(&node, "/cosmos.auth.v1beta1.Query/Account", &request).await?;
    let any = response.account.unwrap_or_default();
    let account =
        BaseAccount::decode(any.value.as_slice()).map_err(|error| RestError::internal(error.to_string()))?;
    let key = account.pub_key.and_then(|any| PubKey::decode(any.value.as_slice()).ok());
    let key =
        key.map(|key| json!({ "@type": "/cosmos.crypto.secp256k1.PubKey", "key": BASE64.encode(key.key) }));
    Ok(Json(json!({ "account": {
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        "address": account.address,
        "pub_key": key,
        "account_number": account.account_number.to_string(),
        "sequence": account.sequence.to_string(),
    }})))
}

pub(crate) async fn account_info(node: State<Node>, address: Path<String>) -> Answer {
    let Json(mut body) = account(node, address).await?;
    let mut info = body.get_mut("account").map(Value::take).unwrap_or_default();
    if let Some(info) = info.as_object_mut() {
        info.remove("@type");
    }
    Ok(Json(json!({ "info": info })))
}

pub(crate) async fn params() -> Json<Value> {
    Json(json!({ "params": { "send_enabled": [], "default_send_enabled": true } }))
}

pub(crate) async fn metadatas() -> Json<Value> {
    Json(json!({ "metadatas": [], "pagination": pagination(None) }))
}

/// No denom has any.
pub(crate) async fn metadata(Path(denom): Path<String>) -> RestError {
    RestError::not_found(format!("client metadata for denom {denom}"))
}

pub(crate) async fn auth_params() -> Json<Value> {
    Json(json!({ "params": {
        "max_memo_characters": "256",
        "tx_sig_limit": "7",
        "tx_size_cost_per_byte": "10",
        "sig_verify_cost_ed25519": "590",
        "sig_verify_cost_secp256k1": "1000",
    }}))
}

pub(crate) async fn balances(
    State(node): State<Node>,
    Path(address): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer {
    let request = QueryAllBalancesRequest { address, pagination: paging.request()?, resolve_denom: false };
    let response: QueryAllBalancesResponse =
        ask(&node, "/cosmos.bank.v1beta1.Query/AllBalances", &request).await?;
    let balances = coins(&response.balances);
    Ok(Json(json!({ "balances": balances, "pagination": pagination(response.pagination) })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Denom {
    #[serde(default)]
    denom: String,
}

pub(crate) async fn by_denom(
    State(node): State<Node>,
    Path(address): Path<String>,
    Query(Denom { denom }): Query<Denom>,
) -> Answer {
    let request = QueryBalanceRequest { address, denom };
    let response: QueryBalanceResponse = ask(&node, "/cosmos.bank.v1beta1.Query/Balance", &request).await?;
    Ok(Json(json!({ "balance": response.balance.as_ref().map(coin) })))
}

pub(crate) async fn supply(State(node): State<Node>, Query(paging): Query<Paging>) -> Answer {
    let request = QueryTotalSupplyRequest { pagination: paging.request()? };
    let response: QueryTotalSupplyResponse =
        ask(&node, "/cosmos.bank.v1beta1.Query/TotalSupply", &request).await?;
    let supply = coins(&response.supply);
    Ok(Json(json!({ "supply": supply, "pagination": pagination(response.pagination) })))
}

pub(crate) async fn supply_of(State(node): State<Node>, Query(Denom { denom }): Query<Denom>) -> Answer {
    let request = QuerySupplyOfRequest { denom };
    let response: QuerySupplyOfResponse = ask(&node, "/cosmos.bank.v1beta1.Query/SupplyOf", &request).await?;
    Ok(Json(json!({ "amount": response.amount.as_ref().map(coin) })))
}
