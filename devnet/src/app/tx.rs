//! A transaction, decoded from the bytes a wallet broadcast. Every byte is treated as hostile.
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, SignerInfo, TxBody, TxRaw};
use cosmos_sdk_proto::prost::{DecodeError, Message};
use cosmwasm_std::Coin;
use sha2::{Digest, Sha256};

use super::keys::{Key, Signed};
use super::msg::Msg;
use super::{coins, protobuf};
use crate::error::AppError;
use crate::gowords;

/// As CometBFT's `max_tx_bytes`.
pub(crate) const MAX_TX_BYTES: usize = 1_048_576;

#[derive(Clone, Debug)]
pub(crate) struct Tx {
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: [u8; 32],
    pub(crate) body_bytes: Vec<u8>,
    pub(crate) auth_info_bytes: Vec<u8>,
    pub(crate) body: TxBody,
    pub(crate) msgs: Vec<Msg>,
    pub(crate) fee: Fee,
    pub(crate) fee_coins: Vec<Coin>,
    /// Who pays the fee, if not the first signer.
    payer: Option<String>,
    pub(crate) signers: Vec<Signer>,
}

/// One required signature, in the order the messages ask for them.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) address: String,
    /// Absent when the wallet relies on the key kept with the account.
    pub(crate) public_key: Option<Key>,
    pub(crate) sequence: u64,
    pub(crate) signed: Signed,
}

impl Tx {
    /// Decodes a transaction and checks what needs no state, in a node's order: that of a chain with the burn tax
    /// if it is `taxed`.
    pub(crate) fn decode(bytes: &[u8], prefix: &str, taxed: bool) -> Result<Tx, AppError> {
        let broken = |error: DecodeError| AppError::tx_decode(error.to_string());
        protobuf::check_raw(bytes).map_err(AppError::tx_decode)?;
        let raw = TxRaw::decode(bytes).map_err(broken)?;
        protobuf::check(&raw.body_bytes, &protobuf::BODY).map_err(AppError::tx_decode)?;
        protobuf::check(&raw.auth_info_bytes, &protobuf::AUTH_INFO).map_err(AppError::tx_decode)?;
        let body = TxBody::decode(raw.body_bytes.as_slice()).map_err(broken)?;
        let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice()).map_err(broken)?;
        // The dev chain has no options, so none has a type.
        if let Some(option) = body.extension_options.iter().chain(&body.non_critical_extension_options).next()
        {
            return Err(AppError::tx_decode(format!("unable to resolve type URL {}", option.type_url)));
        }
        let msgs = body.messages.iter().map(Msg::decode).collect::<Result<Vec<_>, _>>()?;
        if msgs.is_empty() {
            return Err(AppError::invalid_request("must contain at least one message"));
        }
        msgs.iter().try_for_each(|msg| msg.check(prefix))?;
        let fee = auth.fee.clone().unwrap_or_default();
        let fee_coins = fee_coins(&fee, taxed)?;
        let payer =
            Some(&fee.payer).filter(|payer| !payer.is_empty()).map(|payer| gowords::address(payer, prefix));
        let addresses = signing(&msgs, payer.as_deref(), prefix);
        let signers = signers(addresses, &auth.signer_infos, &raw.signatures)?;
        if !fee.granter.is_empty() {
            return Err(no_grant(&fee.granter, &signers));
        }
        Ok(Tx {
            bytes: bytes.to_vec(),
            hash: Sha256::digest(bytes).into(),
            body_bytes: raw.body_bytes,
            auth_info_bytes: raw.auth_info_bytes,
            body,
            msgs,
            fee,
            fee_coins,
            payer,
            signers,
        })
    }

    /// Who pays the fee: the payer named, else the first signer.
    pub(crate) fn payer(&self) -> &str {
        let first = || self.signers.first().map_or("", |signer| &signer.address);
        self.payer.as_deref().unwrap_or_else(first)
    }
}

fn fee_coins(fee: &Fee, taxed: bool) -> Result<Vec<Coin>, AppError> {
    let printed = || coins::print_proto(&fee.amount);
    if fee.amount.iter().any(|coin| coin.amount.is_empty()) {
        return Err(AppError::insufficient_fee("invalid fee provided: null"));
    }
    if fee.amount.iter().any(|coin| coin.amount.starts_with('-')) {
        return Err(AppError::insufficient_fee(format!("invalid fee provided: {}", printed())));
    }
    let denoms = fee.amount.iter().map(|coin| &coin.denom);
    if taxed && denoms.clone().zip(denoms.skip(1)).any(|(one, next)| one > next) {
        // terrad subtracts taxes from the fee, where the SDK panics, and recovers.
        return Err(AppError::recovered("Coins (self) must be sorted"));
    }
    coins::checked(&fee.amount)
        .map_err(|_| AppError::insufficient_fee(format!("invalid fee amount: {}", printed())))
}

/// The dev chain grants no fees; a node says so with the raw bytes of both addresses.
fn no_grant(granter: &str, signers: &[Signer]) -> AppError {
    let raw = |address: &str| {
        let bytes: Vec<u8> = bech32::decode(address).map(|(_, bytes)| bytes).unwrap_or_default();
        gowords::text(&bytes)
    };
    let payer = signers.first().map_or("", |signer| &signer.address);
    AppError::not_found(format!(
        "{} does not allow to pay fees for {}: fee-grant not found",
        raw(granter),
        raw(payer)
    ))
}

/// Who must sign, in order.
fn signing(msgs: &[Msg], payer: Option<&str>, prefix: &str) -> Vec<String> {
    let mut addresses: Vec<String> = Vec::new();
    for address in msgs.iter().map(Msg::signer).chain(payer) {
        let address = gowords::address(address, prefix);
        // A transfer from nobody asks for no signature.
        if !address.is_empty() && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

fn signers(
    addresses: Vec<String>,
    infos: &[SignerInfo],
    signatures: &[Vec<u8>],
) -> Result<Vec<Signer>, AppError> {
    if signatures.is_empty() {
        return Err(AppError { codespace: "sdk", code: 15, log: "no signatures supplied".into() });
    }
    if signatures.len() != addresses.len() {
        let (expected, got) = (addresses.len(), signatures.len());
        return Err(AppError::unauthorized(format!(
            "wrong number of signers; expected {expected}, got {got}"
        )));
    }
    if infos.len() > addresses.len() {
        // The SDK panics and recovers.
        let (index, length) = (addresses.len(), addresses.len());
        return Err(AppError::recovered(format!(
            "runtime error: index out of range [{index}] with length {length}"
        )));
    }
    if infos.len() < addresses.len() {
        return Err(AppError::unauthorized(format!(
            "invalid number of signer;  expected: {}, got {}",
            addresses.len(),
            infos.len()
        )));
    }
    addresses
        .into_iter()
        .zip(infos)
        .zip(signatures)
        .map(|((address, info), signature)| {
            Ok(Signer {
                address,
                public_key: info.public_key.as_ref().map(Key::decode).transpose()?,
                sequence: info.sequence,
                signed: Signed::decode(info.mode_info.as_ref(), signature)?,
            })
        })
        .collect()
}
