//! Transactions that get into no block: what is said against them at the door.

use cosmos_sdk_proto::cosmos::bank::v1beta1::{Input, MsgMultiSend, MsgSend, Output};
use cosmos_sdk_proto::cosmos::tx::v1beta1::mode_info::{Single, Sum};
use cosmos_sdk_proto::cosmos::tx::v1beta1::{ModeInfo, SignerInfo};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract as Execute, MsgInstantiateContract as Instantiate, MsgInstantiateContract2,
    MsgMigrateContract, MsgStoreCode,
};
use cosmos_sdk_proto::traits::Message;
use cosmrs::Any;

use super::Answers;
use super::site::Site;
use super::wallet::{Draft, Wallet, any, coin};

/// Makes a sound transaction one that must be refused.
type Spoil<'a> = Box<dyn Fn(&mut Draft) + 'a>;

/// An account of the mnemonic that no chain funds.
pub(crate) const NOBODY: u32 = 15;

/// A contribution, right in everything.
pub(crate) fn contribute(site: &Site<'_>, sender: &str, amount: u128) -> Execute {
    Execute {
        sender: sender.into(),
        contract: site.stage.deployment.shower.clone(),
        msg: br#"{"contribute":{"shower":1}}"#.to_vec(),
        funds: vec![coin(amount, "uusd")],
    }
}

pub(crate) fn send(from: &str, to: &str, amount: u128) -> MsgSend {
    MsgSend { from_address: from.into(), to_address: to.into(), amount: vec![coin(amount, "uusd")] }
}

pub(crate) fn instantiate(sender: &str, code_id: u64, msg: &[u8]) -> Instantiate {
    let (sender, msg) = (sender.into(), msg.to_vec());
    Instantiate { sender, code_id, label: "label".into(), msg, ..Instantiate::default() }
}

pub(crate) fn instantiate2(sender: &str, code_id: u64, msg: &[u8], salt: &[u8]) -> MsgInstantiateContract2 {
    MsgInstantiateContract2 {
        sender: sender.into(),
        code_id,
        label: "label".into(),
        msg: msg.to_vec(),
        salt: salt.to_vec(),
        ..MsgInstantiateContract2::default()
    }
}

pub(crate) fn migrate(sender: &str, contract: &str, code_id: u64) -> MsgMigrateContract {
    MsgMigrateContract { sender: sender.into(), contract: contract.into(), code_id, msg: b"{}".to_vec() }
}

pub(crate) async fn list(site: &Site<'_>, said: &mut Answers) {
    let me = Wallet::open(site.stage, 4).await;
    let other = Wallet::open(site.stage, 5).await;
    let nobody = Wallet::open(site.stage, NOBODY).await;
    let good = || vec![any(&contribute(site, &me.address, 9_000_000))];
    let spoilt: Vec<(&str, Spoil)> = vec![
        ("sequence too high", Box::new(|draft| draft.signers[0].sequence += 1)),
        ("wrong chain id", Box::new(|draft| draft.chain_id = "elsewhere".into())),
        ("wrong account number", Box::new(|draft| draft.number += 1)),
        ("insufficient fee", Box::new(|draft| draft.fee.amount[0].amount = "3".into())),
        ("no fee", Box::new(|draft| draft.fee.amount.clear())),
        ("fee in an unknown denom", Box::new(|draft| draft.fee.amount = vec![coin(4_000, "ufoo")])),
        (
            "fee not sorted",
            Box::new(|draft| draft.fee.amount = vec![coin(4_000, "uusd"), coin(4_000, "uluna")]),
        ),
        ("negative fee", Box::new(|draft| draft.fee.amount[0].amount = "-4000".into())),
        ("fee without amount", Box::new(|draft| draft.fee.amount[0].amount.clear())),
        ("fee that nobody can pay", Box::new(|draft| draft.fee.amount = vec![coin(u128::MAX, "uluna")])),
        ("fee granted by another", Box::new(|draft| draft.fee.granter.clone_from(&other.address))),
        ("fee paid by another", Box::new(|draft| draft.fee.payer.clone_from(&other.address))),
        ("too little gas for the signature", Box::new(|draft| draft.fee.gas_limit = 1_000)),
        ("gas for the signature, not for the rest", Box::new(|draft| draft.fee.gas_limit = 30_000)),
        ("no gas", Box::new(|draft| draft.fee.gas_limit = 0)),
        ("timeout height passed", Box::new(|draft| draft.body.timeout_height = 1)),
        ("memo too long", Box::new(|draft| draft.body.memo = "m".repeat(257))),
        ("no messages", Box::new(|draft| draft.body.messages.clear())),
        (
            "unknown message type",
            Box::new(|draft| draft.body.messages[0].type_url = "/meteor.v1.MsgNothing".into()),
        ),
        ("message type without slash", Box::new(|draft| draft.body.messages[0].type_url = "nothing".into())),
        ("message that is no protobuf", Box::new(|draft| draft.body.messages[0].value = vec![0xff; 5])),
        (
            "extension option",
            Box::new(|draft| {
                draft.body.extension_options =
                    vec![Any { type_url: "/meteor.v1.Option".into(), value: vec![] }];
            }),
        ),
        ("no public key", Box::new(|draft| draft.signers[0].public_key = None)),
        (
            "public key of another",
            Box::new(|draft| draft.signers[0].public_key = Some(other.key.public_key().into())),
        ),
        ("no signer", Box::new(|draft| draft.signers.clear())),
        ("two signers", Box::new(|draft| draft.signers.push(draft.signers[0].clone()))),
        ("no sign mode", Box::new(|draft| draft.signers[0].mode_info = None)),
        ("sign mode unspecified", Box::new(|draft| mode(&mut draft.signers[0], 0))),
        ("sign mode textual", Box::new(|draft| mode(&mut draft.signers[0], 2))),
    ];
    for (name, spoil) in spoilt {
        said.insert(name.into(), site.refused(&me.signed(good(), spoil)).await);
    }
    // The owner has sent something before.
    let mut owner = Wallet::open(site.stage, 1).await;
    owner.sequence = 0;
    let late = owner.signed(vec![any(&contribute(site, &owner.address, 9_000_000))], |_| ());
    said.insert("sequence too low".into(), site.refused(&late).await);
    let unknown = nobody.signed(vec![any(&send(&nobody.address, &me.address, 1))], |_| ());
    said.insert("an account that does not exist".into(), site.refused(&unknown).await);
    let forged = nobody.signed(good(), |_| ());
    said.insert("signed by another".into(), site.refused(&forged).await);

    let sound = me.draft(good());
    let raw = sound.raw(vec![vec![7; 64]]);
    said.insert("a signature of nothing".into(), site.refused(&raw.encode_to_vec()).await);
    let raw = sound.raw(Vec::new());
    said.insert("no signature".into(), site.refused(&raw.encode_to_vec()).await);
    let raw = sound.raw(vec![Vec::new()]);
    said.insert("an empty signature".into(), site.refused(&raw.encode_to_vec()).await);
    said.insert("malformed transaction".into(), site.refused(b"nonsense").await);
    said.insert("truncated transaction".into(), site.refused(&raw.encode_to_vec()[..40]).await);
    said.insert("empty transaction".into(), site.refused(b"").await);
    // Field 1 twice, and a field that no transaction has.
    let twice = [raw.encode_to_vec(), vec![0x0a, 0x00]].concat();
    said.insert("fields out of order".into(), site.refused(&twice).await);
    let more = [raw.encode_to_vec(), vec![0x7a, 0x00]].concat();
    said.insert("unknown field".into(), site.refused(&more).await);
    let mut raw = sound.raw(vec![Vec::new()]);
    raw.body_bytes.extend([0x7a, 0x00]);
    said.insert("unknown field in the body".into(), site.refused(&raw.encode_to_vec()).await);
    said.insert("too large".into(), site.refused(&vec![0; 1_048_577]).await);
    messages(site, said, &me).await;
}

/// Sets the sign mode, whatever is signed.
pub(crate) fn mode(signer: &mut SignerInfo, mode: i32) {
    signer.mode_info = Some(ModeInfo { sum: Some(Sum::Single(Single { mode })) });
}

/// Messages that can't be right whatever the chain holds.
async fn messages(site: &Site<'_>, said: &mut Answers, me: &Wallet) {
    let good = || contribute(site, &me.address, 9_000_000);
    let instantiate = || instantiate(&me.address, 2, b"{}");
    let coins = |text: &[&str]| text.iter().map(|amount| coin_of(amount)).collect::<Vec<_>>();
    let store = |bytes: &[u8]| {
        any(&MsgStoreCode {
            sender: me.address.clone(),
            wasm_byte_code: bytes.to_vec(),
            instantiate_permission: None,
        })
    };
    let list = [
        ("execute: message is no JSON", any(&Execute { msg: b"{".to_vec(), ..good() })),
        ("execute: message is empty", any(&Execute { msg: Vec::new(), ..good() })),
        ("execute: contract is no address", any(&Execute { contract: "terra1nope".into(), ..good() })),
        ("execute: contract is missing", any(&Execute { contract: String::new(), ..good() })),
        ("execute: funds not sorted", any(&Execute { funds: coins(&["5uusd", "5uluna"]), ..good() })),
        ("execute: the same funds twice", any(&Execute { funds: coins(&["5uusd", "5uusd"]), ..good() })),
        ("execute: funds of nothing", any(&Execute { funds: coins(&["0uusd"]), ..good() })),
        ("execute: negative funds", any(&Execute { funds: coins(&["-1uusd"]), ..good() })),
        ("execute: denom too short", any(&Execute { funds: coins(&["1u"]), ..good() })),
        ("execute: sender is no address", any(&Execute { sender: "terra1nope".into(), ..good() })),
        ("execute: sender is missing", any(&Execute { sender: String::new(), ..good() })),
        (
            "execute: sender of another chain",
            any(&Execute { sender: me.key.public_key().account_id("cosmos").unwrap().to_string(), ..good() }),
        ),
        ("instantiate: no code id", any(&Instantiate { code_id: 0, ..instantiate() })),
        ("instantiate: no label", any(&Instantiate { label: String::new(), ..instantiate() })),
        ("instantiate: label too long", any(&Instantiate { label: "l".repeat(129), ..instantiate() })),
        ("instantiate: label with space", any(&Instantiate { label: " l".into(), ..instantiate() })),
        ("instantiate: admin is no address", any(&Instantiate { admin: "nope".into(), ..instantiate() })),
        ("instantiate: message is no JSON", any(&Instantiate { msg: b"x".to_vec(), ..instantiate() })),
        ("instantiate2: no salt", any(&instantiate2(&me.address, 2, b"{}", b""))),
        ("instantiate2: salt too long", any(&instantiate2(&me.address, 2, b"{}", &[1; 65]))),
        ("migrate: no code id", any(&migrate(&me.address, &site.stage.deployment.shower, 0))),
        ("store: no code", store(b"")),
        ("send: nothing", any(&MsgSend { amount: Vec::new(), ..send(&me.address, &me.address, 1) })),
        (
            "send: not sorted",
            any(&MsgSend { amount: coins(&["5uusd", "5uluna"]), ..send(&me.address, &me.address, 1) }),
        ),
        ("send: to nobody", any(&send(&me.address, "", 1))),
        ("send: to a module that may not receive", any(&send(&me.address, &community_pool(), 1))),
        ("send: to no address", any(&send(&me.address, "terra1nope", 1))),
        (
            "multisend: sums differ",
            any(&MsgMultiSend {
                inputs: vec![Input { address: me.address.clone(), coins: vec![coin(5, "uusd")] }],
                outputs: vec![Output { address: me.address.clone(), coins: vec![coin(4, "uusd")] }],
            }),
        ),
        ("multisend: from nobody", any(&MsgMultiSend { inputs: Vec::new(), outputs: Vec::new() })),
    ];
    for (name, message) in list {
        // At least as long as a simulation looks at it: some of it only a block would find.
        let mut draft = me.draft(vec![message]);
        let simulated = super::queries::simulate(site, &draft.unsigned()).await;
        draft.signers[0].sequence += 1;
        let checked = site.refused(&draft.sign(&me.key)).await;
        said.insert(name.into(), serde_json::json!({"checked": checked, "simulated": simulated}));
    }
}

/// The account of the module `distribution`, to which no real chain sends a wallet's coins.
pub(crate) fn community_pool() -> String {
    meteor_devnet::module_account("terra", "distribution").unwrap()
}

/// `5uusd` as a coin.
fn coin_of(text: &str) -> cosmos_sdk_proto::cosmos::base::v1beta1::Coin {
    let at = text.find('u').unwrap_or(text.len());
    cosmos_sdk_proto::cosmos::base::v1beta1::Coin { denom: text[at..].into(), amount: text[..at].into() }
}
