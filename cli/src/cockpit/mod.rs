//! What `meteor status` shows of an event: `seen` asks the chain, this file makes of the answers what matters, `screen`
//! writes all of it on one screen and `full` one shower in full.

mod full;
mod screen;
mod seen;
mod sheet;
#[cfg(test)]
mod tests;

use cosmwasm_std::{HexBinary, Uint128};
use meteor_messages::hatchery::CustodyResponse;
use meteor_messages::shower::{DrawResponse, ShowerResponse, Status};
use meteor_operator::jobs::{Left, unsettled};
use serde::Serialize;

use self::seen::MOST_CRACKED;
pub(crate) use self::seen::{Seen, Unknown};
use crate::next::{By, Facts, Job, Next, State};

/// An event as its operator has to see it. Amounts are in micro-denom, times in Unix seconds.
#[derive(Debug, Serialize)]
pub(crate) struct Cockpit {
    /// Its chain.
    chain_id: String,
    /// The shower contract.
    contract: String,
    /// What the launch called it.
    label: Option<String>,
    /// The chain's last block.
    block: Option<Block>,
    /// By which time everything below is said: the last block's, or this machine's if that isn't known.
    pub(crate) now: u64,
    /// Whether contributing is paused.
    paused: Option<bool>,
    /// The denom that is contributed.
    denom: Option<String>,
    /// What became of the money.
    money: Option<Money>,
    /// Every shower, in order.
    pub(crate) showers: Vec<Shower>,
    /// Who is paid.
    payees: Vec<Payee>,
    /// Who holds a role, and what they have for fees.
    pub(crate) accounts: Vec<Account>,
    /// The meteors that wait to be revealed.
    pub(crate) worker: Option<Worker>,
    /// What is next for the event as a whole; each shower has its own.
    next: Vec<Next>,
    /// What could not be asked.
    unknown: Vec<Unknown>,
}

/// The chain's last block.
#[derive(Clone, Copy, Debug, Serialize)]
struct Block {
    height: u64,
    time: u64,
    /// How old it is by this machine's clock (seconds).
    age: u64,
}

/// What became of the money of all showers.
#[derive(Clone, Copy, Debug, Serialize)]
struct Money {
    /// Contributed.
    contributed: Uint128,
    /// Booked for the payees.
    booked: Uint128,
    /// Due to the payees and not booked yet.
    to_book: Uint128,
    /// Booked and not sent; `None` if the payees aren't known.
    owed: Option<Uint128>,
    /// Sent to the payees.
    paid: Option<Uint128>,
    /// Held back until keys are public.
    held_back: Uint128,
    /// Sent back to contributors.
    sent_back: Uint128,
    /// To be sent back to contributors.
    to_send_back: Uint128,
}

/// A shower.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shower {
    #[serde(rename = "shower")]
    pub(crate) number: u32,
    /// `None` while its draw could not be asked.
    pub(crate) state: Option<State>,
    opens_at: u64,
    pub(crate) closes_at: u64,
    pub(crate) mint_deadline: u64,
    /// From then on its key can be published.
    pub(crate) key_from: Option<u64>,
    pub(crate) key_deadline: u64,
    minimum: Uint128,
    pub(crate) contributors: u32,
    contributed: Uint128,
    pub(crate) minted: u32,
    booked: Uint128,
    to_book: Uint128,
    held_back: Uint128,
    sent_back: Uint128,
    to_send_back: Uint128,
    /// Whether contributing was paused while it was open.
    paused: bool,
    cancelled: bool,
    /// Contributors whose contribution was sent back.
    refunds: u32,
    /// The commitment to its key.
    commitment: Option<HexBinary>,
    /// Whether the key is public; `None` if that isn't known.
    pub(crate) key_public: Option<bool>,
    /// Root over what its meteors hold.
    root: Option<HexBinary>,
    /// The beacon's round that decides it, and when that is due.
    pub(crate) round: Option<u64>,
    pub(crate) round_due: Option<u64>,
    /// Its meteors that wait to be revealed.
    cracked: Option<Worker>,
    next: Vec<Next>,
}

/// A payee.
#[derive(Clone, Debug, Serialize)]
struct Payee {
    address: String,
    share_bp: u32,
    owed: Uint128,
    paid: Uint128,
}

/// An account with a role.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Account {
    pub(crate) role: &'static str,
    /// `None` for an owner that renounced.
    pub(crate) address: Option<String>,
    /// What it has for fees.
    pub(crate) balance: Option<Uint128>,
    /// About what it needs for what is left to do.
    pub(crate) needs: Uint128,
    /// Denom of both.
    denom: String,
}

impl Account {
    fn low(&self) -> bool {
        self.balance.is_some_and(|balance| balance < self.needs)
    }
}

/// Meteors that wait to be revealed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Worker {
    waiting: u32,
    /// Whether there are more than were looked at.
    more: bool,
    /// Those that can't be revealed any more: their holders take them back.
    late: u32,
    /// When the first of them was cracked.
    pub(crate) since: Option<u64>,
    /// When the first can't be revealed any more and is taken back.
    until: Option<u64>,
}

impl Worker {
    /// With one more, as it is at `now`.
    fn and(self, one: &CustodyResponse, now: u64) -> Self {
        let (since, until) = (one.since, one.reclaim_at);
        if until <= now {
            return Self { late: self.late.saturating_add(1), ..self };
        }
        let first = |so_far: Option<u64>, time| Some(so_far.map_or(time, |so_far: u64| so_far.min(time)));
        Self {
            waiting: self.waiting.saturating_add(1),
            since: first(self.since, since),
            until: first(self.until, until),
            ..self
        }
    }

    fn next(self) -> Option<Next> {
        let until = self.until?;
        Some(Next {
            until: Some(until),
            or_else: Some("after that their holders take them back"),
            ..Next::any_time(Job::Hatch, By::Operator)
        })
    }
}

impl Cockpit {
    /// Makes it of what was seen. `clock` is this machine's time.
    pub(crate) fn of(seen: Seen, clock: u64) -> Self {
        let block = seen.block.as_ref().map(|status| {
            let time = status.time_ns / 1_000_000_000;
            Block { height: status.height, time, age: clock.saturating_sub(time) }
        });
        let now = block.map_or(clock, |block| block.time);
        let showers: Vec<Shower> =
            seen.showers.iter().flatten().map(|state| shower(&seen, state, now)).collect();
        let payees: Option<Vec<Payee>> = seen.payees.as_ref().map(|payees| {
            let payee = |payee: &meteor_messages::shower::PayeeResponse| Payee {
                address: payee.address.clone(),
                share_bp: payee.share_bp,
                owed: payee.owed,
                paid: payee.withdrawn,
            };
            payees.iter().map(payee).collect()
        });
        let money = seen.showers.is_some().then(|| money(&showers, payees.as_deref()));
        let worker = seen.custody.as_ref().map(|custody| {
            let none = Worker { more: custody.len() >= MOST_CRACKED, ..Worker::default() };
            custody.iter().fold(none, |all, one| all.and(one, now))
        });
        let paused = seen.config.as_ref().map(|config| config.paused);
        let owed = payees.iter().flatten().any(|payee| !payee.owed.is_zero());
        let next = [
            (paused == Some(true)).then_some(Next::any_time(Job::Resume, By::Owner)),
            worker.and_then(Worker::next),
            owed.then_some(Next::any_time(Job::Withdraw, By::Anyone)),
        ];
        let payees = payees.unwrap_or_default();
        let left = left(&showers, &payees, worker);
        let accounts = accounts(&seen, left);
        Self {
            chain_id: seen.chain_id,
            contract: seen.contract,
            label: seen.label,
            block,
            now,
            paused,
            denom: seen.config.map(|config| config.denom),
            money,
            showers,
            payees,
            accounts,
            worker,
            next: next.into_iter().flatten().collect(),
            unknown: seen.unknown,
        }
    }

    /// What could not be asked.
    pub(crate) fn unknown(&self) -> &[Unknown] {
        &self.unknown
    }
}

fn shower(seen: &Seen, state: &ShowerResponse, now: u64) -> Shower {
    let draw = seen.draws.get(&state.shower);
    let fairness = seen.fairness.as_ref();
    let crack_window = fairness.map(|fairness| fairness.crack_window);
    let round = draw.and_then(|draw| draw.beacon_round);
    let round_due = fairness.zip(round).and_then(|(fairness, round)| fairness.beacon.due(round));
    let drawn = drawn(state, draw);
    let key_from = crack_window.map(|window| state.closes_at.saturating_add(window));
    let key_public = key_public(state, draw, key_from.is_some_and(|from| now < from));
    let facts = Facts {
        state,
        drawn: drawn.unwrap_or_default(),
        key_public: key_public.unwrap_or_default(),
        round_due,
        crack_window: crack_window.unwrap_or_default(),
        now,
    };
    // Whatever matters in this state is known, or nothing is said of it. The money is known in any case.
    let known = drawn.is_some() && key_public.is_some();
    let meteors = state.earlier.saturating_add(1)..=state.earlier.saturating_add(state.contributors.into());
    let cracked = seen.custody.as_ref().map(|custody| {
        let ours = custody.iter().filter(|one| meteors.contains(&one.token_id));
        ours.fold(Worker::default(), |all, one| all.and(one, now))
    });
    let commitments = fairness.map(|fairness| fairness.commitments.as_slice()).unwrap_or_default();
    let at = usize::try_from(state.shower.saturating_sub(1)).ok();
    Shower {
        number: state.shower,
        state: known.then(|| facts.state()),
        opens_at: state.opens_at,
        closes_at: state.closes_at,
        mint_deadline: state.mint_deadline,
        key_from,
        key_deadline: state.key_deadline,
        minimum: state.minimum,
        contributors: state.contributors,
        contributed: state.total,
        minted: state.minted,
        booked: state.settled,
        to_book: Uint128::new(unsettled(state)),
        held_back: Uint128::new(facts.held_back()),
        sent_back: state.refunded.saturating_add(state.held_returned),
        to_send_back: Uint128::new(facts.refundable().saturating_add(facts.held_due())),
        paused: state.paused,
        cancelled: state.cancelled,
        refunds: state.refunds,
        commitment: at.and_then(|at| commitments.get(at).cloned()),
        key_public,
        root: draw.and_then(|draw| draw.root.clone()),
        round,
        round_due,
        cracked,
        next: if known { facts.next() } else { vec![] },
    }
}

/// Whether the draw is committed to, as far as it is known or matters.
fn drawn(state: &ShowerResponse, draw: Option<&DrawResponse>) -> Option<bool> {
    let told = draw.map(|draw| draw.root.is_some());
    match state.status {
        // No meteor is minted before.
        Status::Closed => told.or((state.minted > 0).then_some(true)),
        Status::Upcoming | Status::Open | Status::Ended | Status::Minted | Status::Refunding => {
            Some(told.unwrap_or(state.minted > 0))
        }
    }
}

/// Whether the key is public, as far as it is known or matters. `early` says that it can't be yet.
fn key_public(state: &ShowerResponse, draw: Option<&DrawResponse>, early: bool) -> Option<bool> {
    let told = draw.map(|draw| draw.key.is_some()).or(state.key_in_time.then_some(true));
    match state.status {
        Status::Minted | Status::Refunding if state.minted > 0 && !early => told,
        Status::Upcoming
        | Status::Open
        | Status::Ended
        | Status::Closed
        | Status::Minted
        | Status::Refunding => Some(told.unwrap_or(false)),
    }
}

/// Whether a shower's draw has to be asked: nothing else says where it stands. `early` says that its key can't be public
/// yet.
fn needs_draw(state: &ShowerResponse, early: bool) -> bool {
    drawn(state, None).is_none() || key_public(state, None, early).is_none()
}

fn money(showers: &[Shower], payees: Option<&[Payee]>) -> Money {
    let sum =
        |of: fn(&Shower) -> Uint128| showers.iter().map(of).fold(Uint128::zero(), Uint128::saturating_add);
    let paid = |of: fn(&Payee) -> Uint128| {
        payees.map(|payees| payees.iter().map(of).fold(Uint128::zero(), Uint128::saturating_add))
    };
    Money {
        contributed: sum(|shower| shower.contributed),
        booked: sum(|shower| shower.booked),
        to_book: sum(|shower| shower.to_book),
        owed: paid(|payee| payee.owed),
        paid: paid(|payee| payee.paid),
        held_back: sum(|shower| shower.held_back),
        sent_back: sum(|shower| shower.sent_back),
        to_send_back: sum(|shower| shower.to_send_back),
    }
}

/// What is left to do for whoever does all that anyone may do, and the operator.
fn left(showers: &[Shower], payees: &[Payee], worker: Option<Worker>) -> Left {
    let mut left = Left { reveals: worker.unwrap_or_default().waiting.into(), ..Left::default() };
    for shower in showers {
        let Some(state) = shower.state else { continue };
        let (wallets, minted) = (u64::from(shower.contributors), u64::from(shower.minted));
        // A key, and the settling of what was held back.
        let key = 2;
        let (ones, meteors, refunds) = match state {
            State::NotBegun | State::Open | State::Ended => (3 + key, wallets, 0),
            State::Closed => (2 + key, wallets, 0),
            State::Drawn | State::Minting => (1 + key, wallets.saturating_sub(minted), 0),
            State::Minted => (1 + key, 0, 0),
            State::Settled => (key, 0, 0),
            State::KeyLate => (key, 0, minted),
            State::Cancelled | State::NotMinted => {
                let refunds = wallets.saturating_sub(minted).saturating_sub(shower.refunds.into());
                (if minted > 0 { 1 + key } else { 0 }, 0, refunds)
            }
            State::Done | State::Refunded | State::Empty => (0, 0, 0),
        };
        left.ones = left.ones.saturating_add(ones);
        left.meteors = left.meteors.saturating_add(meteors);
        left.refunds = left.refunds.saturating_add(refunds);
    }
    let all = u64::try_from(payees.len()).unwrap_or(u64::MAX);
    let owed = payees.iter().filter(|payee| !payee.owed.is_zero()).count();
    let withdraws = if left.ones > 0 { all } else { u64::try_from(owed).unwrap_or(u64::MAX) };
    Left { ones: left.ones.saturating_add(withdraws), ..left }
}

fn accounts(seen: &Seen, left: Left) -> Vec<Account> {
    let Some(config) = &seen.config else { return vec![] };
    // What may have to be done in a hurry: a cancelled shower, a pause.
    let once = Left { ones: 1, ..Left::default() };
    let roles = [
        ("operator", Some(&config.operator), left),
        ("owner", config.owner.as_ref(), once),
        ("guardian", Some(&config.guardian), once),
    ];
    let account = |(role, address, left): (&'static str, Option<&String>, Left)| Account {
        role,
        address: address.cloned(),
        balance: address.and_then(|address| seen.balances.get(address)).copied().map(Uint128::new),
        needs: Uint128::new(seen.gas_price.fee(left.gas())),
        denom: seen.gas_price.denom.clone(),
    };
    roles.into_iter().map(account).collect()
}

/// Showers in a few characters: `1-11, 13`.
fn numbers(showers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for shower in showers {
        match runs.last_mut() {
            Some((_, last)) if last.saturating_add(1) == *shower => *last = *shower,
            Some(_) | None => runs.push((*shower, *shower)),
        }
    }
    let run = |(first, last): &(u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    runs.iter().map(run).collect::<Vec<_>>().join(", ")
}
