//! Which chain the nodes follow: all of them one.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::{Member, Pool, now};
use crate::blocks::Status;
use crate::record::Trouble;
use crate::{NodeError, blocks};

/// How often a node is asked again which chain it follows: another may stand behind its address by now.
const IDENTIFY: Duration = Duration::from_mins(5);

impl Pool {
    /// The chain of the first node that answers, or that is of the chain `wanted`; the others are held to it.
    ///
    /// # Errors
    /// The last node's error if none answers.
    pub async fn identify(&self, wanted: Option<&str>) -> Result<Status, NodeError> {
        if let Some(wanted) = wanted {
            self.hold_to(wanted);
        }
        let mut last = NodeError::NoNode;
        for (_, member) in self.ready(Trouble::Tip, 0, &[]) {
            match self.held(member).await {
                Ok(status) => {
                    self.hold_to(&status.chain_id);
                    return Ok(status);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Makes sure that all nodes that answer are of one chain; answers with its id.
    ///
    /// # Errors
    /// [`NodeError::WrongChain`] if they aren't; if none answers.
    pub async fn one_chain(&self) -> Result<String, NodeError> {
        let chain_id = self.status().await?.chain_id;
        self.hold_to(&chain_id);
        for status in join_all(self.members.iter().map(|member| self.held(member))).await {
            if let Err(error @ NodeError::WrongChain { .. }) = status {
                return Err(error);
            }
        }
        Ok(chain_id)
    }

    /// Makes sure, now and then, that a node follows the chain that the pool is held to.
    pub(super) async fn check(&self, member: &Member) -> Result<(), NodeError> {
        let (version, identified) = {
            let record = member.record();
            (record.version.is_some(), record.identified)
        };
        let fresh = identified.is_some_and(|at| now().saturating_duration_since(at) < IDENTIFY);
        if self.chain_id.get().is_none() || (version && fresh) {
            return Ok(());
        }
        match self.held(member).await {
            Ok(_) => Ok(()),
            // Known from before: whatever else is wrong shows in what it is asked for.
            Err(error) if version && !matches!(error, NodeError::WrongChain { .. }) => {
                member.record().identified = Some(now());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// What a node says of itself, if it follows the chain that the pool is held to.
    pub(super) async fn held(&self, member: &Member) -> Result<Status, NodeError> {
        let none = json!({});
        let status = member.node.ask("status", &none, |body| {
            let status = blocks::status(body)?;
            match self.chain_id.get().filter(|wanted| **wanted != status.chain_id) {
                Some(_) => Err(self.wrong_chain(member, &status.chain_id)),
                None => Ok(status),
            }
        });
        let status = self.attempt(member, "status", status).await?;
        let mut record = member.record();
        record.version = Some(status.version.clone());
        record.identified = Some(now());
        Ok(status)
    }

    pub(super) fn wrong_chain(&self, member: &Member, given: &str) -> NodeError {
        NodeError::WrongChain {
            node: member.node.name().to_owned(),
            given: given.to_owned(),
            wanted: self.chain_id().unwrap_or_default().to_owned(),
        }
    }
}
