//! The contract speaks CW721 to clients of every version in use: those of 0.16 to 0.18, which most wallets and
//! marketplaces were built with, those of 0.22, and some older ones. Each client is played by the types that it
//! reads and writes with, and by the bytes that it sends.

use cosmwasm_std::{Binary, Empty, coin, from_json, to_json_string};
use cw_ownable::Action;
use cw_utils::Expiration;
use cw721::msg::{CollectionInfoMsg, Cw721ExecuteMsg};
use cw721::{DefaultOptionalCollectionExtension, DefaultOptionalCollectionExtensionMsg};
use meteor_messages::nft::{ExecuteMsg, ExtensionMsg, InstantiateMsg, QueryMsg, Royalties};
use meteor_nft::ContractError;
use meteor_testkit::art::{batch, token};
use meteor_testkit::wallets::address;
use serde::de::DeserializeOwned;

use crate::chain::Chain;

/// The answers as cw721 0.16.0 and 0.18.0 read them (`src/query.rs`; the metadata is cw721-metadata-onchain's,
/// `src/lib.rs`). Their `cw_serde` was that of cosmwasm-schema 1, which refuses unknown fields.
#[allow(clippy::struct_field_names)] // that is what they are called
mod strict {
    use cw_utils::Expiration;
    use serde::Deserialize;

    macro_rules! answers {
        ($($name:ident $(<$of:ident>)? { $($field:ident: $kind:ty),* })*) => {$(
            #[derive(Debug, PartialEq, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(super) struct $name $(<$of>)? { $(pub(super) $field: $kind),* }
        )*};
    }

    answers! {
        OwnerOfResponse { owner: String, approvals: Vec<Approval> }
        Approval { spender: String, expires: Expiration }
        ApprovalResponse { approval: Approval }
        ApprovalsResponse { approvals: Vec<Approval> }
        OperatorResponse { approval: Approval }
        OperatorsResponse { operators: Vec<Approval> }
        NumTokensResponse { count: u64 }
        ContractInfoResponse { name: String, symbol: String }
        NftInfoResponse<T> { token_uri: Option<String>, extension: T }
        AllNftInfoResponse<T> { access: OwnerOfResponse, info: NftInfoResponse<T> }
        TokensResponse { tokens: Vec<String> }
        MinterResponse { minter: String }
        Ownership { owner: Option<String>, pending_owner: Option<String>, pending_expiry: Option<Expiration> }
        Metadata {
            image: Option<String>, image_data: Option<String>, external_url: Option<String>,
            description: Option<String>, name: Option<String>, attributes: Option<Vec<Trait>>,
            background_color: Option<String>, animation_url: Option<String>, youtube_url: Option<String>
        }
        Trait { display_type: Option<String>, trait_type: String, value: String }
    }
}

/// A collection with royalties, with token 1 of Alice. The market is approved for it, and the bank for all.
fn collection() -> Chain {
    let royalties = Some(Royalties { payment_address: address("team").into(), share_bp: 750 });
    let mut chain = Chain::launch(&InstantiateMsg { royalties, ..Chain::msg() }, &[]).unwrap();
    chain.does("minter", &batch(vec![token(1, "alice", vec![2, 10_614, 40, 890, 0, 1, 0, 27, 0, 0])]));
    let (spender, token_id) = (address("market").to_string(), "1".to_owned());
    chain.does("alice", &ExecuteMsg::Approve { spender, token_id, expires: None });
    chain.does("alice", &ExecuteMsg::ApproveAll { operator: address("bank").into(), expires: None });
    chain
}

/// What a client reads when it asks with these bytes, in which names stand for addresses.
fn read<T: DeserializeOwned>(chain: &Chain, ask: &str) -> T {
    let answer = chain.ask_json(&with_addresses(ask)).unwrap();
    from_json(&answer).unwrap_or_else(|error| panic!("{ask}: {answer}: {error}"))
}

fn with_addresses(json: &str) -> String {
    ["alice", "bob", "market", "bank"].iter().fold(json.to_owned(), |json, name| {
        json.replace(&format!("\"@{name}\""), &format!("\"{}\"", address(name)))
    })
}

fn approval(spender: &str) -> strict::Approval {
    strict::Approval { spender: address(spender).into(), expires: Expiration::Never {} }
}

#[test]
fn clients_of_0_16_to_0_18_read_every_answer() {
    let chain = collection();
    let owner =
        || strict::OwnerOfResponse { owner: address("alice").into(), approvals: vec![approval("market")] };
    let shown: strict::NftInfoResponse<strict::Metadata> = read(&chain, r#"{"nft_info":{"token_id":"1"}}"#);
    assert_eq!(shown.extension.name.as_deref(), Some("Levana Dragons: Rare Meteor #1"));
    assert_eq!(shown.extension.attributes.as_ref().map(Vec::len), Some(10));
    let all: strict::AllNftInfoResponse<strict::Metadata> =
        read(&chain, r#"{"all_nft_info":{"token_id":"1"}}"#);
    assert_eq!((all.access, all.info), (owner(), shown));
    let owner_of: strict::OwnerOfResponse = read(&chain, r#"{"owner_of":{"token_id":"1"}}"#);
    assert_eq!(owner_of, owner());
    let one: strict::ApprovalResponse =
        read(&chain, r#"{"approval":{"token_id":"1","spender":"@market","include_expired":null}}"#);
    assert_eq!(one.approval, approval("market"));
    let every: strict::ApprovalsResponse = read(&chain, r#"{"approvals":{"token_id":"1"}}"#);
    assert_eq!(every.approvals, [approval("market")]);
    let one: strict::OperatorResponse = read(&chain, r#"{"operator":{"owner":"@alice","operator":"@bank"}}"#);
    assert_eq!(one.approval, approval("bank"));
    let count: strict::NumTokensResponse = read(&chain, r#"{"num_tokens":{}}"#);
    assert_eq!(count.count, 1);
    let minter: strict::MinterResponse = read(&chain, r#"{"minter":{}}"#);
    assert_eq!(minter.minter, address("minter").as_str());
    let ownership: strict::Ownership = read(&chain, r#"{"ownership":{}}"#);
    assert_eq!(ownership.owner.as_deref(), Some(address("minter").as_str()));
    for ask in [r#"{"tokens":{"owner":"@alice"}}"#, r#"{"all_tokens":{"limit":30}}"#] {
        assert_eq!(read::<strict::TokensResponse>(&chain, ask).tokens, ["1"]);
    }
}

#[test]
fn contract_info_is_exactly_name_and_symbol() {
    let chain = collection();
    let info: strict::ContractInfoResponse = read(&chain, r#"{"contract_info":{}}"#);
    assert_eq!((info.name.as_str(), info.symbol.as_str()), ("Levana Dragons: Meteors", "LVNMTR"));
}

#[test]
fn all_operators_has_its_first_name_too() {
    let chain = collection();
    for ask in ["all_operators", "approved_for_all"] {
        let ask = format!(r#"{{"{ask}":{{"owner":"@alice","include_expired":true,"limit":3}}}}"#);
        assert_eq!(read::<strict::OperatorsResponse>(&chain, &ask).operators, [approval("bank")]);
    }
}

#[test]
fn a_token_is_sent_without_a_message_as_older_wallets_do() {
    for msg in ["", r#","msg":null"#, r#","msg":"""#, r#","msg":"e30=""#] {
        let mut chain = collection();
        let vault = chain.vault();
        let send = format!(r#"{{"send_nft":{{"contract":"{vault}","token_id":"1"{msg}}}}}"#);
        chain.send_json("alice", &send).unwrap();
        let owner: strict::OwnerOfResponse = read(&chain, r#"{"owner_of":{"token_id":"1"}}"#);
        assert_eq!(owner.owner, vault.as_str(), "{send}");
    }
}

type Standard = Cw721ExecuteMsg<Empty, DefaultOptionalCollectionExtensionMsg, ExtensionMsg>;

/// Every verb of cw721 0.22, as its clients write it, and whether the collection does it for Alice.
fn verbs(vault: String) -> Vec<(Standard, bool)> {
    let alice = || address("alice").to_string();
    let token_id = || "1".to_owned();
    let action = || Action::TransferOwnership { new_owner: alice(), expiry: None };
    let (token_uri, extension) = (Some("ipfs://other".to_owned()), Empty {});
    let collection_info = CollectionInfoMsg { name: Some("Other".into()), symbol: None, extension: None };
    #[allow(deprecated)]
    let all = vec![
        Standard::Approve { spender: address("bob").into(), token_id: token_id(), expires: None },
        Standard::Revoke { spender: address("bob").into(), token_id: token_id() },
        Standard::ApproveAll { operator: address("bob").into(), expires: Some(Expiration::Never {}) },
        Standard::RevokeAll { operator: address("bob").into() },
        Standard::TransferNft { recipient: alice(), token_id: token_id() },
        Standard::UpdateOwnership(action()),
        Standard::UpdateMinterOwnership(action()),
        Standard::UpdateCreatorOwnership(Action::AcceptOwnership),
        Standard::UpdateCollectionInfo { collection_info },
        Standard::Mint { token_id: "9".into(), owner: alice(), token_uri: token_uri.clone(), extension },
        Standard::AddMinter { minter: alice() },
        Standard::RemoveMinter { minter: alice() },
        Standard::UpdateNftInfo { token_id: token_id(), token_uri, extension: Empty {} },
        Standard::SetWithdrawAddress { address: alice() },
        Standard::RemoveWithdrawAddress {},
        Standard::WithdrawFunds { amount: coin(1, "uusd") },
        Standard::UpdateExtension { msg: ExtensionMsg::MintBatch { tokens: vec![] } },
        Standard::SendNft { contract: vault, token_id: token_id(), msg: Binary::default() },
        Standard::Burn { token_id: token_id() },
    ];
    all.into_iter()
        .map(|verb| {
            let done = is_done(&verb);
            (verb, done)
        })
        .collect()
}

/// No `_`: a verb that a later cw721 adds must be decided on.
#[allow(deprecated)]
fn is_done(verb: &Standard) -> bool {
    match verb {
        Standard::Approve { .. }
        | Standard::Revoke { .. }
        | Standard::ApproveAll { .. }
        | Standard::RevokeAll { .. }
        | Standard::TransferNft { .. }
        | Standard::SendNft { .. }
        | Standard::Burn { .. } => true,
        Standard::UpdateOwnership(_)
        | Standard::UpdateMinterOwnership(_)
        | Standard::UpdateCreatorOwnership(_)
        | Standard::UpdateCollectionInfo { .. }
        | Standard::Mint { .. }
        | Standard::AddMinter { .. }
        | Standard::RemoveMinter { .. }
        | Standard::UpdateExtension { .. }
        | Standard::UpdateNftInfo { .. }
        | Standard::SetWithdrawAddress { .. }
        | Standard::RemoveWithdrawAddress {}
        | Standard::WithdrawFunds { .. } => false,
    }
}

#[test]
fn every_verb_of_0_22_is_done_or_refused_by_name() {
    let vault = collection().vault().to_string();
    for (verb, done) in verbs(vault.clone()) {
        let mut chain = collection();
        assert_eq!(chain.vault().as_str(), vault);
        let json = to_json_string(&verb).unwrap();
        let result = chain.send_json("alice", &json);
        if done {
            result.unwrap();
            continue;
        }
        let name = json.split('"').nth(1).unwrap();
        match result.unwrap_err().downcast::<ContractError>().unwrap() {
            ContractError::Refused { verb: told, .. } => assert_eq!(told, name),
            // Ours: for the minter only.
            ContractError::NotMinter { .. } => assert_eq!(name, "update_extension"),
            other => panic!("{json}: {other}"),
        }
    }
}

#[test]
fn a_refused_verb_is_refused_whatever_it_carries() {
    for carried in ["{}", "null", "7", r#""x""#, "[{}]", r#"{"extension":{"name":["x"]},"more":{"y":1.5}}"#] {
        let refusal = collection().send_json("minter", &format!(r#"{{"mint":{carried}}}"#)).unwrap_err();
        assert!(refusal.root_cause().to_string().starts_with("mint is refused"), "{carried}: {refusal:#}");
        let refusal = collection().ask_json(&format!(r#"{{"get_nft_by_extension":{carried}}}"#)).unwrap_err();
        assert!(refusal.contains("get_nft_by_extension is refused"), "{carried}: {refusal}");
    }
}

/// 0.22's own type for a collection insists on an image: without royalties there is nothing that it can't read.
#[test]
fn clients_of_0_22_read_a_collection_without_royalties() {
    let info: cw721::msg::CollectionInfoAndExtensionResponse<DefaultOptionalCollectionExtension> =
        Chain::new().query(&QueryMsg::GetCollectionInfoAndExtension {});
    assert_eq!((info.name.as_str(), info.extension), ("Levana Dragons: Meteors", None));
}
