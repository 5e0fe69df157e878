//! What live connections hear when a view is published.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use futures::StreamExt as _;
use meteor_indexer::Config;
use meteor_indexer::api::Front;
use meteor_indexer::app::App;
use meteor_indexer::fold::{MAX_RECENT, State};
use meteor_indexer::view::{MAX_CONTRIBUTIONS, MAX_OTHERS, MAX_RESUMED, Tell, View};
use meteor_messages::events::{Burn, Pause, Refund, Resume, Transfer};
use meteor_messages::shower::Refunded;
use serde_json::{Value, json};
use tower_service::Service as _;

use crate::chain::{
    Chain, LENGTH, OPENS, TIMEOUT, address, hatchery_contract, meteors_contract, shower_contract,
};

/// The events of a frame: name, id and data.
fn events(frame: &[u8]) -> Vec<(String, Option<u64>, Value)> {
    let frame = std::str::from_utf8(frame).unwrap();
    assert!(frame.ends_with("\n\n"), "{frame}");
    let one = |event: &str| {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let id = field("id: ").map(|id| id.parse().unwrap());
        (field("event: ").unwrap(), id, serde_json::from_str(&field("data: ").unwrap()).unwrap())
    };
    frame.trim_end().split("\n\n").map(one).collect()
}

/// The data of the events of one name.
fn named(frame: &[u8], wanted: &str) -> Vec<Value> {
    events(frame).into_iter().filter_map(|(name, _, data)| (name == wanted).then_some(data)).collect()
}

fn contributions(frame: &[u8]) -> Vec<Value> {
    named(frame, "contribution")
}

/// What happened: all events but those that say how things are now.
fn happened(frame: &[u8]) -> Vec<(String, Value)> {
    let news = |name: &str| !["wallet", "shower", "height"].contains(&name);
    events(frame).into_iter().filter_map(|(name, _, data)| news(&name).then_some((name, data))).collect()
}

fn next(chain: &Chain, previous: &View) -> View {
    View::new(&chain.state(), "terra", Some(previous))
}

#[test]
fn a_frame_tells_new_contributions_in_order_with_their_rank_now() {
    let mut chain = Chain::launched(2);
    chain.time(OPENS);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    let before = next(&chain, &View::empty());
    assert!(contributions(&before.frame).is_empty(), "what was there at the start is no news");

    chain.contribute(1, &address(2), 20);
    chain.contribute(1, &address(3), 10);
    chain.contribute(1, &address(2), 25);
    chain.commit();
    chain.time(OPENS + LENGTH);
    chain.contribute(2, &address(1), 11);
    chain.commit();
    let after = next(&chain, &before);
    let told = |back: u64,
                shower: u32,
                who: u8,
                amount: &str,
                total: &str,
                rank: u32,
                tier: &str,
                seq: u64| {
        json!({ "height": after.at.height - back, "shower": shower, "contributor": address(who), "amount": amount,
            "total": total, "rank": rank, "tier": tier, "seq": seq })
    };
    assert_eq!(
        contributions(&after.frame),
        [
            told(1, 1, 2, "20", "45", 1, "legendary", 2),
            told(1, 1, 3, "10", "10", 3, "common", 3),
            told(1, 1, 2, "25", "45", 1, "legendary", 4),
            told(0, 2, 1, "11", "11", 1, "legendary", 5),
        ]
    );
    // Only the last has an id: who hears a part of a frame has not seen its height.
    let heard = events(&after.frame);
    let names: Vec<_> = heard.iter().map(|(name, id, _)| (name.as_str(), *id)).collect();
    let rest = [("shower", None), ("shower", None), ("height", Some(after.at.height))];
    assert_eq!(names, [&[("contribution", None); 4][..], &[("wallet", None); 3], &rest].concat());
    let mut wallets: Vec<_> = named(&after.frame, "wallet");
    wallets.sort_by_key(|wallet| wallet["height"].as_u64());
    assert_eq!(wallets[2], json!({ "height": after.at.height, "address": address(1) }));
    assert_eq!(
        contributions(&after.frame_since(0, Tell::None)),
        [] as [Value; 0],
        "only for who heard before"
    );

    chain.commit();
    assert_eq!(events(&next(&chain, &after).frame).len(), 1, "told once");
}

#[test]
fn of_a_crowd_the_newest_are_told_and_that_there_were_more() {
    let mut chain = Chain::launched(2);
    let before = next(&chain, &View::empty());
    chain.time(OPENS);
    for n in 0..50 {
        chain.contribute(1, &address(n), 100);
    }
    chain.commit();
    chain.time(OPENS + LENGTH);
    for n in 0..30 {
        chain.contribute(2, &address(n), 100);
    }
    chain.commit();
    let view = next(&chain, &before);
    let frame = contributions(&view.frame);
    let seqs: Vec<u64> = frame.iter().map(|told| told["seq"].as_u64().unwrap()).collect();
    let newest = chain.seq - MAX_CONTRIBUTIONS as u64 + 1..=chain.seq;
    assert_eq!(seqs, newest.collect::<Vec<_>>());
    let of_shower = |shower: u32| frame.iter().filter(|told| told["shower"] == shower).count();
    assert_eq!((of_shower(1), of_shower(2)), (10, 30));
    let missed = &named(&view.frame, "missed")[0];
    assert_eq!((&missed["after"], &missed["until"]), (&json!(before.at.height), &json!(view.at.height)));
    assert_eq!(missed["why"], "crowd");
    // Who resumes hears all of them.
    let resumed = view.frame_since(before.at.height, Tell::Resumed(before.at.height));
    assert_eq!((contributions(&resumed).len(), named(&resumed, "missed").len()), (80, 0));
}

/// Shower 1 with its meteors minted, and one that is paused; ids from 1.
fn minted() -> Chain {
    let mut chain = Chain::launched(2);
    chain.time(OPENS);
    for n in 1..=3 {
        chain.contribute(1, &address(n), 40 - u128::from(n));
    }
    chain.commit();
    chain.time(OPENS + LENGTH);
    chain.close(1);
    chain.draw(1);
    chain.commit();
    chain
}

#[test]
fn each_kind_of_event_is_told_with_what_the_schema_says() {
    let mut chain = minted();
    let mut view = next(&chain, &View::empty());
    let mut heard = Vec::new();
    let mut hear = |chain: &mut Chain| {
        chain.commit();
        let new = next(chain, &view);
        let told = happened(&new.frame);
        let again = happened(&new.frame_since(view.at.height, Tell::Resumed(view.at.height)));
        assert_eq!(told, again, "who resumes hears the same");
        view = new;
        let height = chain.height();
        assert!(told.iter().all(|(_, data)| data["height"] == height), "{told:?}");
        heard.extend(told.clone());
        let plain = |(name, mut data): (String, Value)| {
            data.as_object_mut().unwrap().remove("height");
            (name, data)
        };
        told.into_iter().map(plain).collect::<Vec<_>>()
    };
    let named = |name: &str, data: Value| (name.to_owned(), data);
    let mint = |of: &str, id: &str, owner: u8| {
        named("mint", json!({ "collection": of, "token_id": id, "owner": address(owner) }))
    };
    chain.mint(1, 3);
    let wanted = [mint("meteors", "1", 1), mint("meteors", "2", 2), mint("meteors", "3", 3)];
    assert_eq!(hear(&mut chain), wanted);

    chain.crack(1, &address(1));
    let told = hear(&mut chain);
    let reclaim_at = chain.state().at.time_ns / 1_000_000_000 + TIMEOUT;
    let moved = |id: &str, from: String, to: String| {
        named("transfer", json!({ "collection": "meteors", "token_id": id, "from": from, "to": to }))
    };
    let crack = json!({ "token_id": "1", "holder": address(1), "reclaim_at": reclaim_at });
    assert_eq!(told, [moved("1", address(1), hatchery_contract()), named("crack", crack)]);

    chain.reveal(1, 1, &address(1));
    let told = hear(&mut chain);
    let burn = json!({ "collection": "meteors", "token_id": "1", "owner": hatchery_contract() });
    let found = told.iter().find(|(name, _)| name == "reveal").unwrap().1["found"].clone();
    let reveal = json!({ "token_id": "1", "holder": address(1), "found": found });
    for wanted in [named("burn", burn), named("reveal", reveal), mint(found.as_str().unwrap(), "1", 1)] {
        assert!(told.contains(&wanted), "{wanted:?} in {told:?}");
    }
    assert_eq!(told.len(), 3);

    chain.crack(2, &address(2));
    hear(&mut chain);
    chain.tx(&Chain::reclaim_events(2, &address(2)));
    let reclaim = named("reclaim", json!({ "token_id": "2", "holder": address(2) }));
    assert_eq!(hear(&mut chain), [reclaim, moved("2", hatchery_contract(), address(2))]);

    let burn = Burn { token_id: 3, owner: address(3) };
    chain.tx(&[(meteors_contract(), burn.into())]);
    let burn = json!({ "collection": "meteors", "token_id": "3", "owner": address(3) });
    assert_eq!(hear(&mut chain), [named("burn", burn)]);

    chain.tx(&[(shower_contract(), Pause { by: address(9) }.into())]);
    assert_eq!(hear(&mut chain), [named("pause", json!({}))]);
    chain.tx(&[(shower_contract(), Resume { by: address(9), from_shower: 2, to_shower: 2 }.into())]);
    assert_eq!(hear(&mut chain), [named("resume", json!({}))]);

    let amount = 38 * u128::from(chain.state().launched.unwrap().config.holdback_bp) / 10_000;
    let refund = Refund { shower: 1, contributor: address(2), what: Refunded::Holdback, amount };
    chain.tx(&[(shower_contract(), refund.into())]);
    let refund =
        json!({ "shower": 1, "contributor": address(2), "what": "holdback", "amount": amount.to_string() });
    assert_eq!(hear(&mut chain), [named("refund", refund)]);

    // The schema has each name with just these fields.
    let description: Value = serde_json::from_str(&meteor_indexer::api::openapi().unwrap()).unwrap();
    let schemas = &description["components"]["schemas"];
    for (name, data) in &heard {
        let of = &schemas["LiveEvents"]["properties"][name];
        let of = of["$ref"]
            .as_str()
            .or_else(|| of["allOf"][0]["$ref"].as_str())
            .or_else(|| of["oneOf"][0]["$ref"].as_str());
        let of = of.unwrap_or_else(|| panic!("{name} is not in the schema"));
        let of = &schemas[of.rsplit('/').next().unwrap()]["properties"];
        let fields: Vec<_> = of.as_object().unwrap().keys().collect();
        assert_eq!(data.as_object().unwrap().keys().collect::<Vec<_>>(), fields, "{name}");
    }
}

#[test]
fn who_was_away_hears_each_event_once_or_that_there_were_too_many() {
    let mut chain = minted();
    chain.mint(1, 3);
    chain.commit();
    let first = next(&chain, &View::empty());
    let (mut view, mut heard) = (View::new(&chain.state(), "terra", None), Vec::new());
    let mut owners = [address(1), address(2)];
    let mut pass = |chain: &mut Chain| {
        let [from, to] = owners.clone();
        owners.reverse();
        chain.tx(&[(meteors_contract(), Transfer { token_id: 1, from, to }.into())]);
    };
    for _ in 0..20 {
        pass(&mut chain);
        chain.contribute(2, &address(5), 50);
        chain.commit();
        view = next(&chain, &view);
        heard.extend(happened(&view.frame));
    }
    assert_eq!(heard.len(), 40);
    let since = |view: &View, after: u64| view.frame_since(after, Tell::Resumed(after));
    let amounts = |events: Vec<(String, Value)>| -> Vec<(String, Value, Value)> {
        // A contributor's total, rank and tier are those of now.
        let fixed = |data: &Value| data.get("seq").cloned().unwrap_or_else(|| data["to"].clone());
        events.iter().map(|(name, data)| (name.clone(), data["height"].clone(), fixed(data))).collect()
    };
    for back in [0, 1, 7, 19] {
        let after = view.at.height - back;
        let mut wanted: Vec<_> = amounts(heard.clone());
        wanted.retain(|(_, height, _)| height.as_u64().unwrap() > after);
        let mut told = amounts(happened(&since(&view, after)));
        let key = |one: &(String, Value, Value)| (one.1.as_u64(), one.0.clone());
        wanted.sort_by_key(key);
        told.sort_by_key(key);
        assert_eq!(told, wanted, "{back} blocks back");
    }

    // A state that begins with a snapshot doesn't know what was before it.
    let began = State::from_bytes(&chain.state().to_bytes().unwrap()).unwrap();
    let began = View::new(&began, "terra", None);
    let told = happened(&since(&began, began.at.height - 1));
    assert_eq!((told.len(), told[0].0.as_str(), &told[0].1["why"]), (1, "missed", &json!("too_old")));
    assert_eq!(happened(&since(&began, began.at.height)), [] as [(String, Value); 0]);

    // More than is kept, all in one block: the newest are told at once, and to who was away that it missed them.
    let height = view.at.height;
    for _ in 0..=MAX_RECENT {
        pass(&mut chain);
    }
    chain.commit();
    let crowded = next(&chain, &view);
    assert_eq!(named(&crowded.frame, "transfer").len(), MAX_OTHERS);
    assert_eq!(named(&crowded.frame, "missed")[0]["why"], "crowd");
    for after in [height, first.at.height, 1] {
        let told = happened(&since(&crowded, after));
        assert_eq!(
            (told.len(), &told[0].1["why"], &told[0].1["after"]),
            (1, &json!("too_old"), &json!(after))
        );
    }
    let frame = since(&crowded, height);
    assert_eq!(events(&frame).last().unwrap().1, Some(crowded.at.height));

    // The same of contributions.
    for _ in 0..=MAX_RESUMED {
        chain.contribute(2, &address(5), 50);
    }
    chain.commit();
    let more = next(&chain, &crowded);
    let told = happened(&since(&more, crowded.at.height));
    assert_eq!((told.len(), &told[0].1["why"]), (1, &json!("too_old")));
}

/// What a new connection hears first that names this id.
async fn first(app: &Arc<App>, id: Option<u64>) -> Vec<(String, Value)> {
    let mut request = Request::get("/v1/events");
    if let Some(id) = id {
        request = request.header("last-event-id", id);
    }
    let response = Front::new(app).call(request.body(Body::empty()).unwrap()).await.unwrap();
    let mut frames = response.into_body().into_data_stream();
    assert_eq!(frames.next().await.unwrap().unwrap(), "retry: 3000\n\n");
    let frame = frames.next().await.unwrap().unwrap();
    events(&frame).into_iter().map(|(name, _, data)| (name, data)).collect()
}

#[tokio::test]
async fn a_connection_goes_on_where_it_was() {
    let mut chain = minted();
    let before = chain.height();
    chain.mint(1, 3);
    chain.commit();
    let app = App::new(Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap()).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    let names = async |id: Option<u64>| -> Vec<String> {
        first(&app, id).await.into_iter().map(|(name, _)| name).collect()
    };
    let all = ["mint", "mint", "mint", "wallet", "wallet", "wallet", "shower", "height"];
    assert_eq!(names(Some(before)).await, all);
    assert_eq!(names(None).await, ["shower", "height"], "who is new hears how things are");
    assert_eq!(
        names(Some(chain.height())).await,
        ["shower", "height"],
        "the last block may have been taken back"
    );
    assert_eq!(names(Some(chain.height() + 5)).await, ["height"], "another replica was ahead");
    assert_eq!(names(Some(u64::MAX)).await, ["shower", "height"], "an id of another chain is none");
}

#[tokio::test]
async fn who_heard_a_block_that_is_taken_back_is_told() {
    let mut chain = minted();
    let app = App::new(Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap()).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    let request = Request::get("/v1/events").body(Body::empty()).unwrap();
    let response = Front::new(&app).call(request).await.unwrap();
    let mut frames = response.into_body().into_data_stream();
    frames.next().await.unwrap().unwrap();
    frames.next().await.unwrap().unwrap();
    chain.mint(1, 3);
    chain.commit();
    app.publish(View::new(&chain.state(), "terra", None)); // made anew
    let heard = frames.next().await.unwrap().unwrap();
    let missed = &named(&heard, "missed")[0];
    assert_eq!(missed["why"], "taken_back");
    assert!(named(&heard, "mint").is_empty() && !named(&heard, "shower").is_empty());
    // From then on as before.
    chain.tx(&[(meteors_contract(), Transfer { token_id: 1, from: address(1), to: address(2) }.into())]);
    chain.commit();
    let view = View::new(&chain.state(), "terra", Some(&app.view()));
    app.publish(view);
    let heard = frames.next().await.unwrap().unwrap();
    assert_eq!((named(&heard, "transfer").len(), named(&heard, "missed").len()), (1, 0));
}
