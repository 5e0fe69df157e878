//! What a deployment will do: the launch file with everything it names, what is wrong with it, and the plan in words.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_operator::launch::artifacts::{self, Artifact, FILES};
use meteor_operator::launch::{self, Finding, Known, Launch, LaunchError, lint, utc};
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use meteor_operator::tx;
use meteor_rules::fairness::Bytes32;
use meteor_rules::preset::{Preset, RelativeSchedule};

use super::Options;

/// A launch with everything it names.
pub(super) struct Plan {
    pub(super) launch: Launch,
    /// Name of the preset, or the path of its file.
    pub(super) preset_name: String,
    pub(super) preset: Preset,
    pub(super) commitments: Option<Vec<Bytes32>>,
    /// Empty where the launch names codes that are on the chain.
    pub(super) artifacts: Vec<Artifact>,
    /// The contracts' checksums by name: of the artifacts, or of the codes that the launch names.
    pub(super) checksums: Vec<(&'static str, HexBinary)>,
    /// The address that the shower contract has or will have.
    pub(super) contract: String,
    pub(super) node: Node,
}

impl Plan {
    pub(super) async fn read(options: &Options) -> Result<Self> {
        let path = &options.launch;
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let launch = Launch::parse(&text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        // A preset file lies beside the launch file that names it.
        let beside = folder.join(&launch.preset);
        let preset_name =
            if beside.is_file() { beside.to_string_lossy().into_owned() } else { launch.preset.clone() };
        let preset = crate::demo::preset(&preset_name)?;
        let commitments = commitments(&folder.join(&launch.commitments))?;
        let artifacts = if launch.codes.is_some() { vec![] } else { artifacts::read(&options.artifacts)? };
        let node = Node::pool(&launch.chain.nodes)?;
        let checksums = checksums(&launch, &artifacts, &node).await?;
        let (_, shower) = checksums.first().context("no contracts")?;
        let contract = tx::contract_address(shower, launch.deployer(), launch.salt.as_bytes())?;
        Ok(Self { launch, preset_name, preset, commitments, artifacts, checksums, contract, node })
    }

    /// What is wrong or suspicious, for a contract that is on the chain already or not.
    pub(super) async fn findings(&self, deployed: bool) -> Result<Vec<Finding>> {
        let words = meteor_devnet::Config::default().mnemonic;
        let prefix = &self.launch.chain.prefix;
        let address = |index| Signer::from_mnemonic(&words, COIN_TYPE, index, prefix);
        let public = (0..10).filter_map(|index| Some(address(index).ok()?.address().to_owned()));
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let known = Known {
            // A dry run works without a node.
            now: self.node.time().await.unwrap_or(here),
            public_addresses: public.collect(),
            public_beacon: HexBinary::from(*crate::devnet::beacon()?.public_key.as_bytes()).to_hex(),
            commitments: self.commitments.as_ref().map(Vec::len),
            deployed,
        };
        Ok(lint(&self.launch, &self.preset, &known))
    }

    /// Says what will be done.
    pub(super) async fn show(&self, deployed: bool) -> Result<()> {
        let Self { launch, preset, contract, .. } = self;
        println!("chain       {} at {}", launch.chain.id, launch.chain.nodes.join(", "));
        for (name, checksum) in &self.checksums {
            let size = self.artifacts.iter().find(|artifact| artifact.name == *name);
            let what =
                size.map_or("on the chain".into(), |artifact| format!("{} bytes", artifact.wasm.len()));
            println!("code        {name:<8} {} ({what})", checksum.to_hex());
        }
        println!("contract    {contract} (signed by {}, salt {:?})", launch.deployer(), launch.salt);
        match &launch.roles.admin {
            None => println!("admin       none: nobody can exchange the contract's code"),
            Some(admin) => {
                println!("admin       {admin} can exchange the contract's code and with it every rule");
            }
        }
        if let Ok(opens_at) = launch.opens_at(preset) {
            let schedule = RelativeSchedule { opens_at: None, ..preset.schedule }.opening(opens_at);
            let last = schedule.closes_at(schedule.count).context("the schedule never ends")?;
            let (first, until) = (utc(opens_at), utc(schedule.first_close));
            println!("showers     {}, the first from {first} to {until}", schedule.count);
            println!("            the last ends {}, {} s each", utc(last), schedule.interval);
        }
        println!("minimum     {} {}", preset.minimum, launch.chain.denom);
        let roles = &launch.roles;
        println!(
            "owner       {}\noperator    {}\nguardian    {}",
            roles.owner, roles.operator, roles.guardian
        );
        for payee in &launch.payees {
            println!("payee       {} {} of 10000", payee.address, payee.share_bp);
        }
        if !deployed {
            self.fees().await;
        }
        if self.commitments.is_none() {
            println!("commitments none yet; make key and commitments with");
            println!(
                "  meteor keygen event.age --chain-id {} --contract {contract} --showers {} --commitments {}",
                launch.chain.id, preset.schedule.count, launch.commitments
            );
        }
        Ok(())
    }

    /// About what it costs, and whether who signs has it.
    async fn fees(&self) {
        let Ok(price) = self.launch.gas_price() else { return };
        let sizes: Vec<usize> = self.artifacts.iter().map(|artifact| artifact.wasm.len()).collect();
        let gas = launch::gas(&sizes, self.preset.schedule.count);
        let fee = price.fee(gas);
        println!("fees        about {fee} {} for {gas} gas", price.denom);
        // A dry run works without a node.
        let Ok(has) = self.node.balance(self.launch.deployer(), &price.denom).await else { return };
        if has < fee {
            println!(
                "warning: {} has {has} {}: send it what is missing",
                self.launch.deployer(),
                price.denom
            );
        }
    }
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

async fn checksums(
    launch: &Launch,
    artifacts: &[Artifact],
    node: &Node,
) -> Result<Vec<(&'static str, HexBinary)>> {
    let Some(codes) = launch.codes else {
        let each = |artifact: &Artifact| Ok((artifact.name, HexBinary::from_hex(&artifact.checksum)?));
        return artifacts.iter().map(each).collect();
    };
    let mut checksums = Vec::new();
    for ((name, _), id) in FILES.into_iter().zip([codes.shower, codes.nft, codes.hatchery]) {
        let checksum = node.code_checksum(id).await;
        checksums.push((name, checksum.with_context(|| format!("codes.{name} = {id}"))?.into()));
    }
    Ok(checksums)
}
