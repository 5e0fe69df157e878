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
    /// No meteor yet; it may still come.
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

/// What a wallet has in every shower.
#[derive(Debug, Serialize, ToSchema)]
pub struct Wallet<'a> {
    /// The wallet.
    pub address: &'a str,
    /// Sum of its contributions.
    pub total: Amount,
    /// Its showers, the earliest first; those without a contribution of it are left out.
    pub showers: Vec<WalletShower>,
    /// Meteors it holds.
    pub meteors: usize,
    /// Eggs it holds.
    pub eggs: usize,
    /// Dust it holds.
    pub dust: usize,
    /// Meteors it has cracked that wait to be revealed.
    pub cracking: usize,
    /// Height at which this was true.
    pub height: u64,
}

/// What a wallet has in one shower.
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
    /// Meteors it has cracked that wait to be revealed; the hatchery holds them meanwhile. The first 100.
    pub cracking: Vec<Cracking<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
    /// Height at which this was true.
    pub height: u64,
}

/// A meteor that was cracked and waits to be revealed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cracking<'a> {
    /// The meteor.
    pub token_id: String,
    /// Who cracked it and gets what it holds.
    pub holder: &'a str,
    /// From then on it can't be revealed, only taken back (seconds since the Unix epoch).
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
    /// Who holds it, or held it last if it is burnt.
    pub owner: &'a str,
    /// Whether it is burnt.
    pub burnt: bool,
    /// For a meteor that waits to be revealed; null for every other.
    pub cracking: Option<Cracking<'a>>,
    /// For a meteor that was revealed, the collection of what it held: `eggs` or `dust`, with the same id.
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
    /// Its value, always a text.
    pub value: String,
}

impl From<RulesAttribute> for Attribute {
    fn from(from: RulesAttribute) -> Self {
        Self { trait_type: from.trait_type, value: from.value }
    }
}
