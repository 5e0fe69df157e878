//! Frames: what live connections hear when a view is published.

use std::collections::BTreeMap;

use serde::Serialize;

use super::View;
use super::page::to_json;
use super::shower::ShowerView;
use crate::fold::{Given, Happened};
use crate::models::{
    Amount, LiveBurn, LiveContribution, LiveCrack, LiveHeight, LiveMint, LiveMissed, LivePause, LiveReclaim,
    LiveRefund, LiveReveal, LiveShower, LiveTransfer, LiveWallet, Missed, TokenId,
};

/// Most contributions told in the frame of one block: the newest ones. A page shows no more at once, and a block can hold
/// thousands.
pub const MAX_CONTRIBUTIONS: usize = 40;
/// Most events of all other kinds in such a frame, the newest ones.
pub const MAX_OTHERS: usize = 100;
/// Most events that are told to who resumes. If there were more it hears of none of them, but that.
pub const MAX_RESUMED: usize = 1_000;

/// Which events a frame tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tell {
    /// None: whoever connects first asks the pages.
    None,
    /// The newest of those after a height, for who heard the frame before.
    Newest(u64),
    /// All of those after a height, for who resumes.
    Resumed(u64),
    /// That those after a height may have been wrong.
    TakenBack(u64),
}

/// Something to tell, with the height of its block.
enum Told<'a> {
    Given(u64, &'a ShowerView, Given),
    Other(u64, &'a Happened),
}

impl Told<'_> {
    const fn height(&self) -> u64 {
        match self {
            Self::Given(height, ..) | Self::Other(height, _) => *height,
        }
    }
}

/// The events, the showers that changed after the height `showers`, and the new height.
pub(super) fn frame(view: &View, tell: Tell, showers: u64) -> Vec<u8> {
    let mut frame = Vec::new();
    if let Some((missed, told)) = to_tell(view, tell) {
        let mut wallets = BTreeMap::new();
        for one in &told {
            write(one, &mut frame, &mut wallets);
        }
        for (address, height) in wallets {
            event("wallet", None, &LiveWallet { height, address }, &mut frame);
        }
        if let Some((after, why)) = missed {
            let until = view.at.height;
            event("missed", None, &LiveMissed { after, until, why, detail: detail(why) }, &mut frame);
        }
    }
    for summary in view.showers.iter().map(|it| it.summary).filter(|it| it.changed_height > showers) {
        let shower = LiveShower {
            shower: summary.shower,
            status: summary.status,
            contributors: summary.contributors,
            total: summary.total,
            minted: summary.minted,
            changed_height: summary.changed_height,
        };
        event("shower", None, &shower, &mut frame);
    }
    let height = LiveHeight { height: view.at.height, time: view.time(), changed_height: view.changed };
    // Only the last event has an id: a connection that breaks before it has not seen this height.
    event("height", Some(view.at.height), &height, &mut frame);
    frame
}

const fn detail(why: Missed) -> &'static str {
    match why {
        Missed::Crowd => {
            "More happened than is told at once, and the oldest were left out. Ask the pages again for what you show; every \
             contribution is in /v1/showers/{shower}/history.csv."
        }
        Missed::TooOld => {
            "What happened after the last id that you sent is too long ago or too much to be told. Ask the pages again for \
             what you show, then go on with the events that follow."
        }
        Missed::TakenBack => {
            "A node told something wrong of a block, and what you heard of it may be wrong. Ask the pages again for what you \
             show."
        }
    }
}

type Missing = Option<(u64, Missed)>;

/// What is told, in the order of the blocks, and what isn't.
fn to_tell(view: &View, tell: Tell) -> Option<(Missing, Vec<Told<'_>>)> {
    let (after, contributions, others) = match tell {
        Tell::None => return None,
        Tell::TakenBack(after) => return Some((Some((after, Missed::TakenBack)), Vec::new())),
        Tell::Newest(after) => (after, MAX_CONTRIBUTIONS, MAX_OTHERS),
        Tell::Resumed(after) => (after, MAX_RESUMED, MAX_RESUMED),
    };
    let happened = view.recent.after(after);
    let mut told: Vec<Told<'_>> = happened.map(|(height, happened)| Told::Other(height, happened)).collect();
    let left_out = told.len().saturating_sub(others);
    told.drain(..left_out);
    let (given, more) = given_after(view, after, contributions);
    let crowd = left_out > 0 || more || !view.recent.knows(after);
    told.extend(given);
    told.sort_by_key(Told::height); // stable
    if matches!(tell, Tell::Resumed(_)) && (crowd || told.len() > MAX_RESUMED) {
        return Some((Some((after, Missed::TooOld)), Vec::new()));
    }
    Some((crowd.then_some((after, Missed::Crowd)), told))
}

/// The newest `most` contributions after a height, over all showers, in their order; and whether there are more.
fn given_after(view: &View, after: u64, most: usize) -> (Vec<Told<'_>>, bool) {
    let (mut newest, mut more) = (Vec::new(), false);
    for shower in &view.showers {
        let new = shower.given_after(after);
        more |= new.len() > most;
        newest.extend(new.rev().take(most).filter_map(|place| {
            let given = *shower.given.get(place)?;
            let height = shower.moment(u32::try_from(place).ok()?.checked_add(1)?)?.height;
            Some(Told::Given(height, shower, given))
        }));
    }
    newest.sort_by_key(|told| match told {
        Told::Given(_, _, given) => given.seq,
        Told::Other(..) => 0,
    });
    let surplus = newest.len().saturating_sub(most);
    newest.drain(..surplus);
    (newest, more || surplus > 0)
}

/// Writes one, and notes the wallets that it concerns.
fn write<'a>(told: &Told<'a>, frame: &mut Vec<u8>, wallets: &mut BTreeMap<&'a str, u64>) {
    let height = told.height();
    let mut concerns = |address: &'a str| _ = wallets.insert(address, height);
    let happened = match told {
        Told::Given(_, shower, given) => {
            let Some((rank, row)) = shower.ranked_row(given.slot) else { return };
            concerns(row.address);
            let contribution = LiveContribution {
                height,
                shower: shower.summary.shower,
                contributor: row.address,
                amount: Amount(given.amount),
                total: Amount(row.amount),
                rank: rank.0,
                tier: shower.tier(rank),
                seq: given.seq,
            };
            return event("contribution", None, &contribution, frame);
        }
        Told::Other(_, happened) => happened,
    };
    let name = happened.name();
    match happened {
        Happened::Mint { of, id, owner } => {
            concerns(owner);
            event(name, None, &LiveMint { height, collection: *of, token_id: TokenId(*id), owner }, frame);
        }
        Happened::Transfer { of, id, from, to } => {
            concerns(from);
            concerns(to);
            let transfer = LiveTransfer { height, collection: *of, token_id: TokenId(*id), from, to };
            event(name, None, &transfer, frame);
        }
        Happened::Burn { of, id, owner } => {
            concerns(owner);
            event(name, None, &LiveBurn { height, collection: *of, token_id: TokenId(*id), owner }, frame);
        }
        Happened::Crack { id, holder, reclaim_at } => {
            concerns(holder);
            let crack = LiveCrack { height, token_id: TokenId(*id), holder, reclaim_at: *reclaim_at };
            event(name, None, &crack, frame);
        }
        Happened::Reveal { id, holder, found } => {
            concerns(holder);
            event(name, None, &LiveReveal { height, token_id: TokenId(*id), holder, found: *found }, frame);
        }
        Happened::Reclaim { id, holder } => {
            concerns(holder);
            event(name, None, &LiveReclaim { height, token_id: TokenId(*id), holder }, frame);
        }
        Happened::Refund { shower, contributor, what, amount } => {
            concerns(contributor);
            let (shower, what, amount) = (*shower, *what, Amount(*amount));
            event(name, None, &LiveRefund { height, shower, contributor, what, amount }, frame);
        }
        Happened::Pause | Happened::Resume => event(name, None, &LivePause { height }, frame),
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
