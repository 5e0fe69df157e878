//! Where a shower stands and what to do next, in words: for `meteor status`, and for a command that found nothing to do.

use std::ops::RangeInclusive;
use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{DrawResponse, ShowerResponse, Status};
use meteor_operator::jobs::unsettled;
use meteor_operator::launch::utc;
use meteor_operator::node::Node;

use crate::out::say;

/// Exit code of a command that found nothing to do.
pub(crate) const IDLE: u8 = 4;

/// When nothing is left to do for a shower.
const DONE: &str = "nothing left to do";

/// What is next for a shower at `now` (Unix seconds).
pub(crate) fn next(state: &ShowerResponse, draw: &DrawResponse, crack_window: u64, now: u64) -> String {
    let late = !state.key_in_time && now >= state.key_deadline && state.held_returned < state.held;
    let job = match state.status {
        Status::Upcoming => "wait until it opens",
        Status::Open => "wait until it ends",
        Status::Ended => "meteor close",
        Status::Refunding if state.refunded.saturating_add(state.minted_amount) < state.total => {
            "meteor refund"
        }
        Status::Refunding if state.minted == 0 => DONE,
        Status::Closed | Status::Minted if state.contributors == 0 => DONE,
        Status::Closed | Status::Minted if draw.root.is_none() => "meteor draw",
        Status::Closed | Status::Minted if state.minted < state.contributors => "meteor mint",
        // What was minted before the refunds began is paid and revealed like any other.
        Status::Closed | Status::Minted | Status::Refunding if unsettled(state) > 0 => "meteor settle",
        Status::Closed | Status::Minted | Status::Refunding if late => {
            "meteor refund, because its key came late or never"
        }
        Status::Closed | Status::Minted | Status::Refunding if draw.key.is_some() => {
            "only meteor hatch: its key is public"
        }
        Status::Closed | Status::Minted | Status::Refunding => {
            let public = utc(state.closes_at.saturating_add(crack_window));
            let deadline = utc(state.key_deadline);
            return format!("meteor hatch, and meteor publish-key from {public} until {deadline}");
        }
    };
    job.to_owned()
}

/// Where a shower stands.
fn stands(state: &ShowerResponse, draw: &DrawResponse) -> String {
    match state.status {
        Status::Upcoming => format!("opens at {}", utc(state.opens_at)),
        Status::Open => format!("is open until {}", utc(state.closes_at)),
        Status::Ended => "has ended and is not closed".to_owned(),
        Status::Refunding => format!("is refunded: {} of {} so far", state.refunded, state.total),
        Status::Closed | Status::Minted if state.contributors == 0 => "had no contributors".to_owned(),
        Status::Closed | Status::Minted if draw.root.is_none() => "has no draw yet".to_owned(),
        Status::Closed | Status::Minted => {
            let booked = if unsettled(state) > 0 { "not settled" } else { "settled" };
            format!("has {} of {} meteors and is {booked}", state.minted, state.contributors)
        }
    }
}

/// Says that there is nothing to `verb`, where the showers stand and what is next: of the first shower that needs
/// somebody, else of the first that needs time, else that all is done.
pub(crate) async fn nothing(
    verb: &str,
    node: &Node,
    contract: &str,
    showers: RangeInclusive<u32>,
) -> Result<ExitCode> {
    let contract = ShowerContract::new(node, contract);
    let crack_window = contract.fairness().await?.crack_window;
    let now = node.time().await?;
    let mut waits = None;
    for shower in showers {
        let (state, draw) = (contract.shower(shower).await?, contract.draw(shower).await?);
        let next = next(&state, &draw, crack_window, now);
        let line = format!("nothing to {verb}: shower {shower} {}; next: {next}", stands(&state, &draw));
        match state.status {
            Status::Upcoming | Status::Open => {
                waits.get_or_insert(line);
                // Those after it wait as well.
                break;
            }
            Status::Ended | Status::Closed | Status::Minted | Status::Refunding if next != DONE => {
                say!("{line}");
                return Ok(ExitCode::from(IDLE));
            }
            Status::Ended | Status::Closed | Status::Minted | Status::Refunding => {}
        }
    }
    say!("{}", waits.unwrap_or_else(|| format!("nothing to {verb}: {DONE}")));
    Ok(ExitCode::from(IDLE))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::{Value, json};

    use super::*;

    /// What is next for a shower of two contributors and 100 units, with these fields changed.
    fn next_of(status: &str, changes: &[(&str, Value)]) -> String {
        let mut shower = json!({
            "shower": 1, "status": status, "opens_at": 1, "closes_at": 2, "mint_deadline": 3, "minimum": "10",
            "contributors": 2, "total": "100", "last_seq": 2, "log": "00", "earlier": 0,
            "earlier_by_tier": { "legendary": 0, "ancient": 0, "rare": 0, "common": 0 }, "closed": true,
            "cancelled": false, "paused": false, "minted": 0, "minted_amount": "0", "held": "0", "settled": "0",
            "refunds": 0, "refunded": "0", "held_returned": "0", "key_deadline": 100, "key_in_time": false,
        });
        let mut draw = json!({ "shower": 1, "commitment": "00", "leaves": 0, "earlier": 0 });
        for (field, value) in changes {
            let of = if shower.get(field).is_some() { &mut shower } else { &mut draw };
            of.as_object_mut().unwrap().insert((*field).to_owned(), value.clone());
        }
        let (shower, draw) = (serde_json::from_value(shower).unwrap(), serde_json::from_value(draw).unwrap());
        next(&shower, &draw, 10, 50)
    }

    #[test]
    fn nothing_is_left_of_what_was_refunded_or_empty() {
        assert_eq!(next_of("refunding", &[("refunded", json!("99"))]), "meteor refund");
        assert_eq!(next_of("refunding", &[("refunded", json!("100"))]), DONE);
        assert_eq!(next_of("closed", &[("contributors", json!(0)), ("total", json!("0"))]), DONE);
    }

    #[test]
    fn what_was_minted_before_refunds_began_is_paid_and_its_key_published() {
        let half = [("refunded", json!("40")), ("minted", json!(1)), ("minted_amount", json!("60"))];
        assert_eq!(next_of("refunding", &half), "meteor settle");
        let settled = [&half[..], &[("settled", json!("57")), ("held", json!("3"))]].concat();
        assert!(next_of("refunding", &settled).starts_with("meteor hatch, and meteor publish-key from "));
        let public = [&settled[..], &[("key", json!("00"))]].concat();
        assert_eq!(next_of("refunding", &public), "only meteor hatch: its key is public");
    }
}
