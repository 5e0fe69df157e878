//! Messages of the CW721 contract: the standard ones, and what Meteor Shower adds to them.

use cosmwasm_schema::schemars::JsonSchema;
use cosmwasm_schema::schemars::r#gen::SchemaGenerator;
use cosmwasm_schema::schemars::schema::Schema;
use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Binary, Empty, Timestamp, Uint128};
use cw721::msg::CollectionInfoAndExtensionResponse;
use cw721::{Expiration, RoyaltyInfo};
use meteor_rules::metadata::Template;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// CW721's verbs as version 0.22 of the standard has them, and ours under `update_extension`. Those that would
/// contradict the design are refused by name, whatever they carry.
///
/// An enum of our own, because the standard's takes unknown fields and insists on `msg` in `send_nft`.
#[cw_serde]
#[serde(deny_unknown_fields)]
pub enum ExecuteMsg {
    /// Owner, approved spender or operator of the owner: moves a token.
    TransferNft {
        /// To whom.
        recipient: String,
        /// Which token.
        token_id: String,
    },
    /// The same: moves a token to a contract and calls that contract.
    SendNft {
        /// To which contract.
        contract: String,
        /// Which token.
        token_id: String,
        /// What that contract is told; older wallets leave it out.
        msg: Option<Binary>,
    },
    /// Owner or operator of the owner: lets `spender` move or burn one token.
    Approve {
        /// Who may.
        spender: String,
        /// Which token.
        token_id: String,
        /// Until when; for ever by default.
        expires: Option<Expiration>,
    },
    /// Owner or operator of the owner: ends an approval.
    Revoke {
        /// Who no longer may.
        spender: String,
        /// Which token.
        token_id: String,
    },
    /// Anyone: lets `operator` move or burn every token of the sender.
    ApproveAll {
        /// Who may.
        operator: String,
        /// Until when; for ever by default.
        expires: Option<Expiration>,
    },
    /// Anyone: ends an approval for all tokens.
    RevokeAll {
        /// Who no longer may.
        operator: String,
    },
    /// Owner, approved spender or operator of the owner: burns a token. Its id never returns.
    Burn {
        /// Which token.
        token_id: String,
    },
    /// What Meteor Shower adds.
    UpdateExtension {
        /// A verb of ours.
        msg: ExtensionMsg,
    },
    /// Refused: it would reuse burnt ids.
    Mint(Ignored),
    /// Refused: metadata never changes.
    UpdateNftInfo(Ignored),
    /// Refused: the collection's description and royalties never change.
    UpdateCollectionInfo(Ignored),
    /// Refused: a collection has one fixed minter.
    AddMinter(Ignored),
    /// Refused: a collection has one fixed minter.
    RemoveMinter(Ignored),
    /// Refused: a collection has one fixed minter and no owner.
    UpdateOwnership(Ignored),
    /// Refused: a collection has one fixed minter.
    UpdateMinterOwnership(Ignored),
    /// Refused: a collection has no creator with powers.
    UpdateCreatorOwnership(Ignored),
    /// Refused: a collection never holds money.
    SetWithdrawAddress(Ignored),
    /// Refused: a collection never holds money.
    RemoveWithdrawAddress(Ignored),
    /// Refused: a collection never holds money.
    WithdrawFunds(Ignored),
}

/// What a refused verb carries. It is read past, so that the verb is refused by its name and not for a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ignored;

impl Serialize for Ignored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Empty {}.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ignored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

impl JsonSchema for Ignored {
    fn schema_name() -> String {
        "Ignored".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::Bool(true)
    }
}

/// CW721's queries as versions 0.16 to 0.22 of the standard have them, and ours under `extension`.
#[cw_serde]
#[serde(deny_unknown_fields)]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Whose a token is, and who is approved for it.
    #[returns(cw721::msg::OwnerOfResponse)]
    OwnerOf {
        /// Which token.
        token_id: String,
        /// Also approvals that have expired; by default not.
        include_expired: Option<bool>,
    },
    /// One spender's approval for a token; an error without one.
    #[returns(cw721::msg::ApprovalResponse)]
    Approval {
        /// Which token.
        token_id: String,
        /// Whose approval.
        spender: String,
        /// Also if it has expired; by default not.
        include_expired: Option<bool>,
    },
    /// Every approval for a token.
    #[returns(cw721::msg::ApprovalsResponse)]
    Approvals {
        /// Which token.
        token_id: String,
        /// Also approvals that have expired; by default not.
        include_expired: Option<bool>,
    },
    /// One operator's approval for all tokens of an owner; an error without one.
    #[returns(cw721::msg::OperatorResponse)]
    Operator {
        /// Whose tokens.
        owner: String,
        /// Whose approval.
        operator: String,
        /// Also if it has expired; by default not.
        include_expired: Option<bool>,
    },
    /// Everyone approved for all tokens of an owner.
    #[returns(cw721::msg::OperatorsResponse)]
    AllOperators {
        /// Whose tokens.
        owner: String,
        /// Also approvals that have expired; by default not.
        include_expired: Option<bool>,
        /// Continue after this operator.
        start_after: Option<String>,
        /// Rows: 10 by default, at most 1,000.
        limit: Option<u32>,
    },
    /// The same by its first name, which some wallets still use.
    #[returns(cw721::msg::OperatorsResponse)]
    ApprovedForAll {
        /// Whose tokens.
        owner: String,
        /// Also approvals that have expired; by default not.
        include_expired: Option<bool>,
        /// Continue after this operator.
        start_after: Option<String>,
        /// Rows: 10 by default, at most 1,000.
        limit: Option<u32>,
    },
    /// How many tokens there are.
    #[returns(cw721::msg::NumTokensResponse)]
    NumTokens {},
    /// Name and symbol alone, as versions 0.16 to 0.18 answer: their readers refuse any other field.
    #[returns(ContractInfoResponse)]
    ContractInfo {},
    /// Name, symbol and royalties, as versions from 0.19 on answer.
    #[returns(CollectionResponse)]
    GetCollectionInfoAndExtension {},
    /// Roles, collection and number of tokens.
    #[returns(cw721::msg::ConfigResponse<Option<CollectionExtension>>)]
    GetConfig {},
    /// The contract, the collection and the number of tokens.
    #[returns(cw721::msg::AllInfoResponse)]
    GetAllInfo {},
    /// What [`CollectionExtension`] says, as a list.
    #[returns(cw721::state::CollectionExtensionAttributes)]
    GetCollectionExtensionAttributes {},
    /// The minter, by an older name of `get_minter_ownership`.
    #[returns(cw721::Ownership<cosmwasm_std::Addr>)]
    Ownership {},
    /// The minter, as versions 0.16 to 0.18 answer.
    #[returns(cw721::msg::MinterResponse)]
    Minter {},
    /// The minter; it never changes.
    #[returns(cw721::Ownership<cosmwasm_std::Addr>)]
    GetMinterOwnership {},
    /// Nobody: a collection has no creator with powers.
    #[returns(cw721::Ownership<cosmwasm_std::Addr>)]
    GetCreatorOwnership {},
    /// None: a collection has one minter.
    #[returns(cw721::msg::AdditionalMintersResponse)]
    GetAdditionalMinters {
        /// Continue after this minter.
        start_after: Option<String>,
        /// Rows: 10 by default, at most 1,000.
        limit: Option<u32>,
    },
    /// A token's metadata.
    #[returns(cw721::msg::NftInfoResponse<meteor_rules::metadata::Metadata>)]
    NftInfo {
        /// Which token.
        token_id: String,
    },
    /// A token's owner and metadata.
    #[returns(cw721::msg::AllNftInfoResponse<meteor_rules::metadata::Metadata>)]
    AllNftInfo {
        /// Which token.
        token_id: String,
        /// Also approvals that have expired; by default not.
        include_expired: Option<bool>,
    },
    /// Ids of an owner's tokens, in order of their text.
    #[returns(cw721::msg::TokensResponse)]
    Tokens {
        /// Whose.
        owner: String,
        /// Continue after this id.
        start_after: Option<String>,
        /// Rows: 10 by default, at most 1,000.
        limit: Option<u32>,
    },
    /// Ids of all tokens, in order of their text.
    #[returns(cw721::msg::TokensResponse)]
    AllTokens {
        /// Continue after this id.
        start_after: Option<String>,
        /// Rows: 10 by default, at most 1,000.
        limit: Option<u32>,
    },
    /// None: a collection never holds money.
    #[returns(Option<String>)]
    GetWithdrawAddress {},
    /// What Meteor Shower adds.
    #[returns(())]
    Extension {
        /// A query of ours.
        msg: ExtensionQuery,
    },
    /// Refused: it walks the whole collection.
    #[returns(())]
    GetNftByExtension(Ignored),
    /// Refused: the standard has no answer to it.
    #[returns(())]
    GetCollectionExtension(Ignored),
}

/// A collection's name and symbol. Readers of cw721 0.16 to 0.18 refuse an answer with any other field.
#[cw_serde]
pub struct ContractInfoResponse {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
}

/// A collection, as cw721 0.19 and later show it.
pub type CollectionResponse = CollectionInfoAndExtensionResponse<Option<CollectionExtension>>;

/// What a collection with royalties says of itself: cw721's fields, but an image that it doesn't have is null
/// and no empty text.
#[cw_serde]
pub struct CollectionExtension {
    /// The collection's name.
    pub description: String,
    /// None: its tokens have images.
    pub image: Option<String>,
    /// None.
    pub external_link: Option<String>,
    /// None.
    pub banner_url: Option<String>,
    /// None.
    pub explicit_content: Option<bool>,
    /// None: tokens can be traded from their mint on.
    pub start_trading_time: Option<Timestamp>,
    /// What a sale should pay to whom.
    pub royalty_info: Option<RoyaltyInfo>,
}

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
#[serde(deny_unknown_fields)]
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
