//! Whether a signature is the beacon's: scheme `bls-unchained-g1-rfc9380`, that of drand quicknet.

use std::fmt;
use std::str::FromStr;

use drand_verify::{G2PubkeyRfc, Pubkey};
use meteor_rules::fairness::Bytes32;
use sha2::{Digest, Sha256};

use super::BeaconError;

const COMPRESSED_INFINITY: u8 = 0xc0;

/// The beacon's public key: 96 bytes, a compressed point on G2, checked to be one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 96]);

impl PublicKey {
    /// Checks that the bytes are a public key.
    ///
    /// # Errors
    /// [`BeaconError::PublicKey`] if they are not a point of the right group, or the one that fits every
    /// signature.
    pub fn new(bytes: [u8; 96]) -> Result<Self, BeaconError> {
        // The point at infinity is a valid encoding, and under it anybody could sign.
        if bytes.first() == Some(&COMPRESSED_INFINITY) && bytes.iter().skip(1).all(|byte| *byte == 0) {
            return Err(BeaconError::PublicKey);
        }
        G2PubkeyRfc::from_fixed(bytes).map_err(|_| BeaconError::PublicKey)?;
        Ok(Self(bytes))
    }

    /// A key that is a constant of this program. The tests check it.
    pub(super) fn constant(hex: &str) -> Self {
        let mut bytes = [0; 96];
        let _ = hex::decode_to_slice(hex, &mut bytes);
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 96] {
        &self.0
    }
}

impl FromStr for PublicKey {
    type Err = BeaconError;

    fn from_str(hex: &str) -> Result<Self, BeaconError> {
        let mut bytes = [0; 96];
        hex::decode_to_slice(hex, &mut bytes).map_err(|_| BeaconError::PublicKey)?;
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

/// Checks that `signature` is the beacon's for `round`.
///
/// # Errors
/// [`BeaconError::BadSignature`] if it isn't.
pub fn verify_signature(public_key: &PublicKey, round: u64, signature: &[u8]) -> Result<(), BeaconError> {
    let key = G2PubkeyRfc::from_fixed(public_key.0).map_err(|_| BeaconError::PublicKey)?;
    match key.verify(round, b"", signature) {
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(BeaconError::BadSignature { round }),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Network;
    use super::*;

    fn decode(hex: &str) -> Vec<u8> {
        hex::decode(hex).unwrap()
    }

    /// <https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/123>
    const ROUND_123: &str =
        "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";

    #[test]
    fn quicknet_signs_its_round_and_no_other() {
        let key = Network::quicknet().public_key;
        assert_eq!(verify_signature(&key, 123, &decode(ROUND_123)), Ok(()));
        for round in [0, 122, 124, u64::MAX] {
            assert_eq!(
                verify_signature(&key, round, &decode(ROUND_123)),
                Err(BeaconError::BadSignature { round })
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
            assert!(verify_signature(&Network::quicknet().public_key, round, &decode(signature)).is_err());
        }
    }

    #[test]
    fn every_changed_bit_is_a_bad_signature() {
        let key = Network::quicknet().public_key;
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
        assert_eq!(PublicKey::new(infinity), Err(BeaconError::PublicKey));
        for bad in ["", "zz", &"00".repeat(96), &"ff".repeat(96), &ROUND_123.repeat(2)] {
            assert_eq!(bad.parse::<PublicKey>(), Err(BeaconError::PublicKey), "{bad}");
        }
    }
}
