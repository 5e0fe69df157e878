//! Wallets, their caves, and NFTs.

use serde_json::{Value, json};

use super::{app, app_of, hatched, ok};
use crate::chain::{LENGTH, OPENS, TIMEOUT, address, dust_contract, eggs_contract, hatchery_contract};

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
