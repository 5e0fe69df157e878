//! The hatchery's queries.

use meteor_messages::hatchery::{ConfigResponse, CustodiesResponse, CustodyResponse, QueryMsg};
use serde::de::DeserializeOwned;

use super::PAGE;
use crate::{NodeError, Pool};

/// A hatchery on a chain.
#[derive(Clone, Copy, Debug)]
pub struct HatcheryContract<'a> {
    pool: &'a Pool,
    address: &'a str,
}

impl<'a> HatcheryContract<'a> {
    /// The contract at `address`.
    pub const fn new(pool: &'a Pool, address: &'a str) -> Self {
        Self { pool, address }
    }

    async fn ask<A: DeserializeOwned>(&self, query: QueryMsg) -> Result<A, NodeError> {
        self.pool.smart(self.address, &query).await
    }

    /// Its contracts, and when a holder can take a meteor back.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn config(&self) -> Result<ConfigResponse, NodeError> {
        self.ask(QueryMsg::Config {}).await
    }

    /// The custody of one meteor; `None` if it isn't there.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn custody(&self, token_id: u64) -> Result<Option<CustodyResponse>, NodeError> {
        self.ask(QueryMsg::Custody { token_id }).await
    }

    /// A page of the meteors in custody, by number; empty at the end.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn custodies(&self, start_after: Option<u64>) -> Result<Vec<CustodyResponse>, NodeError> {
        let page: CustodiesResponse =
            self.ask(QueryMsg::Custodies { start_after, limit: Some(PAGE) }).await?;
        Ok(page.custodies)
    }
}
