//! Whether a signature is the beacon's: scheme `bls-unchained-g1-rfc9380`, that of drand quicknet.
//!
//! Pure, so that the operator's jobs, `meteor verify` and the page in the browser check it with the same code. The
//! contracts don't link it: older chains can't afford the curve's arithmetic.

use std::fmt;
use std::str::FromStr;

use drand_verify::{G2PubkeyRfc, Pubkey};
use meteor_rules::fairness::Bytes32;
use meteor_rules::fairness::beacon::QUICKNET_KEY;
use sha2::{Digest, Sha256};
use thiserror::Error;

const COMPRESSED_INFINITY: u8 = 0xc0;

/// Why a key or a signature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignatureError {
    /// The public key is not one.
    #[error(
        "the beacon's public key is not 96 bytes of a point on G2 in hexadecimal: copy it from /info again"
    )]
    PublicKey,
    /// The signature isn't the beacon's for this round.
    #[error("the signature is not the beacon's for round {round}")]
    BadSignature {
        /// Which round.
        round: u64,
    },
}

/// The beacon's public key: 96 bytes, a compressed point on G2, checked to be one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 96]);

impl PublicKey {
    /// Checks that the bytes are a public key.
    ///
    /// # Errors
    /// [`SignatureError::PublicKey`] if they are not a point of the right group, or the one that fits every
    /// signature.
    pub fn new(bytes: [u8; 96]) -> Result<Self, SignatureError> {
        // The point at infinity is a valid encoding, and under it anybody could sign.
        if bytes.first() == Some(&COMPRESSED_INFINITY) && bytes.iter().skip(1).all(|byte| *byte == 0) {
            return Err(SignatureError::PublicKey);
        }
        G2PubkeyRfc::from_fixed(bytes).map_err(|_| SignatureError::PublicKey)?;
        Ok(Self(bytes))
    }

    /// The key of drand's quicknet. The tests check that it is one.
    pub fn quicknet() -> Self {
        let mut bytes = [0; 96];
        let _ = hex::decode_to_slice(QUICKNET_KEY, &mut bytes);
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 96] {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = SignatureError;

    fn from_str(hex: &str) -> Result<Self, SignatureError> {
        let mut bytes = [0; 96];
        hex::decode_to_slice(hex, &mut bytes).map_err(|_| SignatureError::PublicKey)?;
        Self::new(bytes)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A round whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeaconRound {
    /// Which round.
    pub round: u64,
    /// The beacon's signature: 48 bytes, a compressed point on G1. There is only one for a round.
    pub signature: [u8; 48],
}

impl BeaconRound {
    /// The round's randomness as the beacon publishes it.
    pub fn randomness(&self) -> Bytes32 {
        randomness(&self.signature)
    }
}

/// The randomness that belongs to a signature: its SHA-256.
pub fn randomness(signature: &[u8]) -> Bytes32 {
    Sha256::digest(signature).into()
}

/// Checks that `signature` is the one of `round` under a public key that is given as bytes.
///
/// # Errors
/// [`SignatureError`] if the key is none, or the signature isn't the beacon's.
pub fn check(public_key: &[u8], round: u64, signature: &[u8]) -> Result<(), SignatureError> {
    let bytes = public_key.try_into().map_err(|_| SignatureError::PublicKey)?;
    verify_signature(&PublicKey::new(bytes)?, round, signature)
}

/// Checks that `signature` is the beacon's for `round`.
///
/// # Errors
/// [`SignatureError::BadSignature`] if it isn't.
pub fn verify_signature(public_key: &PublicKey, round: u64, signature: &[u8]) -> Result<(), SignatureError> {
    let key = G2PubkeyRfc::from_fixed(public_key.0).map_err(|_| SignatureError::PublicKey)?;
    match key.verify(round, b"", signature) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(SignatureError::BadSignature { round }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(hex: &str) -> Vec<u8> {
        hex::decode(hex).unwrap()
    }

    /// <https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/123>
    const ROUND_123: &str =
        "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

    #[test]
    fn the_constant_is_a_key() {
        let quicknet = PublicKey::quicknet();
        assert_eq!(PublicKey::new(*quicknet.as_bytes()), Ok(quicknet));
        assert_eq!(quicknet.to_string(), QUICKNET_KEY);
    }

    #[test]
    fn quicknet_signs_its_round_and_no_other() {
        let key = PublicKey::quicknet();
        assert_eq!(verify_signature(&key, 123, &decode(ROUND_123)), Ok(()));
        for round in [0, 122, 124, u64::MAX] {
            assert_eq!(
                verify_signature(&key, round, &decode(ROUND_123)),
                Err(SignatureError::BadSignature { round })
            );
        }
    }

    /// Vectors of Yolan Romailler, in the tests of `drand-verify`.
    #[test]
    fn the_vectors_of_the_scheme_hold() {
        let key: PublicKey = "a1ee12542360bf75742bcade13d6134e7d5283d9eb782887c47d3d9725f05805d37b0106b7f744395bf82c175dd7434a169e998f188a657a030d588892c0cd2c01f996aaf331c4d8bc5b9734bbe261d09e7d2d39ef88b635077f262bd7bbb30f".parse().unwrap();
        for (round, signature) in [
            (
                3,
                "b98dae74f6a9d2ec79d75ba273dcfda86a45d589412860eb4c0fd056b00654dbf667c1b6884987c9aee0d43f8ba9db52",
            ),
            (
                4,
                "962c2b2969e8f3351cf5cc457b04ecbf0c65bd79f4c1ee3bd0205f581368aaaa0cdeb1531a0709d39ef06a8ba1e1bb93",
            ),
            (
                6,
                "a054dafb27a4a4fb9e06b17b30da3e0c7b13b4ca8e1dec3c6775f81758587029aa358523f2e7e62204018347db7cbd1c",
            ),
        ] {
            assert_eq!(verify_signature(&key, round, &decode(signature)), Ok(()));
            assert!(verify_signature(&PublicKey::quicknet(), round, &decode(signature)).is_err());
        }
    }

    #[test]
    fn every_changed_bit_is_a_bad_signature() {
        let key = PublicKey::quicknet();
        let signature = decode(ROUND_123);
        for bit in 0..signature.len() * 8 {
            let mut changed = signature.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(verify_signature(&key, 123, &changed).is_err(), "bit {bit}");
        }
        for changed in [&signature[..47], &[signature.as_slice(), &[0]].concat(), &[], &[0; 48], &[0xff; 48]]
        {
            assert!(verify_signature(&key, 123, changed).is_err());
        }
    }

    #[test]
    fn a_key_that_fits_every_signature_is_refused() {
        let mut infinity = [0; 96];
        infinity[0] = COMPRESSED_INFINITY;
        assert!(G2PubkeyRfc::from_fixed(infinity).is_ok());
        assert_eq!(PublicKey::new(infinity), Err(SignatureError::PublicKey));
        for bad in ["", "zz", &"00".repeat(96), &"ff".repeat(96), &ROUND_123.repeat(2)] {
            assert_eq!(bad.parse::<PublicKey>(), Err(SignatureError::PublicKey), "{bad}");
        }
    }

    /// `docs/fairness/vectors.json`, which the second verifier is held to as well.
    #[test]
    fn the_vectors_of_the_fairness_page_hold() {
        let file = include_str!("../../../docs/fairness/vectors.json");
        let vectors: serde_json::Value = serde_json::from_str(file).unwrap();
        let beacons = vectors["beacons"].as_array().unwrap();
        assert!(!beacons.is_empty());
        for vector in beacons {
            let bytes = |field: &str| decode(vector[field].as_str().unwrap());
            let round = vector["round"].as_u64().unwrap();
            let verdict = check(&bytes("public_key"), round, &bytes("signature"));
            assert_eq!(Some(verdict.is_ok()), vector["verifies"].as_bool(), "{vector}");
        }
    }
}
