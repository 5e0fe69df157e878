//! Shows what the API says while the event runs: a line every few seconds, and how far the indexer is behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use meteor_chain::http;
use meteor_operator::node::Node;
use meteor_rules::schedule::Schedule;
use reqwest::Client;
use serde_json::Value;

use super::report::amount;
use crate::out::say;

const LOOK: Duration = Duration::from_millis(250);
/// Looks between two lines.
const LINE_EVERY: u32 = 12;
/// How long the API may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// An answer is some kB.
const MOST_BYTES: usize = 1 << 20;

/// Prints until it is aborted. `most_behind` keeps the most blocks by which the API was behind the chain.
pub(super) async fn narrate(api: String, schedule: Schedule, node: Node, most_behind: Arc<AtomicU64>) {
    // One for all looks: making a client reads all of the machine's certificates.
    let Ok(client) = http::client(PATIENCE) else { return };
    let mut look = tokio::time::interval(LOOK);
    for turn in 0u32.. {
        look.tick().await;
        // The chain first: what the API then says may only be newer.
        let Ok(chain) = node.status().await else { continue };
        let Some(status) = get(&client, &format!("{api}/v1/status")).await else { continue };
        let applied = status.get("height").and_then(Value::as_u64).unwrap_or_default();
        most_behind.fetch_max(chain.height.saturating_sub(applied), Ordering::Relaxed);
        if turn.is_multiple_of(LINE_EVERY) {
            let now = super::event::now();
            let shower = (1..=schedule.count)
                .find(|n| schedule.closes_at(*n).is_some_and(|closes| now < closes))
                .filter(|_| now >= schedule.opens_at);
            if let Some(shower) = shower
                && let Some(line) =
                    line(&client, &api, shower, schedule.closes_at(shower).unwrap_or(now) - now).await
            {
                say!("{line}");
            }
        }
    }
}

async fn line(client: &Client, api: &str, shower: u32, left: u64) -> Option<String> {
    let state = get(client, &format!("{api}/v1/showers/{shower}")).await?;
    let floors = get(client, &format!("{api}/v1/showers/{shower}/floors")).await?;
    let micro =
        |value: Option<&Value>| value.and_then(Value::as_str).and_then(|a| a.parse().ok()).map(amount);
    let tiers: Vec<String> = floors
        .get("tiers")?
        .as_array()?
        .iter()
        .filter_map(|tier| Some(format!("{} {}", tier.get("tier")?.as_str()?, micro(tier.get("floor"))?)))
        .collect();
    Some(format!(
        "shower {shower}: {left:>3} s left, {:>4} wallets, {:>12} UST; floors: {}",
        state.get("contributors")?,
        micro(state.get("total"))?,
        if tiers.is_empty() { "none yet".to_owned() } else { tiers.join(", ") }
    ))
}

async fn get(client: &Client, url: &str) -> Option<Value> {
    let response = client.get(url).send().await.ok()?.error_for_status().ok()?;
    serde_json::from_slice(&http::body(response, MOST_BYTES).await.ok()?).ok()
}
