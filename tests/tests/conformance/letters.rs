//! Addresses in upper case, and what a GET's text must look like.

use cosmos_sdk_proto::cosmos::auth::v1beta1::QueryAccountRequest;
use cosmos_sdk_proto::cosmos::bank::v1beta1::QueryBalanceRequest;
use cosmos_sdk_proto::cosmwasm::wasm::v1::{
    MsgExecuteContract as Execute, QueryContractInfoRequest, QueryRawContractStateRequest,
    QuerySmartContractStateRequest,
};
use serde_json::json;

use super::Answers;
use super::refusals::{contribute, send};
use super::said::{error, events, verdict};
use super::site::Site;
use super::wallet::{Wallet, any};

/// The same account, contract and recipient in the other case, and GETs.
pub(crate) async fn list(site: &Site<'_>, said: &mut Answers) {
    let mut me = Wallet::open(site.stage, 7).await;
    let (shower, loud) = (site.stage.deployment.shower.to_uppercase(), me.address.to_uppercase());
    let denom = "uusd".to_owned();
    let query_data = br#"{"config":{}}"#.to_vec();
    let answers = [
        (
            "account",
            site.query("/cosmos.auth.v1beta1.Query/Account", &QueryAccountRequest { address: loud.clone() })
                .await,
        ),
        (
            "balance",
            site.query(
                "/cosmos.bank.v1beta1.Query/Balance",
                &QueryBalanceRequest { address: loud.clone(), denom },
            )
            .await,
        ),
        (
            "contract",
            site.query(
                "/cosmwasm.wasm.v1.Query/ContractInfo",
                &QueryContractInfoRequest { address: shower.clone() },
            )
            .await,
        ),
        (
            "smart",
            site.query(
                "/cosmwasm.wasm.v1.Query/SmartContractState",
                &QuerySmartContractStateRequest { address: shower.clone(), query_data: query_data.clone() },
            )
            .await,
        ),
        (
            "raw",
            site.query(
                "/cosmwasm.wasm.v1.Query/RawContractState",
                &QueryRawContractStateRequest {
                    address: shower.clone(),
                    query_data: b"contract_info".to_vec(),
                },
            )
            .await,
        ),
    ];
    for (name, answer) in answers {
        let found = !answer["value"].as_str().unwrap_or_default().is_empty();
        said.insert(format!("upper case: {name}"), json!([verdict(&answer), found]));
    }
    let call = contribute(site, &loud, 9_000_000);
    let call = Execute { contract: shower, ..call };
    let nobody = Wallet::open(site.stage, 8).await.address.to_uppercase();
    let tx = site.run(&mut me, vec![any(&send(&loud, &nobody, 7)), any(&call)], 400_000).await;
    let result = &tx["tx_result"];
    said.insert("upper case: sent and called".into(), json!([verdict(result), events(result, &site.names)]));

    for (name, query) in [
        ("in quotes", "\"tx.height=99999999\""),
        ("bare", "tx.height=99999999"),
        ("in single quotes", "'tx.height=99999999'"),
        ("a number", "5"),
        ("half in quotes", "\"tx.height=99999999"),
        ("nothing", ""),
    ] {
        let (status, answer) = site.get("tx_search", &[("query", query)]).await;
        let answer = if answer["error"].is_null() { answer["result"].clone() } else { error(&answer) };
        said.insert(format!("GET tx_search: {name}"), json!([status, answer]));
    }
}
