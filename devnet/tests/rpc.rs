//! The transports: POST, batches, GET, WebSocket.

use crate::common;

use crate::common::{Client, Envelope, start, start_with};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures::{SinkExt, StreamExt};
use meteor_devnet::{Blocks, Config};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn the_status_says_what_clients_need_to_connect() {
    let client = start().await;
    let status = client.rpc("status", json!({})).await;
    assert_eq!(status["node_info"]["version"], "0.38.21");
    assert_eq!(status["node_info"]["network"], "dev-1");
    assert_eq!(status["sync_info"]["latest_block_height"], "1");
    assert_eq!(status["sync_info"]["catching_up"], false);
    assert_eq!(status["validator_info"]["pub_key"]["type"], "tendermint/PubKeyEd25519");
    assert_eq!(client.rpc("health", json!({})).await, json!({}));
    assert_eq!(client.rpc("net_info", json!({})).await["n_peers"], "0");
    assert_eq!(client.rpc("genesis", json!({})).await["genesis"]["chain_id"], "dev-1");
    let params = client.rpc("consensus_params", json!({})).await;
    assert_eq!(params["consensus_params"]["block"]["max_gas"], "-1");
    assert_eq!(client.rpc("validators", json!({})).await["total"], "1");
}

#[tokio::test]
async fn batches_ids_notifications_and_errors() {
    let client = start().await;
    let call = |id: Value, method: &str| json!({ "jsonrpc": "2.0", "id": id, "method": method });
    let batch = json!([call(json!("a"), "health"), call(json!(2), "nope"), {"method": "health"}]);
    let answers = client.post(&batch).await;
    assert_eq!(answers.as_array().unwrap().len(), 2, "a notification gets no answer");
    assert_eq!(answers[0], json!({ "jsonrpc": "2.0", "id": "a", "result": {} }));
    assert_eq!(answers[1]["error"], json!({ "code": -32601, "message": "Method not found" }));
    let one = client.post(&json!([call(json!(5), "health")])).await;
    assert_eq!(one["id"], 5, "CometBFT answers a batch of one without the array");
    let many: Vec<_> = (0..11).map(|id| call(json!(id), "health")).collect();
    let answer = client.post(&many.into()).await;
    assert_eq!(answer["error"]["data"], "batch request exceeds maximum (10) allowed number of requests");
    let answer = client.raw("block", json!({ "height": "x" })).await;
    assert_eq!(answer["error"]["code"], -32602);
    let array = client.raw("block", json!(["1"])).await;
    assert_eq!(array["result"]["block"]["header"]["height"], "1");
}

#[tokio::test]
async fn the_get_form() {
    let client = start().await;
    let get = async |path: &str| {
        let response = client.http.get(format!("{}{path}", client.devnet.rpc_url())).send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let (status, answer) = get("/status").await;
    assert_eq!((status, &answer["id"]), (200, &json!(-1)));
    assert_eq!(answer["result"]["node_info"]["network"], "dev-1");
    assert_eq!(get("/block?height=1").await.1["result"]["block"]["header"]["height"], "1");
    assert_eq!(get("/block?height=%221%22").await.0, 200);
    let (status, answer) = get("/block?height=9").await;
    assert_eq!(status, 500);
    assert!(answer["error"]["data"].as_str().unwrap().contains("must be less than or equal"));
    assert_eq!(get("/tx?hash=0xAA").await.1["error"]["data"], "tx (AA) not found");
    assert_eq!(get("/nope").await.0, 404);
    assert_eq!(get("/dev_mine?blocks=1").await.0, 404, "a link must not change the chain");
    assert_eq!(client.devnet.tip().await.unwrap().height, 1);
    let query = format!("/abci_query?path=%22/cosmos.bank.v1beta1.Query/TotalSupply%22&data=0x{}", "");
    assert_eq!(get(&query).await.1["result"]["response"]["code"], 0);
}

#[tokio::test]
async fn a_get_may_have_bare_quotes_and_a_text_must_have_quotes() {
    let client = start().await;
    let addr = client.devnet.rpc_url().replace("http://", "");
    // HTTP clients escape quotes, so this is written by hand, as curl writes it.
    let mut stream = tokio::net::TcpStream::connect(addr).await.unwrap();
    let mut said = String::new();
    for (query, close) in
        [("tx_search?query=\"tx.height>0\"", "keep-alive"), ("tx_search?query=tx.height=1", "close")]
    {
        let request = format!("GET /{query} HTTP/1.1\r\nHost: x\r\nConnection: {close}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
    }
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.contains(r#""result":{"total_count":"0","txs":[]}"#), "{said}");
    let words =
        "error converting http params to arguments: invalid character 'x' in literal true (expecting 'r')";
    assert!(said.contains(words) && said.contains("-32602"), "{said}");
}

#[tokio::test]
async fn browsers_may_ask_from_anywhere() {
    let client = start().await;
    for url in [client.devnet.rpc_url(), client.devnet.rest_url()] {
        let request = client
            .http
            .request(reqwest::Method::OPTIONS, url)
            .header("origin", "https://example.org")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["access-control-allow-origin"], "*");
    }
}

#[tokio::test]
async fn broadcast_commit_waits_for_the_block() {
    let client = start_with(Config { blocks: Blocks::OnTx, ..common::config() }).await;
    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 5)], &Envelope::default()).await;
    let answer = client.rpc("broadcast_tx_commit", json!({ "tx": BASE64.encode(&bytes) })).await;
    assert_eq!((&answer["check_tx"]["code"], &answer["tx_result"]["code"]), (&json!(0), &json!(0)));
    assert_eq!(answer["height"], "2");
    let bad = Envelope { sequence: Some(9), ..Envelope::default() };
    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 5)], &bad).await;
    let answer = client.rpc("broadcast_tx_commit", json!({ "tx": BASE64.encode(&bytes) })).await;
    assert_eq!((&answer["check_tx"]["code"], &answer["height"]), (&json!(32), &json!("0")));
    let good = Envelope { memo: "async".into(), ..Envelope::default() };
    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 5)], &good).await;
    let answer = client.rpc("broadcast_tx_async", json!({ "tx": BASE64.encode(&bytes) })).await;
    assert_eq!(answer["code"], 0);
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(client: &Client) -> Socket {
    let url = format!("{}/websocket", client.devnet.rpc_url().replace("http", "ws"));
    tokio_tungstenite::connect_async(url).await.unwrap().0
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Message::text(message.to_string())).await.unwrap();
}

async fn hear(socket: &mut Socket) -> Value {
    let message = socket.next().await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_websocket_answers_calls_and_sends_events() {
    let client = start().await;
    let mut socket = connect(&client).await;
    say(&mut socket, json!({ "jsonrpc": "2.0", "id": "s", "method": "status", "params": {} })).await;
    assert_eq!(hear(&mut socket).await["result"]["node_info"]["network"], "dev-1");
    // Keplr sends the query in an array.
    let query = "tm.event='NewBlock'";
    say(&mut socket, json!({ "id": 1, "method": "subscribe", "params": [query] })).await;
    assert_eq!(hear(&mut socket).await, json!({ "jsonrpc": "2.0", "id": 1, "result": {} }));
    client.devnet.mine(1).await.unwrap();
    let event = hear(&mut socket).await;
    assert_eq!((&event["id"], &event["result"]["query"]), (&json!(1), &json!(query)));
    assert_eq!(event["result"]["data"]["type"], "tendermint/event/NewBlock");
    assert_eq!(event["result"]["data"]["value"]["block"]["header"]["height"], "2");
    say(&mut socket, json!({ "id": 2, "method": "subscribe", "params": [query] })).await;
    assert_eq!(hear(&mut socket).await["error"]["data"], "already subscribed");
    say(&mut socket, json!({ "id": 3, "method": "unsubscribe", "params": { "query": query } })).await;
    assert_eq!(hear(&mut socket).await["result"], json!({}));

    let bytes = client.sign(1, vec![client.send(1, &client.address(2), 5)], &Envelope::default()).await;
    let answer = client.broadcast(&bytes).await;
    let hash = answer["hash"].as_str().unwrap();
    let query = format!("tm.event='Tx' AND tx.hash='{hash}'");
    say(&mut socket, json!({ "id": 4, "method": "subscribe", "params": [query] })).await;
    hear(&mut socket).await;
    client.devnet.mine(1).await.unwrap();
    let event = hear(&mut socket).await;
    assert_eq!(event["result"]["data"]["type"], "tendermint/event/Tx");
    let value = &event["result"]["data"]["value"]["TxResult"];
    assert_eq!((&value["height"], &value["result"]["code"]), (&json!("3"), &json!(0)));
    assert_eq!(event["result"]["events"]["tx.hash"], json!([hash]));

    say(&mut socket, json!({ "id": 5, "method": "subscribe", "params": ["nonsense"] })).await;
    assert!(hear(&mut socket).await["error"]["data"].as_str().unwrap().starts_with("failed to parse query"));
    socket.send(Message::text("{")).await.unwrap();
    assert_eq!(hear(&mut socket).await["error"]["code"], -32700);
    say(&mut socket, json!({ "id": 6, "method": "unsubscribe_all", "params": {} })).await;
    assert_eq!(hear(&mut socket).await["result"], json!({}));
}
