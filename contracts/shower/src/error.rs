//! Everything the contract refuses, one variant for each fault. Each text says what happened and what to do.

use cosmwasm_std::{StdError, Uint128};
use cw_ownable::OwnershipError;
use meteor_contract_kit::KitError;
use meteor_rules::fairness::beacon::BeaconError;
use meteor_rules::metadata::MetadataError;
use meteor_rules::schedule::ScheduleError;
use meteor_rules::tier::{Tier, TierRuleError};
use thiserror::Error;

/// Why a message was refused. Nothing has changed then, and coins sent along stay with their sender.
#[derive(Debug, PartialEq, Error)]
pub enum ContractError {
    /// The chain or its storage; an address that is not one.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What every contract refuses: coins, a strange reply, a wrong migration.
    #[error(transparent)]
    Kit(#[from] KitError),
    /// A change of owner that doesn't fit the two steps.
    #[error("ownership: {0}")]
    Ownership(#[from] OwnershipError),

    // Instantiation.
    /// The schedule can't be used.
    #[error("the schedule is refused: {0}")]
    Schedule(#[from] ScheduleError),
    /// More showers than an event may have.
    #[error("{given} showers: give at most {most}")]
    TooManyShowers {
        /// Showers in the schedule.
        given: u32,
        /// Most showers.
        most: u32,
    },
    /// Shower 1 would be over before it could be contributed to.
    #[error("shower 1 closes at {closes_at} and it is already {now} (Unix seconds): move the schedule")]
    AlreadyOver {
        /// When shower 1 closes (seconds).
        closes_at: u64,
        /// Block time (seconds).
        now: u64,
    },
    /// The tiers can't be used.
    #[error("the tiers are refused: {0}")]
    Tiers(#[from] TierRuleError),
    /// No eggs, or more than a shower could ever hold.
    #[error("{given} eggs a shower: give 1 to {most}")]
    Eggs {
        /// Eggs in all tiers.
        given: u64,
        /// Most eggs.
        most: u32,
    },
    /// A minimum of nothing, which would let anyone fill a shower with empty rows.
    #[error("the minimum is zero: give at least 1")]
    ZeroMinimum,
    /// A mint window out of bounds.
    #[error("a mint window of {given} seconds: give {least} to {most}")]
    MintWindow {
        /// The window given.
        given: u64,
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// The last mint deadline lies beyond what block time can say.
    #[error(
        "the last mint deadline lies after the year 2554, which block time can't express: shorten the schedule"
    )]
    DeadlineTooLate,
    /// Not a denom.
    #[error(
        "{given:?} is not a denom: give 3 to 128 letters, digits or /:._- beginning with a letter, such as uusd"
    )]
    BadDenom {
        /// What was given, cut short.
        given: String,
    },
    /// No payees or too many.
    #[error("{given} payees: give 1 to {most}")]
    PayeeCount {
        /// Payees given.
        given: usize,
        /// Most payees.
        most: usize,
    },
    /// A payee twice.
    #[error("payee {address} is listed twice: add up its shares")]
    PayeeTwice {
        /// The payee.
        address: String,
    },
    /// A payee with a share of nothing.
    #[error("payee {address} has a share of zero: leave it out or give it one")]
    ZeroShare {
        /// The payee.
        address: String,
    },
    /// Shares that don't add up.
    #[error("the payees' shares add up to {given} basis points: make it {wanted}")]
    Shares {
        /// Their sum.
        given: u64,
        /// What it must be.
        wanted: u32,
    },
    /// The meteors' template can't be used.
    #[error("the meteors' template is refused: {0}")]
    Template(#[from] MetadataError),
    /// The template doesn't begin with the columns that the contract fills in.
    #[error("column {index} of the meteors' template must be {wanted}")]
    OwnColumn {
        /// Place of the column, from 0.
        index: usize,
        /// What it must be.
        wanted: &'static str,
    },

    // Money.
    /// No coins with a contribution.
    #[error("no coins came with the contribution: attach an amount of {denom}")]
    NoFunds {
        /// The denom.
        denom: String,
    },
    /// Several denoms with a contribution.
    #[error("{given} came with the contribution: attach {denom} alone")]
    SeveralDenoms {
        /// The coins.
        given: String,
        /// The denom.
        denom: String,
    },
    /// Another denom.
    #[error("{given} came with the contribution: attach {denom} instead")]
    WrongDenom {
        /// The coins.
        given: String,
        /// The denom.
        denom: String,
    },
    /// A wallet's total would stay below the minimum.
    #[error("your total in shower {shower} would be {total}: contribute so that it is at least {minimum}")]
    BelowMinimum {
        /// The shower.
        shower: u32,
        /// What the total would be.
        total: Uint128,
        /// Least total.
        minimum: Uint128,
    },
    /// A sum beyond what numbers can say.
    #[error("the sum would overflow {what}: contribute less")]
    TooMuch {
        /// Which number.
        what: &'static str,
    },

    // When.
    /// No such shower.
    #[error("there is no shower {named}: they are numbered 1 to {count}")]
    NoSuchShower {
        /// The shower named.
        named: u32,
        /// How many there are.
        count: u32,
    },
    /// Before shower 1.
    #[error("shower 1 opens at {opens_at} (Unix seconds): contribute from then on")]
    NotOpenYet {
        /// Opening (seconds).
        opens_at: u64,
    },
    /// After the last shower.
    #[error("the last shower has closed: nothing can be contributed any more")]
    Over,
    /// Another shower is open than the one named.
    #[error(
        "shower {named} was named, but shower {open} is open: look at its ranking, then contribute to it"
    )]
    WrongShower {
        /// The shower named.
        named: u32,
        /// The one that is open.
        open: u32,
    },
    /// The shower goes on.
    #[error("shower {shower} goes on until {closes_at} (Unix seconds): close it from then on")]
    NotEnded {
        /// The shower.
        shower: u32,
        /// Its close (seconds).
        closes_at: u64,
    },
    /// Closed before.
    #[error("shower {shower} is already closed: there is nothing left to do")]
    AlreadyClosed {
        /// The shower.
        shower: u32,
    },
    /// Not closed yet.
    #[error("shower {shower} is not closed: send Close first")]
    NotClosed {
        /// The shower.
        shower: u32,
    },
    /// A shower whose draw can be known.
    #[error(
        "shower {shower} can't be cancelled any more: the round that decides its draw was due at {due} (Unix seconds)"
    )]
    TooLateToCancel {
        /// The shower.
        shower: u32,
        /// When the round was due (seconds).
        due: u64,
    },
    /// Too late to mint or to cancel.
    #[error(
        "the mint deadline of shower {shower} was {deadline} (Unix seconds): contributions without a meteor are refunded now"
    )]
    DeadlinePassed {
        /// The shower.
        shower: u32,
        /// Its mint deadline (seconds).
        deadline: u64,
    },
    /// Too early to refund.
    #[error(
        "shower {shower} may still be minted: refunds open at {deadline} (Unix seconds), or when it is cancelled"
    )]
    RefundsNotOpen {
        /// The shower.
        shower: u32,
        /// Its mint deadline (seconds).
        deadline: u64,
    },
    /// A minimum for a shower that has opened.
    #[error("shower {shower} has opened: set the minimum from a later one on")]
    AlreadyOpen {
        /// The shower.
        shower: u32,
    },

    // In what state.
    /// A tilt beyond what odds are defined for.
    #[error("a tilt of {given} basis points: give at most {most}")]
    Tilt {
        /// As given.
        given: u32,
        /// Most.
        most: u32,
    },
    /// Too much held back.
    #[error("{given} basis points held back: give at most {most}")]
    Holdback {
        /// As given.
        given: u32,
        /// Most.
        most: u32,
    },
    /// A tier without pieces.
    #[error("the catalogue has no piece for {tier}: give each tier at least one")]
    NoPieces {
        /// The tier.
        tier: Tier,
    },
    /// Another admin than the launch names.
    #[error(
        "the contract's admin is {admin} where the launch names {named}: make it with the admin it names"
    )]
    Admin {
        /// Who is admin.
        admin: String,
        /// Whom the launch names.
        named: String,
    },
    /// Money for a contract of the event.
    #[error("{address} is a contract of this event: money sent there would stay for good")]
    PaysItself {
        /// The address.
        address: String,
    },
    /// A round that may come too late.
    #[error(
        "the round that decides shower {shower} is due {after} seconds after its close: half of the mint window ({mint_window} seconds) must be left"
    )]
    RoundTooLate {
        /// The shower.
        shower: u32,
        /// Seconds from its close to the round.
        after: u64,
        /// The mint window (seconds).
        mint_window: u64,
    },
    /// Commitments for another number of showers.
    #[error("{given} commitments for {showers} showers: give one for each, in order")]
    Commitments {
        /// As given.
        given: usize,
        /// Showers of the schedule.
        showers: u32,
    },
    /// A beacon that can't be used.
    #[error("the beacon is refused: {0}")]
    Beacon(#[from] BeaconError),
    /// A crack window out of bounds.
    #[error(
        "a crack window of {given} seconds: give {least} (the times for minting and for revealing) to {most}"
    )]
    CrackWindow {
        /// As given.
        given: u64,
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A key window out of bounds.
    #[error(
        "a key window of {given} seconds: give more than the crack window of {crack_window}, at most {most}"
    )]
    KeyWindow {
        /// As given.
        given: u64,
        /// The crack window (seconds).
        crack_window: u64,
        /// Most.
        most: u64,
    },
    /// A time for revealing that is out of bounds.
    #[error("a reveal timeout of {given} seconds: give {least} to {most}")]
    RevealTimeout {
        /// As given.
        given: u64,
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A draw that stands.
    #[error("the draw of shower {shower} was already committed: it never changes")]
    AlreadyDrawn {
        /// Which shower.
        shower: u32,
    },
    /// A mint before the draw.
    #[error("no draw was committed for shower {shower}: send CommitDraw first")]
    NotDrawn {
        /// Which shower.
        shower: u32,
    },
    /// A draw over another number of meteors.
    #[error("the tree has {given} leaves where shower {shower} has {contributors} contributors")]
    Leaves {
        /// Which shower.
        shower: u32,
        /// As given.
        given: u32,
        /// Contributors of the shower.
        contributors: u32,
    },
    /// A beacon's signature that can't exist yet.
    #[error("round {round} of the beacon is due at {due} (Unix seconds): commit to the draw from then on")]
    BeaconNotDue {
        /// The round.
        round: u64,
        /// When it is due (seconds).
        due: u64,
    },
    /// A key that would tell what uncracked meteors hold.
    #[error(
        "the key of shower {shower} may be published at {at} (Unix seconds): meteors are still being cracked"
    )]
    KeyTooEarly {
        /// Which shower.
        shower: u32,
        /// When (seconds).
        at: u64,
    },
    /// Another key than was committed to.
    #[error("this key does not match the commitment of shower {shower}: publish the key that made it")]
    WrongKey {
        /// Which shower.
        shower: u32,
    },
    /// A key that is public.
    #[error("the key of shower {shower} was already published: there is nothing left to do")]
    KeyKnown {
        /// Which shower.
        shower: u32,
    },
    /// `Contribute` is stopped.
    #[error("contributing is paused: try again when the owner has resumed it")]
    Paused,
    /// Paused before.
    #[error("contributing is already paused")]
    AlreadyPaused,
    /// Not paused.
    #[error("contributing is not paused")]
    NotPaused,
    /// The shower was cancelled.
    #[error("shower {shower} was cancelled: contributions without a meteor can be refunded")]
    Cancelled {
        /// The shower.
        shower: u32,
    },
    /// Nothing to cancel: everyone has a meteor.
    #[error("every contributor of shower {shower} has a meteor: there is nothing left to do")]
    AllMinted {
        /// The shower.
        shower: u32,
    },
    /// Another rank is next.
    #[error("the next rank of shower {shower} is {next}, not {given}: some of it is already minted")]
    WrongFirstRank {
        /// The shower.
        shower: u32,
        /// Rank given.
        given: u32,
        /// The next one.
        next: u32,
    },
    /// More pieces than fit.
    #[error(
        "{given} pieces where {most} of {tier} fit: a batch is of one tier and ends with the tier's list of pieces"
    )]
    TooMuchArt {
        /// Pieces given.
        given: usize,
        /// The tier of the next rank.
        tier: Tier,
        /// Most pieces.
        most: u32,
    },
    /// Other pieces than the catalogue has for these ranks.
    #[error(
        "these are not the catalogue's {tier} pieces from {first_piece} on, or the proof is not theirs: take both from the catalogue"
    )]
    NotThePieces {
        /// The tier of the next rank.
        tier: Tier,
        /// Place of its piece in the tier's list, from 0.
        first_piece: u32,
    },
    /// Nothing to pay out.
    #[error(
        "nothing to settle in shower {shower}: everything its minted meteors brought in is booked, but for what is held back until its key is published"
    )]
    NothingToSettle {
        /// The shower.
        shower: u32,
    },
    /// An address that is no payee.
    #[error("{address} is not a payee of this event")]
    NotAPayee {
        /// The address.
        address: String,
    },
    /// A payee that has everything.
    #[error("payee {address} was sent all that is booked for it: settle a shower first")]
    NothingOwed {
        /// The payee.
        address: String,
    },
    /// More than came unasked.
    #[error(
        "{given}{denom} can't be returned: {surplus}{denom} are left over when contributors and payees are paid"
    )]
    Surplus {
        /// The amount given.
        given: Uint128,
        /// Of which denom.
        denom: String,
        /// What came unasked and is still there.
        surplus: Uint128,
    },
    /// No contribution of that wallet.
    #[error("{address} has no contribution in shower {shower}")]
    NoContribution {
        /// The shower.
        shower: u32,
        /// The wallet.
        address: String,
    },
    /// It has its meteor.
    #[error(
        "{address} has its meteor of shower {shower}: only what was held back is returned, and only if the key is not published by {key_deadline} (Unix seconds)"
    )]
    HasMeteor {
        /// The shower.
        shower: u32,
        /// The wallet.
        address: String,
        /// By when the key must be published (seconds).
        key_deadline: u64,
    },
    /// Nothing was held back.
    #[error("nothing was held back of what {address} contributed to shower {shower}")]
    NothingHeld {
        /// The shower.
        shower: u32,
        /// The wallet.
        address: String,
    },
    /// Refunded before, perhaps earlier in the same list.
    #[error("{address} was already refunded for shower {shower}: leave it out of the list")]
    AlreadyRefunded {
        /// The shower.
        shower: u32,
        /// The wallet.
        address: String,
    },

    // Who.
    /// A verb of another role.
    #[error("{verb} is for the {role} alone: send it from that address")]
    NotAllowed {
        /// The verb.
        verb: &'static str,
        /// Whose it is.
        role: &'static str,
    },
}
