//! What is passed on to the chain, and what is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use cosmos_sdk_proto::Any;
use cosmos_sdk_proto::cosmos::bank::v1beta1::MsgSend;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{AuthInfo, TxBody, TxRaw};
use cosmos_sdk_proto::cosmwasm::wasm::v1::MsgExecuteContract;
use cosmos_sdk_proto::traits::{Message, Name};
use meteor_indexer::relay::{MAX_MESSAGES, NotRelayed, transaction};
use proptest::prelude::*;

use crate::chain::{address, hatchery_contract, meteors_contract, shower_contract};

/// A message as a transaction holds it.
pub fn any_of<M: Message + Name>(message: &M) -> Any {
    Any { type_url: M::type_url(), value: message.encode_to_vec() }
}

/// A call of `contract`.
pub fn call(contract: &str) -> Any {
    let msg = br#"{"contribute":{"shower":1}}"#.to_vec();
    any_of(&MsgExecuteContract { sender: address(1), contract: contract.to_owned(), msg, funds: vec![] })
}

fn send() -> Any {
    any_of(&MsgSend { from_address: address(1), to_address: address(2), amount: vec![] })
}

fn raw(messages: Vec<Any>) -> TxRaw {
    let body = TxBody { messages, ..TxBody::default() };
    let auth = AuthInfo::default().encode_to_vec();
    TxRaw { body_bytes: body.encode_to_vec(), auth_info_bytes: auth, signatures: vec![vec![7; 64]] }
}

/// A transaction of these messages, in base64.
pub fn tx(messages: Vec<Any>) -> String {
    BASE64.encode(raw(messages).encode_to_vec())
}

fn check(base64: &str) -> Result<Vec<u8>, NotRelayed> {
    let contracts = [shower_contract(), meteors_contract(), hatchery_contract()];
    transaction(base64, &contracts.each_ref().map(String::as_str))
}

fn check_bytes(bytes: &[u8]) -> Result<Vec<u8>, NotRelayed> {
    check(&BASE64.encode(bytes))
}

#[test]
fn calls_of_the_events_contracts_are_passed_on_as_they_are() {
    let contracts = [shower_contract(), meteors_contract(), hatchery_contract()];
    let all = contracts.iter().map(|contract| call(contract)).collect();
    let most = vec![call(&shower_contract()); MAX_MESSAGES];
    for messages in [vec![call(&shower_contract())], all, most] {
        let bytes = raw(messages).encode_to_vec();
        assert_eq!(check_bytes(&bytes), Ok(bytes));
    }
}

#[test]
fn everything_else_is_refused_with_words() {
    let good = || call(&shower_contract());
    let kind = |at, given: &str| NotRelayed::Kind { at, given: given.to_owned() };
    let other = |at, given: &str| NotRelayed::Contract { at, given: given.to_owned() };
    let execute = MsgExecuteContract::type_url();
    let mut too_much = raw(vec![good()]).encode_to_vec();
    too_much.extend([0x22, 0x01, 0x00]); // a field that TxRaw doesn't have
    let mut twice = raw(vec![good()]).encode_to_vec();
    twice.extend(raw(vec![send()]).encode_to_vec()); // the last one counts, for whoever reads it so
    let mut cut = raw(vec![good()]).encode_to_vec();
    cut.pop();
    let garbled = Any { type_url: execute.clone(), value: vec![0xff; 9] };
    let signers = TxRaw { auth_info_bytes: vec![0xff; 9], ..raw(vec![good()]) };
    let body = TxRaw { body_bytes: vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], ..raw(vec![]) };
    // A length of 2⁶⁴ - 1 must not be believed.
    let huge = [&[0x0a][..], &[0xff; 9], &[0x01]].concat();
    for (bytes, why) in [
        (vec![], NotRelayed::Count(0)),
        (raw(vec![]).encode_to_vec(), NotRelayed::Count(0)),
        (raw(vec![good(); MAX_MESSAGES + 1]).encode_to_vec(), NotRelayed::Count(MAX_MESSAGES + 1)),
        (raw(vec![send()]).encode_to_vec(), kind(1, "/cosmos.bank.v1beta1.MsgSend")),
        (raw(vec![good(), send()]).encode_to_vec(), kind(2, "/cosmos.bank.v1beta1.MsgSend")),
        (
            raw(vec![Any { type_url: format!("{execute}2"), ..good() }]).encode_to_vec(),
            kind(1, &format!("{execute}2")),
        ),
        (
            raw(vec![Any { type_url: format!("https://x{execute}"), ..good() }]).encode_to_vec(),
            kind(1, &format!("https://x{execute}")),
        ),
        (raw(vec![call(&address(9))]).encode_to_vec(), other(1, &address(9))),
        (raw(vec![good(), call("")]).encode_to_vec(), other(2, "")),
        (
            raw(vec![call(&shower_contract().to_uppercase())]).encode_to_vec(),
            other(1, &shower_contract().to_uppercase()),
        ),
        (raw(vec![garbled]).encode_to_vec(), NotRelayed::Unreadable("message")),
        (signers.encode_to_vec(), NotRelayed::Unreadable("signers")),
        (body.encode_to_vec(), NotRelayed::Unreadable("body")),
        (cut, NotRelayed::Unreadable("envelope")),
        (huge, NotRelayed::Unreadable("envelope")),
        (b"{\"tx\":1}".to_vec(), NotRelayed::Unreadable("envelope")),
        (too_much, NotRelayed::NotExact),
        (twice, NotRelayed::NotExact),
    ] {
        assert_eq!(check_bytes(&bytes), Err(why.clone()));
        assert!(why.to_string().len() > 20, "{why}");
    }
    for base64 in ["☄", "a", "YQ", "YQ==\n"] {
        assert_eq!(check(base64), Err(NotRelayed::Base64), "{base64}");
    }
    let long = check(&tx(vec![call(&"\u{7}x".repeat(9_999))])).unwrap_err().to_string();
    assert!(long.len() < 250 && !long.contains('\u{7}'), "a stranger's words are repeated in part: {long}");
}

proptest! {
    #[test]
    fn strangers_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = check_bytes(&bytes);
    }

    /// Whatever one changes in a good transaction, only calls of our contracts are passed on.
    #[test]
    fn a_changed_transaction_is_still_ours_or_refused(at in 0usize..200, to in any::<u8>()) {
        let mut bytes = raw(vec![call(&meteors_contract())]).encode_to_vec();
        let at = at % bytes.len();
        bytes[at] = to;
        if let Ok(passed) = check_bytes(&bytes) {
            let tx = TxRaw::decode(passed.as_slice()).unwrap();
            let body = TxBody::decode(tx.body_bytes.as_slice()).unwrap();
            for message in body.messages {
                prop_assert_eq!(&message.type_url, "/cosmwasm.wasm.v1.MsgExecuteContract");
                let call = MsgExecuteContract::decode(message.value.as_slice()).unwrap();
                prop_assert!([shower_contract(), meteors_contract(), hatchery_contract()].contains(&call.contract));
            }
        }
    }
}
