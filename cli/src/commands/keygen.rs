//! `meteor keygen`: the event's master key, in a file or in AWS KMS.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_operator::keys::{
    CommitmentsFile, Event, KeyError, KmsKey, Protect, commitments, harden, keygen, show_commitments,
};
use meteor_rules::fairness::Bytes32;

use super::Command;
use crate::keys::{Service, passphrase};
use crate::out::{self, report, say};

/// Make the master key of an event: in a file, or with --kms in AWS KMS.
///
/// With --chain-id, --contract and --showers it also shows the commitments that the launch needs. meteor commitments makes
/// them again from the key, and rehearses the key's recovery.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Keygen {
    /// The age file to make
    #[arg(required_unless_present = "kms")]
    file: Option<PathBuf>,
    /// Make the key in AWS KMS, which it never leaves
    #[arg(long, conflicts_with_all = ["file", "recipient"])]
    kms: bool,
    #[command(flatten)]
    service: Service,
    /// File with the passphrase (mode 0600; /dev/fd/3 reads descriptor 3), instead of the prompt
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Lock the file for this age recipient instead of with a passphrase; may be repeated
    #[arg(long, value_name = "AGE1")]
    recipient: Vec<String>,
    /// The chain's id, for the commitments
    #[arg(long, value_name = "ID", requires_all = ["contract", "showers"])]
    chain_id: Option<String>,
    /// The address that the shower contract has or will have
    #[arg(long, value_name = "ADDRESS", requires = "chain_id", value_parser = crate::address::address)]
    contract: Option<String>,
    /// How many showers the event has
    #[arg(long, value_name = "COUNT", requires = "chain_id")]
    showers: Option<u32>,
    /// Write the commitments to this file, for the launch file
    #[arg(long, value_name = "FILE", requires = "contract")]
    commitments: Option<PathBuf>,
    /// Write what was made as JSON instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Keygen {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        harden()?;
        let event = match (&self.chain_id, &self.contract, self.showers) {
            (Some(chain_id), Some(contract), Some(showers)) => Some(Event { chain_id, contract, showers }),
            _ => None,
        };
        let commitments =
            if self.kms { self.in_service(event.as_ref()).await? } else { self.in_file(event.as_ref())? };
        if let (Some(path), Some(event)) = (&self.commitments, &event) {
            CommitmentsFile::new(event, &commitments).save(path)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Keygen {
    fn in_file(&self, event: Option<&Event<'_>>) -> Result<Vec<Bytes32>> {
        let source = passphrase(self.passphrase_file.as_ref());
        let protect = if self.recipient.is_empty() {
            Protect::Passphrase(&*source)
        } else {
            Protect::Recipients(&self.recipient)
        };
        let file = self.file.as_deref().context("name the file to make")?;
        let created = keygen(file, protect, event)?;
        let file = created.path.display().to_string();
        report!("key", {"file": file, "commitments": hex(&created.commitments)}, "{created}");
        Ok(created.commitments)
    }

    async fn in_service(&self, event: Option<&Event<'_>>) -> Result<Vec<Bytes32>> {
        let key = KmsKey::create(self.service.config("")?).await.map_err(KeyError::from)?;
        // Before anything else can fail: a key that nobody knows of costs money.
        say!("New key in AWS KMS: {}", key.id());
        let made = match event {
            Some(event) => commitments(&key, event).await?,
            None => Vec::new(),
        };
        report!(
            "key",
            {"kms_key_id": key.id(), "commitments": hex(&made)},
            "{}\nEvery job takes it with --kms-key-id. Without it no meteor can be drawn or revealed: allow only the jobs' role \
             to use it,\nand nobody to delete it (docs/keys.md, \"AWS KMS\").",
            show_commitments(&made)
        );
        Ok(made)
    }
}

/// The commitments as programs get them, that of shower 1 first.
fn hex(commitments: &[Bytes32]) -> Vec<String> {
    commitments.iter().map(|each| HexBinary::from(each).to_hex()).collect()
}
