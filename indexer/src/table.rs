//! Gives equal values one place in a list, in the order in which they first come.

use std::collections::HashMap;
use std::hash::Hash;

/// Values and their places.
pub(crate) struct Table<T> {
    places: HashMap<T, u32>,
    list: Vec<T>,
}

impl<T: Copy + Eq + Hash> Table<T> {
    pub(crate) fn new() -> Self {
        Self { places: HashMap::new(), list: Vec::new() }
    }

    /// A table of these values.
    pub(crate) fn of(values: impl Iterator<Item = T>) -> Self {
        let mut table = Self::new();
        for value in values {
            table.enter(value);
        }
        table
    }

    /// The place of a value, which it gets now if it has none.
    pub(crate) fn enter(&mut self, value: T) -> u32 {
        let next = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry(value).or_insert(next);
        if place == next {
            self.list.push(value);
        }
        place
    }

    /// The place of a value that is in the table.
    pub(crate) fn place(&self, value: T) -> u32 {
        self.places.get(&value).copied().unwrap_or(u32::MAX)
    }

    /// The values in the order of their places.
    pub(crate) fn list(&self) -> &[T] {
        &self.list
    }
}
