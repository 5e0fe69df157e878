//! `Cancel`: by the owner, until the draw can be known; all the money goes back.

use meteor_messages::shower::{ExecuteMsg, Status};
use meteor_shower::ContractError;
use meteor_testkit::Suite;

const MIN: u128 = 8_000_000;
const S: u64 = 1_000_000_000;

#[test]
fn a_shower_may_be_cancelled_before_it_opens_while_open_and_until_its_round_is_due() {
    let mut suite = Suite::new().showers(3).build();
    suite.cancel(3).assert_status(3, Status::Refunding);
    suite.open(1).contribute("alice", MIN).cancel(1).assert_status(1, Status::Refunding);
    suite.fund("bob", MIN).try_contribute("bob", 1, MIN).refused(ContractError::Cancelled { shower: 1 });
    // Refunds open at once, though the shower would still be open.
    suite.refund(1, &["alice"]).assert_balance("alice", MIN);
    suite.open(2).contribute("alice", MIN).contribute("carol", MIN + 1).end(2).try_close(2).ok();
    let due = suite.model.beacon_due(2).unwrap();
    suite.at(due * S - 1).cancel(2).refund(2, &["alice", "carol"]).assert_balance("shower", 0);
    suite.at(suite.window(3).start.max(suite.now()));
    suite.try_contribute("bob", 3, MIN).refused(ContractError::Cancelled { shower: 3 });
}

#[test]
fn from_the_moment_its_round_is_due_nobody_cancels_a_shower() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).end(1).try_close(1).ok();
    let due = suite.model.beacon_due(1).unwrap();
    let late = || ContractError::TooLateToCancel { shower: 1, due };
    let cancel = ExecuteMsg::Cancel { shower: 1 };
    suite.await_beacon(1).as_owner(&cancel).refused(late());
    suite.draw(1).as_owner(&cancel).refused(late());
    suite.mint_all(1).as_owner(&cancel).refused(late());
}

/// The draw is committed and ranks 1 and 2 are minted: whoever knows that ranks 3 to 6 hold the eggs can't turn
/// them into refunds while anyone wants them minted.
#[test]
fn once_drawn_nobody_stops_a_shower_half_way() {
    let mut suite = Suite::new().showers(2).build();
    suite.open(1);
    for (who, more) in ["alice", "bob", "carol", "dave", "erin", "frank"].iter().zip((0..6).rev()) {
        suite.contribute(who, MIN + more);
    }
    suite.close(1).mint(1, 2);
    let someone = String::from(meteor_testkit::wallets::address("someone"));
    // Everything that a role can do, none of which gets in the way.
    let due = suite.model.beacon_due(1).unwrap();
    suite
        .as_owner(&ExecuteMsg::Cancel { shower: 1 })
        .refused(ContractError::TooLateToCancel { shower: 1, due });
    suite.pause();
    suite.as_owner(&ExecuteMsg::SetOperator { address: someone.clone() }).ok();
    suite.as_owner(&ExecuteMsg::SetMinimum { from_shower: 2, minimum: u128::MAX.into() }).err();
    suite.as_owner(&ExecuteMsg::UpdateOwnership(cw_ownable::Action::RenounceOwnership)).ok();
    suite.try_draw(1).err();
    suite.try_refund(1, &["carol", "dave", "erin", "frank"]).err();
    let mint = suite.mint_message(1, 3, 1);
    suite.execute("a stranger", &mint, &[]).ok();
    suite.mint_all(1).assert_status(1, Status::Minted).assert_owner_of(6, "frank");
}

#[test]
fn not_twice_not_after_the_deadline_and_only_showers_there_are() {
    let mut suite = Suite::new().showers(3).build();
    suite.open(1).contribute("alice", MIN);
    let cancel = |shower| ExecuteMsg::Cancel { shower };
    suite.cancel(1).as_owner(&cancel(1)).refused(ContractError::Cancelled { shower: 1 });
    // Nobody came: there is nothing to cancel once it is closed.
    suite.close(2).as_owner(&cancel(2)).refused(ContractError::AllMinted { shower: 2 });
    let deadline = suite.model.deadline(3).unwrap();
    suite.at(deadline);
    let late = ContractError::DeadlinePassed { shower: 3, deadline: deadline / S };
    suite.as_owner(&cancel(3)).refused(late);
    for named in [0, 4] {
        suite.as_owner(&cancel(named)).refused(ContractError::NoSuchShower { named, count: 3 });
    }
}

#[test]
fn a_shower_that_nobody_closed_is_cancelled_until_its_deadline() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN);
    let deadline = suite.model.deadline(1).unwrap();
    // No round is named yet, so none is known.
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
fn a_cancelled_shower_closes_but_is_never_drawn_or_minted() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).cancel(1).close(1).await_beacon(1);
    suite.try_draw(1).refused(ContractError::Cancelled { shower: 1 });
    suite.try_mint(1, 1, 1).refused(ContractError::Cancelled { shower: 1 });
}
