//! Soft noise: clouds of gas, and the streaks of a tail.

use crate::draw::chance::Chance;
use crate::draw::number::{mix, real, whole};

/// A square of random numbers with smooth ways between, which repeats.
pub(crate) struct Cloud {
    /// Numbers a side.
    side: u16,
    numbers: Vec<f32>,
}

impl Cloud {
    /// With `side` numbers a side.
    pub(crate) fn new(side: u16, chance: &mut Chance) -> Self {
        let count = usize::from(side) * usize::from(side);
        Self { side, numbers: (0..count).map(|_| chance.unit()).collect() }
    }

    fn number(&self, x: usize, y: usize) -> f32 {
        let side = usize::from(self.side);
        self.numbers.get((y % side) * side + x % side).copied().unwrap_or_default()
    }

    /// From 0 to 1 at a place, of which each whole number has a number of its own. For places from 0 on.
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (column, row) = (whole(x, 4096), whole(y, 4096));
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - real(column)), ease(y - real(row)));
        let upper = mix(self.number(column, row), self.number(column + 1, row), u);
        let lower = mix(self.number(column, row + 1), self.number(column + 1, row + 1), u);
        mix(upper, lower, v)
    }

    /// The same with finer and fainter noise on top, from 0 to 1.
    pub(crate) fn rich(&self, x: f32, y: f32) -> f32 {
        let fine = self.at(x * 2.03 + 7.3, y * 2.03 + 3.1);
        let finer = self.at(x * 4.1 + 1.7, y * 4.1 + 9.2);
        let finest = self.at(x * 8.3 + 4.4, y * 8.3 + 2.6);
        self.at(x, y) * 0.53 + fine * 0.27 + finer * 0.13 + finest * 0.07
    }
}
