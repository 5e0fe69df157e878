//! The evidence of an event: read from a server's API, a folder or the chain, and checked with
//! `rules::fairness`.

use std::path::Path;

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_chain::contracts::ShowerContract;
use meteor_chain::http;
use meteor_messages::shower::CatalogueTier;
use meteor_operator::beacon::{PublicKey, verify_signature};
use meteor_operator::node::Node;
use meteor_rules::fairness::beacon::BeaconRule;
use meteor_rules::fairness::evidence::{
    Beacon, CommittedPieces, Contribution, Fairness, Reveal, Shower, VERSION, read_csv,
};
use meteor_rules::fairness::hex::{Hex, Hex32};
use meteor_rules::fairness::verify::{Checks, Evidence, Report, verify};
use meteor_rules::tier::PerTier;
use serde_json::Value;

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

    /// The report of every shower, or of one.
    pub fn verify(&self, only: Option<u32>) -> Vec<Report> {
        self.each()
            .filter(|evidence| only.is_none_or(|shower| evidence.shower.shower == shower))
            .map(|evidence| self.with_checks(|checks| verify(&evidence, checks)))
            .collect()
    }

    /// The evidence of each shower.
    pub(crate) fn each(&self) -> impl Iterator<Item = Evidence<'_>> {
        self.fairness.showers.iter().zip(&self.showers).map(|(shower, (contributions, reveals))| Evidence {
            event: &self.fairness,
            shower,
            contributions,
            tables: &self.tables,
            reveals,
        })
    }

    /// Runs `check` with what the rules can't do themselves: verify the beacon's signatures and read the
    /// tables.
    pub(crate) fn with_checks<T>(&self, check: impl FnOnce(&Checks<'_>) -> T) -> T {
        let public_key = self.fairness.beacon.public_key.0.clone();
        let beacon = move |round, signature: &[u8]| {
            let bytes = <[u8; 96]>::try_from(public_key.as_slice())
                .map_err(|_| "the beacon's public key is not 96 bytes".to_owned())?;
            let key = PublicKey::new(bytes).map_err(|error| error.to_string())?;
            verify_signature(&key, round, signature).map_err(|error| error.to_string())
        };
        let tables = |bytes: &[u8]| serde_json::from_slice(bytes).map_err(|error| error.to_string());
        check(&Checks { beacon: Some(&beacon), tables: &tables })
    }
}

/// Reads the evidence of an event from a server's API or a folder.
///
/// # Errors
/// If something is missing or malformed.
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
        // Nothing of an open shower is final, and it needs no files.
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

/// What the contract itself states, asked of a node.
///
/// # Errors
/// If the node doesn't answer or there is no such contract.
pub async fn from_chain(node: &Node, contract: &str) -> Result<Fairness> {
    let chain_id = node.status().await?.chain_id;
    let shown = ShowerContract::new(node, contract);
    let (config, fixed) = (shown.config().await?, shown.fairness().await?);
    let mut showers = Vec::new();
    for shower in 1..=config.schedule.count {
        let (state, draw) = (shown.shower(shower).await?, shown.draw(shower).await?);
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
            key_in_time: state.key_in_time,
            cancelled: state.cancelled,
            paused: state.paused,
        });
    }
    let BeaconRule { genesis, period, delay } = fixed.beacon;
    let fairness = Fairness {
        version: VERSION,
        chain_id,
        contract: contract.to_owned(),
        tiers: config.tiers,
        eggs: config.eggs,
        tilt_bp: config.tilt_bp,
        beacon: Beacon { genesis, period, delay, public_key: Hex(fixed.beacon_key.into()) },
        holdback_bp: config.holdback_bp,
        key_window: fixed.key_window,
        tables: bytes32(&fixed.tables)?,
        catalogue: PerTier {
            legendary: pieces(&config.catalogue.legendary)?,
            ancient: pieces(&config.catalogue.ancient)?,
            rare: pieces(&config.catalogue.rare)?,
            common: pieces(&config.catalogue.common)?,
        },
        showers,
    };
    fairness.validate()?;
    Ok(fairness)
}

fn pieces(of: &CatalogueTier) -> Result<CommittedPieces> {
    Ok(CommittedPieces { count: of.count, root: bytes32(&of.root)? })
}

fn bytes32(bytes: &HexBinary) -> Result<Hex32> {
    Ok(Hex32(bytes.as_slice().try_into().context("the contract did not answer with 32 bytes")?))
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
                http::get(&url).await.with_context(|| format!("asking {url}"))
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
