//! Showers, their rankings and floors.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{Amount, PerTier, ShowerStatus, TierName};

/// One shower.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Shower {
    /// Which.
    pub shower: u32,
    /// Where it stands on chain time.
    pub status: ShowerStatus,
    /// When it opens (seconds).
    pub opens_at: u64,
    /// When it closes (seconds).
    pub closes_at: u64,
    /// From then on what has no meteor can be refunded (seconds).
    pub mint_deadline: u64,
    /// Least total of a wallet.
    pub minimum: Amount,
    /// Wallets that contributed.
    pub contributors: u32,
    /// What they contributed.
    pub total: Amount,
    /// Sequence number of its last contribution; 0 for none.
    pub last_seq: u64,
    /// The contribution log hash (hex): 32 bytes that stand for every contribution, in order.
    #[serde(serialize_with = "as_hex")]
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub log: [u8; 32],
    /// Contributors of all earlier showers: the meteor of rank r has number `earlier + r`.
    pub earlier: u64,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Meteors minted.
    pub minted: u32,
    /// Contributed by those who have their meteor.
    pub minted_amount: Amount,
    /// Paid to the payees.
    pub settled: Amount,
    /// Contributions sent back.
    pub refunds: u32,
    /// Sent back.
    pub refunded: Amount,
    /// Height of its last change; 0 for none yet.
    pub changed_at: u64,
}

fn as_hex<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&hex::encode(bytes))
}

/// All showers of the event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Showers<'a> {
    /// The open one; null between launch and opening, and after the last.
    pub current: Option<u32>,
    /// Shower 1 first.
    pub showers: Vec<&'a Shower>,
}

/// The floors of a shower, and the odds of an egg.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Floors {
    /// Which shower.
    pub shower: u32,
    /// Where it stands.
    pub status: ShowerStatus,
    /// Wallets that contributed.
    pub contributors: u32,
    /// The tiers, best first.
    pub tiers: Vec<TierFloor>,
    /// Eggs that find no meteor to lie in at this size.
    pub unissued: u32,
}

/// One tier of a shower now.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct TierFloor {
    /// Which.
    pub tier: TierName,
    /// Least amount now in it; null while it is empty.
    pub floor: Option<Amount>,
    /// Meteors in it.
    pub size: u32,
    /// Eggs in it.
    pub eggs: u32,
    /// Chance of an egg for a meteor of the tier, all alike (basis points, rounded down).
    pub odds_bp: u32,
}

/// A page of a ranking.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ranking<'a> {
    /// Which shower.
    pub shower: u32,
    /// Wallets in the whole ranking.
    pub contributors: u32,
    /// The page, best rank first.
    pub ranking: Vec<Ranked<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// One place of a ranking.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Ranked<'a> {
    /// Which place.
    pub rank: u32,
    /// Who.
    pub contributor: &'a str,
    /// Total in the shower.
    pub amount: Amount,
    /// Tier of the rank.
    pub tier: TierName,
}

/// What an amount would buy now.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Quote {
    /// Which shower.
    pub shower: u32,
    /// The wallet's total that was asked about.
    pub amount: Amount,
    /// The rank it would have.
    pub rank: u32,
    /// The tier of that rank.
    pub tier: TierName,
    /// Contributors there would be.
    pub contributors: u32,
    /// What the wallet has in the shower already.
    pub current: Amount,
    /// What it would have to send.
    pub to_send: Amount,
    /// Least total of a wallet in the shower.
    pub minimum: Amount,
    /// Whether the amount reaches the minimum.
    pub enough: bool,
    /// Height at which this was true.
    pub height: u64,
}

/// The floors of past showers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Telescope<'a> {
    /// The showers that are over, the earliest first.
    pub showers: Vec<&'a Past>,
}

/// One shower that is over.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Past {
    /// Which.
    pub shower: u32,
    /// Where it stands.
    pub status: ShowerStatus,
    /// When it closed (seconds).
    pub closes_at: u64,
    /// Wallets that contributed.
    pub contributors: u32,
    /// What they contributed.
    pub total: Amount,
    /// Least amount in each tier; null for an empty one.
    pub floors: PerTier<Option<Amount>>,
}
