//! What live connections hear (`/v1/events`): the data of each kind of event.

use meteor_messages::shower::Refunded;
use meteor_rules::tier::Tier;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Status, TokenId};
use crate::fold::Collection;

/// The events of `/v1/events`: the name of each, and its data. This is no answer of its own.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LiveEvents<'a> {
    /// Somebody contributed.
    pub contribution: LiveContribution<'a>,
    /// An NFT was minted: a meteor, or what was found in one.
    pub mint: LiveMint<'a>,
    /// An NFT changed hands, also to and from the hatchery.
    pub transfer: LiveTransfer<'a>,
    /// An NFT was burnt, as a meteor is in its reveal.
    pub burn: LiveBurn<'a>,
    /// A meteor was cracked and waits for its reveal.
    pub crack: LiveCrack<'a>,
    /// A meteor was revealed.
    pub reveal: LiveReveal<'a>,
    /// A meteor that was not revealed in time is back with its holder.
    pub reclaim: LiveReclaim<'a>,
    /// A contribution, or what was held back of one, was sent back.
    pub refund: LiveRefund<'a>,
    /// Contributing was paused.
    pub pause: LivePause,
    /// Contributing goes on.
    pub resume: LivePause,
    /// What a wallet has changed: it is named in one of the events before.
    pub wallet: LiveWallet<'a>,
    /// Something of a shower changed.
    pub shower: LiveShower,
    /// Events were left out. What to do is in its words.
    pub missed: LiveMissed,
    /// The last of each frame. Its id is the height, to resume from.
    pub height: LiveHeight,
}

/// Data of a `contribution` event: somebody contributed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ContributionEvent)]
pub struct LiveContribution<'a> {
    /// Height of its block.
    pub height: u64,
    /// Number of the shower.
    pub shower: u32,
    /// Who contributed.
    pub contributor: &'a str,
    /// How much this contribution brought.
    pub amount: Amount,
    /// The contributor's total in the shower now, with what came later.
    pub total: Amount,
    /// The contributor's rank now, from 1.
    pub rank: u32,
    /// The tier of that rank.
    pub tier: Tier,
    /// Sequence number among all contributions of the event: it identifies this one.
    pub seq: u64,
}

/// Data of a `mint` event: an NFT was minted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = MintEvent)]
pub struct LiveMint<'a> {
    /// Height of its block.
    pub height: u64,
    /// The collection.
    pub collection: Collection,
    /// Its id.
    pub token_id: TokenId,
    /// To whom.
    pub owner: &'a str,
}

/// Data of a `transfer` event: an NFT changed hands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = TransferEvent)]
pub struct LiveTransfer<'a> {
    /// Height of its block.
    pub height: u64,
    /// The collection.
    pub collection: Collection,
    /// Its id.
    pub token_id: TokenId,
    /// Who had it.
    pub from: &'a str,
    /// Who has it.
    pub to: &'a str,
}

/// Data of a `burn` event: an NFT was burnt.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = BurnEvent)]
pub struct LiveBurn<'a> {
    /// Height of its block.
    pub height: u64,
    /// The collection.
    pub collection: Collection,
    /// Its id.
    pub token_id: TokenId,
    /// Who had it.
    pub owner: &'a str,
}

/// Data of a `crack` event: a meteor was cracked.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = CrackEvent)]
pub struct LiveCrack<'a> {
    /// Height of its block.
    pub height: u64,
    /// The meteor.
    pub token_id: TokenId,
    /// Who cracked it and receives what it holds.
    pub holder: &'a str,
    /// From then on it can be reclaimed and no longer revealed (seconds).
    pub reclaim_at: u64,
}

/// Data of a `reveal` event: a meteor was revealed. What was found in it has the same id.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = RevealEvent)]
pub struct LiveReveal<'a> {
    /// Height of its block.
    pub height: u64,
    /// The meteor.
    pub token_id: TokenId,
    /// Who cracked it and has what was found.
    pub holder: &'a str,
    /// The collection of what was found.
    pub found: Collection,
}

/// Data of a `reclaim` event: a meteor is back with its holder.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ReclaimEvent)]
pub struct LiveReclaim<'a> {
    /// Height of its block.
    pub height: u64,
    /// The meteor.
    pub token_id: TokenId,
    /// Who has it again.
    pub holder: &'a str,
}

/// Data of a `refund` event: something was sent back to a contributor.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = RefundEvent)]
pub struct LiveRefund<'a> {
    /// Height of its block.
    pub height: u64,
    /// Number of the shower.
    pub shower: u32,
    /// To whom.
    pub contributor: &'a str,
    /// `contribution` for all of one that has no meteor, `holdback` for what was held back of one that has its meteor.
    #[schema(value_type = RefundedPart)]
    pub what: Refunded,
    /// How much.
    pub amount: Amount,
}

/// What is sent back to a contributor.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "it describes `Refunded`, which knows no OpenAPI")]
enum RefundedPart {
    /// All of a contribution that has no meteor.
    Contribution,
    /// What was held back of a contribution that has its meteor.
    Holdback,
}

/// Data of a `pause` or `resume` event.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = PauseEvent)]
pub struct LivePause {
    /// Height of its block.
    pub height: u64,
}

/// Data of a `wallet` event: what it contributed, holds or waits for changed. `/v1/wallets` and `/v1/caves` have it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = WalletEvent)]
pub struct LiveWallet<'a> {
    /// Height of the last block that changed it.
    pub height: u64,
    /// The wallet.
    pub address: &'a str,
}

/// Data of a `shower` event: something of the shower changed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ShowerEvent)]
pub struct LiveShower {
    /// Number of the shower.
    pub shower: u32,
    /// Where it stands.
    pub status: Status,
    /// Wallets that contributed.
    pub contributors: u32,
    /// Sum of their contributions.
    pub total: Amount,
    /// Meteors minted.
    pub minted: u32,
    /// Height of its last change.
    pub changed_height: u64,
}

/// Data of a `missed` event: events were left out.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = MissedEvent)]
pub struct LiveMissed {
    /// Events after this height were left out.
    pub after: u64,
    /// Up to this height.
    pub until: u64,
    /// Why.
    pub why: Missed,
    /// What happened and what to do.
    pub detail: &'static str,
}

/// Why events were left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MissedWhy)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// There were more than are told at once.
    Crowd,
    /// They are too long ago to be told.
    TooOld,
    /// A node had told something wrong of a block: what was heard since then may be wrong too.
    TakenBack,
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
