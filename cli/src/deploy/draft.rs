//! A launch as it was read: what of it can be used, and everything that is wrong with it, file by file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_art::check;
use meteor_operator::jobs;
use meteor_operator::keys::{CommitmentsFile, Event};
use meteor_operator::launch::artifacts::{self, Artifact, FILES};
use meteor_operator::launch::{
    Code, Codes, File, Finding, FormError, Known, Launch, LaunchError, Record, Text, chain, lint, of_launch,
};
use meteor_operator::node::Node;
use meteor_operator::tx;
use meteor_rules::catalogue::Catalogue;
use meteor_rules::preset::{Preset, PresetError};

use super::{Plan, contracts};
use crate::catalogue;
use crate::out::report;

/// Codes that no chain has: to see whether the contracts accept the rest, before they are uploaded.
pub(super) const NO_CODES: Codes = Codes { shower: 0, nft: 0, hatchery: 0 };

/// A launch as it was read.
pub struct Draft {
    /// The plan, if enough of the launch can be used to show it.
    pub plan: Option<Plan>,
    /// Everything that is wrong or suspicious.
    pub findings: Vec<Finding>,
    /// Whether the contract is on the chain already.
    pub deployed: bool,
    /// About how much gas the deployment may take; `None` if no node could be asked, or it is done.
    pub gas: Option<u64>,
    /// The codes that an earlier run uploaded.
    done: BTreeMap<String, Code>,
    texts: Texts,
}

/// What the files are called, and their texts.
#[derive(Default)]
struct Texts {
    launch: Text,
    preset: Text,
    catalogue: String,
    commitments: String,
    artifacts: String,
}

/// The files that a launch names.
struct Named {
    preset: Option<(String, Preset)>,
    committed: Option<CommitmentsFile>,
    catalogue: Option<Catalogue>,
    catalogue_file: Vec<u8>,
    catalogue_faults: Vec<String>,
    artifacts: Option<Vec<Artifact>>,
}

impl Draft {
    /// Reads the launch file at `path` and what it names, the artifacts in a folder, and asks the chain. What an earlier run
    /// noted in the file `event` is done, and costs nothing more.
    ///
    /// # Errors
    /// If there is no launch file, or `event` is no deployment file.
    pub async fn read(path: &Path, folder: &Path, event: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let launch = Launch::parse(&text);
        let done = Record::load(event)?.map(|record| record.codes).unwrap_or_default();
        let texts = Texts {
            launch: Text { name: path.display().to_string(), text: Some(text) },
            artifacts: folder.display().to_string(),
            ..Texts::default()
        };
        let mut draft = Self { plan: None, findings: Vec::new(), deployed: false, gas: None, done, texts };
        match launch {
            Ok(launch) => draft.of(launch, path.parent().unwrap_or(Path::new("")), folder).await?,
            Err(LaunchError::Form(why)) => draft.findings.push(Finding::Form { file: File::Launch, why }),
            Err(error) => {
                draft.findings.push(Finding::File { file: File::Launch, why: error.to_string() });
            }
        }
        Ok(draft)
    }

    /// Whether the launch can be deployed, but for commitments that are still to be made.
    pub fn is_good(&self) -> bool {
        !self.findings.iter().any(Finding::is_error)
    }

    /// What is wrong, a line each.
    pub fn errors(&self) -> Vec<String> {
        self.findings
            .iter()
            .filter(|finding| finding.is_error())
            .map(|finding| self.texts.line(finding))
            .collect()
    }

    /// Says what is wrong or suspicious, a line each, errors first.
    pub fn show_findings(&self) {
        let (errors, warnings): (Vec<_>, Vec<_>) =
            self.findings.iter().partition(|finding| finding.is_error());
        for finding in errors.into_iter().chain(warnings) {
            let severity = if finding.is_error() { "error" } else { "warning" };
            let (place, said) = (finding.place(), self.texts.line(finding));
            report!(
                "finding",
                {"severity": severity, "key": place.key, "said": said},
                "{severity}: {said}"
            );
        }
    }

    async fn of(&mut self, launch: Launch, beside: &Path, folder: &Path) -> Result<()> {
        let named = self.named(&launch, beside, folder);
        let node = self.node(&launch).await;
        let checksums = match (&launch.codes, &node) {
            (Some(codes), Some(node)) => self.codes(*codes, node).await,
            (Some(_), None) => None,
            (None, _) => named.artifacts.as_deref().map(checksums).transpose()?,
        };
        let contract = checksums.as_ref().and_then(|checksums| {
            let (_, shower) = checksums.first()?;
            tx::contract_address(shower, launch.deployer(), launch.salt.as_bytes()).ok()
        });
        if let (Some(node), Some(contract)) = (&node, &contract) {
            match jobs::exists(node, contract).await {
                Ok(deployed) => self.deployed = deployed,
                Err(error) => self.findings.push(Finding::Node(error.to_string())),
            }
        }
        let known = self.known(&launch, &named, node.as_ref(), contract.as_ref()).await;
        match &named.preset {
            Some((_, preset)) => self.findings.extend(lint(&launch, preset, &known)),
            None => self.findings.extend(of_launch(&launch, &known)),
        }
        if let (Some((preset_name, preset)), Some(checksums), Some(contract), Some(node), Some(artifacts)) =
            (named.preset, checksums, contract, node, named.artifacts)
        {
            let plan = Plan {
                launch,
                preset_name,
                preset,
                committed: named.committed,
                catalogue: named.catalogue,
                catalogue_file: named.catalogue_file,
                artifacts,
                checksums,
                contract,
                node,
            };
            if !self.deployed {
                self.try_it(&plan, known.now).await;
            }
            self.plan = Some(plan);
        }
        Ok(())
    }

    /// Runs the contracts on the launch, and asks the chain what it would do.
    async fn try_it(&mut self, plan: &Plan, now: u64) {
        let codes = plan.launch.codes;
        let message = plan.message_or_stand_in(codes.unwrap_or(NO_CODES));
        // They would refuse at once what is said above with its line.
        if let (Some(message), true) = (&message, self.is_good()) {
            self.findings.extend(contracts::refusals(&plan.launch, message, &plan.contract, now));
        }
        let launch = &plan.launch;
        let (admin, salt) = (launch.roles.admin.as_deref(), launch.salt.as_bytes());
        // On codes that are there the chain can try the whole of it. Faults that were found would only be said again.
        let send = message.zip(codes).filter(|_| self.is_good() && plan.committed.is_some());
        let send = send.and_then(|(message, codes)| {
            tx::instantiate(launch.deployer(), admin, codes.shower, &launch.label, salt, &message).ok()
        });
        let is_done = |artifact: &&Artifact| {
            self.done.get(artifact.name).is_some_and(|code| code.checksum == artifact.checksum)
        };
        let uploads: Vec<&Artifact> = plan.artifacts.iter().filter(|artifact| !is_done(artifact)).collect();
        let sends = chain::Sends {
            uploads: &uploads,
            showers: plan.preset.schedule.count,
            instantiate: send.as_ref(),
        };
        match chain::ask(&plan.node, launch, sends).await {
            Ok(told) => {
                self.gas = Some(told.gas);
                self.findings.extend(told.findings);
            }
            Err(error) => self.findings.push(Finding::Node(error.to_string())),
        }
    }

    async fn known(
        &self,
        launch: &Launch,
        named: &Named,
        node: Option<&Node>,
        contract: Option<&String>,
    ) -> Known {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let now = match node {
            Some(node) => node.time().await.unwrap_or(here),
            None => here,
        };
        let event = |contract, showers| Event { chain_id: &launch.chain.id, contract, showers };
        let other_event = match (&named.committed, contract, &named.preset) {
            (Some(committed), Some(contract), Some((_, preset))) => {
                committed.differs(&event(contract, preset.schedule.count))
            }
            _ => vec![],
        };
        let contract = contract.cloned();
        let catalogue = named.catalogue_faults.clone();
        Known { now, contract, other_event, deployed: self.deployed, catalogue }
    }

    /// The files that the launch names, as far as they can be read.
    fn named(&mut self, launch: &Launch, beside: &Path, folder: &Path) -> Named {
        let preset = self.preset(launch, beside);
        let path = beside.join(&launch.commitments);
        self.texts.commitments = path.display().to_string();
        let committed = CommitmentsFile::load(&path).unwrap_or_else(|error| {
            self.findings.push(Finding::File { file: File::Commitments, why: error.to_string() });
            None
        });
        let artifacts = if launch.codes.is_some() {
            Some(vec![])
        } else {
            let read = artifacts::read(folder);
            let why =
                |why: artifacts::ArtifactError| Finding::File { file: File::Artifacts, why: why.to_string() };
            read.map_err(|error| self.findings.push(why(error))).ok()
        };
        let path = beside.join(&launch.catalogue);
        self.texts.catalogue = path.display().to_string();
        let (mut catalogue, mut faults, mut bytes) = (None, vec![], vec![]);
        match (std::fs::read(&path), &preset) {
            (Ok(read), Some((_, preset))) => {
                let checked = check::catalogue(&read, &preset.meteors.template);
                let (errors, _) = catalogue::parted(&checked.findings);
                faults = catalogue::lines(&errors).collect();
                catalogue = checked.described.map(|it| it.catalogue).filter(|_| errors.is_empty());
                bytes = read;
            }
            // Its columns are those of the preset.
            (Ok(_), None) => {}
            (Err(error), _) => self.findings.push(unreadable("catalogue", &path, &error)),
        }
        Named { preset, committed, catalogue, catalogue_file: bytes, catalogue_faults: faults, artifacts }
    }

    /// The preset of that name, or in the file of that path: beside the launch file, or from here.
    fn preset(&mut self, launch: &Launch, beside: &Path) -> Option<(String, Preset)> {
        let name = launch.preset.clone();
        // One that comes with the program goes before a file that only happens to lie here.
        let here = (!meteor_rules::preset::NAMES.contains(&name.as_str())).then(|| PathBuf::from(&name));
        let paths = [Some(beside.join(&name)), here];
        let Some(path) = paths.iter().flatten().find(|path| path.is_file()) else {
            self.texts.preset = Text { name: format!("preset {name}"), text: None };
            return match Preset::named(&name) {
                Ok(preset) => Some((name, preset)),
                Err(PresetError::Unknown { .. }) => {
                    let names = meteor_rules::preset::NAMES.join(" and ");
                    let why = format!(
                        "there is neither a file {name:?} nor a preset of this name: there are {names}"
                    );
                    self.findings.push(Finding::Named { key: "preset", why });
                    None
                }
                Err(error) => {
                    let why = crate::out::in_words(&error.into());
                    self.findings.push(Finding::File { file: File::Preset, why });
                    None
                }
            };
        };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.findings.push(unreadable("preset", path, &error));
                return None;
            }
        };
        let read = Preset::read(&text).map_err(|error| FormError::new(&text, &error));
        let name = path.display().to_string();
        self.texts.preset = Text { name: name.clone(), text: Some(text) };
        let form = |why| Finding::Form { file: File::Preset, why };
        read.map(|preset| (name, preset)).map_err(|why| self.findings.push(form(why))).ok()
    }

    /// The nodes, if they answer and are of the launch's chain.
    async fn node(&mut self, launch: &Launch) -> Option<Node> {
        let node = match Node::pool(&launch.chain.nodes) {
            Ok(node) => node,
            Err(error) => {
                self.findings.push(Finding::Node(error.to_string()));
                return None;
            }
        };
        match node.one_chain().await {
            Ok(held) if held == launch.chain.id => Some(node),
            Ok(held) => {
                self.findings.push(Finding::OtherChain { held, asked: launch.chain.id.clone() });
                None
            }
            Err(error) => {
                self.findings.push(Finding::Node(error.to_string()));
                None
            }
        }
    }

    /// The checksums of the codes that the launch names.
    async fn codes(&mut self, codes: Codes, node: &Node) -> Option<Vec<(&'static str, HexBinary)>> {
        let mut checksums = Vec::new();
        for ((name, _), id) in FILES.into_iter().zip([codes.shower, codes.nft, codes.hatchery]) {
            match node.code_checksum(id).await {
                Ok(checksum) => checksums.push((name, checksum.into())),
                Err(error) => self.findings.push(Finding::Code { name, id, why: error.to_string() }),
            }
        }
        (checksums.len() == FILES.len()).then_some(checksums)
    }
}

fn checksums(artifacts: &[Artifact]) -> Result<Vec<(&'static str, HexBinary)>> {
    let each = |artifact: &Artifact| Ok((artifact.name, HexBinary::from_hex(&artifact.checksum)?));
    artifacts.iter().map(each).collect()
}

fn unreadable(key: &'static str, path: &Path, error: &std::io::Error) -> Finding {
    Finding::Named { key, why: format!("{} can't be read: {error}", path.display()) }
}

impl Texts {
    /// A finding with its file, line and key: `launch.toml:7: chain.denom: why: what to do`.
    fn line(&self, finding: &Finding) -> String {
        let place = finding.place();
        let said = finding.to_string();
        let numbered = said.strip_prefix("line ").and_then(|rest| rest.split_once(": "));
        let numbered = numbered.filter(|(line, _)| line.bytes().all(|byte| byte.is_ascii_digit()));
        let file = match place.file {
            File::Launch => self.launch.at(&place.key),
            File::Preset => self.preset.at(&place.key),
            File::Catalogue => self.catalogue.clone(),
            File::Commitments => self.commitments.clone(),
            File::Artifacts => self.artifacts.clone(),
        };
        match numbered {
            Some((line, why)) => format!("{file}:{line}: {why}"),
            None if place.key.is_empty() => format!("{file}: {said}"),
            None => format!("{file}: {}: {said}", place.key),
        }
    }
}
