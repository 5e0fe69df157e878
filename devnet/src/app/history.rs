//! Code history of contracts, as `ContractHistory` answers it.
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    AbsoluteTxPosition, ContractCodeHistoryEntry, ContractCodeHistoryOperationType,
    QueryContractHistoryResponse,
};
use cosmos_sdk_proto::prost::Message;
use cosmwasm_std::Storage;

/// Where histories start; the address follows. Every contract has one.
pub(crate) const PREFIX: &[u8] = b"history/";

fn key(contract: &str) -> Vec<u8> {
    [PREFIX, contract.as_bytes()].concat()
}

pub(crate) fn load(store: &dyn Storage, contract: &str) -> QueryContractHistoryResponse {
    store
        .get(&key(contract))
        .and_then(|bytes| QueryContractHistoryResponse::decode(bytes.as_slice()).ok())
        .unwrap_or_default()
}

/// Notes that `contract` runs `code_id` from now on; the first note is its instantiation.
pub(crate) fn record(store: &mut dyn Storage, contract: &str, code_id: u64, height: u64, msg: &[u8]) {
    let mut history = load(store, contract);
    let operation = if history.entries.is_empty() {
        ContractCodeHistoryOperationType::Init
    } else {
        ContractCodeHistoryOperationType::Migrate
    };
    history.entries.push(ContractCodeHistoryEntry {
        operation: operation.into(),
        code_id,
        updated: Some(AbsoluteTxPosition { block_height: height, tx_index: 0 }),
        msg: msg.to_vec(),
    });
    store.set(&key(contract), &history.encode_to_vec());
}
