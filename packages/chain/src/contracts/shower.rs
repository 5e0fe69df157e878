//! The shower contract's queries.

use meteor_messages::shower::{
    ConfigResponse, ContributionResponse, Cursor, DrawResponse, Fairness, MintCursorResponse, PayeeResponse,
    PayeesResponse, QueryMsg, RankedContributor, RankingResponse, RefundableResponse, ShowerResponse,
    ShowersResponse,
};
use serde::de::DeserializeOwned;

use super::PAGE;
use crate::{NodeError, Pool};

/// A shower contract on a chain.
#[derive(Clone, Copy, Debug)]
pub struct ShowerContract<'a> {
    pool: &'a Pool,
    address: &'a str,
}

impl<'a> ShowerContract<'a> {
    /// The contract at `address`.
    pub const fn new(pool: &'a Pool, address: &'a str) -> Self {
        Self { pool, address }
    }

    /// Its address.
    pub const fn address(&self) -> &'a str {
        self.address
    }

    async fn ask<A: DeserializeOwned>(&self, query: QueryMsg) -> Result<A, NodeError> {
        self.pool.smart(self.address, &query).await
    }

    /// Everything fixed, the roles, and whether contributing is paused.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn config(&self) -> Result<ConfigResponse, NodeError> {
        self.ask(QueryMsg::Config {}).await
    }

    /// One shower.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn shower(&self, shower: u32) -> Result<ShowerResponse, NodeError> {
        self.ask(QueryMsg::Shower { shower }).await
    }

    /// Every shower, in order.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn showers(&self) -> Result<Vec<ShowerResponse>, NodeError> {
        let mut showers: Vec<ShowerResponse> = Vec::new();
        loop {
            let start_after = showers.last().map(|shower| shower.shower);
            let page: ShowersResponse =
                self.ask(QueryMsg::Showers { start_after, limit: Some(PAGE) }).await?;
            if page.showers.is_empty() {
                return Ok(showers);
            }
            showers.extend(page.showers);
        }
    }

    /// What a wallet has in a shower.
    ///
    /// # Errors
    /// If the nodes don't answer, or the wallet contributed nothing.
    pub async fn contribution(&self, shower: u32, wallet: &str) -> Result<ContributionResponse, NodeError> {
        self.ask(QueryMsg::Contribution { shower, contributor: wallet.to_owned() }).await
    }

    /// What keeps the draw fair, for the whole event.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn fairness(&self) -> Result<Fairness, NodeError> {
        self.ask(QueryMsg::Fairness {}).await
    }

    /// Commitment, beacon round, draw and key of a shower.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn draw(&self, shower: u32) -> Result<DrawResponse, NodeError> {
        self.ask(QueryMsg::Draw { shower }).await
    }

    /// What each payee is owed and was paid.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn payees(&self) -> Result<Vec<PayeeResponse>, NodeError> {
        let answer: PayeesResponse = self.ask(QueryMsg::Payees {}).await?;
        Ok(answer.payees)
    }

    /// Where minting of a shower stands.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn mint_cursor(&self, shower: u32) -> Result<MintCursorResponse, NodeError> {
        self.ask(QueryMsg::MintCursor { shower }).await
    }

    /// A page of the contributions of a shower that can be refunded now.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn refundable(
        &self,
        shower: u32,
        start_after: Option<Cursor>,
    ) -> Result<RefundableResponse, NodeError> {
        self.ask(QueryMsg::Refundable { shower, start_after, limit: Some(PAGE) }).await
    }

    /// A page of a shower's ranking, rank 1 first; empty at the end.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn ranking_page(
        &self,
        shower: u32,
        start_after: Option<Cursor>,
    ) -> Result<Vec<RankedContributor>, NodeError> {
        let query = QueryMsg::Ranking { shower, start_after, limit: Some(PAGE), order: None };
        let page: RankingResponse = self.ask(query).await?;
        Ok(page.ranking)
    }

    /// Every place of a shower, rank 1 first. The ranking is final once the shower is closed.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such shower.
    pub async fn ranking(&self, shower: u32) -> Result<Vec<RankedContributor>, NodeError> {
        let mut places: Vec<RankedContributor> = Vec::new();
        loop {
            let start_after = places.last().map(|place| Cursor { amount: place.amount, seq: place.seq });
            let page = self.ranking_page(shower, start_after).await?;
            if page.is_empty() {
                return Ok(places);
            }
            places.extend(page);
        }
    }
}
