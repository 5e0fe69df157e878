//! Wallets, their caves, and NFTs.

use meteor_rules::life::ContributionState;
use meteor_rules::metadata::Attribute;
use meteor_rules::tier::Tier;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Odds, Status, TokenId};
use crate::fold::Collection;

/// A wallet's contributions in every shower.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wallet<'a> {
    /// The wallet.
    pub address: &'a str,
    /// Sum of its contributions.
    pub total: Amount,
    /// The showers it contributed to, the earliest first.
    pub showers: Vec<WalletShower>,
    /// Meteors it holds.
    pub meteors: usize,
    /// Eggs it holds.
    pub eggs: usize,
    /// Dust it holds.
    pub dust: usize,
    /// Meteors it has cracked that wait for their reveal.
    pub cracking: usize,
    /// Height that this describes.
    pub height: u64,
}

/// A wallet's contribution in one shower.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WalletShower {
    /// Which shower.
    pub shower: u32,
    /// Where the shower stands.
    pub status: Status,
    /// The wallet's total in it.
    pub amount: Amount,
    /// Its rank.
    pub rank: u32,
    /// Contributors of the shower.
    pub contributors: u32,
    /// The tier of the rank.
    pub tier: Tier,
    /// The odds of an egg at that rank: final once the shower is closed.
    pub odds: Option<Odds>,
    /// What has become of the contribution.
    pub state: ContributionState,
    /// Token id of its meteor; null until it is minted.
    pub meteor: Option<TokenId>,
}

/// The NFTs a wallet holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cave<'a> {
    /// The wallet.
    pub address: &'a str,
    /// How many NFTs it holds.
    pub count: usize,
    /// The page: meteors, then eggs, then dust, each by token id.
    pub nfts: Vec<Nft<'a>>,
    /// Meteors it has cracked that wait for their reveal, at most 100. The hatchery holds them.
    pub cracking: Vec<Cracking<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
    /// Height that this describes.
    pub height: u64,
}

/// A cracked meteor that waits for its reveal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cracking<'a> {
    /// The meteor.
    pub token_id: TokenId,
    /// Who cracked it and receives what it holds.
    pub holder: &'a str,
    /// From then on it can be reclaimed and no longer revealed (seconds since the Unix epoch).
    pub reclaim_at: u64,
}

/// The newest NFTs of a collection.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nfts<'a> {
    /// NFTs ever minted.
    pub count: usize,
    /// The page, newest first.
    pub nfts: Vec<Nft<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// One NFT.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nft<'a> {
    /// Its collection.
    pub collection: Collection,
    /// Its id.
    pub token_id: TokenId,
    /// Its holder, or its last one if it is burnt.
    pub owner: &'a str,
    /// Whether it is burnt.
    pub burnt: bool,
    /// Set for a meteor that waits for its reveal; else null.
    pub cracking: Option<Cracking<'a>>,
    /// The collection of what a revealed meteor held, where it has the same id; else null.
    pub found: Option<Collection>,
    /// Its tier.
    pub tier: Tier,
    /// For a meteor that is not revealed: the odds of an egg in it; else null.
    pub odds: Option<Odds>,
    /// The rank that earned it.
    pub rank: u32,
    /// The shower it came from.
    pub shower: u32,
    /// Height of its mint.
    pub minted_height: u64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// `ipfs://<CID>`.
    pub image: String,
    /// What it shows.
    pub attributes: Vec<Attribute>,
}
