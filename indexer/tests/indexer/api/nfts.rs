//! NFTs by owner, shower, tier and state: the filter finds what looking at each one finds.

use serde_json::{Value, json};

use super::{app_of, get, hatched, ok};
use crate::chain::{Chain, LENGTH, OPENS, address, hatchery_contract};

/// Two showers' meteors: some revealed, some waiting, one taken by another wallet, one burnt by its holder.
fn event() -> Chain {
    let mut chain = hatched();
    chain.time(OPENS + 2 * LENGTH);
    chain.close(2);
    chain.draw(2);
    chain.mint(2, 3);
    chain.commit();
    chain.crack(21, &address(1));
    chain.commit();
    let meteors = crate::chain::meteors_contract();
    let transfer = meteor_messages::events::Transfer { token_id: 22, from: address(2), to: address(3) };
    let burn = meteor_messages::events::Burn { token_id: 11, owner: address(10) };
    chain.tx(&[(meteors.clone(), transfer.into()), (meteors, burn.into())]);
    chain.commit();
    chain
}

/// All pages of a path, followed by `next`.
async fn all(app: &std::sync::Arc<meteor_indexer::app::App>, path: &str) -> Vec<Value> {
    let (mut path, mut nfts) = (path.to_owned(), Vec::new());
    loop {
        let page = ok(app, &path).await;
        nfts.extend(page["nfts"].as_array().unwrap().iter().cloned());
        assert_eq!(page["height"], page["height"].as_u64().unwrap());
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut path),
            None => return nfts,
        }
    }
}

#[tokio::test]
async fn a_filter_finds_what_looking_at_each_finds() {
    let app = app_of(&event(), None);
    let every = all(&app, "/v1/nfts?limit=100").await;
    assert_eq!(every.len(), 23 + 8, "all meteors, and what was found in eight");
    let states: Vec<_> = every.iter().map(|nft| nft["state"].as_str().unwrap()).collect();
    let count = |state: &str| states.iter().filter(|it| **it == state).count();
    assert_eq!(
        ["held", "cracking", "revealed", "burnt"].map(count),
        [11 + 8, 3, 8, 1],
        "what became of them"
    );
    let asks = |name: &str, values: &[String]| -> Vec<Option<(String, String)>> {
        let some = values.iter().map(|value| Some((name.to_owned(), value.clone())));
        std::iter::once(None).chain(some).collect()
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let owners = [address(1), address(3), address(12), address(20), address(77), hatchery_contract()];
    let mut tried = 0;
    for collection in asks("collection", &words(&["meteors", "eggs", "dust"])) {
        for owner in asks("owner", &owners) {
            for shower in asks("shower", &words(&["1", "2", "3"])) {
                for tier in asks("tier", &words(&["legendary", "ancient", "rare", "common"])) {
                    for state in asks("state", &words(&["held", "cracking", "revealed", "burnt"])) {
                        let asked = [&collection, &owner, &shower, &tier, &state];
                        let asked: Vec<_> = asked.into_iter().flatten().collect();
                        let passes = |nft: &&Value| {
                            asked.iter().all(|(name, value)| match name.as_str() {
                                // Who holds it, or cracked it and waits; nobody holds what is burnt.
                                "owner" => {
                                    let holds = nft["owner"] == *value && nft["burnt"] == false;
                                    holds || nft["cracking"]["holder"] == *value
                                }
                                "shower" => nft["shower"] == value.parse::<u64>().unwrap(),
                                _ => nft[name] == *value,
                            })
                        };
                        let wanted: Vec<Value> = every.iter().filter(passes).cloned().collect();
                        let query: Vec<_> =
                            asked.iter().map(|(name, value)| format!("{name}={value}")).collect();
                        let path = format!("/v1/nfts?limit=3&{}", query.join("&"));
                        assert_eq!(all(&app, path.trim_end_matches('&')).await, wanted, "{path}");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert_eq!(tried, 4 * 7 * 4 * 5 * 5);
}

#[tokio::test]
async fn a_filter_that_can_not_be_is_refused() {
    let app = app_of(&event(), None);
    for (query, status, kind) in [
        ("state=gone", 400, "bad-request"),
        ("tier=gold", 400, "bad-request"),
        ("owner=me", 400, "bad-address"),
        ("collection=gold", 404, "unknown-collection"),
        ("shower=4", 404, "unknown-shower"),
        ("after=7", 400, "bad-request"),
        ("limit=101", 400, "bad-request"),
        ("holder=me", 400, "unknown-parameter"),
    ] {
        let (given, _, body) = get(&app, &format!("/v1/nfts?{query}")).await;
        assert_eq!(given, status, "{query}: {body}");
        assert_eq!(body["type"], format!("urn:meteor-shower:problem:{kind}"), "{query}");
    }
    let first = ok(&app, "/v1/nfts?tier=rare&state=held&limit=1").await;
    let next = first["next"].as_str().unwrap();
    assert!(
        next.starts_with("/v1/nfts?tier=rare&state=held&after="),
        "the next page is asked the same: {next}"
    );
    assert_eq!(ok(&app, "/v1/nfts?after=dust-4611686018427387903").await["nfts"], json!([]));
}
