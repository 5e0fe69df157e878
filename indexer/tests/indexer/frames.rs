//! What live connections hear when a view is published.

use meteor_indexer::view::{MAX_CONTRIBUTIONS, View};
use serde_json::{Value, json};

use crate::chain::{Chain, LENGTH, OPENS, address};

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

fn contributions(frame: &[u8]) -> Vec<Value> {
    let of = |(name, _, data): (String, _, Value)| (name == "contribution").then_some(data);
    events(frame).into_iter().filter_map(of).collect()
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
    let told = |shower: u32, who: u8, amount: &str, total: &str, rank: u32, tier: &str, seq: u64| {
        json!({ "shower": shower, "contributor": address(who), "amount": amount, "total": total,
            "rank": rank, "tier": tier, "seq": seq })
    };
    assert_eq!(
        contributions(&after.frame),
        [
            told(1, 2, "20", "45", 1, "legendary", 2),
            told(1, 3, "10", "10", 3, "common", 3),
            told(1, 2, "25", "45", 1, "legendary", 4),
            told(2, 1, "11", "11", 1, "legendary", 5),
        ]
    );
    // They have no id: who hears only half of a frame has not seen its height.
    let heard = events(&after.frame);
    let names: Vec<_> = heard.iter().map(|(name, id, _)| (name.as_str(), *id)).collect();
    let (contribution, height) = (("contribution", None), Some(after.at.height));
    let rest = [("shower", height), ("shower", height), ("height", height)];
    assert_eq!(names, [&[contribution; 4][..], &rest].concat());
    assert_eq!(contributions(&after.frame_since(0)), [] as [Value; 0], "only for who saw the view before");

    let quiet = next(
        &{
            chain.commit();
            chain
        },
        &after,
    );
    assert_eq!(events(&quiet.frame).len(), 1, "told once");
}

#[test]
fn of_a_crowd_the_newest_are_told() {
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
    let frame = contributions(&next(&chain, &before).frame);
    let seqs: Vec<u64> = frame.iter().map(|told| told["seq"].as_u64().unwrap()).collect();
    let newest = chain.seq - MAX_CONTRIBUTIONS as u64 + 1..=chain.seq;
    assert_eq!(seqs, newest.collect::<Vec<_>>());
    let of_shower = |shower: u32| frame.iter().filter(|told| told["shower"] == shower).count();
    assert_eq!((of_shower(1), of_shower(2)), (10, 30));
}
