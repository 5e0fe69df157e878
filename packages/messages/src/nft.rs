//! Messages of the CW721 contract: the standard ones, and what Meteor Shower adds to them.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Empty, Uint128};
use cw721::msg::{Cw721ExecuteMsg, Cw721QueryMsg};
use cw721::traits::Cw721CustomMsg;
use cw721::{DefaultOptionalCollectionExtension, DefaultOptionalCollectionExtensionMsg};
use meteor_rules::metadata::{Metadata, Template};

/// What the contract is instantiated with. Nothing of it changes later.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct InstantiateMsg {
    /// Name of the collection.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// The one address that may mint: the shower contract for meteors.
    pub minter: String,
    /// How its tokens are described.
    pub template: Template,
    /// What a sale should pay to whom.
    pub royalties: Option<Royalties>,
}

/// A collection to instantiate.
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct CollectionInit {
    /// Code of the CW721 contract.
    pub code_id: u64,
    /// For example `Levana Dragons: Meteors`.
    pub name: String,
    /// For example `LVNMTR`.
    pub symbol: String,
    /// How its tokens are described; the first columns are `OWN_COLUMNS` of the shower.
    pub template: Template,
    /// What a sale should pay to whom.
    pub royalties: Option<Royalties>,
}

/// What a sale should pay to whom (marketplaces read it; the contract can't enforce it).
#[cw_serde]
#[derive(Eq)]
#[serde(deny_unknown_fields)]
pub struct Royalties {
    /// Who is paid.
    pub payment_address: String,
    /// Share of the price (basis points).
    pub share_bp: u32,
}

/// CW721's messages; of the standard verbs those that would contradict the design are refused by name.
pub type ExecuteMsg = Cw721ExecuteMsg<Empty, DefaultOptionalCollectionExtensionMsg, ExtensionMsg>;

/// CW721's queries, with ours under `extension`.
pub type QueryMsg = Cw721QueryMsg<Metadata, DefaultOptionalCollectionExtension, ExtensionQuery>;

/// What Meteor Shower adds to CW721's verbs. On the wire `{"update_extension":{"msg":{"mint_batch":{…}}}}`.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExtensionMsg {
    /// Minter: mints these tokens, all or none.
    MintBatch {
        /// 1 to 100 tokens.
        tokens: Vec<NewToken>,
    },
}

impl Cw721CustomMsg for ExtensionMsg {}

/// A token to mint.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Its id; never one that was used before, burnt or not.
    pub token_id: u64,
    /// Who gets it.
    pub owner: String,
    /// Bare CID of the image.
    pub image: String,
    /// One number for each column of the template.
    pub traits: Vec<u32>,
}

/// What Meteor Shower adds to CW721's queries. On the wire `{"extension":{"msg":{"template":{}}}}`.
#[cw_serde]
#[derive(QueryResponses)]
pub enum ExtensionQuery {
    /// How the tokens are described.
    #[returns(Template)]
    Template {},
    /// What a sale at this price should pay to whom (CW2981).
    #[returns(RoyaltyInfoResponse)]
    RoyaltyInfo {
        /// Which token.
        token_id: String,
        /// The price, in whatever denom.
        sale_price: Uint128,
    },
    /// Whether this contract has royalties (CW2981).
    #[returns(CheckRoyaltiesResponse)]
    CheckRoyalties {},
}

impl Cw721CustomMsg for ExtensionQuery {}

/// What a sale should pay to whom (CW2981).
#[cw_serde]
pub struct RoyaltyInfoResponse {
    /// Who is paid; empty without royalties.
    pub address: String,
    /// How much, in the denom of the price.
    pub royalty_amount: Uint128,
}

/// Whether this contract has royalties (CW2981).
#[cw_serde]
pub struct CheckRoyaltiesResponse {
    /// Whether it does.
    pub royalty_payments: bool,
}
