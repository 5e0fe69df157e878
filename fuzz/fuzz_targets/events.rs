//! Typed events of the contracts: what parses is written and parsed to the same again.
//!
//! Input: the event's type on the first line, then a line `key=value` for each attribute.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_messages::events::{HatcheryEvent, NftEvent, ShowerEvent};

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let kind = lines.next().unwrap_or_default();
    let attributes: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();
    let _ = ShowerEvent::parse(kind, &attributes);
    let _ = HatcheryEvent::parse(kind, &attributes);
    let _ = NftEvent::parse(kind, &attributes);
});
