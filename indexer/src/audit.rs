//! Compares the fold with the contract itself: totals and log hashes of every shower, at the same height.
//!
//! An equal height doesn't prove that nothing was missed; an equal log hash does. A difference raises an
//! alarm and is never corrected silently.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use meteor_chain::{NodeError, with_causes};
use meteor_messages::shower::{QueryMsg, ShowerResponse, ShowersResponse};

use crate::app::{App, Check};
use crate::view::View;

/// Showers asked for at once: as many as the contract gives.
const PAGE: u32 = 100;

/// Compares at regular intervals until the server stops.
pub(crate) async fn run(app: Arc<App>) {
    if app.config.audit.is_zero() {
        return;
    }
    let mut heights = app.heights();
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(app.config.audit) => {}
        }
        // Only at a fresh height: nodes soon prune old states.
        if heights.changed().await.is_err() {
            return;
        }
        if let Err(error) = once(&app).await {
            app.health.set_last_error(format!("audit: {}", with_causes(&error)));
        }
    }
}

/// Compares every shower that has opened, at the height served now.
///
/// # Errors
/// [`NodeError`] if no node answers; then nothing was compared.
pub async fn once(app: &App) -> Result<(), NodeError> {
    let view = app.view_full();
    let mut after = None;
    loop {
        let query = QueryMsg::Showers { start_after: after, limit: Some(PAGE) };
        let query = crate::view::page::to_json(&query);
        let answer = app.pool.smart_at(&app.config.shower, query, view.at.height).await?;
        // A node that can't look back answers for its latest height, which says nothing about ours.
        if answer.height != 0 && answer.height != view.at.height {
            return Ok(());
        }
        let page: ShowersResponse =
            serde_json::from_slice(&answer.value).map_err(|error| NodeError::Malformed(error.to_string()))?;
        for theirs in &page.showers {
            compare(app, &view, theirs);
        }
        after = page.showers.last().map(|last| last.shower);
        if page.showers.is_empty() {
            break;
        }
    }
    app.health.audits.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn compare(app: &App, view: &View, theirs: &ShowerResponse) {
    let Some(shower) = view.shower(theirs.shower) else { return };
    let ours = &shower.summary;
    let log = hex::encode(ours.log);
    let mut differs = Vec::new();
    let mut same = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differs.push(format!("{what}: {ours} here, {theirs} in the contract"));
        }
    };
    same("log", log.clone(), theirs.log.to_hex());
    same("contributors", ours.contributors.to_string(), theirs.contributors.to_string());
    same("total", ours.total.0.to_string(), theirs.total.to_string());
    if ours.contributors > 0 {
        // For a shower without contributions the contract answers with the last one before it.
        same("last_seq", ours.last_seq.to_string(), theirs.last_seq.to_string());
    }
    same("minted", ours.minted.to_string(), theirs.minted.to_string());
    same("held", ours.held.0.to_string(), theirs.held.to_string());
    same("held_returned", ours.held_returned.0.to_string(), theirs.held_returned.to_string());
    same("paused", ours.paused.to_string(), theirs.paused.to_string());
    same("settled", ours.settled.0.to_string(), theirs.settled.to_string());
    same("refunded", ours.refunded.0.to_string(), theirs.refunded.to_string());
    let (shower, height) = (theirs.shower, view.at.height);
    if !differs.is_empty() {
        app.health.mismatches.fetch_add(1, Ordering::Relaxed);
        tracing::error!(shower, height, ?differs, "the contract contradicts its events");
    }
    app.health.checked(shower, Check { height, equal: differs.is_empty(), log, differs });
}
