//! Who holds the roles, and how they change hands.

use cosmwasm_std::Timestamp;
use cw_ownable::{Action, Ownership, OwnershipError};
use cw_utils::Expiration;
use meteor_messages::shower::{ConfigResponse, ExecuteMsg, QueryMsg};
use meteor_shower::ContractError;
use meteor_testkit::wallets::address;
use meteor_testkit::{BEGIN, Suite};

fn transfer(to: &str, expiry: Option<Expiration>) -> ExecuteMsg {
    ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner: address(to).into(), expiry })
}

const ACCEPT: ExecuteMsg = ExecuteMsg::UpdateOwnership(Action::AcceptOwnership);
const RENOUNCE: ExecuteMsg = ExecuteMsg::UpdateOwnership(Action::RenounceOwnership);

#[test]
fn the_owner_changes_in_two_steps() {
    let mut suite = Suite::new().build();
    suite.execute("owner", &transfer("heir", None), &[]).ok();
    let told: Ownership<String> = suite.query(&QueryMsg::Ownership {});
    assert_eq!(told.owner, Some(address("owner").into()));
    assert_eq!(told.pending_owner, Some(address("heir").into()));
    // Until then the old owner rules; a stranger can't step in.
    suite.execute("stranger", &ACCEPT, &[]).refused(OwnershipError::NotPendingOwner.into());
    suite.execute("owner", &ACCEPT, &[]).refused(OwnershipError::NotPendingOwner.into());
    let appoint = ExecuteMsg::SetOperator { address: address("bob").into() };
    suite.execute("heir", &appoint, &[]).err();
    suite.execute("owner", &ExecuteMsg::Pause {}, &[]).ok();
    suite.execute("heir", &ACCEPT, &[]).ok();
    suite.execute("heir", &ACCEPT, &[]).refused(OwnershipError::TransferNotFound.into());
    suite.execute("owner", &ExecuteMsg::Resume {}, &[]).err();
    suite.execute("heir", &ExecuteMsg::Resume {}, &[]).ok();
}

#[test]
fn an_offer_can_expire_and_be_replaced() {
    let mut suite = Suite::new().build();
    let soon = Some(Expiration::AtTime(Timestamp::from_seconds(BEGIN + 10)));
    suite.execute("owner", &transfer("heir", soon), &[]).ok();
    suite.execute("owner", &transfer("other", soon), &[]).ok();
    suite.execute("heir", &ACCEPT, &[]).refused(OwnershipError::NotPendingOwner.into());
    suite.advance(10).execute("other", &ACCEPT, &[]).refused(OwnershipError::TransferExpired.into());
}

#[test]
fn strangers_change_no_owner() {
    let mut suite = Suite::new().build();
    for stranger in ["operator", "guardian", "alice"] {
        for msg in [transfer(stranger, None), RENOUNCE] {
            suite.execute(stranger, &msg, &[]).refused(OwnershipError::NotOwner.into());
        }
        suite.execute(stranger, &ACCEPT, &[]).refused(OwnershipError::TransferNotFound.into());
    }
}

#[test]
fn without_an_owner_the_rest_goes_on() {
    let mut suite = Suite::new().build();
    suite.execute("owner", &transfer("heir", None), &[]).ok();
    suite.execute("owner", &RENOUNCE, &[]).ok();
    suite.execute("heir", &ACCEPT, &[]).refused(OwnershipError::TransferNotFound.into());
    suite.execute("owner", &transfer("owner", None), &[]).refused(OwnershipError::NoOwner.into());
    let config: ConfigResponse = suite.query(&QueryMsg::Config {});
    assert_eq!(config.owner, None);
    suite.open(1).contribute("alice", 8_000_000).close(1).mint_all(1).pay_out(1).assert_balance("shower", 0);
}

#[test]
fn the_owner_appoints_operator_and_guardian() {
    let mut suite = Suite::new().build();
    let operator = ExecuteMsg::SetOperator { address: address("bob").into() };
    let guardian = ExecuteMsg::SetGuardian { address: address("carol").into() };
    for stranger in ["operator", "guardian", "bob"] {
        let not = |verb| ContractError::NotAllowed { verb, role: "owner" };
        suite.execute(stranger, &operator, &[]).refused(not("SetOperator"));
        suite.execute(stranger, &guardian, &[]).refused(not("SetGuardian"));
    }
    suite.as_owner(&operator).ok();
    suite.as_owner(&guardian).ok();
    suite.execute("guardian", &ExecuteMsg::Pause {}, &[]).err();
    suite.execute("carol", &ExecuteMsg::Pause {}, &[]).ok();
    suite.resume().open(1).contribute("alice", 8_000_000);
    suite.end(1).try_close(1).ok();
    let draw = suite.await_beacon(1).honest_draw(1);
    suite.execute("operator", &draw, &[]).err();
    suite.execute("bob", &draw, &[]).ok();
}

#[test]
fn roles_go_to_addresses_only() {
    let mut suite = Suite::new().build();
    for text in ["", "nobody", "osmo1nobody"] {
        suite.as_owner(&ExecuteMsg::SetOperator { address: text.into() }).err();
        suite.as_owner(&ExecuteMsg::SetGuardian { address: text.into() }).err();
        let new_owner = text.into();
        suite
            .as_owner(&ExecuteMsg::UpdateOwnership(Action::TransferOwnership { new_owner, expiry: None }))
            .err();
    }
}
