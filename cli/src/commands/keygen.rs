//! `meteor keygen`: the event's master key, and the rehearsal of its recovery.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_operator::keys::{CommitmentsFile, Event, Protect, Unlock, harden, keygen, verify_file};

use super::Command;
use crate::event::Found;
use crate::out::say;
use crate::secrets::passphrase;

/// Make the master key of an event, or check that a key file belongs to an event.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Keygen {
    /// The age file to make, or with --verify to open
    file: PathBuf,
    /// File with the passphrase (mode 0600; /dev/fd/3 reads descriptor 3), instead of the prompt
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// Lock the file for this age recipient instead of with a passphrase; may be repeated
    #[arg(long)]
    recipient: Vec<String>,
    /// With --verify: identity file that opens a file locked for recipients
    #[arg(long)]
    identity_file: Option<PathBuf>,
    /// The chain's id, for the commitments
    #[arg(long, requires_all = ["contract", "showers"])]
    chain_id: Option<String>,
    /// How many showers the event has
    #[arg(long)]
    showers: Option<u32>,
    /// Write the commitments to this file, for the launch file
    #[arg(long, requires = "contract", conflicts_with = "verify")]
    commitments: Option<PathBuf>,
    /// Open the file and compare it with the commitments of the event on the chain: the recovery rehearsal
    #[arg(long)]
    verify: bool,
    // To make a key, only the contract counts: the address that it will have.
    #[command(flatten)]
    of: crate::event::Event,
}

impl Command for Keygen {
    async fn run(self) -> Result<ExitCode> {
        harden()?;
        if self.verify {
            self.rehearse().await?;
        } else {
            self.make()?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Keygen {
    async fn rehearse(&self) -> Result<()> {
        let Found { node, contract, .. } = self.of.find(None).await?;
        let shown = ShowerContract::new(&node, &contract);
        // The name that the chain had at the launch: keys are bound to it.
        let chain_id = shown.config().await?.chain_id;
        let fairness = shown.fairness().await?;
        let expected = fairness
            .commitments
            .iter()
            .map(|commitment| Ok(commitment.as_slice().try_into()?))
            .collect::<Result<Vec<[u8; 32]>>>()?;
        let showers = u32::try_from(expected.len())?;
        let source = passphrase(self.passphrase_file.as_ref());
        let unlock = match &self.identity_file {
            Some(path) => Unlock::Identities(path),
            None => Unlock::Passphrase(&*source),
        };
        verify_file(
            &self.file,
            unlock,
            &Event { chain_id: &chain_id, contract: &contract, showers },
            &expected,
        )?;
        say!("{} opens and is the key of all {showers} showers of {contract}.", self.file.display());
        Ok(())
    }

    fn make(&self) -> Result<()> {
        let event = match (&self.chain_id, &self.of.contract, self.showers) {
            (Some(chain_id), Some(contract), Some(showers)) => Some(Event { chain_id, contract, showers }),
            _ => None,
        };
        let source = passphrase(self.passphrase_file.as_ref());
        let protect = if self.recipient.is_empty() {
            Protect::Passphrase(&*source)
        } else {
            Protect::Recipients(&self.recipient)
        };
        let created = keygen(&self.file, protect, event.as_ref())?;
        say!("{created}");
        if let (Some(path), Some(event)) = (&self.commitments, &event) {
            CommitmentsFile::new(event, &created.commitments).save(path)?;
        }
        Ok(())
    }
}
