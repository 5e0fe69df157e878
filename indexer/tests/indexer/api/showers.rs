//! Rankings, floors, quotes and the telescope.

use serde_json::{Value, json};

use super::{app, get, ok};
use crate::chain::address;

#[tokio::test]
async fn rankings_are_paged_to_the_end() {
    let app = app();
    let mut path = "/v1/showers/1/ranking?limit=7".to_owned();
    let mut ranks = Vec::new();
    loop {
        let page = ok(&app, &path).await;
        ranks.extend(page["ranking"].as_array().unwrap().iter().map(|row| row["rank"].as_u64().unwrap()));
        let Some(next) = page["next"].as_str() else { break };
        path = next.to_owned();
    }
    assert_eq!(ranks, (1..=20).collect::<Vec<_>>());
    let first = ok(&app, "/v1/showers/1/ranking?limit=1").await;
    let row = json!({ "rank": 1, "contributor": address(20), "amount": "30", "tier": "legendary" });
    assert_eq!(first["ranking"][0], row);
    assert_eq!(ok(&app, "/v1/showers/1/ranking?after=20").await["next"], Value::Null);
    assert_eq!(ok(&app, "/v1/showers/1/ranking?after=4294967295").await["ranking"], json!([]));
    assert_eq!(ok(&app, "/v1/showers/1/ranking?limit=1000").await["ranking"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn floors_quotes_and_the_telescope_say_the_same() {
    let app = app();
    let floors = ok(&app, "/v1/showers/1/floors").await;
    let tiers: Vec<_> = floors["tiers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tier| {
            (
                tier["floor"].as_str().unwrap(),
                tier["size"].as_u64().unwrap(),
                tier["odds_bp"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(tiers, vec![("29", 2, 10_000), ("27", 2, 5_000), ("23", 4, 2_500), ("11", 12, 1_666)]);
    let past = ok(&app, "/v1/telescope").await;
    assert_eq!(past["showers"].as_array().unwrap().len(), 1);
    let wanted = json!({ "legendary": "29", "ancient": "27", "rare": "23", "common": "11" });
    assert_eq!(past["showers"][0]["floors"], wanted);

    let quote = ok(&app, "/v1/showers/2/quote?amount=50").await;
    assert_eq!((&quote["rank"], &quote["contributors"]), (&json!(4), &json!(4)), "equal amounts came first");
    let quote = ok(&app, &format!("/v1/showers/2/quote?amount=101&address={}", address(3))).await;
    assert_eq!(
        (&quote["rank"], &quote["contributors"], &quote["to_send"]),
        (&json!(1), &json!(3), &json!("51"))
    );
    let quote = ok(&app, "/v1/showers/3/quote?amount=5").await;
    assert_eq!((&quote["rank"], &quote["enough"]), (&json!(1), &json!(false)));
    // What a tier costs now: one more than the last that must be passed, and no less than the minimum.
    for (query, amount, to_send, rank, tier) in [
        ("tier=legendary".to_owned(), "51", "51", 2, "legendary"),
        (format!("tier=legendary&address={}", address(3)), "51", "1", 2, "legendary"),
        (format!("tier=legendary&address={}", address(1)), "100", "0", 1, "legendary"),
        (format!("tier=common&address={}", address(3)), "50", "0", 3, "common"),
        (format!("tier=ancient&address={}", address(77)), "51", "51", 2, "legendary"),
        ("tier=common".to_owned(), "10", "10", 4, "common"),
    ] {
        let quote = ok(&app, &format!("/v1/showers/2/quote?{query}")).await;
        assert_eq!(
            (&quote["amount"], &quote["to_send"]),
            (&json!(amount), &json!(to_send)),
            "{query}: {quote}"
        );
        assert_eq!((&quote["rank"], &quote["tier"]), (&json!(rank), &json!(tier)), "{query}: {quote}");
        assert_eq!(quote["enough"], true, "{query}");
    }
    assert_eq!(ok(&app, "/v1/showers/3/quote?tier=common").await["tier"], "legendary", "the first of all");
    for query in ["", "?tier=rare&amount=50", "?tier=gold"] {
        assert_eq!(get(&app, &format!("/v1/showers/2/quote{query}")).await.0, 400, "{query}");
    }
    let quote = ok(&app, &format!("/v1/showers/2/quote?amount=51&address={}", address(77))).await;
    assert_eq!(quote["current"], "0", "a wallet that has done nothing yet");
}
