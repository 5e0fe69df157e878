//! The one way to a node: every request waits here for its turn at the node's rate.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::limiter::{Lane, Limiter};
use crate::{NodeError, backoff};

/// A pause up to this long is waited out; before a longer one another node is asked.
const SHORT: Duration = Duration::from_millis(1_500);
/// How often a request is sent that the node refuses for its limit.
const TRIES: u32 = 4;
/// What isn't following waits no longer than this in the queue.
const LONGEST_QUEUE: Duration = Duration::from_secs(10);

/// The queue before a node. In each lane whoever came first goes first.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    limiter: Mutex<Limiter>,
    following: Queue,
    rest: Queue,
}

#[derive(Debug, Default)]
struct Queue {
    head: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
}

/// A place in a queue, given up when it is dropped.
struct Place<'a>(&'a Queue);

impl<'a> Place<'a> {
    fn of(queue: &'a Queue) -> Self {
        queue.waiting.fetch_add(1, Ordering::Relaxed);
        Self(queue)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gate {
    /// What is known of the node's limit.
    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        // Nothing can panic while it is held.
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests wait.
    pub(crate) fn waiting(&self) -> u32 {
        let waiting = |queue: &Queue| queue.waiting.load(Ordering::Relaxed);
        waiting(&self.following).saturating_add(waiting(&self.rest))
    }

    /// Sends at the node's rate; again after a short pause if the node refuses for its limit.
    ///
    /// # Errors
    /// [`NodeError::Paced`] if it was not sent at all; else what `send` says last.
    pub(crate) async fn through<T, F: Future<Output = Result<T, NodeError>>>(
        &self,
        lane: Lane,
        send: impl Fn() -> F,
    ) -> Result<T, NodeError> {
        let mut tries = 0u32;
        loop {
            self.pass(lane).await?;
            let sent = Instant::now().into_std();
            let answer = send().await;
            let now = Instant::now().into_std();
            match answer {
                Err(NodeError::RateLimited { after }) => {
                    let pause = self.limiter().refused(sent, after, now, backoff::spread);
                    tries = tries.saturating_add(1);
                    if tries >= TRIES || pause > SHORT {
                        return Err(NodeError::RateLimited { after });
                    }
                }
                // Whether it would have been refused is not known.
                Err(
                    error @ (NodeError::Unreachable { .. }
                    | NodeError::Status { .. }
                    | NodeError::NotRpc { .. }),
                ) => return Err(error),
                other => {
                    self.limiter().took(sent, now);
                    return other;
                }
            }
        }
    }

    /// Waits for a turn.
    async fn pass(&self, lane: Lane) -> Result<(), NodeError> {
        match lane {
            Lane::Following => self.turn(lane, &self.following, &self.rest).await,
            Lane::Rest => {
                let turn = timeout(LONGEST_QUEUE, self.turn(lane, &self.rest, &self.following)).await;
                turn.unwrap_or(Err(NodeError::Paced { wait: LONGEST_QUEUE }))
            }
        }
    }

    async fn turn(&self, lane: Lane, own: &Queue, other: &Queue) -> Result<(), NodeError> {
        let _place = Place::of(own);
        let _head = own.head.lock().await;
        loop {
            let now = Instant::now().into_std();
            let waited_for = other.waiting.load(Ordering::Relaxed) > 0;
            let wait = {
                let mut limiter = self.limiter();
                let Err(wait) = limiter.take(lane, waited_for, now) else { return Ok(()) };
                if limiter.paused(now) > SHORT {
                    return Err(NodeError::Paced { wait });
                }
                wait
            };
            sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use futures::future::join_all;

    use super::*;

    /// Blocks of a day, one every 6 seconds.
    const DAY: u32 = 14_400;
    /// Blocks fetched as one: a batch of ten windows of headers, then twenty batches of ten results.
    const CHUNK: u32 = 200;
    const BATCHES: u32 = 21;
    /// The node's rate (requests a second).
    const RATE: f64 = 5.0;
    /// Of some 1,500 requests.
    const MOST_REFUSALS: u32 = 90;

    /// A server's way to limit requests.
    #[derive(Clone, Copy, Debug)]
    enum Limit {
        /// So many may come at once, and then as many as the rate allows.
        Bucket(f64),
        /// As many as the rate allows in every so many seconds, however they are spread.
        Window(f64),
    }

    struct Server {
        limit: Limit,
        tells: bool,
        start: Instant,
        last: Option<Instant>,
        level: f64,
        requests: u32,
        refusals: u32,
    }

    impl Server {
        fn new(limit: Limit, tells: bool) -> RefCell<Self> {
            let start = Instant::now();
            RefCell::new(Self { limit, tells, start, last: None, level: 0.0, requests: 0, refusals: 0 })
        }

        fn asked(&mut self) -> Result<(), NodeError> {
            let (now, most) = (
                Instant::now(),
                match self.limit {
                    Limit::Bucket(most) => most,
                    Limit::Window(seconds) => seconds * RATE,
                },
            );
            let last = self.last.replace(now).unwrap_or(self.start);
            let (since, before) =
                (now.duration_since(self.start).as_secs_f64(), last.duration_since(self.start).as_secs_f64());
            let wait = match self.limit {
                Limit::Bucket(_) => {
                    self.level = (self.level - (since - before) * RATE).max(0.0);
                    1.0 / RATE
                }
                Limit::Window(seconds) => {
                    if (since / seconds).floor() > (before / seconds).floor() {
                        self.level = 0.0;
                    }
                    seconds - since % seconds
                }
            };
            self.requests += 1;
            if self.level + 1.0 > most + 1e-9 {
                self.refusals += 1;
                let after = self.tells.then(|| Duration::from_secs_f64(wait.ceil()));
                return Err(NodeError::RateLimited { after });
            }
            self.level += 1.0;
            Ok(())
        }
    }

    /// Asks until there is an answer, as whoever follows does. Requests take up to a fifth longer than `latency` to
    /// arrive.
    async fn ask(gate: &Gate, lane: Lane, server: &RefCell<Server>, latency: Duration) {
        loop {
            let send = || async {
                let uneven = server.borrow().requests.wrapping_mul(2_654_435_761) >> 24;
                sleep(latency + latency * uneven / 1280).await;
                server.borrow_mut().asked()
            };
            if gate.through(lane, send).await.is_ok() {
                return;
            }
            let now = Instant::now().into_std();
            let wait = {
                let limiter = gate.limiter();
                limiter.paused(now).min(limiter.until_probe(now))
            };
            sleep(wait.max(Duration::from_millis(750))).await;
            gate.limiter().probe(Instant::now().into_std());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_day_of_blocks_takes_about_as_many_requests_as_it_must() {
        for (limit, tells) in [
            (Limit::Bucket(1.0), false),
            (Limit::Bucket(1.0), true),
            (Limit::Bucket(5.0), false),
            (Limit::Bucket(5.0), true),
            (Limit::Bucket(30.0), false),
            (Limit::Window(10.0), false),
            (Limit::Window(10.0), true),
            (Limit::Window(60.0), false),
            (Limit::Window(60.0), true),
        ] {
            let (gate, server) = (Gate::default(), Server::new(limit, tells));
            let (latency, left) = (Duration::from_millis(120), RefCell::new(DAY / CHUNK));
            let worker = async || {
                while {
                    let mut left = left.borrow_mut();
                    *left = left.wrapping_sub(1);
                    *left < DAY
                } {
                    for _ in 0..BATCHES {
                        ask(&gate, Lane::Following, &server, latency).await;
                    }
                }
            };
            let start = Instant::now();
            join_all((0..3).map(|_| worker())).await;
            let (server, needed) = (server.into_inner(), DAY / CHUNK * BATCHES);
            let took = start.elapsed().as_secs_f64();
            let ideal = f64::from(DAY / 10) / RATE;
            println!(
                "{limit:?}, tells how long: {tells}: {} requests, {} of them refused, {took:.0} s: {:.2} of what the rate allows; learned {:?}",
                server.requests,
                server.refusals,
                took / ideal,
                gate.limiter().rate()
            );
            assert_eq!(server.requests - server.refusals, needed);
            assert!(server.refusals <= MOST_REFUSALS, "{limit:?} {tells}: {}", server.refusals);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_does_not_hold_up_following() {
        let (gate, server) = (Gate::default(), Server::new(Limit::Bucket(1.0), false));
        let latency = Duration::from_millis(10);
        let flood = async {
            let one = async || {
                loop {
                    ask(&gate, Lane::Rest, &server, latency).await;
                }
            };
            join_all((0..64).map(|_| one())).await;
        };
        let longest = async {
            let mut longest = Duration::ZERO;
            for n in 0..600 {
                let start = Instant::now();
                ask(&gate, Lane::Following, &server, latency).await;
                // What is learned at first doesn't count.
                if n > 60 {
                    longest = longest.max(start.elapsed());
                }
                sleep(Duration::from_secs(1)).await;
            }
            longest
        };
        let longest = tokio::select! {
            () = flood => unreachable!(),
            longest = longest => longest,
        };
        assert!(longest < Duration::from_secs(2), "{longest:?} of simulated time, with 64 in the queue");
    }
}
