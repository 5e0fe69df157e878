//! What a node answers, as `meteor-chain` reads it: whatever the bytes, an answer or an error.
//!
//! Input: a height on the first line, then the body of the answer.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_chain::blocks::{self, Header};
use meteor_chain::{query, tx};

fuzz_target!(|input: &[u8]| {
    let (height, body) =
        input.iter().position(|byte| *byte == b'\n').map_or((input, input), |at| input.split_at(at));
    let height = std::str::from_utf8(height).ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let _ = blocks::tip(body);
    let _ = blocks::status(body);
    let _ = query::answer::<cosmos_sdk_proto::Any>(body);
    let _ = tx::found(body, "AB");
    let _ = tx::of_block(body, height);
    let _ = tx::at(body, "AB", height, 0);
    let header = Header {
        height,
        time_ns: 0,
        hash: [0; 32],
        computed: [0; 32],
        last_results: None,
        parent: None,
        txs: 1,
        chain_id: String::new(),
    };
    for header in blocks::headers(body, height).into_iter().flatten().chain([header]) {
        for block in blocks::results(body, &[&header], |_| true).into_iter().flatten() {
            let in_txs = block.txs.iter().flat_map(|result| &result.events);
            for event in block.begin.iter().chain(in_txs).chain(&block.end) {
                let _ =
                    (event.is_typed(), event.contract().map(str::len), event.pairs().len(), event.pays("x"));
            }
        }
    }
});
