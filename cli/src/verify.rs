//! `meteor verify`: recomputes the draw of every shower, or of one meteor, from an evidence folder or from any server's
//! API, and explains each step. Trusts nobody but the bytes that the chain holds.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::{self, ConfigResponse, DrawResponse, QueryMsg, ShowerResponse};
use meteor_operator::beacon::{PublicKey, verify_signature};
use meteor_operator::node::Node;
use meteor_rules::TokenId;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::evidence::{Beacon, Contribution, Fairness, Reveal, Shower, VERSION, read_csv};
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::fairness::verify::{Checks, Evidence, Outcome, Report, verify, verify_meteor};
use serde_json::Value;

/// What to check and how to show it.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// A server's address (http://…) or an evidence folder with fairness.json, tables.json and showers/
    pub source: String,
    /// Take what the chain states from this node's own answers (CometBFT RPC) instead of the source's fairness.json
    #[arg(long, requires = "contract")]
    pub node: Option<String>,
    /// The shower contract to ask the node about: take its address from somewhere you trust
    #[arg(long)]
    pub contract: Option<String>,
    /// Only this shower
    #[arg(long)]
    pub shower: Option<u32>,
    /// Only this meteor, by its number
    #[arg(long)]
    pub meteor: Option<u64>,
    /// A file of contributions instead of what the source says; needs --shower
    #[arg(long, requires = "shower")]
    pub contributions: Option<std::path::PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Everything there is to check an event by.
#[derive(Clone, Debug)]
pub struct Bundle {
    /// The event as the chain states it.
    pub fairness: Fairness,
    /// The tables file, byte for byte.
    pub tables: Vec<u8>,
    /// For each shower its contributions and what was revealed.
    pub showers: Vec<(Vec<Contribution>, Vec<Reveal>)>,
}

impl Bundle {
    /// Whether nobody contributed to `shower` (1-based): then there is nothing to draw.
    pub fn is_empty(&self, shower: u32) -> bool {
        self.fairness.shower(shower).is_none_or(|shower| shower.contributors == 0)
    }
}

const NOT_GREEN: u8 = 1;

/// Checks and prints; exit code 0 if nothing is wrong, 1 if something is.
///
/// # Errors
/// If the evidence can't be read.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let mut bundle = load(&options.source).await?;
    if let (Some(node), Some(contract)) = (&options.node, &options.contract) {
        bundle.fairness = from_chain(&Node::new(node)?, contract).await?;
        ensure!(
            bundle.fairness.showers.len() == bundle.showers.len(),
            "the source has {} showers and the contract {}",
            bundle.showers.len(),
            bundle.fairness.showers.len()
        );
    }
    if let (Some(shower), Some(path)) = (options.shower, &options.contributions) {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let rows = read_csv(&text).with_context(|| format!("reading {}", path.display()))?;
        let place = usize::try_from(shower)?.checked_sub(1).context("showers are numbered from 1")?;
        bundle.showers.get_mut(place).context("no such shower")?.0 = rows;
    }
    let reports = match options.meteor {
        Some(meteor) => vec![one_meteor(&bundle, meteor)?],
        None => all(&bundle, options.shower),
    };
    if reports.is_empty() {
        bail!("there is no such shower");
    }
    let shown = if options.json {
        serde_json::to_string_pretty(&reports)? + "\n"
    } else {
        reports.iter().map(text).collect::<String>()
    };
    // A reader that has seen enough, as `head` does, is no reason to fail.
    let _ = std::io::stdout().write_all(shown.as_bytes());
    let wrong = reports.iter().find_map(|report| Some((report.shower, report.first_failure()?)));
    if let Some((shower, step)) = wrong {
        eprintln!("WRONG: shower {shower} fails at {}", step.name);
        return Ok(ExitCode::from(NOT_GREEN));
    }
    if !options.json {
        eprintln!("Nothing is wrong with what could be checked.");
    }
    Ok(ExitCode::SUCCESS)
}

/// The report of every shower, or of one.
pub fn all(bundle: &Bundle, only: Option<u32>) -> Vec<Report> {
    each(bundle)
        .filter(|evidence| only.is_none_or(|shower| evidence.shower.shower == shower))
        .map(|evidence| with_checks(bundle, |checks| verify(&evidence, checks)))
        .collect()
}

fn one_meteor(bundle: &Bundle, meteor: u64) -> Result<Report> {
    let evidence = each(bundle)
        .find(|Evidence { shower, .. }| {
            let rank = TokenId(meteor).rank(shower.earlier);
            rank.is_some_and(|rank| rank.0 <= shower.contributors)
        })
        .with_context(|| format!("there is no meteor {meteor}"))?;
    let (report, facts) = with_checks(bundle, |checks| verify_meteor(&evidence, checks, TokenId(meteor)));
    if let Some(facts) = facts {
        eprintln!("meteor {meteor}: {}", serde_json::to_string(&facts)?);
    }
    Ok(report)
}

fn each(bundle: &Bundle) -> impl Iterator<Item = Evidence<'_>> {
    bundle.fairness.showers.iter().zip(&bundle.showers).map(|(shower, (contributions, reveals))| Evidence {
        event: &bundle.fairness,
        shower,
        contributions,
        tables: &bundle.tables,
        reveals,
    })
}

fn with_checks<T>(bundle: &Bundle, check: impl FnOnce(&Checks<'_>) -> T) -> T {
    let public_key = bundle.fairness.beacon.public_key.0.clone();
    let beacon = move |round, signature: &[u8]| {
        let bytes = <[u8; 96]>::try_from(public_key.as_slice())
            .map_err(|_| "the beacon's public key is not 96 bytes".to_owned())?;
        let key = PublicKey::new(bytes).map_err(|error| error.to_string())?;
        verify_signature(&key, round, signature).map_err(|error| error.to_string())
    };
    let tables = |bytes: &[u8]| serde_json::from_slice(bytes).map_err(|error| error.to_string());
    check(&Checks { beacon: Some(&beacon), tables: &tables })
}

fn text(report: &Report) -> String {
    let mut text = format!("Shower {}\n", report.shower);
    for step in &report.steps {
        let (mark, detail) = match &step.outcome {
            Outcome::Passed(detail) => ("ok     ", detail),
            Outcome::Failed(detail) => ("WRONG  ", detail),
            Outcome::NotChecked(detail) => ("not yet", detail),
        };
        let _ = writeln!(text, "  {mark} {:<14} {}", step.name.as_str(), step.shows);
        let _ = writeln!(text, "                         {detail}");
    }
    text
}

/// Reads the evidence of an event from a server's API or a folder.
///
/// # Errors
/// If something is missing or not of its form.
pub async fn load(source: &str) -> Result<Bundle> {
    let server = source.starts_with("http://") || source.starts_with("https://");
    let source =
        if server { Source::Server(source.trim_end_matches('/')) } else { Source::Folder(Path::new(source)) };
    let fairness: Fairness = serde_json::from_slice(&source.read("/v1/fairness", "fairness.json").await?)
        .context("reading fairness.json")?;
    fairness.validate()?;
    let tables = source.read("/v1/fairness/tables", "tables.json").await?;
    let mut showers = Vec::with_capacity(fairness.showers.len());
    for facts in &fairness.showers {
        // Nothing of an open shower is final, and its files need not be there.
        if facts.is_open() {
            showers.push((vec![], vec![]));
            continue;
        }
        let shower = facts.shower;
        let csv = source
            .read(
                &format!("/v1/showers/{shower}/contributions.csv"),
                &format!("showers/{shower}/contributions.csv"),
            )
            .await?;
        let rows = read_csv(std::str::from_utf8(&csv)?)
            .with_context(|| format!("contributions of shower {shower}"))?;
        showers.push((rows, source.reveals(shower).await?));
    }
    Ok(Bundle { fairness, tables, showers })
}

/// What the contract itself states, asked from a node.
///
/// # Errors
/// If the node doesn't answer or there is no such contract.
pub async fn from_chain(node: &Node, contract: &str) -> Result<Fairness> {
    let (chain_id, _) = node.status().await?;
    let config: ConfigResponse = node.smart(contract, &QueryMsg::Config {}).await?;
    let fixed: shower::Fairness = node.smart(contract, &QueryMsg::Fairness {}).await?;
    let mut showers = Vec::new();
    for shower in 1..=config.schedule.count {
        let state: ShowerResponse = node.smart(contract, &QueryMsg::Shower { shower }).await?;
        let draw: DrawResponse = node.smart(contract, &QueryMsg::Draw { shower }).await?;
        showers.push(Shower {
            shower,
            closes_at: state.closes_at,
            closed_at: draw.closed_at,
            commitment: bytes32(&draw.commitment)?,
            beacon_round: draw.beacon_round,
            beacon_signature: draw.beacon.map(|signature| Hex(signature.into())),
            log: bytes32(&state.log)?,
            contributors: state.contributors,
            total: state.total.u128(),
            earlier: state.earlier,
            leaves: draw.root.is_some().then_some(draw.leaves),
            root: draw.root.as_ref().map(bytes32).transpose()?,
            key: draw.key.as_ref().map(bytes32).transpose()?,
            cancelled: state.cancelled,
        });
    }
    let BeaconRule { genesis, period, delay } = fixed.beacon;
    let fairness = Fairness {
        version: VERSION,
        chain_id,
        contract: contract.to_owned(),
        tiers: config.tiers,
        eggs: config.eggs,
        beacon: Beacon { genesis, period, delay, public_key: Hex(fixed.beacon_key.into()) },
        tables: bytes32(&fixed.tables)?,
        showers,
    };
    fairness.validate()?;
    Ok(fairness)
}

fn bytes32(bytes: &HexBinary) -> Result<Hex32> {
    Ok(Hex32(bytes.as_slice().try_into().context("the contract answers with other than 32 bytes")?))
}

enum Source<'a> {
    Server(&'a str),
    Folder(&'a Path),
}

impl Source<'_> {
    async fn read(&self, path: &str, file: &str) -> Result<Vec<u8>> {
        match self {
            Self::Folder(folder) => {
                let file = folder.join(file);
                std::fs::read(&file).with_context(|| format!("reading {}", file.display()))
            }
            Self::Server(base) => {
                let url = format!("{base}{path}");
                let response = reqwest::get(&url).await.with_context(|| format!("asking {url}"))?;
                if !response.status().is_success() {
                    bail!(
                        "{url} answers {}: {}",
                        response.status(),
                        response.text().await.unwrap_or_default()
                    );
                }
                Ok(response.bytes().await?.to_vec())
            }
        }
    }

    async fn reveals(&self, shower: u32) -> Result<Vec<Reveal>> {
        if let Self::Folder(_) = self {
            let bytes = self.read("", &format!("showers/{shower}/reveals.json")).await?;
            return serde_json::from_slice(&bytes).with_context(|| format!("reveals of shower {shower}"));
        }
        let mut reveals = Vec::new();
        let mut path = Some(format!("/v1/showers/{shower}/reveals"));
        while let Some(at) = path {
            let mut page: Value = serde_json::from_slice(&self.read(&at, "").await?)?;
            let rows = page.get_mut("reveals").map(Value::take).context("a page without reveals")?;
            reveals.extend(serde_json::from_value::<Vec<Reveal>>(rows)?);
            path = page.get("next").and_then(Value::as_str).map(ToOwned::to_owned);
        }
        Ok(reveals)
    }
}
