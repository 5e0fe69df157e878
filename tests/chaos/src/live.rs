//! A live connection: what it hears must add up to what a clean rebuild says at each height.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::oracle::Oracle;
use crate::tally::{Tally, count};

/// The pause before it connects again.
const PAUSE: Duration = Duration::from_millis(100);
/// Events of the chain, each told once.
const CHAIN: [&str; 10] =
    ["contribution", "mint", "transfer", "burn", "crack", "reveal", "reclaim", "refund", "pause", "resume"];
/// Nothing comes for so long: not even what keeps a quiet connection alive, which comes every 15 s.
const QUIET: Duration = Duration::from_secs(20);

/// Listens to one replica.
#[derive(Debug)]
pub struct Live {
    /// The replica.
    pub replica: SocketAddr,
    /// What is right.
    pub oracle: Arc<Oracle>,
    /// What is counted.
    pub tally: Arc<Tally>,
    /// Set when it should end.
    pub stop: Arc<AtomicBool>,
    /// In what to say what was found.
    pub round: String,
}

/// What it has heard.
#[derive(Debug, Default)]
struct Heard {
    /// The last height: the id that it sends when it connects again.
    height: u64,
    /// By number: what it was told of showers.
    showers: BTreeMap<u64, Value>,
    /// Height of this connection's last frame.
    frame: u64,
    /// How many events of each height and name came in this frame.
    told: BTreeMap<u64, BTreeMap<String, u32>>,
    /// Whether this frame says that events are missing.
    missed: bool,
}

impl Live {
    /// Listens until told to stop.
    ///
    /// # Errors
    /// If there is no HTTP client.
    pub async fn run(self) -> Result<()> {
        let http = reqwest::Client::builder().read_timeout(QUIET).build()?;
        let mut heard = Heard::default();
        while !self.stop.load(Ordering::Relaxed) {
            heard.frame = 0;
            heard.told.clear(); // of a frame that broke off; it is told again
            heard.missed = false;
            if self.listen(&http, &mut heard).await.is_err() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    async fn listen(&self, http: &reqwest::Client, heard: &mut Heard) -> Result<()> {
        let mut request = http.get(format!("http://{}/v1/events", self.replica));
        if heard.height > 0 {
            request = request.header("last-event-id", heard.height);
        }
        let mut response = request.send().await?.error_for_status()?;
        let mut text = String::new();
        while let Some(chunk) = response.chunk().await? {
            text.push_str(std::str::from_utf8(&chunk)?);
            while let Some((event, rest)) = text.split_once("\n\n") {
                if let Err(why) = self.event(event, heard) {
                    self.tally.found(format!("{}: live: {why}: {event}", self.round));
                }
                text = rest.to_owned();
            }
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
        }
        Ok(())
    }

    /// Checks that a frame told each event of the blocks after `from` up to `to` once, and no other. Who is new hears of none.
    fn each_once(&self, from: u64, to: u64, told: &BTreeMap<u64, BTreeMap<String, u32>>) -> Result<()> {
        let mut right = BTreeMap::new();
        let first = if from == 0 { to } else { from };
        for height in first.saturating_add(1)..=to {
            let of = self.oracle.told(height).context("there is no such height")?;
            let of: BTreeMap<_, _> = of.into_iter().map(|(name, count)| (name.to_owned(), count)).collect();
            if !of.is_empty() {
                right.insert(height, of);
            }
        }
        ensure!(*told == right, "after {from} the events are {right:?}, and {told:?} were told");
        Ok(())
    }

    fn event(&self, event: &str, heard: &mut Heard) -> Result<()> {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let (Some(name), Some(data)) = (field("event"), field("data")) else { return Ok(()) };
        let data: Value = serde_json::from_str(data)?;
        let number = |name: &str| data.get(name).and_then(Value::as_u64).context("a number");
        if CHAIN.contains(&name) {
            let told = heard.told.entry(number("height")?).or_default();
            let count = told.entry(name.to_owned()).or_default();
            *count = count.saturating_add(1);
        }
        match name {
            "missed" => heard.missed = true,
            "wallet" => drop(number("height")?),
            "contribution" => {
                let right = self.oracle.given(number("seq")?).context("nobody contributed so often")?;
                for (what, right) in right {
                    let given = data.get(what).cloned().unwrap_or_default();
                    ensure!(given == right, "{what} is {right}");
                }
            }
            "shower" => {
                heard.showers.insert(number("shower")?, data.clone());
            }
            "height" => {
                let height = number("height")?;
                ensure!(height >= heard.frame, "height {} was told before", heard.frame);
                heard.frame = height;
                let told = std::mem::take(&mut heard.told);
                if !std::mem::take(&mut heard.missed) {
                    self.each_once(heard.height, height, &told)?;
                }
                // After a restart it may be behind what was heard before: then nothing is told anew.
                if height >= heard.height {
                    heard.height = height;
                    let right = self.oracle.showers(height).context("there is no such height")?;
                    for (shower, given) in &heard.showers {
                        let right = right.get(shower).context("there is no such shower")?;
                        for (what, right) in right {
                            ensure!(
                                given.get(*what) == Some(right),
                                "what was told of the showers is {given}, and {what} is {right}"
                            );
                        }
                    }
                    ensure!(
                        right.len() == heard.showers.len(),
                        "only {} of {} showers were told",
                        heard.showers.len(),
                        right.len()
                    );
                }
            }
            other => ensure!(CHAIN.contains(&other), "nobody knows {other}"),
        }
        count(&self.tally.heard);
        Ok(())
    }
}
