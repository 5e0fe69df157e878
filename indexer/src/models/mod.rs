//! What the API answers with. Amounts are decimal strings in micro-denom, because JSON numbers lose digits.
//! Times are seconds since the Unix epoch. Ranks and showers count from 1.

mod event;
mod fairness;
mod shower;
mod wallet;

use meteor_messages::shower::Status;
use meteor_rules::tier::Tier;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

pub use event::{
    CollectionInfo, Config, Hatchery, Minimum, PayeeShare, PublicStatus, Roles, Schedule, TierRule,
};
pub use fairness::{FoundKind, Reveal, Reveals};
pub use shower::{Floors, Past, Quote, Ranked, Ranking, Shower, Showers, Telescope, TierFloor};
pub use wallet::{Attribute, Cave, Cracking, Nft, Nfts, Wallet, WalletShower, WalletState};

/// An amount in micro-denom, written as a decimal string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{1,39}$", examples("8000000"))]
pub struct Amount(pub u128);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(itoa::Buffer::new().format(self.0))
    }
}

/// A tier, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TierName {
    /// The top contributors.
    Legendary,
    /// The next share.
    Ancient,
    /// The share after that.
    Rare,
    /// Everyone else.
    Common,
}

impl From<Tier> for TierName {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Legendary => Self::Legendary,
            Tier::Ancient => Self::Ancient,
            Tier::Rare => Self::Rare,
            Tier::Common => Self::Common,
        }
    }
}

/// Where a shower stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShowerStatus {
    /// Not open yet.
    Upcoming,
    /// Accepts contributions.
    Open,
    /// Over and waiting to be closed.
    Ended,
    /// Closed and being minted.
    Closed,
    /// Every contributor has a meteor.
    Minted,
    /// Cancelled or not minted in time: contributions without a meteor can be refunded.
    Refunding,
}

impl From<Status> for ShowerStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Upcoming => Self::Upcoming,
            Status::Open => Self::Open,
            Status::Ended => Self::Ended,
            Status::Closed => Self::Closed,
            Status::Minted => Self::Minted,
            Status::Refunding => Self::Refunding,
        }
    }
}

/// One value for each tier.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PerTier<T> {
    /// For Legendary.
    pub legendary: T,
    /// For Ancient.
    pub ancient: T,
    /// For Rare.
    pub rare: T,
    /// For Common.
    pub common: T,
}

impl<T> PerTier<T> {
    /// Of the rules' type.
    pub fn map<U: Copy>(from: &meteor_rules::tier::PerTier<U>, make: impl Fn(U) -> T) -> Self {
        Self {
            legendary: make(from.legendary),
            ancient: make(from.ancient),
            rare: make(from.rare),
            common: make(from.common),
        }
    }
}
