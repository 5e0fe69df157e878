//! Queries and simulations: what is said when there is no answer.

use cosmos_sdk_proto::cosmos::auth::v1beta1::QueryAccountRequest;
use cosmos_sdk_proto::cosmos::bank::v1beta1::{QueryAllBalancesRequest, QueryBalanceRequest};
use cosmos_sdk_proto::cosmos::base::query::v1beta1::PageRequest;
use cosmos_sdk_proto::cosmos::tx::v1beta1::{Fee, GetTxRequest, SimulateRequest};
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract as Execute, QueryAllContractStateRequest, QueryCodeRequest,
    QueryContractHistoryRequest, QueryContractInfoRequest, QueryContractsByCodeRequest,
    QueryContractsByCreatorRequest, QueryRawContractStateRequest, QuerySmartContractStateRequest,
};
use cosmos_sdk_proto::traits::Message;
use cosmrs::Any;
use meteor_operator::jobs;
use serde_json::{Value, json};

use super::Answers;
use super::refusals::{NOBODY, contribute, instantiate, migrate, mode, send};
use super::said::{error, shape, verdict};
use super::site::Site;
use super::wallet::{Draft, Wallet, any, coin};

/// Code, codespace and words; an answer's value is only said to be there.
fn told(response: &Value) -> Value {
    if response["code"] == 0 { json!([0, !response["value"].is_null()]) } else { verdict(response) }
}

pub(crate) async fn simulate(site: &Site<'_>, tx: &[u8]) -> Value {
    #[expect(deprecated, reason = "the field is part of the message")]
    let request = SimulateRequest { tx: None, tx_bytes: tx.to_vec() };
    told(&site.query("/cosmos.tx.v1beta1.Service/Simulate", &request).await)
}

pub(crate) async fn list(site: &Site<'_>, said: &mut Answers) {
    let me = Wallet::open(site.stage, 4).await;
    let nobody = Wallet::open(site.stage, NOBODY).await;
    simulations(site, said, &me, &nobody).await;
    let shower = &site.stage.deployment.shower;
    let page = |limit, key: &[u8]| Some(PageRequest { limit, key: key.to_vec(), ..PageRequest::default() });
    let smart = |address: &str, query: &str| {
        QuerySmartContractStateRequest { address: address.into(), query_data: query.as_bytes().to_vec() }
            .encode_to_vec()
    };
    let raw = |address: &str, key: &[u8]| {
        QueryRawContractStateRequest { address: address.into(), query_data: key.to_vec() }.encode_to_vec()
    };
    let account = |address: &str| QueryAccountRequest { address: address.into() }.encode_to_vec();
    let balance = |address: &str, denom: &str| {
        QueryBalanceRequest { address: address.into(), denom: denom.into() }.encode_to_vec()
    };
    let balances = |pagination| {
        QueryAllBalancesRequest { address: me.address.clone(), pagination, resolve_denom: false }
            .encode_to_vec()
    };
    let info = |address: &str| QueryContractInfoRequest { address: address.into() }.encode_to_vec();
    let get_tx = |hash: &str| GetTxRequest { hash: hash.into() }.encode_to_vec();
    let code = |code_id| QueryCodeRequest { code_id }.encode_to_vec();
    let state = |address: &str, pagination| {
        QueryAllContractStateRequest { address: address.into(), pagination }.encode_to_vec()
    };
    let history = QueryContractHistoryRequest { address: nobody.address.clone(), pagination: None };
    let by_code = |code_id| QueryContractsByCodeRequest { code_id, pagination: None }.encode_to_vec();
    let creator_address = nobody.address.clone();
    let by_creator = QueryContractsByCreatorRequest { creator_address, pagination: None };
    let (auth, bank, wasm, tx) = (
        "/cosmos.auth.v1beta1.Query/",
        "/cosmos.bank.v1beta1.Query/",
        "/cosmwasm.wasm.v1.Query/",
        "/cosmos.tx.v1beta1.Service/",
    );
    let list = [
        ("account: none", auth, "Account", account(&nobody.address)),
        ("account: no address", auth, "Account", account("terra1nope")),
        ("account: empty", auth, "Account", account("")),
        ("balance: of nobody", bank, "Balance", balance(&nobody.address, "uusd")),
        ("balance: of nothing", bank, "Balance", balance(&me.address, "ufoo")),
        ("balance: no address", bank, "Balance", balance("nope", "uusd")),
        ("balance: no denom", bank, "Balance", balance(&me.address, "")),
        ("balance: a bad denom", bank, "Balance", balance(&me.address, "!")),
        ("balances: a bad key", bank, "AllBalances", balances(page(1, b"zzz"))),
        ("balances: no more than one", bank, "AllBalances", balances(page(1, b""))),
        ("smart: no such contract", wasm, "SmartContractState", smart(&nobody.address, "{}")),
        ("smart: no address", wasm, "SmartContractState", smart("nope", "{}")),
        ("smart: no JSON", wasm, "SmartContractState", smart(shower, "{")),
        ("smart: nothing", wasm, "SmartContractState", smart(shower, "")),
        ("smart: unknown query", wasm, "SmartContractState", smart(shower, r#"{"nope":{}}"#)),
        ("smart: missing field", wasm, "SmartContractState", smart(shower, r#"{"shower":{}}"#)),
        (
            "smart: the contract refuses",
            wasm,
            "SmartContractState",
            smart(shower, r#"{"shower":{"shower":99}}"#),
        ),
        ("raw: no such contract", wasm, "RawContractState", raw(&nobody.address, b"x")),
        ("raw: no such key", wasm, "RawContractState", raw(shower, b"nope")),
        ("raw: empty key", wasm, "RawContractState", raw(shower, b"")),
        ("contract: none", wasm, "ContractInfo", info(&nobody.address)),
        ("contract: no address", wasm, "ContractInfo", info("nope")),
        ("history: none", wasm, "ContractHistory", history.encode_to_vec()),
        ("state: none", wasm, "AllContractState", state(&nobody.address, None)),
        ("contracts of a code: none", wasm, "ContractsByCode", by_code(99)),
        ("contracts of a code: zero", wasm, "ContractsByCode", by_code(0)),
        ("contracts of a creator: none", wasm, "ContractsByCreator", by_creator.encode_to_vec()),
        ("code: none", wasm, "Code", code(99)),
        ("code: zero", wasm, "Code", code(0)),
        ("tx: none", tx, "GetTx", get_tx(&"AB".repeat(32))),
        ("tx: no hash", tx, "GetTx", get_tx("nope")),
        ("tx: empty", tx, "GetTx", get_tx("")),
        ("simulate: nothing", tx, "Simulate", Vec::new()),
        ("no such method", wasm, "Nope", Vec::new()),
        ("no such service", "/meteor.v1.Query/", "Nope", Vec::new()),
        ("no path", "", "", Vec::new()),
        ("a path of old", "custom/auth/", "account", Vec::new()),
        ("a request that is no protobuf", auth, "Account", vec![0xff; 3]),
        ("a request cut off", auth, "Account", vec![0x0a, 0x20, 0x61]),
    ];
    for (name, service, method, data) in list {
        let response = site.abci(&format!("{service}{method}"), &data, "0").await;
        said.insert(format!("query {name}"), told(&response));
    }
    let path = format!("{bank}Balance");
    let data = balance(&me.address, "uusd");
    for (name, height) in [("a height to come", "99999999"), ("a height before all", "-1")] {
        said.insert(format!("query at {name}"), told(&site.abci(&path, &data, height).await));
    }
    // All that an answer has besides its value.
    said.insert("query: fields".into(), shape(&site.abci(&path, &data, "0").await));
    calls(site, said).await;
    // How `meteor deploy` takes these answers: another contract is not nothing.
    let node = &site.stage.node;
    assert!(!jobs::exists(node, &nobody.address).await.unwrap());
    jobs::exists(node, &site.stage.deployment.meteors).await.unwrap_err();
}

async fn simulations(site: &Site<'_>, said: &mut Answers, me: &Wallet, nobody: &Wallet) {
    let good = || contribute(site, &me.address, 9_000_000);
    let execute = |message: Execute| me.draft(vec![any(&message)]);
    let changed = |spoil: &dyn Fn(&mut Draft)| {
        let mut draft = execute(good());
        spoil(&mut draft);
        draft
    };
    let instantiate = |code_id| me.draft(vec![any(&instantiate(&me.address, code_id, b"{}"))]);
    let migrate = |contract: &str, code_id| me.draft(vec![any(&migrate(&me.address, contract, code_id))]);
    let shower = &site.stage.deployment.shower;
    let list = [
        ("a contribution", execute(good())),
        ("unknown contract", execute(Execute { contract: nobody.address.clone(), ..good() })),
        ("contract refuses", execute(Execute { funds: vec![coin(1, "uusd")], ..good() })),
        ("insufficient funds", execute(Execute { funds: vec![coin(u128::MAX, "uusd")], ..good() })),
        ("funds of an unknown denom", execute(Execute { funds: vec![coin(1, "ufoo")], ..good() })),
        ("unknown variant", execute(Execute { msg: br#"{"nope":{}}"#.to_vec(), ..good() })),
        ("missing field", execute(Execute { msg: br#"{"contribute":{}}"#.to_vec(), ..good() })),
        ("wrong type", execute(Execute { msg: br#"{"contribute":{"shower":"x"}}"#.to_vec(), ..good() })),
        ("sequence too high", changed(&|draft| draft.signers[0].sequence += 5)),
        ("memo too long", changed(&|draft| draft.body.memo = "m".repeat(257))),
        ("timeout height passed", changed(&|draft| draft.body.timeout_height = 1)),
        ("no messages", changed(&|draft| draft.body.messages.clear())),
        ("no public key", changed(&|draft| draft.signers[0].public_key = None)),
        ("no fee, no gas", changed(&|draft| draft.fee = Fee::default())),
        ("no sign mode", changed(&|draft| draft.signers[0].mode_info = None)),
        ("sign mode unspecified", changed(&|draft| mode(&mut draft.signers[0], 0))),
        ("unknown account", nobody.draft(vec![any(&send(&nobody.address, &me.address, 1))])),
        ("send: insufficient funds", me.draft(vec![any(&send(&me.address, &nobody.address, u128::MAX))])),
        ("unknown code", instantiate(99)),
        ("instantiate: bad message", instantiate(1)),
        ("migrate without admin", migrate(shower, 1)),
        ("migrate: unknown contract", migrate(&nobody.address, 1)),
        (
            "unknown message type",
            me.draft(vec![Any { type_url: "/meteor.v1.MsgNothing".into(), value: vec![] }]),
        ),
        (
            "second message fails",
            me.draft(vec![
                any(&good()),
                any(&Execute { msg: br#"{"pause":{}}"#.to_vec(), funds: vec![], ..good() }),
            ]),
        ),
    ];
    for (name, draft) in list {
        said.insert(format!("simulate: {name}"), simulate(site, &draft.unsigned()).await);
    }
    said.insert("simulate: malformed".into(), simulate(site, b"nonsense").await);
    said.insert(
        "simulate: no signatures".into(),
        simulate(site, &execute(good()).raw(Vec::new()).encode_to_vec()).await,
    );
}

/// Errors of the RPC itself.
async fn calls(site: &Site<'_>, said: &mut Answers) {
    let hash = cosmwasm_std::Binary::from([7; 32]).to_base64();
    let list = [
        ("tx: none", "tx", json!({"hash": hash})),
        ("tx: no hash", "tx", json!({})),
        ("tx: no base64", "tx", json!({"hash": "?"})),
        ("block: to come", "block", json!({"height": "99999999"})),
        ("block: zero", "block", json!({"height": "0"})),
        ("block: negative", "block", json!({"height": "-1"})),
        ("block: no number", "block", json!({"height": "x"})),
        ("block_results: to come", "block_results", json!({"height": "99999999"})),
        ("commit: to come", "commit", json!({"height": "99999999"})),
        ("blockchain: backwards", "blockchain", json!({"minHeight": "2", "maxHeight": "1"})),
        ("blockchain: negative", "blockchain", json!({"minHeight": "-2", "maxHeight": "-1"})),
        ("validators: to come", "validators", json!({"height": "99999999"})),
        ("no such method", "nope", json!({})),
        ("params that are none", "block", json!("x")),
        ("broadcast nothing", "broadcast_tx_sync", json!({})),
        ("broadcast no base64", "broadcast_tx_sync", json!({"tx": "?"})),
        ("abci_query: no hex", "abci_query", json!({"path": "/x", "data": "xyz"})),
    ];
    for (name, method, params) in list {
        said.insert(format!("call {name}"), error(&site.rpc(method, params).await));
    }
}
