//! A CAR, as `meteor art pack` reads those of an earlier run: whatever the bytes, an error or blocks that make the same
//! bytes again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_art::car::{self, Reader};

fuzz_target!(|input: &[u8]| {
    let Ok(mut reader) = Reader::new(input) else { return };
    let mut again = Vec::new();
    car::begin(&mut again, &reader.root()).expect("memory takes it");
    while let Ok(next) = reader.block() {
        match next {
            Some((cid, block)) => car::add(&mut again, &cid, &block).expect("memory takes it"),
            // Only at the very end.
            None => return assert_eq!(again, input),
        }
    }
    assert!(input.starts_with(&again), "what was read before the error");
});
