//! What an Alertmanager says of the notifications that it sent.

use anyhow::{Context, Result};
use meteor_chain::http;

/// Notifications that the Alertmanager at `base` sent, and that failed; without webhooks, as the dead-man's switch is one.
pub(crate) async fn sent(base: &str) -> Result<(u64, u64)> {
    let metrics =
        http::get(&format!("{base}/metrics")).await.with_context(|| format!("{base} does not answer"))?;
    let metrics = String::from_utf8_lossy(&metrics);
    let sum = |name| counted(&metrics, name);
    Ok((sum("alertmanager_notifications_total"), sum("alertmanager_notifications_failed_total")))
}

/// The sum of a counter over all integrations but webhooks.
fn counted(metrics: &str, name: &str) -> u64 {
    let lines = metrics
        .lines()
        .filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' '])))
        .filter(|line| !line.contains("integration=\"webhook\""));
    lines.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok()).sum()
}
