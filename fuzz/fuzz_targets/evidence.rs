//! What verifiers read: `fairness.json`, `contributions.csv`, the tables, reveals with their proofs, and the
//! catalogue. Nothing may panic, however large the numbers, and what is read is written and read to the same again.
//!
//! Input: these parts in order, divided by lines `%%`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use meteor_rules::fairness::evidence::{Fairness, Reveal, read_csv, write_csv};
use meteor_rules::fairness::verify::{Checks, Evidence, verify, verify_event};

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n%%\n");
    let mut part = || parts.next().unwrap_or_default();
    let (fairness, csv, tables, reveals, catalogue) = (part(), part(), part(), part(), part());
    let contributions = read_csv(csv).unwrap_or_default();
    assert_eq!(read_csv(&write_csv(&contributions)).as_ref(), Ok(&contributions));

    let Ok(event) = serde_json::from_str::<Fairness>(fairness) else { return };
    let again = serde_json::to_string(&event).expect("what was read is written");
    assert_eq!(serde_json::from_str::<Fairness>(&again).expect("and read again"), event);
    if event.validate().is_err() {
        return;
    }
    let reveals: Vec<Reveal> = serde_json::from_str(reveals).unwrap_or_default();
    let _ = verify_event(&event, Some(catalogue.as_bytes()));
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).map_err(|error| error.to_string());
    let checks = Checks { beacon: None, tables: &read };
    for shower in &event.showers {
        let evidence = Evidence {
            event: &event,
            shower,
            contributions: &contributions,
            tables: tables.as_bytes(),
            reveals: &reveals,
        };
        let _ = verify(&evidence, &checks);
    }
});
