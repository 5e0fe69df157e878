//! Transactions of the event's contracts: simulated, passed on, looked up. What a wallet signed goes to the chain
//! as it is.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::response::Response;
use meteor_chain::NodeError;
use meteor_chain::gas::with_margin;
use meteor_chain::transactions::{Broadcast, hash};
use meteor_chain::words::{Refusal, Said};

use super::upstream::{asked, fresh, place, refused};
use super::{InJson, InPath, Problem};
use crate::app::{App, Relayed};
use crate::models;
use crate::relay::transaction;

/// Most bytes in the body of a request. A hundred messages of this event take a third of it.
pub(super) const MAX_BODY: usize = 64 << 10;

/// The bytes to pass on.
fn checked(app: &App, request: &models::TxRequest) -> Result<Vec<u8>, Problem> {
    let view = app.view();
    if view.launched.is_none() {
        return Err(Problem::not_launched());
    }
    let others = [&view.contracts.meteors, &view.contracts.hatchery];
    let contracts: Vec<&str> = std::iter::once(app.config.shower.as_str())
        .chain(others.into_iter().filter_map(Option::as_deref))
        .collect();
    Ok(transaction(&request.tx, &contracts)?)
}

/// How much gas a transaction would use
///
/// Its signature may be empty, but there must be one for each signer; fee and gas limit don't matter. Only
/// transactions of 1 to 100 messages are taken, each of which executes the event's shower, meteors or hatchery
/// contract.
#[utoipa::path(post, path = "/v1/simulate", tag = "transactions", request_body = models::TxRequest, responses(
    (status = 200, body = models::Simulated, description = "What it would use"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "Not JSON"),
    (status = 408, body = Problem, content_type = "application/problem+json", description = "The body took too long"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "More than 64 KiB"),
    (status = 422, body = Problem, content_type = "application/problem+json",
        description = "The transaction would fail (with codespace and code), or is none of this event's"),
    (status = 503, body = Problem, content_type = "application/problem+json",
        description = "No node answers, or too many requests: see Retry-After"),
))]
pub(super) async fn simulate(
    State(app): State<Arc<App>>,
    InJson(request): InJson<models::TxRequest>,
) -> Result<Response, Problem> {
    let bytes = checked(&app, &request)?;
    let _place = place(&app)?;
    let gas_used = asked(app.pool.simulate(bytes)).await?.map_err(Problem::refused)?;
    Ok(fresh(&models::Simulated { gas_used, gas_limit: with_margin(gas_used) }))
}

/// Pass a signed transaction on to the chain
///
/// Only transactions of 1 to 100 messages are taken, each of which executes the event's shower, meteors or
/// hatchery contract. The same bytes can be sent again: they have the same hash and no further effect. After a
/// 503 the transaction may be under way: look its hash up before you sign another one.
#[utoipa::path(post, path = "/v1/txs", tag = "transactions", request_body = models::TxRequest, responses(
    (status = 200, body = models::Sent, description = "A node took it. It is in no block yet"),
    (status = 400, body = Problem, content_type = "application/problem+json", description = "Not JSON"),
    (status = 408, body = Problem, content_type = "application/problem+json", description = "The body took too long"),
    (status = 413, body = Problem, content_type = "application/problem+json", description = "More than 64 KiB"),
    (status = 422, body = Problem, content_type = "application/problem+json",
        description = "The chain refuses it (with codespace and code), or it is none of this event's"),
    (status = 503, body = Problem, content_type = "application/problem+json",
        description = "No node answers, or too many requests: see Retry-After"),
))]
pub(super) async fn send(
    State(app): State<Arc<App>>,
    InJson(request): InJson<models::TxRequest>,
) -> Result<Response, Problem> {
    let bytes = checked(&app, &request)?;
    let place = place(&app)?;
    let (nodes, hash) = (Arc::clone(&app), hash(&bytes));
    // A phone that goes away must not leave the transaction with half of the nodes.
    let sending = tokio::spawn(async move {
        let done = nodes.pool.broadcast(&bytes).await;
        drop(place);
        done
    });
    let answer = match sending.await {
        Ok(Ok(Broadcast::Accepted(hash))) => Ok(fresh(&models::Sent { hash })),
        Ok(Ok(Broadcast::Refused(refusal))) => match in_a_block(&app, &refusal, &hash).await {
            Ok(true) => Ok(fresh(&models::Sent { hash })),
            Ok(false) => Err(Problem::refused(refusal.unhidden())),
            Err(_) => Err(Problem::perhaps_sent()),
        },
        // Every node waits out a failure, so none was asked.
        Ok(Err(NodeError::NoNode)) => return Err(Problem::no_node()),
        Ok(Err(error)) => Err(refused(error).map_or_else(|_| Problem::perhaps_sent(), Problem::refused)),
        Err(_) => Err(Problem::perhaps_sent()),
    };
    let Relayed { taken, refused, unknown } = &app.relayed;
    let counter = match &answer {
        Ok(_) => taken,
        Err(problem) if problem.code.is_some() => refused,
        Err(_) => unknown,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    answer
}

/// Whether a transaction that is refused is in a block. A node that forgot it says that its sequence was used, and
/// whoever believes that signs again and pays twice.
async fn in_a_block(app: &App, refusal: &Refusal, hash: &str) -> Result<bool, Problem> {
    if refusal.said() != Said::WrongSequence {
        return Ok(false);
    }
    Ok(asked(app.pool.tx(hash)).await?.map_err(Problem::refused)?.is_some())
}

/// What became of a transaction
///
/// The nodes' index of transactions tells. The answer describes this moment; a transaction that is in a block
/// shows in the other answers once `/v1/status` has reached its height.
#[utoipa::path(get, path = "/v1/txs/{hash}", tag = "transactions",
    params(("hash" = String, Path, pattern = "^[0-9A-Fa-f]{64}$", description = "Hash of the transaction: 64 hex digits")),
    responses(
        (status = 200, body = models::TxStatus, description = "What is known of it; height is null while it is in no block"),
        (status = 400, body = Problem, content_type = "application/problem+json", description = "Not a hash"),
        (status = 503, body = Problem, content_type = "application/problem+json",
            description = "No node answers, or too many requests: see Retry-After"),
    )
)]
pub(super) async fn tx(
    State(app): State<Arc<App>>,
    InPath(hash): InPath<String>,
) -> Result<Response, Problem> {
    if hash.len() != 64 || !hash.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(Problem::bad_request(
            "This is not a hash: give the 64 hex digits that /v1/txs answered.",
        ));
    }
    let hash = hash.to_ascii_uppercase();
    let _place = place(&app)?;
    let found = asked(app.pool.tx(&hash)).await?.map_err(Problem::refused)?;
    let refusal = found.as_ref().and_then(|tx| tx.refusal.as_ref());
    Ok(fresh(&models::TxStatus {
        hash,
        height: found.as_ref().map(|tx| tx.height),
        code: refusal.map_or(0, |refusal| refusal.code),
        codespace: refusal.map(|refusal| refusal.codespace.clone()).unwrap_or_default(),
        log: refusal.map(Refusal::plain).unwrap_or_default(),
        gas_used: found.as_ref().map_or(0, |tx| tx.gas_used),
    }))
}
