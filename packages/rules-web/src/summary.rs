//! The event as a page shows it before any shower is checked.

use meteor_rules::fairness::beacon::Network;
use meteor_rules::fairness::evidence::{Fairness, Shower};
use meteor_rules::fairness::verify::{Step, verify_event};
use serde::Serialize;

/// The event, and the steps that concern all of it.
#[derive(Debug, Serialize)]
pub(crate) struct Event {
    chain_id: String,
    contract: String,
    /// `quicknet`, `test` (of a test chain), or null for what is no beacon.
    beacon: Option<&'static str>,
    /// Seconds from a shower's end to the earliest beacon round that may decide it.
    delay: u64,
    steps: Vec<Step>,
    showers: Vec<Summary>,
}

/// Where one shower stands.
#[derive(Debug, Serialize)]
struct Summary {
    shower: u32,
    state: State,
    /// Whether contributing was paused while it was open.
    paused: bool,
    contributors: u32,
    /// Meteors of all showers before: the one of rank r is number `earlier + r`.
    earlier: u64,
    /// When it was due to close (Unix seconds).
    closes_at: u64,
    /// Until when its key is due (Unix seconds).
    key_due: u64,
}

/// How much of a shower there is to check.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// Nothing is final.
    Open,
    /// Closed and not drawn.
    Closed,
    /// Nobody contributed, so nothing was to be drawn.
    Empty,
    /// Contributions go back.
    Cancelled,
    /// The root is on the chain, the key is not.
    Sealed,
    /// The key is out: everything can be recomputed.
    Published,
}

impl Event {
    pub(crate) fn of(event: &Fairness, catalogue: Option<&[u8]>) -> Self {
        let showers = event.showers.iter().map(|shower| Summary {
            shower: shower.shower,
            state: state(shower),
            paused: shower.paused,
            contributors: shower.contributors,
            earlier: shower.earlier,
            closes_at: shower.closes_at,
            key_due: shower.closes_at.saturating_add(event.key_window),
        });
        Self {
            chain_id: event.chain_id.clone(),
            contract: event.contract.clone(),
            beacon: match event.beacon.network() {
                Ok(Network::Quicknet) => Some("quicknet"),
                Ok(Network::Own) => Some("test"),
                Err(_) => None,
            },
            delay: event.beacon.delay,
            steps: verify_event(event, catalogue),
            showers: showers.collect(),
        }
    }
}

fn state(shower: &Shower) -> State {
    if shower.cancelled {
        State::Cancelled
    } else if shower.is_open() {
        State::Open
    } else if shower.contributors == 0 {
        State::Empty
    } else if shower.root.is_none() {
        State::Closed
    } else if shower.key.is_none() {
        State::Sealed
    } else {
        State::Published
    }
}
