//! Public keys of accounts: one key, or several of which some must sign (amino's multisig, the only one the
//! SDK has). Multisigs inside multisigs are refused.
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::crypto::multisig::LegacyAminoPubKey;
use cosmos_sdk_proto::cosmos::crypto::multisig::v1beta1::{CompactBitArray, MultiSignature};
use cosmos_sdk_proto::cosmos::crypto::secp256k1::PubKey;
use cosmos_sdk_proto::cosmos::tx::signing::v1beta1::SignMode;
use cosmos_sdk_proto::cosmos::tx::v1beta1::ModeInfo;
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Multi, Sum};
use cosmos_sdk_proto::prost::{Message, Name};
use cosmrs::tendermint::account::Id;
use k256::ecdsa::VerifyingKey;
use sha2::{Digest, Sha256};

use crate::error::AppError;

/// How amino marks the key of a multisig, and a secp256k1 key of 33 bytes in it.
const AMINO_MULTISIG: [u8; 4] = [0x22, 0xc1, 0xf7, 0xe2];
const AMINO_SECP256K1: [u8; 5] = [0xeb, 0x5a, 0xe9, 0x87, 33];

/// An account's key; secp256k1 keys are compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Single(Vec<u8>),
    Multi { threshold: usize, keys: Vec<Vec<u8>> },
}

impl Key {
    pub(crate) fn decode(any: &Any) -> Result<Key, AppError> {
        if any.type_url != LegacyAminoPubKey::type_url() {
            return Ok(Key::Single(single(any)?));
        }
        let multi = LegacyAminoPubKey::decode(any.value.as_slice()).map_err(AppError::tx_decode)?;
        let keys = multi.public_keys.iter().map(single).collect::<Result<Vec<_>, _>>()?;
        let threshold = usize::try_from(multi.threshold).unwrap_or(usize::MAX);
        if threshold == 0 || threshold > keys.len() {
            return Err(AppError::invalid_pubkey(format!("threshold {threshold} of {} keys", keys.len())));
        }
        Ok(Key::Multi { threshold, keys })
    }

    /// As accounts keep it.
    pub(crate) fn any(&self) -> Any {
        match self {
            Key::Single(key) => {
                Any { type_url: PubKey::type_url(), value: PubKey { key: key.clone() }.encode_to_vec() }
            }
            Key::Multi { threshold, keys } => {
                let public_keys = keys.iter().map(|key| Key::Single(key.clone()).any()).collect();
                let threshold = u32::try_from(*threshold).unwrap_or(u32::MAX);
                let value = LegacyAminoPubKey { threshold, public_keys }.encode_to_vec();
                Any { type_url: LegacyAminoPubKey::type_url(), value }
            }
        }
    }

    /// The 20 bytes of its address.
    pub(crate) fn address(&self) -> Option<Vec<u8>> {
        match self {
            Key::Single(key) => {
                let key = VerifyingKey::from_sec1_bytes(key).ok()?;
                Some(Id::from(key).as_bytes().to_vec())
            }
            Key::Multi { threshold, keys } => {
                let mut hasher = Sha256::new();
                hasher.update(AMINO_MULTISIG);
                // Field 1, the threshold. It is below 128: a transaction has at most seven signatures.
                hasher.update([0x08, u8::try_from(*threshold).ok().filter(|threshold| *threshold < 128)?]);
                for key in keys {
                    let length = u8::try_from(AMINO_SECP256K1.len().checked_add(key.len())?).ok()?;
                    hasher.update([0x12, length]);
                    hasher.update(AMINO_SECP256K1);
                    hasher.update(key);
                }
                Some(hasher.finalize().iter().take(20).copied().collect())
            }
        }
    }

    /// Keys in it, which the SDK limits.
    pub(crate) fn count(&self) -> usize {
        match self {
            Key::Single(_) => 1,
            Key::Multi { keys, .. } => keys.len(),
        }
    }
}

/// The 33 bytes of a secp256k1 key; the dev chain verifies no other kind.
fn single(any: &Any) -> Result<Vec<u8>, AppError> {
    if any.type_url == LegacyAminoPubKey::type_url() {
        return Err(AppError::not_supported("the dev chain verifies no multisig inside another"));
    }
    if any.type_url != PubKey::type_url() {
        return Err(AppError::invalid_pubkey(format!("unrecognized public key type: {}", any.type_url)));
    }
    let key = PubKey::decode(any.value.as_slice()).map_err(AppError::tx_decode)?.key;
    if key.len() == 33 { Ok(key) } else { Err(AppError::invalid_pubkey("length of pubkey is incorrect")) }
}

/// One signature and what was signed for it.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub(crate) mode: SignMode,
    pub(crate) bytes: Vec<u8>,
}

/// What an account's owner, or owners, signed.
#[derive(Clone, Debug)]
pub(crate) enum Signed {
    Single(Signature),
    /// Which keys of a multisig signed, and their signatures in that order.
    Multi {
        signed: Vec<bool>,
        signatures: Vec<Signature>,
    },
}

impl Signed {
    pub(crate) fn decode(mode: Option<&ModeInfo>, bytes: &[u8]) -> Result<Signed, AppError> {
        match mode.and_then(|mode| mode.sum.as_ref()) {
            Some(Sum::Single(single)) => {
                let mode = SignMode::try_from(single.mode).unwrap_or_default();
                Ok(Signed::Single(Signature { mode, bytes: bytes.to_vec() }))
            }
            Some(Sum::Multi(multi)) => decode_multi(multi, bytes),
            None => Err(AppError::plain("got empty SignatureData")),
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Signature] {
        match self {
            Signed::Single(signature) => std::slice::from_ref(signature),
            Signed::Multi { signatures, .. } => signatures,
        }
    }

    /// Their bytes as the SDK's events show them: those of a multisig one by one, then together.
    pub(crate) fn shown(&self) -> Vec<Vec<u8>> {
        let mut shown: Vec<Vec<u8>> = self.all().iter().map(|signature| signature.bytes.clone()).collect();
        if let Signed::Multi { .. } = self {
            shown.push(MultiSignature { signatures: shown.clone() }.encode_to_vec());
        }
        shown
    }

    /// Whether amino JSON is all that was signed: the SDK words its refusals by it.
    pub(crate) fn only_amino(&self) -> bool {
        self.all().iter().all(|signature| signature.mode == SignMode::LegacyAminoJson)
    }
}

fn decode_multi(multi: &Multi, bytes: &[u8]) -> Result<Signed, AppError> {
    let signatures = MultiSignature::decode(bytes).map_err(AppError::tx_decode)?.signatures;
    if signatures.len() != multi.mode_infos.len() {
        let (modes, got) = (multi.mode_infos.len(), signatures.len());
        return Err(AppError::plain(format!("{modes} sign modes for {got} signatures")));
    }
    let signatures = multi.mode_infos.iter().zip(signatures).map(|(mode, bytes)| {
        let Some(Sum::Single(single)) = &mode.sum else {
            return Err(AppError::not_supported("the dev chain verifies no multisig inside another"));
        };
        Ok(Signature { mode: SignMode::try_from(single.mode).unwrap_or_default(), bytes })
    });
    let signatures = signatures.collect::<Result<Vec<_>, _>>()?;
    Ok(Signed::Multi { signed: bits(multi.bitarray.clone().unwrap_or_default()), signatures })
}

/// The bits, the highest of each byte first; how many of the last byte count is said apart.
fn bits(array: CompactBitArray) -> Vec<bool> {
    let all = array.elems.len().saturating_mul(8);
    let count = match usize::try_from(array.extra_bits_stored).unwrap_or(8) {
        0 => all,
        extra => all.saturating_sub(8).saturating_add(extra.min(8)),
    };
    let each = array.elems.iter().flat_map(|byte| (0..8).map(move |bit| byte & (0x80 >> bit) != 0));
    each.take(count.min(all)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bits_are_counted_from_the_top() {
        let of =
            |extra, elems: &[u8]| bits(CompactBitArray { extra_bits_stored: extra, elems: elems.to_vec() });
        assert_eq!(of(3, &[0b1010_0000]), [true, false, true]);
        assert_eq!(of(0, &[0xff]).len(), 8);
        assert_eq!(of(1, &[0, 0x80]).last(), Some(&true));
        assert!(of(5, &[]).is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), extra in any::<u32>()) {
            let _ = bits(CompactBitArray { extra_bits_stored: extra, elems: bytes.clone() });
            let _ = Key::decode(&Any { type_url: LegacyAminoPubKey::type_url(), value: bytes.clone() });
            let multi = Multi::decode(bytes.as_slice()).unwrap_or_default();
            let _ = decode_multi(&multi, &bytes);
        }
    }
}
