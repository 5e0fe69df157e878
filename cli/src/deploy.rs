//! `meteor deploy`: an event from its launch file to a chain. Says first what is wrong and what it will do; writes the
//! deployment file after each step and, run again, goes on where it was.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::HexBinary;
use meteor_operator::account::Account;
use meteor_operator::jobs;
use meteor_operator::keys::harden;
use meteor_operator::launch::artifacts::{self, Artifact, FILES};
use meteor_operator::launch::{Code, Codes, Known, Launch, LaunchError, Record, instantiate, lint, utc};
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_operator::tx;
use meteor_rules::fairness::Bytes32;
use meteor_rules::preset::Preset;
use sha2::{Digest, Sha256};

use crate::signing::{self, JournalFolder};

/// Brings an event to a chain.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The launch file
    pub launch: PathBuf,
    /// Where to write what is on the chain
    #[arg(long, default_value = "deployment.json")]
    pub deployment: PathBuf,
    /// Folder with the contracts' wasm and checksums.txt
    #[arg(long, default_value = "artifacts")]
    pub artifacts: PathBuf,
    /// A file with the 24 words of the owner's account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long, required_unless_present = "dry_run")]
    pub signer_file: Option<PathBuf>,
    /// Which account of the words
    #[arg(long, default_value_t = 0)]
    pub account: u32,
    /// Say what is wrong and what would be done, and sign nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where the owner's journal is.
    #[command(flatten)]
    pub journal: JournalFolder,
}

/// A launch with everything it names.
struct Plan {
    launch: Launch,
    preset: Preset,
    commitments: Option<Vec<Bytes32>>,
    artifacts: Vec<Artifact>,
    node: Node,
}

/// Runs `meteor deploy`.
///
/// # Errors
/// What stands in the way; the deployment file holds what was done before.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let plan = read(options)?;
    let findings = lint(&plan.launch, &plan.preset, &known(&plan).await?);
    for finding in &findings {
        println!("{}: {finding}", if finding.is_error() { "error" } else { "warning" });
    }
    let checksums = checksums(&plan).await?;
    let (_, first) = checksums.first().context("no contracts")?;
    let contract = tx::contract_address(first, &plan.launch.roles.owner, plan.launch.salt.as_bytes())?;
    show(&plan, &checksums, &contract)?;
    if findings.iter().any(meteor_operator::launch::Finding::is_error) {
        bail!("the launch has errors: mend them first, nothing was signed");
    }
    if options.dry_run {
        println!("dry run: nothing was signed");
        return Ok(ExitCode::SUCCESS);
    }
    let commitments = plan.commitments.as_deref().with_context(|| {
        format!("there is no commitments file {}: run the meteor keygen above", plan.launch.commitments)
    })?;
    let mut account = open(options, &plan).await?;
    let mut record = begin(options, &plan)?;
    let codes = codes(options, &plan, &mut account, &mut record).await?;
    // Byte for byte what its hash on the chain is made of; draw, hatch and everyone who verifies need it.
    let tables_file = options.deployment.with_file_name("tables.json");
    let tables = crate::demo::tables(&plan.preset)?;
    std::fs::write(&tables_file, &tables).with_context(|| format!("writing {}", tables_file.display()))?;
    let tables: Bytes32 = Sha256::digest(tables).into();
    let message = instantiate(&plan.launch, &plan.preset, codes, commitments, tables)?;
    let salt = plan.launch.salt.as_bytes();
    let node = account.node().clone();
    if jobs::exists(&node, &contract).await? {
        println!("{contract} is on the chain already");
    } else {
        let (_, height) = node.status().await?;
        // Before the transaction: killed in between, the next run still knows where to look from.
        record.height = Some(height);
        record.save(&options.deployment)?;
        let send = tx::instantiate(account.address(), codes.shower, &plan.launch.label, salt, &message)?;
        let included = account.send(vec![send]).await.context("instantiating the shower contract")?;
        println!("instantiated in block {}, transaction {}", included.height, included.hash);
        record.tx = Some(included.hash);
    }
    let height = record.height.unwrap_or(1);
    record.event = Some(jobs::read_back(&node, contract, height, &message).await?);
    record.save(&options.deployment)?;
    println!("the configuration was read back and is as asked for: {}", options.deployment.display());
    println!("tables of what meteors hold, for draw and hatch: {}", tables_file.display());
    Ok(ExitCode::SUCCESS)
}

fn read(options: &Options) -> Result<Plan> {
    let path = &options.launch;
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let launch = Launch::parse(&text)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let preset = crate::demo::preset(&preset_name(&launch, folder))?;
    let commitments = commitments(&folder.join(&launch.commitments))?;
    let artifacts = if launch.codes.is_some() { vec![] } else { artifacts::read(&options.artifacts)? };
    let node = Node::pool(&launch.chain.nodes)?;
    Ok(Plan { launch, preset, commitments, artifacts, node })
}

/// A preset file lies beside the launch file that names it.
fn preset_name(launch: &Launch, folder: &Path) -> String {
    let beside = folder.join(&launch.preset);
    if beside.is_file() { beside.to_string_lossy().into_owned() } else { launch.preset.clone() }
}

fn commitments(path: &Path) -> Result<Option<Vec<Bytes32>>> {
    if !path.exists() {
        return Ok(None);
    }
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let list: Vec<HexBinary> = serde_json::from_slice(&bytes).map_err(|_| LaunchError::Commitments)?;
    let list = list.iter().map(|each| each.as_slice().try_into().map_err(|_| LaunchError::Commitments));
    Ok(Some(list.collect::<Result<_, _>>()?))
}

/// What the dev chain makes public, and the time.
async fn known(plan: &Plan) -> Result<Known> {
    let words = meteor_devnet::Config::default().mnemonic;
    let prefix = &plan.launch.chain.prefix;
    let address = |index| Signer::from_mnemonic(&words, COIN_TYPE, index, prefix);
    let public = (0..10).filter_map(|index| Some(address(index).ok()?.address().to_owned()));
    let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Ok(Known {
        // A dry run works without a node; the address needs none.
        now: plan.node.time().await.unwrap_or(here),
        public_addresses: public.collect(),
        public_beacon: HexBinary::from(*crate::devnet::beacon()?.network().public_key.as_bytes()).to_hex(),
        commitments: plan.commitments.as_ref().map(Vec::len),
    })
}

/// The contracts' checksums by name: of the artifacts, or of the codes that the launch names.
async fn checksums(plan: &Plan) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let Some(codes) = plan.launch.codes else {
        let each = |artifact: &Artifact| Ok((artifact.name, HexBinary::from_hex(&artifact.checksum)?.into()));
        return plan.artifacts.iter().map(each).collect();
    };
    let mut checksums = Vec::new();
    for ((name, _), id) in FILES.into_iter().zip([codes.shower, codes.nft, codes.hatchery]) {
        let checksum = plan.node.code_checksum(id).await;
        checksums.push((name, checksum.with_context(|| format!("codes.{name} = {id}"))?));
    }
    Ok(checksums)
}

fn show(plan: &Plan, checksums: &[(&str, Vec<u8>)], contract: &str) -> Result<()> {
    let Plan { launch, preset, .. } = plan;
    println!("chain       {} at {}", launch.chain.id, launch.chain.nodes.join(", "));
    for (name, checksum) in checksums {
        let size = plan.artifacts.iter().find(|artifact| artifact.name == *name);
        let what = size.map_or("on the chain".into(), |artifact| format!("{} bytes", artifact.wasm.len()));
        println!("code        {name:<8} {} ({what})", HexBinary::from(checksum.as_slice()).to_hex());
    }
    println!("contract    {contract} (signed by the owner, salt {:?}, no admin)", launch.salt);
    if let Ok(opens_at) = launch.opens_at(preset) {
        let schedule = meteor_rules::preset::RelativeSchedule { opens_at: None, ..preset.schedule };
        let schedule = schedule.opening(opens_at);
        let last = schedule.closes_at(schedule.count).context("the schedule never ends")?;
        println!(
            "showers     {}, the first from {} to {}",
            schedule.count,
            utc(opens_at),
            utc(schedule.first_close)
        );
        println!("            the last ends {}, {} s each", utc(last), schedule.interval);
    }
    println!("minimum     {} {}", preset.minimum, launch.chain.denom);
    println!("operator    {}\nguardian    {}", launch.roles.operator, launch.roles.guardian);
    for payee in &launch.payees {
        println!("payee       {} {} of 10000", payee.address, payee.share_bp);
    }
    if plan.commitments.is_none() {
        println!("commitments none yet; make key and commitments with");
        println!(
            "  meteor keygen event.age --chain-id {} --contract {contract} --showers {} --commitments {}",
            launch.chain.id, preset.schedule.count, launch.commitments
        );
    }
    Ok(())
}

async fn open(options: &Options, plan: &Plan) -> Result<Account> {
    harden()?;
    let chain = &plan.launch.chain;
    let chain_id = plan.node.one_chain().await?;
    ensure!(chain_id == chain.id, "the node is on {chain_id}, the launch on {}", chain.id);
    let file = options.signer_file.clone().context("deploying needs --signer-file")?;
    let signer = signing::signer(&file, options.account, &chain.prefix)?;
    ensure!(
        signer.address() == plan.launch.roles.owner,
        "the words are those of {}, but the owner is {}: the address of the contract is bound to the owner",
        signer.address(),
        plan.launch.roles.owner
    );
    options.journal.open(plan.node.clone(), signer, plan.launch.gas_price()?).await
}

/// The record of an earlier run, or a new one.
fn begin(options: &Options, plan: &Plan) -> Result<Record> {
    let chain = &plan.launch.chain;
    if let Some(record) = Record::load(&options.deployment)? {
        ensure!(
            record.chain_id == chain.id,
            "{} is of {}, the launch of {}: name another file with --deployment",
            options.deployment.display(),
            record.chain_id,
            chain.id
        );
        return Ok(record);
    }
    Ok(Record {
        chain_id: chain.id.clone(),
        nodes: chain.nodes.clone(),
        gas_price: chain.gas_price.clone(),
        preset: preset_name(&plan.launch, options.launch.parent().unwrap_or(Path::new(""))),
        codes: std::collections::BTreeMap::new(),
        height: None,
        tx: None,
        event: None,
    })
}

/// Uploads what is not on the chain yet.
async fn codes(options: &Options, plan: &Plan, account: &mut Account, record: &mut Record) -> Result<Codes> {
    if let Some(codes) = plan.launch.codes {
        let checksums = checksums(plan).await?;
        for ((name, checksum), id) in checksums.into_iter().zip([codes.shower, codes.nft, codes.hatchery]) {
            let code = Code { id, checksum: HexBinary::from(checksum).to_hex(), tx: None };
            record.codes.insert(name.to_owned(), code);
        }
        record.save(&options.deployment)?;
        return Ok(codes);
    }
    for artifact in &plan.artifacts {
        let known = record.codes.get(artifact.name).filter(|code| code.checksum == artifact.checksum);
        if let Some(code) = known {
            let held = HexBinary::from(account.node().code_checksum(code.id).await?).to_hex();
            ensure!(held == artifact.checksum, "code {} is not the {} of the record", code.id, artifact.name);
            println!("{}: code {} is on the chain already", artifact.name, code.id);
            continue;
        }
        let (id, tx) = jobs::upload(account, &artifact.wasm)
            .await
            .with_context(|| format!("uploading {}", artifact.name))?;
        println!("{}: uploaded as code {id}", artifact.name);
        let code = Code { id, checksum: artifact.checksum.clone(), tx: Some(tx) };
        record.codes.insert(artifact.name.to_owned(), code);
        record.save(&options.deployment)?;
    }
    let id = |name: &str| record.codes.get(name).map(|code| code.id).context("a code that was not uploaded");
    Ok(Codes { shower: id("shower")?, nft: id("nft")?, hatchery: id("hatchery")? })
}
