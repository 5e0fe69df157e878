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

use crate::app::{App, Check};
use crate::view::View;
use crate::view::page::to_json;
use differences::Differences;
use tokens::Turn;

/// Why an audit ended before its end. What was compared until then stands.
#[derive(Debug, Error)]
pub enum AuditError {
    /// No node answers.
    #[error("no node answers")]
    Node(#[from] NodeError),
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
    if app.config.audit.is_zero() {
        return;
    }
    let mut heights = app.heights();
    let mut auditor = Auditor::new(&app);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            () = tokio::time::sleep(app.config.audit) => {}
        }
        // Only at a fresh height: nodes soon prune old states.
        if heights.changed().await.is_err() {
            return;
        }
        if let Err(error) = auditor.once().await {
            app.health.unaudited.fetch_add(1, Ordering::Relaxed);
            app.health.set_last_error(format!("audit: {}", with_causes(&error)));
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
        let Answer { value, height } = self.app.pool.query_at(path, request, asked).await?;
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
        Ok(serde_json::from_slice(&answer.data)
            .map_err(|error| NodeError::Malformed(format!("a contract's answer: {error}")))?)
    }

    /// Records what was found about `subject`.
    fn found(&self, subject: String, log: Option<String>, found: Differences) {
        let (height, differs) = (self.view.at.height, found.0);
        if !differs.is_empty() {
            self.app.health.mismatches.fetch_add(1, Ordering::Relaxed);
            tracing::error!(subject, height, ?differs, "the contracts contradict their events");
        }
        self.app.health.checked(subject, Check { height, equal: differs.is_empty(), log, differs });
    }
}
