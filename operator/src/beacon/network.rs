//! Which beacon: its public key, rhythm and chain hash.

use meteor_messages::shower::Fairness;
use meteor_rules::fairness::Bytes32;
use meteor_rules::fairness::beacon::BeaconRule;

use super::{BeaconError, PublicKey, SignatureError};

/// drand's name of the one scheme that is supported.
pub(super) const SCHEME: &str = "bls-unchained-g1-rfc9380";

/// A beacon, as its `/info` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its public key.
    pub public_key: PublicKey,
    /// When round 1 is due (Unix seconds).
    pub genesis: u64,
    /// Seconds between rounds; at least 1.
    pub period: u64,
    /// Its chain hash, if addresses should contain it. Relays of several beacons need that.
    pub chain_hash: Option<Bytes32>,
}

impl Network {
    /// drand's quicknet: a round every three seconds since August 2023.
    pub fn quicknet() -> Self {
        // The tests check the hash.
        const HASH: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
        let mut hash = [0; 32];
        let known = hex::decode_to_slice(HASH, &mut hash).is_ok();
        Self {
            public_key: PublicKey::quicknet(),
            genesis: 1_692_803_367,
            period: 3,
            chain_hash: known.then_some(hash),
        }
    }

    /// Whether this is drand's quicknet: by key, genesis and period. The hash may be left out.
    pub fn is_quicknet(&self) -> bool {
        let chain_hash = Self::quicknet().chain_hash;
        Self { chain_hash, ..self.clone() } == Self::quicknet()
    }

    /// The beacon that an event's contract names.
    ///
    /// # Errors
    /// [`BeaconError::Signature`] if it names no public key.
    pub fn of(fairness: &Fairness) -> Result<Self, BeaconError> {
        let key = fairness.beacon_key.as_slice().try_into().map_err(|_| SignatureError::PublicKey)?;
        let BeaconRule { genesis, period, .. } = fairness.beacon;
        Ok(Self { public_key: PublicKey::new(key)?, genesis, period, chain_hash: None })
    }

    /// When `round` is due (Unix seconds).
    ///
    /// # Errors
    /// [`BeaconError::NoSuchRound`] for round 0, and for rounds whose time exceeds 64 bits.
    pub fn due(&self, round: u64) -> Result<u64, BeaconError> {
        self.rule().due(round).ok_or(BeaconError::NoSuchRound(round))
    }

    /// The latest round that is due at `now` (Unix seconds); `None` before the first.
    pub fn latest(&self, now: u64) -> Option<u64> {
        now.checked_sub(self.genesis)?.checked_div(self.period)?.checked_add(1)
    }

    fn rule(&self) -> BeaconRule {
        BeaconRule { genesis: self.genesis, period: self.period, delay: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quicknet_is_quicknet() {
        let quicknet = Network::quicknet();
        // The group hash in its /info.
        let mut seed = [0; 32];
        hex::decode_to_slice("f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e", &mut seed)
            .unwrap();
        let key = quicknet.public_key.as_bytes();
        let hash = meteor_devnet::beacon::chain_hash(key, quicknet.genesis, 3, &seed, "quicknet");
        assert_eq!(Some(hash), quicknet.chain_hash);
    }

    #[test]
    fn rounds_are_due_at_their_time() {
        let quicknet = Network::quicknet();
        assert_eq!(quicknet.due(1), Ok(1_692_803_367));
        assert_eq!(quicknet.due(0), Err(BeaconError::NoSuchRound(0)));
        assert_eq!(quicknet.due(u64::MAX), Err(BeaconError::NoSuchRound(u64::MAX)));
        assert_eq!(quicknet.latest(quicknet.genesis - 1), None);
        for (at, latest) in [(0, 1), (2, 1), (3, 2), (6, 3)] {
            assert_eq!(quicknet.latest(quicknet.genesis + at), Some(latest));
        }
        assert_eq!(Network { period: 0, ..quicknet }.latest(u64::MAX), None);
    }
}
