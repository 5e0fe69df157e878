//! The chain's state: one ordered map that copies in constant time, and meters what is read and written.
//!
//! Every block, snapshot and transaction works on its own copy. The map shares what did not change, so a copy
//! costs nothing and a failed transaction is undone by dropping its copy.
use std::cell::Cell;
use std::ops::Bound;
use std::sync::Arc;

use cosmwasm_std::{Order, Record, Storage};
use imbl::OrdMap;

use crate::gas;

/// Keys and values are shared, because the map clones whole nodes when a shared one changes.
type Bytes = Arc<[u8]>;

/// State with a gas meter; the meter belongs to the copy, not to the data.
#[derive(Clone, Default)]
pub(crate) struct Store {
    map: OrdMap<Bytes, Bytes>,
    gas: Cell<u64>,
}

impl Store {
    /// A copy to work on, its meter at zero.
    pub(crate) fn branch(&self) -> Store {
        Store { map: self.map.clone(), gas: Cell::new(0) }
    }

    /// Gas of reads and writes since the branch was made.
    pub(crate) fn gas_used(&self) -> u64 {
        self.gas.get()
    }

    /// Adds to the gas used.
    pub(crate) fn charge(&self, amount: u64) {
        self.gas.set(self.gas.get().saturating_add(amount));
    }

    /// Pairs whose key starts with `prefix`, with the prefix cut off. Does not count as gas.
    pub(crate) fn with_prefix<'a>(&'a self, prefix: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.map
            .range::<_, [u8]>((Bound::Included(prefix), Bound::Unbounded))
            .map_while(move |(key, value)| Some((key.strip_prefix(prefix)?, &**value)))
    }
}

impl Storage for Store {
    fn get(&self, key: &[u8]) -> Option<Vec<u8>> {
        let value = self.map.get(key);
        self.charge(gas::read(value.map_or(0, |value| value.len())));
        value.map(|value| value.to_vec())
    }

    fn range<'a>(
        &'a self,
        start: Option<&[u8]>,
        end: Option<&[u8]>,
        order: Order,
    ) -> Box<dyn Iterator<Item = Record> + 'a> {
        // The map panics on an inverted range where a chain answers with nothing.
        if let (Some(start), Some(end)) = (start, end)
            && start >= end
        {
            return Box::new(std::iter::empty());
        }
        let from = start.map_or(Bound::Unbounded, Bound::Included);
        let to = end.map_or(Bound::Unbounded, Bound::Excluded);
        let metered = |(key, value): (&Bytes, &Bytes)| {
            self.charge(gas::step(key.len().saturating_add(value.len())));
            (key.to_vec(), value.to_vec())
        };
        let range = self.map.range::<_, [u8]>((from, to));
        match order {
            Order::Ascending => Box::new(range.map(metered)),
            Order::Descending => Box::new(range.rev().map(metered)),
        }
    }

    fn set(&mut self, key: &[u8], value: &[u8]) {
        self.charge(gas::write(key.len().saturating_add(value.len())));
        self.map.insert(key.into(), value.into());
    }

    fn remove(&mut self, key: &[u8]) {
        self.charge(gas::DELETE);
        self.map.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_leaves_its_base_alone() {
        let mut base = Store::default();
        base.set(b"a", b"1");
        let mut branch = base.branch();
        branch.set(b"a", b"2");
        branch.remove(b"a");
        branch.set(b"b", b"3");
        assert_eq!(base.get(b"a"), Some(b"1".to_vec()));
        assert_eq!(base.get(b"b"), None);
        assert_eq!(branch.get(b"a"), None);
    }

    #[test]
    fn ranges_follow_order_and_bounds_and_survive_inverted_ones() {
        let mut store = Store::default();
        for key in [b"a", b"b", b"c", b"d"] {
            store.set(key, key);
        }
        let keys = |start: Option<&[u8]>, end: Option<&[u8]>, order| -> Vec<Vec<u8>> {
            store.range(start, end, order).map(|(key, _)| key).collect()
        };
        assert_eq!(keys(Some(b"b"), Some(b"d"), Order::Ascending), [b"b", b"c"]);
        assert_eq!(keys(None, Some(b"c"), Order::Descending), [b"b", b"a"]);
        assert!(keys(Some(b"d"), Some(b"b"), Order::Ascending).is_empty());
        assert!(keys(Some(b"b"), Some(b"b"), Order::Descending).is_empty());
    }

    #[test]
    fn reading_and_writing_cost_gas() {
        let mut store = Store::default();
        store.set(b"key", b"value");
        assert_eq!(store.gas_used(), gas::write(8));
        let branch = store.branch();
        assert_eq!(branch.gas_used(), 0);
        branch.get(b"key");
        assert_eq!(branch.gas_used(), gas::read(5));
    }
}
