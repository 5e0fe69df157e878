//! `SetMinimum`: for showers that have not opened, never zero.

use meteor_messages::shower::{ConfigResponse, ExecuteMsg, MinimumFrom, QueryMsg};
use meteor_shower::ContractError;
use meteor_testkit::Suite;

const MIN: u128 = 8_000_000;

fn set(from_shower: u32, minimum: u128) -> ExecuteMsg {
    ExecuteMsg::SetMinimum { from_shower, minimum: minimum.into() }
}

#[test]
fn a_minimum_holds_from_its_shower_to_the_next_that_was_set() {
    let mut suite = Suite::new().showers(4).wallet("alice", 10 * MIN).build();
    suite.as_owner(&set(4, 4)).ok();
    suite.as_owner(&set(2, 2)).ok();
    suite.open(1).try_contribute("alice", 1, MIN - 1).err();
    suite.open(2).try_contribute("alice", 2, 1).err();
    suite.try_contribute("alice", 2, 2).ok();
    suite.open(3).try_contribute("alice", 3, 2).ok();
    suite.open(4).try_contribute("alice", 4, 3).err();
    suite.try_contribute("alice", 4, 4).ok();
    let config: ConfigResponse = suite.query(&QueryMsg::Config {});
    let all: Vec<(u32, u128)> = config
        .minimums
        .iter()
        .map(|MinimumFrom { from_shower, minimum }| (*from_shower, minimum.u128()))
        .collect();
    assert_eq!(all, [(1, MIN), (2, 2), (4, 4)]);
}

#[test]
fn not_for_a_shower_that_has_opened() {
    let mut suite = Suite::new().showers(2).build();
    let (first, second) = (suite.window(1), suite.window(2));
    suite.at(first.start - 1).as_owner(&set(1, 5)).ok();
    assert_eq!(suite.now(), first.start);
    suite.as_owner(&set(1, 6)).refused(ContractError::AlreadyOpen { shower: 1 });
    suite.at(second.start - 1).as_owner(&set(2, 7)).ok();
    suite.as_owner(&set(2, 8)).refused(ContractError::AlreadyOpen { shower: 2 });
    suite.as_owner(&set(1, 9)).refused(ContractError::AlreadyOpen { shower: 1 });
}

#[test]
fn not_zero_not_of_showers_there_are_not_by_strangers() {
    let mut suite = Suite::new().showers(2).build();
    suite.as_owner(&set(2, 0)).refused(ContractError::ZeroMinimum);
    for named in [0, 3, u32::MAX] {
        suite.as_owner(&set(named, 5)).refused(ContractError::NoSuchShower { named, count: 2 });
    }
    for stranger in ["operator", "guardian", "alice"] {
        suite
            .execute(stranger, &set(2, 5), &[])
            .refused(ContractError::NotAllowed { verb: "SetMinimum", role: "owner" });
    }
}
