//! What is asked of the chain, the beacon, the public server and the Alertmanager.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use meteor_chain::blocks::{self, Header};
use meteor_chain::contracts::ShowerContract;
use meteor_chain::http;
use meteor_messages::shower::ConfigResponse;
use meteor_operator::beacon::{BeaconClient, BeaconConfig, Network};
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::{self, Deployment, Payable, committed};
use meteor_operator::launch::Record;
use meteor_operator::node::Node;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::metadata::Template;
use serde_json::{Value, json};

use super::list::{Check, Need};
use crate::alertmanager;
use crate::catalogue;
use crate::deploy::Draft;
use crate::evidence::{self, Checksums};

/// Blocks by which a node may be behind another: they are asked one after the other.
const BEHIND: u64 = 10;
/// How long a relay may take to have a round that is due (seconds).
const MOMENT: u64 = 30;
/// How long a test alert may take to every receiver: longer than the groups wait.
const ALERT: Duration = Duration::from_mins(2);
const LOOK: Duration = Duration::from_secs(1);

/// What a proof came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It holds; how that was seen.
    Holds(String),
    /// It does not; why.
    Fails(String),
    /// It can't be told here; why.
    Open(String),
}

/// What the checks are about.
#[derive(Default)]
pub(crate) struct Live {
    /// The launch and its file.
    pub(crate) launch: Option<(PathBuf, Draft)>,
    /// The event, its file and what it holds.
    pub(crate) event: Option<(Record, Deployment)>,
    /// The event's public server.
    pub(crate) site: Option<String>,
    /// Relays of the beacon.
    pub(crate) relays: Vec<String>,
    /// The Alertmanager.
    pub(crate) alertmanager: Option<String>,
    /// Where the catalogue was published; else the public server.
    pub(crate) catalogue: Option<String>,
}

impl Live {
    /// Whether there is what an item needs.
    pub(crate) fn has(&self, need: Need) -> bool {
        match need {
            Need::Chain => self.launch.is_some() || self.event.is_some(),
            Need::Launch => self.launch.is_some(),
            Need::Event => self.event.is_some(),
            Need::Site => self.site.is_some(),
            Need::Alertmanager => self.alertmanager.is_some(),
        }
    }

    /// Makes a check.
    pub(crate) async fn check(&self, check: Check) -> Proof {
        let made = match check {
            Check::Launch => self.as_it_is(),
            Check::Payees => self.payees().await,
            Check::Nodes => self.nodes().await,
            Check::Beacon => self.beacon().await,
            Check::Catalogue => self.published().await,
            Check::Code => self.code().await,
            Check::Site => self.serves().await,
            Check::Alerts => self.alerts().await,
        };
        made.unwrap_or_else(|error| Proof::Fails(crate::out::in_words(&error)))
    }

    /// What is wrong with the launch, as `meteor deploy --dry-run` says it.
    fn as_it_is(&self) -> Result<Proof> {
        let (path, draft) = self.launch.as_ref().context("no launch")?;
        let (path, wrong) = (path.display(), draft.errors());
        Ok(match wrong.first() {
            None if draft.plan.is_none() => {
                Proof::Fails(format!("{path} can't be planned: meteor deploy --dry-run"))
            }
            None => Proof::Holds(format!("{path}: nothing is wrong, and the chain would take it")),
            Some(first) => Proof::Fails(format!("{} errors, the first: {first}", wrong.len())),
        })
    }

    /// The nodes' addresses.
    fn urls(&self) -> Result<Vec<String>> {
        if let Some((record, _)) = &self.event {
            return Ok(record.nodes.clone());
        }
        let plan = self.launch.as_ref().and_then(|(_, draft)| draft.plan.as_ref());
        Ok(plan
            .context("the launch can't be planned: see meteor deploy --dry-run")?
            .launch
            .chain
            .nodes
            .clone())
    }

    fn node(&self) -> Result<Node> {
        Ok(Node::pool(&self.urls()?)?)
    }

    /// Everything that the event's contract fixes.
    async fn config(&self, node: &Node) -> Result<Option<ConfigResponse>> {
        let Some((_, event)) = &self.event else { return Ok(None) };
        Ok(Some(ShowerContract::new(node, &event.shower).config().await?))
    }

    /// A coin to each payee, simulated.
    async fn payees(&self) -> Result<Proof> {
        let node = self.node()?;
        let (payees, mut senders, denom, price): (Vec<String>, Vec<String>, String, String) =
            match (self.config(&node).await?, &self.event, &self.launch) {
                (Some(config), Some((record, event)), _) => {
                    let payees = config.payees.iter().map(|payee| payee.address.clone()).collect();
                    // The contract itself holds what is contributed.
                    let senders = [Some(config.operator), config.owner, Some(event.shower.clone())];
                    (payees, senders.into_iter().flatten().collect(), config.denom, record.gas_price.clone())
                }
                (_, _, Some((_, draft))) => {
                    let launch = &draft.plan.as_ref().context("the launch can't be planned")?.launch;
                    let payees = launch.payees.iter().map(|payee| payee.address.clone()).collect();
                    let roles = &launch.roles;
                    let senders = [launch.deployer(), &roles.owner, &roles.operator, &roles.guardian];
                    let senders = senders.map(str::to_owned).to_vec();
                    (payees, senders, launch.chain.denom.clone(), launch.chain.gas_price.clone())
                }
                _ => bail!("neither a launch nor an event"),
            };
        senders.extend(payees.iter().cloned());
        let fees = price.parse::<GasPrice>()?.denom;
        let payable = jobs::payable(&node, &named(&senders), &[&denom, &fees], &named(&payees)).await?;
        Ok(match payable {
            Payable { untried: Some(why), .. } => Proof::Fails(format!("not tried: {why}")),
            Payable { refused, .. } if !refused.is_empty() => {
                let refused: Vec<String> = refused.iter().map(|(who, why)| format!("{who}: {why}")).collect();
                Proof::Fails(refused.join("; "))
            }
            Payable { .. } => {
                Proof::Holds(format!("the chain would send a coin to each of {}", payees.join(", ")))
            }
        })
    }

    /// Every node by itself: its chain, its height, and one block of all.
    async fn nodes(&self) -> Result<Proof> {
        let urls = self.urls()?;
        let mut tips = Vec::new();
        for url in &urls {
            let node = Node::new(url)?;
            let status = node.status().await.with_context(|| format!("{url} does not answer"))?;
            tips.push((url, node, status));
        }
        let chains: BTreeSet<&str> = tips.iter().map(|(.., status)| status.chain_id.as_str()).collect();
        ensure!(chains.len() == 1, "they are on different chains: {chains:?}");
        let lowest = tips.iter().map(|(.., status)| status.height).min().unwrap_or_default();
        let highest = tips.iter().map(|(.., status)| status.height).max().unwrap_or_default();
        ensure!(highest.saturating_sub(lowest) <= BEHIND, "one is at height {lowest}, another at {highest}");
        let mut hashes = BTreeSet::new();
        for (url, node, _) in &tips {
            let window = json!({"minHeight": lowest.to_string(), "maxHeight": lowest.to_string()});
            let headers: Vec<Header> =
                node.ask("blockchain", window, |body| blocks::headers(body, lowest)).await?;
            let header = headers.first().with_context(|| format!("{url} does not tell block {lowest}"))?;
            ensure!(header.hash == header.computed, "{url} tells a block {lowest} that is not its hash's");
            hashes.insert(format!("{:?}", header.hash));
        }
        ensure!(hashes.len() == 1, "they tell different blocks {lowest}: one of them is on a fork, or lies");
        let chain = chains.first().copied().unwrap_or_default();
        if urls.len() < 2 {
            return Ok(Proof::Fails(format!(
                "{chain} by one node alone: name a second, of another operator"
            )));
        }
        Ok(Proof::Holds(format!("{} nodes of {chain} tell the same block {lowest}", urls.len())))
    }

    /// Every relay by itself: the latest round, whose signature is the beacon's.
    async fn beacon(&self) -> Result<Proof> {
        let node = self.node()?;
        let network = match (&self.event, &self.launch) {
            (Some((_, event)), _) => {
                Network::of(&ShowerContract::new(&node, &event.shower).fairness().await?)?
            }
            (None, Some((_, draft))) => {
                draft.plan.as_ref().context("the launch can't be planned")?.launch.beacon.network()?.0
            }
            (None, None) => bail!("neither a launch nor an event"),
        };
        let urls = BeaconConfig::new(network.clone(), self.relays.clone()).urls;
        if urls.is_empty() {
            return Ok(Proof::Open("the beacon's relays are not known: name them with --beacon-url".into()));
        }
        let round = network
            .latest(node.time().await?.saturating_sub(MOMENT))
            .context("its first round is to come")?;
        for url in &urls {
            let client = BeaconClient::new(BeaconConfig::new(network.clone(), vec![url.clone()]))?;
            client.round(round).await.with_context(|| format!("relay {url}"))?;
        }
        let known = if network.is_quicknet() { "drand's quicknet" } else { "a beacon for test chains" };
        Ok(Proof::Holds(format!("{known}: round {round} from each of {}", urls.join(", "))))
    }

    /// The catalogue where participants find it.
    async fn published(&self) -> Result<Proof> {
        let served = self.site.as_ref().map(|site| format!("{}/v1/catalogue", site.trim_end_matches('/')));
        let Some(source) = self.catalogue.clone().or(served) else {
            return Ok(Proof::Open("where it was published is not known: --catalogue or --site".into()));
        };
        let node = self.node()?;
        if let Some(config) = self.config(&node).await? {
            let template =
                meteor_chain::contracts::Collection::new(&node, &config.meteors).template().await?;
            committed(&read(&source, &template).await?, &config)?;
            return Ok(Proof::Holds(format!("{source} has the roots on the chain")));
        }
        let plan = self.launch.as_ref().and_then(|(_, draft)| draft.plan.as_ref());
        let plan = plan.context("the launch can't be planned")?;
        let ours = plan.catalogue.as_ref().context("the launch's catalogue can't be read")?;
        let theirs = read(&source, &plan.preset.meteors.template).await?;
        let same =
            meteor_rules::tier::Tier::ALL.iter().all(|tier| ours.committed(*tier) == theirs.committed(*tier));
        Ok(if same {
            Proof::Holds(format!("{source} has the roots of the launch's catalogue"))
        } else {
            Proof::Fails(format!("{source} is another catalogue than the launch's"))
        })
    }

    /// Code and admin of the contracts.
    async fn code(&self) -> Result<Proof> {
        let (record, event) = self.event.as_ref().context("no event")?;
        let node = self.node()?;
        let found = evidence::code(&node, &event.shower, &Checksums::built_in()?).await?;
        if !found.other.is_empty() {
            return Ok(Proof::Fails(found.other.join("; ")));
        }
        for (name, code) in &record.codes {
            let held = data_encoding::HEXLOWER.encode(&node.code_checksum(code.id).await?);
            ensure!(held == code.checksum, "code {} is not the {name} of the event's file", code.id);
        }
        let launched = self.launch.as_ref().and_then(|(_, draft)| draft.plan.as_ref());
        if let Some(plan) = launched {
            let wanted: BTreeSet<String> = plan.launch.roles.admin.iter().cloned().collect();
            ensure!(
                plan.contract == event.shower,
                "the launch makes {}, the event is {}",
                plan.contract,
                event.shower
            );
            ensure!(found.admins == wanted, "the admins are {:?}, the launch says {wanted:?}", found.admins);
        }
        let admins: Vec<&str> = found.admins.iter().map(String::as_str).collect();
        let admins = if admins.is_empty() { "nobody".to_owned() } else { admins.join(", ") };
        Ok(Proof::Holds(format!("five contracts run the published code; who may replace it: {admins}")))
    }

    /// Whether the public server serves this event.
    async fn serves(&self) -> Result<Proof> {
        let site = self.site.as_ref().context("no site")?.trim_end_matches('/');
        let (_, event) = self.event.as_ref().context("no event")?;
        let text = http::get(&format!("{site}/v1/config")).await?;
        let config: Value = serde_json::from_slice(&text).context("the server's /v1/config")?;
        for (field, wanted) in [("contract", &event.shower), ("chain_id", &event.chain_id)] {
            let told = config.get(field).and_then(Value::as_str).unwrap_or_default();
            ensure!(told == wanted, "{site} says {field} {told:?}, the event is {wanted}: take it down");
        }
        Ok(Proof::Holds(format!("{site} serves {} on {}", event.shower, event.chain_id)))
    }

    /// A test alert, and whether it left for every receiver.
    async fn alerts(&self) -> Result<Proof> {
        let base = self.alertmanager.as_ref().context("no Alertmanager")?.trim_end_matches('/');
        let (before, failed) = alertmanager::sent(base).await?;
        let client = http::client(Duration::from_secs(10))?;
        // Alertmanager doesn't send a group again that it has just sent, so each run has one of its own.
        let run = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let event = format!("launch check {run}");
        let labels =
            json!({"alertname": "LaunchCheck", "event": event, "severity": "page", "service": "meteor"});
        let summary = "A test of the way to whoever is on call: acknowledge it, and sign item ours-alerts";
        let alert = json!([{"labels": labels, "annotations": {"summary": summary}}]);
        let posting = client.post(format!("{base}/api/v2/alerts")).json(&alert).send().await;
        let status = posting.with_context(|| format!("{base} takes no alert"))?.status();
        ensure!(status.is_success(), "{base} refuses an alert: {status}");
        let arrived = async {
            loop {
                let (now, lost) = alertmanager::sent(base).await?;
                ensure!(lost <= failed, "a notification failed: the Alertmanager's log says which");
                if now > before {
                    return anyhow::Ok(now);
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match tokio::time::timeout(ALERT, arrived).await {
            Ok(arrived) => {
                arrived?;
                Ok(Proof::Holds(format!(
                    "after the test alert \"{event}\" a notification left {base} and was taken"
                )))
            }
            Err(_) => Ok(Proof::Fails(format!(
                "no notification except webhooks left {base} within {} s",
                ALERT.as_secs()
            ))),
        }
    }
}

fn named(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

async fn read(source: &str, template: &Template) -> Result<Catalogue> {
    catalogue::read(source, template).await
}
