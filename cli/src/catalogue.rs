//! The event's catalogue, from a file or a server.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;
use cosmwasm_std::HexBinary;
use meteor_art::check::{self, Finding, Severity};
use meteor_chain::http;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::catalogue::described;
use meteor_rules::metadata::Template;
use meteor_rules::preset::Preset;
use meteor_rules::tier::Tier;

use crate::out::{report, say, tell};

use crate::event::Event;

/// Name of the file that meteor deploy keeps beside the deployment file.
pub(crate) const FILE: &str = "catalogue.csv";
/// Most faults that are shown.
const SHOWN: usize = 50;

/// Where the event's catalogue is.
#[derive(Clone, Debug, Args)]
pub(crate) struct Source {
    /// The event's catalogue: a file or the address of one. If it is left out, catalogue.csv beside the
    /// event's file, where meteor deploy keeps it
    #[arg(long, value_name = "FILE|URL")]
    catalogue: Option<String>,
}

impl Source {
    /// Path or address of the catalogue.
    ///
    /// # Errors
    /// If none is named and there is no event's file beside which it could be.
    pub(crate) fn of(&self, event: &Event) -> Result<String> {
        if let Some(source) = &self.catalogue {
            return Ok(source.clone());
        }
        let beside = event.file().map(|path| path.with_file_name(FILE));
        let beside = beside.context("name the event's catalogue: --catalogue FILE or URL")?;
        Ok(beside.to_string_lossy().into_owned())
    }
}

/// The bytes of the catalogue at a path or an address.
pub(crate) async fn bytes(source: &str) -> Result<Vec<u8>> {
    let reading = || format!("reading the catalogue {source}");
    if source.starts_with("http://") || source.starts_with("https://") {
        return http::get(source).await.with_context(reading);
    }
    std::fs::read(Path::new(source)).with_context(reading)
}

/// The catalogue at a path or an address, as far as a launch or a mint needs it. Says everything that is wrong with it.
pub(crate) async fn read(source: &str, template: &Template) -> Result<Catalogue> {
    let read = described::read(&bytes(source).await?, template);
    read.map(|described| described.catalogue).map_err(|faults| unusable(source, &faults))
}

/// The catalogue at a path or an address, before a launch commits to it: what only looks odd is told.
pub(crate) async fn checked(source: &str, template: &Template) -> Result<(Catalogue, check::Checked)> {
    let checked = check::catalogue(&bytes(source).await?, template);
    let (errors, warnings) = parted(&checked.findings);
    match &checked.described {
        Some(described) if errors.is_empty() => {
            for line in lines(&warnings) {
                tell!("warning: {line}");
            }
            Ok((described.catalogue.clone(), checked))
        }
        Some(_) | None => Err(unusable(source, &errors)),
    }
}

fn unusable(source: &str, faults: &[impl ToString]) -> anyhow::Error {
    let shown: Vec<String> = lines(faults).collect();
    anyhow::anyhow!("the catalogue {source} can't be used:\n{}", shown.join("\n"))
}

/// The errors among findings, and the warnings.
pub(crate) fn parted(findings: &[Finding]) -> (Vec<&Finding>, Vec<&Finding>) {
    findings.iter().partition(|finding| finding.severity() == Severity::Error)
}

/// What is wrong, a line each; of many the first.
pub(crate) fn lines<T: ToString>(faults: &[T]) -> impl Iterator<Item = String> + use<'_, T> {
    let more = faults.len().saturating_sub(SHOWN);
    let rest = (more > 0).then(|| format!("and {more} more"));
    faults.iter().take(SHOWN).map(ToString::to_string).chain(rest)
}

/// Says how far the pieces go if every shower has so many contributors, and what is odd about it.
pub(crate) fn projected(checked: &check::Checked, preset: &Preset, contributors: u32) -> Vec<Finding> {
    let needs = check::needs(checked, preset, contributors);
    for need in &needs {
        let (tier, a_shower, meteors, pieces) = (need.tier, need.in_a_shower, need.meteors, need.pieces);
        report!("need", {"tier": tier, "in_a_shower": a_shower, "meteors": meteors, "pieces": pieces, "times": need.times()},
            "{:<10} {a_shower:>6} meteors a shower, {meteors} in {}; {pieces} pieces", tier.to_string(), preset.schedule.count);
    }
    say!("if each shower has {contributors} contributors");
    needs.iter().filter_map(check::Need::finding).collect()
}

/// How many pieces a tier has, and the root that the launch commits to.
pub(crate) struct Shown {
    pub(crate) tier: Tier,
    pub(crate) pieces: u32,
    pub(crate) root: HexBinary,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {:>6} pieces, root {}", self.tier.to_string(), self.pieces, self.root)
    }
}

/// The same of each tier.
pub(crate) fn shown(catalogue: &Catalogue) -> Result<Vec<Shown>> {
    let mut tiers = Vec::new();
    for tier in Tier::ALL {
        let committed = catalogue.committed(tier).context("a tier without pieces")?;
        tiers.push(Shown { tier, pieces: committed.count, root: HexBinary::from(&committed.root) });
    }
    Ok(tiers)
}
