//! `meteor deploy`: an event from its launch file to a chain. Says first what is wrong and what it will do; writes the
//! deployment file after each step and, run again, goes on where it was. What is on the chain is read back each time.

mod plan;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::{ConfigResponse, InstantiateMsg, QueryMsg};
use meteor_operator::account::Account;
use meteor_operator::jobs::{self, Asked, Deployment};
use meteor_operator::keys::harden;
use meteor_operator::launch::{Code, Codes, Finding, Record, instantiate};
use meteor_operator::tx;
use meteor_rules::fairness::Bytes32;
use sha2::{Digest, Sha256};

use self::plan::Plan;
use crate::signing::{self, JournalFolder};

/// Brings an event to a chain.
///
/// Run again it finds what is there, goes on, and compares all of it with the launch file; for an event that is there as a
/// whole it signs nothing and needs no --signer-file.
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
    /// A file with the 24 words of the account that signs the deployment: the launch file's deployer, or its owner
    /// (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long)]
    pub signer_file: Option<PathBuf>,
    /// Which account of the words
    #[arg(long, default_value_t = 0)]
    pub account: u32,
    /// Say what is wrong and what would be done, and sign nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Where the account's journal is.
    #[command(flatten)]
    pub journal: JournalFolder,
}

/// Runs `meteor deploy`.
///
/// # Errors
/// What stands in the way; the deployment file holds what was done before.
pub async fn run(options: &Options) -> Result<ExitCode> {
    let plan = Plan::read(options).await?;
    let there = match on_the_chain(&plan).await {
        Err(error) if options.dry_run => {
            println!("warning: {error:#}");
            false
        }
        answer => answer?,
    };
    let findings = plan.findings(there).await?;
    for finding in &findings {
        println!("{}: {finding}", if finding.is_error() { "error" } else { "warning" });
    }
    plan.show(there).await?;
    if findings.iter().any(Finding::is_error) {
        bail!("the launch has errors: mend them first, nothing was signed");
    }
    if options.dry_run {
        println!("dry run: nothing was signed");
        return Ok(ExitCode::SUCCESS);
    }
    let commitments = plan.commitments.as_deref().with_context(|| {
        format!("there is no commitments file {}: run the meteor keygen above", plan.launch.commitments)
    })?;
    let mut record = begin(options, &plan)?;
    // Byte for byte what its hash on the chain is made of; draw, hatch and everyone who verifies need it.
    let tables = crate::demo::tables(&plan.preset)?;
    let hash: Bytes32 = Sha256::digest(&tables).into();
    let message = |codes| instantiate(&plan.launch, &plan.preset, codes, commitments, hash);
    let (codes, message) = if there {
        println!("{} is on the chain already", plan.contract);
        let codes = its_codes(options, &plan, &mut record).await?;
        (codes, message(codes)?)
    } else {
        let mut account = open(options, &plan).await?;
        let codes = codes(options, &plan, &mut account, &mut record).await?;
        let message = message(codes)?;
        make(options, &plan, &mut account, &mut record, codes, &message).await?;
        (codes, message)
    };
    record.event = Some(read_back(&plan, codes, &message, record.height.unwrap_or(1)).await?);
    record.save(&options.deployment)?;
    let tables_file = options.deployment.with_file_name("tables.json");
    std::fs::write(&tables_file, &tables).with_context(|| format!("writing {}", tables_file.display()))?;
    println!("the configuration was read back and is as asked for: {}", options.deployment.display());
    println!("tables of what meteors hold, for draw and hatch: {}", tables_file.display());
    Ok(ExitCode::SUCCESS)
}

/// Whether the contract is on the chain already; and that it is the launch's chain.
async fn on_the_chain(plan: &Plan) -> Result<bool> {
    let (chain_id, expected) = (plan.node.one_chain().await?, &plan.launch.chain.id);
    ensure!(chain_id == *expected, "the node is on {chain_id}, the launch on {expected}");
    Ok(jobs::exists(&plan.node, &plan.contract).await?)
}

async fn open(options: &Options, plan: &Plan) -> Result<Account> {
    harden()?;
    let file = options.signer_file.clone().context("deploying needs --signer-file")?;
    let signer = signing::signer(&file, options.account, &plan.launch.chain.prefix)?;
    let deployer = plan.launch.deployer();
    ensure!(
        signer.address() == deployer,
        "the words are those of {}, but the {} is {deployer}: the address of the contract is bound to it",
        signer.address(),
        if plan.launch.roles.deployer.is_some() { "deployer" } else { "owner" }
    );
    options.journal.open(plan.node.clone(), signer, plan.launch.gas_price()?).await
}

/// The record of an earlier run, or a new one.
fn begin(options: &Options, plan: &Plan) -> Result<Record> {
    let chain = &plan.launch.chain;
    let path = options.deployment.display();
    let (nodes, gas_price) = (chain.nodes.clone(), chain.gas_price.clone());
    let Some(record) = Record::load(&options.deployment)? else {
        return Ok(Record {
            chain_id: chain.id.clone(),
            nodes,
            gas_price,
            preset: plan.preset_name.clone(),
            codes: std::collections::BTreeMap::new(),
            height: None,
            tx: None,
            event: None,
        });
    };
    let (is_of, other) = (&record.chain_id, "name another file with --deployment");
    ensure!(*is_of == chain.id, "{path} is of {is_of}, the launch of {}: {other}", chain.id);
    if let Some(event) = &record.event {
        let (is_of, contract) = (&event.shower, &plan.contract);
        ensure!(is_of == contract, "{path} is of {is_of}, the launch makes {contract}: {other}");
    }
    // What the launch says of nodes and fees may change at any time.
    Ok(Record { nodes, gas_price, preset: plan.preset_name.clone(), ..record })
}

fn hex(bytes: &[u8]) -> String {
    HexBinary::from(bytes).to_hex()
}

/// Uploads what is not on the chain yet.
async fn codes(options: &Options, plan: &Plan, account: &mut Account, record: &mut Record) -> Result<Codes> {
    if let Some(codes) = plan.launch.codes {
        return note(options, plan, record, codes);
    }
    let lost = jobs::last_upload(account).await?;
    for artifact in &plan.artifacts {
        // Killed after an upload and before it was noted: the account's journal knows.
        let is_it = |checksum: &Vec<u8>| hex(checksum) == artifact.checksum;
        if let Some((id, _, tx)) = lost.clone().filter(|(_, checksum, _)| is_it(checksum)) {
            let code = Code { id, checksum: artifact.checksum.clone(), tx: Some(tx) };
            record.codes.insert(artifact.name.to_owned(), code);
            record.save(&options.deployment)?;
        }
        let known = record.codes.get(artifact.name).filter(|code| code.checksum == artifact.checksum);
        if let Some(code) = known {
            let held = hex(&account.node().code_checksum(code.id).await?);
            ensure!(held == artifact.checksum, "code {} is not the {} of the record", code.id, artifact.name);
            println!("{}: code {} is on the chain already", artifact.name, code.id);
            continue;
        }
        let (id, tx) = jobs::upload(account, &artifact.wasm)
            .await
            .with_context(|| format!("uploading {}", artifact.name))?;
        let code = Code { id, checksum: artifact.checksum.clone(), tx: Some(tx) };
        record.codes.insert(artifact.name.to_owned(), code);
        record.save(&options.deployment)?;
        println!("{}: uploaded as code {id}", artifact.name);
    }
    let id = |name: &str| record.codes.get(name).map(|code| code.id).context("a code that was not uploaded");
    Ok(Codes { shower: id("shower")?, nft: id("nft")?, hatchery: id("hatchery")? })
}

/// The codes that the contracts on the chain have, whatever the record says: it may be lost.
async fn its_codes(options: &Options, plan: &Plan, record: &mut Record) -> Result<Codes> {
    let config: ConfigResponse = plan.node.smart(&plan.contract, &QueryMsg::Config {}).await?;
    let made = plan.node.contract(&plan.contract).await?;
    let shower = made.code_id;
    // A record that was lost, and made anew here, has not seen it happen.
    record.height = record.height.or(made.created.map(|at| at.block_height));
    let nft = plan.node.contract(&config.meteors).await?.code_id;
    let hatchery = plan.node.contract(&config.hatchery).await?.code_id;
    for ((name, checksum), id) in plan.checksums.iter().zip([shower, nft, hatchery]) {
        let held: HexBinary = plan.node.code_checksum(id).await?.into();
        ensure!(held == *checksum, "code {id}, which the event has, is not the {name} of the plan");
    }
    note(options, plan, record, plan.launch.codes.unwrap_or(Codes { shower, nft, hatchery }))
}

/// Notes codes that were on the chain.
fn note(options: &Options, plan: &Plan, record: &mut Record, codes: Codes) -> Result<Codes> {
    for ((name, checksum), id) in plan.checksums.iter().zip([codes.shower, codes.nft, codes.hatchery]) {
        let tx = record.codes.get(*name).filter(|code| code.id == id).and_then(|code| code.tx.clone());
        let code = Code { id, checksum: checksum.to_hex(), tx };
        record.codes.insert((*name).to_owned(), code);
    }
    record.save(&options.deployment)?;
    Ok(codes)
}

/// Instantiates the event.
async fn make(
    options: &Options,
    plan: &Plan,
    account: &mut Account,
    record: &mut Record,
    codes: Codes,
    message: &InstantiateMsg,
) -> Result<()> {
    // Opening the account has finished what an earlier run left under way; that may have been this.
    if jobs::exists(&plan.node, &plan.contract).await? {
        println!("{} is on the chain already", plan.contract);
        return Ok(());
    }
    let (_, height) = plan.node.status().await?;
    // Before the transaction: killed in between, the next run still knows where to look from.
    record.height = Some(height);
    record.save(&options.deployment)?;
    let (admin, salt) = (plan.launch.roles.admin.as_deref(), plan.launch.salt.as_bytes());
    let send = tx::instantiate(account.address(), admin, codes.shower, &plan.launch.label, salt, message)?;
    let included = account.send(vec![send]).await.context("instantiating the shower contract")?;
    println!("instantiated in block {}, transaction {}", included.height, included.hash);
    record.tx = Some(included.hash);
    Ok(())
}

/// Reads everything back and says of each contract what was compared.
async fn read_back(plan: &Plan, codes: Codes, message: &InstantiateMsg, height: u64) -> Result<Deployment> {
    let launch = &plan.launch;
    let admin = launch.roles.admin.as_deref();
    let (creator, label) = (launch.deployer(), launch.label.as_str());
    let asked = Asked { code_id: codes.shower, creator, admin, label, message };
    let (deployment, checks) = jobs::read_back(&plan.node, plan.contract.clone(), height, asked).await?;
    for of in ["shower", "meteors", "hatchery", "eggs", "dust"] {
        let same = checks.iter().filter(|check| check.of == of && check.differs.is_none());
        let same: Vec<&str> = same.map(|check| check.what).collect();
        println!("read back   {of:<8} as asked for: {}", same.join(", "));
    }
    let mut differ = false;
    for check in &checks {
        if let Some(how) = &check.differs {
            differ = true;
            println!("DIFFERS     {:<8} {}: {how}", check.of, check.what);
        }
    }
    ensure!(
        !differ,
        "{} holds another configuration than the launch file asks for (see DIFFERS): don't announce it; another salt \
         makes another contract",
        plan.contract
    );
    Ok(deployment)
}
