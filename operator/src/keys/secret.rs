//! The two kinds of key, wiped when dropped and shown by nothing.

use std::fmt;

use meteor_rules::fairness::{Bytes32, Domain, key};
use meteor_rules::log::LogHash;
use secrecy::{ExposeSecret, SecretBox};
use zeroize::{Zeroize, Zeroizing};

use super::KeyError;

/// The key of an event. Every shower's key is derived from it.
pub struct MasterKey(SecretBox<Bytes32>);

impl MasterKey {
    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    /// [`KeyError::Random`] if there are none.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::Random)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key with these bytes, which the caller wipes.
    pub fn from_bytes(bytes: &Bytes32) -> Self {
        Self(SecretBox::init_with_mut(|key: &mut Bytes32| key.copy_from_slice(bytes)))
    }

    /// The key of one shower.
    pub fn shower_key(&self, id: &Domain<'_>) -> ShowerKey {
        ShowerKey::take(&mut key::shower_key(self.0.expose_secret(), id))
    }

    pub(super) fn with<R>(&self, read: impl FnOnce(&Bytes32) -> R) -> R {
        read(self.0.expose_secret())
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// The key of one shower: secret until it is published, when everything of that shower can be recomputed.
pub struct ShowerKey(SecretBox<Bytes32>);

impl ShowerKey {
    /// Takes the bytes over and wipes them where they were.
    pub(super) fn take(bytes: &mut Bytes32) -> Self {
        let key = Self(SecretBox::init_with_mut(|key: &mut Bytes32| key.copy_from_slice(bytes)));
        bytes.zeroize();
        key
    }

    /// What the chain stores of this key before anyone contributes.
    pub fn commitment(&self, id: &Domain<'_>) -> Bytes32 {
        key::commitment(id, self.0.expose_secret())
    }

    /// The seed of the shower's draw and traits. As secret as the key.
    pub fn seed(&self, beacon_signature: &[u8], log: &LogHash) -> SecretBox<Bytes32> {
        let mut seed = Zeroizing::new(key::seed(self.0.expose_secret(), beacon_signature, log));
        SecretBox::init_with_mut(|secret: &mut Bytes32| std::mem::swap(secret, &mut seed))
    }

    /// Lends the key to a computation: the draw and the proofs.
    pub fn with<R>(&self, compute: impl FnOnce(&Bytes32) -> R) -> R {
        compute(self.0.expose_secret())
    }

    /// Gives the key away, for `PublishKey` and nothing else: whoever has it knows what every meteor of the
    /// shower holds.
    pub fn publish(self) -> Bytes32 {
        *self.0.expose_secret()
    }
}

impl fmt::Debug for ShowerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShowerKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use meteor_rules::ShowerId;

    use super::*;

    const ID: Domain<'static> = Domain { chain_id: "localterra", contract: "terra1xyz", shower: ShowerId(2) };
    const BYTES: Bytes32 = [0x5a; 32];

    #[test]
    fn debug_shows_nothing() {
        let master = MasterKey::from_bytes(&BYTES);
        assert_eq!(format!("{master:?} {:?}", master.shower_key(&ID)), "MasterKey(..) ShowerKey(..)");
        let seed = master.shower_key(&ID).seed(b"signature", &[1; 32]);
        let bytes = key::seed(&key::shower_key(&BYTES, &ID), b"signature", &[1; 32]);
        assert_eq!(seed.expose_secret(), &bytes);
        assert!(!format!("{seed:?}").contains(&format!("{:?}", bytes[0])));
    }

    #[test]
    fn keys_are_those_of_the_rules() {
        let expected = key::shower_key(&BYTES, &ID);
        let shower = MasterKey::from_bytes(&BYTES).shower_key(&ID);
        assert_eq!(shower.commitment(&ID), key::commitment(&ID, &expected));
        assert_eq!(shower.with(|key| *key), expected);
        assert_eq!(shower.publish(), expected);
    }

    #[test]
    fn what_is_taken_over_is_wiped() {
        let mut bytes = BYTES;
        drop(ShowerKey::take(&mut bytes));
        assert_eq!(bytes, [0; 32]);
    }

    #[test]
    fn no_two_random_keys_are_alike() {
        let first = MasterKey::random().unwrap().shower_key(&ID).publish();
        assert_ne!(first, MasterKey::random().unwrap().shower_key(&ID).publish());
    }
}
