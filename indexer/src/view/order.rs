//! The places of a shower in order: a rank is found from a place and a place from a rank in logarithmic time.
//!
//! Places stand in runs of at most [`MOST`], which views share. A new view copies the runs in which something changed,
//! and the list of runs.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};

use meteor_rules::Rank;
use meteor_rules::ranking::Place;

/// Most places in a run.
const MOST: usize = 256;

/// A place, and who has it. The place's fields stand here themselves: that makes it 32 bytes and not 48.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    /// The amount of the place (micro-denom).
    pub amount: u128,
    seq: u64,
    /// The wallet's place in the fold's standings.
    pub slot: u32,
}

impl Placed {
    /// No two wallets have the same place.
    pub(super) const fn new(place: Place, slot: u32) -> Self {
        Self { amount: place.amount, seq: place.seq, slot }
    }

    /// The place.
    pub(super) const fn place(&self) -> Place {
        Place { amount: self.amount, seq: self.seq }
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Places in order, best first.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    runs: Vec<Listed>,
    len: u32,
}

/// One run in the list of them.
#[derive(Clone, Debug)]
struct Listed {
    /// Its best place.
    first: Place,
    /// How many places are in the runs before it.
    before: u32,
    run: Arc<Run>,
}

/// Neighbours in the order; never empty.
#[derive(Debug)]
pub(super) struct Run {
    placed: Vec<Placed>,
    text: OnceLock<Text>,
}

/// Bytes for each place of a run, one after the other.
#[derive(Debug)]
pub(super) struct Text {
    bytes: Vec<u8>,
    /// Where those of each place end.
    ends: Vec<usize>,
}

impl Order {
    /// These places.
    pub(super) fn new(mut placed: Vec<Placed>) -> Self {
        placed.sort_unstable();
        let mut building = Building { order: Self::default(), fresh: placed };
        building.flush();
        building.order
    }

    /// The order without the places `gone` and with `come`.
    pub(super) fn with(&self, mut gone: Vec<Place>, mut come: Vec<Placed>) -> Self {
        gone.sort_unstable();
        come.sort_unstable();
        let (mut gone, mut come) = (gone.into_iter().peekable(), come.into_iter().peekable());
        let mut building = Building { order: Self::default(), fresh: Vec::new() };
        building.order.runs.reserve(self.runs.len().saturating_add(come.len() / MOST));
        let mut runs = self.runs.iter().peekable();
        while let Some(Listed { run, .. }) = runs.next() {
            let end = runs.peek().map(|next| next.first);
            let here = |place: &Place| end.is_none_or(|end| *place < end);
            if gone.peek().is_some_and(here) || come.peek().is_some_and(|new| here(&new.place())) {
                for placed in &run.placed {
                    building.fresh.extend(std::iter::from_fn(|| come.next_if(|new| new < placed)));
                    if gone.next_if_eq(&placed.place()).is_none() {
                        building.fresh.push(*placed);
                    }
                }
                building.fresh.extend(std::iter::from_fn(|| come.next_if(|new| here(&new.place()))));
            } else {
                building.keep(run);
            }
        }
        building.fresh.extend(come); // there was no run at all
        building.flush();
        building.order
    }

    /// How many places there are.
    pub(super) const fn len(&self) -> u32 {
        self.len
    }

    /// The rank of a place.
    pub(super) fn rank(&self, place: Place) -> Option<Rank> {
        let at = self.runs.partition_point(|run| run.first <= place);
        let Listed { before, run, .. } = self.runs.get(at.checked_sub(1)?)?;
        let index = run.placed.binary_search_by_key(&place, Placed::place).ok()?;
        Rank::at(before.checked_add(u32::try_from(index).ok()?)?)
    }

    /// Who has a rank.
    pub(super) fn at(&self, rank: Rank) -> Option<Placed> {
        let (run, index) = self.find(rank.0.checked_sub(1)?)?;
        run.placed.get(index).copied()
    }

    /// How many have `amount` or more (micro-denom).
    pub(super) fn at_least(&self, amount: u128) -> u32 {
        let at = self.runs.partition_point(|run| run.first.amount >= amount);
        let Some(Listed { before, run, .. }) = at.checked_sub(1).and_then(|at| self.runs.get(at)) else {
            return 0;
        };
        before.saturating_add(count(run.placed.partition_point(|placed| placed.amount >= amount)))
    }

    /// Who stands after the first `after`, best first.
    pub(super) fn after(&self, after: u32) -> impl Iterator<Item = Placed> + '_ {
        self.runs_after(after).flat_map(|(run, from)| run.placed.iter().skip(from).copied())
    }

    /// The runs that hold what stands after the first `after`, each with how many of its places to skip.
    pub(super) fn runs_after(&self, after: u32) -> impl Iterator<Item = (&Run, usize)> {
        let at = self.runs.partition_point(|run| run.before <= after).saturating_sub(1);
        self.runs.iter().skip(at).map(move |Listed { before, run, .. }| {
            (&**run, usize::try_from(after.saturating_sub(*before)).unwrap_or(usize::MAX))
        })
    }

    fn find(&self, index: u32) -> Option<(&Run, usize)> {
        self.runs_after(index).next()
    }
}

impl Run {
    /// The bytes for each place after the first `skip` of the run. `write` makes those of one place; it is asked once for
    /// each, however many views show the run.
    pub(super) fn text(
        &self,
        skip: usize,
        mut write: impl FnMut(&Placed, &mut Vec<u8>),
    ) -> impl Iterator<Item = &[u8]> {
        let text = self.text.get_or_init(|| {
            let mut bytes = Vec::new();
            let end = |placed: &Placed| {
                write(placed, &mut bytes);
                bytes.len()
            };
            let ends = self.placed.iter().map(end).collect();
            bytes.shrink_to_fit();
            Text { bytes, ends }
        });
        let mut from = skip.checked_sub(1).and_then(|last| text.ends.get(last)).copied().unwrap_or(0);
        text.ends.iter().skip(skip).map(move |end| {
            let of_one = text.bytes.get(from..*end).unwrap_or_default();
            from = *end;
            of_one
        })
    }
}

/// An order that is being made.
struct Building {
    order: Order,
    /// Places after those of `order` that are not in a run yet.
    fresh: Vec<Placed>,
}

impl Building {
    /// Adds a run in which nothing changed.
    fn keep(&mut self, run: &Arc<Run>) {
        // Otherwise runs that shrink would stay small for ever.
        if !self.fresh.is_empty() && self.fresh.len().saturating_add(run.placed.len()) <= MOST / 2 {
            self.fresh.extend_from_slice(&run.placed);
            return;
        }
        self.flush();
        self.push(Arc::clone(run));
    }

    /// Makes runs of equal size of what is fresh.
    fn flush(&mut self) {
        let fresh = std::mem::take(&mut self.fresh);
        let runs = fresh.len().div_ceil(MOST);
        if runs > 0 {
            for placed in fresh.chunks(fresh.len().div_ceil(runs)) {
                self.push(Arc::new(Run { placed: placed.to_vec(), text: OnceLock::new() }));
            }
        }
    }

    fn push(&mut self, run: Arc<Run>) {
        let Some(first) = run.placed.first().map(Placed::place) else { return };
        let before = self.order.len;
        self.order.len = before.saturating_add(count(run.placed.len()));
        self.order.runs.push(Listed { first, before, run });
    }
}

/// A shower has no more contributors than fit 32 bits.
fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn placed(amount: u128, seq: u64) -> Placed {
        Placed::new(Place { amount, seq }, u32::try_from(seq).unwrap())
    }

    /// Compares every answer with that of a plain sorted list.
    fn check(order: &Order, plain: &mut Vec<Placed>) {
        plain.sort_unstable();
        assert_eq!(order.after(0).collect::<Vec<_>>(), *plain);
        assert_eq!(usize::try_from(order.len()).unwrap(), plain.len());
        for (placed, rank) in plain.iter().zip(1..) {
            assert_eq!(order.rank(placed.place()), Some(Rank(rank)));
            assert_eq!(order.at(Rank(rank)), Some(*placed));
            let amount = placed.amount;
            for amount in [amount - 1, amount, amount + 1] {
                let naive = plain.iter().filter(|placed| placed.amount >= amount).count();
                assert_eq!(usize::try_from(order.at_least(amount)).unwrap(), naive);
            }
        }
        let n = u32::try_from(plain.len()).unwrap();
        for after in [0, 1, n / 2, n.saturating_sub(1), n, n + 1, u32::MAX] {
            let rest = plain.get(usize::try_from(after).unwrap()..).unwrap_or_default();
            assert_eq!(order.after(after).collect::<Vec<_>>(), rest, "after {after}");
        }
        assert_eq!((order.at(Rank(0)), order.at(Rank(n + 1))), (None, None));
        assert_eq!(order.rank(Place { amount: 1, seq: u64::MAX }), None);
        assert!(order.runs.iter().all(|run| (1..=MOST).contains(&run.run.placed.len())));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Blocks of contributions, most of them top-ups, as a shower gets them. A failure prints its seed.
        #[test]
        fn the_order_is_a_plain_sort(
            sizes in prop::collection::vec(1usize..400, 1..8),
            spread in 2u128..1_000,
            mut chance in 1u64..,
        ) {
            let mut next = move || {
                chance ^= chance << 13;
                chance ^= chance >> 7;
                chance ^= chance << 17;
                chance
            };
            let (mut order, mut plain, mut seq) = (Order::default(), Vec::<Placed>::new(), 0);
            check(&order, &mut plain);
            for size in sizes {
                let (mut gone, mut come) = (Vec::new(), Vec::new());
                let before = plain.clone();
                for _ in 0..size {
                    seq += 1;
                    let amount = 1 + u128::from(next()) % spread;
                    let known = usize::try_from(next()).unwrap().checked_rem(before.len()).map(|at| before[at]);
                    let Some(known) = known.filter(|_| !next().is_multiple_of(3)) else {
                        come.push(placed(amount, seq));
                        continue;
                    };
                    if let Some(at) = plain.iter().position(|placed| *placed == known) {
                        plain.swap_remove(at);
                        gone.push(known.place());
                        let place = Place { amount: known.amount + amount, seq };
                        come.push(Placed::new(place, known.slot));
                    }
                }
                plain.extend_from_slice(&come);
                order = order.with(gone, come);
                check(&order, &mut plain);
            }
            check(&Order::new(plain.clone()), &mut plain);
            // Everyone leaves but a few: runs that shrink are joined.
            let (stay, gone) = plain.split_at(plain.len().min(3));
            order = order.with(gone.iter().map(Placed::place).collect(), Vec::new());
            check(&order, &mut stay.to_vec());
            prop_assert!(order.runs.len() <= 1);
        }
    }

    #[test]
    fn what_has_not_changed_is_shared() {
        let old = Order::new((1..=100_000).map(|n| placed(u128::from(n) * 10, n)).collect());
        let gone: Vec<_> = (1..=100u64).map(|n| placed(u128::from(n) * 9_990, n * 999)).collect();
        let come = gone.iter().zip(200_000..).map(|(old, seq)| placed(old.amount + 15, seq)).collect();
        let new = old.with(gone.iter().map(Placed::place).collect(), come);
        assert_eq!(new.len(), 100_000);
        let shared = |run: &&Listed| old.runs.iter().any(|old| Arc::ptr_eq(&old.run, &run.run));
        let copied = new.runs.len() - new.runs.iter().filter(shared).count();
        assert!((50..=250).contains(&copied), "{copied} of {}", new.runs.len());
    }

    #[test]
    fn texts_are_made_once_and_cut_where_they_should() {
        let order = Order::new((1..=600).map(|n| placed(u128::from(n), n)).collect());
        for _ in 0..2 {
            for after in [0, 1, 199, 200, 201, 599] {
                let mut made = 0;
                let texts = order.runs_after(after).flat_map(|(run, skip)| {
                    run.text(skip, |placed, bytes| {
                        made += 1;
                        bytes.extend_from_slice(placed.slot.to_string().as_bytes());
                    })
                    .map(<[u8]>::to_vec)
                    .collect::<Vec<_>>()
                });
                let slots = order.after(after).map(|placed| placed.slot.to_string().into_bytes());
                assert!(texts.eq(slots), "after {after}");
                assert!(made == 0 || after == 0, "made again after {after}");
            }
        }
    }
}
