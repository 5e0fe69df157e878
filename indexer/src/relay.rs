//! Which transactions this server passes on to the chain: those of the event, and no others. It is no open relay.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgExecuteContract;
use cosmos_sdk_proto::traits::{Message as _, Name as _};
use thiserror::Error;

/// Most messages in one transaction. Someone who cracks everything they have sends many.
pub const MAX_MESSAGES: usize = 100;

/// Why a transaction is not passed on.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotRelayed {
    /// It is not base64.
    #[error(
        "tx is not base64: give the bytes of the signed transaction (TxRaw) in standard base64, with padding"
    )]
    Base64,
    /// It is no transaction.
    #[error(
        "tx is not a transaction: its {0} can't be read. Give the bytes that the wallet signed, unchanged"
    )]
    Unreadable(&'static str),
    /// Bytes that belong to no transaction, or parts that are not in the one order that chains accept.
    #[error(
        "tx holds more than a transaction, or its parts in another order. Give the bytes that the wallet signed"
    )]
    NotExact,
    /// It has no messages, or too many.
    #[error("the transaction has {0} messages: send 1 to {MAX_MESSAGES} at once")]
    Count(usize),
    /// A message of another kind.
    #[error("message {at} is of type {given}: this server only passes on calls of the event's contracts")]
    Kind {
        /// Which message, from 1.
        at: usize,
        /// Its type, shortened.
        given: String,
    },
    /// A call of another contract.
    #[error("message {at} calls {given}, which is no contract of this event")]
    Contract {
        /// Which message, from 1.
        at: usize,
        /// The contract, shortened.
        given: String,
    },
}

/// The bytes of a transaction in base64, if all its messages call one of `contracts`.
///
/// # Errors
/// [`NotRelayed`].
pub fn transaction(base64: &str, contracts: &[&str]) -> Result<Vec<u8>, NotRelayed> {
    let bytes = BASE64.decode(base64).map_err(|_| NotRelayed::Base64)?;
    let tx = TxRaw::decode(bytes.as_slice()).map_err(|_| NotRelayed::Unreadable("envelope"))?;
    // Chains accept one encoding of the envelope only (ADR-027), so nothing can hide beside it.
    if tx.encode_to_vec() != bytes {
        return Err(NotRelayed::NotExact);
    }
    AuthInfo::decode(tx.auth_info_bytes.as_slice()).map_err(|_| NotRelayed::Unreadable("signers"))?;
    let body = TxBody::decode(tx.body_bytes.as_slice()).map_err(|_| NotRelayed::Unreadable("body"))?;
    if !(1..=MAX_MESSAGES).contains(&body.messages.len()) {
        return Err(NotRelayed::Count(body.messages.len()));
    }
    for (message, at) in body.messages.iter().zip(1..) {
        if message.type_url != MsgExecuteContract::type_url() {
            return Err(NotRelayed::Kind { at, given: shortened(&message.type_url) });
        }
        let call = MsgExecuteContract::decode(message.value.as_slice());
        let call = call.map_err(|_| NotRelayed::Unreadable("message"))?;
        if !contracts.contains(&call.contract.as_str()) {
            return Err(NotRelayed::Contract { at, given: shortened(&call.contract) });
        }
    }
    Ok(bytes)
}

/// A stranger's text, as it may be repeated.
fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(100).collect()
}
