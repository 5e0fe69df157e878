//! Wallets, their caves, and NFTs.

use meteor_messages::shower::ContributionState;
use meteor_rules::metadata::Attribute as RulesAttribute;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, ShowerStatus, TierName};

/// What has become of a contribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WalletState {
    /// Its meteor is not minted yet.
    Waiting,
    /// Its meteor is minted.
    Minted,
    /// It can be refunded.
    Refundable,
    /// It was refunded.
    Refunded,
}

impl From<ContributionState> for WalletState {
    fn from(state: ContributionState) -> Self {
        match state {
            ContributionState::Waiting => Self::Waiting,
            ContributionState::Minted => Self::Minted,
            ContributionState::Refundable => Self::Refundable,
            ContributionState::Refunded => Self::Refunded,
        }
    }
}

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
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct WalletShower {
    /// Which shower.
    pub shower: u32,
    /// Where the shower stands.
    pub status: ShowerStatus,
    /// The wallet's total in it.
    pub amount: Amount,
    /// Its rank.
    pub rank: u32,
    /// Contributors of the shower.
    pub contributors: u32,
    /// The tier of the rank.
    pub tier: TierName,
    /// What has become of the contribution.
    pub state: WalletState,
    /// Number of its meteor, once minted.
    pub meteor: Option<u64>,
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
    pub token_id: String,
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
    /// Its collection: `meteors`, `eggs` or `dust`.
    pub collection: &'static str,
    /// Its id.
    pub token_id: String,
    /// Its holder, or its last one if it is burnt.
    pub owner: &'a str,
    /// Whether it is burnt.
    pub burnt: bool,
    /// Set for a meteor that waits for its reveal; else null.
    pub cracking: Option<Cracking<'a>>,
    /// The collection of what a revealed meteor held, `eggs` or `dust`, where it has the same id; else null.
    pub found: Option<&'static str>,
    /// Its tier.
    pub tier: TierName,
    /// The rank that earned it.
    pub rank: u32,
    /// The shower it came from.
    pub shower: u32,
    /// Height of its mint.
    pub minted_at: u64,
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// `ipfs://<CID>`.
    pub image: String,
    /// What it shows.
    pub attributes: Vec<Attribute>,
}

/// One attribute of an NFT.
#[derive(Debug, Serialize, ToSchema)]
pub struct Attribute {
    /// Its name.
    pub trait_type: String,
    /// Its value, always as text.
    pub value: String,
}

impl From<RulesAttribute> for Attribute {
    fn from(from: RulesAttribute) -> Self {
        Self { trait_type: from.trait_type, value: from.value }
    }
}
