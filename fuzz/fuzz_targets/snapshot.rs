//! A snapshot, as `meteor-indexer` reads it: whatever the bytes, an error or a state that can be written and read again.
//!
//! Input: a snapshot without its hash; the right one is put after it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_indexer::store::{Event, snapshot};
use sha2::{Digest, Sha256};

fuzz_target!(|input: &[u8]| {
    let _ = snapshot::read(input, &Event { chain_id: None, contract: "", start_height: 1 });
    let mut bytes = input.to_vec();
    bytes.extend(Sha256::digest(input));
    let Ok(head) = snapshot::head(&bytes) else { return };
    let of = Event { chain_id: None, contract: &head.bound.contract, start_height: head.bound.start_height };
    if let Ok(state) = snapshot::read(&bytes, &of) {
        let again = snapshot::write(&state).expect("a state is written");
        let twice = snapshot::read(&again, &of).expect("what was written is read");
        assert_eq!(snapshot::write(&twice).expect("a state is written"), again);
    }
});
