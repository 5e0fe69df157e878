//! Times: when showers are, and whether minting, revealing and publishing leave room for one another.

use meteor_messages::limits::{MAX_KEY_WINDOW, MAX_REVEAL_TIMEOUT, MINT_WINDOW, REVEAL_TIMEOUT};
use meteor_messages::shower::MAX_SHOWERS;
use meteor_rules::NANOS_PER_SECOND;
use meteor_rules::fairness::beacon::{BeaconRule, Network};
use meteor_rules::preset::{Crack, Preset, RelativeSchedule};
use meteor_rules::schedule::{Schedule, ScheduleError};

use super::Known;
use crate::launch::finding::Finding;
use crate::launch::{Launch, LaunchError};

/// The dev beacon's key, whose secret everyone has.
const PUBLIC_BEACON: &str = "8fff3274d482e3cbf1f4f59985e55becff0c9f2fe2149ae0a3874e2df939d7e29a2284f862cd27c401591fb0e59e342c15caebf20c5f33472320d9b77b39eafd79157dc956c6c6b0eafa6b6b43a81b38c26f449cf558c029ed05698a42695d88";
/// Showers shorter than this are for rehearsals (seconds).
const SHORT: u64 = 120;
/// Keys are published, read back and announced before the opening (seconds).
const SOON: u64 = 3_600;
/// Uploads and a slow node may take this long (seconds).
const TOO_SOON: u64 = 600;
/// Blocks may be behind real time by so many seconds and more on a bad day; less than this needs a reason.
const GOOD_DELAY: u64 = 600;
/// On a mainnet people must be able to finish a mint that the operator doesn't (seconds).
const GOOD_MINT_WINDOW: u64 = 3_600;

pub(super) fn check(
    launch: &Launch,
    preset: &Preset,
    known: &Known,
    mainnet: bool,
    found: &mut Vec<Finding>,
) {
    match launch.opens_at(preset) {
        Ok(opens_at) => {
            opening(opens_at, known, mainnet, found);
            schedule(opens_at, preset, found);
        }
        Err(LaunchError::Opening(given)) => found.push(Finding::Opening(given)),
        Err(_) => found.push(Finding::NoOpening),
    }
    let shortest = if preset.schedule.count > 1 {
        preset.schedule.first.min(preset.schedule.interval)
    } else {
        preset.schedule.first
    };
    if mainnet && (1..SHORT).contains(&shortest) {
        found.push(Finding::Short(shortest));
    }
    windows(launch, preset, mainnet, found);
}

fn opening(opens_at: u64, known: &Known, mainnet: bool, found: &mut Vec<Finding>) {
    if known.deployed {
        return;
    }
    let left = opens_at.saturating_sub(known.now);
    if left == 0 {
        found.push(Finding::Past(known.now.saturating_sub(opens_at)));
    } else if mainnet && left < TOO_SOON {
        found.push(Finding::TooSoon(left));
    } else if left < SOON {
        found.push(Finding::Soon(left));
    }
}

/// Whether block time, nanoseconds in 64 bits, can say every time of the event.
fn schedule(opens_at: u64, preset: &Preset, found: &mut Vec<Finding>) {
    let schedule: Schedule = RelativeSchedule { opens_at: None, ..preset.schedule }.opening(opens_at);
    if schedule.count > MAX_SHOWERS {
        return found.push(Finding::Showers(schedule.count));
    }
    match schedule.validate() {
        Err(ScheduleError::NoShowers) => return found.push(Finding::Showers(0)),
        Err(error) => return found.push(Finding::Schedule(error)),
        Ok(()) => {}
    }
    let deadline = schedule
        .closes_at(schedule.count)
        .and_then(|close| close.checked_add(preset.crack.key_window))
        .and_then(|deadline| deadline.checked_mul(NANOS_PER_SECOND));
    if deadline.is_none() {
        found.push(Finding::TooLate);
    }
}

/// The beacon, and the times that depend on whose it is.
fn windows(launch: &Launch, preset: &Preset, mainnet: bool, found: &mut Vec<Finding>) {
    let mint_window = preset.mint_window;
    let (least, most) = MINT_WINDOW;
    let fits = (least..=most).contains(&mint_window);
    if !fits {
        found.push(Finding::MintWindow(mint_window));
    } else if mainnet && mint_window < GOOD_MINT_WINDOW {
        found.push(Finding::ShortMintWindow { given: mint_window, least: GOOD_MINT_WINDOW });
    }
    let whose = beacon(launch, mainnet, found);
    if let (Some((_, after)), true) = (whose, fits)
        && after.saturating_mul(2) > mint_window
    {
        found.push(Finding::RoundTooLate { after, mint_window });
    }
    let Crack { reveal_timeout: given, crack_window, key_window, .. } = preset.crack;
    let (real, test) = REVEAL_TIMEOUT;
    let quicknet = whose.is_none_or(|(whose, _)| whose == Network::Quicknet);
    let least = if mainnet || quicknet { real } else { test };
    if !(least..=MAX_REVEAL_TIMEOUT).contains(&given) {
        found.push(Finding::RevealTimeout { given, least });
    }
    let least = mint_window.saturating_add(given);
    if !(least..=MAX_KEY_WINDOW).contains(&crack_window) {
        found.push(Finding::CrackWindow { given: crack_window, least });
    }
    if key_window <= crack_window || key_window > MAX_KEY_WINDOW {
        found.push(Finding::KeyWindow { given: key_window, crack_window });
    }
}

/// Whose beacon it is, and how many seconds after a close its round is due at the latest; `None` if it is none.
fn beacon(launch: &Launch, mainnet: bool, found: &mut Vec<Finding>) -> Option<(Network, u64)> {
    let Ok((network, delay)) = launch.beacon.network() else {
        found.push(Finding::BeaconKey);
        return None;
    };
    let rule = BeaconRule { genesis: network.genesis, period: network.period, delay };
    let whose = match rule.check(network.public_key.as_bytes()) {
        Ok(whose) => whose,
        Err(error) => {
            found.push(Finding::Beacon(error));
            return None;
        }
    };
    match whose {
        Network::Quicknet if delay < GOOD_DELAY => found.push(Finding::Delay(delay)),
        Network::Own if mainnet && network.public_key.to_string() == PUBLIC_BEACON => {
            found.push(Finding::PublicBeacon);
        }
        Network::Own if mainnet => found.push(Finding::OwnBeacon),
        Network::Quicknet | Network::Own => {}
    }
    // The latest round is named where the close is just after one was due.
    Some((whose, delay.saturating_add(network.period)))
}
