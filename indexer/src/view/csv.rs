//! A shower's contributions as `contributions.csv`, written as it is sent.

use std::sync::Arc;

use bytes::Bytes;
use meteor_rules::fairness::evidence;

use super::ShowerView;

/// Contributions in one piece of `contributions.csv`.
const PIECE: usize = 500;

impl ShowerView {
    /// Its contributions in order, as `contributions.csv`, piece by piece. Nothing is kept.
    pub fn csv(self: &Arc<Self>) -> Csv {
        Csv { totals: vec![0; self.rows.len()], shower: Arc::clone(self), at: None }
    }
}

/// Lines of `contributions.csv`, in pieces of some 40,000 bytes.
#[derive(Debug)]
pub struct Csv {
    shower: Arc<ShowerView>,
    /// The wallets' totals so far, by their place in the fold's standings.
    totals: Vec<u128>,
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
        let given = &self.shower.given;
        let end = at.saturating_add(PIECE).min(given.len());
        if at >= end {
            return None;
        }
        let mut csv = Vec::with_capacity((end - at).saturating_mul(100));
        let mut number = itoa::Buffer::new();
        for given in (at..end).filter_map(|at| given.get(at)) {
            let row = self.shower.rank(given.slot).and_then(|rank| self.shower.row(rank));
            let total = usize::try_from(given.slot).ok().and_then(|slot| self.totals.get_mut(slot));
            let (Some(row), Some(total)) = (row, total) else { continue };
            *total = total.saturating_add(given.amount);
            csv.extend_from_slice(number.format(given.seq).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(row.address.as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(given.amount).as_bytes());
            csv.push(b',');
            csv.extend_from_slice(number.format(*total).as_bytes());
            csv.push(b'\n');
        }
        self.at = Some(end);
        Some(csv.into())
    }
}
