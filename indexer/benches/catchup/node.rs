//! A node in a process of its own, so that the indexer's has nothing but the indexer in it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::limit::Limit;
use crate::link::Link;
use crate::recorded::{GENERATIONS, Recorded};
use crate::{chain, runtime};

/// The process, stopped when this is dropped.
pub(crate) struct Node {
    process: Child,
    /// Where it answers.
    pub(crate) url: String,
}

impl Node {
    /// Starts one with such a chain (see [`crate::recorded::Generation::chain`]) that takes `rate` requests a second,
    /// or any number if that is 0, over a link of `bits` a second, or of any number.
    pub(crate) fn start(
        generation: u64,
        [blocks, per_block, wallets]: [u64; 3],
        rate: u64,
        bits: u64,
    ) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .arg("--node")
            .args([generation, blocks, per_block, wallets, rate, bits].map(|number| number.to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { process, url: url.trim().to_owned() }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the node's process has.
struct Served {
    chain: Vec<Recorded>,
    limit: Option<Mutex<Limit>>,
    link: Option<Arc<Link>>,
}

/// Is a node for as long as the process lives.
pub(crate) fn run(numbers: &[u64]) {
    let &[generation, blocks, per_block, wallets, rate, bits] = numbers else { panic!("{numbers:?}") };
    let chain = GENERATIONS[generation as usize].chain(blocks, per_block, wallets);
    let limit = (rate > 0).then(|| Mutex::new(Limit::of(rate as f64)));
    let link = (bits > 0).then(|| Arc::new(Link::of(bits as f64)));
    let served = Arc::new(Served { chain, limit, link });
    let app = Router::new()
        .route("/", post(answer))
        .route("/limit", get(counts))
        .route("/link", get(carried))
        .with_state(served);
    runtime().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        axum::serve(listener, app).await.unwrap();
    });
}

/// The requests that the limit let through, and those that it did not.
async fn counts(State(served): State<Arc<Served>>) -> String {
    let limit = served.limit.as_ref().unwrap().lock().unwrap();
    format!("{} requests and {} refused", limit.taken, limit.refused)
}

/// The bytes that the link carried, and those that headers and results of all blocks have.
async fn carried(State(served): State<Arc<Served>>) -> String {
    let needed: usize = served.chain.iter().map(|block| block.meta.len() + block.results.len()).sum();
    format!("{} {needed}", served.link.as_ref().unwrap().sent.load(Ordering::Relaxed))
}

async fn answer(State(served): State<Arc<Served>>, body: String) -> Result<Body, StatusCode> {
    if served.limit.as_ref().is_some_and(|limit| !limit.lock().unwrap().take()) {
        return Err(StatusCode::TOO_MANY_REQUESTS);
    }
    let answer = match serde_json::from_str(&body).unwrap() {
        Value::Array(requests) => {
            let answers: Vec<_> = requests.iter().map(|request| one(&served.chain, request)).collect();
            format!("[{}]", answers.join(","))
        }
        request => one(&served.chain, &request),
    };
    Ok(match &served.link {
        Some(link) => link.carry(answer),
        None => answer.into(),
    })
}

fn one(chain: &[Recorded], request: &Value) -> String {
    let asked = |key: &str| request["params"][key].as_str().unwrap().parse::<usize>().unwrap();
    let result = match request["method"].as_str().unwrap() {
        "abci_info" => json!({ "response": { "last_block_height": chain.len().to_string() } }).to_string(),
        "status" => json!({ "node_info": { "network": chain::CHAIN, "version": "0.38.21" } }).to_string(),
        "blockchain" => {
            let metas = chain[asked("minHeight") - 1..asked("maxHeight").min(chain.len())].iter().rev();
            let metas: Vec<_> = metas.map(|block| block.meta.as_str()).collect();
            format!(r#"{{"block_metas":[{}]}}"#, metas.join(","))
        }
        "block_results" => chain[asked("height") - 1].results.clone(),
        other => {
            let error = json!({ "code": -32601, "message": "Method not found", "data": other });
            return format!(r#"{{"jsonrpc":"2.0","id":{},"error":{error}}}"#, request["id"]);
        }
    };
    format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, request["id"])
}
