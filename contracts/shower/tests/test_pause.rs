//! `Pause` and `Resume`: they stop `Contribute` and nothing else.

use meteor_messages::shower::{ConfigResponse, ExecuteMsg, QueryMsg};
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
    suite.pause().close(1).close(2).mint(1, 1).settle(1).cancel(2).refund(2, &["alice"]);
    suite.as_owner(&ExecuteMsg::SetMinimum { from_shower: 4, minimum: 9u128.into() }).ok();
    assert_eq!(suite.model.deadline(1), deadline);
    suite.pass_deadline(1).refund(1, &["bob"]).assert_balance("shower", 0);
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
