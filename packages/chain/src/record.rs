//! What is held for and against a node, and for how long. Pure: whoever asks passes the time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

/// The method under which whole windows of blocks are counted.
pub(crate) const BLOCKS: &str = "blocks";
/// The name under which a request for the header of a tip is counted: that it is there clears no failed block.
pub(crate) const TIP_HEADER: &str = "tip_header";
/// A tip this far above what is known to exist is compared with the node's highest header first. As much below
/// it, or below what the same node told before, is held against the node: as many blocks as a node may stand
/// still while others go on.
pub(crate) const FAR: u64 = 10;
/// After so many blocks that a node should have and doesn't its tip is taken for a lie.
const LIES: u32 = 3;
/// More doesn't make it worse: forgiving must come to an end.
const MOST: u32 = 7;

/// What a node does wrong. Each is cleared only by its own kind of good answer, or forgiven with time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// It doesn't say where it is, or of which chain.
    Tip,
    /// It doesn't give blocks.
    Blocks,
    /// It doesn't answer queries and transactions.
    Queries,
    /// It gave blocks that can't be true.
    Doubts,
    /// It told tips that it doesn't have, or that went back.
    Lies,
    /// It stands still while others go on.
    Behind,
}

impl Trouble {
    /// All of them.
    pub(crate) const ALL: [Self; 6] =
        [Self::Tip, Self::Blocks, Self::Queries, Self::Doubts, Self::Lies, Self::Behind];

    /// The kind of what goes wrong with `method`.
    pub(crate) fn of(method: &str) -> Self {
        match method {
            "abci_info" | "status" | TIP_HEADER => Self::Tip,
            BLOCKS | "block" | "block_results" | "blockchain" => Self::Blocks,
            _ => Self::Queries,
        }
    }

    /// A word for metrics.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Tip => "tip",
            Self::Blocks => BLOCKS,
            Self::Queries => "queries",
            Self::Doubts => "doubts",
            Self::Lies => "lies",
            Self::Behind => "behind",
        }
    }

    /// What it is, in words.
    const fn words(self) -> &'static str {
        match self {
            Self::Tip => "it did not say where it is",
            Self::Blocks => "it did not give blocks",
            Self::Queries => "it did not answer queries",
            Self::Doubts => "it gave blocks that can't be true",
            Self::Lies => "it told a tip that it does not have, or that went back",
            Self::Behind => "it stands still while others go on",
        }
    }

    /// After this time without more of it half is forgiven: the node may have healed, and only asking it
    /// again shows that.
    const fn half_life(self) -> Duration {
        match self {
            Self::Tip | Self::Blocks | Self::Queries | Self::Lies | Self::Behind => Duration::from_mins(1),
            Self::Doubts => Duration::from_mins(5),
        }
    }
}

/// How a node is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NodeStatus {
    /// Host and port; with a number where several addresses have the same.
    pub name: String,
    /// The tip it told last, as far as it is believed; 0 for never.
    pub tip: u64,
    /// The lowest height it has, where it has said so.
    pub lowest: Option<u64>,
    /// Its CometBFT version, once it is known to follow the right chain.
    pub version: Option<String>,
    /// 100 for healthy, halved by each thing in `reasons`.
    pub score: u32,
    /// What is held against it now.
    pub reasons: Vec<String>,
    /// How long it is left alone (milliseconds).
    pub waiting_ms: u64,
    /// Requests a second that it takes, once it has refused some.
    pub requests_per_second: Option<f64>,
    /// The usual time to the first bytes of an answer (milliseconds).
    pub latency_ms: u64,
    /// Its last error; null once nothing is held against it any more.
    pub last_error: Option<String>,
    /// How long ago that was.
    pub last_error_seconds: Option<u64>,
    /// The same as `reasons`, counted by a short word.
    #[serde(skip)]
    pub troubles: BTreeMap<&'static str, u32>,
    /// Requests so far by method and outcome.
    #[serde(skip)]
    pub outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

/// How often, and when last.
#[derive(Clone, Copy, Debug)]
struct Count {
    count: u32,
    last: Instant,
}

/// The record of one node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    troubles: BTreeMap<Trouble, Count>,
    /// Not to be asked for anything before: it can't be reached, or follows another chain.
    down: Option<Instant>,
    /// Not to be asked before, by what goes wrong.
    waits: BTreeMap<Trouble, Instant>,
    /// How often it did not have blocks below the tip that it tells.
    undelivered: u32,
    /// The highest block that it gave.
    delivered: u64,
    /// The tip it told last, as far as it is believed.
    pub(crate) tip: u64,
    pub(crate) lowest: Option<u64>,
    pub(crate) version: Option<String>,
    /// When it said last which chain it follows.
    pub(crate) identified: Option<Instant>,
    last_error: Option<(Instant, String)>,
    pub(crate) outcomes: BTreeMap<(&'static str, &'static str), u64>,
}

impl Record {
    /// Counts a request.
    pub(crate) fn counted(&mut self, method: &'static str, outcome: &'static str) {
        let count = self.outcomes.entry((method, outcome)).or_default();
        *count = count.saturating_add(1);
    }

    /// A good answer to `method`. It clears what went wrong with the same kind before, and nothing else.
    pub(crate) fn good(&mut self, method: &'static str, now: Instant) {
        self.counted(method, "ok");
        self.down = None;
        self.clear(Trouble::of(method), now);
    }

    /// Clears what went wrong in one way.
    pub(crate) fn clear(&mut self, trouble: Trouble, now: Instant) {
        self.waits.remove(&trouble);
        self.troubles.remove(&trouble);
        if self.trouble(now) == 0 {
            self.last_error = None;
        }
    }

    /// Something went wrong once more.
    pub(crate) fn add(&mut self, trouble: Trouble, why: String, now: Instant) {
        let count = self.count(trouble, now).saturating_add(1).min(MOST);
        self.troubles.insert(trouble, Count { count, last: now });
        self.last_error = Some((now, why));
    }

    /// It is asked for nothing for as long as `wait`.
    pub(crate) fn leave(&mut self, wait: Duration, now: Instant) {
        self.down = Some(now + wait);
    }

    /// It isn't asked for what went wrong for as long as `wait`.
    pub(crate) fn leave_for(&mut self, trouble: Trouble, wait: Duration, now: Instant) {
        self.waits.insert(trouble, now + wait);
    }

    /// How long it is still left alone, for requests of this kind.
    pub(crate) fn wait(&self, kind: Trouble, now: Instant) -> Duration {
        let until = self.down.max(self.waits.get(&kind).copied());
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// How long it is still left alone for anything.
    pub(crate) fn longest_wait(&self, now: Instant) -> Duration {
        let until = self.down.max(self.waits.values().copied().max());
        until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }

    /// What of one kind is held against it.
    pub(crate) fn count(&self, trouble: Trouble, now: Instant) -> u32 {
        self.troubles.get(&trouble).map_or(0, |Count { count, last }| {
            let halves =
                now.saturating_duration_since(*last).as_secs() / trouble.half_life().as_secs().max(1);
            count.checked_shr(u32::try_from(halves).unwrap_or(u32::MAX)).unwrap_or(0)
        })
    }

    /// All that is held against it.
    pub(crate) fn trouble(&self, now: Instant) -> u32 {
        Trouble::ALL.iter().fold(0, |sum, trouble| sum.saturating_add(self.count(*trouble, now)))
    }

    /// Notes the tip that it tells, after its headers were looked at where that was needed; gives the one to
    /// go by. One that was told and not delivered again and again is a lie, of which only the next block is
    /// believed.
    pub(crate) fn told(&mut self, tip: u64, now: Instant) -> u64 {
        if tip.saturating_add(FAR) < self.tip {
            self.add(Trouble::Lies, format!("its tip went back from {} to {tip}", self.tip), now);
        }
        if tip < self.tip {
            self.undelivered = 0;
        }
        self.tip = tip;
        if self.undelivered >= LIES { tip.min(self.delivered.saturating_add(1)) } else { tip }
    }

    /// The best tip of all is `best`: has it stood still?
    pub(crate) fn compared(&mut self, best: u64, now: Instant) {
        let behind = best.saturating_sub(self.tip);
        if behind > FAR {
            // A level, not a count: it doesn't get worse with each look.
            let why = format!("its tip {} is {behind} blocks behind", self.tip);
            self.troubles.remove(&Trouble::Behind);
            self.add(Trouble::Behind, why, now);
        } else if self.troubles.contains_key(&Trouble::Behind) {
            self.clear(Trouble::Behind, now);
        }
    }

    /// It gave the blocks up to `height`.
    pub(crate) fn delivered(&mut self, height: u64) {
        self.delivered = self.delivered.max(height);
        if height >= self.tip {
            self.undelivered = 0;
        }
    }

    /// It doesn't have the block at `height`.
    pub(crate) fn owes(&mut self, height: u64, now: Instant) {
        if height <= self.tip {
            self.undelivered = self.undelivered.saturating_add(1);
            if self.undelivered == LIES {
                let why = format!("it tells a tip of {} and does not have block {height}", self.tip);
                self.add(Trouble::Lies, why, now);
            }
        }
    }

    /// How it is doing, as far as its record says.
    pub(crate) fn status(&self, now: Instant) -> NodeStatus {
        let counts = Trouble::ALL.map(|trouble| (trouble, self.count(trouble, now)));
        let held = || counts.into_iter().filter(|(_, count)| *count > 0);
        let words = |(trouble, count): (Trouble, u32)| match count {
            1 => trouble.words().to_owned(),
            _ => format!("{} ({count} times)", trouble.words()),
        };
        let last_error = self.last_error.as_ref().filter(|_| held().next().is_some());
        NodeStatus {
            name: String::new(),
            tip: self.tip,
            lowest: self.lowest,
            version: self.version.clone(),
            score: 100u32.checked_shr(self.trouble(now)).unwrap_or(0),
            reasons: held().map(words).collect(),
            waiting_ms: millis(self.longest_wait(now)),
            requests_per_second: None,
            latency_ms: 0,
            last_error: last_error.map(|(_, error)| error.clone()),
            last_error_seconds: last_error.map(|(at, _)| now.saturating_duration_since(*at).as_secs()),
            troubles: counts.into_iter().map(|(trouble, count)| (trouble.word(), count)).collect(),
            outcomes: self.outcomes.clone(),
        }
    }
}

/// Milliseconds, rounded up: 0 is none.
pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_micros().div_ceil(1_000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn an_answered_tip_does_not_clear_failed_blocks() {
        let (mut record, now) = (Record::default(), Instant::now());
        record.add(Trouble::Blocks, "no".into(), now);
        record.leave_for(Trouble::Blocks, MINUTE, now);
        record.good("abci_info", now);
        assert_eq!(record.status(now).score, 50);
        assert_eq!(record.wait(Trouble::Blocks, now), MINUTE);
        assert_eq!(record.wait(Trouble::Tip, now), Duration::ZERO);
        assert!(record.status(now).last_error.is_some());
        record.good(BLOCKS, now);
        let status = record.status(now);
        assert_eq!((status.score, status.last_error, status.waiting_ms), (100, None, 0));
    }

    #[test]
    fn whoever_healed_is_not_blamed_for_ever() {
        for trouble in Trouble::ALL {
            let (mut record, now) = (Record::default(), Instant::now());
            for _ in 0..1_000 {
                record.add(trouble, "no".into(), now);
            }
            assert_eq!(record.status(now).score, 0, "{trouble:?}");
            let later = now + 15 * MINUTE;
            assert_eq!(record.status(later).score, 100, "{trouble:?}");
            assert_eq!(record.status(later).reasons, [""; 0]);
            assert_eq!(record.status(later).last_error, None);
        }
    }

    #[test]
    fn a_tip_that_goes_back_counts_and_machines_that_differ_by_little_do_not() {
        let (mut record, now) = (Record::default(), Instant::now());
        for tip in [100, 98, 101, 100] {
            assert_eq!(record.told(tip, now), tip);
        }
        assert_eq!(record.trouble(now), 0);
        record.told(50, now);
        assert_eq!(record.count(Trouble::Lies, now), 1);
        assert!(record.status(now).last_error.unwrap().contains("from 100 to 50"));
    }

    #[test]
    fn standing_still_is_held_against_it_until_it_catches_up() {
        let (mut record, now) = (Record::default(), Instant::now());
        record.told(100, now);
        for best in 100..=100 + FAR {
            record.compared(best, now);
            assert_eq!(record.trouble(now), 0);
        }
        for best in 200..300 {
            record.compared(best, now);
            assert_eq!(record.count(Trouble::Behind, now), 1, "once, however often it is looked at");
        }
        record.told(295, now);
        record.compared(300, now);
        assert_eq!(record.trouble(now), 0);
    }

    #[test]
    fn a_tip_that_is_never_delivered_is_a_lie() {
        let (mut record, now) = (Record::default(), Instant::now());
        assert_eq!(record.told(40, now), 40);
        record.delivered(32);
        for _ in 0..LIES {
            record.owes(40, now);
        }
        assert_eq!(record.count(Trouble::Lies, now), 1);
        assert_eq!(record.told(40, now), 33, "only the next block is believed");
        record.delivered(40);
        assert_eq!(record.told(41, now), 41);
    }
}
