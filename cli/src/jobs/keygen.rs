//! `meteor keygen`: the event's master key, and the rehearsal of its recovery.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::{Fairness, QueryMsg};
use meteor_operator::keys::{Event, Protect, Unlock, harden, keygen, verify_file};
use meteor_operator::node::Node;

use super::secrets::passphrase;

/// Makes the master key of an event, or checks that a key file is the one of an event.
#[derive(Clone, Debug, clap::Args)]
pub struct Keygen {
    /// The age file to make, or with --verify to open
    pub file: PathBuf,
    /// A file with the passphrase (mode 0600; /dev/fd/3 reads descriptor 3) instead of the prompt
    #[arg(long)]
    pub passphrase_file: Option<PathBuf>,
    /// Lock the file for this age recipient instead of a passphrase; may be repeated
    #[arg(long)]
    pub recipient: Vec<String>,
    /// With --verify: the identity file that opens a file locked for recipients
    #[arg(long)]
    pub identity_file: Option<PathBuf>,
    /// The chain's id, for the commitments
    #[arg(long, requires_all = ["contract", "showers"])]
    pub chain_id: Option<String>,
    /// The address that the shower contract has or will have
    #[arg(long)]
    pub contract: Option<String>,
    /// How many showers
    #[arg(long)]
    pub showers: Option<u32>,
    /// Write the commitments to this file, for the launch file
    #[arg(long, requires = "contract", conflicts_with = "verify")]
    pub commitments: Option<PathBuf>,
    /// Open the file and compare with the commitments of the contract on this chain: the recovery rehearsal
    #[arg(long, value_name = "RPC", requires = "contract")]
    pub verify: Option<String>,
}

/// Runs `meteor keygen`.
///
/// # Errors
/// What stands in the way; no file is left then.
pub async fn make_key(options: &Keygen) -> Result<ExitCode> {
    harden()?;
    let source = passphrase(options.passphrase_file.as_ref());
    if let Some(rpc) = &options.verify {
        let contract = options.contract.as_deref().context("--verify needs --contract")?;
        let node = Node::new(rpc)?;
        let (chain_id, _) = node.status().await?;
        let fairness: Fairness = node.smart(contract, &QueryMsg::Fairness {}).await?;
        let expected = fairness
            .commitments
            .iter()
            .map(|commitment| Ok(commitment.as_slice().try_into()?))
            .collect::<Result<Vec<[u8; 32]>>>()?;
        let showers = u32::try_from(expected.len())?;
        let event = Event { chain_id: &chain_id, contract, showers };
        let unlock = match &options.identity_file {
            Some(path) => Unlock::Identities(path),
            None => Unlock::Passphrase(&*source),
        };
        verify_file(&options.file, unlock, &event, &expected)?;
        println!("{} opens and is the key of all {showers} showers of {contract}.", options.file.display());
        return Ok(ExitCode::SUCCESS);
    }
    let event = match (&options.chain_id, &options.contract, options.showers) {
        (Some(chain_id), Some(contract), Some(showers)) => Some(Event { chain_id, contract, showers }),
        _ => None,
    };
    let protect = if options.recipient.is_empty() {
        Protect::Passphrase(&*source)
    } else {
        Protect::Recipients(&options.recipient)
    };
    let created = keygen(&options.file, protect, event.as_ref())?;
    println!("{created}");
    if let Some(path) = &options.commitments {
        let commitments: Vec<String> =
            created.commitments.iter().map(|c| HexBinary::from(c).to_hex()).collect();
        std::fs::write(path, serde_json::to_vec_pretty(&commitments)?)
            .with_context(|| format!("writing {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}
