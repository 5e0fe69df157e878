//! `ReturnUnasked`: coins that came without a contribution go on, and nothing else does.

use cosmwasm_std::coin;
use meteor_messages::shower::ExecuteMsg;
use meteor_shower::ContractError;
use meteor_testkit::Suite;
use meteor_testkit::wallets::address;

const MIN: u128 = 8_000_000;

fn surplus(given: u128, surplus: u128) -> ContractError {
    ContractError::Surplus { given: given.into(), denom: "uusd".into(), surplus: surplus.into() }
}

#[test]
fn exactly_what_came_unasked_can_be_returned_at_every_moment() {
    let mut suite =
        Suite::new().showers(2).payees(&[("team", 9_000), ("fund", 1_000)]).wallet("donor", 1_000).build();
    let check = |suite: &mut Suite, left: u128| {
        suite.try_return_unasked("donor", left + 1).refused(surplus(left + 1, left));
    };
    check(&mut suite, 0);
    suite.open(1).contribute("alice", MIN).contribute("bob", MIN + 1).send_unasked("donor", 600);
    check(&mut suite, 600);
    suite.open(2).contribute("carol", MIN).cancel(2).refund(2, &["carol"]);
    check(&mut suite, 600);
    suite.close(1).mint(1, 1).settle(1);
    check(&mut suite, 600);
    suite.try_withdraw("team").ok();
    check(&mut suite, 600);
    suite.try_return_unasked("donor", 200).ok();
    suite.assert_balance("donor", 600);
    check(&mut suite, 400);
    suite.send_unasked("donor", 100).pass_deadline(1).refund(1, &["alice"]);
    check(&mut suite, 500);
    // The key is late: what was held back is the contributor's, returned or not.
    suite.pass_key_deadline(1);
    check(&mut suite, 500);
    suite.refund(1, &["bob"]);
    check(&mut suite, 500);
    suite.try_return_unasked("someone", 500).ok();
    suite.withdraw_all().assert_balance("someone", 500).assert_balance("shower", 0);
    suite.try_return_unasked("donor", 0).refused(surplus(0, 0));
}

#[test]
fn only_the_owner_returns_and_only_to_addresses() {
    let mut suite = Suite::new().wallet("donor", 10).build();
    suite.send_unasked("donor", 10);
    let back = ExecuteMsg::ReturnUnasked { to: address("donor").into(), amount: coin(10, "uusd") };
    for stranger in ["operator", "guardian", "donor", "team"] {
        suite
            .execute(stranger, &back, &[])
            .refused(ContractError::NotAllowed { verb: "ReturnUnasked", role: "owner" });
    }
    for to in ["", "donor", "osmo1donor"] {
        suite.as_owner(&ExecuteMsg::ReturnUnasked { to: to.into(), amount: coin(10, "uusd") }).err();
    }
    suite.as_owner(&back).ok();
    suite.assert_balance("donor", 10);
}

#[test]
fn of_another_denom_everything_came_unasked() {
    let mut suite = Suite::new().build();
    suite
        .open(1)
        .contribute("alice", MIN)
        .fund_in("donor", 70, "uluna")
        .send_unasked_in("donor", 70, "uluna");
    let back =
        |amount| ExecuteMsg::ReturnUnasked { to: address("donor").into(), amount: coin(amount, "uluna") };
    let refused =
        ContractError::Surplus { given: 71u128.into(), denom: "uluna".into(), surplus: 70u128.into() };
    suite.as_owner(&back(71)).refused(refused);
    suite.as_owner(&back(70)).ok();
    assert_eq!(suite.app.wrap().query_balance(address("donor"), "uluna").unwrap().amount.u128(), 70);
    suite.assert_balance("shower", MIN);
}

#[test]
fn what_the_bank_refuses_stays() {
    let mut suite = Suite::new().wallet("donor", 10).build();
    suite.send_unasked("donor", 10).bank.refuse(address("pool").as_str());
    suite.try_return_unasked("pool", 10).err();
    suite.try_return_unasked("donor", 10).ok();
}
