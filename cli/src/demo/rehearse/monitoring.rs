//! The monitoring that a rehearsal is watched by: a Prometheus and its Alertmanager, asked as people ask them. An alert
//! counts as fired when Prometheus says so, and as delivered when Alertmanager sent it and no receiver refused.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use meteor_chain::http;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::alertmanager;

/// The alert of a replica that is down, in `ops/prometheus/rules`.
pub(super) const ALERT: &str = "ReplicaDown";
/// The job whose targets it is about.
const JOB: &str = "indexer";
/// The longest that each step may take: the rule waits two minutes, Alertmanager one until it sends a ticket.
const LONGEST: Duration = Duration::from_mins(5);
const LOOK: Duration = Duration::from_millis(500);

/// Where monitoring is found.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Monitoring {
    /// A Prometheus on this machine that runs with ops/prometheus: a replica is lost once more, and the alert must fire
    /// there, reach its receivers and resolve. It takes about five minutes
    #[arg(long, value_name = "URL", requires = "alertmanager", requires = "targets")]
    prometheus: Option<String>,
    /// The Alertmanager that this Prometheus sends its alerts to
    #[arg(long, value_name = "URL", requires = "prometheus")]
    alertmanager: Option<String>,
    /// Where that Prometheus looks for the rehearsal's replica: targets/indexer-rehearsal.yml beside its configuration. A new
    /// file, which is removed at the end
    #[arg(long, value_name = "FILE", requires = "prometheus")]
    targets: Option<PathBuf>,
}

/// Monitoring that answers.
pub(super) struct Open {
    prometheus: String,
    alertmanager: String,
    targets: PathBuf,
}

/// Monitoring that has the replica among its targets until this is dropped.
pub(super) struct Watching<'a> {
    at: &'a Open,
    /// The replica's address of metrics, as Prometheus names it.
    instance: String,
}

/// What Prometheus's API answers.
#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    labels: Labels,
    health: String,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

#[derive(Deserialize)]
struct Alert {
    labels: Labels,
    state: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Labels {
    alertname: String,
    instance: String,
    job: String,
}

/// An alert as Alertmanager has it.
#[derive(Deserialize)]
struct Held {
    labels: Labels,
    receivers: Vec<Receiver>,
    status: Status,
}

#[derive(Deserialize)]
struct Receiver {
    name: String,
}

#[derive(Deserialize)]
struct Status {
    state: String,
}

impl Monitoring {
    /// The monitoring that was named, if any, once it has answered: a wrong address must not be found out in the end.
    pub(super) async fn open(&self) -> Result<Option<Open>> {
        let (Some(prometheus), Some(alertmanager), Some(targets)) =
            (&self.prometheus, &self.alertmanager, &self.targets)
        else {
            return Ok(None);
        };
        // What somebody keeps there, such as the targets of the event itself, is not to be lost.
        ensure!(!targets.exists(), "{} exists: name a new file for --targets", targets.display());
        let base = |url: &str| url.trim_end_matches('/').to_owned();
        let open =
            Open { prometheus: base(prometheus), alertmanager: base(alertmanager), targets: targets.clone() };
        ask::<Answer<Alerts>>(&open.prometheus, "/api/v1/alerts").await?;
        ask::<Vec<Held>>(&open.alertmanager, "/api/v2/alerts").await?;
        Ok(Some(open))
    }
}

impl Open {
    /// Has Prometheus scrape the replica whose metrics are at `admin`, and waits until it does.
    pub(super) async fn watch(&self, admin: &str) -> Result<Watching<'_>> {
        let watching = Watching { at: self, instance: admin.trim_start_matches("http://").to_owned() };
        let instance = &watching.instance;
        let listed =
            format!("# Written by meteor rehearse, which removes it.\n- targets: [\"{instance}\"]\n");
        std::fs::write(&self.targets, listed)
            .with_context(|| format!("writing {}", self.targets.display()))?;
        let scraped = async || {
            let targets: Answer<Targets> = ask(&self.prometheus, "/api/v1/targets?state=active").await?;
            let ours = |target: &&Target| watching.is(&target.labels) && target.labels.job == JOB;
            let found = targets.data.active_targets.iter().find(ours);
            Ok(found.is_some_and(|target| target.health == "up").then_some(()))
        };
        until(scraped).await.with_context(|| {
            format!(
                "Prometheus does not scrape {instance}: does its job {JOB} read {}?",
                self.targets.display()
            )
        })?;
        Ok(watching)
    }
}

impl Watching<'_> {
    fn is(&self, labels: &Labels) -> bool {
        labels.instance == self.instance
    }

    /// Notifications that Alertmanager has sent, and that failed.
    pub(super) async fn sent(&self) -> Result<(u64, u64)> {
        alertmanager::sent(&self.at.alertmanager).await
    }

    /// Waits until the alert fires in Prometheus.
    pub(super) async fn fires(&self) -> Result<()> {
        let firing = async || Ok(self.state().await?.is_some_and(|state| state == "firing").then_some(()));
        until(firing).await.with_context(|| format!("{ALERT} does not fire in {}", self.at.prometheus))
    }

    /// Waits until Alertmanager has the alert and has sent more notifications than `before`, none of which failed. The
    /// receivers.
    pub(super) async fn reaches(&self, before: (u64, u64)) -> Result<String> {
        let held = async || self.held().await;
        let held =
            until(held).await.with_context(|| format!("{ALERT} does not get to {}", self.at.alertmanager))?;
        let (state, names) = (&held.status.state, held.receivers.iter().map(|to| to.name.as_str()));
        let names = names.collect::<Vec<_>>().join(", ");
        ensure!(
            state == "active",
            "Alertmanager keeps {ALERT} back: it is {state}, by a silence or an inhibition"
        );
        let delivered = async || {
            let (sent, failed) = self.sent().await?;
            ensure!(failed <= before.1, "a notification failed: the Alertmanager's log says which");
            Ok((sent > before.0).then_some(()))
        };
        until(delivered).await.with_context(|| format!("{} sends no notification", self.at.alertmanager))?;
        Ok(names)
    }

    /// Waits until neither has the alert any more.
    pub(super) async fn resolves(&self) -> Result<()> {
        let gone = async || Ok((self.state().await?.is_none() && self.held().await?.is_none()).then_some(()));
        until(gone).await.with_context(|| format!("{ALERT} does not resolve"))
    }

    /// What Prometheus says of the alert: pending, firing, or nothing.
    async fn state(&self) -> Result<Option<String>> {
        let alerts: Answer<Alerts> = ask(&self.at.prometheus, "/api/v1/alerts").await?;
        let mut alerts = alerts.data.alerts.into_iter();
        let ours = alerts.find(|alert| alert.labels.alertname == ALERT && self.is(&alert.labels));
        Ok(ours.map(|alert| alert.state))
    }

    /// The alert as Alertmanager has it.
    async fn held(&self) -> Result<Option<Held>> {
        let alerts: Vec<Held> = ask(&self.at.alertmanager, "/api/v2/alerts").await?;
        Ok(alerts.into_iter().find(|held| held.labels.alertname == ALERT && self.is(&held.labels)))
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        // Otherwise the alert would fire for a replica that was never meant to stay.
        let _ = std::fs::remove_file(&self.at.targets);
    }
}

async fn ask<T: DeserializeOwned>(base: &str, path: &str) -> Result<T> {
    let url = format!("{base}{path}");
    let answer = http::get(&url).await.with_context(|| format!("asking {url}"))?;
    serde_json::from_slice(&answer).with_context(|| format!("reading what {url} answers"))
}

/// Asks until there is an answer.
async fn until<T>(ask: impl AsyncFn() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        ensure!(start.elapsed() < LONGEST, "waited {} s in vain", LONGEST.as_secs());
        tokio::time::sleep(LOOK).await;
    }
}
