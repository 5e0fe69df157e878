//! What this process waits for, so that a program can say it instead of looking hung: a node that has not answered, a
//! transaction that is in no block yet. Whoever waits notes it here for as long as it does; a program looks now and then
//! at what takes long, and tells people.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A chain that has made no block for this long stands still.
const STILL: Duration = Duration::from_secs(30);

static NOW: Mutex<Waits> = Mutex::new(Waits { next: 0, waits: BTreeMap::new() });

/// All that is waited for, by number.
#[derive(Debug)]
struct Waits {
    next: u64,
    waits: BTreeMap<u64, Entry>,
}

#[derive(Debug)]
struct Entry {
    what: String,
    /// Whether it is an answer of a node or another server. Whatever else waits may wait for just this.
    answer: bool,
    since: Instant,
    /// How the last try failed.
    trouble: Option<String>,
    /// The chain's height, and since when.
    height: Option<(u64, Instant)>,
}

/// Something is waited for as long as this lives.
#[derive(Debug)]
pub struct Wait {
    id: u64,
}

/// Something that is waited for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The number of this wait in the process.
    pub id: u64,
    /// What is waited for, as in "waiting for …".
    pub what: String,
    /// For how long.
    pub lasts: Duration,
    /// What else is known, in words: how the last try failed, or where the chain is.
    pub known: Option<String>,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waiting for {}, {} s", self.what, self.lasts.as_secs())?;
        self.known.as_ref().map_or(Ok(()), |known| write!(f, "; {known}"))
    }
}

impl Wait {
    /// Begins to wait for `what`, as in "waiting for …".
    pub fn begin(what: String) -> Self {
        Self { id: now().begin(what, false) }
    }

    /// Begins to wait for the answer of a server to `asked`; `server` names it without secrets.
    pub fn answer(server: &str, asked: &str) -> Self {
        let asked = if asked == crate::query::METHOD { "a query" } else { asked };
        Self { id: now().begin(format!("{server} to answer {asked}"), true) }
    }

    /// A try failed, for this reason; there will be others.
    pub(crate) fn failed(&self, why: String) {
        now().failed(self.id, why);
    }

    /// The chain is at `height`; answers with how long it has been there, as far as this wait has seen.
    pub fn at(&self, height: u64) -> Duration {
        now().at(self.id, height)
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        now().waits.remove(&self.id);
    }
}

/// What has been waited for the longest, if at least for `least`. The answer of a node comes before anything else.
pub fn longest(least: Duration) -> Option<Waiting> {
    now().longest(least)
}

fn now() -> MutexGuard<'static, Waits> {
    // Nothing can panic while it is held.
    NOW.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Waits {
    fn begin(&mut self, what: String, answer: bool) -> u64 {
        let id = self.next;
        self.next = id.wrapping_add(1);
        self.waits.insert(id, Entry { what, answer, since: Instant::now(), trouble: None, height: None });
        id
    }

    fn failed(&mut self, id: u64, why: String) {
        if let Some(entry) = self.waits.get_mut(&id) {
            entry.trouble = Some(why);
        }
    }

    fn at(&mut self, id: u64, height: u64) -> Duration {
        let Some(entry) = self.waits.get_mut(&id) else { return Duration::ZERO };
        // A node that is behind the others doesn't make the chain go back.
        let since = match entry.height {
            Some((best, since)) if height <= best => since,
            Some(_) | None => {
                let since = Instant::now();
                entry.height = Some((height, since));
                since
            }
        };
        since.elapsed()
    }

    fn longest(&self, least: Duration) -> Option<Waiting> {
        let long = self.waits.iter().filter(|(_, entry)| entry.since.elapsed() >= least);
        let (id, entry) = long.min_by_key(|(_, entry)| (!entry.answer, entry.since))?;
        let known = match (&entry.trouble, entry.height) {
            (Some(trouble), _) => Some(format!("the last try: {trouble}")),
            (None, Some((height, since))) if since.elapsed() >= STILL => {
                let seconds = since.elapsed().as_secs();
                Some(format!("the chain stands still at height {height}, for {seconds} s"))
            }
            (None, Some((height, _))) => Some(format!("the chain is at height {height}")),
            (None, None) => None,
        };
        Some(Waiting { id: *id, what: entry.what.clone(), lasts: entry.since.elapsed(), known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(3);

    fn said(waits: &Waits) -> Option<String> {
        waits.longest(SHORT).map(|waiting| waiting.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn what_takes_long_is_said_and_a_silent_node_before_what_waits_for_it() {
        let mut waits = Waits { next: 0, waits: BTreeMap::new() };
        let tx = waits.begin("transaction AB to be in a block".into(), false);
        waits.at(tx, 7);
        assert_eq!(said(&waits), None, "not yet");
        tokio::time::advance(SHORT).await;
        let block = "waiting for transaction AB to be in a block, 3 s; the chain is at height 7";
        assert_eq!(said(&waits).as_deref(), Some(block));

        let answer = waits.begin("http://a to answer status".into(), true);
        assert!(said(&waits).unwrap().contains("transaction AB"), "it may answer at once");
        tokio::time::advance(SHORT).await;
        assert_eq!(said(&waits).as_deref(), Some("waiting for http://a to answer status, 3 s"));
        waits.failed(answer, "it refuses connections".into());
        let refused = "waiting for http://a to answer status, 3 s; the last try: it refuses connections";
        assert_eq!(said(&waits).as_deref(), Some(refused));

        waits.waits.remove(&answer);
        tokio::time::advance(Duration::from_secs(24)).await;
        // A node that lags says nothing of the chain.
        assert_eq!(waits.at(tx, 6), STILL);
        assert!(said(&waits).unwrap().ends_with("30 s; the chain stands still at height 7, for 30 s"));
        assert_eq!(waits.at(tx, 8), Duration::ZERO);
        assert!(said(&waits).unwrap().ends_with("the chain is at height 8"));
        waits.waits.remove(&tx);
        assert_eq!(said(&waits), None);
    }

    #[test]
    fn nothing_is_waited_for_any_more_once_it_is_over() {
        let wait = Wait::begin("only this test".into());
        assert!(now().waits.values().any(|entry| entry.what == "only this test"));
        drop(wait);
        assert!(!now().waits.values().any(|entry| entry.what == "only this test"));
    }
}
