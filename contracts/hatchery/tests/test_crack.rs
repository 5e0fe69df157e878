//! Cracking: a meteor goes into custody for who sent it, and only a meteor of the event does.

use cosmwasm_std::{Addr, Binary, Empty, coins};
use cw_multi_test::Executor;
use cw721::receiver::Cw721ReceiveMsg;
use meteor_contract_kit::KitError;
use meteor_hatchery::ContractError;
use meteor_messages::events::{HatcheryEvent, NftEvent};
use meteor_messages::hatchery::{ConfigResponse, CustodiesResponse, ExecuteMsg, QueryMsg};
use meteor_messages::nft;
use meteor_testkit::art::{batch, token};
use meteor_testkit::model::Told;
use meteor_testkit::wallets::address;
use meteor_testkit::{Refusal, Suite, contracts};

use crate::common::{S, builder, custody, minted, minted_of};

fn receive(sender: &str, token_id: &str) -> ExecuteMsg {
    ExecuteMsg::ReceiveNft(Cw721ReceiveMsg {
        sender: address(sender).into(),
        token_id: token_id.into(),
        msg: Binary::default(),
    })
}

#[test]
fn a_cracked_meteor_is_in_custody_for_who_sent_it() {
    let mut suite = minted();
    let now = suite.now();
    let response = suite.try_crack("carol", 3).ok();
    let told = suite.told(&response.events);
    let [Told::Nft(NftEvent::Transfer(transfer)), Told::Hatchery(HatcheryEvent::Crack(crack))] =
        told.as_slice()
    else {
        panic!("{told:?}")
    };
    assert_eq!((transfer.token_id, transfer.to.as_str()), (3, suite.hatchery.as_str()));
    let reclaim_at = (now + 3_600 * S).div_ceil(S);
    assert_eq!((crack.token_id, crack.reclaim_at), (3, reclaim_at));
    let told = custody(&suite, 3).unwrap();
    assert_eq!(
        (told.holder.as_str(), told.since, told.reclaim_at),
        (address("carol").as_str(), now / S, reclaim_at)
    );
    assert_eq!(custody(&suite, 4), None);
    suite.assert_owner_of(3, "hatchery");
    assert!(suite.meteors_of("carol").is_empty());
}

#[test]
fn nobody_cracks_what_is_not_theirs_and_nothing_twice() {
    let mut suite = minted();
    assert!(matches!(suite.try_crack("mallory", 1).err(), Refusal::Nft(_)));
    assert!(matches!(suite.try_crack("bob", 1).err(), Refusal::Nft(_)));
    suite.crack("alice", 1);
    // It is the hatchery's now.
    assert!(matches!(suite.try_crack("alice", 1).err(), Refusal::Nft(_)));
    suite.reveal(&[1]);
    assert!(matches!(suite.try_crack("alice", 1).err(), Refusal::Nft(_)), "burnt");
    suite.try_crack("alice", 99).err();
}

#[test]
fn one_who_is_approved_cracks_for_themselves() {
    // Whom the owner lets move a meteor could as well have kept it: what it holds is theirs, as the event
    // says.
    let mut suite = minted();
    let approve =
        nft::ExecuteMsg::Approve { spender: address("bob").into(), token_id: "1".into(), expires: None };
    suite.execute_nft("alice", &approve, &[]).ok();
    suite.crack("bob", 1);
    assert_eq!(custody(&suite, 1).unwrap().holder, address("bob").as_str());
    suite.reclaim(1).assert_owner_of(1, "bob");
}

#[test]
fn a_message_that_says_a_meteor_came_is_believed_to_the_meteors_alone() {
    let mut suite = minted();
    for sender in ["mallory", "alice", "operator", "owner", "shower", "eggs", "dust", "hatchery"] {
        let given = suite.address(sender).into();
        let meteors = suite.meteors.to_string();
        suite
            .execute_hatchery(sender, &receive("mallory", "1"), &[])
            .refused_by_hatchery(ContractError::NotAMeteor { meteors, given });
    }
    assert_eq!(custody(&suite, 1), None);
}

#[test]
fn a_token_of_another_collection_is_refused() {
    let mut suite = minted();
    // The same code, the same number, its own minter.
    let msg = nft::InstantiateMsg {
        name: "Fakes".into(),
        symbol: "FAKE".into(),
        minter: address("mallory").into(),
        template: suite.model.config.meteors.template.clone(),
        royalties: None,
    };
    let code = suite.app.store_code(contracts::nft());
    let fakes = suite.app.instantiate_contract(code, address("mallory"), &msg, &[], "fakes", None).unwrap();
    let mint = batch(vec![token(1, "mallory", vec![0; 10])]);
    suite.call("mallory", &fakes, &mint, &[]).ok();
    not_a_meteor(&mut suite, "mallory", &fakes);
}

/// The hatchery refuses token 1 of `collection`, sent to it by its owner.
fn not_a_meteor(suite: &mut Suite, owner: &str, collection: &Addr) {
    let send =
        nft::ExecuteMsg::SendNft { contract: suite.hatchery.to_string(), token_id: "1".into(), msg: None };
    let meteors = suite.meteors.to_string();
    suite
        .call(owner, collection, &send, &[])
        .refused_by_hatchery(ContractError::NotAMeteor { meteors, given: collection.to_string() });
}

#[test]
fn eggs_and_dust_are_not_cracked() {
    let mut suite = minted();
    suite.crack("alice", 1).reveal(&[1]);
    let egg = suite.model.revealed[&1].kind == meteor_rules::fairness::content::Kind::Egg;
    let collection = if egg { suite.eggs.clone() } else { suite.dust.clone() };
    not_a_meteor(&mut suite, "alice", &collection);
}

#[test]
fn ids_that_are_no_numbers_are_refused() {
    let mut suite = minted();
    for given in ["", "01", "+1", " 1", "-1", "1e3", "18446744073709551616", "one"] {
        // As if the meteors' contract had such a token.
        let bad = ContractError::BadTokenId { given: given.into() };
        suite.execute_hatchery("meteors", &receive("alice", given), &[]).refused_by_hatchery(bad);
    }
    let long = "9".repeat(100);
    let cut = ContractError::BadTokenId { given: "9".repeat(32) };
    suite.execute_hatchery("meteors", &receive("alice", &long), &[]).refused_by_hatchery(cut);
    let reclaim = ExecuteMsg::Reclaim { token_id: "01".into() };
    suite
        .execute_hatchery("anyone", &reclaim, &[])
        .refused_by_hatchery(ContractError::BadTokenId { given: "01".into() });
}

#[test]
fn no_verb_takes_coins() {
    let mut suite = minted();
    suite.crack("alice", 1).fund("alice", 30).fund("meteors", 10);
    let reveals = suite.reveals(&[1]);
    for (sender, msg) in [
        ("alice", ExecuteMsg::Reveal { reveals }),
        ("alice", ExecuteMsg::Reclaim { token_id: "1".into() }),
        ("meteors", receive("alice", "2")),
    ] {
        let refusal = KitError::FundsNotTaken { given: "5uusd".into() }.into();
        suite.execute_hatchery(sender, &msg, &coins(5, "uusd")).refused_by_hatchery(refusal);
    }
    suite.reveal(&[1]).assert_balance("hatchery", 0);
}

#[test]
fn custodies_are_paged_by_number() {
    let mut suite = minted();
    for (who, meteor) in [("grace", 7), ("alice", 1), ("dave", 4)] {
        suite.crack(who, meteor);
    }
    let page = |start_after, limit| -> Vec<u64> {
        let told: CustodiesResponse = suite.query_hatchery(&QueryMsg::Custodies { start_after, limit });
        told.custodies.iter().map(|row| row.token_id).collect()
    };
    assert_eq!(page(None, None), [1, 4, 7]);
    assert_eq!(page(None, Some(2)), [1, 4]);
    assert_eq!(page(Some(4), Some(u32::MAX)), [7]);
    assert!(page(Some(u64::MAX), None).is_empty());
    assert!(page(None, Some(0)).is_empty());
}

#[test]
fn a_page_is_never_larger_than_the_limit() {
    let mut suite = Suite::new().unchecked().build();
    suite.open(1);
    for wallet in 0..120u32 {
        suite.contribute(&format!("wallet {wallet}"), 8_000_000);
    }
    suite.close(1).mint_all(1);
    for wallet in 0..120u32 {
        suite.crack(&format!("wallet {wallet}"), u64::from(wallet) + 1);
    }
    for (limit, rows) in [(None, 30), (Some(100), 100), (Some(101), 100), (Some(u32::MAX), 100)] {
        let told: CustodiesResponse = suite.query_hatchery(&QueryMsg::Custodies { start_after: None, limit });
        assert_eq!(told.custodies.len(), rows);
    }
}

#[test]
fn the_hatchery_tells_what_is_fixed() {
    let suite = builder().build();
    let told: ConfigResponse = suite.query_hatchery(&QueryMsg::Config {});
    assert_eq!(
        (told.shower.as_str(), told.meteors.as_str()),
        (suite.shower.as_str(), suite.meteors.as_str())
    );
    assert_eq!(told.reveal_timeout, 3_600);
    for made in [&suite.eggs, &suite.dust] {
        let data = suite.app.contract_data(made).unwrap();
        assert_eq!(data.creator, suite.hatchery, "the hatchery made them");
        assert_eq!(data.admin, None, "and nobody can migrate them");
        #[allow(deprecated)]
        let minter: cw721::msg::MinterResponse =
            suite.try_query_inside(made, &nft::QueryMsg::Minter {}).unwrap();
        assert_eq!(minter.minter, Some(suite.hatchery.to_string()));
    }
    let data = suite.app.contract_data(&suite.hatchery).unwrap();
    assert_eq!((data.creator, data.admin), (suite.shower.clone(), None));
}

#[test]
fn reveal_timeouts_have_their_bounds() {
    for given in [0, 59, 31_536_001, u64::MAX] {
        // The shower contract checks it: it knows the beacon, by which the least depends.
        let refusal = builder().reveal_timeout(given).try_build().err().map(|refusal| refusal.to_string());
        assert_eq!(refusal, Some(format!("a reveal timeout of {given} seconds: give 60 to 31536000")));
    }
    for given in [60, 31_536_000] {
        let windows = |msg: &mut meteor_messages::shower::InstantiateMsg| {
            let crack_window = msg.mint_window + given;
            (msg.fairness.crack_window, msg.fairness.key_window) = (crack_window, crack_window + 1);
        };
        let mut suite = minted_of(builder().reveal_timeout(given).with(windows));
        suite.crack("alice", 1).reclaim(1);
    }
}

#[test]
fn a_royalty_beyond_the_bound_refuses_the_launch() {
    let royalties = nft::Royalties { payment_address: address("team").into(), share_bp: 1_001 };
    let refusal = Suite::new().with(|msg| msg.hatchery.dust.royalties = Some(royalties)).try_build().err();
    assert!(matches!(refusal, Some(Refusal::Nft(_))), "{refusal:?}");
}

#[test]
fn nobody_migrates_hatchery_eggs_or_dust() {
    let mut suite = minted();
    for contract in [suite.hatchery.clone(), suite.eggs.clone(), suite.dust.clone()] {
        for sender in ["owner", "operator", "shower", "hatchery", "deployer"] {
            let sender = suite.address(sender);
            assert!(suite.app.migrate_contract(sender, contract.clone(), &Empty {}, 3).is_err());
        }
    }
}
