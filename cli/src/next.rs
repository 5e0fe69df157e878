//! Where a shower stands and what is next, by whom and until when: pure functions of what the chain says. `meteor status`
//! shows it; a command that found nothing to do says it.

use std::fmt;
use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{DrawResponse, ShowerResponse, Status};
use meteor_operator::jobs::unsettled;
use meteor_operator::node::Node;
use serde::Serialize;

use crate::amounts::counted;
use crate::out::report;
use crate::times::clock;

/// Exit code of a command that found nothing to do.
pub(crate) const IDLE: u8 = 4;

/// When nothing is left to do for a shower.
pub(crate) const DONE: &str = "nothing left to do";

/// Where a shower stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Its key came late or never: what was held back goes back to the contributors.
    KeyLate,
    /// Not minted by its deadline: what has no meteor goes back.
    NotMinted,
    /// Cancelled: what was contributed goes back.
    Cancelled,
    /// Over and not closed.
    Ended,
    /// Closed and not drawn.
    Closed,
    /// Drawn, and no meteor minted.
    Drawn,
    /// Some contributors have their meteor.
    Minting,
    /// All have, and not all that is due is booked for the payees.
    Minted,
    /// All that is due so far is booked. The key is not public.
    Settled,
    /// It accepts contributions.
    Open,
    /// It is to open.
    NotBegun,
    /// Everything is done: minted, booked, its key public.
    Done,
    /// Everything was sent back.
    Refunded,
    /// Nobody contributed.
    Empty,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::KeyLate => "key late",
            Self::NotMinted => "not minted",
            Self::Cancelled => "cancelled",
            Self::Ended => "ended",
            Self::Closed => "closed",
            Self::Drawn => "drawn",
            Self::Minting => "minting",
            Self::Minted => "minted",
            Self::Settled => "settled",
            Self::Open => "open",
            Self::NotBegun => "not begun",
            Self::Done => "done",
            Self::Refunded => "refunded",
            Self::Empty => "empty",
        })
    }
}

/// What has to be done, or waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Job {
    /// What was contributed, or what was held back of it, is sent back.
    Refund,
    /// The shower is closed.
    Close,
    /// The draw is committed to.
    Draw,
    /// Meteors are minted.
    Mint,
    /// What is due is booked for the payees.
    Settle,
    /// What is booked is sent to a payee.
    Withdraw,
    /// Cracked meteors are revealed.
    Hatch,
    /// The shower's key is published.
    PublishKey,
    /// Contributing goes on.
    Resume,
    /// The shower opens by itself.
    WaitOpen,
    /// It ends by itself.
    WaitEnd,
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Refund => "meteor refund",
            Self::Close => "meteor close",
            Self::Draw => "meteor draw",
            Self::Mint => "meteor mint",
            Self::Settle => "meteor settle",
            Self::Withdraw => "meteor withdraw",
            Self::Hatch => "meteor hatch",
            Self::PublishKey => "meteor publish-key",
            Self::Resume => "meteor resume",
            Self::WaitOpen => "wait until it opens",
            Self::WaitEnd => "wait until it ends",
        })
    }
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    /// Whoever wants.
    Anyone,
    /// The operator: alone allowed to, or alone in having the key.
    Operator,
    /// The owner.
    Owner,
    /// Time.
    Nobody,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Anyone => "anyone",
            Self::Operator => "operator",
            Self::Owner => "owner",
            Self::Nobody => "nobody",
        })
    }
}

/// What is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Next {
    /// What.
    pub(crate) job: Job,
    /// By whom.
    pub(crate) by: By,
    /// Not before then (Unix seconds); `None` for now.
    pub(crate) from: Option<u64>,
    /// No later than then (Unix seconds); `None` where nothing is lost by being late.
    pub(crate) until: Option<u64>,
    /// What happens if it is not done by then.
    pub(crate) or_else: Option<&'static str>,
}

impl Next {
    /// `job` by `by`, at any time.
    pub(crate) const fn any_time(job: Job, by: By) -> Self {
        Self { job, by, from: None, until: None, or_else: None }
    }

    const fn before(job: Job, by: By, until: u64, or_else: &'static str) -> Self {
        Self { job, by, from: None, until: Some(until), or_else: Some(or_else) }
    }

    /// What to do now or to wait for, in a few words. The times of a key are what its holder has to know.
    fn briefly(&self) -> String {
        match (self.job, self.from, self.until) {
            (Job::PublishKey, Some(from), Some(until)) => {
                format!("meteor hatch, and meteor publish-key from {} until {}", clock(from), clock(until))
            }
            (Job::PublishKey, None, Some(until)) => format!("meteor publish-key until {}", clock(until)),
            (Job::PublishKey, ..) => "meteor publish-key, late as it is: it lets everyone verify".to_owned(),
            (
                job @ (Job::Refund
                | Job::Close
                | Job::Draw
                | Job::Mint
                | Job::Settle
                | Job::Withdraw
                | Job::Hatch
                | Job::Resume
                | Job::WaitOpen
                | Job::WaitEnd),
                ..,
            ) => job.to_string(),
        }
    }
}

/// A shower as the chain has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Its money and its times.
    pub(crate) state: &'a ShowerResponse,
    /// Whether its draw is committed to.
    pub(crate) drawn: bool,
    /// Whether its key is public, in time or not.
    pub(crate) key_public: bool,
    /// When the round that decides it is due (Unix seconds); `None` before it is closed, and if that isn't known.
    pub(crate) round_due: Option<u64>,
    /// Seconds after its end before which its key can't be published.
    pub(crate) crack_window: u64,
    /// The chain's time (Unix seconds).
    pub(crate) now: u64,
}

const LOST_MINT: &str = "what has no meteor by then is refunded";
const LOST_KEY: &str = "after that the contributors take back what is held back";

impl<'a> Facts<'a> {
    /// A shower and its draw as the contract tells them. `round_due` is not known from that.
    pub(crate) const fn of(
        state: &'a ShowerResponse,
        draw: &DrawResponse,
        crack_window: u64,
        now: u64,
    ) -> Self {
        let (drawn, key_public) = (draw.root.is_some(), draw.key.is_some());
        Self { state, drawn, key_public, round_due: None, crack_window, now }
    }

    /// Contributions without a meteor that go back and did not yet (micro-denom).
    pub(crate) fn refundable(&self) -> u128 {
        let gone = self.state.refunded.saturating_add(self.state.minted_amount);
        match self.state.status {
            Status::Refunding => self.state.total.saturating_sub(gone).u128(),
            Status::Upcoming | Status::Open | Status::Ended | Status::Closed | Status::Minted => 0,
        }
    }

    /// What was held back, goes back because the key came late or never, and did not yet (micro-denom).
    pub(crate) fn held_due(&self) -> u128 {
        let state = self.state;
        let late = !state.key_in_time && self.now >= state.key_deadline;
        if late { state.held.saturating_sub(state.held_returned).u128() } else { 0 }
    }

    /// What is held back until the key is public, and still may become the payees' (micro-denom).
    pub(crate) fn held_back(&self) -> u128 {
        let state = self.state;
        if state.key_in_time || self.now >= state.key_deadline { 0 } else { state.held.u128() }
    }

    /// Where it stands.
    pub(crate) fn state(&self) -> State {
        let state = self.state;
        match state.status {
            Status::Upcoming => State::NotBegun,
            Status::Open => State::Open,
            Status::Refunding if self.refundable() > 0 && state.cancelled => State::Cancelled,
            Status::Refunding if self.refundable() > 0 => State::NotMinted,
            Status::Ended | Status::Closed | Status::Minted | Status::Refunding
                if state.contributors == 0 =>
            {
                if state.cancelled {
                    State::Refunded
                } else {
                    State::Empty
                }
            }
            Status::Refunding if state.minted == 0 => State::Refunded,
            Status::Ended => State::Ended,
            Status::Closed if !self.drawn => State::Closed,
            Status::Closed if state.minted == 0 => State::Drawn,
            Status::Closed => State::Minting,
            // What was minted before the refunds began is paid and revealed like any other.
            Status::Minted | Status::Refunding if self.held_due() > 0 => State::KeyLate,
            Status::Minted | Status::Refunding if unsettled(state) > 0 => State::Minted,
            Status::Minted | Status::Refunding if self.key_public => State::Done,
            Status::Minted | Status::Refunding => State::Settled,
        }
    }

    /// What has to be done or waited for, the next first; nothing if all is done.
    pub(crate) fn next(&self) -> Vec<Next> {
        let state = self.state;
        let mint = |job, by, from| Next { from, ..Next::before(job, by, state.mint_deadline, LOST_MINT) };
        let settle = || (unsettled(state) > 0).then_some(Next::any_time(Job::Settle, By::Anyone));
        let refund = Next::any_time(Job::Refund, By::Anyone);
        // Of a shower without a meteor there is nothing to verify.
        let key = || (state.minted > 0 && !self.key_public).then(|| self.publish_key());
        match self.state() {
            State::NotBegun => {
                vec![Next { until: Some(state.opens_at), ..Next::any_time(Job::WaitOpen, By::Nobody) }]
            }
            State::Open => {
                vec![Next { until: Some(state.closes_at), ..Next::any_time(Job::WaitEnd, By::Nobody) }]
            }
            State::Ended => vec![mint(Job::Close, By::Anyone, None)],
            State::Closed => {
                vec![mint(Job::Draw, By::Operator, self.round_due.filter(|due| *due > self.now))]
            }
            State::Drawn | State::Minting => vec![mint(Job::Mint, By::Anyone, None)],
            State::Cancelled | State::NotMinted => {
                [Some(refund), settle(), key()].into_iter().flatten().collect()
            }
            State::KeyLate => [settle(), Some(refund), key()].into_iter().flatten().collect(),
            State::Minted | State::Settled => [settle(), key()].into_iter().flatten().collect(),
            State::Done | State::Refunded | State::Empty => vec![],
        }
    }

    fn publish_key(&self) -> Next {
        let state = self.state;
        let from = Some(state.closes_at.saturating_add(self.crack_window)).filter(|from| *from > self.now);
        if self.now >= state.key_deadline {
            return Next::any_time(Job::PublishKey, By::Operator);
        }
        Next { from, ..Next::before(Job::PublishKey, By::Operator, state.key_deadline, LOST_KEY) }
    }

    /// What is next, in words.
    pub(crate) fn words(&self) -> String {
        match self.next().first() {
            Some(Next { job: Job::Refund, .. }) if self.state() == State::KeyLate => {
                "meteor refund, because its key came late or never".to_owned()
            }
            Some(next) => next.briefly(),
            None if self.state() == State::Done => "only meteor hatch: its key is public".to_owned(),
            None => DONE.to_owned(),
        }
    }
}

/// Where a shower stands, in words.
fn stands(state: &ShowerResponse, draw: &DrawResponse) -> String {
    match state.status {
        Status::Upcoming => format!("opens at {}", clock(state.opens_at)),
        Status::Open => format!("is open until {}", clock(state.closes_at)),
        Status::Ended | Status::Closed | Status::Minted if state.contributors == 0 => {
            "had no contributors".to_owned()
        }
        Status::Ended => "has ended and is not closed".to_owned(),
        Status::Refunding if state.refunded < state.total => "is not refunded in full".to_owned(),
        Status::Refunding => "is refunded".to_owned(),
        Status::Closed | Status::Minted if draw.root.is_none() => "has no draw yet".to_owned(),
        Status::Closed | Status::Minted => {
            let booked = match unsettled(state) {
                0 if state.minted < state.contributors => "",
                0 => " and is settled",
                _ => " and is not settled",
            };
            format!("has {} of {}{booked}", state.minted, counted(state.contributors, "meteor"))
        }
    }
}

/// Says that there is nothing to `verb`, where the showers stand and what is next: of the first shower that needs
/// somebody, else of the one that needs the least time, else that all is done.
pub(crate) async fn nothing(
    verb: &str,
    node: &Node,
    contract: &str,
    showers: RangeInclusive<u32>,
) -> Result<ExitCode> {
    let contract = ShowerContract::new(node, contract);
    let crack_window = contract.fairness().await?.crack_window;
    let now = node.time().await?;
    let mut waits: Option<(u64, String)> = None;
    for shower in showers {
        let (state, draw) = (contract.shower(shower).await?, contract.draw(shower).await?);
        let facts = Facts::of(&state, &draw, crack_window, now);
        let next = facts.words();
        let line = format!("nothing to {verb}: shower {shower} {}; next: {next}", stands(&state, &draw));
        let from = match facts.next().first() {
            Some(Next { by: By::Nobody, until, .. }) => *until,
            Some(next) => next.from,
            None if next == DONE => continue,
            // Only what is cracked is left to be revealed.
            None => Some(u64::MAX),
        };
        let Some(from) = from else {
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        };
        if waits.as_ref().is_none_or(|(soonest, _)| from < *soonest) {
            waits = Some((from, line));
        }
        // Those after it wait as well.
        if matches!(state.status, Status::Upcoming | Status::Open) {
            break;
        }
    }
    let line = waits.map_or_else(|| format!("nothing to {verb}: {DONE}"), |(_, line)| line);
    report!("nothing", {"said": line}, "{line}");
    Ok(ExitCode::from(IDLE))
}

#[cfg(test)]
pub(crate) mod tests;
