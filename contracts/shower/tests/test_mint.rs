//! `Mint`: by the operator, in rank order, in time, to those who contributed.

use meteor_contract_kit::KitError;
use meteor_messages::events::ShowerEvent;
use meteor_messages::shower::{ContributionState, ExecuteMsg, MintCursorResponse, QueryMsg};
use meteor_shower::ContractError;
use meteor_testkit::Suite;
use meteor_testkit::model::Told;

const MIN: u128 = 8_000_000;

/// A shower of so many wallets, closed.
fn closed(wallets: u32) -> Suite {
    let mut suite = Suite::new().showers(2).unchecked().build();
    suite.open(1);
    for wallet in 0..wallets {
        suite.contribute(&format!("wallet {wallet}"), MIN + u128::from(wallet % 7));
    }
    suite.close(1);
    suite
}

#[test]
fn meteors_go_out_in_rank_order_with_the_tier_of_their_rank() {
    let mut suite = closed(230);
    suite.mint(1, 100).mint(1, 1).mint(1, 99).mint(1, 30);
    meteor_testkit::invariants::check(&suite); // owners, tiers, metadata of all
    assert_eq!(suite.model.tokens.len(), 230);
    let cursor: MintCursorResponse = suite.query(&QueryMsg::MintCursor { shower: 1 });
    assert_eq!(cursor, MintCursorResponse { next: None, minted: 230, contributors: 230 });
    suite.settle(1).assert_balance("shower", 0);
}

#[test]
fn a_batch_is_told_once_and_each_meteor_by_its_collection() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1).contribute("carol", MIN + 2).close(1);
    let art = suite.art(2);
    let response = suite.try_mint(1, 1, art).ok();
    let told = suite.told(&response.events);
    let [Told::Shower(ShowerEvent::Mint(mint)), Told::Nft(_), Told::Nft(_)] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert_eq!((mint.first_rank, mint.count, mint.first_number, mint.amount), (1, 2, 1, 2 * MIN + 3));
    suite.assert_state(1, "carol", ContributionState::Minted).assert_state(
        1,
        "alice",
        ContributionState::Waiting,
    );
}

#[test]
fn a_transaction_sent_twice_mints_once() {
    let mut suite = closed(5);
    let (art, more) = (suite.art(2), suite.art(2));
    suite.try_mint(1, 1, art.clone()).ok();
    suite.try_mint(1, 1, art).refused(ContractError::WrongFirstRank { shower: 1, given: 1, next: 3 });
    for given in [0, 2, 4, u32::MAX] {
        let wrong = ContractError::WrongFirstRank { shower: 1, given, next: 3 };
        suite.try_mint(1, given, more.clone()).refused(wrong);
    }
    suite.try_mint(1, 3, more).ok();
}

#[test]
fn batches_have_1_to_100_entries_and_fit_what_is_left() {
    let mut suite = closed(102);
    let art = suite.art(101);
    for given in [0, 101] {
        let art = art.iter().take(given).cloned().collect();
        suite.try_mint(1, 1, art).refused(KitError::BatchSize { given, most: 100 }.into());
    }
    suite.mint(1, 100);
    let art = suite.art(3);
    suite.try_mint(1, 101, art).refused(ContractError::TooMuchArt {
        given: 3,
        tier: meteor_rules::tier::Tier::Common,
        most: 2,
    });
    suite.mint(1, 2);
    let art = suite.art(1);
    suite.try_mint(1, 103, art).refused(ContractError::AllMinted { shower: 1 });
}

#[test]
fn not_before_close_not_from_the_deadline_on_not_when_cancelled() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN).open(2).contribute("carol", MIN).open(3);
    let art = suite.art(1);
    suite.try_mint(1, 1, art.clone()).refused(ContractError::NotClosed { shower: 1 });
    suite.try_mint(4, 1, art.clone()).refused(ContractError::NoSuchShower { named: 4, count: 3 });
    suite.close(1).close(2).cancel(2);
    suite.try_mint(2, 1, art.clone()).refused(ContractError::Cancelled { shower: 2 });
    let deadline = suite.model.deadline(1).unwrap();
    suite.at(deadline - 1).try_mint(1, 1, art.clone()).ok();
    assert_eq!(suite.now(), deadline);
    let late = ContractError::DeadlinePassed { shower: 1, deadline: deadline / 1_000_000_000 };
    let art = suite.art(1);
    suite.try_mint(1, 2, art).refused(late);
    suite.refund(1, &["bob"]).settle(1);
}

#[test]
fn only_the_operator_mints() {
    let mut suite = closed(2);
    let art = suite.art(1);
    for stranger in ["owner", "guardian", "wallet 1", "team"] {
        let mint = ExecuteMsg::Mint { shower: 1, first_rank: 1, art: art.clone(), proof: vec![] };
        suite
            .execute(stranger, &mint, &[])
            .refused(ContractError::NotAllowed { verb: "Mint", role: "operator" });
    }
}

#[test]
fn meteors_keep_their_numbers_whatever_order_showers_are_minted_in() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN);
    suite.open(2).contribute("alice", MIN).open(3).contribute("carol", MIN);
    suite.close(3).close(2).close(1).mint_all(3).mint_all(1).mint_all(2);
    assert_eq!(suite.meteors_of("alice"), [1, 3]);
    assert_eq!((suite.meteors_of("bob"), suite.meteors_of("carol")), (vec![2], vec![4]));
}
