//! The event itself, and how current the answers are.

use meteor_messages::shower::{MinimumFrom, Payee};
use meteor_rules::schedule::Schedule;
use meteor_rules::tier::{PerTier, TierRule};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::Amount;

/// The rules of the event, and the few settings that can change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Config<'a> {
    /// The chain.
    pub chain_id: &'a str,
    /// The shower contract. Before you send anything, compare it with the address from a second source.
    pub contract: &'a str,
    /// Prefix of the chain's addresses.
    pub prefix: &'a str,
    /// The only denom that can be contributed.
    pub denom: &'a str,
    /// When the showers open and close.
    pub schedule: Schedule,
    /// How long after a shower's end its meteors can be minted (seconds).
    pub mint_window: u64,
    /// How ranks are divided into tiers.
    pub tiers: TierRule,
    /// Eggs of each tier in a full shower.
    pub eggs: PerTier<u32>,
    /// How much likelier the first of a tier is to hold an egg than its last (basis points).
    pub tilt_bp: u32,
    /// What each contribution holds back until its shower's key is published (basis points).
    pub holdback_bp: u32,
    /// How long after a shower's end its key must be published (seconds). Later, contributors take back what is
    /// held back.
    pub key_window: u64,
    /// Pieces of the catalogue, by tier.
    pub pieces: PerTier<u32>,
    /// The least total a wallet may have in a shower; each entry is valid from its shower on.
    pub minimums: Vec<Minimum>,
    /// Who is paid. This can never change.
    pub payees: Vec<PayeeShare<'a>>,
    /// The collection of meteors.
    pub meteors: CollectionInfo<'a>,
    /// Where meteors are cracked.
    pub hatchery: Hatchery<'a>,
    /// Who holds which role.
    pub roles: Roles<'a>,
    /// Whether contributing is paused.
    pub paused: bool,
}

/// The least total of a wallet, from a shower on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Minimum {
    /// The first shower it is valid for.
    pub from_shower: u32,
    /// Least total.
    pub minimum: Amount,
}

impl From<MinimumFrom> for Minimum {
    fn from(from: MinimumFrom) -> Self {
        Self { from_shower: from.from_shower, minimum: Amount(from.minimum.u128()) }
    }
}

/// One payee.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct PayeeShare<'a> {
    /// The payee's address.
    pub address: &'a str,
    /// Share (basis points).
    pub share_bp: u32,
    /// Booked and not yet sent. Anyone can have it sent.
    pub owed: Amount,
    /// Sent so far.
    pub paid: Amount,
}

impl<'a> PayeeShare<'a> {
    /// With what was booked and sent so far (micro-denom).
    pub fn new(payee: &'a Payee, booked: u128, paid: u128) -> Self {
        let owed = Amount(booked.saturating_sub(paid));
        Self { address: &payee.address, share_bp: payee.share_bp, owed, paid: Amount(paid) }
    }
}

/// Where meteors are cracked. A holder sends a meteor there and receives what it holds after the reveal.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Hatchery<'a> {
    /// Its contract; null until it is instantiated.
    pub address: Option<&'a str>,
    /// How long a cracked meteor can wait for its reveal before its holder can reclaim it (seconds).
    pub reveal_timeout: u64,
    /// Meteors that wait for their reveal now.
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

/// Who holds which role; null for nobody.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Roles<'a> {
    /// Appoints the others, sets minimums, cancels, resumes.
    pub owner: Option<&'a str>,
    /// Who can become the owner by accepting.
    pub pending_owner: Option<&'a str>,
    /// Commits to draws.
    pub operator: Option<&'a str>,
    /// Can only pause.
    pub guardian: Option<&'a str>,
}

/// How current the answers are.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicStatus<'a> {
    /// The chain; null until a node or the store has named it.
    pub chain_id: Option<&'a str>,
    /// Height of the block that the answers describe; 0 before the first.
    pub height: u64,
    /// Its time (seconds).
    pub time: u64,
    /// The best height that a node has reported.
    pub tip: u64,
    /// Whether the launch has been read.
    pub launched: bool,
    /// True if following the chain has halted for good: the answers stay those of `height`.
    pub halted: bool,
    /// Whether the answers may be old. `following`: they are of the newest block, or a few before it. `catching_up`: they
    /// are old, and newer blocks are being read; after a start they may be older than what the server said before.
    /// `chain_stands`: no block has come for a minute, and no node has a later one. `cant_follow`: the answers may be
    /// old, because no node has answered since the server started, or no block has come for a minute and the chain may
    /// have gone on. `halted`: the answers stay those of `height`. Any other than `following` is in each answer's `x-meteor-state`.
    pub state: ServerState,
    /// The height from which on a single node has told the blocks, of several that the server asks: what it left out may
    /// still be corrected. Null if others have told the same. It is in each answer's `x-meteor-one-node-since`, too.
    pub one_node_since: Option<u64>,
    /// How often the chain said something about the event that can't be true; it was passed over.
    pub alarms: u64,
}

/// Whether the server's answers may be old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum ServerState {
    /// The answers are of the newest block, or a few before it.
    Following,
    /// The answers are old, and newer blocks are being read.
    CatchingUp,
    /// No block has come for a while, and no node has a later one.
    ChainStands,
    /// No block has come for a while, and a node has a later one or most don't answer; or none has answered yet.
    CantFollow,
    /// Following has stopped for good.
    Halted,
}

impl ServerState {
    /// As the API writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Following => "following",
            Self::CatchingUp => "catching_up",
            Self::ChainStands => "chain_stands",
            Self::CantFollow => "cant_follow",
            Self::Halted => "halted",
        }
    }
}

impl Serialize for ServerState {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// Coins that the shower contract received without a contribution, and who got them back.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnaskedCoins<'a> {
    /// What is still there, by denom.
    pub left: Vec<Coins<'a>>,
    /// The page of what came, in order.
    pub received: Vec<Moved<'a>>,
    /// Everything that was returned, in order.
    pub returned: Vec<Moved<'a>>,
    /// Path of the next page; null after the last.
    pub next: Option<String>,
}

/// Coins of one denom.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Coins<'a> {
    /// How much (in the denom's smallest unit).
    pub amount: Amount,
    /// Of which denom.
    pub denom: &'a str,
}

/// Coins that came or went.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Moved<'a> {
    /// Height of the block.
    pub height: u64,
    /// Its time (seconds).
    pub time: u64,
    /// Who sent them, or to whom they were returned.
    pub who: &'a str,
    /// How much (in the denom's smallest unit).
    pub amount: Amount,
    /// Of which denom.
    pub denom: &'a str,
}

impl<'a> Moved<'a> {
    /// Of the fold's entry.
    pub fn new(from: &'a crate::fold::Unasked) -> Self {
        let crate::fold::Unasked { height, time, who, amount, denom } = from;
        Self { height: *height, time: *time, who, amount: Amount(*amount), denom }
    }
}
