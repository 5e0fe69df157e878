//! A collection as marketplaces and wallets see it, and each power that it refuses.

use crate::chain;

use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cosmwasm_std::{Addr, Binary, Decimal, Empty, Event, Timestamp, Uint128, coins, to_json_binary};
use cw_utils::Expiration;
use cw721::error::Cw721ContractError;
use cw721::msg::{
    AdditionalMintersResponse, AllInfoResponse, AllNftInfoResponse, ApprovalResponse, ApprovalsResponse,
    ConfigResponse, MinterResponse, NftInfoResponse, NumTokensResponse, OperatorResponse, OperatorsResponse,
    OwnerOfResponse, TokensResponse,
};
use cw721::{Approval, Attribute, Ownership, OwnershipError, RoyaltyInfo};
use meteor_contract_kit::KitError;
use meteor_messages::nft::{
    CheckRoyaltiesResponse, CollectionExtension, CollectionResponse, ExecuteMsg, ExtensionQuery, Ignored,
    InstantiateMsg, NewToken, QueryMsg, Royalties, RoyaltyInfoResponse,
};
use meteor_nft::ContractError;
use meteor_nft::contract::{NAME, VERSION, migrate};
use meteor_rules::metadata::{Metadata, MetadataError, Template};
use meteor_testkit::art::{batch, image};
use meteor_testkit::wallets::address;
use serde::de::DeserializeOwned;

use crate::chain::Chain;

const NOBODY_OWNER: Cw721ContractError = Cw721ContractError::Ownership(OwnershipError::NotOwner);

fn token(token_id: u64, owner: &str) -> NewToken {
    meteor_testkit::art::token(token_id, owner, vec![2, 10_614, 40, 890, 0, 1, 0, 27, 0, 0])
}

fn transfer(token_id: &str, to: &str) -> ExecuteMsg {
    ExecuteMsg::TransferNft { recipient: address(to).into(), token_id: token_id.into() }
}

fn approve(token_id: &str, spender: &str, expires: Option<Expiration>) -> ExecuteMsg {
    ExecuteMsg::Approve { spender: address(spender).into(), token_id: token_id.into(), expires }
}

fn burn(token_id: &str) -> ExecuteMsg {
    ExecuteMsg::Burn { token_id: token_id.into() }
}

/// A collection with tokens 1 and 2 of Alice and 3 of Bob.
fn minted() -> Chain {
    let mut chain = Chain::new();
    chain.does("minter", &batch(vec![token(1, "alice"), token(2, "alice"), token(3, "bob")]));
    chain
}

fn owner_of(chain: &Chain, token_id: &str) -> Option<String> {
    let ask = QueryMsg::OwnerOf { token_id: token_id.into(), include_expired: None };
    chain.try_query::<OwnerOfResponse>(&ask).ok().map(|told| told.owner)
}

fn typed<'a>(events: &'a [Event], name: &str) -> Vec<&'a Event> {
    events.iter().filter(|event| event.ty == name).collect()
}

/// A typed event of the collection, attribute by attribute.
fn told_of(chain: &Chain, name: &str, attributes: &[(&str, &str)]) -> Event {
    let event = Event::new(format!("wasm-{name}")).add_attribute("_contract_address", &chain.nft);
    event.add_attribute("v", "1").add_attributes(attributes.iter().copied())
}

mod minting {
    use super::*;

    #[test]
    fn a_batch_is_minted_with_one_typed_event_a_token() {
        let mut chain = Chain::new();
        let events = chain.does("minter", &batch(vec![token(7, "alice"), token(5, "bob")]));
        let told = typed(&events, "wasm-minted");
        assert_eq!(told.len(), 2);
        let owner = address("alice");
        let wanted = [
            ("token_id", "7"),
            ("owner", owner.as_str()),
            ("image", &image(7)),
            ("traits", "2,10614,40,890,0,1,0,27,0,0"),
        ];
        assert_eq!(*told[0], told_of(&chain, "minted", &wanted));
        assert_eq!(chain.query::<NumTokensResponse>(&QueryMsg::NumTokens {}).count, 2);
    }

    #[test]
    fn only_the_minter_mints() {
        let mut chain = Chain::new();
        for stranger in ["alice", "creator", "deployer"] {
            let refusal = ContractError::NotMinter { minter: address("minter").into() };
            chain.refuses(stranger, &batch(vec![token(1, stranger)]), refusal);
        }
    }

    #[test]
    fn batches_have_1_to_100_tokens() {
        let mut chain = Chain::new();
        let tokens = |count| (1..=count).map(|id| token(id, "alice")).collect();
        chain.refuses("minter", &batch(vec![]), KitError::BatchSize { given: 0, most: 100 }.into());
        chain.refuses("minter", &batch(tokens(101)), KitError::BatchSize { given: 101, most: 100 }.into());
        chain.does("minter", &batch(tokens(100)));
        assert_eq!(chain.query::<NumTokensResponse>(&QueryMsg::NumTokens {}).count, 100);
    }

    #[test]
    fn a_batch_is_minted_whole_or_not_at_all() {
        let mut chain = minted();
        let with = |change: &dyn Fn(&mut NewToken)| {
            let mut last = token(12, "alice");
            change(&mut last);
            batch(vec![token(10, "alice"), token(11, "bob"), last])
        };
        let bad = |source| ContractError::Token { token_id: 12, source };
        for (msg, refusal) in [
            (with(&|t| t.token_id = 3), ContractError::IdUsed { token_id: 3 }),
            (with(&|t| t.token_id = 11), ContractError::IdUsed { token_id: 11 }),
            (
                with(&|t| t.image = "https://x".into()),
                bad(MetadataError::BadImage { given: "https://x".into() }),
            ),
            (with(&|t| t.traits = vec![1]), bad(MetadataError::WrongCount { given: 1, wanted: 10 })),
            (
                with(&|t| t.traits[0] = 4),
                bad(MetadataError::NoSuchValue { trait_type: "rarity".into(), values: 4, given: 4 }),
            ),
        ] {
            chain.refuses("minter", &msg, refusal);
        }
        for owner in ["", "nobody", "osmo1x"] {
            chain.refuses_somehow("minter", &with(&|t| t.owner = owner.into()));
        }
        assert_eq!(chain.query::<NumTokensResponse>(&QueryMsg::NumTokens {}).count, 3);
        assert_eq!(owner_of(&chain, "10"), None);
        chain.does("minter", &with(&|_| ()));
    }

    #[test]
    fn no_id_is_used_twice_burnt_or_not() {
        let mut chain = minted();
        chain.does("bob", &burn("3"));
        for id in [1, 2, 3] {
            chain.refuses("minter", &batch(vec![token(id, "bob")]), ContractError::IdUsed { token_id: id });
        }
        // Ids come in any order: shower 2 may be minted before shower 1.
        for id in [0, 256, 255, 4, u64::MAX, 257] {
            chain.does("minter", &batch(vec![token(id, "bob")]));
            chain.does("bob", &burn(&id.to_string()));
            chain.refuses("minter", &batch(vec![token(id, "bob")]), ContractError::IdUsed { token_id: id });
        }
    }
}

mod moving {
    use super::*;

    #[test]
    fn the_owner_transfers_and_the_event_says_so() {
        let mut chain = minted();
        let events = chain.does("alice", &transfer("1", "bob"));
        let (from, to) = (address("alice"), address("bob"));
        let wanted = [("token_id", "1"), ("from", from.as_str()), ("to", to.as_str())];
        assert_eq!(typed(&events, "wasm-transfer"), [&told_of(&chain, "transfer", &wanted)]);
        let plain = typed(&events, "wasm");
        assert!(plain[0].attributes.iter().any(|a| a.key == "action" && a.value == "transfer_nft"));
        assert_eq!(owner_of(&chain, "1"), Some(address("bob").into()));
        chain.refuses("alice", &transfer("1", "alice"), NOBODY_OWNER.into());
    }

    #[test]
    fn strangers_move_and_burn_nothing() {
        let mut chain = minted();
        for stranger in ["minter", "bob", "deployer"] {
            chain.refuses(stranger, &transfer("1", stranger), NOBODY_OWNER.into());
            chain.refuses(stranger, &burn("1"), NOBODY_OWNER.into());
            chain.refuses(stranger, &approve("1", stranger, None), NOBODY_OWNER.into());
        }
    }

    #[test]
    fn an_approved_spender_moves_a_token_once() {
        let mut chain = minted();
        chain.does("alice", &approve("1", "market", None));
        chain.does("market", &transfer("1", "bob"));
        // Approvals are cleared on transfer: the market can't take it from Bob.
        chain.refuses("market", &transfer("1", "alice"), NOBODY_OWNER.into());
        let ask = QueryMsg::Approvals { token_id: "1".into(), include_expired: Some(true) };
        assert_eq!(chain.query::<ApprovalsResponse>(&ask).approvals, []);
    }

    #[test]
    fn approvals_expire_and_can_be_revoked() {
        let mut chain = minted();
        let until = |seconds| Some(Expiration::AtTime(Timestamp::from_seconds(chain::BEGIN + seconds)));
        chain.refuses("alice", &approve("1", "market", until(0)), Cw721ContractError::Expired {}.into());
        let all = |expires| ExecuteMsg::ApproveAll { operator: address("market").into(), expires };
        chain.refuses("alice", &all(until(0)), Cw721ContractError::Expired {}.into());
        chain.does("alice", &approve("1", "market", until(10)));
        chain.does("alice", &all(until(10)));
        chain.wait(10);
        chain.refuses("market", &transfer("1", "market"), NOBODY_OWNER.into());
        chain.does("alice", &approve("1", "market", None));
        let revoke = ExecuteMsg::Revoke { spender: address("market").into(), token_id: "1".into() };
        chain.does("alice", &revoke);
        chain.refuses("market", &transfer("1", "market"), NOBODY_OWNER.into());
    }

    #[test]
    fn one_approved_for_all_moves_all_of_the_owners_and_no_others() {
        let mut chain = minted();
        chain.does("alice", &ExecuteMsg::ApproveAll { operator: address("market").into(), expires: None });
        chain.does("market", &transfer("1", "carol"));
        chain.refuses("market", &transfer("1", "market"), NOBODY_OWNER.into());
        chain.refuses("market", &transfer("3", "market"), NOBODY_OWNER.into());
        chain.does("alice", &ExecuteMsg::RevokeAll { operator: address("market").into() });
        chain.refuses("market", &transfer("2", "market"), NOBODY_OWNER.into());
    }

    #[test]
    fn sending_reaches_a_contract_or_fails_whole() {
        let mut chain = minted();
        let msg = Some(Binary::from(b"{}".as_slice()));
        let send =
            |to: &str| ExecuteMsg::SendNft { contract: to.into(), token_id: "1".into(), msg: msg.clone() };
        chain.refuses_somehow("alice", &send(address("bob").as_str()));
        assert_eq!(owner_of(&chain, "1"), Some(address("alice").into()));
        let vault = chain.vault();
        let events = chain.does("alice", &send(vault.as_str()));
        let moved = typed(&events, "wasm-transfer");
        assert!(moved[0].attributes.iter().any(|a| a.key == "to" && a.value == vault.as_str()));
        assert!(moved[0].attributes.iter().any(|a| a.key == "from" && a.value == address("alice").as_str()));
        assert_eq!(owner_of(&chain, "1"), Some(vault.into()));
    }

    #[test]
    fn owner_and_approved_spender_burn() {
        let mut chain = minted();
        let events = chain.does("alice", &burn("1"));
        let wanted = told_of(&chain, "burn", &[("token_id", "1"), ("owner", address("alice").as_str())]);
        assert_eq!(typed(&events, "wasm-burn"), [&wanted]);
        chain.does("alice", &approve("2", "hatchery", None));
        let events = chain.does("hatchery", &burn("2"));
        // Whose it was, not who burnt it.
        let wanted = told_of(&chain, "burn", &[("token_id", "2"), ("owner", address("alice").as_str())]);
        assert_eq!(typed(&events, "wasm-burn"), [&wanted]);
        assert_eq!(chain.query::<NumTokensResponse>(&QueryMsg::NumTokens {}).count, 1);
        chain.refuses("alice", &burn("1"), ContractError::NoSuchToken { token_id: "1".into() });
    }

    #[test]
    fn ids_have_one_spelling() {
        let mut chain = minted();
        for id in ["01", "+1", "1 ", " 1", "", "-1", "0x1", "one", "18446744073709551616"] {
            let none = || ContractError::NoSuchToken { token_id: id.into() };
            chain.refuses("alice", &transfer(id, "bob"), none());
            chain.refuses("alice", &burn(id), none());
        }
    }
}

mod refused_powers {
    use super::*;

    fn refused(msg: &ExecuteMsg, verb: &str) {
        let mut chain = minted();
        // Not even those who had such powers in the standard.
        for sender in ["minter", "creator", "alice", "deployer"] {
            match chain.send(sender, msg, &[]) {
                Err(ContractError::Refused { verb: told, why }) => {
                    assert_eq!(told, verb);
                    assert!(!why.is_empty());
                }
                other => panic!("{sender} sends {msg:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn mint() {
        refused(&ExecuteMsg::Mint(Ignored), "mint");
    }

    #[test]
    fn update_nft_info() {
        refused(&ExecuteMsg::UpdateNftInfo(Ignored), "update_nft_info");
    }

    #[test]
    fn update_collection_info() {
        refused(&ExecuteMsg::UpdateCollectionInfo(Ignored), "update_collection_info");
    }

    #[test]
    fn add_minter_and_remove_minter() {
        refused(&ExecuteMsg::AddMinter(Ignored), "add_minter");
        refused(&ExecuteMsg::RemoveMinter(Ignored), "remove_minter");
    }

    #[test]
    fn changes_of_minter_and_creator() {
        refused(&ExecuteMsg::UpdateOwnership(Ignored), "update_ownership");
        refused(&ExecuteMsg::UpdateMinterOwnership(Ignored), "update_minter_ownership");
        refused(&ExecuteMsg::UpdateCreatorOwnership(Ignored), "update_creator_ownership");
    }

    #[test]
    fn withdrawals() {
        refused(&ExecuteMsg::SetWithdrawAddress(Ignored), "set_withdraw_address");
        refused(&ExecuteMsg::RemoveWithdrawAddress(Ignored), "remove_withdraw_address");
        refused(&ExecuteMsg::WithdrawFunds(Ignored), "withdraw_funds");
    }

    #[test]
    fn no_verb_takes_coins() {
        let mut chain = minted();
        let vault = chain.vault().to_string();
        for msg in [
            batch(vec![token(9, "alice")]),
            transfer("1", "bob"),
            burn("1"),
            approve("1", "bob", None),
            ExecuteMsg::Revoke { spender: address("bob").into(), token_id: "1".into() },
            ExecuteMsg::ApproveAll { operator: address("bob").into(), expires: None },
            ExecuteMsg::RevokeAll { operator: address("bob").into() },
            ExecuteMsg::SendNft { contract: vault, token_id: "1".into(), msg: None },
            ExecuteMsg::WithdrawFunds(Ignored),
        ] {
            let sender = if matches!(msg, ExecuteMsg::UpdateExtension { .. }) { "minter" } else { "alice" };
            chain.fund(sender, 5);
            let refusal = chain.send(sender, &msg, &coins(5, "uusd")).map(|_| ());
            assert_eq!(refusal, Err(KitError::FundsNotTaken { given: "5uusd".into() }.into()), "{msg:?}");
        }
    }

    #[test]
    fn walks_of_the_whole_collection() {
        let chain = minted();
        let error = chain.try_query::<Empty>(&QueryMsg::GetNftByExtension(Ignored)).unwrap_err();
        assert!(error.contains("get_nft_by_extension is refused"), "{error}");
        let error = chain.try_query::<Empty>(&QueryMsg::GetCollectionExtension(Ignored)).unwrap_err();
        assert!(error.contains("get_collection_extension is refused"), "{error}");
    }
}

mod showing {
    use super::*;

    #[test]
    fn a_token_shows_what_its_template_says() {
        let chain = minted();
        let info: NftInfoResponse<Metadata> = chain.query(&QueryMsg::NftInfo { token_id: "1".into() });
        assert_eq!(info.token_uri, None);
        let shown = info.extension;
        assert_eq!(shown.name, "Levana Dragons: Rare Meteor #1");
        assert_eq!(shown.image, format!("ipfs://{}", image(1)));
        let pairs: Vec<(&str, &str)> =
            shown.attributes.iter().map(|a| (a.trait_type.as_str(), a.value.as_str())).collect();
        assert_eq!(pairs[..3], [("rarity", "Rare"), ("rank", "10614"), ("shower", "40")]);
        assert_eq!(pairs[7], ("weight", "2.7kg"));
        let ask = QueryMsg::AllNftInfo { token_id: "1".into(), include_expired: None };
        let all: AllNftInfoResponse<Metadata> = chain.query(&ask);
        assert_eq!((all.access.owner, all.info.extension), (address("alice").into(), shown));
    }

    #[test]
    fn a_token_that_moved_shows_the_same() {
        let mut chain = minted();
        let ask = r#"{"nft_info":{"token_id":"1"}}"#;
        let before = chain.ask_json(ask).unwrap();
        // Each of these makes the standard write the token anew.
        chain.does("alice", &approve("1", "market", None));
        chain.does("market", &transfer("1", "bob"));
        let vault = chain.vault();
        chain.does("bob", &ExecuteMsg::SendNft { contract: vault.into(), token_id: "1".into(), msg: None });
        assert_eq!(chain.ask_json(ask), Ok(before));
    }

    #[test]
    fn the_json_is_what_marketplaces_read() {
        let chain = minted();
        let shown = chain.ask_json(r#"{"nft_info":{"token_id":"3"}}"#).unwrap();
        assert!(
            shown.starts_with(r#"{"token_uri":null,"extension":{"name":"Levana Dragons: Rare Meteor #3","#),
            "{shown}"
        );
        assert!(shown.contains(r#"{"trait_type":"distance","value":"890 kiloparsecs"}"#), "{shown}");
    }

    #[test]
    fn burnt_and_unknown_tokens_are_not_shown() {
        let mut chain = minted();
        chain.does("alice", &burn("1"));
        for token_id in ["1", "9", "01", ""] {
            let ask = QueryMsg::NftInfo { token_id: token_id.into() };
            let error = chain.try_query::<Empty>(&ask).unwrap_err();
            assert!(error.contains("never minted or it was burnt"), "{error}");
            let ask = QueryMsg::AllNftInfo { token_id: token_id.into(), include_expired: None };
            chain.try_query::<Empty>(&ask).unwrap_err();
        }
    }

    #[test]
    fn lists_are_paged() {
        let mut chain = minted();
        chain.does("minter", &batch((10..100).map(|id| token(id, "alice")).collect()));
        let mut all = vec![];
        let mut start_after = None;
        loop {
            let ask = QueryMsg::Tokens { owner: address("alice").into(), start_after, limit: Some(40) };
            let page: TokensResponse = chain.query(&ask);
            assert!(page.tokens.len() <= 40);
            let Some(last) = page.tokens.last().cloned() else { break };
            all.extend(page.tokens);
            start_after = Some(last);
        }
        assert_eq!(all.len(), 92);
        let every: TokensResponse =
            chain.query(&QueryMsg::AllTokens { start_after: None, limit: Some(1_000) });
        assert_eq!(every.tokens.len(), 93);
    }

    #[test]
    fn a_collection_says_who_may_what() {
        let chain = minted();
        let config: ConfigResponse<Option<CollectionExtension>> = chain.query(&QueryMsg::GetConfig {});
        assert_eq!(config.num_tokens, 3);
        assert_eq!(config.minter_ownership.owner, Some(address("minter")));
        assert_eq!(config.creator_ownership.owner, None, "nobody has a creator's powers");
        assert_eq!(config.withdraw_address, None);
        assert_eq!(config.collection_info.name, "Levana Dragons: Meteors");
        assert_eq!(config.collection_extension, None);
        assert_eq!(config.contract_info.creator, address("deployer"));
        let all: AllInfoResponse = chain.query(&QueryMsg::GetAllInfo {});
        assert_eq!((all.num_tokens, all.collection_info), (3, config.collection_info));
        assert_eq!((all.collection_extension, all.contract_info), (vec![], config.contract_info));
        let minter: MinterResponse = chain.query(&QueryMsg::Minter {});
        assert_eq!(minter.minter, Some(address("minter").into()));
        let nobody = Ownership { owner: None, pending_owner: None, pending_expiry: None };
        let minter = Ownership { owner: Some(address("minter")), ..nobody.clone() };
        for ask in [QueryMsg::Ownership {}, QueryMsg::GetMinterOwnership {}] {
            assert_eq!(chain.query::<Ownership<Addr>>(&ask), minter);
        }
        assert_eq!(chain.query::<Ownership<Addr>>(&QueryMsg::GetCreatorOwnership {}), nobody);
        let ask = QueryMsg::GetAdditionalMinters { start_after: None, limit: None };
        assert!(chain.query::<AdditionalMintersResponse>(&ask).minters.is_empty());
        assert_eq!(chain.query::<Option<String>>(&QueryMsg::GetWithdrawAddress {}), None);
        let info: CollectionResponse = chain.query(&QueryMsg::GetCollectionInfoAndExtension {});
        assert_eq!((info.name.as_str(), info.symbol.as_str()), ("Levana Dragons: Meteors", "LVNMTR"));
        assert_eq!((info.updated_at, info.extension), (Timestamp::from_seconds(chain::BEGIN), None));
        let template: Template = chain.extension(ExtensionQuery::Template {});
        assert_eq!(template, Chain::msg().template);
    }

    #[test]
    fn a_collection_says_who_is_approved() {
        let mut chain = minted();
        let until = Expiration::AtTime(Timestamp::from_seconds(chain::BEGIN + 10));
        chain.does("alice", &approve("1", "market", Some(until)));
        let all = ExecuteMsg::ApproveAll { operator: address("bank").into(), expires: Some(until) };
        chain.does("alice", &all);
        let (market, bank) = (
            Approval { spender: address("market"), expires: until },
            Approval { spender: address("bank"), expires: until },
        );
        let told = |chain: &Chain, include_expired: Option<bool>| {
            let (owner, token_id) = (address("alice").to_string(), "1".to_owned());
            let approvals: ApprovalsResponse =
                chain.query(&QueryMsg::Approvals { token_id: token_id.clone(), include_expired });
            let owner_of: OwnerOfResponse =
                chain.query(&QueryMsg::OwnerOf { token_id: token_id.clone(), include_expired });
            let info: AllNftInfoResponse<Metadata> =
                chain.query(&QueryMsg::AllNftInfo { token_id: token_id.clone(), include_expired });
            assert_eq!(owner_of.approvals, approvals.approvals);
            assert_eq!(info.access, owner_of);
            let spender = address("market").into();
            let one = QueryMsg::Approval { token_id, spender, include_expired };
            let one = chain.try_query::<ApprovalResponse>(&one).ok().map(|told| told.approval);
            assert_eq!(approvals.approvals, one.into_iter().collect::<Vec<_>>());
            let (start_after, limit) = (None, None);
            let ask = QueryMsg::AllOperators { owner: owner.clone(), include_expired, start_after, limit };
            let operators: OperatorsResponse = chain.query(&ask);
            let (start_after, limit) = (None, None);
            let ask = QueryMsg::ApprovedForAll { owner: owner.clone(), include_expired, start_after, limit };
            let old: OperatorsResponse = chain.query(&ask);
            assert_eq!(operators, old);
            let operator = address("bank").into();
            let one = QueryMsg::Operator { owner, operator, include_expired };
            let one = chain.try_query::<OperatorResponse>(&one).ok().map(|told| told.approval);
            assert_eq!(operators.operators, one.into_iter().collect::<Vec<_>>());
            (approvals.approvals, operators.operators)
        };
        assert_eq!(told(&chain, None), (vec![market.clone()], vec![bank.clone()]));
        chain.wait(10);
        assert_eq!(told(&chain, None), (vec![], vec![]), "what has expired is left out");
        assert_eq!(told(&chain, Some(true)), (vec![market], vec![bank]));
        // An owner is always approved.
        let spender = address("alice").into();
        let ask = QueryMsg::Approval { token_id: "1".into(), spender, include_expired: None };
        assert_eq!(chain.query::<ApprovalResponse>(&ask).approval.expires, Expiration::Never {});
    }
}

mod royalties {
    use super::*;

    fn with(share_bp: u32) -> Result<Chain, ContractError> {
        let royalties = Some(Royalties { payment_address: address("team").into(), share_bp });
        Chain::launch(&InstantiateMsg { royalties, ..Chain::msg() }, &[])
    }

    #[test]
    fn a_sale_is_told_what_to_pay() {
        let chain = with(750).unwrap();
        let ask = |price: u128| -> RoyaltyInfoResponse {
            chain.extension(ExtensionQuery::RoyaltyInfo { token_id: "1".into(), sale_price: price.into() })
        };
        let team = address("team").to_string();
        assert_eq!(ask(1_000), RoyaltyInfoResponse { address: team, royalty_amount: Uint128::new(75) });
        assert_eq!(ask(13).royalty_amount.u128(), 0, "rounded down");
        assert_eq!(ask(u128::MAX).royalty_amount, Uint128::MAX.multiply_ratio(750u32, 10_000u32));
        let check: CheckRoyaltiesResponse = chain.extension(ExtensionQuery::CheckRoyalties {});
        assert!(check.royalty_payments);
        let info: CollectionResponse = chain.query(&QueryMsg::GetCollectionInfoAndExtension {});
        let extension = info.extension.unwrap();
        let told = extension.royalty_info.clone().unwrap();
        assert_eq!((told.payment_address, told.share), (address("team"), Decimal::permille(75)));
        assert_eq!(extension.description, "Levana Dragons: Meteors");
        assert_eq!(extension.image, None, "an empty text would be shown as a broken image");
        let config: ConfigResponse<Option<CollectionExtension>> = chain.query(&QueryMsg::GetConfig {});
        assert_eq!(config.collection_extension.as_ref(), Some(&extension));
        let attributes: Vec<Attribute> = chain.query(&QueryMsg::GetCollectionExtensionAttributes {});
        let [description, royalty_info] = attributes.as_slice() else { panic!("{attributes:?}") };
        assert_eq!((description.key.as_str(), royalty_info.key.as_str()), ("description", "royalty_info"));
        assert_eq!(description.value::<String>(), Ok(extension.description));
        assert_eq!(royalty_info.value::<Option<RoyaltyInfo>>(), Ok(extension.royalty_info));
        let all: AllInfoResponse = chain.query(&QueryMsg::GetAllInfo {});
        assert_eq!(all.collection_extension, attributes);
    }

    #[test]
    fn without_royalties_nothing_is_asked_for() {
        let chain = Chain::new();
        let info: RoyaltyInfoResponse = chain
            .extension(ExtensionQuery::RoyaltyInfo { token_id: "1".into(), sale_price: Uint128::new(1_000) });
        assert_eq!(info, RoyaltyInfoResponse { address: String::new(), royalty_amount: Uint128::zero() });
        let check: CheckRoyaltiesResponse = chain.extension(ExtensionQuery::CheckRoyalties {});
        assert!(!check.royalty_payments);
    }

    #[test]
    fn royalties_are_1_to_1_000_basis_points() {
        for given in [0, 1_001, 10_000, u32::MAX] {
            assert_eq!(with(given).err(), Some(ContractError::RoyaltyShare { given, most: 1_000 }));
        }
        assert!(with(1).is_ok());
        assert!(with(1_000).is_ok());
    }

    #[test]
    fn royalties_go_to_no_contract_that_would_keep_them() {
        let to = |payment_address: &str| {
            let royalties = Some(Royalties { payment_address: payment_address.into(), share_bp: 5 });
            Chain::launch(&InstantiateMsg { royalties, ..Chain::msg() }, &[]).err()
        };
        // The first contract on this chain has this address: the collection itself.
        let itself = Chain::new().nft.to_string();
        for given in [address("minter").to_string(), itself] {
            assert_eq!(to(&given), Some(ContractError::RoyaltyReceiver { given }));
        }
    }
}

mod beginning {
    use super::*;

    fn refused(change: impl FnOnce(&mut InstantiateMsg)) -> ContractError {
        let mut msg = Chain::msg();
        change(&mut msg);
        Chain::launch(&msg, &[]).err().unwrap()
    }

    #[test]
    fn bad_collections_are_refused() {
        assert_eq!(
            refused(|msg| msg.name.clear()),
            ContractError::BadText { what: "name", given: 0, most: 128 }
        );
        assert_eq!(
            refused(|msg| msg.symbol = "x".repeat(129)),
            ContractError::BadText { what: "symbol", given: 129, most: 128 }
        );
        let longest = InstantiateMsg { name: "x".repeat(128), symbol: "y".into(), ..Chain::msg() };
        assert!(Chain::launch(&longest, &[]).is_ok());
        assert!(matches!(refused(|msg| msg.minter = "nobody".into()), ContractError::Std(_)));
        assert!(matches!(
            refused(|msg| msg.template.name = "{what}".into()),
            ContractError::Template(MetadataError::UnknownPlaceholder { .. })
        ));
        let nobody = Some(Royalties { payment_address: "nobody".into(), share_bp: 5 });
        assert!(matches!(refused(|msg| msg.royalties = nobody), ContractError::Std(_)));
    }

    #[test]
    fn launching_takes_no_coins() {
        let refusal = Chain::launch(&Chain::msg(), &coins(3, "uusd")).err();
        assert_eq!(refusal, Some(KitError::FundsNotTaken { given: "3uusd".into() }.into()));
    }

    #[test]
    fn migration_only_of_this_contract_and_only_forward() {
        let mut deps = mock_dependencies();
        let mut from = |name: &str, version: &str| {
            cw2::set_contract_version(deps.as_mut().storage, name, version).unwrap();
            migrate(deps.as_mut(), mock_env(), Empty {}).map(|_| ())
        };
        assert_eq!(from(NAME, "0.0.9"), Ok(()));
        assert_eq!(from(NAME, VERSION), Ok(()));
        let newer = KitError::Downgrade { stored: "99.0.0".into(), offered: VERSION }.into();
        assert_eq!(from(NAME, "99.0.0"), Err(newer));
        let other = KitError::WrongContract { stored: "crates.io:cw721-base".into(), expected: NAME }.into();
        assert_eq!(from("crates.io:cw721-base", "0.0.9"), Err(other));
    }

    #[test]
    fn the_wire_form_is_the_standards() {
        let msg = to_json_binary(&batch(vec![])).unwrap();
        assert_eq!(msg.as_slice(), br#"{"update_extension":{"msg":{"mint_batch":{"tokens":[]}}}}"#);
        let ask = to_json_binary(&QueryMsg::Extension { msg: ExtensionQuery::Template {} }).unwrap();
        assert_eq!(ask.as_slice(), br#"{"extension":{"msg":{"template":{}}}}"#);
    }
}

/// Asks one of our own questions.
impl Chain {
    fn extension<T: DeserializeOwned>(&self, msg: ExtensionQuery) -> T {
        self.query(&QueryMsg::Extension { msg })
    }
}
