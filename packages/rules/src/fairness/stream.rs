//! A stream of numbers from a seed: HMAC in counter mode, rejection sampling, no modulo bias.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Bytes32;
use crate::encode::Fields;

const STREAM_TAG: &str = "meteor-shower/stream/v1";

/// Numbers from a seed for one purpose. Block `c` (from 0) is `HMAC(seed, tag ‖ purpose ‖ index ‖ c)` and
/// gives two numbers of 128 bits, the first half first. Purposes and indexes never share numbers.
#[derive(Clone)]
pub struct Stream {
    start: Hmac<Sha256>,
    counter: u64,
    second: Option<u128>,
}

impl Stream {
    /// The stream of `seed` for `purpose` and `index`.
    pub fn new(seed: &Bytes32, purpose: &str, index: u32) -> Self {
        // A key of 32 bytes is never refused: HMAC takes any length.
        let mut start = Hmac::<Sha256>::new_from_slice(seed).unwrap_or_else(|_| unkeyed());
        start.text(STREAM_TAG);
        start.text(purpose);
        Mac::update(&mut start, &index.to_be_bytes());
        Self { start, counter: 0, second: None }
    }

    fn next(&mut self) -> u128 {
        if let Some(second) = self.second.take() {
            return second;
        }
        let mut block = self.start.clone();
        Mac::update(&mut block, &self.counter.to_be_bytes());
        self.counter += 1;
        let block: Bytes32 = block.finalize().into_bytes().into();
        let (mut first, mut second) = ([0; 16], [0; 16]);
        let (a, b) = block.split_at(16);
        first.copy_from_slice(a);
        second.copy_from_slice(b);
        self.second = Some(u128::from_be_bytes(second));
        u128::from_be_bytes(first)
    }

    /// A number in `0..bound`, all equally likely; `None` if `bound` is 0. Numbers of 128 bits at or above
    /// the largest multiple of `bound` are skipped.
    pub fn below(&mut self, bound: u128) -> Option<u128> {
        if bound == 0 {
            return None;
        }
        loop {
            if let Some(number) = fold(self.next(), bound) {
                return Some(number);
            }
        }
    }

    /// A place in `weights`, each as likely as its weight is large; `None` if all are 0.
    pub fn pick(&mut self, weights: &[u32]) -> Option<u32> {
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let mut at = self.below(total)?;
        for (place, weight) in (0u32..).zip(weights) {
            let weight = u128::from(*weight);
            if at < weight {
                return Some(place);
            }
            at -= weight;
        }
        None
    }
}

/// `number` modulo `bound`, which is at least 1; `None` at or above the largest multiple of `bound` up to 2^128.
fn fold(number: u128, bound: u128) -> Option<u128> {
    // 2^128 mod bound, in 128 bits.
    let excess = (u128::MAX % bound + 1) % bound;
    (number <= u128::MAX - excess).then_some(number % bound)
}

fn unkeyed() -> Hmac<Sha256> {
    use hmac::digest::KeyInit;
    <Hmac<Sha256> as KeyInit>::new(&hmac::digest::Key::<Hmac<Sha256>>::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn purposes_and_indexes_are_apart() {
        let first = |purpose: &str, index| Stream::new(&[1; 32], purpose, index).next();
        assert_ne!(first("draw", 0), first("draw", 1));
        assert_ne!(first("draw", 0), first("content", 0));
        assert_eq!(first("draw", 0), first("draw", 0));
    }

    #[test]
    fn nothing_is_below_nothing() {
        let mut stream = Stream::new(&[1; 32], "draw", 0);
        assert_eq!(stream.below(0), None);
        assert_eq!(stream.below(1), Some(0));
        assert_eq!(stream.pick(&[0, 0]), None);
        assert_eq!(stream.pick(&[0, 5, 0]), Some(1));
    }

    /// What would make some numbers likelier is skipped, and not one number more.
    #[test]
    fn numbers_from_the_last_multiple_on_are_skipped() {
        let half = 1 << 127;
        for (number, bound, is) in [
            (u128::MAX, 1, Some(0)),
            (u128::MAX, half, Some(half - 1)),
            (half, half + 1, Some(half)),
            (half + 1, half + 1, None),
            // 2^128 is 3 * 113427455640312821154458202477256070485 + 1.
            (u128::MAX, 3, None),
            (u128::MAX - 1, 3, Some(2)),
            (u128::MAX, 10, None),
            (u128::MAX - 5, 10, None),
            (u128::MAX - 6, 10, Some(9)),
            (u128::MAX, u128::MAX, None),
            (u128::MAX - 1, u128::MAX, Some(u128::MAX - 1)),
        ] {
            assert_eq!(fold(number, bound), is, "{number} below {bound}");
        }
    }

    #[test]
    fn numbers_are_even() {
        let mut stream = Stream::new(&[3; 32], "draw", 0);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            let at = usize::try_from(stream.below(7).unwrap()).unwrap();
            counts[at] += 1;
        }
        // Chi-squared with 6 degrees of freedom: 22.5 is the 0.1 % point; the seed is fixed.
        let chi: f64 = counts.iter().map(|c| (f64::from(*c) - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi < 22.5, "{counts:?}");
    }

    proptest! {
        #[test]
        fn always_below(seed in any::<[u8; 32]>(), bound in 1u128..) {
            let mut stream = Stream::new(&seed, "draw", 0);
            for _ in 0..4 {
                prop_assert!(stream.below(bound).unwrap() < bound);
            }
        }
    }
}
