//! A transaction, decoded from the bytes a wallet broadcast. Every byte here is hostile until shown otherwise.
use cosmos_sdk_proto::cosmos::crypto::secp256k1;
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::Sum;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, Fee, SignerInfo, TxBody, TxRaw};
use cosmos_sdk_proto::prost::{Message, Name};
use cosmwasm_std::Coin;
use sha2::{Digest, Sha256};

use super::coins;
use super::msg::Msg;
use crate::error::AppError;

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
    pub(crate) signers: Vec<Signer>,
}

/// One required signature, in the order the messages ask for them.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    pub(crate) address: String,
    /// Absent when the wallet relies on the key kept with the account.
    pub(crate) public_key: Option<Vec<u8>>,
    pub(crate) mode: SignMode,
    pub(crate) sequence: u64,
    pub(crate) signature: Vec<u8>,
}

impl Tx {
    /// Decodes a signed transaction.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Tx, AppError> {
        let raw = TxRaw::decode(bytes).map_err(|error| AppError::tx_decode(error.to_string()))?;
        // ADR-027: one encoding per transaction. Otherwise the same signature is good for many hashes.
        if raw.encode_to_vec() != bytes {
            return Err(AppError::tx_decode("the encoding is not canonical"));
        }
        Tx::from_raw(bytes, raw)
    }

    fn from_raw(bytes: &[u8], raw: TxRaw) -> Result<Tx, AppError> {
        let body = TxBody::decode(raw.body_bytes.as_slice())
            .map_err(|error| AppError::tx_decode(error.to_string()))?;
        let auth = AuthInfo::decode(raw.auth_info_bytes.as_slice())
            .map_err(|error| AppError::tx_decode(error.to_string()))?;
        if let Some(option) = body.extension_options.first() {
            return Err(AppError::not_supported(format!("extension option {}", option.type_url)));
        }
        if body.messages.is_empty() {
            return Err(AppError::invalid_request("must contain at least one message"));
        }
        let msgs = body.messages.iter().map(Msg::decode).collect::<Result<Vec<_>, _>>()?;
        let fee = auth.fee.clone().unwrap_or_default();
        if !fee.granter.is_empty() {
            return Err(AppError::invalid_request("fee grants are not enabled"));
        }
        let fee_coins = coins::checked(&fee.amount)
            .map_err(|error| AppError::insufficient_fee(format!("invalid fee amount: {}", error.log)))?;
        let signers = signers(&msgs, &fee, &auth.signer_infos, &raw.signatures)?;
        Ok(Tx {
            bytes: bytes.to_vec(),
            hash: Sha256::digest(bytes).into(),
            body_bytes: raw.body_bytes,
            auth_info_bytes: raw.auth_info_bytes,
            body,
            msgs,
            fee,
            fee_coins,
            signers,
        })
    }

    /// Who pays the fee: the payer named, else the first signer.
    pub(crate) fn payer(&self) -> &str {
        if self.fee.payer.is_empty() {
            self.signers.first().map_or("", |signer| &signer.address)
        } else {
            &self.fee.payer
        }
    }
}

fn signers(
    msgs: &[Msg],
    fee: &Fee,
    infos: &[SignerInfo],
    signatures: &[Vec<u8>],
) -> Result<Vec<Signer>, AppError> {
    let mut addresses: Vec<&str> = Vec::new();
    let payer = Some(fee.payer.as_str()).filter(|payer| !payer.is_empty());
    for address in msgs.iter().map(Msg::signer).chain(payer) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if signatures.is_empty() {
        return Err(AppError { codespace: "sdk", code: 15, log: "no signatures supplied".into() });
    }
    if infos.len() != addresses.len() || signatures.len() != addresses.len() {
        return Err(AppError::unauthorized(format!(
            "invalid number of signer;  expected: {}, got {}",
            addresses.len(),
            signatures.len().min(infos.len())
        )));
    }
    addresses
        .into_iter()
        .zip(infos)
        .zip(signatures)
        .map(|((address, info), signature)| {
            let public_key = info.public_key.as_ref().map(public_key).transpose()?;
            let mode = match info.mode_info.as_ref().and_then(|mode| mode.sum.as_ref()) {
                Some(Sum::Single(single)) => SignMode::try_from(single.mode).unwrap_or_default(),
                Some(Sum::Multi(_)) => {
                    return Err(AppError::not_supported("the dev chain verifies no multisig keys"));
                }
                None => SignMode::Unspecified,
            };
            Ok(Signer {
                address: address.into(),
                public_key,
                mode,
                sequence: info.sequence,
                signature: signature.clone(),
            })
        })
        .collect()
}

/// The 33 bytes of a secp256k1 key; the dev chain verifies no other kind.
fn public_key(any: &cosmos_sdk_proto::Any) -> Result<Vec<u8>, AppError> {
    if any.type_url != secp256k1::PubKey::type_url() {
        return Err(AppError::invalid_pubkey(format!("unrecognized public key type: {}", any.type_url)));
    }
    let key = secp256k1::PubKey::decode(any.value.as_slice())
        .map_err(|error| AppError::tx_decode(error.to_string()))?
        .key;
    if key.len() == 33 { Ok(key) } else { Err(AppError::invalid_pubkey("length of pubkey is incorrect")) }
}
