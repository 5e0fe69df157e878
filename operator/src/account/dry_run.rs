//! A dry run: what an account would send, and what that would cost.

use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgInstantiateContract2, MsgStoreCode};
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::Any;
use serde::Serialize;

/// A transaction that was simulated and not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// Who would sign.
    pub signer: String,
    /// What it would do, in order; equal ones follow each other.
    pub messages: Vec<PlannedMessage>,
    /// Its gas limit.
    pub gas: u64,
    /// Its fee, for example 8497500uluna.
    pub fee: String,
}

/// One message of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedMessage {
    /// What: the contract's message, or upload, instantiate, send.
    pub does: String,
    /// To whom: a contract, a code or an account; empty for an upload.
    pub to: String,
    /// The coins that go with it, for example 75000000uusd; empty for none.
    pub funds: String,
}

impl PlannedMessage {
    /// What `message` does.
    pub(super) fn of(message: &Any) -> Self {
        let bytes = message.value.as_slice();
        let url = message.type_url.as_str();
        if url == MsgExecuteContract::type_url()
            && let Ok(MsgExecuteContract { contract, msg, funds, .. }) = MsgExecuteContract::decode(bytes)
        {
            return Self { does: called(&msg), to: contract, funds: coins(&funds) };
        }
        if url == MsgInstantiateContract2::type_url()
            && let Ok(message) = MsgInstantiateContract2::decode(bytes)
        {
            let to = format!("code {}", message.code_id);
            return Self { does: "instantiate".to_owned(), to, funds: coins(&message.funds) };
        }
        if url == MsgSend::type_url()
            && let Ok(MsgSend { to_address, amount, .. }) = MsgSend::decode(bytes)
        {
            return Self { does: "send".to_owned(), to: to_address, funds: coins(&amount) };
        }
        let does = if url == MsgStoreCode::type_url() { "upload" } else { url };
        Self { does: does.to_owned(), to: String::new(), funds: String::new() }
    }
}

/// The name of a contract's message: its only key.
fn called(message: &[u8]) -> String {
    let parsed: Option<serde_json::Map<String, serde_json::Value>> = serde_json::from_slice(message).ok();
    parsed.and_then(|map| map.into_iter().next()).map_or_else(|| "execute".to_owned(), |(name, _)| name)
}

fn coins(coins: &[Coin]) -> String {
    let coins: Vec<String> = coins.iter().map(|coin| format!("{}{}", coin.amount, coin.denom)).collect();
    coins.join(",")
}
