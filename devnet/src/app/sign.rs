//! Signatures: which bytes a signer signed, and whether the signature fits them.
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::SignDoc;
use cosmos_sdk_proto::prost::Message;
use k256::ecdsa::signature::Verifier;
use k256::ecdsa::{Signature, VerifyingKey};

use super::keys::{Key, Signed};
use super::tx::{Signer, Tx};
use super::{amino, keys};

/// The outcome of verifying one signature outside the chain's thread: it holds for this account number only.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) account_number: u64,
    /// None if the account's key is unknown: then there is nothing to verify against.
    pub(crate) key: Option<Key>,
    pub(crate) result: Result<(), String>,
}

/// Verifies what a signer signed of this transaction.
pub(crate) fn verify(
    tx: &Tx,
    signer: &Signer,
    key: &Key,
    chain_id: &str,
    account_number: u64,
) -> Result<(), String> {
    let bytes = |mode| sign_bytes(tx, signer, mode, chain_id, account_number);
    match (key, &signer.signed) {
        (Key::Single(key), Signed::Single(signature)) => {
            if fits(key, &bytes(signature.mode)?, signature) {
                Ok(())
            } else {
                Err("unable to verify single signer signature".into())
            }
        }
        (Key::Multi { threshold, keys }, Signed::Multi { signed, signatures }) => {
            if signed.len() != keys.len() {
                return Err(format!("bit array size is incorrect, expecting: {}", keys.len()));
            }
            if signatures.len() < *threshold || signatures.len() > keys.len() {
                return Err(format!("signature size is incorrect {}", signatures.len()));
            }
            let set = signed.iter().filter(|signed| **signed).count();
            if set < *threshold {
                return Err(format!("not enough signatures set, have {set}, expected {threshold}"));
            }
            let mut rest = signatures.iter();
            for (index, key) in keys.iter().enumerate().filter(|(index, _)| signed.get(*index) == Some(&true))
            {
                let signature = rest.next().ok_or("fewer signatures than are marked")?;
                if !fits(key, &bytes(signature.mode)?, signature) {
                    return Err(format!("unable to verify signature at index {index}"));
                }
            }
            Ok(())
        }
        // The other way round was refused before.
        _ => Err("expected <nil>, got *secp256k1.PubKey".into()),
    }
}

fn sign_bytes(
    tx: &Tx,
    signer: &Signer,
    mode: SignMode,
    chain_id: &str,
    account_number: u64,
) -> Result<Vec<u8>, String> {
    match mode {
        SignMode::Direct => Ok(SignDoc {
            body_bytes: tx.body_bytes.clone(),
            auth_info_bytes: tx.auth_info_bytes.clone(),
            chain_id: chain_id.into(),
            account_number,
        }
        .encode_to_vec()),
        SignMode::LegacyAminoJson => amino::sign_bytes(tx, chain_id, account_number, signer.sequence),
        // The SDK's spelling.
        SignMode::Textual => Err("unsuppored sign mode SIGN_MODE_TEXTUAL".into()),
        other => Err(format!("unsupported sign mode {}", other.as_str_name())),
    }
}

/// Whether the signature is the key's. k256 refuses a high S itself.
fn fits(key: &[u8], bytes: &[u8], signature: &keys::Signature) -> bool {
    let verify = || {
        let key = VerifyingKey::from_sec1_bytes(key).ok()?;
        key.verify(bytes, &Signature::from_slice(&signature.bytes).ok()?).ok()
    };
    verify().is_some()
}
