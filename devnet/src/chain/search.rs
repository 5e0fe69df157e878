//! The query language of `tx_search`, `block_search` and `subscribe`: conditions joined by AND.
use std::cmp::Ordering;

use super::block::{Block, BlockTx};
use crate::app::events::Event;

/// As CometBFT.
pub(crate) const MAX_QUERY: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Equal,
    /// As numbers, in one of these ways.
    Ordered(&'static [Ordering]),
    Contains,
    Exists,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    key: String,
    op: Op,
    value: String,
}

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Query(Vec<Condition>);

const SYMBOLS: [(&str, Op); 5] = [
    ("<=", Op::Ordered(&[Ordering::Less, Ordering::Equal])),
    (">=", Op::Ordered(&[Ordering::Greater, Ordering::Equal])),
    ("=", Op::Equal),
    ("<", Op::Ordered(&[Ordering::Less])),
    (">", Op::Ordered(&[Ordering::Greater])),
];

impl Query {
    /// Parses, or says what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Query, String> {
        if text.len() > MAX_QUERY {
            return Err("maximum query length exceeded".into());
        }
        let mut rest = text.trim_start();
        let mut conditions = Vec::new();
        loop {
            let (condition, after) = condition(rest).map_err(|bad| bad.said_of(text))?;
            conditions.push(condition);
            rest = after.trim_start();
            if rest.is_empty() {
                return Ok(Query(conditions));
            }
            let next = rest.strip_prefix("AND").filter(|next| next.starts_with(char::is_whitespace));
            rest = next.ok_or_else(|| Bad { rest, want: "want 6" }.said_of(text))?.trim_start();
        }
    }

    /// The value a key must equal, if the query says so.
    pub(crate) fn wants(&self, key: &str) -> Option<&str> {
        let mut conditions = self.0.iter();
        conditions
            .find(|condition| condition.op == Op::Equal && condition.key == key)
            .map(|condition| condition.value.as_str())
    }

    pub(crate) fn matches_tx(&self, block: &Block, tx: &BlockTx) -> bool {
        self.0.iter().all(|condition| match condition.key.as_str() {
            "tx.hash" => condition.value.eq_ignore_ascii_case(&hex::encode_upper(tx.hash)),
            "tx.height" => condition.holds(&block.height().to_string()),
            "tm.event" => condition.holds("Tx"),
            key => condition.holds_in(&tx.result.events, key),
        })
    }

    pub(crate) fn matches_block(&self, block: &Block) -> bool {
        self.0.iter().all(|condition| match condition.key.as_str() {
            "block.height" => condition.holds(&block.height().to_string()),
            "tm.event" => condition.holds("NewBlock"),
            key => condition.holds_in(&block.events, key),
        })
    }
}

impl Condition {
    /// Whether one of these events has the attribute `key` (`type.attribute`) with such a value.
    fn holds_in(&self, events: &[Event], key: &str) -> bool {
        events.iter().any(|event| {
            let attribute = key.strip_prefix(&event.kind).and_then(|rest| rest.strip_prefix('.'));
            attribute.is_some_and(|attribute| {
                event.attributes.iter().any(|(name, value)| name == attribute && self.holds(value))
            })
        })
    }

    fn holds(&self, value: &str) -> bool {
        let numbers = || Some((value.parse::<u128>().ok()?, self.value.parse::<u128>().ok()?));
        match self.op {
            Op::Equal => value == self.value,
            // CometBFT's index cuts what it looks through at slashes, and so finds nothing in such values.
            Op::Contains => !value.contains('/') && value.contains(&self.value),
            Op::Exists => true,
            Op::Ordered(ways) => numbers().is_some_and(|(a, b)| ways.contains(&a.cmp(&b))),
        }
    }
}

/// What is wrong with a query, and where.
struct Bad<'a> {
    rest: &'a str,
    /// What should be there, in the words of CometBFT's parser.
    want: &'static str,
}

impl Bad<'_> {
    fn said_of(&self, text: &str) -> String {
        let offset = text.len().saturating_sub(self.rest.len());
        if self.rest.is_empty() {
            format!("offset {offset}: EOF")
        } else {
            format!("offset {offset}: got tag, {}", self.want)
        }
    }
}

fn condition(text: &str) -> Result<(Condition, &str), Bad<'_>> {
    let end = text.find(|c: char| c.is_whitespace() || "<>=".contains(c)).unwrap_or(text.len());
    let (key, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    if key.is_empty() {
        return Err(Bad { rest, want: "wanted tag" });
    }
    let rest = rest.trim_start();
    let made = |op, value: &str| Condition { key: key.into(), op, value: value.into() };
    if let Some(rest) = rest.strip_prefix("EXISTS") {
        return Ok((made(Op::Exists, ""), rest));
    }
    let (op, rest) = match rest.strip_prefix("CONTAINS") {
        Some(rest) => (Op::Contains, rest),
        None => SYMBOLS
            .iter()
            .find_map(|(symbol, op)| Some((*op, rest.strip_prefix(symbol)?)))
            .ok_or(Bad { rest, want: "wanted an operator" })?,
    };
    let rest = rest.trim_start();
    let (value, rest) = if let Some(quoted) = rest.strip_prefix('\'') {
        quoted.split_once('\'').ok_or(Bad { rest: "", want: "" })?
    } else {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (value, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        // Unquoted values are numbers only.
        value
            .parse::<u128>()
            .map_err(|_| Bad { rest, want: "wanted number, timestamp, datestamp or string" })?;
        (value, after)
    };
    Ok((made(op, value), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wallets_send() {
        let query =
            Query::parse("tm.event='Tx' AND tx.hash='AB' AND tx.height>=5 AND wasm.action CONTAINS 'x'")
                .unwrap();
        assert_eq!(query.wants("tx.hash"), Some("AB"));
        assert_eq!(query.0.len(), 4);
        assert_eq!(Query::parse("tx.height = 7").unwrap().wants("tx.height"), Some("7"));
        assert!(Query::parse("a.b EXISTS").is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z.'<>= 0-9ANDEXISTCO/]{0,40}|.{0,40}") {
            let _ = Query::parse(&text);
        }
    }

    #[test]
    fn nonsense_is_an_error() {
        for text in ["", "a", "=1", "a=", "a='x", "a=x", "a=1 b=2", "a=1 AND", "a=1 OR b=2", &"x".repeat(600)]
        {
            assert!(Query::parse(text).is_err(), "{text:?}");
        }
    }
}
