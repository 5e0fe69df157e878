//! A segment, as `meteor-indexer` reads it: whatever the bytes, an error or blocks that can be written again.
//!
//! Input: a segment without its hash; the right one is put after it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::State;
use meteor_indexer::store::{Event, segment};
use sha2::{Digest, Sha256};

fuzz_target!(|input: &[u8]| {
    let mut bytes = input.to_vec();
    bytes.extend(Sha256::digest(input));
    let Ok(head) = segment::head(&bytes) else { return };
    let of = Event { chain_id: None, contract: &head.bound.contract, start_height: head.bound.start_height };
    if let Ok(mut blocks) = segment::read(&bytes, &of) {
        let again = segment::write(&of, &blocks).expect("what was read is written");
        assert_eq!(segment::read(&again, &of).expect("what was written is read"), blocks);
        let mut watched = Watched::of(&State::new(&head.bound.chain_id, &head.bound.contract));
        for block in &mut blocks {
            let (mut one, mut other) = (watched.clone(), watched.clone());
            let read = decode(&mut one, &block.results);
            watched.keep(&mut block.results);
            // What isn't kept is what isn't read.
            assert_eq!(decode(&mut other, &block.results), read);
        }
    }
});
