//! Compares the fold with the contracts themselves, at the same height: showers, roles and payees, custody, tokens, and
//! what the bank says the shower contract holds.
//!
//! An equal height doesn't prove that nothing was missed; an equal log hash does, for contributions. For the rest there
//! is no hash, so it is asked for. A difference raises an alarm and is never corrected silently.

mod balance;
mod differences;
mod settings;
mod showers;
mod tokens;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cosmos_sdk_proto::cosmwasm::wasm::v1::QuerySmartContractStateResponse;
use cosmos_sdk_proto::traits::Message;
use meteor_chain::query::{self, Answer};
use meteor_chain::{NodeError, with_causes};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::app::App;
use crate::health::Check;
use crate::view::View;
use crate::view::page::to_json;
use differences::Differences;
use tokens::Turn;

/// Why an audit ended before its end. What was compared until then stands.
#[derive(Debug, Error)]
pub enum AuditError {
    /// No node answers.
    #[error("no node answers")]
    Node(#[source] NodeError),
    /// Every node has deleted the state at that height.
    #[error(
        "no node keeps the state at height {asked}: an audit takes seconds, so a node should keep a hundred states"
    )]
    Pruned {
        /// The height that is served.
        asked: u64,
    },
    /// A node that doesn't keep old states answers for its latest height, which says nothing about ours.
    #[error("asked for height {asked}, a node answered for height {given}: it does not keep old states")]
    OtherHeight {
        /// The height that is served.
        asked: u64,
        /// The height of the answer.
        given: u64,
    },
}

/// Compares, a part of the tokens each time.
#[derive(Debug)]
pub struct Auditor {
    app: Arc<App>,
    turn: Turn,
}

/// Compares at regular intervals until the server stops.
pub(crate) async fn run(app: Arc<App>) {
    // A replica that follows the store has no node to ask.
    if app.config.audit.is_zero() || app.config.rpc.is_empty() {
        return;
    }
    let mut heights = app.heights();
    let mut auditor = Auditor::new(&app);
    let mut failing = false;
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(app.config.audit) => {}
        }
        // Only at a fresh height: nodes soon prune old states.
        if heights.changed().await.is_err() {
            return;
        }
        let ended = auditor.once().await;
        // Told when it begins and when it is over: the counter says how often.
        match &ended {
            Err(error) if !failing => tracing::warn!(error = with_causes(error), "an audit ended early"),
            Ok(()) if failing => tracing::info!("audits are complete again"),
            Err(_) | Ok(()) => {}
        }
        failing = ended.is_err();
        if failing {
            app.health.unaudited.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Auditor {
    /// Of this server. Tokens are compared from the first one on.
    pub fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), turn: Turn::default() }
    }

    /// Compares everything at the height served now; of tokens and custodies the next ones in turn.
    ///
    /// # Errors
    /// [`AuditError`]; what was compared before it is recorded.
    pub async fn once(&mut self) -> Result<(), AuditError> {
        let at = Asked { app: &self.app, view: &self.app.view_full() };
        if at.view.launched.is_none() {
            return Ok(());
        }
        showers::compare(&at).await?;
        settings::compare(&at).await?;
        balance::compare(&at).await?;
        tokens::compare(&at, &mut self.turn).await?;
        self.app.health.audits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// What is served, and whom to ask about it.
struct Asked<'a> {
    app: &'a App,
    view: &'a View,
}

impl Asked<'_> {
    /// What the chain answers at the height served.
    async fn module<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
    ) -> Result<A, AuditError> {
        let asked = self.view.at.height;
        let Answer { value, height } =
            self.app.pool.query_at(path, request, asked).await.map_err(|error| match error {
                NodeError::Pruned { .. } => AuditError::Pruned { asked },
                error => AuditError::Node(error),
            })?;
        if height != 0 && height != asked {
            return Err(AuditError::OtherHeight { asked, given: height });
        }
        Ok(value)
    }

    /// What a contract answers at the height served.
    async fn contract<A: DeserializeOwned>(
        &self,
        address: &str,
        message: &impl Serialize,
    ) -> Result<A, AuditError> {
        let request = query::smart(address, to_json(message));
        let answer: QuerySmartContractStateResponse = self.module(query::SMART, &request).await?;
        serde_json::from_slice(&answer.data)
            .map_err(|error| AuditError::Node(NodeError::Malformed(format!("a contract's answer: {error}"))))
    }

    /// Records what was found about `subject`.
    fn found(&self, subject: String, log: Option<String>, found: Differences) {
        let (health, height, differs) = (&self.app.health, self.view.at.height, found.0);
        let equal = differs.is_empty();
        if !equal {
            health.mismatches.fetch_add(1, Ordering::Relaxed);
        }
        let check = Check { height, equal, log, differs: differs.clone() };
        let before = health.checked(subject.clone(), check).map(|before| before.differs).unwrap_or_default();
        // Told once, and not every minute.
        if equal && !before.is_empty() {
            tracing::info!(subject, height, "the contracts agree with their events again");
        } else if before != differs {
            tracing::error!(subject, height, ?differs, "the contracts contradict their events");
        }
    }
}
