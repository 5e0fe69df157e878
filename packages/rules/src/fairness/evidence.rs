//! What a verifier is given: the event as the chain states it, the contributions, what was revealed. The
//! files of an evidence folder and the answers of the API (`docs/fairness.md`, "Evidence").

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Domain;
use super::beacon::{BeaconError, BeaconRule, Network};
use super::content::{Content, Kind};
use super::hex::{Hex, Hex32};
use crate::BASIS_POINTS;
use crate::ids::ShowerId;
use crate::tier::{PerTier, TierRule, TierRuleError};

/// The version of `fairness.json` that is written and read.
pub const VERSION: u32 = 1;

/// First line of `contributions.csv`.
pub const CSV_HEADER: &str = "seq,contributor,amount,total";

/// What the chain says about fairness, for the whole event: `fairness.json` of the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fairness {
    /// The version of this form: 1.
    pub version: u32,
    /// The chain's id.
    pub chain_id: String,
    /// Address of the shower contract.
    pub contract: String,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// What each contribution holds back until the shower's key is published (basis points).
    pub holdback_bp: u32,
    /// Seconds after a shower's scheduled close by which its key must be published. Later, contributors take back
    /// what was held back.
    pub key_window: u64,
    /// The public beacon.
    pub beacon: Beacon,
    /// SHA-256 of the tables file, as the chain stores it. The API has the file at `/v1/fairness/tables`.
    pub tables: Hex32,
    /// The pieces of each tier, all fixed before the first contribution. The API has them at `/v1/catalogue`.
    pub catalogue: PerTier<CommittedPieces>,
    /// All showers, in order from 1.
    pub showers: Vec<Shower>,
}

/// The ordered list of pieces of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommittedPieces {
    /// How many pieces there are.
    pub count: u32,
    /// Root of the tree over them.
    pub root: Hex32,
}

/// The public beacon that decides the draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Beacon {
    /// When round 1 is due (Unix seconds).
    pub genesis: u64,
    /// Seconds between rounds.
    pub period: u64,
    /// Seconds between a shower's end and the earliest round that may decide it.
    pub delay: u64,
    /// The key under which its signatures verify.
    pub public_key: Hex,
}

impl Beacon {
    /// Its rhythm.
    pub const fn rule(&self) -> BeaconRule {
        BeaconRule { genesis: self.genesis, period: self.period, delay: self.delay }
    }

    /// Whether it is drand quicknet, which no single party can know ahead, or one for test chains.
    ///
    /// # Errors
    /// [`BeaconError`] for a rhythm that can't be.
    pub fn network(&self) -> Result<Network, BeaconError> {
        self.rule().check(&self.public_key.0)
    }
}

/// What the chain says about the fairness of one shower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ShowerFacts))]
pub struct Shower {
    /// Which (1-based).
    pub shower: u32,
    /// When it was due to close (Unix seconds).
    pub closes_at: u64,
    /// Time of the block that closed it (Unix seconds, rounded up); null before, or where unknown.
    #[serde(default)]
    pub closed_at: Option<u64>,
    /// What the chain stored of its key before anyone contributed.
    pub commitment: Hex32,
    /// The beacon round that `Close` fixed; null before.
    #[serde(default)]
    pub beacon_round: Option<u64>,
    /// That round's signature, as `CommitDraw` stored it; null before.
    #[serde(default)]
    pub beacon_signature: Option<Hex>,
    /// The contribution log hash.
    pub log: Hex32,
    /// Wallets that contributed.
    pub contributors: u32,
    /// What they contributed (micro-denom, decimal digits in a text).
    #[serde(with = "decimal")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{1,39}$"))]
    pub total: u128,
    /// Contributors of all earlier showers: the meteor of rank r has number `earlier + r`.
    pub earlier: u64,
    /// Root of the tree over what its meteors hold, as `CommitDraw` stored it; null before.
    #[serde(default)]
    pub root: Option<Hex32>,
    /// Leaves of that tree; null before the draw.
    #[serde(default)]
    pub leaves: Option<u32>,
    /// The key; null until it is published.
    #[serde(default)]
    pub key: Option<Hex32>,
    /// Whether it was published in time, so that what was held back is the payees'.
    pub key_in_time: bool,
    /// Whether the shower was cancelled.
    pub cancelled: bool,
    /// Whether contributing was paused at some time while the shower was open.
    pub paused: bool,
}

impl Shower {
    /// Whether contributions are still possible or the shower waits for its `Close`: nothing of it is final.
    pub const fn is_open(&self) -> bool {
        self.beacon_round.is_none() && !self.cancelled
    }
}

/// One row of `contributions.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// Global sequence number of the contribution.
    pub seq: u64,
    /// The contributor's address, as the chain writes it.
    pub contributor: String,
    /// What was contributed (micro-denom).
    pub amount: u128,
    /// The wallet's total in the shower after it (micro-denom).
    pub total: u128,
}

/// One entry of `reveals.json`: what a cracked meteor was shown to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal {
    /// The meteor's number; in JSON the token id, a text.
    #[serde(with = "token_id")]
    pub token_id: u64,
    /// Its place in the shower, from 0: rank − 1.
    pub index: u32,
    /// Egg or dust; in JSON `found`, the collection.
    #[serde(rename = "found", alias = "kind", with = "found")]
    pub kind: Kind,
    /// Bare CID of the image.
    pub image: String,
    /// One number for each column of the kind's template.
    pub traits: Vec<u32>,
    /// The leaf's salt.
    pub salt: Hex32,
    /// The siblings that lead from its leaf to the shower's root, from the bottom up.
    pub proof: Vec<Hex32>,
}

impl Reveal {
    /// What the meteor was shown to hold.
    pub fn content(&self) -> Content {
        Content { kind: self.kind, image: self.image.clone(), traits: self.traits.clone() }
    }
}

/// Why evidence can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// A version that is not ours.
    #[error("fairness.json has version {given}, and this verifier reads version {VERSION}: get a newer one")]
    Version {
        /// The version given.
        given: u32,
    },
    /// Showers are missing, doubled or out of order.
    #[error("fairness.json lists shower {given} where shower {wanted} belongs: list all showers in order")]
    Order {
        /// What is there.
        given: u32,
        /// What should.
        wanted: u32,
    },
    /// More than everything.
    #[error("fairness.json has {what} {given}, and {BASIS_POINTS} is the most")]
    BasisPoints {
        /// Which field.
        what: &'static str,
        /// What is there.
        given: u32,
    },
    /// The tiers can't be used.
    #[error("the tiers of fairness.json are refused")]
    Tiers(#[from] TierRuleError),
    /// A contributions file without its first line.
    #[error("contributions.csv begins with {given:?} and not with {CSV_HEADER:?}")]
    Header {
        /// What it begins with, cut short.
        given: String,
    },
    /// A row that can't be read.
    #[error("line {line} of contributions.csv: {what}")]
    Row {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        what: &'static str,
    },
}

impl Fairness {
    /// Checks what reading the file does not: version, order of the showers, tiers.
    ///
    /// # Errors
    /// The first fault found, see [`EvidenceError`].
    pub fn validate(&self) -> Result<(), EvidenceError> {
        if self.version != VERSION {
            return Err(EvidenceError::Version { given: self.version });
        }
        for (wanted, shower) in (1u32..).zip(&self.showers) {
            if shower.shower != wanted {
                return Err(EvidenceError::Order { given: shower.shower, wanted });
            }
        }
        for (what, given) in [("tilt_bp", self.tilt_bp), ("holdback_bp", self.holdback_bp)] {
            if given > BASIS_POINTS {
                return Err(EvidenceError::BasisPoints { what, given });
            }
        }
        self.tiers.validate()?;
        Ok(())
    }

    /// One shower (1-based).
    pub fn shower(&self, shower: u32) -> Option<&Shower> {
        self.showers.iter().find(|facts| facts.shower == shower)
    }

    /// What everything hashed for one shower is bound to.
    pub fn id(&self, shower: u32) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: &self.contract, shower: ShowerId(shower) }
    }
}

/// Reads `contributions.csv`.
///
/// # Errors
/// The first line that is not as it should be, see [`EvidenceError`].
pub fn read_csv(text: &str) -> Result<Vec<Contribution>, EvidenceError> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let header = lines.next().unwrap_or_default();
    if header != CSV_HEADER {
        return Err(EvidenceError::Header { given: header.chars().take(60).collect() });
    }
    let mut rows: Vec<(usize, &str)> = (2usize..).zip(lines).collect();
    rows.pop_if(|(_, last)| last.is_empty()); // after the last line's end
    rows.into_iter()
        .map(|(line, row)| {
            let bad = |what| EvidenceError::Row { line, what };
            let mut fields = row.split(',');
            let mut field = || fields.next().ok_or(bad("fewer than four fields"));
            let (seq, contributor, amount, total) = (field()?, field()?, field()?, field()?);
            if fields.next().is_some() {
                return Err(bad("more than four fields"));
            }
            if contributor.is_empty() {
                return Err(bad("no contributor"));
            }
            let number = |text: &str, what| digits(text).ok_or(bad(what));
            Ok(Contribution {
                seq: u64::try_from(number(seq, "seq is no number")?).map_err(|_| bad("seq is too large"))?,
                contributor: contributor.into(),
                amount: number(amount, "amount is no number of at most 128 bits")?,
                total: number(total, "total is no number of at most 128 bits")?,
            })
        })
        .collect()
}

/// Writes `contributions.csv`.
pub fn write_csv<'a>(rows: impl IntoIterator<Item = &'a Contribution>) -> String {
    let mut text = format!("{CSV_HEADER}\n");
    for Contribution { seq, contributor, amount, total } in rows {
        // Writing to a text never fails.
        let _ = writeln!(text, "{seq},{contributor},{amount},{total}");
    }
    text
}

/// Decimal digits only, no leading zero: one number has one text.
pub(super) fn digits(text: &str) -> Option<u128> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}

mod token_id {
    //! Token ids as decimal digits in a text, as everywhere in the API. Numbers are read too: they were written once.

    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer, de};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn serialize<S: Serializer>(id: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u64),
        Text(String),
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let id = match Written::deserialize(deserializer)? {
            Written::Number(id) => Some(id),
            Written::Text(text) => super::digits(&text).and_then(|id| id.try_into().ok()),
        };
        id.ok_or_else(|| de::Error::custom("not a token id in decimal digits"))
    }
}

mod found {
    //! What was found by its collection, as everywhere in the API. `egg` is read too: it was written once.

    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::Kind;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn serialize<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match kind {
            Kind::Egg => "eggs",
            Kind::Dust => "dust",
        })
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "eggs" | "egg" => Ok(Kind::Egg),
            "dust" => Ok(Kind::Dust),
            _ => Err(de::Error::custom("what was found is neither eggs nor dust")),
        }
    }
}

pub(crate) mod decimal {
    //! 128-bit numbers as decimal digits in a text: JSON's numbers lose digits beyond 2^53 in many readers.

    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        super::digits(&String::deserialize(deserializer)?)
            .ok_or_else(|| de::Error::custom("not a number of at most 128 bits in decimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributions_survive_the_file() {
        let rows = vec![
            Contribution { seq: 1, contributor: "terra1a".into(), amount: 8, total: 8 },
            Contribution { seq: 4, contributor: "terra1b".into(), amount: u128::MAX, total: u128::MAX },
        ];
        let text = write_csv(&rows);
        assert_eq!(read_csv(&text), Ok(rows.clone()));
        assert_eq!(read_csv(&text.replace('\n', "\r\n")), Ok(rows));
        assert_eq!(read_csv(&write_csv([])), Ok(vec![]));
    }

    #[test]
    fn reveals_are_read_as_they_are_written_and_as_they_were() {
        let rest = r#""index":1,"image":"Qm","traits":[],"salt":"0000000000000000000000000000000000000000000000000000000000000000","proof":[]"#;
        let read = |head: &str| serde_json::from_str::<Reveal>(&format!("{{{head},{rest}}}"));
        let now = read(r#""token_id":"42","found":"eggs""#).unwrap();
        assert_eq!((now.token_id, now.kind), (42, Kind::Egg));
        assert_eq!(read(r#""token_id":42,"kind":"egg""#).unwrap(), now);
        assert_eq!(read(r#""token_id":"42","found":"dust""#).unwrap().kind, Kind::Dust);
        let written = serde_json::to_value(&now).unwrap();
        assert_eq!((&written["token_id"], &written["found"]), (&"42".into(), &"eggs".into()));
        for wrong in [
            r#""token_id":"042","found":"eggs""#,
            r#""token_id":"","found":"eggs""#,
            r#""token_id":"18446744073709551616","found":"eggs""#,
            r#""token_id":-1,"found":"eggs""#,
            r#""token_id":"42","found":"stone""#,
            r#""token_id":"42","found":"dust","kind":"dust""#,
            r#""token_id":"42""#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn bad_rows_are_named() {
        assert!(matches!(read_csv(""), Err(EvidenceError::Header { .. })));
        for row in [
            "1,a,1",
            "1,a,1,1,1",
            "1,,1,1",
            "-1,a,1,1",
            "1,a, 1,1",
            "1,a,1,+1",
            "1,a,1.0,1",
            "01,a,1,1",
            "1,a,,1",
            ",a,1,1",
            "18446744073709551616,a,1,1",
            "1,a,340282366920938463463374607431768211456,1",
            "",
        ] {
            let text = format!("{CSV_HEADER}\n{row}\n1,a,1,1\n");
            let read = read_csv(&text);
            assert!(matches!(read, Err(EvidenceError::Row { line: 2, .. })), "{row}: {read:?}");
        }
    }
}
