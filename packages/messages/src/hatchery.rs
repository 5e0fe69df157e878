//! Messages of the hatchery: it takes meteors into custody, checks proofs, and hands out eggs and dust.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::HexBinary;
use meteor_rules::fairness::content::Content;

use crate::nft::CollectionInit;

/// Most meteors revealed in one message.
pub const MAX_REVEALS: usize = 30;

/// What the hatchery is instantiated with, by the shower contract. Nothing of it changes later.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// The meteors' CW721 contract: the only one whose tokens are accepted.
    pub meteors: String,
    /// How long a meteor may wait to be revealed before its holder can take it back (seconds).
    pub reveal_timeout: u64,
    /// The collection of eggs, which the hatchery instantiates and alone may mint.
    pub eggs: CollectionInit,
    /// The collection of dust, likewise.
    pub dust: CollectionInit,
}

/// The hatchery that the shower contract makes.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct HatcheryInit {
    /// Code of the hatchery.
    pub code_id: u64,
    /// How long a meteor may wait to be revealed before its holder can take it back (seconds).
    pub reveal_timeout: u64,
    /// The collection of eggs.
    pub eggs: CollectionInit,
    /// The collection of dust.
    pub dust: CollectionInit,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// A holder cracks a meteor: `send_nft` of the meteors' contract to this one puts it into custody.
    ReceiveNft(cw721::receiver::Cw721ReceiveMsg),
    /// Anyone: proves what meteors in custody hold, burns them, mints eggs or dust. Those that are not in
    /// custody any more, or waited too long, are skipped.
    Reveal {
        /// 1 to [`MAX_REVEALS`].
        reveals: Vec<Reveal>,
    },
    /// Anyone, for a meteor that was not revealed in time: sends it back to its holder.
    Reclaim {
        /// Which meteor.
        token_id: String,
    },
}

/// What one meteor holds, with its proof.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// The meteor's number.
    pub token_id: u64,
    /// Its shower (1-based).
    pub shower: u32,
    /// Its place in the shower, from 0: rank − 1.
    pub index: u32,
    /// What it holds.
    pub content: Content,
    /// The leaf's salt, 32 bytes.
    pub salt: HexBinary,
    /// The siblings from leaf to root, 32 bytes each.
    pub proof: Vec<HexBinary>,
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
#[serde(deny_unknown_fields)]
pub enum QueryMsg {
    /// Everything fixed.
    #[returns(ConfigResponse)]
    Config {},
    /// Whether a meteor is in custody.
    #[returns(Option<CustodyResponse>)]
    Custody {
        /// Which meteor.
        token_id: u64,
    },
    /// Meteors in custody, by number.
    #[returns(CustodiesResponse)]
    Custodies {
        /// Continue after this one.
        start_after: Option<u64>,
        /// Rows, at most 100.
        limit: Option<u32>,
    },
}

/// Everything fixed.
#[cw_serde]
pub struct ConfigResponse {
    /// The shower contract.
    pub shower: String,
    /// The meteors' CW721 contract.
    pub meteors: String,
    /// The eggs' CW721 contract.
    pub eggs: String,
    /// The dust's CW721 contract.
    pub dust: String,
    /// How long a meteor may wait to be revealed (seconds).
    pub reveal_timeout: u64,
}

/// A meteor in custody.
#[cw_serde]
pub struct CustodyResponse {
    /// Which meteor.
    pub token_id: u64,
    /// Who cracked it and gets what it holds.
    pub holder: String,
    /// Block time at which it came (seconds).
    pub since: u64,
    /// From then on it can't be revealed, only taken back (seconds).
    pub reclaim_at: u64,
}

/// Meteors in custody.
#[cw_serde]
pub struct CustodiesResponse {
    /// The page.
    pub custodies: Vec<CustodyResponse>,
}
