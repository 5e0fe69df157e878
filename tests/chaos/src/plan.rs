//! What happens in a round, drawn from its seed: faults, halts of the chain, and ends of replicas.

use std::time::Duration;

use clap::ValueEnum as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::fault::{Fault, Shows};
use crate::node::Active;
use crate::store::{self, Damage};

/// Sets the reader's seed apart from the round's. Of those that do, one that gives CI's known seeds a reader.
const READER: u64 = 2;

/// A round.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many nodes there are.
    pub nodes: usize,
    /// How many replicas that ask nodes.
    pub replicas: usize,
    /// Whether one more reads what those store, and asks no node.
    pub reader: bool,
    /// Where replicas keep what they have read.
    pub stores: Stores,
    /// What happens, in the order of time.
    pub events: Vec<(Duration, Event)>,
    /// How long nodes misbehave.
    pub length: Duration,
}

/// Where replicas keep what they have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stores {
    /// Nowhere.
    None,
    /// Each in a folder of its own.
    Own,
    /// All in one folder.
    Shared,
    /// All in one bucket.
    Bucket,
}

/// What happens at some time.
#[derive(Clone, Debug)]
pub enum Event {
    /// From now on a node does this wrong.
    Faults(usize, Vec<Active>),
    /// From now on this share of the requests to the bucket goes wrong.
    Bucket(f64),
    /// The chain makes no blocks, or does again.
    Halt(bool),
    /// A replica is killed, something happens to its store, and it is started after a while.
    Kill(usize, Duration, Option<Damage>),
    /// A replica is killed, and started where no file can be longer than some bytes, or any.
    Disk(usize, Option<u64>),
    /// A replica is asked to stop, and started at once.
    Restart(usize),
}

impl Plan {
    /// The plan of a seed; of a round in which nodes misbehave for `length`.
    pub fn of(seed: u64, length: Duration) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (nodes, replicas) = (rng.random_range(1..=2), rng.random_range(1..=2));
        let stores = *[Stores::None, Stores::Own, Stores::Shared, Stores::Bucket]
            .choose(&mut rng)
            .unwrap_or(&Stores::None);
        // What only another node shows to be wrong is told by one of two, and the other one is well all the time: a node that
        // is alone for two seconds is believed (docs/decisions/0040).
        let liar = (nodes == 2 && rng.random_bool(0.5)).then(|| rng.random_range(0..2));
        let mut events = Vec::new();
        let all = Fault::value_variants();
        let mut at = Duration::ZERO;
        while at < length {
            for node in 0..nodes {
                let possible: Vec<&Fault> = all
                    .iter()
                    .filter(|fault| fault.shows() == Shows::AtOnce || liar == Some(node))
                    .filter(|_| liar.is_none_or(|liar| liar == node))
                    .collect();
                let many = rng.random_range(0..=3);
                let chosen: Vec<Active> = possible
                    .choose_multiple(&mut rng, many)
                    .map(|fault| Active { fault: **fault, share: 0.0 })
                    .collect();
                let active =
                    chosen.into_iter().map(|active| Active { share: rng.random_range(0.05..0.9), ..active });
                events.push((at, Event::Faults(node, active.collect())));
            }
            if stores == Stores::Bucket {
                let shares = [0.0, 0.0, rng.random_range(0.1..0.7), 1.0];
                events.push((at, Event::Bucket(shares.choose(&mut rng).copied().unwrap_or_default())));
            }
            at += Duration::from_millis(rng.random_range(800..4000));
        }
        if rng.random_bool(0.4) {
            let from = length.mul_f64(rng.random_range(0.1..0.7));
            events.push((from, Event::Halt(true)));
            events.push((from + Duration::from_millis(rng.random_range(500..4000)), Event::Halt(false)));
        }
        for replica in 0..replicas {
            for _ in 0..rng.random_range(0..=3) {
                let when = length.mul_f64(rng.random_range(0.02..0.98));
                let down = Duration::from_millis(rng.random_range(0..1500));
                let damage = store::ALL.choose(&mut rng).copied().filter(|_| rng.random_bool(0.6));
                let damage = damage.filter(|_| stores == Stores::Own || stores == Stores::Shared);
                events.push((when, Event::Kill(replica, down, damage)));
            }
            if (stores == Stores::Own || stores == Stores::Shared) && rng.random_bool(0.3) {
                let from = length.mul_f64(rng.random_range(0.1..0.5));
                events.push((from, Event::Disk(replica, Some(rng.random_range(0..6)))));
                events.push((
                    from + Duration::from_millis(rng.random_range(1000..5000)),
                    Event::Disk(replica, None),
                ));
            }
        }
        if rng.random_bool(0.4) {
            let mut order: Vec<usize> = (0..replicas).collect();
            order.shuffle(&mut rng);
            let from = length.mul_f64(rng.random_range(0.2..0.8));
            for (place, replica) in (0..).zip(order) {
                events.push((from + Duration::from_secs(place), Event::Restart(replica)));
            }
        }
        events.sort_by_key(|(at, _)| *at);
        // Of its own seed, so that the seeds known before mean the same.
        let mut others = ChaCha8Rng::seed_from_u64(seed ^ READER);
        let reader = stores != Stores::None && others.random_bool(0.5);
        if reader {
            for _ in 0..others.random_range(0..=2) {
                let when = length.mul_f64(others.random_range(0.02..0.98));
                let down = Duration::from_millis(others.random_range(0..1500));
                events.push((when, Event::Kill(replicas, down, None)));
            }
            events.sort_by_key(|(at, _)| *at);
        }
        Self { nodes, replicas, reader, stores, events, length }
    }

    /// A round with one fault alone.
    pub fn alone(fault: Fault, length: Duration) -> Self {
        let nodes = if fault.shows() == Shows::AtOnce { 1 } else { 2 };
        let at = length / 4;
        let faults = |share| Event::Faults(0, vec![Active { fault, share }]);
        let events = vec![(at, faults(0.5)), (at * 2, faults(1.0)), (at * 3, faults(0.2))];
        Self { nodes, replicas: 1, reader: false, stores: Stores::None, events, length }
    }

    /// All faults in it.
    pub fn faults(&self) -> impl Iterator<Item = Fault> {
        self.events
            .iter()
            .flat_map(|(_, event)| match event {
                Event::Faults(_, active) => active.as_slice(),
                Event::Bucket(_) | Event::Halt(_) | Event::Kill(..) | Event::Disk(..) | Event::Restart(_) => {
                    &[]
                }
            })
            .map(|active| active.fault)
    }

    /// Leaves out the faults after which a replica waits for long.
    pub fn without_echoes(&mut self) {
        for (_, event) in &mut self.events {
            if let Event::Faults(_, active) = event {
                active.retain(|active| active.fault.echo() == 0);
            }
        }
    }

    /// Whether something happens to stored files.
    pub fn damages(&self) -> bool {
        self.events.iter().any(|(_, event)| matches!(event, Event::Kill(_, _, Some(_))))
    }
}
