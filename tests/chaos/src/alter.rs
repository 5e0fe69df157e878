//! Makes headers and results say what isn't so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_chain::hashes;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::record::set;

/// Alters headers, which descend.
pub(crate) fn headers(metas: &mut Vec<Value>, fault: Option<Fault>, random: u64) {
    let at = usize::try_from(random).unwrap_or_default() % metas.len().max(1);
    match fault {
        Some(Fault::NoTxs) => {
            for meta in metas {
                let _ = set(meta, "num_txs", json!("0"));
            }
        }
        Some(Fault::YearOff) => {
            for header in metas.iter_mut().filter_map(|meta| meta.get_mut("header")) {
                let time = header.get("time").and_then(Value::as_str).unwrap_or_default();
                let year: u32 = time.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default();
                let other = if random.is_multiple_of(2) { year + 1 } else { year - 1 };
                let time = time.replacen(&year.to_string(), &other.to_string(), 1);
                let _ = set(header, "time", json!(time));
            }
        }
        Some(Fault::Parent) => {
            if let Some(meta) = metas.get_mut(at) {
                if let Some(of) = meta.pointer_mut("/header/last_block_id") {
                    let _ = set(of, "hash", json!("EE".repeat(32)));
                }
                // With a right hash, or with that of the right header.
                if !random.is_multiple_of(3) {
                    rehash(meta);
                }
            }
        }
        Some(Fault::OtherResults) => {
            if let Some(meta) = metas.get_mut(at) {
                if let Some(header) = meta.get_mut("header") {
                    let _ = set(header, "last_results_hash", json!("EE".repeat(32)));
                }
                if !random.is_multiple_of(3) {
                    rehash(meta);
                }
            }
        }
        Some(Fault::HeaderMissing) => drop(metas.pop()),
        _ => {}
    }
}

fn rehash(meta: &mut Value) {
    let header = meta.get("header").map(ToString::to_string).unwrap_or_default();
    if let (Ok(hash), Some(id)) = (hashes::header(header.as_bytes()), meta.get_mut("block_id")) {
        let _ = set(id, "hash", json!(hex::encode_upper(hash)));
    }
}

/// Alters a block's results.
pub(crate) fn results(results: &mut Value, fault: Option<Fault>, random: u64) {
    let random = usize::try_from(random).unwrap_or_default();
    let Some(txs) = results.get_mut("txs_results").and_then(Value::as_array_mut) else { return };
    if txs.is_empty() {
        return;
    }
    let at = random % txs.len();
    if fault == Some(Fault::TxLost) {
        txs.remove(at);
        return;
    }
    let Some(tx) = txs.get_mut(at) else { return };
    if fault == Some(Fault::Code) {
        let code = tx.get("code").and_then(Value::as_u64).unwrap_or_default();
        let _ = set(tx, "code", json!(if code == 0 { 5 } else { 0 }));
        return;
    }
    let Some(events) = tx.get_mut("events").and_then(Value::as_array_mut) else { return };
    match fault {
        Some(Fault::EventLost) => {
            // One of ours, where there is one: what others emit never matters.
            let ours: Vec<usize> = of_contracts(events);
            let at = ours.get(random % ours.len().max(1)).copied();
            drop(at.map(|at| events.remove(at)));
        }
        Some(Fault::EventsLost) => events.clear(),
        Some(Fault::EventAltered) => {
            let ours = of_contracts(events);
            let event = ours.get(random % ours.len().max(1)).and_then(|at| events.get_mut(*at));
            let attributes =
                event.and_then(|event| event.get_mut("attributes")).and_then(Value::as_array_mut);
            for attribute in attributes.into_iter().flatten() {
                let value = attribute.get("value").and_then(Value::as_str).unwrap_or_default();
                if let Ok(number) = value.parse::<u128>() {
                    let _ = set(attribute, "value", json!(number.saturating_add(1).to_string()));
                }
            }
        }
        Some(Fault::EventTwice) => {
            let ours = of_contracts(events);
            let event = ours.get(random % ours.len().max(1)).and_then(|at| events.get(*at)).cloned();
            events.extend(event);
        }
        Some(Fault::Base64) => {
            for attribute in events.iter_mut().filter_map(|event| event.get_mut("attributes")) {
                for attribute in attribute.as_array_mut().into_iter().flatten() {
                    for field in ["key", "value"] {
                        let text = attribute.get(field).and_then(Value::as_str).unwrap_or_default();
                        let text = BASE64.encode(text);
                        let _ = set(attribute, field, json!(text));
                    }
                }
            }
        }
        Some(Fault::EventUnknown) => {
            let ours = of_contracts(events);
            if let Some(event) = ours.get(random % ours.len().max(1)).and_then(|at| events.get_mut(*at)) {
                let _ = set(event, "type", json!("wasm-novelty"));
            }
        }
        _ => {}
    }
}

/// Which events are custom ones of contracts.
fn of_contracts(events: &[Value]) -> Vec<usize> {
    let kind = |event: &Value| event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    (0..events.len())
        .filter(|at| events.get(*at).is_some_and(|event| kind(event).starts_with("wasm-")))
        .collect()
}
