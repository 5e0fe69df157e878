//! How two values differ, field by field, in words.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Most fields of one thing that are named.
const SHOWN: usize = 20;

/// A field that is another on the chain than in the launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which, for example `payees[2].share_bp`, counted from 1.
    pub field: String,
    /// What the chain holds.
    pub held: String,
    /// What was asked for.
    pub asked: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, held, asked } = self;
        write!(f, "{field}: the chain has {held}, the launch {asked}")
    }
}

/// Every field of `what` in which the two differ; of many the first.
pub(super) fn differences<T: Serialize + ?Sized>(what: &str, held: &T, asked: &T) -> Vec<Difference> {
    let json = |value: &T| serde_json::to_value(value).unwrap_or(Value::Null);
    let mut found = Vec::new();
    walk(what, &json(held), &json(asked), &mut found);
    found.truncate(SHOWN);
    found
}

fn walk(field: &str, held: &Value, asked: &Value, found: &mut Vec<Difference>) {
    if held == asked {
        return;
    }
    match (held, asked) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let only_theirs = theirs.keys().filter(|key| !ours.contains_key(*key));
            for key in ours.keys().chain(only_theirs) {
                let side = |of: &serde_json::Map<String, Value>| of.get(key).cloned().unwrap_or_default();
                walk(&format!("{field}.{key}"), &side(ours), &side(theirs), found);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            for at in 0..ours.len().max(theirs.len()) {
                let side = |of: &[Value]| of.get(at).cloned().unwrap_or_default();
                walk(&format!("{field}[{}]", at.saturating_add(1)), &side(ours), &side(theirs), found);
            }
        }
        _ => found.push(Difference { field: field.to_owned(), held: said(held), asked: said(asked) }),
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(_) | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_fields_that_differ_are_named() {
        let held = json!([{ "address": "a", "share_bp": 1 }, { "address": "b", "share_bp": 2 }]);
        let asked =
            json!([{ "address": "a", "share_bp": 1 }, { "address": "b", "share_bp": 3 }, { "address": "c" }]);
        let said = |held: &Value, asked: &Value| -> Vec<String> {
            differences("payees", held, asked).iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            said(&held, &asked),
            [
                "payees[2].share_bp: the chain has 2, the launch 3",
                "payees[3]: the chain has nothing, the launch {\"address\":\"c\"}"
            ]
        );
        assert_eq!(said(&json!("one"), &json!("")), ["payees: the chain has \"one\", the launch nothing"]);
        assert_eq!(said(&held, &held), [""; 0]);
        assert_eq!(said(&json!({ "a": 1 }), &json!({ "b": 1 })).len(), 2);
        let many = json!(vec![0; 100]);
        assert_eq!(said(&many, &json!(vec![1; 100])).len(), SHOWN);
    }
}
