//! Migration, replies and coins at the instantiation, straight at the entry points.

use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{Binary, Empty, Order, Reply, Storage, SubMsgResponse, SubMsgResult, coins};
use meteor_contract_kit::KitError;
use meteor_hatchery::contract::{instantiate, migrate, reply};
use meteor_hatchery::state::{NAME, VERSION};
use meteor_messages::hatchery::InstantiateMsg;
use meteor_testkit::Suite;
use meteor_testkit::wallets::address;

fn bytes(storage: &dyn Storage) -> Vec<(Vec<u8>, Vec<u8>)> {
    storage.range(None, None, Order::Ascending).collect()
}

#[test]
fn only_this_contract_and_only_forward() {
    let mut deps = mock_dependencies();
    let mut from = |name: &str, version: &str| {
        cw2::set_contract_version(deps.as_mut().storage, name, version).unwrap();
        let result = migrate(deps.as_mut(), mock_env(), Empty {}).map(|_| ());
        (result, cw2::get_contract_version(&deps.storage).unwrap().version)
    };
    assert_eq!(from(NAME, "0.0.9"), (Ok(()), VERSION.to_owned()));
    let newer = KitError::Downgrade { stored: "99.0.0".into(), offered: VERSION }.into();
    assert_eq!(from(NAME, "99.0.0"), (Err(newer), "99.0.0".to_owned()));
    let other = KitError::WrongContract { stored: "crates.io:other".into(), expected: NAME }.into();
    assert_eq!(from("crates.io:other", "0.0.9"), (Err(other), "0.0.9".to_owned()));
}

#[test]
fn replies_nobody_asked_for_are_refused_and_change_nothing() {
    #[allow(deprecated)] // `data` is what chains before CosmWasm 2 answer in
    let answer = |id| Reply {
        id,
        payload: Binary::default(),
        gas_used: 0,
        result: SubMsgResult::Ok(SubMsgResponse { events: vec![], data: None, msg_responses: vec![] }),
    };
    let mut deps = mock_dependencies();
    for (id, error) in [
        (0, KitError::UnknownReply { id: 0 }),
        (3, KitError::UnknownReply { id: 3 }),
        (1, KitError::NoAddress),
    ] {
        let refused = reply(deps.as_mut(), mock_env(), answer(id)).map(|_| ());
        assert_eq!(refused, Err(error.into()));
    }
    assert_eq!(bytes(&deps.storage), []);
}

#[test]
fn the_instantiation_takes_no_coins_and_stores_nothing_then() {
    let made = Suite::new().build().model.config.hatchery;
    let msg = InstantiateMsg {
        meteors: address("meteors").into(),
        reveal_timeout: made.reveal_timeout,
        eggs: made.eggs,
        dust: made.dust,
    };
    let mut deps = mock_dependencies();
    deps.api = deps.api.with_prefix("terra");
    let info = message_info(&address("the shower contract"), &coins(7, "uusd"));
    let refused = instantiate(deps.as_mut(), mock_env(), info, msg.clone()).map(|_| ());
    assert_eq!(refused, Err(KitError::FundsNotTaken { given: "7uusd".into() }.into()));
    assert_eq!(bytes(&deps.storage), []);
    let info = message_info(&address("the shower contract"), &[]);
    assert_eq!(instantiate(deps.as_mut(), mock_env(), info, msg).map(|made| made.messages.len()), Ok(2));
}
