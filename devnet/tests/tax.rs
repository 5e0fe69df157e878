//! Terra Classic's burn tax: who pays, what arrives, what is burned (table in `docs/devnet.md`).

use crate::common;

use crate::common::{Client, Envelope, any, attribute, events};
use cosmos_sdk_proto::cosmos::bank::v1beta1::{Input, MsgMultiSend, Output};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin;
use cosmrs::Any;
use cosmwasm_std::Decimal;
use meteor_devnet::Config;
use serde_json::{Value, json};

/// Pays for the gas of an envelope exactly: 400,000 at 0.01.
const GAS_FEE: u128 = 4_000;

async fn start() -> Client {
    capped(Config::default().tax_cap).await
}

async fn capped(tax_cap: u128) -> Client {
    let config = Config { burn_tax: Some(Decimal::permille(5)), tax_cap, ..common::config() };
    common::start_with(config).await
}

/// Runs messages with this fee.
async fn run(client: &Client, account: usize, msgs: Vec<Any>, fee: u128) -> Value {
    let envelope = Envelope { fee: vec![(fee, "uusd")], ..Envelope::default() };
    let answer = client.submit(account, msgs, &envelope).await;
    client.included(&answer).await["tx_result"].take()
}

async fn supply(client: &Client) -> u128 {
    let (_, body) = client.rest("/cosmos/bank/v1beta1/supply/by_denom?denom=uusd").await;
    body["amount"]["amount"].as_str().unwrap().parse().unwrap()
}

/// Balances of the accounts and the supply.
async fn holdings(client: &Client, accounts: &[&str]) -> (Vec<u128>, u128) {
    let mut held = Vec::new();
    for account in accounts {
        held.push(client.balance(account, "uusd").await);
    }
    (held, supply(client).await)
}

fn multi_send(client: &Client, outputs: &[(&str, u128)]) -> Any {
    let coins = |amount: u128| vec![Coin { denom: "uusd".into(), amount: amount.to_string() }];
    let total = outputs.iter().map(|(_, amount)| amount).sum();
    let outputs = outputs.iter().map(|(to, amount)| Output { address: (*to).into(), coins: coins(*amount) });
    let inputs = vec![Input { address: client.address(1), coins: coins(total) }];
    let msg = MsgMultiSend { inputs, outputs: outputs.collect() };
    any(&msg)
}

#[tokio::test]
async fn funds_of_a_call_arrive_whole_and_what_a_contract_sends_does_not() {
    let client = start().await;
    let vault = client.instantiate().await;
    let (alice, bob) = (client.address(1), client.address(2));
    let accounts = [alice.as_str(), bob.as_str(), vault.as_str()];
    let before = holdings(&client, &accounts).await;
    let result =
        run(&client, 1, vec![client.execute(1, &vault, json!({"deposit": {}}), 8_000_000)], GAS_FEE).await;
    assert_eq!(result["code"], 0, "{result}");
    assert!(events(&result).iter().all(|(kind, _)| !kind.starts_with("tax")), "{result}");
    let paid = holdings(&client, &accounts).await;
    assert_eq!(paid.0, [before.0[0] - 8_000_000 - GAS_FEE, before.0[1], 8_000_000]);
    assert_eq!(paid.1, before.1);
    assert_eq!(client.smart(&vault, json!({"total": {"address": alice}})).await, "8000000");

    let pay = json!({"pay": {"to": bob, "amount": 1_000_199}});
    let result = run(&client, 1, vec![client.execute(1, &vault, pay, 0)], GAS_FEE).await;
    let after = holdings(&client, &accounts).await;
    // 5000.995 rounded down.
    assert_eq!(after.0, [paid.0[0] - GAS_FEE, paid.0[1] + 995_199, 6_999_801]);
    // Nine tenths are burned.
    assert_eq!(after.1, paid.1 - 4_500);
    assert_eq!(attribute(&result, "tax_payment", "reverse_charge"), "true");
    assert_eq!(attribute(&result, "tax_payment", "tax_amount"), "5000uusd");

    // The same call pays in and sends out. Only what it sends is taxed.
    let pay = json!({"pay": {"to": bob, "amount": 1_000_000}});
    run(&client, 1, vec![client.execute(1, &vault, pay, 1_000_000)], GAS_FEE).await;
    let last = holdings(&client, &accounts).await;
    assert_eq!(last.0, [after.0[0] - GAS_FEE - 1_000_000, after.0[1] + 995_000, 6_999_801]);
    // To a contract by an ordinary transfer: taxed all the same.
    let pay = json!({"pay": {"to": vault, "amount": 1_000}});
    run(&client, 1, vec![client.execute(1, &vault, pay, 0)], GAS_FEE).await;
    assert_eq!(client.balance(&vault, "uusd").await, 6_999_796);
}

#[tokio::test]
async fn a_fee_that_covers_a_tax_nobody_owes_is_not_taken_so_far() {
    let client = start().await;
    let vault = client.instantiate().await;
    let alice = client.address(1);
    let before = client.balance(&alice, "uusd").await;
    let deposit = || vec![client.execute(1, &vault, json!({"deposit": {}}), 8_000_000)];
    let result = run(&client, 1, deposit(), GAS_FEE + 40_000).await;
    assert_eq!(attribute(&result, "tax_refund", "tax_amount"), "40000uusd");
    assert_eq!(attribute(&result, "tx", "fee"), "44000uusd");
    assert_eq!(client.balance(&alice, "uusd").await, before - 8_000_000 - GAS_FEE);
    // One short of gas and tax: all of it is a fee.
    run(&client, 1, deposit(), GAS_FEE + 39_999).await;
    assert_eq!(client.balance(&alice, "uusd").await, before - 16_000_000 - 2 * GAS_FEE - 39_999);
}

#[tokio::test]
async fn a_wallet_s_transfer_is_charged_to_what_arrives_unless_the_fee_covers_it() {
    let client = start().await;
    let (alice, bob) = (client.address(1), client.address(2));
    let accounts = [alice.as_str(), bob.as_str()];
    let before = holdings(&client, &accounts).await;
    let result = run(&client, 1, vec![client.send(1, &bob, 1_000_000)], GAS_FEE + 4_999).await;
    assert_eq!(attribute(&result, "tax_payment", "reverse_charge"), "true");
    let reverse = holdings(&client, &accounts).await;
    assert_eq!(reverse.0, [before.0[0] - 1_000_000 - GAS_FEE - 4_999, before.0[1] + 995_000]);
    assert_eq!(reverse.1, before.1 - 4_500);

    let result = run(&client, 1, vec![client.send(1, &bob, 1_000_000)], GAS_FEE + 5_000).await;
    assert_eq!(attribute(&result, "tax_payment", "reverse_charge"), "false");
    let paid = holdings(&client, &accounts).await;
    assert_eq!(paid.0, [reverse.0[0] - 1_005_000 - GAS_FEE, reverse.0[1] + 1_000_000]);
    assert_eq!(paid.1, reverse.1 - 4_500);
}

#[tokio::test]
async fn a_failed_transaction_pays_gas_but_no_tax() {
    let client = start().await;
    let vault = client.instantiate().await;
    let (alice, bob) = (client.address(1), client.address(2));
    let accounts = [alice.as_str(), bob.as_str()];
    for extra in [0, 5_000] {
        let before = holdings(&client, &accounts).await;
        let msgs = vec![client.send(1, &bob, 1_000_000), client.execute(1, &vault, json!({"fail": {}}), 0)];
        let result = run(&client, 1, msgs, GAS_FEE + extra).await;
        assert_eq!(result["code"], 5, "{result}");
        let after = holdings(&client, &accounts).await;
        assert_eq!(after, (vec![before.0[0] - GAS_FEE, before.0[1]], before.1));
    }
}

#[tokio::test]
async fn a_transfer_to_several() {
    let client = start().await;
    let (alice, bob, carol) = (client.address(1), client.address(2), client.address(3));
    let accounts = [alice.as_str(), bob.as_str(), carol.as_str()];
    let before = holdings(&client, &accounts).await;
    run(&client, 1, vec![multi_send(&client, &[(&bob, 2_000), (&carol, 4_000)])], GAS_FEE).await;
    let after = holdings(&client, &accounts).await;
    assert_eq!(after.0, [before.0[0] - 6_000 - GAS_FEE, before.0[1] + 1_990, before.0[2] + 3_980]);
    assert_eq!(after.1, before.1 - 27);
    // The tax on the sum is 1, on each part 0: the chain refuses what does not add up.
    let result = run(&client, 1, vec![multi_send(&client, &[(&bob, 100), (&carol, 100)])], GAS_FEE).await;
    assert!(result["log"].as_str().unwrap().contains("sum inputs != sum outputs"), "{result}");
    assert_eq!(holdings(&client, &accounts).await.1, after.1);
}

#[tokio::test]
async fn the_rate_can_be_asked_for() {
    let client = start().await;
    let rate: String = client.value("/terra.tax.v1beta1.Query/BurnTaxRate", &(), 0).await;
    assert_eq!(rate, "5000000000000000");
    let rate = json!("0.005000000000000000");
    assert_eq!(client.rest("/terra/tax/v1beta1/burn_tax_rate").await.1, json!({ "tax_rate": rate }));
    let params = client.rest("/terra/tax/v1beta1/params").await.1["params"].take();
    assert_eq!(params["burn_tax_rate"], rate);
    assert_eq!(params["gas_prices"][1], json!({ "denom": "uusd", "amount": "0.010000000000000000" }));

    let untaxed = common::start().await;
    let response = untaxed.abci("/terra.tax.v1beta1.Query/BurnTaxRate", &(), 0).await;
    assert_eq!((&response["code"], &response["codespace"]), (&json!(6), &json!("sdk")));
    assert!(response["log"].as_str().unwrap().contains("unknown query path"), "{response}");
}

#[tokio::test]
async fn of_a_large_transfer_the_tax_takes_the_cap() {
    let client = capped(1_000).await;
    let vault = client.instantiate().await;
    run(&client, 1, vec![client.execute(1, &vault, json!({"deposit": {}}), 8_000_000)], GAS_FEE).await;
    let bob = client.address(2);
    for (amount, tax) in [(199_999, 999), (200_000, 1_000), (5_000_000, 1_000)] {
        let before = client.balance(&bob, "uusd").await;
        let pay = json!({"pay": {"to": bob, "amount": amount}});
        run(&client, 1, vec![client.execute(1, &vault, pay, 0)], GAS_FEE).await;
        assert_eq!(client.balance(&bob, "uusd").await, before + amount - tax);
        // A wallet's transfer too, whoever pays.
        run(&client, 1, vec![client.send(1, &bob, amount)], GAS_FEE + tax - 1).await;
        run(&client, 1, vec![client.send(1, &bob, amount)], GAS_FEE + tax).await;
        assert_eq!(client.balance(&bob, "uusd").await, before + 3 * amount - 2 * tax);
    }
}

#[tokio::test]
async fn the_treasury_answers_as_on_terra_classic() {
    let client = capped(1_000_000).await;
    let cap: String = client.value("/terra.treasury.v1beta1.Query/TaxCap", &"uusd".to_owned(), 0).await;
    assert_eq!(cap, "1000000");
    let no_denom = client.abci("/terra.treasury.v1beta1.Query/TaxCap", &"u".to_owned(), 0).await;
    assert!(no_denom["log"].as_str().unwrap().contains("invalid denom"), "{no_denom}");
    let rate: String = client.value("/terra.treasury.v1beta1.Query/TaxRate", &(), 0).await;
    assert_eq!(rate, "0");
    let path = "/terra/treasury/v1beta1/";
    let rest = async |name: &str| client.rest(&format!("{path}{name}")).await;
    assert_eq!(rest("tax_caps/uusd").await, (200, json!({ "tax_cap": "1000000" })));
    assert_eq!(rest("tax_caps/u").await.0, 400);
    let caps = rest("tax_caps").await.1["tax_caps"].take();
    assert_eq!(caps[1], json!({ "denom": "uusd", "tax_cap": "1000000" }));
    assert_eq!(rest("tax_rate").await.1, json!({ "tax_rate": "0.000000000000000000" }));
    let params = rest("params").await.1["params"].take();
    assert_eq!(params["tax_policy"]["cap"], json!({ "denom": "usdr", "amount": "1000000" }));
    assert_eq!(params["burn_tax_split"], "0.100000000000000000");
    assert_eq!(params["window_long"], "52");

    for name in ["reward_weight", "tax_proceeds", "seigniorage_proceeds"] {
        assert_eq!(rest(name).await.0, 200, "{name}");
    }

    let untaxed = common::start().await;
    assert_eq!(untaxed.rest("/terra/treasury/v1beta1/tax_caps/uusd").await.0, 501);
    assert_eq!(untaxed.rest("/terra/treasury/v1beta1/tax_rate").await.0, 501);
    let response = untaxed.abci("/terra.treasury.v1beta1.Query/TaxCap", &"uusd".to_owned(), 0).await;
    assert!(response["log"].as_str().unwrap().contains("unknown query path"), "{response}");
}

#[tokio::test]
async fn a_fee_is_refused_in_terra_classic_s_words() {
    let client = start().await;
    let bob = client.address(2);
    let refused = async |client: &Client, fee: Vec<(u128, &'static str)>| {
        let envelope = Envelope { fee, ..Envelope::default() };
        client.submit(1, vec![client.send(1, &bob, 1_000_000)], &envelope).await
    };
    let answer = refused(&client, vec![(10, "uusd")]).await;
    assert_eq!((&answer["code"], &answer["codespace"]), (&json!(13), &json!("sdk")));
    let words = r#"insufficient fees; got: "10uusd", required: "4000uluna,4000uusd"(gas) [+ "5000uusd"(tax)]: insufficient fee"#;
    assert_eq!(answer["log"], words);
    let answer = refused(&client, vec![(4_000, "uusd"), (4_000, "uluna")]).await;
    assert_eq!((&answer["code"], &answer["codespace"]), (&json!(111_222), &json!("undefined")));
    assert!(answer["log"].as_str().unwrap().contains("Coins (self) must be sorted"), "{answer}");

    let untaxed = common::start().await;
    let answer = refused(&untaxed, vec![(10, "uusd")]).await;
    assert_eq!(
        answer["log"],
        "insufficient fees; got: 10uusd required: 4000uluna,4000uusd: insufficient fee"
    );
    assert_eq!(refused(&untaxed, vec![(4_000, "uusd"), (4_000, "uluna")]).await["code"], 13);
}
