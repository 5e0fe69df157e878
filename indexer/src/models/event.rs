//! The event itself, and how current the answers are.

use meteor_messages::shower::{MinimumFrom, Payee};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, PerTier};

/// Everything fixed about the event, and the little that may change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Config<'a> {
    /// The chain.
    pub chain_id: &'a str,
    /// The shower contract. Compare it with one you know from elsewhere before you send anything.
    pub contract: &'a str,
    /// Prefix of the chain's addresses.
    pub prefix: &'a str,
    /// The one denom that is contributed.
    pub denom: &'a str,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// How long after a shower's close its meteors may be minted (seconds).
    pub mint_window: u64,
    /// How ranks are cut into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a full shower.
    pub eggs: PerTier<u32>,
    /// Least total of a wallet in a shower, each from its shower on.
    pub minimums: Vec<Minimum>,
    /// Who is paid, for good.
    pub payees: Vec<PayeeShare<'a>>,
    /// The collection of meteors.
    pub meteors: CollectionInfo<'a>,
    /// Where meteors are cracked.
    pub hatchery: Hatchery<'a>,
    /// Who may do what.
    pub roles: Roles<'a>,
    /// Whether contributing is stopped.
    pub paused: bool,
}

/// When the showers open and close (seconds since the Unix epoch).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Schedule {
    /// Shower 1 opens.
    pub opens_at: u64,
    /// Shower 1 closes and shower 2 opens.
    pub first_close: u64,
    /// Length of every later shower (seconds).
    pub interval: u64,
    /// How many showers there are.
    pub count: u32,
}

/// How ranks are cut into tiers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct TierRule {
    /// So many top ranks are Legendary.
    pub legendary: u32,
    /// Share of the remaining ranks that is Ancient (basis points).
    pub ancient_bp: u32,
    /// Share of the remaining ranks that is Rare (basis points).
    pub rare_bp: u32,
}

/// The least total of a wallet from a shower on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Minimum {
    /// First shower for which it holds.
    pub from_shower: u32,
    /// Least total.
    pub minimum: Amount,
}

impl From<MinimumFrom> for Minimum {
    fn from(from: MinimumFrom) -> Self {
        Self { from_shower: from.from_shower, minimum: Amount(from.minimum.u128()) }
    }
}

/// One who is paid.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PayeeShare<'a> {
    /// Where the money goes.
    pub address: &'a str,
    /// Share (basis points).
    pub share_bp: u32,
    /// Paid so far.
    pub paid: Amount,
}

impl<'a> PayeeShare<'a> {
    /// With what was paid so far (micro-denom).
    pub fn new(payee: &'a Payee, paid: u128) -> Self {
        Self { address: &payee.address, share_bp: payee.share_bp, paid: Amount(paid) }
    }
}

/// Where meteors are cracked: a holder sends the meteor there, and gets what it holds once that is revealed.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Hatchery<'a> {
    /// Its contract; null until it is instantiated.
    pub address: Option<&'a str>,
    /// How long a cracked meteor may wait to be revealed before its holder can take it back (seconds).
    pub reveal_timeout: u64,
    /// Meteors that wait to be revealed now.
    pub cracking: usize,
    /// The collection of eggs.
    pub eggs: CollectionInfo<'a>,
    /// The collection of dust.
    pub dust: CollectionInfo<'a>,
}

/// A collection.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CollectionInfo<'a> {
    /// Its contract; null until it is instantiated.
    pub address: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
    /// Its symbol.
    pub symbol: &'a str,
    /// Tokens ever minted.
    pub minted: usize,
    /// Tokens burnt.
    pub burnt: u64,
}

/// Who may do what; empty for nobody.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Roles<'a> {
    /// Appoints the others, sets minimums, cancels, resumes.
    pub owner: &'a str,
    /// Who may become the owner by accepting.
    pub pending_owner: &'a str,
    /// Mints.
    pub operator: &'a str,
    /// May pause.
    pub guardian: &'a str,
}

/// How current the answers are.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicStatus<'a> {
    /// The chain; null until a node has been reached.
    pub chain_id: Option<&'a str>,
    /// Height of the block that the answers are true for; 0 before the first.
    pub height: u64,
    /// Its time (seconds).
    pub time: u64,
    /// Best height that a node has told of.
    pub tip: u64,
    /// Whether the launch has been seen.
    pub launched: bool,
    /// True when following the chain has stopped for good: the answers stay those of `height`.
    pub halted: bool,
}
