//! `cosmwasm.wasm.v1.Query`.
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    AbsoluteTxPosition, AccessConfig, AccessType, CodeInfoResponse, ContractInfo, Model, Params,
    QueryAllContractStateRequest, QueryAllContractStateResponse, QueryCodeRequest, QueryCodeResponse,
    QueryCodesRequest, QueryCodesResponse, QueryContractHistoryRequest, QueryContractInfoRequest,
    QueryContractInfoResponse, QueryContractsByCodeRequest, QueryContractsByCodeResponse,
    QueryContractsByCreatorRequest, QueryContractsByCreatorResponse, QueryParamsResponse,
    QueryRawContractStateRequest, QueryRawContractStateResponse, QuerySmartContractStateRequest,
    QuerySmartContractStateResponse,
};
use cosmos_sdk_proto::prost::Message;
use cosmwasm_std::Addr;
use cw_multi_test::ContractData;

use super::page::page;
use super::{QueryError, View, request};
use crate::app::vm::Vm;
use crate::app::{history, vm};
use crate::error::AppError;
use crate::gowords;

pub(crate) fn query(view: &View<'_>, method: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    let store = &view.past.store;
    Ok(match method {
        "SmartContractState" => {
            let QuerySmartContractStateRequest { address, query_data } = request(data)?;
            check(view, &address)?;
            if serde_json::from_slice::<&serde_json::value::RawValue>(&query_data).is_err() {
                return Err(QueryError::Invalid("invalid query data".into()));
            }
            let contract = known(view, &address)?;
            let data = view.app.vm.smart_query(store, &view.past.block, contract.as_str(), &query_data)?;
            QuerySmartContractStateResponse { data: data.into() }.encode_to_vec()
        }
        "RawContractState" => {
            let QueryRawContractStateRequest { address, query_data } = request(data)?;
            let contract = known(view, &address)?;
            let data = view.app.vm.raw_query(store, &contract, &query_data)?;
            QueryRawContractStateResponse { data }.encode_to_vec()
        }
        "AllContractState" => {
            let QueryAllContractStateRequest { address, pagination } = request(data)?;
            let contract = known(view, &address)?;
            let (items, pagination) = page(vm::contract_state(store, &contract), pagination);
            let models = items.into_iter().map(|(key, value)| Model { key, value }).collect();
            QueryAllContractStateResponse { models, pagination }.encode_to_vec()
        }
        "ContractInfo" => {
            let QueryContractInfoRequest { address } = request(data)?;
            let address = check(view, &address)?;
            let contract_info = Some(contract_info(view.app.vm.contract(store, &address)?));
            QueryContractInfoResponse { address, contract_info }.encode_to_vec()
        }
        "ContractHistory" => {
            let QueryContractHistoryRequest { address, pagination } = request(data)?;
            let address = check(view, &address)?;
            let mut history = history::load(store, &address);
            (history.entries, history.pagination) = page(history.entries, pagination);
            history.encode_to_vec()
        }
        "ContractsByCode" => {
            let QueryContractsByCodeRequest { code_id, pagination } = request(data)?;
            check_code(code_id)?;
            let found = contracts(view, |contract| contract.code_id == code_id);
            let (contracts, pagination) = page(found, pagination);
            QueryContractsByCodeResponse { contracts, pagination }.encode_to_vec()
        }
        "ContractsByCreator" => {
            let QueryContractsByCreatorRequest { creator_address, pagination } = request(data)?;
            let creator_address = check(view, &creator_address)?;
            let found = contracts(view, |contract| contract.creator.as_str() == creator_address);
            let (contract_addresses, pagination) = page(found, pagination);
            QueryContractsByCreatorResponse { contract_addresses, pagination }.encode_to_vec()
        }
        "Code" => {
            let QueryCodeRequest { code_id } = request(data)?;
            check_code(code_id)?;
            let code_info = Some(code_info(view, code_id)?);
            // Native code has no wasm to show.
            QueryCodeResponse { code_info, data: Vec::new() }.encode_to_vec()
        }
        "Codes" => {
            let QueryCodesRequest { pagination } = request(data)?;
            let all = Vm::code_ids(store).map(|id| code_info(view, id)).collect::<Result<Vec<_>, _>>()?;
            let (code_infos, pagination) = page(all, pagination);
            QueryCodesResponse { code_infos, pagination }.encode_to_vec()
        }
        "Params" => {
            let everybody = AccessType::Everybody.into();
            let params = Params {
                code_upload_access: Some(AccessConfig { permission: everybody, addresses: Vec::new() }),
                instantiate_default_permission: everybody,
            };
            QueryParamsResponse { params: Some(params) }.encode_to_vec()
        }
        _ => return Err(QueryError::Unimplemented),
    })
}

/// The address as the chain writes it.
fn check(view: &View<'_>, address: &str) -> Result<String, QueryError> {
    match gowords::bad_address(address, view.app.vm.prefix()) {
        Some(why) => Err(QueryError::Plain(why)),
        None => Ok(address.to_lowercase()),
    }
}

fn known(view: &View<'_>, address: &str) -> Result<Addr, QueryError> {
    check(view, address)?;
    view.app.vm.contract(&view.past.store, address)?;
    Ok(view.app.vm.address(address)?)
}

fn check_code(code_id: u64) -> Result<(), QueryError> {
    if code_id == 0 { Err(AppError::invalid("code id").into()) } else { Ok(()) }
}

fn contract_info(contract: ContractData) -> ContractInfo {
    ContractInfo {
        code_id: contract.code_id,
        creator: contract.creator.into_string(),
        admin: contract.admin.map(Into::into).unwrap_or_default(),
        label: contract.label,
        created: Some(AbsoluteTxPosition { block_height: contract.created, tx_index: 0 }),
        ..ContractInfo::default()
    }
}

/// Addresses of the contracts that `wanted` picks, in the order of their making.
fn contracts(view: &View<'_>, wanted: impl Fn(&ContractData) -> bool) -> Vec<String> {
    let store = &view.past.store;
    let mut found: Vec<_> = store
        .with_prefix(history::PREFIX)
        .filter_map(|(key, _)| {
            let address = std::str::from_utf8(key).ok()?;
            let contract = view.app.vm.contract(store, address).ok().filter(|contract| wanted(contract))?;
            Some((contract.created, address.to_string()))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, address)| address).collect()
}

fn code_info(view: &View<'_>, code_id: u64) -> Result<CodeInfoResponse, QueryError> {
    let code = view.app.vm.code(&view.past.store, code_id)?;
    Ok(CodeInfoResponse {
        code_id,
        creator: code.creator.into_string(),
        data_hash: code.checksum.as_slice().to_vec(),
        instantiate_permission: Some(AccessConfig {
            permission: AccessType::Everybody.into(),
            addresses: Vec::new(),
        }),
    })
}
