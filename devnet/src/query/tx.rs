//! `cosmos.tx.v1beta1.Service`: simulation and look-up. Broadcasting has its own way in.
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::base::abci::v1beta1::{GasInfo, Result as AbciResult, TxResponse};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{
    GetTxRequest, GetTxResponse, SimulateRequest, SimulateResponse, Tx as ProtoTx, TxRaw,
};
use cosmos_sdk_proto::prost::{Message, Name};
use cosmos_sdk_proto::tendermint::abci::{Event as ProtoEvent, EventAttribute};

use super::{QueryError, request};
use crate::app::events::Event;
use crate::app::tx::Tx;
use crate::chain::block::Block;
use crate::chain::produce::Chain;
use crate::error::AppError;
use crate::gowords;

pub(crate) fn query(chain: &Chain, method: &str, data: &[u8]) -> Result<Vec<u8>, QueryError> {
    Ok(match method {
        "Simulate" => simulate(chain, request(data)?)?.encode_to_vec(),
        "GetTx" => {
            let GetTxRequest { hash } = request(data)?;
            if hash.is_empty() {
                return Err(QueryError::Invalid("tx hash cannot be empty".into()));
            }
            let bytes = gowords::hex(&hash).map_err(QueryError::Plain)?;
            let blocks = chain.blocks.read();
            let (block, index) =
                blocks.tx(&bytes).ok_or_else(|| QueryError::NotFound(format!("tx not found: {hash}")))?;
            get_tx(block, index).unwrap_or_default().encode_to_vec()
        }
        _ => return Err(QueryError::Unimplemented),
    })
}

fn simulate(chain: &Chain, request: SimulateRequest) -> Result<SimulateResponse, QueryError> {
    // Old clients send the decoded form.
    #[expect(deprecated, reason = "the SDK still takes both")]
    let bytes = match request.tx {
        Some(tx) if request.tx_bytes.is_empty() => raw(&tx),
        _ => request.tx_bytes,
    };
    if bytes.is_empty() {
        return Err(QueryError::Invalid("empty txBytes is not allowed".into()));
    }
    let failed =
        |error: AppError, gas: u64| QueryError::Simulation(format!("{} with gas used: '{gas}'", error.log));
    let tx = Tx::decode(&bytes, chain.app.vm.prefix(), chain.app.tax.is_some())
        .map_err(|error| failed(error, 0))?;
    let (gas_used, done) = chain.simulate(&tx);
    let done = done.map_err(|error| failed(error, gas_used))?;
    // The deprecated `data` repeats the responses; the SDK fills both.
    let mut result =
        AbciResult { events: done.events.iter().map(proto_event).collect(), ..AbciResult::default() };
    #[expect(deprecated, reason = "older clients read it")]
    {
        result.data = done.data();
    }
    result.msg_responses = done.responses;
    Ok(SimulateResponse {
        gas_info: Some(GasInfo { gas_wanted: tx.fee.gas_limit, gas_used }),
        result: Some(result),
    })
}

fn raw(tx: &ProtoTx) -> Vec<u8> {
    TxRaw {
        body_bytes: tx.body.as_ref().map(Message::encode_to_vec).unwrap_or_default(),
        auth_info_bytes: tx.auth_info.as_ref().map(Message::encode_to_vec).unwrap_or_default(),
        signatures: tx.signatures.clone(),
    }
    .encode_to_vec()
}

fn proto_event(event: &Event) -> ProtoEvent {
    let attributes = event
        .attributes
        .iter()
        .map(|(key, value)| EventAttribute { key: key.clone(), value: value.clone(), index: true })
        .collect();
    ProtoEvent { r#type: event.kind.clone(), attributes }
}

fn get_tx(block: &Block, index: usize) -> Option<GetTxResponse> {
    let tx = block.txs.get(index)?;
    let decoded = ProtoTx::decode(tx.bytes.as_slice()).ok();
    let any = Any { type_url: ProtoTx::type_url(), value: tx.bytes.clone() };
    let result = &tx.result;
    let response = TxResponse {
        height: i64::try_from(block.height()).ok()?,
        txhash: hex::encode_upper(tx.hash),
        codespace: result.codespace.into(),
        code: result.code,
        data: hex::encode_upper(&result.data),
        raw_log: result.log.clone(),
        gas_wanted: i64::try_from(result.gas_wanted).unwrap_or(i64::MAX),
        gas_used: i64::try_from(result.gas_used).unwrap_or(i64::MAX),
        tx: Some(any),
        timestamp: block.header.time.to_rfc3339(),
        events: result.events.iter().map(proto_event).collect(),
        ..TxResponse::default()
    };
    Some(GetTxResponse { tx: decoded, tx_response: Some(response) })
}
