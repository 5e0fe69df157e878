//! Answers without what is of one run, so that those of two chains can be compared.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What addresses of a run stand for.
pub(crate) type Names = BTreeMap<String, String>;

/// Words without numbers, addresses, hashes, and the places in Go's sources (in brackets, or after a panic).
pub(crate) fn words(log: &str) -> String {
    let mut said = String::new();
    let mut inside = 0_u32;
    for letter in log.lines().next().unwrap_or_default().chars() {
        match letter {
            '[' => inside += 1,
            ']' => inside = inside.saturating_sub(1),
            _ if inside > 0 => {}
            '0'..='9' if said.ends_with('N') => {}
            '0'..='9' => said.push('N'),
            other => said.push(other),
        }
    }
    said.split_whitespace()
        .map(|word| if word.contains("terraN") { "ADDRESS" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

/// Code, codespace and words, as `broadcast_tx_sync`, a block's result and `abci_query` give them.
pub(crate) fn verdict(result: &Value) -> Value {
    json!([result["code"], result["codespace"], words(result["log"].as_str().unwrap_or_default())])
}

/// The error of a JSON-RPC answer.
pub(crate) fn error(answer: &Value) -> Value {
    let error = &answer["error"];
    json!([error["code"], error["message"], words(error["data"].as_str().unwrap_or_default())])
}

/// Types of events with their attributes in order: keys and values.
pub(crate) fn events(result: &Value, names: &Names) -> Value {
    let attribute = |attribute: &Value| {
        let text = |field: &str| attribute[field].as_str().unwrap_or_default().to_owned();
        format!("{}={}", text("key"), named(&text("key"), &text("value"), names))
    };
    let event = |event: &Value| {
        let list: Vec<String> = event["attributes"].as_array().unwrap().iter().map(attribute).collect();
        json!([event["type"], list])
    };
    result["events"].as_array().unwrap().iter().map(event).collect()
}

/// A value with names for addresses, and without what differs from run to run.
fn named(key: &str, value: &str, names: &Names) -> String {
    if key == "signature" {
        return "SIGNATURE".into();
    }
    let mut value = value.to_owned();
    for (address, name) in names {
        value = value.replace(address, name);
    }
    let hash = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    match key {
        _ if hash => "HASH".into(),
        // The account may have sent more on one chain: uploads.
        "acc_seq" => value.split('/').next().unwrap_or_default().into(),
        _ => without_moments(&value),
    }
}

/// Times and rounds of the beacon have nine digits or more; amounts of the tests have fewer.
fn without_moments(value: &str) -> String {
    let mut said = String::new();
    let mut digits = String::new();
    for letter in value.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        said.push_str(if digits.len() < 9 { &digits } else { "MOMENT" });
        digits.clear();
        said.push(letter);
    }
    said.trim_end_matches('\0').to_owned()
}

/// Which fields a JSON value has and what is in them.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => json!("null"),
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(text) => json!(kind(text)),
        // The first stands for all.
        Value::Array(items) => json!(items.first().map(shape).into_iter().collect::<Vec<_>>()),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                let inside = match key.as_str() {
                    // Compared by themselves; those of a block come from modules that the dev chain has not.
                    "events" | "finalize_block_events" | "begin_block_events" | "end_block_events" => {
                        json!("events")
                    }
                    // Empty or not as the run has it.
                    "txs_results" | "signatures" | "txs" if value.is_null() => json!([]),
                    _ => shape(value),
                };
                (key.clone(), inside)
            })
            .collect::<Map<_, _>>()
            .into(),
    }
}

fn kind(text: &str) -> &'static str {
    let all = |what: fn(&u8) -> bool| text.as_bytes().iter().all(what);
    if text.is_empty() {
        "empty"
    } else if [40, 64].contains(&text.len()) && all(u8::is_ascii_hexdigit) {
        "hex"
    } else if all(u8::is_ascii_digit) {
        "digits"
    } else if text.ends_with('Z') && text.contains('T') && text.contains(':') {
        "time"
    } else {
        "text"
    }
}
