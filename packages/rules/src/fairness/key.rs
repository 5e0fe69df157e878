//! Keys, their commitments, the seed of a draw, and salts.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use super::{Bytes32, Domain};
use crate::encode::Fields;
use crate::log::LogHash;

const KEY_TAG: &str = "meteor-shower/key/v1";
const COMMITMENT_TAG: &str = "meteor-shower/key-commitment/v1";
const SEED_TAG: &str = "meteor-shower/seed/v1";
const SALT_TAG: &str = "meteor-shower/salt/v1";

/// HMAC-SHA256 over fields that `fill` feeds.
pub(super) fn mac(key: &Bytes32, fill: impl FnOnce(&mut Hmac<Sha256>)) -> Bytes32 {
    // A key of 32 bytes is never refused: HMAC takes any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    fill(&mut mac);
    mac.finalize().into_bytes().into()
}

/// The message whose MAC under the master key is a shower's key: what a key service is asked for.
pub fn key_message(id: &Domain<'_>) -> alloc::vec::Vec<u8> {
    let mut message = Collect(alloc::vec::Vec::new());
    message.domain(KEY_TAG, id);
    message.0
}

/// The key of one shower: `HMAC(master, tag ‖ chain id ‖ contract ‖ n)`.
pub fn shower_key(master: &Bytes32, id: &Domain<'_>) -> Bytes32 {
    mac(master, |mac| mac.domain(KEY_TAG, id))
}

/// What the chain stores of a key before anyone contributes: `SHA256(tag ‖ chain id ‖ contract ‖ n ‖ key)`.
pub fn commitment(id: &Domain<'_>, key: &Bytes32) -> Bytes32 {
    let mut hash = Sha256::new();
    hash.domain(COMMITMENT_TAG, id);
    Digest::update(&mut hash, key);
    hash.finalize().into()
}

/// The seed of a shower's draw and traits: `HMAC(key, tag ‖ beacon signature ‖ log hash)`. Nobody without the
/// key can know it, and nobody can steer it: the key was committed to before, the beacon came after.
pub fn seed(key: &Bytes32, beacon_signature: &[u8], log: &LogHash) -> Bytes32 {
    mac(key, |mac| {
        mac.text(SEED_TAG);
        mac.field(beacon_signature);
        Mac::update(mac, log);
    })
}

/// The salt of the leaf at `index` (from 0): `HMAC(key, tag ‖ index)`. One salt tells nothing of another.
pub fn salt(key: &Bytes32, index: u32) -> Bytes32 {
    mac(key, |mac| {
        mac.text(SALT_TAG);
        Mac::update(mac, &index.to_be_bytes());
    })
}

/// Collects what would be hashed.
pub(super) struct Collect(pub(super) alloc::vec::Vec<u8>);

impl sha2::digest::Update for Collect {
    fn update(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ShowerId;

    const ID: Domain<'static> = Domain { chain_id: "localterra", contract: "terra1xyz", shower: ShowerId(2) };
    const KEY: Bytes32 = [7; 32];

    #[test]
    fn the_key_is_the_mac_of_its_message() {
        assert_eq!(shower_key(&KEY, &ID), mac(&KEY, |m| Mac::update(m, &key_message(&ID))));
    }

    #[test]
    fn everything_is_bound_to_its_shower() {
        for other in [
            Domain { shower: ShowerId(3), ..ID },
            Domain { contract: "terra1xyy", ..ID },
            Domain { chain_id: "columbus-5", ..ID },
        ] {
            assert_ne!(shower_key(&KEY, &ID), shower_key(&KEY, &other));
            assert_ne!(commitment(&ID, &KEY), commitment(&other, &KEY));
        }
        assert_ne!(commitment(&ID, &KEY), commitment(&ID, &[8; 32]));
    }

    #[test]
    fn one_changed_bit_is_another_seed() {
        let base = seed(&KEY, b"signature", &[1; 32]);
        assert_ne!(base, seed(&KEY, b"signaturf", &[1; 32]));
        assert_ne!(base, seed(&KEY, b"signature", &[2; 32]));
        assert_ne!(base, seed(&[6; 32], b"signature", &[1; 32]));
        assert_ne!(salt(&KEY, 0), salt(&KEY, 1));
    }
}
