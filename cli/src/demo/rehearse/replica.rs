//! A replica of the public server in a process of its own, so that it can be killed as a machine's loss kills it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meteor_chain::http;
use meteor_operator::jobs::Deployment;

use crate::chain::Chain;

/// The longest that a replica may take to be ready.
const LONGEST: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(50);

/// A replica that runs.
pub(super) struct Replica {
    child: Child,
    /// Address of page and API.
    pub(super) api: String,
    /// Address of health and metrics.
    pub(super) admin: String,
}

impl Replica {
    /// Starts one that keeps what it learns in `folder`/store, with health and metrics at `admin` or at any free port, and
    /// waits until it is ready; answers also with how long that took.
    pub(super) async fn start(
        chain: &Chain,
        deployment: &Deployment,
        folder: &Path,
        admin: Option<&str>,
    ) -> Result<(Self, Duration)> {
        let start = Instant::now();
        let file = |name: &str| folder.join(name);
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["serve", "--node", &chain.rpc, "--contract", &deployment.shower]);
        command.args(["--start-height", &deployment.height.to_string()]);
        let admin = admin.map_or("127.0.0.1:0", |url| url.trim_start_matches("http://"));
        command.args(["--listen", "127.0.0.1:0", "--admin-listen", admin]);
        command.arg("--store").arg(file("store")).arg("--catalogue").arg(file("catalogue.csv"));
        command.arg("--tables").arg(file("tables.json"));
        // In a folder of its own: neither a deployment file nor meteor.toml of another event must be found.
        command.current_dir(folder).env_clear();
        let log = std::fs::File::create(file("replica.log"))?;
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn()?;
        // From here on it ends with this, whatever happens.
        let mut replica = Self { child, api: String::new(), admin: String::new() };
        let out = replica.child.stdout.take().context("a replica without output")?;
        let first = tokio::task::spawn_blocking(move || BufReader::new(out).lines().next());
        let first = tokio::time::timeout(LONGEST, first).await.with_context(|| last_words(folder))??;
        let line = first.with_context(|| last_words(folder))??;
        let mut addresses = line.split_whitespace().filter(|word| word.starts_with("http://"));
        let mut next = || addresses.next().map(ToOwned::to_owned).context("a replica that says no address");
        (replica.api, replica.admin) = (next()?, next()?);
        while http::get(&format!("{}/readyz", replica.admin)).await.is_err() {
            ensure!(start.elapsed() < LONGEST, "the replica is not ready: {}", last_words(folder));
            tokio::time::sleep(LOOK).await;
        }
        Ok((replica, start.elapsed()))
    }

    /// Kills it as kill -9 does. It can put nothing away.
    pub(super) fn kill(&mut self) -> Result<()> {
        self.child.kill().context("killing the replica")?;
        self.child.wait().context("waiting for the replica's end")?;
        Ok(())
    }

    /// What it serves at `path`.
    pub(super) async fn serves(&self, path: &str) -> Result<Vec<u8>> {
        let url = format!("{}{path}", self.api);
        http::get(&url).await.with_context(|| format!("asking {url}"))
    }

    /// Whether its metrics can be scraped.
    pub(super) async fn is_scraped(&self) -> bool {
        http::get(&format!("{}/metrics", self.admin)).await.is_ok()
    }

    /// Waits until it has applied block `height`.
    pub(super) async fn reaches(&self, height: u64) -> Result<()> {
        let start = Instant::now();
        while self.height().await? < height {
            ensure!(start.elapsed() < LONGEST, "the replica does not reach height {height}");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// How far it is, by its metrics.
    async fn height(&self) -> Result<u64> {
        let page = http::get(&format!("{}/metrics", self.admin)).await.context("asking for metrics")?;
        let page = String::from_utf8_lossy(&page).into_owned();
        let line =
            page.lines().find_map(|line| line.strip_prefix("indexer_applied_height ")?.split('.').next());
        line.and_then(|value| value.trim().parse().ok()).context("a replica that doesn't say how far it is")
    }
}

/// The last line of a replica's log.
fn last_words(folder: &Path) -> String {
    let log = std::fs::read_to_string(folder.join("replica.log")).unwrap_or_default();
    log.lines().next_back().unwrap_or("it said nothing").to_owned()
}

impl Drop for Replica {
    fn drop(&mut self) {
        // A rehearsal that ends early must not leave it behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
