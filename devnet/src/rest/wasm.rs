//! Codes and contracts.
use axum::Json;
use axum::extract::{Path, Query, State};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    CodeInfoResponse, ContractCodeHistoryOperationType, QueryCodeRequest, QueryCodeResponse,
    QueryCodesRequest, QueryCodesResponse, QueryContractHistoryRequest, QueryContractHistoryResponse,
    QueryContractInfoRequest, QueryContractInfoResponse, QueryContractsByCodeRequest,
    QueryContractsByCodeResponse, QueryContractsByCreatorRequest, QueryContractsByCreatorResponse,
    QueryRawContractStateRequest, QueryRawContractStateResponse, QuerySmartContractStateRequest,
    QuerySmartContractStateResponse,
};
use serde_json::{Value, json};

use super::bank::{Paging, pagination};
use super::{Answer, RestError, ask};
use crate::chain::node::Node;

fn code_id(text: &str) -> Result<u64, RestError> {
    text.parse().map_err(|_| RestError::invalid(format!("code id {text:?} is not a number")))
}

/// Bytes in a path: base64, in the alphabet of URLs or the ordinary one.
fn bytes(text: &str) -> Result<Vec<u8>, RestError> {
    BASE64
        .decode(text)
        .or_else(|_| URL_SAFE.decode(text))
        .map_err(|error| RestError::invalid(format!("not base64: {error}")))
}

/// JSON that a contract or message carries, shown as JSON.
fn inner(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

fn code_info(code: &CodeInfoResponse) -> Value {
    json!({
        "code_id": code.code_id.to_string(),
        "creator": code.creator,
        "data_hash": hex::encode_upper(&code.data_hash),
        "instantiate_permission": { "permission": "Everybody", "addresses": [] },
    })
}

pub(crate) async fn codes(State(node): State<Node>, Query(paging): Query<Paging>) -> Answer {
    let request = QueryCodesRequest { pagination: paging.request()? };
    let response: QueryCodesResponse = ask(&node, "/cosmwasm.wasm.v1.Query/Codes", &request).await?;
    let codes: Vec<_> = response.code_infos.iter().map(code_info).collect();
    Ok(Json(json!({ "code_infos": codes, "pagination": pagination(response.pagination) })))
}

pub(crate) async fn code(State(node): State<Node>, Path(id): Path<String>) -> Answer {
    let request = QueryCodeRequest { code_id: code_id(&id)? };
    let response: QueryCodeResponse = ask(&node, "/cosmwasm.wasm.v1.Query/Code", &request).await?;
    Ok(Json(json!({ "code_info": response.code_info.as_ref().map(code_info), "data": "" })))
}

pub(crate) async fn contracts(
    State(node): State<Node>,
    Path(id): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer {
    let request = QueryContractsByCodeRequest { code_id: code_id(&id)?, pagination: paging.request()? };
    let response: QueryContractsByCodeResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/ContractsByCode", &request).await?;
    Ok(Json(json!({ "contracts": response.contracts, "pagination": pagination(response.pagination) })))
}

/// Anyone may upload and instantiate.
pub(crate) async fn params() -> Json<Value> {
    let everybody = "Everybody";
    Json(json!({ "params": {
        "code_upload_access": { "permission": everybody, "addresses": [] },
        "instantiate_default_permission": everybody,
    }}))
}

pub(crate) async fn pinned() -> Json<Value> {
    Json(json!({ "code_ids": [], "pagination": pagination(None) }))
}

/// Contracts by who made them.
pub(crate) async fn made_by(
    State(node): State<Node>,
    Path(creator_address): Path<String>,
    Query(paging): Query<Paging>,
) -> Answer {
    let request = QueryContractsByCreatorRequest { creator_address, pagination: paging.request()? };
    let response: QueryContractsByCreatorResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/ContractsByCreator", &request).await?;
    let pages = pagination(response.pagination);
    Ok(Json(json!({ "contract_addresses": response.contract_addresses, "pagination": pages })))
}

pub(crate) async fn contract(State(node): State<Node>, Path(address): Path<String>) -> Answer {
    let request = QueryContractInfoRequest { address };
    let response: QueryContractInfoResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/ContractInfo", &request).await?;
    let info = response.contract_info.unwrap_or_default();
    let created = info.created.unwrap_or_default();
    Ok(Json(json!({
        "address": response.address,
        "contract_info": {
            "code_id": info.code_id.to_string(),
            "creator": info.creator,
            "admin": info.admin,
            "label": info.label,
            "created": {
                "block_height": created.block_height.to_string(),
                "tx_index": created.tx_index.to_string(),
            },
            "ibc_port_id": "",
            "extension": null,
        },
    })))
}

pub(crate) async fn history(State(node): State<Node>, Path(address): Path<String>) -> Answer {
    let request = QueryContractHistoryRequest { address, pagination: None };
    let response: QueryContractHistoryResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/ContractHistory", &request).await?;
    let entries: Vec<_> = response
        .entries
        .iter()
        .map(|entry| {
            let operation = ContractCodeHistoryOperationType::try_from(entry.operation).unwrap_or_default();
            let updated = entry.updated.clone().unwrap_or_default();
            json!({
                "operation": operation.as_str_name(),
                "code_id": entry.code_id.to_string(),
                "updated": {
                    "block_height": updated.block_height.to_string(),
                    "tx_index": updated.tx_index.to_string(),
                },
                "msg": inner(&entry.msg),
            })
        })
        .collect();
    Ok(Json(json!({ "entries": entries, "pagination": pagination(response.pagination) })))
}

pub(crate) async fn smart(
    State(node): State<Node>,
    Path((address, query)): Path<(String, String)>,
) -> Answer {
    let request = QuerySmartContractStateRequest { address, query_data: bytes(&query)? };
    let response: QuerySmartContractStateResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/SmartContractState", &request).await?;
    Ok(Json(json!({ "data": inner(&response.data) })))
}

pub(crate) async fn raw(State(node): State<Node>, Path((address, key)): Path<(String, String)>) -> Answer {
    let request = QueryRawContractStateRequest { address, query_data: bytes(&key)? };
    let response: QueryRawContractStateResponse =
        ask(&node, "/cosmwasm.wasm.v1.Query/RawContractState", &request).await?;
    Ok(Json(json!({ "data": BASE64.encode(response.data) })))
}
