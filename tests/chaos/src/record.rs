//! Records an event on the dev chain: every header and every block's results, as its node serves them. And a fork of
//! it that is a chain in its own right.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use cosmwasm_std::{Uint128, coin};
use meteor_chain::hashes;
use meteor_messages::shower::ExecuteMsg;
use meteor_messages::{hatchery, nft};
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Batches, Hatcher, MintProgress};
use meteor_operator::tx;
use meteor_rules::ShowerId;
use meteor_tests::Stage;
use meteor_tests::crowd::Crowd;
use serde_json::{Value, json};

const UST: u128 = 1_000_000;
/// Wallets in shower 1, besides four of the dev chain's accounts.
const CROWD: usize = 40;
/// Blocks without transactions at the end, so that the chain still moves when all faults are over.
const LAST: u32 = 160;
/// Headers in a request.
const WINDOW: u64 = 20;

/// A chain as a node serves it.
#[derive(Clone, Debug)]
pub struct Tape {
    blocks: Vec<Block>,
}

/// A block as a node serves it.
#[derive(Clone, Debug)]
pub struct Block {
    /// From `blockchain`.
    pub meta: Value,
    /// From `block_results`.
    pub results: Value,
}

impl Tape {
    /// Height of its last block.
    pub fn top(&self) -> u64 {
        u64::try_from(self.blocks.len()).unwrap_or_default()
    }

    /// The block at `height` (from 1).
    pub fn block(&self, height: u64) -> Option<&Block> {
        self.blocks.get(usize::try_from(height.checked_sub(1)?).ok()?)
    }

    /// The same chain started again: the same id and the same transactions, and no block that is the same.
    fn restarted(&self, length: usize) -> Result<Self> {
        let mut parent = String::new();
        let mut blocks = self.blocks.get(..length).context("a length")?.to_vec();
        for block in &mut blocks {
            let header = block.meta.get_mut("header").context("a header")?;
            set(header, "app_hash", json!("C0".repeat(32)))?;
            if !parent.is_empty() {
                let of = header.get_mut("last_block_id").context("a parent")?;
                set(of, "hash", json!(parent))?;
            }
            parent = hex::encode_upper(hashes::header(header.to_string().as_bytes())?);
            let id = block.meta.get_mut("block_id").context("an id")?;
            set(id, "hash", json!(parent))?;
        }
        Ok(Self { blocks })
    }
}

/// Changes a field of an object.
pub fn set(object: &mut Value, field: &str, value: Value) -> Result<()> {
    object.as_object_mut().context("an object")?.insert(field.to_owned(), value);
    Ok(())
}

/// The chain, its fork, and what indexers need to know of the event.
#[derive(Debug)]
pub struct Recording {
    /// The event, to its end.
    pub tape: Tape,
    /// The same up to the middle of shower 1, then other contributions.
    pub fork: Tape,
    /// Another chain under the same id.
    pub restarted: Tape,
    /// The chain's id.
    pub chain_id: String,
    /// The shower contract.
    pub shower: String,
    /// Height of the launch.
    pub launched: u64,
    /// The tables' file.
    pub tables: PathBuf,
    /// The catalogue's file.
    pub catalogue: PathBuf,
    /// Where the dev chain goes on: it answers queries at past heights.
    pub rpc: String,
}

/// Holds the event and records it; writes its files into `folder`. The dev chain goes on for queries.
///
/// # Errors
/// If the event fails.
pub async fn record(folder: &Path) -> Result<(Arc<Recording>, Stage)> {
    let stage = Stage::start(4).await;
    let rpc = Rpc { url: stage.chain.rpc.clone(), http: reqwest::Client::new() };
    let crowd = first_half(&stage).await?;

    // The fork: the chain goes on differently, is recorded, and goes back.
    let id = rpc.ask("dev_snapshot", json!({})).await?;
    for (index, amount) in [(4, 21), (5, 22), (6, 23), (7, 24), (4, 25), (5, 26)] {
        stage.contribute(index, 1, amount * UST).await.context("contributing on the fork")?;
    }
    rpc.ask("dev_mine", json!({ "blocks": LAST })).await?;
    let fork = rpc.tape().await?;
    rpc.ask("dev_revert", id).await?;

    second_half(&stage, &crowd).await?;
    rpc.ask("dev_mine", json!({ "blocks": LAST })).await?;
    let tape = rpc.tape().await?;
    let tables = folder.join("tables.json");
    std::fs::write(&tables, meteor_cli::preset::tables(&stage.preset)?)?;
    let catalogue = folder.join("catalogue.csv");
    let text = meteor_rules::catalogue::file::write(&stage.catalogue, &stage.preset.meteors.template);
    std::fs::write(&catalogue, text)?;
    let restarted = tape.restarted(tape.blocks.len() / 3)?;
    let chain_id = stage.node.status().await?.chain_id;
    let (shower, launched) = (stage.deployment.shower.clone(), stage.deployment.height);
    let rpc = stage.chain.rpc.clone();
    let recording = Recording { tape, fork, restarted, chain_id, shower, launched, tables, catalogue, rpc };
    Ok((Arc::new(recording), stage))
}

/// Up to the middle of shower 1.
async fn first_half(stage: &Stage) -> Result<Vec<String>> {
    let contract = &stage.deployment.shower;
    let mut owner = stage.account(1).await;
    let minimum = ExecuteMsg::SetMinimum { from_shower: 3, minimum: Uint128::new(9 * UST) };
    owner.execute(contract, &minimum, &[]).await?;
    let mut stranger = stage.account(0).await;
    // In the order of their denoms, as the SDK wants them.
    let coins = [coin(5, "uluna"), coin(3 * UST, "uusd")];
    let gift = tx::send(stranger.address(), contract, &coins);
    stranger.send(vec![gift]).await?;
    stage.open(1).await;
    let crowd = Crowd::fund(stage, CROWD).await?;
    let addresses = crowd.addresses();
    crowd.contribute(stage).await?;
    for index in 4..8 {
        stage.contribute(index, 1, (10 + u128::from(index)) * UST).await?;
    }
    let mut guardian = stage.account(3).await;
    guardian.execute(contract, &ExecuteMsg::Pause {}, &[]).await?;
    owner.execute(contract, &ExecuteMsg::Resume {}, &[]).await?;
    for index in (4..8).cycle().take(18) {
        stage.contribute(index, 1, 2 * UST).await?;
    }
    Ok(addresses)
}

/// From the middle of shower 1 to the end of the event.
async fn second_half(stage: &Stage, crowd: &[String]) -> Result<()> {
    let contract = &stage.deployment.shower;
    for index in (4..8).cycle().take(18) {
        stage.contribute(index, 1, UST + u128::from(index)).await?;
    }
    stage.end(1).await;
    for index in (4..8).cycle().take(18) {
        stage.contribute(index, 2, 9 * UST + u128::from(index)).await?;
    }
    stage.close_and_draw(1).await;
    for upto in [7, 20, 44] {
        some(stage, &mut stage.account(2).await, 1, upto).await?;
    }
    // The accounts gave the most: ranks 1 to 4 are theirs.
    let meteors = stage.meteors();
    for token in 1..=3 {
        let owner = meteors.owner_of(token).await?;
        for index in 4..8 {
            if stage.account(index).await.address() == owner {
                stage.crack(index, token).await?;
            }
        }
    }
    let mut worker = stage.account(2).await;
    let mut hatcher = Hatcher::new(stage.sealer(&stage.keys));
    let round = hatcher.round(&mut worker).await?;
    ensure!(round.revealed.len() == 3, "three are revealed: {round:?}");
    let fourth = meteors.owner_of(4).await?;
    for index in 4..8 {
        let mut account = stage.account(index).await;
        if account.address() == fourth {
            let recipient = crowd.first().context("a crowd")?.clone();
            let gift = nft::ExecuteMsg::TransferNft { recipient, token_id: "4".into() };
            account.execute(&stage.deployment.meteors, &gift, &[]).await?;
        }
    }
    // Of shower 2 two meteors are minted, and the rest goes back once it is too late.
    stage.end(2).await;
    stage.close_and_draw(2).await;
    some(stage, &mut worker, 2, 2).await?;
    // Shower 3 is cancelled.
    for index in [7, 6, 5] {
        stage.contribute(index, 3, 12 * UST).await?;
    }
    jobs::cancel(&mut stage.account(1).await, contract, 3).await?;
    jobs::refund(&mut stage.account(0).await, contract, 3, |_| ()).await?;
    // Shower 4 is minted, and one of its meteors is cracked, not revealed, and reclaimed.
    stage.end(3).await;
    for index in (4..8).cycle().take(14) {
        stage.contribute(index, 4, 13 * UST + u128::from(index)).await?;
    }
    stage.end(4).await;
    stage.close_and_draw(4).await;
    stage.mint(4).await;
    let mut holder = stage.account(7).await;
    let held = meteors.tokens_of(holder.address()).await?;
    let last: u64 = held.last().context("a meteor")?.parse()?;
    jobs::crack(&mut holder, &stage.deployment, &[last]).await?;
    let now = stage.time().await;
    stage.at(now + stage.preset.crack.reveal_timeout + 1).await;
    let mut stranger = stage.account(0).await;
    let reclaim = hatchery::ExecuteMsg::Reclaim { token_id: last.to_string() };
    stranger.execute(&stage.deployment.hatchery, &reclaim, &[]).await?;
    let late = stage.schedule.closes_at(2).context("an end")? + stage.preset.mint_window;
    if stage.time().await < late {
        stage.at(late).await;
    }
    jobs::refund(&mut stranger, contract, 2, |_| ()).await?;
    for shower in [1, 2, 4] {
        jobs::settle(&mut stranger, contract, shower).await?;
    }
    stage.withdraw().await;
    let last_crack = stage.schedule.closes_at(4).context("an end")? + stage.preset.crack.crack_window;
    stage.at(last_crack + 1).await;
    for shower in [1, 4] {
        jobs::publish_key(&mut worker, &stage.deployment, &stage.keys, shower).await?;
    }
    jobs::settle(&mut stranger, contract, 1).await?;
    let mut owner = stage.account(1).await;
    let to = stranger.address().to_owned();
    let back = ExecuteMsg::ReturnUnasked { to: to.clone(), amount: coin(2 * UST, "uusd") };
    owner.execute(contract, &back, &[]).await?;
    owner.execute(contract, &ExecuteMsg::SetGuardian { address: to }, &[]).await?;
    Ok(())
}

/// Mints meteors of `shower` until there are at least `upto`.
async fn some(stage: &Stage, operator: &mut Account, shower: u32, upto: u32) -> Result<()> {
    let batches = Batches { meteors: usize::try_from(upto)?, ..Batches::default() };
    let enough = |at: MintProgress| {
        if at.minted < upto { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let contract = &stage.deployment.shower;
    jobs::mint_in(batches, operator, contract, ShowerId(shower), &stage.catalogue, enough).await?;
    Ok(())
}

struct Rpc {
    url: String,
    http: reqwest::Client,
}

impl Rpc {
    async fn ask(&self, method: &str, params: Value) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut answer: Value = self.http.post(&self.url).json(&request).send().await?.json().await?;
        ensure!(answer.get("error").is_none(), "{method}: {answer}");
        Ok(answer.get_mut("result").context("a result")?.take())
    }

    /// Everything up to the tip.
    async fn tape(&self) -> Result<Tape> {
        let info = self.ask("abci_info", json!({})).await?;
        let tip = info.pointer("/response/last_block_height").and_then(Value::as_str).context("a tip")?;
        let tip: u64 = tip.parse()?;
        let mut blocks = Vec::new();
        for from in (1..=tip).step_by(usize::try_from(WINDOW)?) {
            let to = tip.min(from + WINDOW - 1);
            let window = json!({ "minHeight": from.to_string(), "maxHeight": to.to_string() });
            let mut answer = self.ask("blockchain", window).await?;
            let metas = answer.get_mut("block_metas").and_then(Value::as_array_mut).context("headers")?;
            for meta in std::mem::take(metas).into_iter().rev() {
                let height = meta.pointer("/header/height").context("a height")?.clone();
                let results = self.ask("block_results", json!({ "height": height })).await?;
                blocks.push(Block { meta, results });
            }
        }
        let tape = Tape { blocks };
        ensure!(tape.top() == tip, "{} of {tip} blocks", tape.top());
        Ok(tape)
    }
}
