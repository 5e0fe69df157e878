//! A shower's contributions as `contributions.csv`, written as it is sent.

use std::sync::Arc;

use bytes::Bytes;
use imbl::Vector;
use meteor_rules::fairness::evidence;

use super::ShowerView;
use crate::fold::Given;

/// Contributions in one piece of `contributions.csv`.
const PIECE: usize = 500;

impl ShowerView {
    /// Its contributions in order, as `contributions.csv`, piece by piece. Nothing is kept.
    pub fn csv(&self) -> Csv {
        Csv { given: self.given.clone(), contributors: self.ranked.contributors.clone(), at: None }
    }
}

/// Lines of `contributions.csv`, in pieces of some 40,000 bytes. Whoever reads them slowly holds no view, only lists
/// that never do anything but grow: all but their ends is the same as in the newest view.
#[derive(Debug)]
pub struct Csv {
    given: Vector<Given>,
    contributors: Vector<Arc<str>>,
    /// Contributions written; `None` before the first line.
    at: Option<usize>,
}

impl Iterator for Csv {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        let Some(at) = self.at else {
            self.at = Some(0);
            return Some(format!("{}\n", evidence::CSV_HEADER).into());
        };
        let end = at.saturating_add(PIECE).min(self.given.len());
        if at >= end {
            return None;
        }
        let mut csv = Vec::with_capacity((end - at).saturating_mul(100));
        let mut number = itoa::Buffer::new();
        for given in self.given.focus().narrow(at..end) {
            let slot = usize::try_from(given.slot).ok();
            let Some(address) = slot.and_then(|slot| self.contributors.get(slot)) else { continue };
            csv.extend_from_slice(number.format(given.seq).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(address.as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(given.amount).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(given.total).as_bytes());
            csv.push(b'\n');
        }
        self.at = Some(end);
        Some(csv.into())
    }
}
