//! Wallets, their caves, and NFTs.

use meteor_rules::life::ContributionState;
use meteor_rules::metadata::Attribute;
use meteor_rules::tier::Tier;
use serde::{Deserialize, Serialize};
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

/// A wallet's contributions, one by one.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalletContributions<'a> {
    /// The wallet.
    pub address: &'a str,
    /// The page, newest first.
    pub contributions: Vec<WalletContribution>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
    /// Height that this describes.
    pub height: u64,
}

/// One contribution of a wallet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WalletContribution {
    /// Sequence number among all contributions of the event.
    pub seq: u64,
    /// The shower.
    pub shower: u32,
    /// How much it brought.
    pub amount: Amount,
    /// The wallet's total in the shower after it.
    pub total: Amount,
    /// Height of its block.
    pub height: u64,
    /// Time of its block (seconds).
    pub time: u64,
    /// Hash of its transaction, upper-case hex. Nodes tell it: null if none that answers has an index of transactions.
    #[schema(pattern = "^[0-9A-F]{64}$")]
    pub tx_hash: Option<String>,
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

/// NFTs that are as asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundNfts<'a> {
    /// The page: meteors, then eggs, then dust, each by token id. It may be short or empty while there is a next one: a
    /// request looks at a bounded number of NFTs.
    pub nfts: Vec<Nft<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
    /// Height that this describes.
    pub height: u64,
}

/// What has become of an NFT.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NftState {
    /// Somebody holds it.
    Held,
    /// A meteor that was cracked and waits for its reveal. The hatchery holds it.
    Cracking,
    /// A meteor whose reveal was its end: an egg or dust was found in it.
    Revealed,
    /// Burnt by its holder.
    Burnt,
}

impl NftState {
    /// As the API writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Cracking => "cracking",
            Self::Revealed => "revealed",
            Self::Burnt => "burnt",
        }
    }
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
    /// What has become of it.
    pub state: NftState,
    /// Whether it is burnt, in a reveal or otherwise.
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
