//! Compares totals, log hash and states of every shower.

use meteor_messages::shower::{QueryMsg, ShowerResponse, ShowersResponse};

use super::differences::Differences;
use super::{Asked, AuditError};
use crate::models;

/// Showers asked for at once: as many as the contract gives.
const PAGE: u32 = 100;

/// Compares all showers.
pub(super) async fn compare(at: &Asked<'_>) -> Result<(), AuditError> {
    let mut after = None;
    loop {
        let query = QueryMsg::Showers { start_after: after, limit: Some(PAGE) };
        let page: ShowersResponse = at.contract(&at.app.config.shower, &query).await?;
        for theirs in &page.showers {
            let Some(shower) = at.view.shower(theirs.shower) else { continue };
            let log = hex::encode(shower.summary.log);
            at.found(format!("shower {}", theirs.shower), Some(log), one(&shower.summary, theirs));
        }
        after = page.showers.last().map(|last| last.shower);
        if page.showers.is_empty() {
            return Ok(());
        }
    }
}

fn one(ours: &models::Shower, theirs: &ShowerResponse) -> Differences {
    let mut found = Differences::default();
    found.same("log", hex::encode(ours.log), theirs.log.to_hex());
    found.same("contributors", ours.contributors, theirs.contributors);
    found.same("total", ours.total.0, theirs.total.u128());
    if ours.contributors > 0 {
        // For a shower without contributions the contract answers with the last one before it.
        found.same("last_seq", ours.last_seq, theirs.last_seq);
    }
    found.same("minted", ours.minted, theirs.minted);
    found.same("held", ours.held.0, theirs.held.u128());
    found.same("held_returned", ours.held_returned.0, theirs.held_returned.u128());
    found.same("paused", ours.paused, theirs.paused);
    found.same("settled", ours.settled.0, theirs.settled.u128());
    found.same("refunded", ours.refunded.0, theirs.refunded.u128());
    found
}
