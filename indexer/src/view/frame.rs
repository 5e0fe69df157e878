//! Frames: what live connections hear when a view is published.

use serde::Serialize;

use super::View;
use super::page::to_json;
use super::shower::ShowerView;
use crate::fold::Given;
use crate::models::{Amount, LiveContribution, LiveHeight, LiveShower};

/// Most contributions told in one frame: the newest ones. A page shows no more at once, and a block can hold
/// thousands.
pub const MAX_CONTRIBUTIONS: usize = 40;

/// The frame for connections that have seen `previous`, the view before this one: the contributions since
/// then, and what [`since`] says.
pub(super) fn usual(view: &View, previous: Option<&View>) -> Vec<u8> {
    let mut frame = Vec::new();
    // The first view holds everything that ever happened. That is no news.
    if let Some(previous) = previous.filter(|previous| previous.at.height > 0) {
        contributions(view, previous, &mut frame);
    }
    since(view, view.previous, &mut frame);
    frame
}

/// The showers that changed after `height`, and the new height.
pub(super) fn since(view: &View, height: u64, frame: &mut Vec<u8>) {
    let id = Some(view.at.height);
    for summary in
        view.showers.iter().map(|view| view.summary).filter(|summary| summary.changed_height > height)
    {
        let shower = LiveShower {
            shower: summary.shower,
            contributors: summary.contributors,
            total: summary.total,
            minted: summary.minted,
            changed_height: summary.changed_height,
        };
        event("shower", id, &shower, frame);
    }
    let height = LiveHeight { height: view.at.height, time: view.time(), changed_height: view.changed };
    event("height", id, &height, frame);
}

/// The newest contributions since `previous`, over all showers, in their order.
fn contributions(view: &View, previous: &View, frame: &mut Vec<u8>) {
    let mut newest: Vec<(&ShowerView, &Given)> = Vec::new();
    for shower in &view.showers {
        let before = previous.shower(shower.summary.shower).map_or(0, |before| before.given.len());
        let new = shower.given.len().saturating_sub(before).min(MAX_CONTRIBUTIONS);
        newest.extend(shower.given.iter().rev().take(new).map(|given| (&**shower, given)));
    }
    newest.sort_unstable_by_key(|(_, given)| given.seq);
    let surplus = newest.len().saturating_sub(MAX_CONTRIBUTIONS);
    for (shower, given) in newest.into_iter().skip(surplus) {
        let Some((rank, row)) = shower.ranked_row(given.slot) else { continue };
        let contribution = LiveContribution {
            shower: shower.summary.shower,
            contributor: row.address,
            amount: Amount(given.amount),
            total: Amount(row.amount),
            rank: rank.0,
            tier: shower.tier(rank),
            seq: given.seq,
        };
        // Without an id: a connection that breaks here has not seen this height.
        event("contribution", None, &contribution, frame);
    }
}

/// Appends one event.
fn event<T: Serialize>(name: &str, id: Option<u64>, data: &T, frame: &mut Vec<u8>) {
    frame.extend_from_slice(format!("event: {name}\n").as_bytes());
    if let Some(id) = id {
        frame.extend_from_slice(format!("id: {id}\n").as_bytes());
    }
    frame.extend_from_slice(b"data: ");
    frame.extend_from_slice(&to_json(data));
    frame.extend_from_slice(b"\n\n");
}
