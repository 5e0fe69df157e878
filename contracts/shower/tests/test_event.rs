//! A whole event from launch to the last payment.

use meteor_messages::shower::{ContributionState, Status};
use meteor_rules::tier::Tier;
use meteor_testkit::Suite;

#[test]
fn an_event_from_launch_to_the_last_payment() {
    let mut suite = Suite::new().showers(2).payees(&[("team", 8_350), ("fund", 1_650)]).build();
    suite
        .open(1)
        .contribute("alice", 8_000_000)
        .contribute("bob", 9_000_000)
        .contribute("carol", 8_000_000)
        .contribute("dave", 8_000_001)
        .assert_ranking(1, &["bob", "dave", "alice", "carol"])
        .contribute("carol", 2_000_000)
        .assert_ranking(1, &["carol", "bob", "dave", "alice"])
        .assert_tier(1, "dave", Tier::Legendary)
        .assert_tier(1, "alice", Tier::Common)
        .open(2)
        .contribute("bob", 8_000_000)
        .close(2)
        .close(1)
        .assert_status(1, Status::Closed)
        .assert_state(1, "alice", ContributionState::Waiting)
        .mint_all(2)
        .mint(1, 3)
        .mint_all(1)
        .assert_status(1, Status::Minted)
        .assert_state(1, "alice", ContributionState::Minted)
        .assert_owner_of(1, "carol")
        .assert_owner_of(4, "alice")
        .assert_owner_of(5, "bob")
        .pay_out(1)
        .pay_out(2)
        .assert_balance("shower", 0)
        .assert_balance("team", 35_905_001)
        .assert_balance("alice", 0);
    assert_eq!(suite.meteors_of("bob"), [2, 5]);
    assert_eq!(suite.balance("team") + suite.balance("fund"), 43_000_001);
}
