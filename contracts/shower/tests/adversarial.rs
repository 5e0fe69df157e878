//! Every bad input an attacker or a mistake could send, in one place. The suite checks after each that not a
//! byte of the chain's state changed; the tests by verb name the exact errors in their contexts.

use cosmwasm_std::{Coin, coin, coins, from_json};
use cw_multi_test::Executor;
use cw_ownable::Action;
use meteor_contract_kit::KitError;
use meteor_messages::nft;
use meteor_messages::shower::ExecuteMsg;
use meteor_nft::ContractError as NftError;
use meteor_shower::ContractError;
use meteor_testkit::art::{batch, token};
use meteor_testkit::wallets::address;
use meteor_testkit::{Refusal, Suite};

const MIN: u128 = 8_000_000;

/// One message of each verb but `Contribute`, with who may send it.
fn verbs(suite: &Suite) -> Vec<(&'static str, ExecuteMsg)> {
    let key = meteor_testkit::fairness::key(suite.shower.as_str(), 1).into();
    let someone = || String::from(address("someone"));
    vec![
        ("operator", suite.honest_draw(1)),
        ("anyone", ExecuteMsg::Close { shower: 2 }),
        ("anyone", suite.mint_message(1, 1, 1)),
        ("anyone", ExecuteMsg::Settle { shower: 1 }),
        ("anyone", ExecuteMsg::Withdraw { payee: address("team").into() }),
        ("owner", ExecuteMsg::Cancel { shower: 3 }),
        ("owner", ExecuteMsg::ReturnUnasked { to: someone(), amount: coin(1, "uluna") }),
        ("anyone", ExecuteMsg::Refund { shower: 3, contributors: vec![address("alice").into()] }),
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
        ("anyone", ExecuteMsg::PublishKey { shower: 1, key }),
    ]
}

/// An event in which each of [`verbs`] can be done in turn.
fn ready() -> Suite {
    let mut suite = Suite::new()
        .showers(5)
        .reveal_timeout(60)
        .with(|msg| {
            msg.schedule.interval = 60;
            (msg.mint_window, msg.fairness.crack_window, msg.fairness.key_window) = (130, 190, 400);
        })
        .build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN);
    suite.end(1).try_close(1).ok();
    suite.open(3).contribute("alice", MIN).fund_in("donor", 1, "uluna").send_unasked_in("donor", 1, "uluna");
    suite
}

#[test]
fn no_verb_but_contribute_takes_coins() {
    let mut suite = ready();
    for (sender, msg) in verbs(&suite) {
        for funds in [coins(1, "uusd"), coins(1, "uluna"), vec![coin(1, "uluna"), coin(1, "uusd")]] {
            suite.fund_in(sender, 1, "uluna").fund(sender, 1);
            let given = funds.iter().map(Coin::to_string).collect::<Vec<_>>().join(",");
            suite.execute(sender, &msg, &funds).refused(KitError::FundsNotTaken { given }.into());
        }
        // Without coins each is fine: the coins were the fault.
        time_for(&mut suite, &msg).execute(sender, &msg, &[]).ok();
    }
}

#[test]
fn each_verb_of_a_role_is_refused_to_everyone_else() {
    let mut suite = ready();
    for (role, msg) in verbs(&suite) {
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
        time_for(&mut suite, &msg).execute(role, &msg, &[]).ok();
    }
}

/// A key is published when its crack window is over; nothing of the other verbs depends on the time here.
fn time_for<'a>(suite: &'a mut Suite, msg: &ExecuteMsg) -> &'a mut Suite {
    match msg {
        ExecuteMsg::PublishKey { .. } => {
            let window = suite.model.config.fairness.crack_window;
            let at = suite.window(1).end + window * 1_000_000_000;
            suite.at(at)
        }
        _ => suite,
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
        r#"{"withdraw":{"payee":"terra1","amount":"5"}}"#,
        r#"{"refund":{"shower":1,"contributors":[],"to":"terra1"}}"#,
        r#"{"set_payees":{"payees":[]}}"#,
        r#"{"mint":{"shower":1,"first_rank":1,"proof":[],"art":[{"image":"x","traits":[],"owner":"terra1"}]}}"#,
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
    suite.send_unasked("donor", 400).pay_out(1).assert_balance("team", MIN).assert_balance("shower", 1_000);
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
    suite.try_mint(1, 1, 1).refused(ContractError::WrongFirstRank { shower: 1, given: 1, next: 2 });
    suite.mint(1, 1).pay_out(1).assert_owner_of(2, "bob").assert_balance("shower", 0);
}
