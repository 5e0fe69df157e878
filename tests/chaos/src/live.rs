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

    fn event(&self, event: &str, heard: &mut Heard) -> Result<()> {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let (Some(name), Some(data)) = (field("event"), field("data")) else { return Ok(()) };
        let data: Value = serde_json::from_str(data)?;
        let number = |name: &str| data.get(name).and_then(Value::as_u64).context("a number");
        match name {
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
            other => anyhow::bail!("nobody knows {other}"),
        }
        count(&self.tally.heard);
        Ok(())
    }
}
