//! Wallets, their caves, and NFTs.

use serde_json::{Value, json};

use axum::http::HeaderMap;
use meteor_chain::event::RawEvent;
use meteor_indexer::Config;
use meteor_indexer::app::App;
use meteor_indexer::view::View;
use meteor_messages::events::Contribution;

use super::{app, app_of, get, hatched, ok};
use crate::chain::{
    Chain, LENGTH, OPENS, TIMEOUT, address, dust_contract, eggs_contract, hatchery_contract, raw,
    shower_contract,
};
use crate::node::{Fault, Node};

#[tokio::test]
async fn wallets_and_caves() {
    let app = app();
    let wallet = ok(&app, &format!("/v1/wallets/{}", address(1))).await;
    assert_eq!(wallet["total"], "111");
    let states: Vec<_> = wallet["showers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["shower"].as_u64().unwrap(), s["rank"].as_u64().unwrap(), s["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, vec![(1, 20, "waiting"), (2, 1, "waiting")]);
    let winner = ok(&app, &format!("/v1/wallets/{}", address(20))).await;
    assert_eq!(
        (&winner["showers"][0]["state"], &winner["showers"][0]["meteor"]),
        (&json!("minted"), &json!("1"))
    );
    assert_eq!(winner["meteors"], 1);
    let cave = ok(&app, &format!("/v1/caves/{}", address(20))).await;
    assert_eq!((&cave["count"], &cave["next"]), (&json!(1), &Value::Null));
    let nft = &cave["nfts"][0];
    assert_eq!(nft["name"], "Legendary Meteor #1");
    assert_eq!(nft["attributes"][0], json!({ "trait_type": "rarity", "value": "Legendary" }));
    assert_eq!(*nft, ok(&app, "/v1/nfts/meteors/1").await);

    let nobody = ok(&app, &format!("/v1/wallets/{}", address(99))).await;
    assert_eq!((&nobody["total"], &nobody["showers"]), (&json!("0"), &json!([])));
    let nothing = ok(&app, &format!("/v1/caves/{}", address(99))).await;
    assert_eq!((&nothing["count"], &nothing["nfts"]), (&json!(0), &json!([])));

    let newest = ok(&app, "/v1/nfts/meteors?limit=2").await;
    let ids = |page: &Value| {
        page["nfts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|n| n["token_id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&newest), ["5", "4"]);
    let next = ok(&app, newest["next"].as_str().unwrap()).await;
    assert_eq!(ids(&next), ["3", "2"]);
    assert_eq!(ids(&ok(&app, next["next"].as_str().unwrap()).await), ["1"]);
}

/// A transaction as `tx_search` lists it: each contribution of these numbers, by this contract.
fn listed(hash: &str, height: u64, contract: &str, contributions: &[Contribution]) -> Value {
    let event = |contribution: &Contribution| raw(contract, &contribution.clone().into());
    let json = |raw: RawEvent<'_>| {
        let attributes: Vec<_> =
            raw.attributes.iter().map(|a| json!({ "key": a.key, "value": a.value })).collect();
        json!({ "type": raw.kind, "attributes": attributes })
    };
    let events: Vec<_> = contributions.iter().map(event).map(json).collect();
    json!({ "hash": hash, "height": height.to_string(), "index": 0,
        "tx_result": { "code": 0, "gas_used": "7", "events": events } })
}

#[tokio::test]
async fn a_wallets_contributions_come_with_the_hashes_that_a_node_tells() {
    let mut chain = Chain::launched(2);
    let mut given: Vec<(u64, u64, u32, Contribution)> = Vec::new();
    for (shower, at) in [(1, OPENS), (2, OPENS + LENGTH)] {
        for block in 0..4 {
            chain.time(at + block);
            // Others contribute before, between and after.
            for who in [1, 2, 1, 3] {
                let event = chain.contribution(shower, &address(who), 10 + u128::from(block));
                chain.tx(&[(shower_contract(), event.clone().into())]);
                if who == 1 {
                    given.push((chain.height() + 1, at + block, shower, event));
                }
            }
            chain.commit();
        }
        chain.commit();
    }
    given.reverse();
    let node = Node::start(&chain.blocks).await;
    let app = App::new(Config::new(&[node.url().to_string()], &shower_contract()).unwrap()).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    let known = hex::encode_upper([7; 32]);
    let told = &given[0];
    // The node knows one of them; an event of the same name of another contract is none.
    let txs = [
        listed(&known.to_lowercase(), told.0, &shower_contract(), std::slice::from_ref(&told.3)),
        listed(&"E".repeat(64), told.0, &eggs_contract(), &[given[1].3.clone()]),
    ];
    node.set(|node| drop(node.methods.insert("tx_search", Ok(json!({ "txs": txs, "total_count": "2" })))));
    let path = format!("/v1/wallets/{}/contributions", address(1));
    let (mut next, mut seen) = (format!("{path}?limit=5"), Vec::new());
    loop {
        let page = ok(&app, &next).await;
        assert_eq!((&page["address"], &page["height"]), (&json!(address(1)), &json!(chain.height())));
        seen.extend(page["contributions"].as_array().unwrap().iter().cloned());
        let Some(path) = page["next"].as_str() else { break };
        next = path.to_owned();
    }
    let expected: Vec<_> = given
        .iter()
        .map(|(height, time, shower, event)| {
            let hash = (event.seq == told.3.seq).then_some(&known);
            json!({ "seq": event.seq, "shower": shower, "amount": event.amount.to_string(),
                "total": event.total.to_string(), "height": height, "time": time, "tx_hash": hash })
        })
        .collect();
    assert_eq!(seen, expected);
    let query = node.inner.lock().unwrap().params[0]["query"].as_str().unwrap().to_owned();
    assert_eq!(
        query,
        format!(
            "wasm-contribution.contributor='{}' AND tx.height>={} AND tx.height<={}",
            address(1),
            given[4].0,
            given[0].0
        )
    );

    // Without a node's index, or without a node, the rest is there; the tag is another once a hash is known.
    let tag = |headers: HeaderMap| headers["etag"].to_str().unwrap().to_owned();
    let with = tag(get(&app, &path).await.1);
    node.set(|node| drop(node.methods.insert("tx_search", Err("transaction indexing is disabled".into()))));
    let (_, headers, page) = get(&app, &path).await;
    assert_eq!(page["contributions"].as_array().unwrap().len(), 16);
    assert_eq!(page["contributions"][0]["tx_hash"], Value::Null);
    assert_ne!(tag(headers), with);
    node.set(|node| node.always = Some(("tx_search", Fault::Broken)));
    assert_eq!(ok(&app, &format!("{path}?limit=1")).await["contributions"][0]["seq"], told.3.seq);

    let of_another = given[0].3.seq + 1;
    for wrong in [format!("after={of_another}"), "after=999".into(), "after=x".into(), "limit=0".into()] {
        assert_eq!(get(&app, &format!("{path}?{wrong}")).await.0, 400, "{wrong}");
    }
    let none = ok(&app, &format!("/v1/wallets/{}/contributions", address(99))).await;
    assert_eq!((&none["contributions"], &none["next"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn a_hash_of_a_block_long_past_is_asked_for_once() {
    let mut chain = Chain::launched(1);
    chain.time(OPENS);
    let event = chain.contribution(1, &address(1), 10);
    chain.tx(&[(shower_contract(), event.clone().into())]);
    chain.commit();
    let height = chain.height();
    let node = Node::start(&chain.blocks).await;
    let app = App::new(Config::new(&[node.url().to_string()], &shower_contract()).unwrap()).unwrap();
    let tx = listed(&"A".repeat(64), height, &shower_contract(), &[event]);
    node.set(|node| drop(node.methods.insert("tx_search", Ok(json!({ "txs": [tx] })))));
    let path = format!("/v1/wallets/{}/contributions", address(1));
    let asked = async || {
        app.publish(View::new(&chain.state(), "terra", None));
        assert_eq!(ok(&app, &path).await["contributions"][0]["tx_hash"], "A".repeat(64));
        node.asked().len()
    };
    assert_eq!((asked().await, asked().await), (1, 2), "a new block may be taken back");
    for _ in 0..100 {
        chain.commit();
    }
    let asked = async || {
        app.publish(View::new(&chain.state(), "terra", None));
        assert_eq!(ok(&app, &path).await["contributions"][0]["tx_hash"], "A".repeat(64));
        node.asked().len()
    };
    assert_eq!((asked().await, asked().await), (3, 3));
}

#[tokio::test]
async fn caves_show_meteors_eggs_dust_and_what_is_being_cracked() {
    let mut chain = hatched();
    // Everything found goes to one wallet, which has a meteor of its own.
    let state = chain.state();
    for id in 1..=8u8 {
        let egg = state.collections.eggs.get(id.into()).is_some();
        let contract = if egg { eggs_contract() } else { dust_contract() };
        let (from, to) = (address(21 - id), address(1));
        let transfer = meteor_messages::events::Transfer { token_id: id.into(), from, to };
        chain.tx(&[(contract, transfer.into())]);
    }
    chain.commit();
    let app = app_of(&chain, None);
    let mut path = format!("/v1/caves/{}?limit=2", address(1));
    let mut seen = Vec::new();
    loop {
        let page = ok(&app, &path).await;
        assert_eq!(page["count"], 9);
        for nft in page["nfts"].as_array().unwrap() {
            let (of, id) = (nft["collection"].as_str().unwrap(), nft["token_id"].as_str().unwrap());
            assert_eq!(*nft, ok(&app, &format!("/v1/nfts/{of}/{id}")).await);
            seen.push((of.to_owned(), id.parse::<u64>().unwrap()));
        }
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
    }
    let mut wanted: Vec<_> = seen.clone();
    wanted.sort_by_key(|(of, id)| (["meteors", "eggs", "dust"].iter().position(|name| name == of), *id));
    assert_eq!(seen, wanted);
    assert_eq!((seen.len(), &seen[0]), (9, &("meteors".to_owned(), 20)));
    let count = |of: &str| seen.iter().filter(|(name, _)| name == of).count();
    assert!(count("eggs") > 0 && count("dust") > 0, "{seen:?}");
    let wallet = ok(&app, &format!("/v1/wallets/{}", address(1))).await;
    assert_eq!((&wallet["meteors"], &wallet["eggs"]), (&json!(1), &json!(count("eggs"))));
    assert_eq!((&wallet["dust"], &wallet["cracking"]), (&json!(count("dust")), &json!(0)));
    let (egg, dust) = (&seen.iter().find(|(of, _)| of == "eggs").unwrap().1, &seen.last().unwrap().1);
    let nft = ok(&app, &format!("/v1/nfts/eggs/{egg}")).await;
    assert!(nft["name"].as_str().unwrap().ends_with(&format!("Egg #{egg}")), "{nft}");
    assert_eq!(nft["attributes"][2]["trait_type"], "moon");
    assert_eq!((&nft["found"], &nft["cracking"]), (&Value::Null, &Value::Null));
    let nft = ok(&app, &format!("/v1/nfts/meteors/{dust}")).await;
    assert_eq!((&nft["found"], &nft["burnt"]), (&json!("dust"), &json!(true)));

    // Meteor 9 waits to be revealed; its holder sees it, and until when.
    let cave = ok(&app, &format!("/v1/caves/{}", address(12))).await;
    let reclaim_at = OPENS + LENGTH + 2 + TIMEOUT;
    let cracking = json!({ "token_id": "9", "holder": address(12), "reclaim_at": reclaim_at });
    assert_eq!((&cave["cracking"], &cave["nfts"]), (&json!([cracking]), &json!([])));
    let nft = ok(&app, "/v1/nfts/meteors/9").await;
    assert_eq!((&nft["cracking"], &nft["owner"]), (&cracking, &json!(hatchery_contract())));
    assert_eq!((&nft["found"], &nft["burnt"]), (&Value::Null, &json!(false)));
    assert_eq!(ok(&app, &format!("/v1/wallets/{}", address(12))).await["cracking"], 1);

    let config = ok(&app, "/v1/config").await;
    let hatchery = &config["hatchery"];
    assert_eq!(hatchery["address"], hatchery_contract());
    assert_eq!(
        (&hatchery["eggs"]["address"], &hatchery["dust"]["address"]),
        (&json!(eggs_contract()), &json!(dust_contract()))
    );
    assert_eq!((&hatchery["cracking"], &hatchery["reveal_timeout"]), (&json!(2), &json!(TIMEOUT)));
    assert_eq!(hatchery["eggs"]["minted"], count("eggs"));
    assert_eq!(ok(&app, "/v1/nfts/dust").await["count"], count("dust"));
}
