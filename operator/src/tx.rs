//! Building and signing transactions (sign mode direct).

use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, ModeInfo, SignerInfo, TxBody, TxRaw, mode_info};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{MsgExecuteContract, MsgInstantiateContract2};
use cosmos_sdk_proto::traits::{Message, Name};
use cosmrs::tx::{Body, SignDoc};
use cosmrs::{AccountId, Any};
use cosmwasm_std::{Coin, instantiate2_address};
use serde::Serialize;
use thiserror::Error;

use crate::gas::GasPrice;
use crate::signer::Signer;

/// Why a transaction can't be built.
#[derive(Debug, Error)]
pub enum TxError {
    /// A message can't be written as JSON.
    #[error("the message can't be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A text is not an address.
    #[error("{0} is not an address")]
    Address(String),
    /// An address can't be computed.
    #[error("the contract's address can't be computed: {0}")]
    ContractAddress(String),
    /// A part can't be encoded.
    #[error("the transaction can't be encoded: {0}")]
    Encode(String),
}

/// Where in its account's order a transaction stands, and on which chain.
#[derive(Clone, Debug)]
pub struct Place {
    /// The chain's id.
    pub chain_id: String,
    /// The account's number.
    pub number: u64,
    /// The account's sequence that this transaction uses up.
    pub sequence: u64,
}

fn proto_coins(coins: &[Coin]) -> Vec<ProtoCoin> {
    coins.iter().map(|c| ProtoCoin { denom: c.denom.clone(), amount: c.amount.to_string() }).collect()
}

fn any<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// A message that executes `contract` with `message` and `funds`.
///
/// # Errors
/// [`TxError::Json`] if the message can't be written as JSON.
pub fn execute(
    sender: &str,
    contract: &str,
    message: &impl Serialize,
    funds: &[Coin],
) -> Result<Any, TxError> {
    Ok(any(&MsgExecuteContract {
        sender: sender.to_owned(),
        contract: contract.to_owned(),
        msg: serde_json::to_vec(message)?,
        funds: proto_coins(funds),
    }))
}

/// A message that instantiates code `code_id` at the address that [`contract_address`] computes. Without an
/// `admin` nobody can migrate the contract.
///
/// # Errors
/// [`TxError::Json`] if the message can't be written as JSON.
pub fn instantiate(
    sender: &str,
    admin: Option<&str>,
    code_id: u64,
    label: &str,
    salt: &[u8],
    message: &impl Serialize,
) -> Result<Any, TxError> {
    Ok(any(&MsgInstantiateContract2 {
        sender: sender.to_owned(),
        admin: admin.unwrap_or_default().to_owned(),
        code_id,
        label: label.to_owned(),
        msg: serde_json::to_vec(message)?,
        funds: vec![],
        salt: salt.to_vec(),
        fix_msg: false,
    }))
}

/// The address that an instance of the code with `checksum`, made by `creator` with `salt`, will have
/// (ADR-28, as wasmd computes it). Keys are bound to it before it exists.
///
/// # Errors
/// [`TxError::Address`] or [`TxError::ContractAddress`] if one of them can't make an address.
pub fn contract_address(checksum: &[u8], creator: &str, salt: &[u8]) -> Result<String, TxError> {
    let account: AccountId = creator.parse().map_err(|_| TxError::Address(creator.to_owned()))?;
    let canonical = instantiate2_address(checksum, &account.to_bytes().into(), salt)
        .map_err(|error| TxError::ContractAddress(error.to_string()))?;
    AccountId::new(account.prefix(), canonical.as_slice())
        .map(|address| address.to_string())
        .map_err(|error| TxError::ContractAddress(error.to_string()))
}

/// A message that sends coins from account to account.
pub fn send(from: &str, to: &str, coins: &[Coin]) -> Any {
    any(&MsgSend { from_address: from.to_owned(), to_address: to.to_owned(), amount: proto_coins(coins) })
}

/// How many coins these messages move from account to account by themselves.
pub fn transferred(messages: &[Any]) -> u64 {
    let sends = messages.iter().filter(|message| message.type_url == MsgSend::type_url());
    let coins =
        sends.filter_map(|message| Some(MsgSend::decode(message.value.as_slice()).ok()?.amount.len()));
    u64::try_from(coins.sum::<usize>()).unwrap_or(u64::MAX)
}

/// The bytes of a signed transaction of `messages` at `place`, allowed `gas` at `price`, and in no block
/// above `timeout_height` (0: in any).
///
/// # Errors
/// [`TxError::Encode`] if something in it can't be encoded.
pub fn sign(
    signer: &Signer,
    place: &Place,
    messages: Vec<Any>,
    gas: u64,
    price: &GasPrice,
    timeout_height: u64,
) -> Result<Vec<u8>, TxError> {
    let encode = |error: cosmrs::ErrorReport| TxError::Encode(error.to_string());
    let fee = cosmrs::Coin { denom: price.denom.parse().map_err(encode)?, amount: price.fee(gas) };
    let auth = cosmrs::tx::SignerInfo::single_direct(Some(signer.key().public_key()), place.sequence)
        .auth_info(cosmrs::tx::Fee::from_amount_and_gas(fee, gas));
    let chain_id = place.chain_id.parse().map_err(|_| TxError::Encode("the chain id is empty".into()))?;
    let timeout = cosmrs::tendermint::block::Height::try_from(timeout_height)
        .map_err(|error| TxError::Encode(error.to_string()))?;
    let body = Body::new(messages, "", timeout);
    let doc = SignDoc::new(&body, &auth, &chain_id, place.number).map_err(encode)?;
    doc.sign(signer.key()).and_then(|raw| raw.to_bytes()).map_err(encode)
}

/// The bytes of an unsigned transaction to simulate: right in everything but fee and signature.
pub fn unsigned(signer: &Signer, sequence: u64, messages: Vec<Any>) -> Vec<u8> {
    to_simulate(Some(signer.key().public_key().into()), sequence, messages)
}

/// The same of an account whose key nobody here has: a simulation checks no signature.
pub fn unsigned_by_anyone(sequence: u64, messages: Vec<Any>) -> Vec<u8> {
    to_simulate(None, sequence, messages)
}

fn to_simulate(public_key: Option<Any>, sequence: u64, messages: Vec<Any>) -> Vec<u8> {
    let body = TxBody { messages, ..TxBody::default() };
    let info = SignerInfo {
        public_key,
        mode_info: Some(ModeInfo { sum: Some(mode_info::Sum::Single(mode_info::Single { mode: 1 })) }),
        sequence,
    };
    let auth = AuthInfo { signer_infos: vec![info], fee: Some(Fee::default()), ..AuthInfo::default() };
    TxRaw {
        body_bytes: body.encode_to_vec(),
        auth_info_bytes: auth.encode_to_vec(),
        signatures: vec![vec![]],
    }
    .encode_to_vec()
}
