//! The contribution log hash: 32 bytes that stand for every contribution of a shower, in order.
//!
//! The contract extends it with each contribution, the indexer's fold computes the same, and a list of
//! contributions from any source is right exactly when it hashes to the bytes on the chain. Integers are
//! big-endian and fixed-width, texts are prefixed by their length in four bytes, so no two lists hash alike.

use sha2::{Digest, Sha256};

use crate::encode::Fields;
use crate::fairness::Domain;

/// A contribution log hash.
pub type LogHash = [u8; 32];

const START_TAG: &str = "meteor-shower/log-start/v1";
const STEP_TAG: &str = "meteor-shower/log/v1";

/// The log hash of a shower without contributions.
pub fn start(id: &Domain<'_>) -> LogHash {
    let mut hash = Sha256::new();
    hash.domain(START_TAG, id);
    hash.finalize().into()
}

/// One contribution as the log knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Global sequence number of the contribution.
    pub seq: u64,
    /// The contributor's address, as the chain writes it.
    pub contributor: &'a str,
    /// What was contributed (micro-denom).
    pub amount: u128,
    /// The wallet's total in the shower after it (micro-denom).
    pub total: u128,
}

/// The log hash after `entry`.
pub fn extend(log: &LogHash, entry: &Entry<'_>) -> LogHash {
    let mut hash = Sha256::new();
    hash.text(STEP_TAG);
    Digest::update(&mut hash, log);
    Digest::update(&mut hash, entry.seq.to_be_bytes());
    hash.text(entry.contributor);
    Digest::update(&mut hash, entry.amount.to_be_bytes());
    Digest::update(&mut hash, entry.total.to_be_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ShowerId;

    const ID: Domain<'static> = Domain { chain_id: "localterra", contract: "terra1xyz", shower: ShowerId(3) };
    const ENTRY: Entry<'static> =
        Entry { seq: 7, contributor: "terra1abc", amount: 8_000_000, total: 9_000_000 };

    #[test]
    fn matches_the_format_byte_for_byte() {
        let mut bytes = Vec::new();
        bytes.extend(26u32.to_be_bytes());
        bytes.extend(b"meteor-shower/log-start/v1");
        bytes.extend(10u32.to_be_bytes());
        bytes.extend(b"localterra");
        bytes.extend(9u32.to_be_bytes());
        bytes.extend(b"terra1xyz");
        bytes.extend(3u32.to_be_bytes());
        let log = start(&ID);
        assert_eq!(log, <[u8; 32]>::from(Sha256::digest(&bytes)));

        let mut bytes = Vec::new();
        bytes.extend(20u32.to_be_bytes());
        bytes.extend(b"meteor-shower/log/v1");
        bytes.extend(log);
        bytes.extend(7u64.to_be_bytes());
        bytes.extend(9u32.to_be_bytes());
        bytes.extend(b"terra1abc");
        bytes.extend(8_000_000u128.to_be_bytes());
        bytes.extend(9_000_000u128.to_be_bytes());
        assert_eq!(extend(&log, &ENTRY), <[u8; 32]>::from(Sha256::digest(&bytes)));
    }

    #[test]
    fn every_field_counts() {
        let log = start(&ID);
        let base = extend(&log, &ENTRY);
        for other in [
            Entry { seq: 8, ..ENTRY },
            Entry { contributor: "terra1abd", ..ENTRY },
            Entry { amount: 8_000_001, ..ENTRY },
            Entry { total: 9_000_001, ..ENTRY },
        ] {
            assert_ne!(extend(&log, &other), base);
        }
        assert_ne!(start(&Domain { shower: ShowerId(2), ..ID }), log);
        let moved = Domain { chain_id: "localterrat", contract: "erra1xyz", ..ID };
        assert_ne!(start(&moved), log, "lengths keep fields apart");
    }
}
