//! A wallet's contributions with the hashes of their transactions, which only nodes know: events name none.
//!
//! Hashes of blocks that are long past are kept, so that a node is asked for them once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use meteor_chain::tx::Included;
use meteor_messages::events::ShowerEvent;
use serde::Deserialize;
use utoipa::IntoParams;

use super::upstream::{asked, place};
use super::wallets::{find, limit};
use super::{InPath, InQuery, Problem};
use crate::app::App;
use crate::models::{self, WalletContribution};
use crate::view::page::to_json;

/// A block this far below the newest is not taken back.
const DEEP: u64 = 100;
/// Most hashes that are kept.
const KEPT: usize = 20_000;

/// Hashes of transactions by the sequence number of the contribution.
#[derive(Debug, Default)]
pub struct Hashes(Mutex<HashMap<u64, String>>);

impl Hashes {
    fn fill(&self, contributions: &mut [WalletContribution]) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in contributions {
            one.tx_hash = known.get(&one.seq).cloned();
        }
    }

    fn keep(&self, contributions: &[WalletContribution], top: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in contributions.iter().filter(|one| one.height.saturating_add(DEEP) <= top) {
            let Some(hash) = &one.tx_hash else { continue };
            if known.len() >= KEPT {
                known.clear(); // it fills again
            }
            known.insert(one.seq, hash.clone());
        }
    }
}

/// Which contributions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ContributionsQuery {
    /// Return those before the contribution with this sequence number (default: from the newest)
    after: Option<u64>,
    /// How many to return, 1 to 100 (default 20)
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// A wallet's contributions one by one, with the hashes of their transactions
///
/// The hashes are asked of the chain's nodes. One that no node tells is null.
#[utoipa::path(get, path = "/v1/wallets/{address}/contributions", tag = "wallets",
    params(("address" = String, Path, description = "The wallet"), ContributionsQuery),
    responses(
        (status = 200, body = models::WalletContributions, description = "A page, newest first; empty if there are none"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Bad parameters"),
    )
)]
pub(super) async fn wallet_contributions(
    State(app): State<Arc<App>>,
    InPath(address): InPath<String>,
    InQuery(query): InQuery<ContributionsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = limit(query.limit)?;
    let view = app.view_full();
    let (mut page, more) = match (find(&app, &view, &address)?, query.after) {
        (Some(wallet), after) => view.contributions_of(wallet, after, limit).ok_or_else(no_contribution)?,
        (None, Some(_)) => return Err(no_contribution()),
        (None, None) => (Vec::new(), false),
    };
    app.hashes.fill(&mut page);
    ask(&app, &address, &mut page).await;
    app.hashes.keep(&page, view.at.height);
    let unknown = page.iter().filter(|one| one.tx_hash.is_none()).count();
    let last = page.last().filter(|_| more).map(|one| one.seq);
    let next = last.map(|seq| format!("/v1/wallets/{address}/contributions?after={seq}&limit={limit}"));
    Ok(view.currency.respond_beside(&headers, format_args!("{unknown}"), || {
        let (contributions, height) = (page, view.at.height);
        to_json(&models::WalletContributions { address: &address, contributions, next, height })
    }))
}

fn no_contribution() -> Problem {
    Problem::bad_request(
        "after is no contribution of this wallet: follow the path in next of the previous page.",
    )
}

/// Asks a node for the hashes that are missing, in one request. Without an answer they stay unknown.
async fn ask(app: &App, address: &str, page: &mut [WalletContribution]) {
    let heights = || page.iter().filter(|one| one.tx_hash.is_none()).map(|one| one.height);
    let (Some(first), Some(last)) = (heights().min(), heights().max()) else { return };
    let Ok(_place) = place(app) else { return };
    let query =
        format!("wasm-contribution.contributor='{address}' AND tx.height>={first} AND tx.height<={last}");
    let Ok(Ok(Some(found))) = asked(app.pool.search(&query)).await else { return };
    let told: HashMap<u64, &str> =
        found.iter().flat_map(|tx| numbers(tx, &app.config.shower).map(|seq| (seq, &*tx.hash))).collect();
    for one in page {
        one.tx_hash = one.tx_hash.take().or_else(|| told.get(&one.seq).map(|hash| (*hash).to_owned()));
    }
}

/// The sequence numbers of a transaction's contributions to `shower`; any contract can emit events of that name.
fn numbers<'a>(tx: &'a Included, shower: &'a str) -> impl Iterator<Item = u64> + 'a {
    let ours = tx.events.iter().filter(move |raw| raw.is_typed() && raw.contract() == Some(shower));
    ours.filter_map(|raw| match ShowerEvent::parse(&raw.kind, &raw.pairs()) {
        Ok(Some(ShowerEvent::Contribution(event))) => Some(event.seq),
        Ok(_) | Err(_) => None,
    })
}
