//! A list that goes to the chain in parts: what is refused as a whole is sent in halves, so that one entry that
//! the chain refuses holds up no other.

/// Batches that wait to be sent.
pub(super) struct Halves<T>(Vec<Vec<T>>);

impl<T> Halves<T> {
    /// All of it in one batch.
    pub(super) fn of(batch: Vec<T>) -> Self {
        Self(vec![batch])
    }

    /// The next batch to send, never an empty one.
    pub(super) fn next(&mut self) -> Option<Vec<T>> {
        loop {
            let batch = self.0.pop()?;
            if !batch.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Puts a batch back, to be sent next.
    pub(super) fn again(&mut self, batch: Vec<T>) {
        self.0.push(batch);
    }

    /// Takes a batch that the chain refused: its halves are sent next. If it is a single entry, that is the one
    /// which the chain refuses.
    pub(super) fn refused(&mut self, mut batch: Vec<T>) -> Option<T> {
        if batch.len() < 2 {
            return batch.pop();
        }
        let second = batch.split_off(batch.len() / 2);
        self.again(second);
        self.again(batch);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_refused_is_left_out() {
        for (count, bad) in [(0, vec![]), (1, vec![]), (1, vec![0]), (7, vec![6]), (30, vec![0, 1, 17, 29])] {
            let mut halves = Halves::of((0..count).collect());
            let (mut sent, mut left) = (vec![], vec![]);
            while let Some(batch) = halves.next() {
                if batch.iter().any(|entry| bad.contains(entry)) {
                    left.extend(halves.refused(batch));
                } else {
                    sent.extend(batch);
                }
            }
            assert_eq!(left, bad, "{count} entries, in order");
            let good: Vec<i32> = (0..count).filter(|entry| !bad.contains(entry)).collect();
            assert_eq!(sent, good, "{count} entries, in order");
        }
    }
}
