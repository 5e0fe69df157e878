//! Reading results against a naive reading of the same body as JSON values: what is kept, where it stands, and the
//! hash, however a node writes it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_chain::blocks::{BlockHash, results};
use meteor_chain::event::{Attribute, RawEvent, TxResult};
use meteor_chain::hashes;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::answers::header;

const OURS: &str = "terra1shower";

fn keep(event: &RawEvent<'_>) -> bool {
    event.of_a_contract() || event.pays(OURS)
}

/// Reads the results of transactions the slow way, with every attribute.
fn naive(results: &Value) -> (BlockHash, Vec<TxResult<'static>>) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let attribute = |value: &Value| Attribute::new(text(&value["key"]), text(&value["value"]));
    let event = |value: &Value| RawEvent {
        kind: text(&value["type"]).into(),
        attributes: list(&value["attributes"]).iter().map(attribute).collect(),
    };
    let gas = |value: &Value| value.as_str().map_or(0, |text| text.parse().unwrap());
    let txs = list(&results["txs_results"]);
    let leaf = |tx: &Value| {
        let data = BASE64.decode(text(&tx["data"])).unwrap();
        let code = tx["code"].as_u64().unwrap_or_default() as u32;
        hashes::result_leaf(code, &data, [gas(&tx["gas_wanted"]), gas(&tx["gas_used"])])
    };
    let hash = hashes::root(&txs.iter().map(leaf).collect::<Vec<_>>());
    let result = |tx: &Value| TxResult {
        code: tx["code"].as_u64().unwrap_or_default() as u32,
        events: list(&tx["events"]).iter().map(event).collect(),
    };
    (hash, txs.iter().map(result).collect())
}

/// Events as they are kept: an empty one in the place of every other, none after the last.
fn kept(mut events: Vec<RawEvent<'static>>) -> Vec<RawEvent<'static>> {
    events.iter_mut().filter(|event| !keep(event)).for_each(|event| *event = RawEvent::default());
    let count = events.iter().rposition(|event| *event != RawEvent::default()).map_or(0, |last| last + 1);
    events.truncate(count);
    events
}

fn read(body: &str, txs: usize) -> (BlockHash, Vec<TxResult<'static>>) {
    let read = results(body.as_bytes(), &[&header(7, txs as u64)], keep).unwrap().remove(0);
    (read.hash, read.txs)
}

/// A value or nothing, which nodes write as `null` or leave out.
fn perhaps(of: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![6 => of.prop_map(Some), 1 => Just(Some(Value::Null)), 1 => Just(None)]
}

/// An object whose fields come in any order, with some that nobody knows.
fn object(fields: Vec<(&'static str, BoxedStrategy<Option<Value>>)>) -> impl Strategy<Value = Value> {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let unknown = prop_oneof![Just(None), Just(Some(json!({ "type": ["wasm"], "attributes": 1 })))];
    (values, unknown).prop_map(move |(values, unknown)| {
        let fields = names.iter().copied().zip(values).chain([("index", unknown)]);
        Value::Object(fields.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    })
}

fn a_text() -> impl Strategy<Value = Value> {
    let common =
        "(recipient|sender|amount|_contract_address|mode|v|seq|terra1shower|8uusd|X2NvbnRyYWN0X2FkZHJlc3M=)";
    prop_oneof![common.prop_map(Value::from), any::<String>().prop_map(Value::from)]
}

fn an_event() -> impl Strategy<Value = Value> {
    let kind = "(wasm|wasm-contribution|wasm-|wasmd|transfer|tx|message|coin_spent|execute|)";
    let attribute = object(vec![("key", perhaps(a_text()).boxed()), ("value", perhaps(a_text()).boxed())]);
    let attributes = prop::collection::vec(attribute, 0..6).prop_map(Value::from);
    object(vec![
        ("type", perhaps(kind.prop_map(Value::from)).boxed()),
        ("attributes", perhaps(attributes).boxed()),
    ])
}

fn a_tx() -> impl Strategy<Value = Value> {
    let data = prop::collection::vec(any::<u8>(), 0..200).prop_map(|data| json!(BASE64.encode(data)));
    let gas = || perhaps(prop_oneof![any::<i64>(), Just(0)].prop_map(|gas| json!(gas.to_string()))).boxed();
    let log = "[ -~]{0,20}".prop_map(|log| json!(format!("[{{\"events\":{log:?}}}]")));
    object(vec![
        ("code", perhaps(prop_oneof![Just(0), any::<u32>()].prop_map(Value::from)).boxed()),
        ("data", perhaps(data).boxed()),
        ("log", perhaps(log).boxed()),
        ("gas_wanted", gas()),
        ("gas_used", gas()),
        ("events", perhaps(prop::collection::vec(an_event(), 0..6).prop_map(Value::from)).boxed()),
    ])
}

/// How a body is written: fields sorted or the other way round, texts with every character escaped or not, spaces.
#[derive(Clone, Copy, Debug)]
struct Hand {
    backwards: bool,
    escaped: bool,
    spaced: bool,
}

impl Hand {
    fn write(self, value: &Value) -> String {
        let space = if self.spaced { " \n\t" } else { "" };
        let comma = format!("{space},{space}");
        match value {
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| format!("{}{space}:{}", self.text(name), self.write(value)))
                    .collect();
                if self.backwards {
                    fields.reverse();
                }
                format!("{{{space}{}{space}}}", fields.join(&comma))
            }
            Value::Array(values) => {
                let values: Vec<_> = values.iter().map(|value| self.write(value)).collect();
                format!("[{space}{}{space}]", values.join(&comma))
            }
            Value::String(text) => self.text(text),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        }
    }

    fn text(self, text: &str) -> String {
        if !self.escaped {
            return json!(text).to_string();
        }
        let mut units = String::new();
        text.encode_utf16().for_each(|unit| write!(units, "\\u{unit:04x}").unwrap());
        format!("\"{units}\"")
    }
}

proptest! {
    #[test]
    fn what_is_kept_and_hashed_is_what_a_naive_reading_finds(
        txs in prop::collection::vec(a_tx(), 0..5),
        [backwards, escaped, spaced] in any::<[bool; 3]>(),
    ) {
        let value = json!({ "height": "7", "txs_results": txs });
        let (hash, every) = naive(&value);
        let expected: Vec<_> =
            every.iter().cloned().map(|tx| TxResult { events: kept(tx.events), ..tx }).collect();
        let hand = Hand { backwards, escaped, spaced };
        let body = hand.write(&json!([{ "id": 7, "result": value }]));
        prop_assert_eq!(read(&body, txs.len()), (hash, expected));

        // Whatever else is wanted has its type, in whichever order its fields come.
        let all = results(body.as_bytes(), &[&header(7, txs.len() as u64)], |_| true).unwrap().remove(0);
        for (read, mut tx) in all.txs.into_iter().zip(every) {
            let matters = |kind: &str| kind == "transfer" || kind.starts_with("wasm");
            tx.events.iter_mut().filter(|event| !matters(&event.kind)).for_each(|e| e.attributes.clear());
            prop_assert_eq!(read, tx);
        }
    }
}

#[test]
fn what_nodes_recorded_is_read_as_a_naive_reading_finds_it() {
    let mut seen = 0;
    for recorded in [
        include_str!("../../../../tests/fixtures/blocks-0.46.json"),
        include_str!("../../../../tests/fixtures/blocks-0.61.json"),
    ] {
        let blocks: Vec<Value> = serde_json::from_str(recorded).unwrap();
        for mut block in blocks {
            block["results"]["height"] = json!("7");
            let count = block["results"]["txs_results"].as_array().map_or(0, Vec::len);
            let body = json!([{ "id": 7, "result": block["results"] }]).to_string();
            assert_eq!(read(&body, count), naive(&block["results"]));
            seen += count;
        }
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn what_is_malformed_where_it_matters_is_refused() {
    let tx = |event: &str| {
        let body =
            format!(r#"[{{"id":7,"result":{{"height":"7","txs_results":[{{"events":[{event}]}}]}}}}]"#);
        results(body.as_bytes(), &[&header(7, 1)], keep).map(|_| ())
    };
    assert!(tx(r#"{"type":"wasm-a","attributes":[{"key":"k","value":"v"}]}"#).is_ok());
    for bad in [
        r#"{"type":"wasm-a","type":"wasm-b"}"#,
        r#"{"type":"wasm-a","attributes":[],"attributes":[]}"#,
        r#"{"type":"tx","attributes":[],"attributes":[]}"#,
        r#"{"type":"wasm-a","attributes":"many"}"#,
        r#"{"type":"wasm-a","attributes":[{"key":1}]}"#,
        r#"{"type":"transfer","attributes":[{"key":"k","key":"l"}]}"#,
        r#"{"type":"tx","attributes":[}"#,
        r#"{"type":["wasm-a"]}"#,
        r#""wasm-a""#,
    ] {
        assert!(tx(bad).is_err(), "{bad}");
    }
    for data in ["QQ", "QQ=", "Q", "QR==", "Q Q==", "-_==", "QQ==\\n"] {
        let body = format!(r#"[{{"id":7,"result":{{"height":"7","txs_results":[{{"data":"{data}"}}]}}}}]"#);
        assert!(results(body.as_bytes(), &[&header(7, 1)], keep).is_err(), "{data}");
    }
}

/// Nodes write none, but a text that nobody reads is no reason to stop.
#[test]
fn bad_utf8_is_refused_only_where_it_is_read() {
    let tx = |field: &str| {
        let body = format!(r#"[{{"id":7,"result":{{"height":"7","txs_results":[{{{field}}}]}}}}]"#);
        let body: Vec<u8> = body.bytes().map(|byte| if byte == b'!' { 0xff } else { byte }).collect();
        results(&body, &[&header(7, 1)], keep).map(|_| ())
    };
    assert!(tx(r#""log":"!""#).is_ok());
    assert!(tx(r#""data":"!""#).is_err());
}
