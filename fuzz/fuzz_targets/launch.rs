//! Launch files and presets, and the lints over what parses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_operator::launch::{Known, Launch, lint};
use meteor_rules::preset::Preset;

fuzz_target!(|text: &str| {
    let preset = Preset::parse(text).or_else(|_| Preset::named("demo")).expect("a preset of ours");
    let Ok(launch) = Launch::parse(text) else { return };
    let known = Known { now: 1_800_000_000, ..Known::default() };
    for finding in lint(&launch, &preset, &known) {
        assert!(!finding.to_string().is_empty());
    }
});
