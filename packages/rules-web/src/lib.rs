//! The rules in the browser: an event's evidence in, the verifier's report out as JSON.
//!
//! The page's Fairness worker loads this as wasm (`scripts/page-wasm`) and so recomputes draws with the code that
//! `meteor verify` uses. Evidence comes from a server and may be anything: what can't be read is answered in words,
//! and nothing traps. Every call stands alone; nothing is kept from one to the next.

pub mod abi;
mod answers;
mod frame;
mod summary;

use std::error::Error as _;
use std::fmt::Write as _;

use serde::Serialize;

pub use frame::{NONE, write};

/// Answers a call: `{"ok": …}`, or `{"error": "why it can't be answered"}`.
///
/// A call is a row of fields, see [`write()`]. The first names what is asked for:
///
/// | first | then | `ok` is |
/// |---|---|---|
/// | `event` | `fairness.json`, `catalogue.csv` or none | chain, contract, beacon, steps of the event, and where each shower stands |
/// | `shower` | `fairness.json`, tables, number, `contributions.csv`, pages of reveals … | the shower's report |
/// | `meteor` | `fairness.json`, tables, number, `contributions.csv` of its shower, pages of reveals … | that report and the meteor |
pub fn answer(call: &[u8]) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Answer {
        Ok(answers::Told),
        Error(String),
    }
    let told = match answers::answer(call) {
        Ok(told) => Answer::Ok(told),
        Err(error) => {
            let mut words = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                // Writing to a text never fails.
                let _ = write!(words, ": {cause}");
                source = cause.source();
            }
            Answer::Error(words)
        }
    };
    serde_json::to_vec(&told).unwrap_or_else(|_| br#"{"error":"the report can't be written"}"#.to_vec())
}
