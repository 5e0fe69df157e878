//! `tx_search` and `block_search`: what is found, in which order, on which page.

use serde_json::{Value, json};

use super::Answers;
use super::refusals::contribute;
use super::said::error;
use super::site::Site;
use super::wallet::{Wallet, any};

/// Contributes five times and looks for it in every way.
pub(crate) async fn list(site: &Site<'_>, said: &mut Answers) {
    let mut wallet = Wallet::open(site.stage, 5).await;
    let mut sent = Vec::new();
    for amount in [9_000_000, 5, 70, 800, 6] {
        let message = any(&contribute(site, &wallet.address, amount));
        let tx = site.run(&mut wallet, vec![message], 300_000).await;
        assert_eq!(tx["tx_result"]["code"], 0, "{tx}");
        sent.push((tx["hash"].clone(), tx["height"].as_str().unwrap().to_owned()));
    }
    let (me, first, last) = (&wallet.address, &sent[0].1, &sent[4].1);
    let mine = format!("wasm-contribution.contributor='{me}'");
    let queries = [
        ("by contributor", json!({"query": mine})),
        ("descending", json!({"query": mine, "order_by": "desc"})),
        ("ascending", json!({"query": mine, "order_by": "asc"})),
        ("in another order", json!({"query": mine, "order_by": "up"})),
        ("page 1 of 2", json!({"query": mine, "per_page": "2", "page": "1"})),
        ("page 2 of 2", json!({"query": mine, "per_page": "2", "page": "2"})),
        ("last page", json!({"query": mine, "per_page": "2", "page": "3"})),
        ("page too far", json!({"query": mine, "per_page": "2", "page": "4"})),
        ("page 0", json!({"query": mine, "per_page": "2", "page": "0"})),
        ("page of 0", json!({"query": mine, "per_page": "0"})),
        ("page of 1000", json!({"query": mine, "per_page": "1000"})),
        ("second page, descending", json!({"query": mine, "per_page": "2", "page": "2", "order_by": "desc"})),
        ("with another condition", json!({"query": format!("{mine} AND wasm-contribution.shower='1'")})),
        ("with one that fails", json!({"query": format!("{mine} AND wasm-contribution.shower='2'")})),
        ("amount as text", json!({"query": format!("{mine} AND wasm-contribution.amount='70'")})),
        ("amount as number", json!({"query": format!("{mine} AND wasm-contribution.amount=70")})),
        ("amount above", json!({"query": format!("{mine} AND wasm-contribution.amount>6")})),
        ("amount at most", json!({"query": format!("{mine} AND wasm-contribution.amount<=70")})),
        ("height of the first", json!({"query": format!("{mine} AND tx.height={first}")})),
        ("heights", json!({"query": format!("{mine} AND tx.height>={first} AND tx.height<{last}")})),
        ("exists", json!({"query": format!("{mine} AND wasm-contribution.seq EXISTS")})),
        ("exists not", json!({"query": format!("{mine} AND wasm-contribution.nope EXISTS")})),
        ("contains", json!({"query": format!("{mine} AND message.action CONTAINS 'Execute'")})),
        ("sender", json!({"query": format!("message.sender='{me}'")})),
        ("a fee payer", json!({"query": format!("tx.fee_payer='{me}'")})),
        ("nothing", json!({"query": "wasm-contribution.contributor='nobody'"})),
        ("a hash of nothing", json!({"query": format!("tx.hash='{}'", "AB".repeat(32))})),
        ("a hash in small letters", {
            json!({"query": format!("tx.hash='{}'", sent[2].0.as_str().unwrap().to_lowercase())})
        }),
        ("a hash that is none", json!({"query": "tx.hash='nope'"})),
        ("an empty query", json!({"query": ""})),
        ("no query", json!({})),
        ("no condition", json!({"query": "nonsense"})),
        ("an open quote", json!({"query": "a.b='c"})),
        ("or", json!({"query": "a.b='c' OR a.b='d'"})),
        ("a value without quotes", json!({"query": "a.b=c"})),
    ];
    for (name, params) in queries {
        let answer = site.rpc("tx_search", params).await;
        said.insert(format!("tx_search: {name}"), found(&answer, &sent));
    }
    let blocks = [
        ("at a height", json!({"query": format!("block.height={first}")})),
        ("above the tip", json!({"query": "block.height>99999999"})),
        ("no query", json!({})),
        ("nonsense", json!({"query": "nonsense"})),
    ];
    for (name, params) in blocks {
        let answer = site.rpc("block_search", params).await;
        let said_here = if answer["error"].is_null() {
            let blocks = answer["result"]["blocks"].as_array().cloned().unwrap_or_default();
            let at: Vec<_> =
                blocks.iter().map(|block| block["block"]["header"]["height"] == first.as_str()).collect();
            json!([answer["result"]["total_count"], at])
        } else {
            error(&answer)
        };
        said.insert(format!("block_search: {name}"), said_here);
    }
}

/// How many there are, and which of those sent are shown, in the order of the answer.
fn found(answer: &Value, sent: &[(Value, String)]) -> Value {
    if !answer["error"].is_null() {
        return error(answer);
    }
    let place = |tx: &Value| sent.iter().position(|(hash, _)| *hash == tx["hash"]);
    let places: Vec<_> = answer["result"]["txs"].as_array().unwrap().iter().map(place).collect();
    json!([answer["result"]["total_count"], places])
}
