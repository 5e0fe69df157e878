//! Which snapshots are kept: the newest few, and the last of each day for a while. Pure.

use std::collections::BTreeSet;

/// Days of which the last snapshot is kept.
const DAYS: u64 = 30;
const SECONDS_A_DAY: u64 = 86_400;

/// The heights of the snapshots that can go, of all that are there: height and time of writing (Unix seconds). Of
/// those written last `newest` stay, at least one.
pub(super) fn expired(all: &[(u64, u64)], newest: usize) -> Vec<u64> {
    let mut sorted = all.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    // Counted from the newest one: a store that isn't written to loses nothing.
    let today = sorted.iter().map(|(_, written)| written / SECONDS_A_DAY).max().unwrap_or(0);
    let mut days = BTreeSet::new();
    let mut expired = Vec::new();
    for (place, (height, written)) in sorted.into_iter().enumerate() {
        let day = written / SECONDS_A_DAY;
        let last_of_its_day = days.insert(day) && today.saturating_sub(day) < DAYS;
        if place >= newest.max(1) && !last_of_its_day {
            expired.push(height);
        }
    }
    expired
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_and_the_last_of_each_day_stay() {
        // Three a day, on forty days.
        let all: Vec<_> = (0..120).map(|n| (100 * n, n * SECONDS_A_DAY / 3)).collect();
        let gone = expired(&all, 5);
        let kept: Vec<_> =
            all.iter().map(|(height, _)| *height).filter(|height| !gone.contains(height)).collect();
        assert_eq!(kept.len(), 5 + 28, "five of two days, and one of each of the 28 days before");
        assert!(kept.ends_with(&[11_400, 11_500, 11_600, 11_700, 11_800, 11_900][1..]));
        assert!(kept.contains(&11_000) && !kept.contains(&11_100), "the last of its day, not the first");
        assert!(!kept.contains(&800), "a day long ago");
    }

    #[test]
    fn one_always_stays() {
        assert_eq!(expired(&[(7, 0)], 0), Vec::<u64>::new());
        assert_eq!(expired(&[], 3), Vec::<u64>::new());
    }
}
