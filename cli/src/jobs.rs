//! The operator's commands: `keygen`, `close`, `draw`, `hatch`, `publish-key`. Each asks the contract what is left to do,
//! can be run twice, and reads keys from private files only: never from arguments or the environment.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::{DrawResponse, Fairness, QueryMsg, ShowerResponse};
use meteor_operator::beacon::{BeaconClient, BeaconConfig, Network, PublicKey};
use meteor_operator::jobs::{self, Hatcher};
use meteor_operator::keys::kms::{CredentialsSource, KmsConfig};
use meteor_operator::keys::{
    AnyKey, Event, FileKey, KeyError, KmsKey, Passphrase, PassphraseFile, Prompt, Protect, Unlock, harden,
    keygen, verify_file,
};
use meteor_operator::node::Node;
use meteor_rules::fairness::content::Tables;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::signing::Signing;

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

/// The key of the event, and the tables of what meteors hold.
#[derive(Clone, Debug, clap::Args)]
pub struct Secrets {
    /// The age file that meteor keygen made
    #[arg(long, required_unless_present = "kms_key_id", conflicts_with = "kms_key_id")]
    pub key_file: Option<PathBuf>,
    /// Instead of a file: the id of the AWS KMS HMAC key that makes the keys of showers
    #[arg(long, requires = "kms_region")]
    pub kms_key_id: Option<String>,
    /// Its region
    #[arg(long)]
    pub kms_region: Option<String>,
    /// Another address of the key service than AWS's own
    #[arg(long)]
    pub kms_endpoint: Option<String>,
    /// The AWS credentials file (mode 0600), profile default
    #[arg(long)]
    pub kms_credentials: Option<PathBuf>,
    /// A file with its passphrase (mode 0600) instead of the prompt
    #[arg(long)]
    pub passphrase_file: Option<PathBuf>,
    /// The identity file, if it was locked for recipients
    #[arg(long)]
    pub identity_file: Option<PathBuf>,
    /// The tables file whose hash the contract holds
    #[arg(long)]
    pub tables: PathBuf,
}

/// Closes a shower that has ended.
#[derive(Clone, Debug, clap::Args)]
pub struct Close {
    #[command(flatten)]
    signing: Signing,
    /// Which shower; all that have ended if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// Waits for the beacon and commits to what the meteors of closed showers hold.
#[derive(Clone, Debug, clap::Args)]
pub struct Draw {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Which shower; all closed ones without a draw if left out
    #[arg(long)]
    shower: Option<u32>,
    /// Who relays the beacon; may be repeated
    #[arg(long, required = true)]
    beacon_url: Vec<String>,
}

/// The worker that reveals what cracked meteors hold, until Ctrl-C.
///
/// Anyone may reveal: give it an account of its own, because no other command can sign with its account while it runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Hatch {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Seconds between looks at what is in custody
    #[arg(long, default_value_t = 5)]
    every: u64,
    /// Append a line to this file for each batch: when, and which meteors, never what they held
    #[arg(long)]
    audit_log: Option<PathBuf>,
    /// Reveal what is in custody now, then end
    #[arg(long)]
    once: bool,
}

/// Publishes the keys of showers whose crack window has passed.
#[derive(Clone, Debug, clap::Args)]
pub struct PublishKey {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// Which shower
    #[arg(long)]
    shower: u32,
}

fn passphrase(file: Option<&PathBuf>) -> Box<dyn Passphrase> {
    match file {
        Some(path) => Box::new(PassphraseFile(path.clone())),
        None => Box::new(Prompt),
    }
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

impl Secrets {
    async fn open(&self, node: &Node, contract: &str) -> Result<(AnyKey, Tables)> {
        let bytes = std::fs::read(&self.tables)
            .with_context(|| format!("reading the tables {}", self.tables.display()))?;
        let fairness: Fairness = node.smart(contract, &QueryMsg::Fairness {}).await?;
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        ensure!(
            fairness.tables.as_slice() == hash,
            "{} is not the tables file of this event: its hash is not the one that the contract holds",
            self.tables.display()
        );
        let tables = serde_json::from_slice(&bytes).context("reading the tables")?;
        Ok((self.key()?, tables))
    }

    fn key(&self) -> Result<AnyKey> {
        if let (Some(key_id), Some(region)) = (&self.kms_key_id, &self.kms_region) {
            let path = self.kms_credentials.clone().context("a key service needs --kms-credentials")?;
            let credentials = CredentialsSource::Profile { path, profile: "default".into() };
            let mut config = KmsConfig::new(region, key_id, credentials);
            config.endpoint.clone_from(&self.kms_endpoint);
            let key = KmsKey::new(config).map_err(KeyError::from)?;
            return Ok(AnyKey::Kms(Box::new(key)));
        }
        let path = self.key_file.as_ref().context("name a key: --key-file or --kms-key-id")?;
        let source = passphrase(self.passphrase_file.as_ref());
        let unlock = match &self.identity_file {
            Some(path) => Unlock::Identities(path),
            None => Unlock::Passphrase(&*source),
        };
        Ok(AnyKey::File(FileKey::open(path, unlock)?))
    }
}

/// Runs `meteor close`.
///
/// # Errors
/// What stands in the way.
pub async fn close(options: &Close) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    let now = account.node().time().await?;
    for shower in 1..=config.schedule.count {
        let ended = config.schedule.closes_at(shower).is_some_and(|closes_at| now >= closes_at);
        if options.shower.map_or(ended, |only| only == shower) {
            let state = jobs::close(&mut account, &deployment.shower, shower).await?;
            println!("shower {shower}: closed, {} contributors", state.contributors);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `meteor draw`.
///
/// # Errors
/// What stands in the way.
pub async fn draw(options: &Draw) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    let node = account.node().clone();
    let (keys, tables) = options.secrets.open(&node, &deployment.shower).await?;
    let fairness: Fairness = node.smart(&deployment.shower, &QueryMsg::Fairness {}).await?;
    let public_key: [u8; 96] =
        fairness.beacon_key.as_slice().try_into().context("the contract's beacon key is not 96 bytes")?;
    let network = Network {
        public_key: PublicKey::new(public_key)?,
        genesis: fairness.beacon.genesis,
        period: fairness.beacon.period,
        chain_hash: None,
    };
    let beacon = BeaconClient::new(BeaconConfig::new(network, options.beacon_url.clone()))?;
    for shower in 1..=config.schedule.count {
        let state: ShowerResponse = node.smart(&deployment.shower, &QueryMsg::Shower { shower }).await?;
        let draw: DrawResponse = node.smart(&deployment.shower, &QueryMsg::Draw { shower }).await?;
        let due = state.closed && !state.cancelled && state.contributors > 0 && draw.root.is_none();
        if !options.shower.map_or(due, |only| only == shower) {
            continue;
        }
        if let Some(round) = draw.beacon_round {
            println!("shower {shower}: waiting for round {round} of the beacon");
        }
        let drawn = jobs::draw(&mut account, &deployment, &keys, &beacon, &tables, shower).await?;
        match drawn.root {
            Some(root) => println!("shower {shower}: drawn, root {root} over {} meteors", drawn.leaves),
            None => println!("shower {shower}: nobody contributed, nothing to draw"),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs `meteor hatch` until `stop`.
///
/// # Errors
/// What stands in the way, with --once; otherwise it is reported and tried again.
pub async fn hatch(options: &Hatch, stop: &CancellationToken) -> Result<ExitCode> {
    let (mut account, deployment, _) = options.signing.open().await?;
    let (keys, tables) = options.secrets.open(&account.node().clone(), &deployment.shower).await?;
    let mut hatcher = Hatcher::new(&deployment, &keys, &tables);
    loop {
        match hatcher.round(&mut account).await {
            Ok(done) => {
                if !done.revealed.is_empty() {
                    println!("revealed {} meteors", done.revealed.len());
                    if let Some(path) = &options.audit_log {
                        append(path, account.node().time().await?, &done.revealed)?;
                    }
                }
                if !done.left.is_empty() {
                    println!("{} meteors waited too long and are left to their holders", done.left.len());
                }
            }
            Err(error) if options.once => return Err(error.into()),
            // The chain may be away for a while; what is in custody stays there.
            Err(error) => eprintln!("not revealed, trying again: {:#}", anyhow::Error::from(error)),
        }
        if options.once {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(options.every)) => {}
            () = stop.cancelled() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The audit log holds what the chain's history holds, so a line that a crash swallows can be found there.
fn append(path: &Path, time: u64, revealed: &[u64]) -> Result<()> {
    let line = serde_json::json!({ "time": time, "revealed": revealed });
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    writeln!(file, "{line}").with_context(|| format!("writing {}", path.display()))
}

/// Runs `meteor publish-key`.
///
/// # Errors
/// What stands in the way.
pub async fn publish_key(options: &PublishKey) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    if options.shower == 0 || options.shower > config.schedule.count {
        bail!("there is no shower {}: they are numbered 1 to {}", options.shower, config.schedule.count);
    }
    let (keys, _) = options.secrets.open(&account.node().clone(), &deployment.shower).await?;
    if jobs::publish_key(&mut account, &deployment, &keys, options.shower).await? {
        println!("shower {}: its key is public now; everyone can verify it", options.shower);
    } else {
        println!("shower {}: its key was public already", options.shower);
    }
    Ok(ExitCode::SUCCESS)
}
