//! `meteor commitments`: makes an event's commitments again from its key, and compares them with the contract's.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_operator::keys::{CommitmentsFile, Event, commitments, harden, verify};
use meteor_rules::fairness::Bytes32;

use super::Command;
use crate::amounts::counted;
use crate::event::Found;
use crate::keys::KeyOptions;
use crate::next::IDLE;
use crate::out::{self, report};

/// Make an event's commitments from its key, or check key and commitments against the chain.
///
/// Before the launch --chain-id, --contract and --showers name the event, as meteor deploy --dry-run shows them: the
/// commitments are written to the file, never over others. Afterwards the event is that of --event or of --contract and
/// --node: then key and file, whichever are there, are compared with what the contract holds. Do that with a copy of the
/// key to rehearse its recovery. The exit code is 1 if anything differs, and 4 if the file is there already as it should
/// be.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Commitments {
    /// The commitments file
    #[arg(default_value = "commitments.json")]
    file: PathBuf,
    #[command(flatten)]
    key: KeyOptions,
    /// Before the launch: the chain's id
    #[arg(long, value_name = "ID", requires_all = ["contract", "showers"])]
    chain_id: Option<String>,
    /// Before the launch: how many showers the event has
    #[arg(long, value_name = "COUNT", requires = "chain_id")]
    showers: Option<u32>,
    // Before the launch only the contract counts: the address that it will have.
    #[command(flatten)]
    of: crate::event::Event,
    /// Write what was made or compared as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Commitments {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        harden()?;
        match (&self.chain_id, &self.of.contract, self.showers) {
            (Some(chain_id), Some(contract), Some(showers)) => {
                self.make(&Event { chain_id, contract, showers }).await
            }
            _ => self.check().await,
        }
    }
}

impl Commitments {
    /// Writes them to the file, if they aren't there.
    async fn make(&self, event: &Event<'_>) -> Result<ExitCode> {
        let made = CommitmentsFile::new(event, &commitments(&self.key.open()?, event).await?);
        let file = self.file.display();
        match CommitmentsFile::load(&self.file) {
            Ok(None) => {}
            Ok(Some(there)) if there == made => {
                let line = format!("{file} has the commitments of {} to this event already", self.key.name());
                report!("nothing", {"said": line}, "{line}");
                return Ok(ExitCode::from(IDLE));
            }
            Ok(Some(there)) => {
                let others: Vec<String> = there.differs(event).iter().map(ToString::to_string).collect();
                let what =
                    if others.is_empty() { "they are of another key".to_owned() } else { others.join("; ") };
                bail!(
                    "{file} has other commitments ({what}): they stay; move them away or name another file"
                );
            }
            Err(error) => return Err(anyhow::Error::from(error).context(file.to_string())),
        }
        made.save(&self.file)?;
        let Event { chain_id, contract, showers } = event;
        report!(
            "commitments",
            {"file": file.to_string(), "contract": contract, "chain_id": chain_id, "showers": showers},
            "{file}: the commitments of {} to {} of {contract} on {chain_id}",
            self.key.name(),
            counted(showers, "shower")
        );
        Ok(ExitCode::SUCCESS)
    }

    /// Compares key and file with the contract.
    async fn check(&self) -> Result<ExitCode> {
        let Found { node, contract, .. } = self.of.find(None).await?;
        let shown = ShowerContract::new(&node, &contract);
        // The name that the chain had at the launch: keys are bound to it.
        let chain_id = shown.config().await?.chain_id;
        let held = shown.fairness().await?.commitments;
        let held =
            held.iter().map(|each| Ok(each.as_slice().try_into()?)).collect::<Result<Vec<Bytes32>>>()?;
        let event = Event { chain_id: &chain_id, contract: &contract, showers: u32::try_from(held.len())? };
        let file = CommitmentsFile::load(&self.file);
        let there = !matches!(file, Ok(None));
        ensure!(
            there || self.key.named(),
            "nothing to compare: name the event's key (--key-file or --kms-key-id), or a commitments file that is there"
        );
        let mut wrong = Vec::new();
        if self.key.named() {
            let key = self.key.name();
            // What does not open is not worth going on with.
            match verify(&self.key.open()?, &event, &held).await {
                Ok(()) => report!(
                    "right",
                    {"check": "key", "name": key, "showers": event.showers},
                    "{key} is the key of the {} of {contract}",
                    counted(event.showers, "shower")
                ),
                Err(error) => wrong.push(format!("{key}: {error}")),
            }
        }
        if there {
            let name = self.file.display();
            match file.map(|file| file.map(|file| faults(&file, &event, &held))) {
                Ok(Some(faults)) if !faults.is_empty() => {
                    wrong.extend(faults.iter().map(|fault| format!("{name}: {fault}")));
                }
                Ok(_) => report!(
                    "right",
                    {"check": "commitments", "name": name.to_string(), "showers": event.showers},
                    "{name} has the contract's commitments, to {}",
                    counted(event.showers, "shower")
                ),
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(ExitCode::SUCCESS)
    }
}

/// Everything that is other in the file than on the chain.
fn faults(file: &CommitmentsFile, event: &Event<'_>, held: &[Bytes32]) -> Vec<String> {
    let others = file.differs(event);
    if !others.is_empty() {
        return others.iter().map(ToString::to_string).collect();
    }
    let commitments = file.commitments();
    let differing: Vec<usize> = (1..)
        .zip(commitments.iter().zip(held))
        .filter(|(_, (file, chain))| file != chain)
        .map(|(n, _)| n)
        .collect();
    let Some(first) = differing.first() else { return Vec::new() };
    vec![format!(
        "the commitment to shower {first} is not the contract's ({} of {} differ): they are of another key",
        differing.len(),
        held.len()
    )]
}
