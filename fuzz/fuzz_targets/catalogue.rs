//! The catalogue's file, as `meteor art check` reads it: whatever the bytes, findings or a catalogue that is written and
//! read again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use meteor_art::check::catalogue;
use meteor_rules::catalogue::{described, file::write};
use meteor_rules::metadata::Template;
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;

static TEMPLATE: LazyLock<Template> =
    LazyLock::new(|| Preset::named("demo").expect("the demo's preset").meteors.template);

fuzz_target!(|input: &[u8]| {
    let Some(read) = catalogue(input, &TEMPLATE).described else { return };
    let text = match &read.files {
        Some(files) => described::write(&read.catalogue, files, &TEMPLATE).expect("as long as the catalogue"),
        None => write(&read.catalogue, &TEMPLATE),
    };
    let again = catalogue(text.as_bytes(), &TEMPLATE).described.expect("what was written is read");
    for tier in Tier::ALL {
        assert_eq!(again.catalogue.committed(tier), read.catalogue.committed(tier));
    }
});
