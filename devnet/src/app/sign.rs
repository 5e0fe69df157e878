//! Signatures: which bytes a signer signed, and whether the signature fits them.
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::SignDoc;
use cosmos_sdk_proto::prost::Message;
use cosmrs::tendermint::account::Id;
use k256::ecdsa::signature::Verifier;
use k256::ecdsa::{Signature, VerifyingKey};

use super::amino;
use super::tx::{Signer, Tx};

/// The outcome of verifying one signature outside the chain's thread: it holds for this account number only.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) account_number: u64,
    pub(crate) key: Vec<u8>,
    pub(crate) result: Result<(), String>,
}

/// Verifies one signature over this transaction. k256 refuses a high S itself.
pub(crate) fn verify(
    tx: &Tx,
    signer: &Signer,
    key: &[u8],
    chain_id: &str,
    account_number: u64,
) -> Result<(), String> {
    let bytes = match signer.mode {
        SignMode::Direct => SignDoc {
            body_bytes: tx.body_bytes.clone(),
            auth_info_bytes: tx.auth_info_bytes.clone(),
            chain_id: chain_id.into(),
            account_number,
        }
        .encode_to_vec(),
        SignMode::LegacyAminoJson => amino::sign_bytes(tx, chain_id, account_number, signer.sequence)?,
        // The SDK's spelling.
        SignMode::Textual => return Err("unsuppored sign mode SIGN_MODE_TEXTUAL".into()),
        other => return Err(format!("unsupported sign mode {}", other.as_str_name())),
    };
    let verify = || {
        let key = VerifyingKey::from_sec1_bytes(key).ok()?;
        let signature = Signature::from_slice(&signer.signature).ok()?;
        key.verify(&bytes, &signature).ok()
    };
    verify().ok_or_else(|| "unable to verify single signer signature".into())
}

/// The 20 bytes of the address that belongs to a compressed key.
pub(crate) fn address_of(key: &[u8]) -> Option<Vec<u8>> {
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    Some(Id::from(key).as_bytes().to_vec())
}
