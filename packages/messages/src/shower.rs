//! Messages of the shower contract: it holds the money and the order.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Coin, HexBinary, Uint128};
use meteor_rules::fairness::beacon::BeaconRule;
pub use meteor_rules::life::{ContributionState, Status};
use meteor_rules::schedule::Schedule;
use meteor_rules::tier::{PerTier, Tier, TierRule};

use crate::hatchery::HatcheryInit;
use crate::nft::CollectionInit;

/// Most meteors in one `Mint`, contributors in one `Refund`, rows in one page.
pub const MAX_BATCH: usize = 100;
/// Rows in a page when the query names no limit.
pub const DEFAULT_PAGE: u32 = 30;
/// Most showers an event may have.
pub const MAX_SHOWERS: u32 = 1_000;
/// Most payees an event may have.
pub const MAX_PAYEES: usize = 20;
/// Most that may be held back of a settlement (basis points).
pub const MAX_HOLDBACK_BP: u32 = 5_000;
/// Columns of the meteors' template that the contract fills in itself, in this order, before the art's
/// traits: tier, rank, shower.
pub const OWN_COLUMNS: [&str; 3] = ["rarity", "rank", "shower"];

/// Everything about an event. Only roles and the minimum of unopened showers can change later.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Appoints operator and guardian, sets minimums, cancels, resumes, returns coins sent unasked. Changes in
    /// two steps.
    pub owner: String,
    /// Commits to draws.
    pub operator: String,
    /// May pause, and nothing else.
    pub guardian: String,
    /// Who may replace the contract's code, and with it every rule; `None` for nobody. The contract refuses to
    /// be made with another admin than this.
    pub admin: Option<String>,
    /// The one denom that is contributed, for example `uusd`.
    pub denom: String,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// Least total of a wallet in a shower after a contribution (micro-denom).
    pub minimum: Uint128,
    /// How long after a shower's scheduled close its meteors may be minted (seconds). Afterwards `Mint`
    /// refuses and `Refund` opens.
    pub mint_window: u64,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points, up to 10,000).
    pub tilt_bp: u32,
    /// Who is paid, for good. Shares add up to 10,000 basis points.
    pub payees: Vec<Payee>,
    /// What each contribution holds back from its settlement until the shower's key is published (basis
    /// points, up to [`MAX_HOLDBACK_BP`]).
    pub holdback_bp: u32,
    /// The pieces of each tier, all of which exist before the first contribution.
    pub catalogue: PerTier<CatalogueTier>,
    /// The collection of meteors, which the contract instantiates and alone may mint.
    pub meteors: CollectionInit,
    /// What keeps the draw fair.
    pub fairness: Fairness,
    /// The contract that cracks meteors, which the shower contract instantiates.
    pub hatchery: HatcheryInit,
}

/// What keeps the draw fair: all of it fixed before the first contribution.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct Fairness {
    /// For each shower, in order, the commitment to its key (32 bytes).
    pub commitments: Vec<HexBinary>,
    /// The beacon's schedule, and how far after a close its deciding round is.
    pub beacon: BeaconRule,
    /// The beacon's public key, with which everyone checks its signatures off the chain.
    pub beacon_key: HexBinary,
    /// SHA-256 of the file with the tables of eggs and dust (32 bytes).
    pub tables: HexBinary,
    /// Seconds after a shower's scheduled close before which its key can't be published. Covers the time for
    /// minting and for revealing.
    pub crack_window: u64,
    /// Seconds after a shower's scheduled close by which its key must be published. Later, contributors take
    /// back what was held back.
    pub key_window: u64,
}

/// The pieces of one tier: an ordered list of images and traits, committed to by a Merkle root.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct CatalogueTier {
    /// How many pieces there are; at least 1.
    pub count: u32,
    /// Root of the tree over them, 32 bytes.
    pub root: HexBinary,
}

/// A payee.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// Where the money goes.
    pub address: String,
    /// Share (basis points).
    pub share_bp: u32,
}

/// The art of one meteor: a piece of the catalogue.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct Art {
    /// Bare CID of the image.
    pub image: String,
    /// One number for each column of the template after [`OWN_COLUMNS`].
    pub traits: Vec<u32>,
}

/// What can be done.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Anyone, with funds in the event's denom, while `shower` is open: adds to the sender's total in it.
    Contribute {
        /// The shower that is meant (1-based). If another one is open by then, the message is refused.
        shower: u32,
    },
    /// Anyone, after the shower's end: fixes contributors and total.
    Close {
        /// Which shower (1-based).
        shower: u32,
    },
    /// Operator, once for a closed shower, before its first mint: commits to what its meteors hold.
    CommitDraw {
        /// Which shower (1-based).
        shower: u32,
        /// Root of the tree over what its meteors hold, 32 bytes.
        root: HexBinary,
        /// Leaves of the tree: the shower's contributors.
        leaves: u32,
        /// The beacon's signature of the round that `Close` named.
        beacon: HexBinary,
    },
    /// Anyone who has it, after the crack window: publishes a shower's key, which must match its commitment.
    PublishKey {
        /// Which shower (1-based).
        shower: u32,
        /// The key, 32 bytes.
        key: HexBinary,
    },
    /// Anyone, after `CommitDraw` and before the mint deadline: mints to the next ranks of one tier. The pieces
    /// must be those that the catalogue has for them.
    Mint {
        /// Which shower (1-based).
        shower: u32,
        /// Must be the next rank (1-based) without a meteor, so that a resent transaction can't mint twice.
        first_rank: u32,
        /// 1 to [`MAX_BATCH`] pieces, consecutive ones of the tier's list.
        art: Vec<Art>,
        /// Proof that they are: hashes of the largest subtrees outside the range, from left to right, 32 bytes
        /// each.
        proof: Vec<HexBinary>,
    },
    /// Anyone: books for each payee what minted contributions brought and was not yet booked. What is held
    /// back is booked once the shower's key was published in time.
    Settle {
        /// Which shower (1-based).
        shower: u32,
    },
    /// Anyone: sends a payee what is booked for it.
    Withdraw {
        /// Which payee.
        payee: String,
    },
    /// Owner, until the round that decides the shower's draw is due: no more contributions and no draw; all of
    /// it can be refunded.
    Cancel {
        /// Which shower (1-based).
        shower: u32,
    },
    /// Anyone: sends contributions without a meteor back to who made them, once the shower is cancelled or its
    /// mint deadline has passed; and of contributions with a meteor what was held back, once the shower's key
    /// deadline has passed without the key. Those already sent back are skipped.
    Refund {
        /// Which shower (1-based).
        shower: u32,
        /// 1 to [`MAX_BATCH`] addresses.
        contributors: Vec<String>,
    },
    /// Owner: sends on coins that came without a contribution. Of the event's denom never more than what is
    /// left over when everyone who is owed is paid.
    ReturnUnasked {
        /// To whom.
        to: String,
        /// How much of which denom.
        amount: Coin,
    },
    /// Guardian or owner: stops `Contribute`, and nothing else. Showers that are open meanwhile are marked.
    Pause {},
    /// Owner: lets `Contribute` go on.
    Resume {},
    /// Owner: the least total from this unopened shower on, until the next one that has its own.
    SetMinimum {
        /// First shower (1-based) for which it holds.
        from_shower: u32,
        /// Least total of a wallet in a shower (micro-denom).
        minimum: Uint128,
    },
    /// Owner: appoints the operator.
    SetOperator {
        /// The new operator.
        address: String,
    },
    /// Owner: appoints the guardian.
    SetGuardian {
        /// The new guardian.
        address: String,
    },
    /// Owner, in two steps: transfer, then accept by the new owner; or renounce.
    UpdateOwnership(cw_ownable::Action),
}

/// What can be asked.
#[cw_serde]
#[derive(QueryResponses)]
#[serde(deny_unknown_fields)]
pub enum QueryMsg {
    /// Everything fixed, the roles, and whether contributing is paused.
    #[returns(ConfigResponse)]
    Config {},
    /// One shower.
    #[returns(ShowerResponse)]
    Shower {
        /// Which (1-based).
        shower: u32,
    },
    /// Showers in order.
    #[returns(ShowersResponse)]
    Showers {
        /// Continue after this shower.
        start_after: Option<u32>,
        /// Rows, at most [`MAX_BATCH`].
        limit: Option<u32>,
    },
    /// What one wallet has in one shower.
    #[returns(ContributionResponse)]
    Contribution {
        /// Which shower (1-based).
        shower: u32,
        /// Whose.
        contributor: String,
    },
    /// What one wallet has in every shower, in order; showers without a contribution of it are left out.
    #[returns(WalletResponse)]
    Wallet {
        /// Whose.
        contributor: String,
        /// Continue after this shower.
        start_after: Option<u32>,
        /// Showers looked at, at most [`MAX_BATCH`].
        limit: Option<u32>,
    },
    /// The ranking of a shower.
    #[returns(RankingResponse)]
    Ranking {
        /// Which shower (1-based).
        shower: u32,
        /// Continue after this place (before it, when descending).
        start_after: Option<Cursor>,
        /// Rows, at most [`MAX_BATCH`].
        limit: Option<u32>,
        /// From the best (`ascending` ranks, the default) or from the last.
        order: Option<RankOrder>,
    },
    /// Contributions of a shower that can be refunded now.
    #[returns(RefundableResponse)]
    Refundable {
        /// Which shower (1-based).
        shower: u32,
        /// Continue after this place.
        start_after: Option<Cursor>,
        /// Ranks looked at, at most [`MAX_BATCH`].
        limit: Option<u32>,
    },
    /// What keeps the draw fair, for the whole event.
    #[returns(Fairness)]
    Fairness {},
    /// Commitment, beacon round, draw and key of a shower.
    #[returns(DrawResponse)]
    Draw {
        /// Which shower (1-based).
        shower: u32,
    },
    /// What each payee is owed and was paid.
    #[returns(PayeesResponse)]
    Payees {},
    /// Where minting of a shower stands.
    #[returns(MintCursorResponse)]
    MintCursor {
        /// Which shower (1-based).
        shower: u32,
    },
    /// The owner and who may become it.
    #[returns(cw_ownable::Ownership<String>)]
    Ownership {},
}

/// In which direction a ranking is walked.
#[cw_serde]
#[derive(Copy)]
pub enum RankOrder {
    /// Rank 1 first.
    Ascending,
    /// The last rank first.
    Descending,
}

/// A place in a ranking to continue from.
#[cw_serde]
#[derive(Copy)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Amount at the place (micro-denom).
    pub amount: Uint128,
    /// Sequence number at the place.
    pub seq: u64,
}

/// Everything fixed, the roles, and whether contributing is paused.
#[cw_serde]
pub struct ConfigResponse {
    /// The chain's id when the contract was made. Everything that is hashed is bound to it.
    pub chain_id: String,
    /// Who may replace the contract's code; `None` for nobody.
    pub admin: Option<String>,
    /// The denom that is contributed.
    pub denom: String,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// How long after a shower's close its meteors may be minted (seconds).
    pub mint_window: u64,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// Who is paid.
    pub payees: Vec<Payee>,
    /// What each contribution holds back until the shower's key is published (basis points).
    pub holdback_bp: u32,
    /// The pieces of each tier.
    pub catalogue: PerTier<CatalogueTier>,
    /// Address of the meteors' CW721 contract.
    pub meteors: String,
    /// Address of the contract that cracks meteors.
    pub hatchery: String,
    /// The owner; `None` once renounced.
    pub owner: Option<String>,
    /// The operator.
    pub operator: String,
    /// The guardian.
    pub guardian: String,
    /// Whether `Contribute` is stopped.
    pub paused: bool,
    /// The minimums that were set, each from its shower on.
    pub minimums: Vec<MinimumFrom>,
}

/// The least total of a wallet from a shower on.
#[cw_serde]
#[derive(Copy)]
pub struct MinimumFrom {
    /// First shower (1-based) for which it holds.
    pub from_shower: u32,
    /// Least total (micro-denom).
    pub minimum: Uint128,
}

/// One shower.
#[cw_serde]
#[allow(clippy::struct_excessive_bools)] // each is a fact of its own, as clients ask for it
pub struct ShowerResponse {
    /// Which (1-based).
    pub shower: u32,
    /// Where it stands at the block time of the query.
    pub status: Status,
    /// When it opens (seconds).
    pub opens_at: u64,
    /// When it closes (seconds).
    pub closes_at: u64,
    /// From then on `Mint` refuses and `Refund` is open (seconds).
    pub mint_deadline: u64,
    /// Least total of a wallet (micro-denom).
    pub minimum: Uint128,
    /// Wallets that contributed.
    pub contributors: u32,
    /// What they contributed (micro-denom).
    pub total: Uint128,
    /// Sequence number of its last contribution.
    pub last_seq: u64,
    /// The contribution log hash, 32 bytes.
    pub log: HexBinary,
    /// Contributors of all earlier showers: the meteor of rank r has number `earlier + r`.
    pub earlier: u64,
    /// Meteors of each tier in all earlier showers, minted or not: what decides whose piece is whose.
    pub earlier_by_tier: PerTier<u64>,
    /// Whether `Close` has been called.
    pub closed: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether contributing was paused at some time while it was open.
    pub paused: bool,
    /// Meteors minted.
    pub minted: u32,
    /// Contributed by those who have their meteor (micro-denom).
    pub minted_amount: Uint128,
    /// Of it held back until the key is published (micro-denom).
    pub held: Uint128,
    /// Booked for the payees (micro-denom).
    pub settled: Uint128,
    /// Contributions without a meteor that were sent back.
    pub refunds: u32,
    /// What they add up to (micro-denom).
    pub refunded: Uint128,
    /// Of what was held back: sent back to contributors because the key came late or never (micro-denom).
    pub held_returned: Uint128,
    /// By when the key must be published (seconds).
    pub key_deadline: u64,
    /// Whether it was.
    pub key_in_time: bool,
}

/// Showers in order.
#[cw_serde]
pub struct ShowersResponse {
    /// The page.
    pub showers: Vec<ShowerResponse>,
}

/// What one wallet has in one shower.
#[cw_serde]
pub struct ContributionResponse {
    /// Which shower (1-based).
    pub shower: u32,
    /// Whose.
    pub contributor: String,
    /// Its total (micro-denom).
    pub amount: Uint128,
    /// Sequence number of the contribution that reached it.
    pub seq: u64,
    /// What has become of it.
    pub state: ContributionState,
    /// What was held back of it and sent back (micro-denom).
    pub held_returned: Uint128,
}

/// What one wallet has in every shower.
#[cw_serde]
pub struct WalletResponse {
    /// The page.
    pub contributions: Vec<ContributionResponse>,
    /// Where to continue, if there is more.
    pub next: Option<u32>,
}

/// One place of a ranking.
#[cw_serde]
pub struct RankedContributor {
    /// Who.
    pub contributor: String,
    /// Total in the shower (micro-denom).
    pub amount: Uint128,
    /// Sequence number of the contribution that reached it.
    pub seq: u64,
}

/// A page of a ranking.
#[cw_serde]
pub struct RankingResponse {
    /// The page.
    pub ranking: Vec<RankedContributor>,
}

/// Contributions of which something can be sent back now.
#[cw_serde]
pub struct RefundableResponse {
    /// Those among the ranks looked at.
    pub refundable: Vec<Refundable>,
    /// Where to continue, if there is more.
    pub next: Option<Cursor>,
}

/// What `Refund` would send back to one contributor now.
#[cw_serde]
pub struct Refundable {
    /// Who.
    pub contributor: String,
    /// How much (micro-denom).
    pub amount: Uint128,
    /// All of a contribution without a meteor, or what was held back of one with a meteor.
    pub what: Refunded,
}

/// What is sent back to a contributor.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Refunded {
    /// All of a contribution that has no meteor.
    Contribution,
    /// What was held back of a contribution that has its meteor.
    Holdback,
}

/// What each payee is owed and was paid.
#[cw_serde]
pub struct PayeesResponse {
    /// In the order of the launch.
    pub payees: Vec<PayeeResponse>,
}

/// What one payee is owed and was paid.
#[cw_serde]
pub struct PayeeResponse {
    /// Where the money goes.
    pub address: String,
    /// Share (basis points).
    pub share_bp: u32,
    /// Booked and not yet sent (micro-denom).
    pub owed: Uint128,
    /// Sent so far (micro-denom).
    pub withdrawn: Uint128,
}

/// Commitment, beacon round, draw and key of a shower.
#[cw_serde]
pub struct DrawResponse {
    /// Which (1-based).
    pub shower: u32,
    /// The commitment to its key, 32 bytes.
    pub commitment: HexBinary,
    /// The beacon's round that decides it; `None` before `Close`.
    pub beacon_round: Option<u64>,
    /// Block time of `Close` (seconds, rounded up).
    pub closed_at: Option<u64>,
    /// The beacon's signature that went into the seed; `None` before `CommitDraw`.
    pub beacon: Option<HexBinary>,
    /// Root of the tree over what its meteors hold, 32 bytes.
    pub root: Option<HexBinary>,
    /// Leaves of the tree; 0 before `CommitDraw`.
    pub leaves: u32,
    /// Contributors of all earlier showers: the leaf at index i is of meteor `earlier + i + 1`.
    pub earlier: u64,
    /// The key, once published, 32 bytes.
    pub key: Option<HexBinary>,
}

/// Where minting of a shower stands.
#[cw_serde]
pub struct MintCursorResponse {
    /// What the next `Mint` must bring; `None` when nothing can be minted now.
    pub next: Option<NextMint>,
    /// Meteors minted.
    pub minted: u32,
    /// Meteors in all: the shower's contributors.
    pub contributors: u32,
}

/// What the next `Mint` must bring.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct NextMint {
    /// The rank to name as `first_rank`.
    pub first_rank: u32,
    /// Its tier.
    pub tier: Tier,
    /// Place of its piece in the tier's list, from 0.
    pub first_piece: u32,
    /// Most pieces: what is left of the tier and of its list, at most [`MAX_BATCH`].
    pub most: u32,
}
