//! Waits for the round of the beacon that decides a shower, by the chain's clock alone: this machine's may be wrong.

use std::time::Duration;

use meteor_chain::{NodeError, backoff};

use super::JobError;
use crate::beacon::{BeaconClient, BeaconError, BeaconRound, SourceFault};
use crate::node::Node;

/// How often the chain's clock is looked at.
const LONGEST_LOOK: Duration = Duration::from_secs(1);
const SHORTEST_LOOK: Duration = Duration::from_millis(100);
/// How often the chain's time is asked for until somebody answers: for some minutes.
const ASKED: u32 = 10;

/// What the waiting is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The round is not due yet.
    NotDue {
        /// When it is (Unix seconds).
        due: u64,
        /// The chain's time.
        now: u64,
    },
    /// It is due, and no relay sent it.
    NotSent {
        /// What was wrong with each.
        faults: Vec<SourceFault>,
        /// When they are asked again.
        again: Duration,
        /// The chain's time.
        now: u64,
    },
}

/// Waits until `round` is due and a relay sends it, but not past `deadline` (Unix seconds): from then on the contract
/// takes no draw of the shower. `waits` is told of each look at the clock and of each round of failures.
///
/// # Errors
/// [`JobError::TooLate`] after the deadline; otherwise if there is no such round or no node answers.
pub async fn round(
    node: &Node,
    beacon: &BeaconClient,
    round: u64,
    deadline: u64,
    mut waits: impl FnMut(Waiting) + Send,
) -> Result<BeaconRound, JobError> {
    let due = beacon.network().due(round)?;
    let mut attempt = 0_u32;
    loop {
        let now = time(node).await?;
        if now >= deadline {
            return Err(JobError::TooLate { round, deadline });
        }
        if now < due {
            waits(Waiting::NotDue { due, now });
            let missing = Duration::from_secs(due.saturating_sub(now));
            tokio::time::sleep(missing.clamp(SHORTEST_LOOK, LONGEST_LOOK)).await;
            continue;
        }
        match beacon.round(round).await {
            Err(BeaconError::NoSource { faults, .. }) => {
                attempt = attempt.saturating_add(1);
                let again = beacon.pause(attempt, &faults);
                waits(Waiting::NotSent { faults, again, now });
                tokio::time::sleep(again).await;
            }
            fetched => return Ok(fetched?.round),
        }
    }
}

/// The chain's time. A wait of an hour doesn't end because nobody answered for a moment.
async fn time(node: &Node) -> Result<u64, NodeError> {
    let mut attempt = 1;
    loop {
        match node.time().await {
            Err(error) if attempt < ASKED && error.another_may_answer() => {
                tokio::time::sleep(backoff::after(LONGEST_LOOK, backoff::LONGEST, attempt)).await;
                attempt = attempt.saturating_add(1);
            }
            time => return time,
        }
    }
}
