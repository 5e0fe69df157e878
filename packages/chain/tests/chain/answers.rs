//! Answers of nodes: nulls, gaps and lies, and that none of them makes a reader fall over.

use meteor_chain::blocks::{Header, headers, results, status, tip, windows};
use meteor_chain::event::{Attribute, RawEvent};
use meteor_chain::{NodeError, jsonrpc, query, tx};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The body of an answer to one request.
fn body(result: &Value) -> Vec<u8> {
    json!({ "jsonrpc": "2.0", "id": 1, "result": result }).to_string().into_bytes()
}

/// The body of an answer to a batch of one request, for the block at height 7.
fn batch(result: &Value) -> Vec<u8> {
    json!([{ "jsonrpc": "2.0", "id": 7, "result": result }]).to_string().into_bytes()
}

pub(crate) fn header(height: u64, txs: u64) -> Header {
    Header {
        height,
        time_ns: 0,
        hash: [0; 32],
        computed: [0; 32],
        last_results: None,
        parent: None,
        txs,
        chain_id: "testerra".into(),
    }
}

#[test]
fn nulls_and_missing_fields_are_nothing_and_not_an_error() {
    for (value, txs) in [
        (json!({ "height": "7", "txs_results": null }), 0),
        (json!({ "height": 7 }), 0),
        (json!({ "height": "7", "txs_results": [{}], "consensus_param_updates": { "block": {} } }), 1),
        (json!({ "height": "7", "txs_results": [{ "code": 0, "events": null, "data": null }] }), 1),
        (
            json!({ "height": "7", "txs_results": [{ "events": [{ "type": "wasm", "attributes": null }] }] }),
            1,
        ),
        (
            json!({ "height": "7", "txs_results": [{ "events": [{ "attributes": [{ "key": "k", "value": null }] }] }] }),
            1,
        ),
    ] {
        let read = results(&batch(&value), &[&header(7, txs)], |_| true).unwrap();
        assert_eq!(read[0].txs.len() as u64, txs, "{value}");
    }
}

#[test]
fn results_of_another_block_or_too_few_are_refused() {
    for value in [
        json!({ "height": "8", "txs_results": [{}] }),
        json!({ "height": "7", "txs_results": [] }),
        json!({ "height": "7", "txs_results": [{}, {}] }),
        json!({ "height": "7", "txs_results": [null] }),
        json!({ "height": "7", "txs_results": "many" }),
        json!({ "height": -7, "txs_results": [{}] }),
        json!(null),
    ] {
        assert!(results(&batch(&value), &[&header(7, 1)], |_| true).is_err(), "{value}");
    }
}

/// CometBFT 0.37 lists what happens outside transactions in two places, 0.38 in one, where the SDK says of which
/// end of the block each is.
#[test]
fn events_outside_transactions_are_read_from_both_forms() {
    let event = |kind: &str, mode: Option<&str>| {
        let mode = mode.map(|mode| json!({ "key": "mode", "value": mode }));
        json!({ "type": kind, "attributes": mode.into_iter().collect::<Vec<_>>() })
    };
    let old = json!({ "height": "7", "txs_results": null,
        "begin_block_events": [event("a", None)], "end_block_events": [event("b", None), event("c", None)] });
    let new = json!({ "height": "7", "txs_results": null, "finalize_block_events":
        [event("b", Some("EndBlock")), event("a", Some("BeginBlock")), event("c", None)] });
    for value in [old, new] {
        let read = results(&batch(&value), &[&header(7, 0)], |_| true).unwrap().remove(0);
        let kinds = |events: &[RawEvent<'_>]| events.iter().map(|e| e.kind.to_string()).collect::<Vec<_>>();
        assert_eq!(
            (kinds(&read.begin), kinds(&read.end)),
            (vec!["a".to_owned()], vec!["b".into(), "c".into()])
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("2024-01-01T00:00:00Z")),
    ];
    let keys = "(height|txs_results|events|attributes|key|value|type|code|block_metas|header|block_id|hash|time|\
                response|last_block_height|num_txs|last_block_id|id|result|error|data|message|node_info|network)";
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(keys, inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn events_are_kept_in_their_places_and_others_leave_an_empty_one() {
    let attribute = |key: &str, value: &str| json!({ "key": key, "value": value, "index": true });
    let value = json!({ "height": "7", "txs_results": [{ "events": [
        { "type": "transfer", "attributes": [attribute("amount", "5uusd")] },
        { "type": "wasm-launch", "attributes": [attribute("_contract_address", "a"), attribute("config", "{\"b\":1}")] },
        { "type": "transfer", "attributes": [attribute("amount", "5uusd")] },
    ]}] });
    let keep = |event: &RawEvent<'_>| event.of_a_contract();
    let read = results(&batch(&value), &[&header(7, 1)], keep).unwrap().remove(0).txs;
    let launch = vec![Attribute::new("_contract_address", "a"), Attribute::new("config", "{\"b\":1}")];
    assert_eq!(
        read[0].events,
        [RawEvent::default(), RawEvent { kind: "wasm-launch".into(), attributes: launch },]
    );
}

#[test]
fn what_nodes_refuse_is_told_by_its_text() {
    let refused = |data: &str| {
        let error = json!({ "code": -32603, "message": "Internal error", "data": data });
        jsonrpc::result::<Value>(json!({ "id": 1, "error": error }).to_string().as_bytes()).unwrap_err()
    };
    assert!(matches!(refused("could not find results for height #5"), NodeError::NotYet));
    let pruned = refused("height 5 is not available, lowest height is 9");
    assert!(matches!(pruned, NodeError::Pruned { lowest: Some(9) }));
    assert!(matches!(refused("Method not found"), NodeError::NoMethod(_)));
    assert!(matches!(refused("tx (AB) not found"), NodeError::Refused { text, .. } if text.contains("(AB)")));
    let window = |from| {
        let text = "min height 9 can't be greater than max height 5";
        let error = json!({ "code": -32603, "message": "Internal error", "data": text });
        headers(json!({ "id": 1, "error": error }).to_string().as_bytes(), from).unwrap_err()
    };
    assert!(matches!(window(5), NodeError::Pruned { lowest: Some(9) }));
    assert!(matches!(window(9), NodeError::NotYet));
    // A batch that is refused as a whole is answered by one error.
    let whole = br#"{"error":{"message":"too many requests in batch"}}"#;
    assert!(matches!(jsonrpc::results::<Value>(whole), Err(NodeError::RateLimited { .. })));
}

#[test]
fn a_query_is_refused_or_answered() {
    let refused = body(&json!({ "response": { "code": 5, "log": "no such contract", "height": "3" } }));
    assert!(matches!(query::answer::<String>(&refused), Err(NodeError::Query(refusal)) if refusal.code == 5));
    let without = |code: u32, log: &str| {
        let refused = json!({ "response": { "codespace": "sdk", "code": code, "log": log } });
        query::answer::<String>(&body(&refused)).unwrap_err()
    };
    let pruned =
        "failed to load state at height 5; version does not exist (latest height: 9): invalid request";
    assert!(
        matches!(without(18, pruned), NodeError::Pruned { lowest: None }),
        "it says nothing about the chain"
    );
    let early = "cannot query with height in the future; please provide a valid height: invalid height";
    assert!(matches!(without(26, early), NodeError::NotYet));
    let empty = body(&json!({ "response": { "code": 0, "value": null, "height": "3" } }));
    assert_eq!(query::answer::<String>(&empty).unwrap(), query::Answer { value: String::new(), height: 3 });
    let bad = body(&json!({ "response": { "value": "!" } }));
    assert!(matches!(query::answer::<String>(&bad), Err(NodeError::Malformed(_))));
}

/// A header of this height with its hash.
fn meta(height: u64) -> Value {
    let header =
        json!({ "chain_id": "testerra", "height": height.to_string(), "time": "2026-01-01T00:00:00Z" });
    let hash = hex::encode(meteor_chain::hashes::header(header.to_string().as_bytes()).unwrap());
    json!({ "block_id": { "hash": hash }, "header": header, "num_txs": "0" })
}

#[test]
fn windows_of_headers_come_in_any_order_and_each_says_what_is_wrong_with_it() {
    let good = |from: u64| json!({ "id": from, "result": { "block_metas": [meta(from + 1), meta(from)] } });
    let bad = |from: u64, data: &str| json!({ "id": from, "error": { "data": data } });
    let read = |answer: Value| windows(answer.to_string().as_bytes(), &[1, 21]);
    let heights = |read: Vec<Vec<Header>>| {
        read.iter().map(|window| window.iter().map(|header| header.height).collect()).collect::<Vec<Vec<_>>>()
    };
    assert_eq!(heights(read(json!([good(21), good(1)])).unwrap()), [[2, 1], [22, 21]]);
    // The second window is above the tip; its own lower end says that nothing is pruned.
    let above = "min height 21 can't be greater than max height 12";
    assert!(matches!(read(json!([bad(21, above), good(1)])), Err(NodeError::NotYet)));
    let pruned = "min height 30 can't be greater than max height 22";
    assert!(matches!(read(json!([good(1), bad(21, pruned)])), Err(NodeError::Pruned { lowest: Some(30) })));
    assert!(matches!(read(json!([good(1)])), Err(NodeError::Malformed(_))));
    let whole = json!({ "id": -1, "error": { "data": "batch request exceeds maximum (1)" } });
    assert!(matches!(read(whole), Err(NodeError::Refused { .. })));
}

#[test]
fn a_header_whose_hash_is_anothers_is_refused() {
    let mut wrong = meta(7);
    wrong["header"]["height"] = json!("8");
    let answer = |meta: Value| body(&json!({ "block_metas": [meta] }));
    assert_eq!(headers(&answer(meta(7)), 1).unwrap()[0].height, 7);
    assert!(matches!(headers(&answer(wrong), 1), Err(NodeError::Malformed(_))));
}

proptest! {
    #[test]
    fn hostile_json_never_panics(value in any_json()) {
        for body in [body(&value), batch(&value), value.to_string().into_bytes()] {
            let _ = tip(&body);
            let _ = status(&body);
            let _ = headers(&body, 1);
            let _ = results(&body, &[&header(1, 1)], |_| true);
            let _ = query::answer::<String>(&body);
            let _ = tx::found(&body, "AB");
            let _ = tx::of_block(&body, 1);
            let _ = tx::at(&body, "AB", 1, 0);
        }
    }

    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = jsonrpc::result::<Value>(&bytes);
        let _ = jsonrpc::results::<Value>(&bytes);
        let _ = query::answer::<String>(&bytes);
    }
}
