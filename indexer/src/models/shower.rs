//! Showers, their rankings and floors.

use meteor_rules::life::Stage;
use meteor_rules::tier::{PerTier, Tier};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::Amount;

/// Where a shower stands. The contract's query has no word for `drawn`: it says `closed` there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ShowerStatus)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not open yet.
    Upcoming,
    /// Accepts contributions.
    Open,
    /// Over and waiting to be closed.
    Ended,
    /// Closed and waiting for its draw.
    Closed,
    /// Its draw is committed to, and its meteors are being minted.
    Drawn,
    /// Every contributor has a meteor.
    Minted,
    /// Cancelled or not minted in time: contributions without a meteor can be refunded.
    Refunding,
}

impl From<Stage> for Status {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Upcoming => Self::Upcoming,
            Stage::Open => Self::Open,
            Stage::Ended => Self::Ended,
            Stage::Closed => Self::Closed,
            Stage::Drawn | Stage::Minting => Self::Drawn,
            Stage::Minted => Self::Minted,
            Stage::Refundable | Stage::Cancelled => Self::Refunding,
        }
    }
}

/// One shower.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Shower {
    /// Its number.
    pub shower: u32,
    /// Where it stands, by the chain's time.
    pub status: Status,
    /// When it opens (seconds).
    pub opens_at: u64,
    /// When it closes (seconds).
    pub closes_at: u64,
    /// From then on contributions without a meteor can be refunded (seconds).
    pub mint_deadline: u64,
    /// Least total of a wallet.
    pub minimum: Amount,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Sum of their contributions.
    pub total: Amount,
    /// Sequence number of its last contribution; 0 for none.
    pub last_seq: u64,
    /// The contribution log hash (hex): 32 bytes that identify every contribution and their order.
    #[serde(serialize_with = "as_hex")]
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    pub log: [u8; 32],
    /// Contributors of all earlier showers: the meteor of rank r has number `earlier + r`.
    pub earlier: u64,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether contributing was paused at some time while it was open. Who can pause can decide a ranking.
    pub paused: bool,
    /// Meteors minted.
    pub minted: u32,
    /// Sum of the contributions that have their meteor.
    pub minted_amount: Amount,
    /// Of it held back until the shower's key is published.
    pub held: Amount,
    /// Of what is held back: sent back to contributors, because the key came late or never.
    pub held_returned: Amount,
    /// Booked for the payees.
    pub settled: Amount,
    /// By when the key must be published (seconds). Later, contributors take back what is held back.
    pub key_deadline: u64,
    /// Whether the key was published by then.
    pub key_in_time: bool,
    /// Number of contributions refunded.
    pub refunds: u32,
    /// Amount refunded.
    pub refunded: Amount,
    /// Height of its last change; 0 for none yet.
    pub changed_height: u64,
}

fn as_hex<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&hex::encode(bytes))
}

/// All showers of the event.
#[derive(Debug, Serialize, ToSchema)]
pub struct Showers<'a> {
    /// The open shower; null before the first opens and after the last closes.
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
    pub status: Status,
    /// Wallets that contributed.
    pub contributors: u32,
    /// The tiers, best first.
    pub tiers: Vec<TierFloor>,
    /// Eggs that are not issued, because the shower is too small for them.
    pub unissued: u32,
}

/// One tier of a shower now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TierFloor {
    /// Its name.
    pub tier: Tier,
    /// The least amount in it now; null while it is empty.
    pub floor: Option<Amount>,
    /// Meteors in it.
    pub size: u32,
    /// Eggs in it.
    pub eggs: u32,
    /// Mean chance of an egg for a meteor of the tier (basis points, rounded down).
    pub odds_bp: u32,
    /// The odds of the tier's first rank; null while it is empty.
    pub best: Option<Odds>,
    /// The odds of its last rank; null while it is empty. A better rank is never worse off, across tiers too.
    pub worst: Option<Odds>,
}

/// Exact odds of an egg, as the draw uses them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Odds {
    /// So many of `denominator` cases, in lowest terms.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, pattern = "^[0-9]{1,39}$")]
    pub numerator: u128,
    /// All cases.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, pattern = "^[0-9]{1,39}$")]
    pub denominator: u128,
    /// The same in per cent with two decimals, rounded down.
    #[schema(value_type = String)]
    pub percent: Percent,
}

/// Hundredths of a per cent, written with two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u64);

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{}.{:02}", self.0 / 100, self.0 % 100))
    }
}

fn as_text<S: Serializer>(number: &u128, to: S) -> Result<S::Ok, S::Error> {
    Amount(*number).serialize(to)
}

impl From<meteor_rules::odds::Odds> for Odds {
    fn from(odds: meteor_rules::odds::Odds) -> Self {
        let meteor_rules::odds::Odds { numerator, denominator } = odds;
        // As `meteor_rules::odds::Odds::percent`; dividing 128 bits is slow, so it is avoided where 64 do.
        let hundredths = numerator.saturating_mul(10_000);
        let percent = match (u64::try_from(hundredths), u64::try_from(denominator)) {
            (Ok(hundredths), Ok(denominator)) => hundredths.checked_div(denominator),
            _ => hundredths.checked_div(denominator).and_then(|percent| percent.try_into().ok()),
        };
        Self { numerator, denominator, percent: Percent(percent.unwrap_or(0)) }
    }
}

/// The odds of a shower's ranks.
#[derive(Debug, Serialize, ToSchema)]
pub struct OddsTable {
    /// Which shower.
    pub shower: u32,
    /// Contributors of the shower. While it is open the odds change with this number, and with nothing else.
    pub contributors: u32,
    /// The page, best rank first.
    pub odds: Vec<RankOdds>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// The odds of one rank.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RankOdds {
    /// The rank.
    pub rank: u32,
    /// Its tier.
    pub tier: Tier,
    /// Its odds.
    pub odds: Odds,
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
    /// The rank.
    pub rank: u32,
    /// The wallet.
    pub contributor: &'a str,
    /// Its total in the shower.
    pub amount: Amount,
    /// Tier of the rank.
    pub tier: Tier,
}

/// The rank and tier that an amount would have now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Quote {
    /// Which shower.
    pub shower: u32,
    /// The wallet's total that the quote is for.
    pub amount: Amount,
    /// The rank it would have.
    pub rank: u32,
    /// The tier of that rank.
    pub tier: Tier,
    /// The odds of an egg at that rank, if the shower ended now.
    pub odds: Option<Odds>,
    /// How many contributors there would be.
    pub contributors: u32,
    /// The wallet's total in the shower now.
    pub current: Amount,
    /// What the wallet would have to send.
    pub to_send: Amount,
    /// Least total of a wallet in the shower.
    pub minimum: Amount,
    /// Whether the amount reaches the minimum.
    pub enough: bool,
    /// Height that the quote is for.
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
    /// Its number.
    pub shower: u32,
    /// Where it stands.
    pub status: Status,
    /// When it closed (seconds).
    pub closes_at: u64,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Sum of their contributions.
    pub total: Amount,
    /// The least amount in each tier; null for an empty tier.
    pub floors: PerTier<Option<Amount>>,
}
