//! What live connections hear (`/v1/events`): the data of each kind of event.

use meteor_rules::tier::Tier;
use serde::Serialize;
use utoipa::ToSchema;

use super::Amount;

/// Data of a `contribution` event: somebody contributed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ContributionEvent)]
pub struct LiveContribution<'a> {
    /// Number of the shower.
    pub shower: u32,
    /// Who contributed.
    pub contributor: &'a str,
    /// How much this contribution brought.
    pub amount: Amount,
    /// The contributor's total in the shower at this height.
    pub total: Amount,
    /// The contributor's rank at this height, from 1.
    pub rank: u32,
    /// The tier of that rank.
    pub tier: Tier,
    /// Sequence number among all contributions of the event: it identifies this one.
    pub seq: u64,
}

/// Data of a `shower` event: something of the shower changed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ShowerEvent)]
pub struct LiveShower {
    /// Number of the shower.
    pub shower: u32,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Sum of their contributions.
    pub total: Amount,
    /// Meteors minted.
    pub minted: u32,
    /// Height of its last change.
    pub changed_height: u64,
}

/// Data of a `height` event: the last of each frame.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = HeightEvent)]
pub struct LiveHeight {
    /// Height of the block that answers describe from now on.
    pub height: u64,
    /// Its time (seconds).
    pub time: u64,
    /// Height of the last change to any shower, token or setting.
    pub changed_height: u64,
}
