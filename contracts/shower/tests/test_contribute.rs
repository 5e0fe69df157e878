//! `Contribute`: what counts, for whom, and what is refused.

use cosmwasm_std::{Coin, coin, coins};
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{ExecuteMsg, QueryMsg, ShowerResponse};
use meteor_shower::ContractError;
use meteor_testkit::model::Told;
use meteor_testkit::{BEGIN, Suite};

const MIN: u128 = 8_000_000;

#[test]
fn contributions_of_a_wallet_add_up_to_one_place() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1).contribute("alice", 1);
    // Alice has Bob's amount now, but he reached it first.
    suite.assert_ranking(1, &["bob", "alice"]).contribute("alice", 1).assert_ranking(1, &["alice", "bob"]);
    assert_eq!(suite.model.shower(1).contributors(), 2);
}

#[test]
fn a_contribution_is_told_in_full() {
    let mut suite = Suite::new().wallet("alice", MIN + 5).build();
    suite.open(1).contribute("bob", MIN);
    suite.try_contribute("alice", 1, MIN).ok();
    let response = suite.try_contribute("alice", 1, 5).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Contribution(event))] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((event.shower, event.seq, event.amount, event.total), (1, 3, 5, MIN + 5));
    assert_eq!((event.shower_total, event.contributors), (2 * MIN + 5, 2));
    assert_eq!(event.contributor, suite.address("alice").as_str());
}

#[test]
fn a_top_up_may_be_small_and_a_beginning_may_not() {
    let mut suite = Suite::new().wallet("alice", 10 * MIN).build();
    suite.open(1);
    let below =
        |total: u128| ContractError::BelowMinimum { shower: 1, total: total.into(), minimum: MIN.into() };
    suite.try_contribute("alice", 1, MIN - 1).refused(below(MIN - 1));
    suite.try_contribute("alice", 1, MIN).ok();
    suite.try_contribute("alice", 1, 1).ok();
    // Each shower has its own total.
    suite.open(2).try_contribute("alice", 2, 1).refused(ContractError::BelowMinimum {
        shower: 2,
        total: 1u128.into(),
        minimum: MIN.into(),
    });
}

#[test]
fn the_shower_named_must_be_the_open_one() {
    let mut suite = Suite::new().showers(2).wallet("alice", 10 * MIN).build();
    for named in [0, 1, 2, 3, u32::MAX] {
        suite
            .try_contribute("alice", named, MIN)
            .refused(ContractError::NotOpenYet { opens_at: BEGIN + 100 });
    }
    suite.open(1);
    for named in [0, 2, 3, u32::MAX] {
        suite.try_contribute("alice", named, MIN).refused(ContractError::WrongShower { named, open: 1 });
    }
    suite.open(2).try_contribute("alice", 1, MIN).refused(ContractError::WrongShower { named: 1, open: 2 });
    suite.end(2);
    for named in [1, 2, 3] {
        suite.try_contribute("alice", named, MIN).refused(ContractError::Over);
    }
}

#[test]
fn windows_are_half_open_to_the_nanosecond() {
    let mut suite = Suite::new().showers(2).wallet("alice", 10 * MIN).build();
    let (first, second) = (suite.window(1), suite.window(2));
    assert_eq!(first.end, second.start);
    suite.at(first.start - 1);
    suite.try_contribute("alice", 1, MIN).refused(ContractError::NotOpenYet { opens_at: BEGIN + 100 });
    assert_eq!(suite.now(), first.start, "a block later");
    suite.try_contribute("alice", 1, MIN).ok();
    suite.at(first.end - 1).try_contribute("alice", 1, 1).ok();
    assert_eq!(suite.now(), first.end);
    suite.try_contribute("alice", 1, 1).refused(ContractError::WrongShower { named: 1, open: 2 });
    suite.at(second.end - 1).try_contribute("alice", 2, MIN).ok();
    suite.try_contribute("alice", 2, 1).refused(ContractError::Over);
}

#[test]
fn one_coin_of_the_denom_and_nothing_else() {
    let mut suite = Suite::new().wallet("alice", 10 * MIN).build();
    suite.fund_in("alice", 100, "uluna").open(1);
    let denom = || "uusd".to_owned();
    suite.try_contribute_coins("alice", 1, &[]).refused(ContractError::NoFunds { denom: denom() });
    suite
        .try_contribute_coins("alice", 1, &coins(5, "uluna"))
        .refused(ContractError::WrongDenom { given: "5uluna".into(), denom: denom() });
    let both: [Coin; 2] = [coin(5, "uluna"), coin(MIN, "uusd")];
    suite
        .try_contribute_coins("alice", 1, &both)
        .refused(ContractError::SeveralDenoms { given: "5uluna,8000000uusd".into(), denom: denom() });
    // What a chain's bank would refuse anyway, the contract refuses too.
    let twice = [coin(MIN, "uusd"), coin(MIN, "uusd")];
    suite
        .try_contribute_coins("alice", 1, &twice)
        .refused(ContractError::SeveralDenoms { given: "8000000uusd,8000000uusd".into(), denom: denom() });
    suite.try_contribute("alice", 1, 0).err();
    assert_eq!(suite.balance("alice"), 10 * MIN);
}

#[test]
fn the_number_of_a_meteor_counts_the_contributors_of_earlier_showers() {
    let mut suite = Suite::new().showers(4).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).contribute("alice", 1);
    // Shower 2 stays empty.
    suite.open(3).contribute("carol", MIN).contribute("alice", MIN + 1);
    suite.open(4).contribute("bob", MIN);
    let earlier = |suite: &Suite, shower| suite.query::<ShowerResponse>(&QueryMsg::Shower { shower }).earlier;
    assert_eq!([1, 2, 3, 4].map(|shower| earlier(&suite, shower)), [0, 2, 2, 4]);
    suite.close(4).mint_all(4).close(3).mint_all(3).close(1).mint_all(1);
    suite.assert_owner_of(5, "bob").assert_owner_of(3, "alice").assert_owner_of(4, "carol");
}

#[test]
fn an_emptied_shower_leaves_no_hole_in_the_numbers_that_follow() {
    // A shower cancelled before its first contribution has a book of its own; later ones must look past it.
    let mut suite = Suite::new().showers(4).build();
    suite.open(1).contribute("alice", MIN).cancel(2).cancel(3).open(4).contribute("bob", MIN);
    let last: ShowerResponse = suite.query(&QueryMsg::Shower { shower: 4 });
    assert_eq!((last.earlier, last.last_seq), (1, 2));
}

#[test]
fn the_log_hash_is_the_one_of_the_rules() {
    // Checked after every message by the suite; here once with the bytes spelt out.
    use meteor_rules::ShowerId;
    use meteor_rules::fairness::Domain;
    use meteor_rules::log::{Entry, extend, start};
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("alice", 2);
    let (contract, alice) = (suite.shower.to_string(), suite.address("alice").to_string());
    let mut log = start(&Domain { chain_id: "meteor-test-1", contract: &contract, shower: ShowerId(1) });
    for (seq, amount, total) in [(1, MIN, MIN), (2, 2, MIN + 2)] {
        log = extend(&log, &Entry { seq, contributor: &alice, amount, total });
    }
    let told: ShowerResponse = suite.query(&QueryMsg::Shower { shower: 1 });
    assert_eq!(told.log.as_slice(), log);
}

#[test]
fn amounts_near_the_end_of_numbers_are_refused_not_wrapped() {
    let mut suite = Suite::new().wallet("whale", u128::MAX).build();
    suite.open(1).try_contribute("whale", 1, u128::MAX).ok();
    suite.cancel(1).refund(1, &["whale"]).assert_balance("whale", u128::MAX);
    // The bank's own numbers end there too, so the contract's checks are met on the contract alone.
    let mut deps = contract_alone::launch();
    let send =
        |deps: &mut contract_alone::Deps, who: &str, amount| contract_alone::contribute(deps, who, amount);
    assert_eq!(send(&mut deps, "whale", u128::MAX - 5), Ok(()));
    assert_eq!(send(&mut deps, "whale", 6), Err(ContractError::TooMuch { what: "a wallet's total" }));
    assert_eq!(send(&mut deps, "minnow", 6), Err(ContractError::TooMuch { what: "a shower's total" }));
    assert_eq!(send(&mut deps, "minnow", 5), Ok(()));
}

/// The contract without a chain around it, for amounts that no bank could hold.
mod contract_alone {
    use super::*;
    use cosmwasm_std::testing::{
        MockApi, MockQuerier, MockStorage, message_info, mock_dependencies, mock_env,
    };
    use cosmwasm_std::{Env, OwnedDeps, Timestamp};
    use meteor_messages::shower::Payee;
    use meteor_shower::contract::{execute, instantiate};

    pub(crate) type Deps = OwnedDeps<MockStorage, MockApi, MockQuerier>;

    fn at(seconds: u64) -> Env {
        let mut env = mock_env();
        env.block.time = Timestamp::from_seconds(seconds);
        env
    }

    pub(crate) fn launch() -> Deps {
        let mut deps = mock_dependencies();
        let mut msg = Suite::new().minimum(1).build().model.config;
        let who = deps.api.addr_make("who");
        for role in [&mut msg.owner, &mut msg.operator, &mut msg.guardian] {
            *role = who.to_string();
        }
        msg.payees = vec![Payee { address: who.to_string(), share_bp: 10_000 }];
        instantiate(deps.as_mut(), at(BEGIN), message_info(&who, &[]), msg).unwrap();
        deps
    }

    pub(crate) fn contribute(deps: &mut Deps, who: &str, amount: u128) -> Result<(), ContractError> {
        let who = deps.api.addr_make(who);
        let info = message_info(&who, &coins(amount, "uusd"));
        execute(deps.as_mut(), at(BEGIN + 100), info, ExecuteMsg::Contribute { shower: 1 }).map(|_| ())
    }

    #[test]
    fn a_coin_of_zero_is_refused() {
        let no_funds = ContractError::NoFunds { denom: "uusd".into() };
        assert_eq!(contribute(&mut launch(), "alice", 0), Err(no_funds));
    }
}
