//! What a clean rebuild answers: the recorded chain folded in this process, and every page at every height.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use meteor_chain::blocks::{self, Header, Results};
use meteor_chain::event::RawEvent;
use meteor_indexer::Config;
use meteor_indexer::api::Front;
use meteor_indexer::app::App;
use meteor_indexer::decode::{Watched, decode};
use meteor_indexer::fold::{Block, Collection, Shower, State, apply};
use meteor_indexer::view::View;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tower_service::Service as _;

use crate::record::{Block as Taped, Recording};

const MOST_BYTES: usize = 64 << 20;

/// An answer: its status and the hash of its body.
pub type Answer = (u16, [u8; 32]);

/// What a clean rebuild answers.
#[derive(Debug)]
pub struct Oracle {
    /// The paths that are asked for.
    pub paths: Vec<String>,
    /// The first height that is read.
    pub start: u64,
    /// The states from there on.
    states: Vec<State>,
    prefix: String,
    app: Arc<App>,
    /// Made once: the routes are many.
    front: Front,
    known: Mutex<HashMap<u64, Arc<Vec<Answer>>>>,
}

impl Oracle {
    /// Folds the recorded chain.
    ///
    /// # Errors
    /// If it can't be folded.
    pub fn new(recording: &Recording) -> Result<Self> {
        let mut config = Config::new(std::slice::from_ref(&recording.rpc), &recording.shower)?;
        config.tables = Some(std::fs::read(&recording.tables)?);
        config.catalogue = Some(std::fs::read(&recording.catalogue)?);
        let prefix = config.prefix.clone();
        let app = App::new(config)?;
        app.health.set_chain_id(&recording.chain_id);
        let (start, top) = (recording.launched, recording.tape.top());
        let mut state = State::new(&recording.chain_id, &recording.shower);
        let mut states = Vec::new();
        for height in start..=top {
            let block = recording.tape.block(height).context("a block")?;
            let (header, results) = read(block, &recording.shower)?;
            let events = decode(&mut Watched::of(&state), &results)?;
            let (time_ns, hash, parent) = (header.time_ns, header.hash, header.parent);
            apply(&mut state, &Block { height, time_ns, hash, parent, events })?;
            states.push(state.clone());
        }
        ensure!(state.alarms.count == 0, "the event itself raises alarms: {:?}", state.alarms);
        let paths = paths(&state);
        let front = Front::new(&app);
        Ok(Self { paths, start, states, prefix, app, front, known: Mutex::default() })
    }

    /// The state at a height.
    pub fn state(&self, height: u64) -> Option<&State> {
        self.states.get(usize::try_from(height.checked_sub(self.start)?).ok()?)
    }

    /// What live connections hear of a contribution, by its sequence number.
    pub fn given(&self, seq: u64) -> Option<[(&'static str, Value); 3]> {
        let state = self.states.last()?;
        let of = |shower: &Arc<Shower>| {
            let given = shower.given.iter().find(|given| given.seq == seq)?;
            let standing = shower.standings.get(usize::try_from(given.slot).ok()?)?;
            let contributor = &state.wallets.get(standing.wallet)?.address;
            Some([
                ("shower", json!(shower.number)),
                ("contributor", json!(contributor)),
                ("amount", json!(given.amount.to_string())),
            ])
        };
        state.showers.iter().find_map(of)
    }

    /// How many events of each name live connections hear of the block at a height.
    pub fn told(&self, height: u64) -> Option<BTreeMap<&'static str, u32>> {
        let mut told = BTreeMap::new();
        for (_, happened) in self.state(height)?.recent.after(height.checked_sub(1)?) {
            let count: &mut u32 = told.entry(happened.name()).or_default();
            *count = count.saturating_add(1);
        }
        for shower in &self.states.last()?.showers {
            let mut before = 0;
            for moment in &shower.moments {
                if moment.height == height {
                    let count: &mut u32 = told.entry("contribution").or_default();
                    *count = count.saturating_add(moment.end.saturating_sub(before));
                }
                before = moment.end;
            }
        }
        Some(told)
    }

    /// What live connections hear of the showers at a height, by number.
    pub fn showers(&self, height: u64) -> Option<BTreeMap<u64, [(&'static str, Value); 4]>> {
        let changed = self.state(height)?.showers.iter().filter(|shower| shower.changed > 0);
        let all = changed.map(|shower| {
            let told = [
                ("contributors", json!(shower.standings.len())),
                ("total", json!(shower.total.to_string())),
                ("minted", json!(shower.minted)),
                ("changed_height", json!(shower.changed)),
            ];
            (shower.number.into(), told)
        });
        Some(all.collect())
    }

    /// All answers at a height, in the order of the paths.
    ///
    /// # Errors
    /// If there is no such height.
    pub async fn at(&self, height: u64) -> Result<Arc<Vec<Answer>>> {
        let mut known = self.known.lock().await;
        if let Some(answers) = known.get(&height) {
            return Ok(Arc::clone(answers));
        }
        let state = self.state(height).with_context(|| format!("there is no height {height}"))?;
        self.app.publish(View::new(state, &self.prefix, None));
        let mut answers = Vec::new();
        for path in &self.paths {
            let (status, body) = self.ask(path).await?;
            answers.push((status, Sha256::digest(&body).into()));
        }
        let answers = Arc::new(answers);
        known.insert(height, Arc::clone(&answers));
        Ok(answers)
    }

    /// The body at a height, to show what differs.
    ///
    /// # Errors
    /// If there is no such height.
    pub async fn body(&self, height: u64, path: &str) -> Result<Bytes> {
        let _alone = self.known.lock().await;
        let state = self.state(height).with_context(|| format!("there is no height {height}"))?;
        self.app.publish(View::new(state, &self.prefix, None));
        Ok(self.ask(path).await?.1)
    }

    async fn ask(&self, path: &str) -> Result<(u16, Bytes)> {
        let request = Request::get(path).body(Body::empty())?;
        let response = self.front.clone().call(request).await?;
        let status = response.status().as_u16();
        Ok((status, to_bytes(response.into_body(), MOST_BYTES).await?))
    }
}

/// A recorded block, as the indexer reads it.
fn read(block: &Taped, shower: &str) -> Result<(Header, Results)> {
    let metas = json!({ "id": 1, "result": { "block_metas": [block.meta] } }).to_string();
    let header = blocks::headers(metas.as_bytes(), 1)?.pop().context("a header")?;
    let results = json!([{ "id": header.height, "result": block.results }]).to_string();
    let keep = |event: &RawEvent<'_>| event.of_a_contract() || event.pays(shower);
    let results = blocks::results(results.as_bytes(), &[&header], keep)?.pop().context("results")?;
    Ok((header, results))
}

/// Every page of the event, as far as it depends on the chain alone.
fn paths(state: &State) -> Vec<String> {
    let mut paths: Vec<String> = [
        "config",
        "showers",
        "telescope",
        "fairness",
        "fairness/tables",
        "catalogue",
        "unasked",
        "nfts?state=cracking",
        "unasked?after=1&limit=1",
    ]
    .map(|path| format!("/v1/{path}"))
    .into();
    for shower in 1..=state.showers.len() {
        let of = format!("/v1/showers/{shower}");
        for page in [
            "",
            "/floors",
            "/odds",
            "/ranking",
            "/ranking?after=3&limit=7",
            "/quote?amount=11000000",
            "/quote?tier=ancient",
            "/reveals",
            "/contributions.csv",
        ] {
            paths.push(format!("{of}{page}"));
        }
    }
    for collection in Collection::ALL {
        let of = format!("/v1/nfts/{}", collection.name());
        paths.push(of.clone());
        paths.push(format!("{of}?limit=2"));
        paths.push(format!("/v1/nfts?collection={}&tier=rare", collection.name()));
        for id in state.collections.of(collection).order().iter().step_by(5) {
            paths.push(format!("{of}/{id}"));
        }
    }
    for wallet in (0..state.wallets.len()).step_by(2) {
        let wallet = u32::try_from(wallet).ok().and_then(|wallet| state.wallets.get(wallet));
        for address in wallet.into_iter().map(|wallet| &wallet.address) {
            paths.push(format!("/v1/wallets/{address}"));
            paths.push(format!("/v1/caves/{address}"));
        }
    }
    paths
}
