//! Transactions in a block: their events, or what is said of those that fail there.

use std::io::Write as _;
use std::path::Path;

use cosmos_sdk_proto::cosmos::bank::v1beta1::{Input, MsgMultiSend, Output};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgClearAdmin, MsgExecuteContract as Execute, MsgInstantiateContract as Instantiate, MsgStoreCode,
    MsgUpdateAdmin,
};
use cosmrs::Any;
use serde_json::{Value, json};

use super::Answers;
use super::refusals::{NOBODY, contribute, instantiate, instantiate2, migrate, send};
use super::said::{error, events, verdict};
use super::site::Site;
use super::wallet::{Wallet, any, coin};

/// What became of a transaction in its block.
fn outcome(site: &Site<'_>, tx: &Value) -> Value {
    let result = &tx["tx_result"];
    assert!(!tx["height"].is_null(), "refused before its block: {tx}");
    let verdict = verdict(result);
    json!({"verdict": verdict, "data": !result["data"].is_null(), "events": events(result, &site.names)})
}

pub(crate) async fn list(site: &mut Site<'_>, said: &mut Answers) {
    deployed(site, said).await;
    let mut me = Wallet::open(site.stage, 4).await;
    twice(site, said, &mut me).await;
    contracts(site, said, &mut me).await;
    failures(site, said, &mut me).await;
}

/// The instantiation of the stage's contracts, children and replies included.
async fn deployed(site: &Site<'_>, said: &mut Answers) {
    // The first transaction after the height that was noted before it was sent.
    let mut height = site.stage.deployment.height;
    let mut answer = Value::Null;
    while answer["result"]["txs_results"][0].is_null() {
        height += 1;
        answer = site.rpc("block_results", json!({"height": height.to_string()})).await;
    }
    let mut all = events(&answer["result"]["txs_results"][0], &site.names);
    // The fee comes first, and it follows from a simulation.
    all.as_array_mut().unwrap().drain(..7);
    said.insert("deploy: events".into(), all);
}

/// The same bytes again: while they wait or lie in a block.
async fn twice(site: &Site<'_>, said: &mut Answers, me: &mut Wallet) {
    let bytes = me.signed(vec![any(&contribute(site, &me.address, 9_000_000))], |_| ());
    let first = site.broadcast(&bytes).await;
    assert_eq!(first["result"]["code"], 0, "{first}");
    said.insert("the same again at once".into(), error(&site.broadcast(&bytes).await));
    let tx = site.included(&bytes).await;
    me.sequence += 1;
    said.insert("contribute".into(), outcome(site, &tx));
    said.insert("the same again after its block".into(), error(&site.broadcast(&bytes).await));
}

/// Runs the messages and notes what became of them.
async fn note(
    site: &Site<'_>,
    said: &mut Answers,
    me: &mut Wallet,
    name: &str,
    messages: Vec<Any>,
    gas: u64,
) -> Value {
    let tx = site.run(me, messages, gas).await;
    said.insert(name.into(), outcome(site, &tx));
    tx
}

async fn contracts(site: &mut Site<'_>, said: &mut Answers, me: &mut Wallet) {
    let sender = me.address.clone();
    let other = Wallet::open(site.stage, 7).await.address;
    let once = any(&send(&me.address, &other, 7));
    note(site, said, me, "send", vec![once.clone()], 200_000).await;
    let messages = vec![once, any(&send(&me.address, &other, 8))];
    note(site, said, me, "two sends", messages, 300_000).await;
    let multi = MsgMultiSend {
        inputs: vec![Input { address: sender.clone(), coins: vec![coin(9, "uusd")] }],
        outputs: vec![
            Output { address: other.clone(), coins: vec![coin(4, "uusd")] },
            Output { address: sender.clone(), coins: vec![coin(5, "uusd")] },
        ],
    };
    note(site, said, me, "multisend", vec![any(&multi)], 200_000).await;

    let store =
        MsgStoreCode { sender: sender.clone(), wasm_byte_code: packed("nft"), instantiate_permission: None };
    note(site, said, me, "store code", vec![any(&store)], 4_000_000).await;

    let collection = json!({
        "name": "Test", "symbol": "TEST", "minter": sender, "royalties": null,
        "template": site.stage.preset.meteors.template,
    });
    let code_id = site.stage.chain.codes.nft;
    let collection = collection.to_string().into_bytes();
    let instantiate = Instantiate { admin: sender.clone(), ..instantiate(&sender, code_id, &collection) };
    let tx = site.run(me, vec![any(&instantiate)], 600_000).await;
    let contract = made(&tx);
    site.names.insert(contract.clone(), "COLLECTION".into());
    said.insert("instantiate with admin".into(), outcome(site, &tx));
    let instantiate2 = instantiate2(&sender, code_id, &collection, b"again");
    let tx = site.run(me, vec![any(&instantiate2)], 600_000).await;
    site.names.insert(made(&tx), "COLLECTION2".into());
    said.insert("instantiate2 without admin".into(), outcome(site, &tx));
    note(site, said, me, "instantiate2 at an address that is taken", vec![any(&instantiate2)], 600_000).await;

    let migrate = |contract: &str, code_id| vec![any(&migrate(&sender, contract, code_id))];
    note(site, said, me, "migrate", migrate(&contract, code_id), 400_000).await;
    let unknown = migrate(&contract, 99);
    note(site, said, me, "migrate to an unknown code", unknown, 400_000).await;
    let shower = site.stage.deployment.shower.clone();
    let foreign = migrate(&shower, 1);
    note(site, said, me, "migrate what has no admin", foreign, 400_000).await;
    let admin = |new_admin: &str| {
        let contract = contract.clone();
        any(&MsgUpdateAdmin { sender: sender.clone(), new_admin: new_admin.into(), contract })
    };
    note(site, said, me, "update admin", vec![admin(&other)], 200_000).await;
    let clear = any(&MsgClearAdmin { sender: sender.clone(), contract: contract.clone() });
    note(site, said, me, "clear admin of another", vec![clear], 200_000).await;
    note(site, said, me, "update admin of another", vec![admin(&shower)], 200_000).await;
    let late = migrate(&contract, code_id);
    note(site, said, me, "migrate by another", late, 400_000).await;
    let mut heir = Wallet::open(site.stage, 7).await;
    let clear = any(&MsgClearAdmin { sender: heir.address.clone(), contract });
    note(site, said, &mut heir, "clear admin", vec![clear], 200_000).await;
}

async fn failures(site: &Site<'_>, said: &mut Answers, me: &mut Wallet) {
    let nobody = Wallet::open(site.stage, NOBODY).await.address;
    let sender = me.address.clone();
    let good = || contribute(site, &sender, 1);
    let call = |msg: &[u8], funds: u128| {
        let funds = if funds == 0 { Vec::new() } else { vec![coin(funds, "uusd")] };
        any(&Execute { msg: msg.to_vec(), funds, ..good() })
    };
    let pause = br#"{"pause":{}}"#;
    let instantiate = |code_id, msg: &[u8]| any(&instantiate(&sender, code_id, msg));
    let list = [
        ("contract refuses in a block", vec![call(pause, 0)], 300_000),
        ("contract takes no money", vec![call(pause, 5)], 300_000),
        ("unknown variant in a block", vec![call(br#"{"nope":{}}"#, 0)], 300_000),
        ("missing field in a block", vec![call(br#"{"contribute":{}}"#, 5)], 300_000),
        ("unknown contract in a block", vec![any(&Execute { contract: nobody.clone(), ..good() })], 300_000),
        ("more than it has", vec![any(&send(&me.address, &nobody, u128::MAX))], 300_000),
        (
            "more than it has, to a contract",
            vec![call(br#"{"contribute":{"shower":1}}"#, u128::MAX)],
            300_000,
        ),
        (
            "the second message fails",
            vec![call(br#"{"contribute":{"shower":1}}"#, 5), call(pause, 0)],
            500_000,
        ),
        ("unknown code in a block", vec![instantiate(99, b"{}")], 300_000),
        ("instantiate with a bad message", vec![instantiate(1, b"{}")], 400_000),
        ("out of gas", vec![call(br#"{"contribute":{"shower":1}}"#, 5)], 80_000),
    ];
    for (name, messages, gas) in list {
        note(site, said, me, name, messages, gas).await;
    }
}

/// The contract that a transaction made.
fn made(tx: &Value) -> String {
    let events = tx["tx_result"]["events"].as_array().unwrap();
    let event = events.iter().find(|event| event["type"] == "instantiate");
    let event = event.unwrap_or_else(|| panic!("nothing was made: {tx}"));
    event["attributes"][0]["value"].as_str().unwrap().to_owned()
}

/// A contract of `artifacts/` by gzip, as it is uploaded.
fn packed(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../artifacts/meteor_{name}.wasm"));
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(&std::fs::read(path).unwrap()).unwrap();
    writer.finish().unwrap()
}
