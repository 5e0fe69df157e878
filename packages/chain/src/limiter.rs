//! How many requests a second a node takes, learned from what it refuses. Pure: whoever asks passes the time.
//!
//! A node isn't slowed down until it refuses. Then its rate is what it took until that moment, less a little; it
//! falls with each refusal and rises while there is none (AIMD), quickly up to what was refused last and
//! slowly from there. A request counts as one however many a batch holds: where a node counts what is in it,
//! the rate of batches that it takes is learned all the same, and [`crate::batch`] makes them smaller if none
//! gets through.

use std::time::{Duration, Instant};

/// A first guess is at least this many requests a second: one refusal at the tip says little of the rate.
const LEAST_GUESS: f64 = 3.0;
/// No node is asked less often than this while it isn't paused (requests a second).
const LEAST: f64 = 0.2;
/// Above this rate the limit is none (requests a second).
const MOST: f64 = 1_000.0;
/// What a first guess leaves of what was taken, and a later refusal of the rate.
const GUESSED: f64 = 0.7;
const LEFT: f64 = 0.9;
/// How much the rate rises in a second: well below what was refused last, and close to it or above.
const RISE: f64 = 0.05;
const SLOW_RISE: f64 = 0.0004;
/// "Close" begins at this part of what was refused.
const CLOSE: f64 = 0.97;
/// After so long without a refusal the node is taken to allow more than it did.
const FORGET: Duration = Duration::from_mins(1);
/// What was taken is counted over about this time.
const COUNTED: Duration = Duration::from_secs(10);
/// First and longest pause after refusals in a row that don't say how long to wait.
const PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// A paused node that nobody stands in for gets one request after the first of these times, and then one in each of
/// the second.
const PROBE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(10));
/// Of five requests, those of a flood that still get through while blocks are waited for.
const TURNS: u32 = 5;

/// Who wants to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Following the chain: without it everything that is served gets old.
    Following,
    /// Everything else: the relay, the audit, jobs.
    Rest,
}

/// What is known of a node's limit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limiter {
    /// Requests a second; `None` until the node refuses.
    rate: Option<f64>,
    /// The rate at which it last refused.
    refused_at: f64,
    /// When it last refused.
    refused: Option<Instant>,
    /// Refusals since a request got through.
    streak: u32,
    /// No request before.
    next: Option<Instant>,
    /// When the rate last rose.
    rose: Option<Instant>,
    pause: Option<Pause>,
    /// Requests taken since a time.
    taken: Option<(Instant, f64)>,
    /// Turns of following in a row while others waited.
    turns: u32,
}

/// A pause that the node asked for, or that refusals in a row suggest.
#[derive(Clone, Copy, Debug)]
struct Pause {
    until: Instant,
    /// From here on one request may try whether it is over.
    probe: Instant,
    /// How many have tried.
    probes: u32,
    /// One may go now.
    open: bool,
}

impl Limiter {
    /// Takes a place for a request, or tells how long until there may be one. `other` says whether the other
    /// lane waits too.
    pub(crate) fn take(&mut self, lane: Lane, other: bool, now: Instant) -> Result<(), Duration> {
        if let Some(pause) = &mut self.pause
            && now < pause.until
        {
            if !pause.open {
                return Err(pause.until.saturating_duration_since(now));
            }
            pause.open = false;
        }
        let Some(rate) = self.rate else { return Ok(()) };
        let gap = Duration::from_secs_f64(1.0 / rate);
        if let Some(next) = self.next.filter(|next| *next > now) {
            return Err(next.saturating_duration_since(now));
        }
        match lane {
            Lane::Following if other => self.turns = self.turns.saturating_add(1),
            // The one that waits at the head of the other lane takes this place.
            Lane::Rest if other && self.turns.saturating_add(1) < TURNS => return Err(gap),
            Lane::Following | Lane::Rest => self.turns = 0,
        }
        self.next = Some(now + gap);
        Ok(())
    }

    /// A request that was sent at `sent` got through, whatever its answer.
    pub(crate) fn took(&mut self, sent: Instant, now: Instant) {
        // One from before the last refusal says nothing of what is allowed since.
        if self.refused.is_none_or(|last| sent >= last) {
            (self.streak, self.pause) = (0, None);
        }
        let (since, count) = self.taken.unwrap_or((now, 0.0));
        let age = now.saturating_duration_since(since);
        // Half of the time is forgotten with half of the count.
        self.taken = Some(if age > COUNTED { (since + age / 2, count / 2.0) } else { (since, count + 1.0) });
        let Some(rate) = self.rate else { return };
        // A rate that isn't used up says nothing: it rises only while requests follow each other.
        let since = now.saturating_duration_since(self.rose.unwrap_or(now)).min(Duration::from_secs(1));
        self.rose = Some(now);
        let calm = self.refused.is_none_or(|at| now.saturating_duration_since(at) > FORGET);
        let rise = if calm || rate < self.refused_at * CLOSE { RISE } else { SLOW_RISE };
        let used = self.next.is_some_and(|next| next + since.max(PAUSE) > now);
        let risen = rate * (1.0 + rise * since.as_secs_f64());
        if used {
            self.rate = (risen < MOST).then_some(risen);
        }
    }

    /// The node refused a request that was sent at `sent`, and asks to be left alone for `after`. Gives the
    /// pause; `spread` makes it a little different for everybody.
    pub(crate) fn refused(
        &mut self,
        sent: Instant,
        after: Option<Duration>,
        now: Instant,
        spread: impl Fn(Duration) -> Duration,
    ) -> Duration {
        // Requests that were under way together are refused together, and count once.
        if self.refused.is_none_or(|last| sent >= last) {
            self.streak = self.streak.saturating_add(1);
            let rate = if let Some(rate) = self.rate {
                self.refused_at = rate;
                rate * LEFT
            } else {
                let (since, count) = self.taken.unwrap_or((now, 0.0));
                let time = now.saturating_duration_since(since).max(Duration::from_secs(1));
                self.refused_at = (count / time.as_secs_f64()).max(LEAST_GUESS);
                (self.refused_at * GUESSED).max(LEAST_GUESS)
            };
            self.rate = Some(rate.max(LEAST));
            (self.refused, self.rose) = (Some(now), Some(now));
        }
        let doubled =
            PAUSE.saturating_mul(1_u32.checked_shl(self.streak.saturating_sub(1)).unwrap_or(u32::MAX));
        let pause = match after {
            // Not before the time that it names, and not all at once then.
            Some(after) => after + spread((after / 10).min(Duration::from_secs(1))),
            None => spread(doubled.min(LONGEST_PAUSE)),
        };
        let probes = self.pause.map_or(0, |pause| pause.probes);
        let probe = spread(if probes == 0 { PROBE.0 } else { PROBE.1 });
        let until = (now + pause).max(self.pause.map_or(now, |pause| pause.until));
        self.pause = Some(Pause { until, probe: (now + probe).min(until), probes, open: false });
        pause
    }

    /// How long the node is left alone.
    pub(crate) fn paused(&self, now: Instant) -> Duration {
        self.pause.map_or(Duration::ZERO, |pause| pause.until.saturating_duration_since(now))
    }

    /// How long until one request may try whether a pause is over.
    pub(crate) fn until_probe(&self, now: Instant) -> Duration {
        self.pause.map_or(Duration::ZERO, |pause| pause.probe.saturating_duration_since(now))
    }

    /// Lets one request through a pause, if that is due.
    pub(crate) fn probe(&mut self, now: Instant) {
        if let Some(pause) = &mut self.pause
            && now < pause.until
            && now >= pause.probe
        {
            pause.probes = pause.probes.saturating_add(1);
            pause.open = true;
            // Nobody else tries until this one is answered, or has come to nothing.
            pause.probe = now + PROBE.1;
        }
    }

    /// Requests a second that the node takes; `None` as long as it never refused one.
    pub(crate) const fn rate(&self) -> Option<f64> {
        self.rate
    }

    /// How long `waiting` more requests would take, with a pause.
    pub(crate) fn backlog(&self, waiting: u32, now: Instant) -> Duration {
        let Some(rate) = self.rate else { return self.paused(now) };
        let next = self.next.map_or(Duration::ZERO, |next| next.saturating_duration_since(now));
        self.paused(now).max(next) + Duration::from_secs_f64(f64::from(waiting) / rate)
    }

    /// Whether one more request than needed does no harm: the node hasn't refused lately.
    pub(crate) fn is_free(&self, now: Instant) -> bool {
        self.refused.is_none_or(|at| now.saturating_duration_since(at) > FORGET)
            && self.next.is_none_or(|next| next <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn same(wait: Duration) -> Duration {
        wait
    }

    /// A limiter that has learned a rate of 3 requests a second, and the time at which its pause is over.
    fn learned(start: Instant) -> (Limiter, Instant) {
        let mut limiter = Limiter::default();
        let pause = limiter.refused(start, None, start, same);
        assert_eq!(limiter.rate(), Some(LEAST_GUESS));
        (limiter, start + pause)
    }

    #[test]
    fn nothing_is_slowed_down_until_it_is_refused() {
        let (mut limiter, now) = (Limiter::default(), Instant::now());
        for _ in 0..10_000 {
            assert_eq!(limiter.take(Lane::Rest, true, now), Ok(()));
            limiter.took(now, now);
        }
        assert_eq!(limiter.rate(), None);
        assert!(limiter.is_free(now));
    }

    #[test]
    fn what_was_refused_together_counts_once_and_again_counts_more() {
        let start = Instant::now();
        let (mut limiter, later) = learned(start + SECOND);
        for _ in 0..10 {
            limiter.refused(start, None, start + SECOND + PAUSE / 2, same);
        }
        assert_eq!(limiter.rate(), Some(LEAST_GUESS), "they were sent before the first refusal");
        assert_eq!(limiter.refused(later, None, later, same), 2 * PAUSE);
        assert_eq!(limiter.refused(later + SECOND, None, later + SECOND, same), 4 * PAUSE);
        assert!(limiter.rate().unwrap() < LEAST_GUESS);
        for n in 2..100 {
            let pause = limiter.refused(later + n * SECOND, None, later + n * SECOND, same);
            assert!(pause <= LONGEST_PAUSE);
        }
        assert_eq!(limiter.rate(), Some(LEAST));
    }

    #[test]
    fn the_time_that_a_node_names_is_kept_to_but_for_one_cautious_request() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        limiter.refused(start, Some(60 * SECOND), start, same);
        assert_eq!(limiter.paused(start), 61 * SECOND, "spread over a second");
        assert!(limiter.take(Lane::Following, false, start + 60 * SECOND).is_err());
        limiter.probe(start + 4 * SECOND);
        assert!(limiter.take(Lane::Following, false, start + 4 * SECOND).is_err(), "too early");
        // All that the node is asked in this minute.
        let mut probes = Vec::new();
        for second in 0..60 {
            let now = start + second * SECOND;
            limiter.probe(now);
            if limiter.take(Lane::Following, false, now).is_ok() {
                probes.push(second);
                assert!(limiter.take(Lane::Following, false, now).is_err(), "one only");
                limiter.refused(now, Some((60 - second) * SECOND), now, same);
            }
        }
        assert_eq!(probes, [5, 15, 25, 35, 45, 55]);
        // One that is answered ends it.
        let now = start + 59 * SECOND;
        limiter.took(now, now);
        assert_eq!(limiter.paused(now), Duration::ZERO);
        assert_eq!(limiter.take(Lane::Following, false, now), Ok(()));
    }

    #[test]
    fn following_goes_first_and_the_rest_is_not_starved() {
        let (mut limiter, mut now) = learned(Instant::now());
        let mut taken = [0u32; 2];
        for _ in 0..1_000 {
            // Both lanes always wait; the rest tries first.
            for (count, lane) in taken.iter_mut().zip([Lane::Rest, Lane::Following]) {
                if limiter.take(lane, true, now).is_ok() {
                    *count += 1;
                }
            }
            now += Duration::from_millis(100);
        }
        let [rest, following] = taken;
        assert!(rest + following >= 240, "{taken:?}");
        assert!(following >= 3 * rest && rest * 6 >= following, "{taken:?}");
    }

    #[test]
    fn a_limit_that_is_lifted_is_forgotten() {
        let (mut limiter, mut now) = learned(Instant::now());
        let mut sent = 0u32;
        while limiter.rate().is_some() {
            match limiter.take(Lane::Following, false, now) {
                Ok(()) => {
                    limiter.took(now, now);
                    sent += 1;
                    assert!(sent < 1_000_000);
                }
                Err(wait) => now += wait,
            }
        }
    }

    #[test]
    fn a_rate_that_is_not_used_does_not_rise() {
        let (mut limiter, mut now) = learned(Instant::now());
        for _ in 0..1_000 {
            now += 10 * SECOND;
            assert_eq!(limiter.take(Lane::Following, false, now), Ok(()));
            limiter.took(now, now + 5 * SECOND);
        }
        assert_eq!(limiter.rate(), Some(LEAST_GUESS));
    }
}
