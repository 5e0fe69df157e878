//! `Cancel`: by the owner, while something can still be prevented; the money goes back.

use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_shower::ContractError;
use meteor_testkit::Suite;

const MIN: u128 = 8_000_000;

#[test]
fn a_shower_may_be_cancelled_before_it_opens_while_open_and_while_minted() {
    let mut suite = Suite::new().showers(3).build();
    suite.cancel(3).assert_status(3, Status::Refunding);
    suite.open(1).contribute("alice", MIN).cancel(1).assert_status(1, Status::Refunding);
    suite.fund("bob", MIN).try_contribute("bob", 1, MIN).refused(ContractError::Cancelled { shower: 1 });
    // Refunds open at once, though the shower would still be open.
    suite.refund(1, &["alice"]).assert_balance("alice", MIN);
    suite.open(2).contribute("alice", MIN).contribute("carol", MIN + 1).close(2).mint(2, 1).cancel(2);
    suite.refund(2, &["alice"]).settle(2).assert_balance("shower", 0).assert_owner_of(2, "carol");
    suite.open(3).try_contribute("bob", 3, MIN).refused(ContractError::Cancelled { shower: 3 });
}

#[test]
fn not_twice_not_when_all_is_minted_not_after_the_deadline() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN).open(2).contribute("alice", MIN);
    let cancel = |shower| ExecuteMsg::Cancel { shower };
    suite.cancel(1).as_owner(&cancel(1)).refused(ContractError::Cancelled { shower: 1 });
    suite.close(2).mint_all(2).as_owner(&cancel(2)).refused(ContractError::AllMinted { shower: 2 });
    let deadline = suite.model.deadline(3).unwrap();
    suite.at(deadline);
    let late = ContractError::DeadlinePassed { shower: 3, deadline: deadline / 1_000_000_000 };
    suite.as_owner(&cancel(3)).refused(late);
    for named in [0, 4] {
        suite.as_owner(&cancel(named)).refused(ContractError::NoSuchShower { named, count: 3 });
    }
}

#[test]
fn a_nanosecond_before_the_deadline_is_in_time() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN);
    let deadline = suite.model.deadline(1).unwrap();
    suite.at(deadline - 1).cancel(1).refund(1, &["alice"]);
}

#[test]
fn only_the_owner_cancels() {
    let mut suite = Suite::new().build();
    for stranger in ["operator", "guardian", "alice", "team"] {
        suite
            .execute(stranger, &ExecuteMsg::Cancel { shower: 1 }, &[])
            .refused(ContractError::NotAllowed { verb: "Cancel", role: "owner" });
    }
}

#[test]
fn a_cancelled_shower_closes_but_is_never_minted() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).cancel(1).close(1);
    let art = suite.art(1);
    suite.try_mint(1, 1, art).refused(ContractError::Cancelled { shower: 1 });
}
