//! Migration and replies: only this contract, only forward, only what was asked for.

use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cosmwasm_std::{Binary, Empty, Reply, SubMsgResponse, SubMsgResult};
use meteor_contract_kit::KitError;
use meteor_shower::contract::{NAME, VERSION, migrate, reply};

#[test]
fn only_this_contract_and_only_forward() {
    let mut deps = mock_dependencies();
    let mut from = |name: &str, version: &str| {
        cw2::set_contract_version(deps.as_mut().storage, name, version).unwrap();
        let result = migrate(deps.as_mut(), mock_env(), Empty {}).map(|_| ());
        (result, cw2::get_contract_version(&deps.storage).unwrap().version)
    };
    assert_eq!(from(NAME, "0.0.9"), (Ok(()), VERSION.to_owned()));
    assert_eq!(from(NAME, VERSION), (Ok(()), VERSION.to_owned()));
    let newer = KitError::Downgrade { stored: "99.0.0".into(), offered: VERSION }.into();
    assert_eq!(from(NAME, "99.0.0"), (Err(newer), "99.0.0".to_owned()));
    let other = KitError::WrongContract { stored: "crates.io:other".into(), expected: NAME }.into();
    assert_eq!(from("crates.io:other", "0.0.9"), (Err(other), "0.0.9".to_owned()));
}

#[test]
fn replies_nobody_asked_for_are_refused() {
    #[allow(deprecated)] // `data` is what chains before CosmWasm 2 answer in
    let answer = |id, data: Option<&[u8]>| Reply {
        id,
        payload: Binary::default(),
        gas_used: 0,
        result: SubMsgResult::Ok(SubMsgResponse {
            events: vec![],
            data: data.map(Binary::from),
            msg_responses: vec![],
        }),
    };
    let mut deps = mock_dependencies();
    let mut send = |reply_: Reply| reply(deps.as_mut(), mock_env(), reply_).map(|_| ());
    assert_eq!(send(answer(3, None)), Err(KitError::UnknownReply { id: 3 }.into()));
    assert_eq!(send(answer(1, None)), Err(KitError::NoAddress.into()));
    assert_eq!(send(answer(1, Some(&[255, 255]))), Err(KitError::NoAddress.into()));
    let failed = Reply { result: SubMsgResult::Err("no".into()), ..answer(1, None) };
    assert_eq!(send(failed), Err(KitError::NoAddress.into()));
}
