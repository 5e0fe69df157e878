//! Every bad input an attacker or a mistake could send, in one place. The suite checks after each that not a
//! byte of the chain's state changed; the tests by verb name the exact errors in their contexts.

use cosmwasm_std::{Coin, coin, coins, from_json};
use cw_multi_test::Executor;
use cw_ownable::Action;
use meteor_contract_kit::KitError;
use meteor_messages::nft;
use meteor_messages::shower::{Art, ExecuteMsg};
use meteor_nft::ContractError as NftError;
use meteor_shower::ContractError;
use meteor_testkit::art::{batch, token};
use meteor_testkit::wallets::address;
use meteor_testkit::{Refusal, Suite};

const MIN: u128 = 8_000_000;

/// One message of each verb but `Contribute`, with who may send it.
fn verbs(suite: &mut Suite) -> Vec<(&'static str, ExecuteMsg)> {
    let art: Vec<Art> = suite.art(1);
    let key = meteor_testkit::fairness::key(suite.shower.as_str(), 1).into();
    let someone = || String::from(address("someone"));
    vec![
        ("operator", suite.honest_draw(1)),
        ("anyone", ExecuteMsg::Close { shower: 2 }),
        ("anyone", ExecuteMsg::PublishKey { shower: 1, key }),
        ("operator", ExecuteMsg::Mint { shower: 1, first_rank: 1, art, proof: vec![] }),
        ("anyone", ExecuteMsg::Settle { shower: 1 }),
        ("owner", ExecuteMsg::Cancel { shower: 2 }),
        ("anyone", ExecuteMsg::Refund { shower: 2, contributors: vec![address("alice").into()] }),
        ("guardian", ExecuteMsg::Pause {}),
        ("owner", ExecuteMsg::Resume {}),
        ("owner", ExecuteMsg::SetMinimum { from_shower: 4, minimum: MIN.into() }),
        ("owner", ExecuteMsg::SetGuardian { address: someone() }),
        ("owner", ExecuteMsg::SetOperator { address: someone() }),
        (
            "owner",
            ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: someone(), expiry: None }),
        ),
        ("someone", ExecuteMsg::UpdateOwnership(Action::AcceptOwnership)),
        ("someone", ExecuteMsg::UpdateOwnership(Action::RenounceOwnership)),
    ]
}

/// An event in which each of [`verbs`] can be done in turn.
fn ready() -> Suite {
    let mut suite = Suite::new().showers(4).with(|msg| msg.fairness.crack_window = 9).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN);
    suite.end(1).try_close(1).ok();
    suite.end(2); // the beacon's round is there, and the key can be published
    suite
}

#[test]
fn no_verb_but_contribute_takes_coins() {
    let mut suite = ready();
    for (sender, msg) in verbs(&mut suite) {
        for funds in [coins(1, "uusd"), coins(1, "uluna"), vec![coin(1, "uluna"), coin(1, "uusd")]] {
            suite.fund_in(sender, 1, "uluna").fund(sender, 1);
            let given = funds.iter().map(Coin::to_string).collect::<Vec<_>>().join(",");
            suite.execute(sender, &msg, &funds).refused(KitError::FundsNotTaken { given }.into());
        }
        // Without coins each is fine: the coins were the fault.
        suite.execute(sender, &msg, &[]).ok();
    }
}

#[test]
fn each_verb_of_a_role_is_refused_to_everyone_else() {
    let mut suite = ready();
    for (role, msg) in verbs(&mut suite) {
        if role != "anyone" {
            for sender in [
                "owner", "operator", "guardian", "alice", "team", "shower", "meteors", "hatchery", "stranger",
            ] {
                let may_too = role == "guardian" && sender == "owner"; // the owner may pause as well
                if sender != role && !may_too {
                    let refusal = suite.execute(sender, &msg, &[]).err();
                    assert!(
                        matches!(
                            refusal,
                            Refusal::Shower(ContractError::NotAllowed { .. } | ContractError::Ownership(_))
                        ),
                        "{sender} sends {msg:?}: {refusal}"
                    );
                }
            }
        }
        suite.execute(role, &msg, &[]).ok();
    }
}

#[test]
fn contributions_that_are_wrong_in_any_way() {
    let mut suite = Suite::new().showers(2).wallet("alice", 100 * MIN).build();
    suite.fund_in("alice", 100 * MIN, "uluna").fund_in("alice", 100 * MIN, "uusdx");
    let good = coins(MIN, "uusd");
    suite.try_contribute_coins("alice", 1, &good).err(); // before opening
    suite.open(1);
    for (shower, funds) in [
        (1, vec![]),
        (1, coins(0, "uusd")),
        (1, coins(MIN - 1, "uusd")),
        (1, coins(MIN, "uluna")),
        (1, coins(MIN, "uusdx")),
        (1, coins(MIN, "UUSD")),
        (1, vec![coin(MIN, "uluna"), coin(MIN, "uusd")]),
        (1, vec![coin(MIN, "uusd"), coin(0, "uluna")]),
        (1, vec![coin(MIN, "uusd"), coin(MIN, "uusd")]),
        (1, coins(101 * MIN, "uusd")), // more than the wallet has
        (1, coins(u128::MAX, "uusd")),
        (0, good.clone()),
        (2, good.clone()),
        (u32::MAX, good.clone()),
    ] {
        suite.try_contribute_coins("alice", shower, &funds).err();
    }
    suite.try_contribute_coins("pauper", 1, &good).err();
    suite.pause().try_contribute_coins("alice", 1, &good).refused(ContractError::Paused);
    suite.resume().cancel(1).try_contribute_coins("alice", 1, &good).err();
    suite.end(2).try_contribute_coins("alice", 2, &good).refused(ContractError::Over);
    suite.assert_balance("alice", 100 * MIN).assert_balance("shower", 0);
}

#[test]
fn nobody_mints_around_the_contract() {
    let mut suite = ready();
    let mint = batch(vec![token(1, "mallory", vec![0; 10])]);
    for sender in ["owner", "operator", "guardian", "mallory", "meteors"] {
        let minter = suite.shower.to_string();
        suite.execute_nft(sender, &mint, &[]).refused_by_nft(NftError::NotMinter { minter });
    }
}

#[test]
fn messages_that_are_almost_right_are_not_read() {
    for text in [
        r#"{"contribute":{}}"#,
        r#"{"contribute":{"shower":"1"}}"#,
        r#"{"contribute":{"shower":-1}}"#,
        r#"{"contribute":{"shower":4294967296}}"#,
        r#"{"contribute":{"shower":1,"amount":"5"}}"#,
        r#"{"contribute":{"shower":1},"close":{"shower":1}}"#,
        r#"{"withdraw":{}}"#,
        r#"{"set_payees":{"payees":[]}}"#,
        r#"{"mint":{"shower":1,"first_rank":1,"art":[{"image":"x","traits":[],"owner":"terra1"}]}}"#,
    ] {
        assert!(from_json::<ExecuteMsg>(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn another_contract_can_contribute_but_gains_nothing() {
    // A contract as contributor is a wallet like others: its refund is a plain bank send, which runs no code.
    let mut suite = Suite::new().build();
    suite.open(1).fund("meteors", MIN);
    suite.try_contribute("meteors", 1, MIN).ok();
    suite.contribute("alice", MIN).cancel(1).refund_all(1);
    suite.assert_balance("meteors", MIN).assert_balance("shower", 0);
}

#[test]
fn coins_sent_unasked_change_no_account() {
    let mut suite = Suite::new().payees(&[("team", 10_000)]).wallet("donor", 1_000).build();
    suite.open(1).contribute("alice", MIN).send_unasked("donor", 600).close(1).mint_all(1);
    suite.send_unasked("donor", 400).settle(1).assert_balance("team", MIN).assert_balance("shower", 1_000);
    suite.try_settle(1).refused(ContractError::NothingToSettle { shower: 1 });
}

#[test]
fn nobody_can_migrate_the_collection() {
    let mut suite = ready();
    let (meteors, code) = (suite.meteors.clone(), 1);
    for sender in ["owner", "operator", "shower", "deployer", "alice"] {
        let sender = suite.address(sender);
        let migrated = suite.app.migrate_contract(sender, meteors.clone(), &cosmwasm_std::Empty {}, code);
        assert!(migrated.is_err());
    }
}

#[test]
fn a_burnt_meteor_is_not_minted_again() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN + 1).contribute("bob", MIN).close(1).mint(1, 1);
    suite.execute_nft("alice", &nft::ExecuteMsg::Burn { token_id: "1".into() }, &[]).ok();
    let art = suite.art(1);
    suite.try_mint(1, 1, art).refused(ContractError::WrongFirstRank { shower: 1, given: 1, next: 2 });
    suite.mint(1, 1).settle(1).assert_owner_of(2, "bob").assert_balance("shower", 0);
}
