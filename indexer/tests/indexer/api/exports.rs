//! The tables for analysts.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use meteor_indexer::app::App;
use serde_json::Value;

use super::{app_of, bytes, hatched, ok, send};
use crate::chain::{Chain, LENGTH, OPENS, address};

/// The rows of a table, each by column.
async fn table(app: &Arc<App>, path: &str) -> Vec<Vec<(String, String)>> {
    let (headers, csv) = bytes(app, path).await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    let text = String::from_utf8(csv).unwrap();
    assert!(text.ends_with('\n'));
    let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    lines
        .map(|line| {
            assert_eq!(line.len(), header.len(), "{line:?}");
            header.iter().cloned().zip(line).collect()
        })
        .collect()
}

fn column(rows: &[Vec<(String, String)>], name: &str) -> Vec<String> {
    rows.iter().map(|row| row.iter().find(|(column, _)| column == name).unwrap().1.clone()).collect()
}

/// Shower 1 over three hours, the middle one of which is quiet.
fn busy() -> Chain {
    let mut chain = Chain::launched(2);
    chain.time(OPENS);
    chain.contribute(1, &address(1), 30);
    chain.contribute(2, &address(9), 77);
    chain.contribute(1, &address(2), 20);
    chain.commit();
    chain.time(3_599);
    chain.contribute(1, &address(1), 5);
    chain.commit();
    chain.time(7_200);
    for n in 0..1_200u32 {
        chain.contribute(1, &address((n % 90) as u8), 10 + u128::from(n));
    }
    chain.commit();
    chain
}

#[tokio::test]
async fn how_much_came_by_hour_is_one_request() {
    let chain = busy();
    let app = app_of(&chain, None);
    let (_, csv) = bytes(&app, "/v1/showers/1/hours.csv").await;
    let last: u128 = (0..1_200).map(|n| 10 + n).sum();
    let wanted = format!(
        "hour,contributions,amount,total\n1970-01-01T00:00:00Z,3,55,55\n1970-01-01T02:00:00Z,1200,{last},{}\n",
        last + 55
    );
    assert_eq!(String::from_utf8(csv).unwrap(), wanted);
    assert_eq!(ok(&app, "/v1/showers/1").await["total"], (last + 55).to_string());
}

#[tokio::test]
async fn every_contribution_has_its_time() {
    let chain = busy();
    let app = app_of(&chain, None);
    let rows = table(&app, "/v1/showers/1/history.csv").await;
    assert_eq!(rows.len(), 1_203);
    let first: Vec<&str> = rows[0].iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(first, ["1", "3", "1970-01-01T00:16:40Z", &address(1), "30", "30"]);
    assert_eq!(column(&rows, "seq")[..3], ["1", "3", "4"], "another shower has the second");
    assert_eq!(column(&rows, "total")[2], "35");
    let heights = column(&rows, "height");
    assert_eq!((heights[2].as_str(), heights[3].as_str(), heights[1_202].as_str()), ("4", "5", "5"));
    assert_eq!(
        column(&rows, "time")[3..].iter().filter(|time| *time == "1970-01-01T02:00:00Z").count(),
        1_200
    );
    // Apart from the time it is what is hashed.
    let evidence = table(&app, "/v1/showers/1/contributions.csv").await;
    for name in ["seq", "contributor", "amount", "total"] {
        assert_eq!(column(&rows, name), column(&evidence, name), "{name}");
    }
}

#[tokio::test]
async fn the_tables_say_what_the_pages_say() {
    let mut chain = hatched();
    chain.time(OPENS + 2 * LENGTH);
    chain.commit();
    let app = app_of(&chain, None);
    let rows = table(&app, "/v1/showers/1/ranking.csv").await;
    let page = ok(&app, "/v1/showers/1/ranking?limit=1000").await;
    let page = page["ranking"].as_array().unwrap();
    assert_eq!((rows.len(), page.len()), (20, 20));
    for (row, shown) in rows.iter().zip(page) {
        for (name, value) in row.iter().take(4) {
            let shown = shown[name].as_str().map_or_else(|| shown[name].to_string(), str::to_owned);
            assert_eq!(*value, shown, "{name}");
        }
        let wallet = ok(&app, &format!("/v1/wallets/{}", shown["contributor"].as_str().unwrap())).await;
        let shower = &wallet["showers"][0];
        assert_eq!(
            (&row[4].1, &row[5].1),
            (
                &shower["state"].as_str().unwrap().to_owned(),
                &shower["meteor"].as_str().unwrap_or_default().to_owned()
            )
        );
    }
    let open = table(&app, "/v1/showers/2/ranking.csv").await;
    assert_eq!((column(&open, "state")[0].as_str(), column(&open, "meteor")[0].as_str()), ("waiting", ""));

    let meteors = table(&app, "/v1/showers/1/meteors.csv").await;
    assert_eq!(meteors.len(), 20);
    for row in &meteors {
        let nft = ok(&app, &format!("/v1/nfts/meteors/{}", row[0].1)).await;
        let text = |name: &str| nft[name].as_str().unwrap_or_default().to_owned();
        let cracking = if nft["cracking"] == Value::Null { "no" } else { "yes" };
        let wanted = [
            text("token_id"),
            nft["rank"].to_string(),
            text("tier"),
            text("owner"),
            cracking.to_owned(),
            text("found"),
            nft["minted_height"].to_string(),
            text("image").replace("ipfs://", ""),
        ];
        assert_eq!(row.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>(), wanted);
    }
    assert_eq!(column(&meteors, "cracking").iter().filter(|cracking| *cracking == "yes").count(), 2);
    assert_eq!(column(&meteors, "found").iter().filter(|found| !found.is_empty()).count(), 8);
    assert!(table(&app, "/v1/showers/2/meteors.csv").await.is_empty());
}

/// What has changed has another tag, and what hasn't is not sent again.
#[tokio::test]
async fn a_table_is_sent_again_only_if_it_has_changed() {
    let mut chain = hatched();
    let before = app_of(&chain, None);
    chain.commit();
    let quiet = app_of(&chain, None);
    chain.crack(12, &address(9));
    chain.contribute(2, &address(8), 60);
    chain.commit();
    let after = app_of(&chain, None);
    for (path, changes) in [
        ("/v1/showers/1/meteors.csv", true),
        ("/v1/showers/1/ranking.csv", false),
        ("/v1/showers/1/history.csv", false),
        ("/v1/showers/2/history.csv", true),
        ("/v1/showers/2/hours.csv", true),
        ("/v1/showers/2/ranking.csv", true),
    ] {
        let (headers, csv) = bytes(&before, path).await;
        for (app, changes) in [(&quiet, false), (&after, changes)] {
            let request = Request::get(path).header("if-none-match", &headers["etag"]);
            let status = send(app, request.body(Body::empty()).unwrap()).await.status();
            assert_eq!(status == 200, changes, "{path}: {status}");
            assert_eq!(bytes(app, path).await.1 != csv, changes, "{path}");
        }
    }
}
