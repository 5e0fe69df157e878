//! Evidence for who wants to check the draws: the forms of `docs/fairness.md`, as verifiers read them.

use meteor_rules::fairness::content::Kind;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, PerTier, TierRule};

/// What the chain says about fairness, for the whole event: `fairness.json` of the evidence. Bytes are
/// lower-case hexadecimal.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fairness<'a> {
    /// The version of this form: 1.
    pub version: u32,
    /// The chain.
    pub chain_id: &'a str,
    /// The shower contract.
    pub contract: &'a str,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a full shower.
    pub eggs: PerTier<u32>,
    /// The public beacon.
    pub beacon: Beacon,
    /// SHA-256 of the tables file, as the chain stores it; the file is at `/v1/fairness/tables`.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub tables: String,
    /// All showers, the first one first.
    pub showers: Vec<&'a ShowerFacts>,
}

/// The public beacon that decides the draws.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Beacon {
    /// When round 1 is due (seconds since the Unix epoch).
    pub genesis: u64,
    /// Seconds between rounds.
    pub period: u64,
    /// Seconds between a shower's end and the earliest round that may decide it.
    pub delay: u64,
    /// The key under which its signatures verify.
    pub public_key: String,
}

/// What the chain says about the fairness of one shower.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShowerFacts {
    /// Which.
    pub shower: u32,
    /// When it was due to close (seconds).
    pub closes_at: u64,
    /// Time of the block in which it was closed (seconds, rounded up); null before.
    pub closed_at: Option<u64>,
    /// What the chain stored of its key before anyone contributed.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub commitment: String,
    /// The beacon's round that decides it; null before it is closed.
    pub beacon_round: Option<u64>,
    /// That round's signature; null before the draw.
    pub beacon_signature: Option<String>,
    /// The contribution log hash.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub log: String,
    /// Wallets that contributed.
    pub contributors: u32,
    /// What they contributed.
    pub total: Amount,
    /// Contributors of all earlier showers: the meteor of rank r has number `earlier + r`.
    pub earlier: u64,
    /// Root of the tree over what its meteors hold; null before the draw.
    pub root: Option<String>,
    /// Leaves of that tree; null before the draw.
    pub leaves: Option<u32>,
    /// The key; null until it is published.
    pub key: Option<String>,
    /// Whether it was cancelled.
    pub cancelled: bool,
}

/// What the meteors of a shower were shown to hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reveals<'a> {
    /// The page, in the order of the reveals.
    pub reveals: Vec<Reveal<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// Egg or dust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FoundKind {
    /// A dragon egg.
    Egg,
    /// Meteor dust.
    Dust,
}

/// What one cracked meteor was shown to hold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reveal<'a> {
    /// The meteor's number.
    pub token_id: u64,
    /// Its place in the shower, from 0: rank - 1.
    pub index: u32,
    /// Egg or dust.
    pub kind: FoundKind,
    /// Bare CID of the image.
    pub image: &'a str,
    /// One number for each column of the kind's template.
    pub traits: &'a [u32],
    /// The leaf's salt.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub salt: String,
}

impl<'a> Reveal<'a> {
    /// As the chain told it.
    pub fn new(from: &'a crate::fold::Reveal) -> Self {
        Self {
            token_id: from.token_id,
            index: from.index,
            kind: match from.kind {
                Kind::Egg => FoundKind::Egg,
                Kind::Dust => FoundKind::Dust,
            },
            image: &from.image,
            traits: &from.traits,
            salt: hex::encode(from.salt),
        }
    }
}
