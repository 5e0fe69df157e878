//! The queries of a CW721 contract of ours: meteors, eggs or dust.

use cw721::msg::{NftInfoResponse, NumTokensResponse, OwnerOfResponse, TokensResponse};
use meteor_messages::nft::{ExtensionQuery, QueryMsg, RoyaltyInfoResponse};
use meteor_rules::metadata::{Metadata, Template};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::PAGE;
use crate::{NodeError, Pool};

/// A collection on a chain.
#[derive(Clone, Copy, Debug)]
pub struct Collection<'a> {
    pool: &'a Pool,
    address: &'a str,
}

/// What a collection is called.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CollectionName {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
}

/// Who may mint, of what cw721 answers.
#[derive(Deserialize)]
struct Minter {
    owner: Option<String>,
}

impl<'a> Collection<'a> {
    /// The contract at `address`.
    pub const fn new(pool: &'a Pool, address: &'a str) -> Self {
        Self { pool, address }
    }

    async fn ask<A: DeserializeOwned>(&self, query: QueryMsg) -> Result<A, NodeError> {
        self.pool.smart(self.address, &query).await
    }

    /// Whose a token is.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such token.
    pub async fn owner_of(&self, token_id: u64) -> Result<String, NodeError> {
        let query = QueryMsg::OwnerOf { token_id: token_id.to_string(), include_expired: None };
        let answer: OwnerOfResponse = self.ask(query).await?;
        Ok(answer.owner)
    }

    /// What wallets and marketplaces show of a token.
    ///
    /// # Errors
    /// If the nodes don't answer or there is no such token.
    pub async fn metadata(&self, token_id: u64) -> Result<Metadata, NodeError> {
        let answer: NftInfoResponse<Metadata> =
            self.ask(QueryMsg::NftInfo { token_id: token_id.to_string() }).await?;
        Ok(answer.extension)
    }

    /// How many tokens there are.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn count(&self) -> Result<u64, NodeError> {
        let answer: NumTokensResponse = self.ask(QueryMsg::NumTokens {}).await?;
        Ok(answer.count)
    }

    /// Every token of a wallet.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn tokens_of(&self, owner: &str) -> Result<Vec<String>, NodeError> {
        let mut tokens: Vec<String> = Vec::new();
        loop {
            let start_after = tokens.last().cloned();
            let query = QueryMsg::Tokens { owner: owner.to_owned(), start_after, limit: Some(PAGE) };
            let page: TokensResponse = self.ask(query).await?;
            if page.tokens.is_empty() {
                return Ok(tokens);
            }
            tokens.extend(page.tokens);
        }
    }

    /// Who may mint.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn minter(&self) -> Result<Option<String>, NodeError> {
        let answer: Minter = self.ask(QueryMsg::GetMinterOwnership {}).await?;
        Ok(answer.owner)
    }

    /// What it is called.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn name(&self) -> Result<CollectionName, NodeError> {
        self.ask(QueryMsg::GetCollectionInfoAndExtension {}).await
    }

    /// How it renders its tokens' metadata.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn template(&self) -> Result<Template, NodeError> {
        self.ask(QueryMsg::Extension { msg: ExtensionQuery::Template {} }).await
    }

    /// What a sale at `sale_price` pays to whom.
    ///
    /// # Errors
    /// If the nodes don't answer or the contract refuses.
    pub async fn royalty(&self, sale_price: u128) -> Result<RoyaltyInfoResponse, NodeError> {
        // The same for every token, so that none need exist.
        let msg = ExtensionQuery::RoyaltyInfo { token_id: "1".into(), sale_price: sale_price.into() };
        self.ask(QueryMsg::Extension { msg }).await
    }
}
