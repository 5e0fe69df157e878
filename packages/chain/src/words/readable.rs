//! The words of chains and contracts in the reader's terms: without what nodes wrap around them, with times and amounts as
//! people write them.

use crate::amounts::coins;
use crate::time::{clock, soon};

/// What wasmd adds to the words of a contract, by what was done with it.
const CONTRACT: [&str; 6] = ["execute", "query", "instantiate", "migrate", "reply", "sudo"];
/// The SDK's names of codes that say less than the words before them.
const CODES: [&str; 5] =
    [": unknown request", ": invalid request", ": key not found", ": unauthorized", ": not found"];
/// How our contracts mark a time.
const SECONDS: &str = " (Unix seconds)";

/// Whether the words are a contract's.
pub(super) fn of_contract(log: &str) -> bool {
    CONTRACT.iter().any(|verb| log.contains(&failed(verb)))
}

fn failed(verb: &str) -> String {
    format!(": {verb} wasm contract failed")
}

/// The words alone: without the places in the chain's source that SDK 0.53 adds, without gas and wrappers of the SDK and
/// wasmd, without the names of codes.
pub(super) fn unwrapped(log: &str) -> String {
    let log = without_places(log);
    let mut words = log.trim();
    loop {
        let shorter = peeled(words);
        if shorter == words {
            return words.to_owned();
        }
        words = shorter;
    }
}

/// The words without the outermost of what is around them.
fn peeled(words: &str) -> &str {
    if let Some((_, rest)) =
        words.strip_prefix("rpc error: code = ").and_then(|text| text.split_once(" desc = "))
    {
        return rest;
    }
    // A simulation's gas, as SDK 0.47 and 0.53 write it.
    for gas in [" With gas wanted: '", " with gas used: '"] {
        if let Some((before, _)) = words.rsplit_once(gas) {
            return before;
        }
    }
    if let Some(rest) = words.strip_prefix("failed to execute message; message index: ") {
        return rest.split_once(": ").map_or(rest, |(_, rest)| rest);
    }
    // Around what a contract's message was refused with, and cosmwasm-std's name of an error without a type.
    for prefix in ["dispatch: ", "submessages: ", "Generic error: "] {
        if let Some(rest) = words.strip_prefix(prefix) {
            return rest;
        }
    }
    for verb in CONTRACT {
        if let Some(rest) = words.strip_suffix(failed(verb).as_str()) {
            return rest;
        }
    }
    CODES.iter().find_map(|code| words.strip_suffix(code)).unwrap_or(words)
}

/// Words without places in the chain's source: ` [cosmos/cosmos-sdk@v0.53.6/x.go:9]`.
fn without_places(log: &str) -> String {
    let mut words = log.to_owned();
    let mut from = 0;
    while let Some(file) =
        words.get(from..).and_then(|rest| rest.find(".go:")).map(|at| from.saturating_add(at))
    {
        let begin = words.get(..file).and_then(|before| before.rfind(" ["));
        let end = words.get(file..).and_then(|after| after.find(']')).map(|at| file.saturating_add(at));
        let (Some(begin), Some(end)) = (begin, end) else { break };
        words.replace_range(begin..=end, "");
        from = begin;
    }
    words
}

/// The same words with times and amounts as people write them: in UTC, with how far they are from `now` (Unix seconds)
/// if that is known, and `8 UST` for `8000000uusd`.
pub(super) fn readable(words: &str, now: Option<u64>) -> String {
    let mut text = String::new();
    let mut rest = words;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        text.push_str(before);
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let (digits, after) = number.split_at(end);
        // A number within a word, as in an address, is none.
        let word = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '/');
        let (shown, after) = match (word, digits.parse::<u128>()) {
            (false, Ok(value)) => shown(value, after, now),
            (true, _) | (_, Err(_)) => None,
        }
        .unwrap_or_else(|| (digits.to_owned(), after));
        text.push_str(&shown);
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A number as people write it, and what comes after what is written; `None` if it is neither a time nor an amount.
fn shown(value: u128, after: &str, now: Option<u64>) -> Option<(String, &str)> {
    if let Some(after) = after.strip_prefix(SECONDS) {
        let seconds = u64::try_from(value).ok()?;
        return Some((now.map_or_else(|| clock(seconds), |now| soon(seconds, now)), after));
    }
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '/').unwrap_or(after.len());
    let (denom, after) = after.split_at(end);
    (denom.starts_with('u') && denom.len() > 3).then(|| (coins(value, denom), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_amounts_are_the_readers() {
        let words = "shower 1 goes on until 1795632501 (Unix seconds): close it from then on";
        let expected = "shower 1 goes on until 18:48:21Z, in 12 min: close it from then on";
        assert_eq!(readable(words, Some(1_795_631_781)), expected);
        assert_eq!(readable(words, None), expected.replace("18:48:21Z, in 12 min", "2026-11-25T18:48:21Z"));
        for (words, expected) in [
            (
                "spendable balance 5uusd is smaller than 10000000uusd",
                "spendable balance 0.000005 UST is smaller than 10 UST",
            ),
            ("got: 1uluna required: 9000000uluna,30000uusd", "got: 0.000001 LUNA required: 9 LUNA,0.03 UST"),
            ("contract terra10uusd of shower 7", "contract terra10uusd of shower 7"),
            ("7ibc/0471 and 9 until noon", "7ibc/0471 and 9 until noon"),
            (
                "99999999999999999999999999999999999999999999uusd",
                "99999999999999999999999999999999999999999999uusd",
            ),
            ("at 99999999999999999999 (Unix seconds)", "at 99999999999999999999 (Unix seconds)"),
            ("☄ 1", "☄ 1"),
        ] {
            assert_eq!(readable(words, None), expected);
        }
    }
}
