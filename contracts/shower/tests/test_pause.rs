//! `Pause` and `Resume`: they stop `Contribute` and nothing else.

use meteor_messages::shower::{ConfigResponse, ExecuteMsg, QueryMsg, ShowerResponse};
use meteor_shower::ContractError;
use meteor_testkit::Suite;

const MIN: u128 = 8_000_000;

#[test]
fn a_pause_stops_contributing_until_the_owner_resumes() {
    let mut suite = Suite::new().wallet("alice", 2 * MIN).build();
    suite.open(1).pause();
    suite.try_contribute("alice", 1, MIN).refused(ContractError::Paused);
    assert!(suite.query::<ConfigResponse>(&QueryMsg::Config {}).paused);
    suite.resume();
    suite.try_contribute("alice", 1, MIN).ok();
}

#[test]
fn a_pause_stops_nothing_else_and_moves_no_deadline() {
    let mut suite = Suite::new().showers(4).build();
    suite.open(1).contribute("alice", MIN + 1).contribute("bob", MIN).open(2).contribute("alice", MIN);
    let deadline = suite.model.deadline(1);
    suite.pause().cancel(2).close(1).close(2).mint(1, 1).settle(1).withdraw_all().refund(2, &["alice"]);
    suite.as_owner(&ExecuteMsg::SetMinimum { from_shower: 4, minimum: 9u128.into() }).ok();
    assert_eq!(suite.model.deadline(1), deadline);
    suite.pass_deadline(1).refund(1, &["bob"]).pay_out(1).assert_balance("shower", 0);
}

#[test]
fn guardian_or_owner_pause_and_the_owner_alone_resumes() {
    let mut suite = Suite::new().build();
    for stranger in ["operator", "alice", "team"] {
        suite
            .execute(stranger, &ExecuteMsg::Pause {}, &[])
            .refused(ContractError::NotAllowed { verb: "Pause", role: "guardian or the owner" });
    }
    suite.as_owner(&ExecuteMsg::Resume {}).refused(ContractError::NotPaused);
    suite.as_owner(&ExecuteMsg::Pause {}).ok();
    suite.as_owner(&ExecuteMsg::Pause {}).refused(ContractError::AlreadyPaused);
    for stranger in ["guardian", "operator", "alice"] {
        suite
            .execute(stranger, &ExecuteMsg::Resume {}, &[])
            .refused(ContractError::NotAllowed { verb: "Resume", role: "owner" });
    }
    suite.resume().pause();
}

fn paused(suite: &Suite) -> Vec<u32> {
    let all = 1..=suite.model.config.schedule.count;
    all.filter(|n| suite.query::<ShowerResponse>(&QueryMsg::Shower { shower: *n }).paused).collect()
}

/// A guardian who outbids everyone and pauses decides a ranking. The pause stays possible; the mark stays too.
#[test]
fn every_shower_that_a_pause_touched_is_marked_for_good() {
    let mut suite = Suite::new().showers(6).build();
    let none: [u32; 0] = [];
    suite.pause();
    assert_eq!(paused(&suite), none, "nothing has opened");
    suite.resume();
    assert_eq!(paused(&suite), none);
    let last_moment = suite.window(1).end - 2;
    suite.open(1).contribute("alice", MIN).at(last_moment).pause();
    assert_eq!(paused(&suite), [1]);
    suite.open(3);
    assert_eq!(paused(&suite), [1, 2, 3], "it goes on, and so do the showers");
    suite.resume();
    suite.open(4).contribute("alice", MIN).open(6).pause().pass_deadline(6);
    assert_eq!(paused(&suite), [1, 2, 3, 6]);
    suite.resume();
    assert_eq!(paused(&suite), [1, 2, 3, 6]);
    suite.pause().resume();
    assert_eq!(paused(&suite), [1, 2, 3, 6], "after the last shower nothing is marked");
}

#[test]
fn a_pause_that_begins_at_an_end_does_not_mark_the_shower_that_ended() {
    let mut suite = Suite::new().showers(3).build();
    let end = suite.window(1).end;
    suite.open(1).contribute("alice", MIN).at(end).pause().resume();
    assert_eq!(paused(&suite), [2]);
}

#[test]
fn the_owner_may_cancel_a_shower_that_a_pause_touched_until_its_round_is_due() {
    let mut suite = Suite::new().build();
    suite.open(1).contribute("alice", MIN).pause().end(1).try_close(1).ok();
    suite.cancel(1).refund(1, &["alice"]).assert_balance("alice", MIN);
}
