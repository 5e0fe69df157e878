//! What a deployment will do: a launch with everything it names, and what is wrong with it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::InstantiateMsg;
use meteor_operator::jobs::{self, Payable};
use meteor_operator::keys::{CommitmentsFile, Event, OtherEvent};
use meteor_operator::launch::artifacts::{self, Artifact, FILES};
use meteor_operator::launch::{Codes, Finding, Known, Launch, instantiate, lint};
use meteor_operator::node::Node;
use meteor_operator::tx;
use meteor_rules::catalogue::{Catalogue, file};
use meteor_rules::fairness::Bytes32;
use meteor_rules::preset::Preset;
use sha2::{Digest, Sha256};

use crate::{catalogue, preset};

/// A launch with everything it names.
pub struct Plan {
    /// The launch.
    pub launch: Launch,
    /// Name of the preset, or the path of its file.
    pub preset_name: String,
    /// The preset.
    pub preset: Preset,
    /// The commitments to the showers' keys, and whose they are; `None` while keygen has made none.
    pub committed: Option<CommitmentsFile>,
    /// The catalogue; `None` while it can't be used.
    pub catalogue: Option<Catalogue>,
    /// The catalogue's file, byte for byte.
    pub catalogue_file: Vec<u8>,
    /// What is wrong with the catalogue, each fault with its line.
    pub catalogue_faults: Vec<String>,
    /// The contracts' wasm. Empty where the launch names codes that are on the chain.
    pub artifacts: Vec<Artifact>,
    /// The contracts' checksums by name: of the artifacts, or of the codes that the launch names.
    pub checksums: Vec<(&'static str, HexBinary)>,
    /// The address that the shower contract has or will have.
    pub contract: String,
    /// The chain.
    pub node: Node,
}

impl Plan {
    /// The plan of a launch file and the artifacts in a folder.
    ///
    /// # Errors
    /// If something that the launch names can't be read.
    pub async fn read(path: &Path, artifacts: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
        let launch = Launch::parse(&text)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        // A preset file lies beside the launch file that names it.
        let beside = folder.join(&launch.preset);
        let name =
            if beside.is_file() { beside.to_string_lossy().into_owned() } else { launch.preset.clone() };
        let preset = preset::read(&name)?;
        let artifacts = if launch.codes.is_some() { vec![] } else { artifacts::read(artifacts)? };
        let path = folder.join(&launch.commitments);
        let committed = CommitmentsFile::load(&path).with_context(|| path.display().to_string())?;
        let path = folder.join(&launch.catalogue);
        let mut plan = Self { committed, ..Self::new(launch, name, preset, artifacts).await? };
        plan.catalogue_file =
            std::fs::read(&path).with_context(|| format!("reading the catalogue {}", path.display()))?;
        match file::read(&plan.catalogue_file, &plan.preset.meteors.template) {
            Ok(catalogue) => plan.catalogue = Some(catalogue),
            Err(faults) => plan.catalogue_faults = catalogue::lines(&faults).collect(),
        }
        Ok(plan)
    }

    /// The plan with a catalogue that is in no file.
    #[must_use]
    pub fn with_catalogue(self, catalogue: Catalogue) -> Self {
        let catalogue_file = file::write(&catalogue, &self.preset.meteors.template).into_bytes();
        Self { catalogue: Some(catalogue), catalogue_file, ..self }
    }

    /// The plan of `launch`, without commitments and catalogue yet.
    ///
    /// # Errors
    /// If the codes that the launch names are not on the chain.
    pub async fn new(
        launch: Launch,
        preset_name: String,
        preset: Preset,
        artifacts: Vec<Artifact>,
    ) -> Result<Self> {
        let node = Node::pool(&launch.chain.nodes)?;
        let checksums = checksums(&launch, &artifacts, &node).await?;
        let (_, shower) = checksums.first().context("no contracts")?;
        let contract = tx::contract_address(shower, launch.deployer(), launch.salt.as_bytes())?;
        Ok(Self {
            launch,
            preset_name,
            preset,
            committed: None,
            catalogue: None,
            catalogue_file: Vec::new(),
            catalogue_faults: Vec::new(),
            artifacts,
            checksums,
            contract,
            node,
        })
    }

    /// Whether the contract is already on the chain. Fails if the node is on another chain than the launch.
    ///
    /// # Errors
    /// If the node does not answer, or is on another chain.
    pub async fn is_deployed(&self) -> Result<bool> {
        let (chain_id, expected) = (self.node.one_chain().await?, &self.launch.chain.id);
        ensure!(chain_id == *expected, "the node is on {chain_id}, the launch on {expected}");
        Ok(jobs::exists(&self.node, &self.contract).await?)
    }

    /// What is wrong or suspicious, for a contract that is already on the chain or not.
    pub async fn findings(&self, deployed: bool) -> Vec<Finding> {
        let here = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let Payable { refused, untried } = if deployed { Payable::default() } else { self.payable().await };
        let known = Known {
            // A dry run works without a node.
            now: self.node.time().await.unwrap_or(here),
            other_event: self.other_event(),
            deployed,
            catalogue: self.catalogue_faults.clone(),
            refused,
            untried,
        };
        lint(&self.launch, &self.preset, &known)
    }

    /// Which payees the chain would refuse.
    async fn payable(&self) -> Payable {
        let Launch { chain, roles, payees, .. } = &self.launch;
        let payees: Vec<&str> = payees.iter().map(|payee| payee.address.as_str()).collect();
        let roles = [self.launch.deployer(), &roles.owner, &roles.operator, &roles.guardian];
        let senders = [roles.as_slice(), payees.as_slice()].concat();
        match jobs::payable(&self.node, &senders, &chain.denom, &payees).await {
            Ok(payable) => payable,
            Err(error) => Payable { untried: Some(error.to_string()), ..Payable::default() },
        }
    }

    /// The event as commitments name it.
    pub fn event(&self) -> Event<'_> {
        Event {
            chain_id: &self.launch.chain.id,
            contract: &self.contract,
            showers: self.preset.schedule.count,
        }
    }

    /// What the commitments say of another event than this.
    fn other_event(&self) -> Vec<OtherEvent> {
        let committed = self.committed.as_ref();
        committed.map(|committed| committed.differs(&self.event())).unwrap_or_default()
    }

    /// The commitments to the showers' keys.
    ///
    /// # Errors
    /// If there are none yet.
    pub fn commitments(&self) -> Result<Vec<Bytes32>> {
        let committed = self.committed.as_ref().with_context(|| {
            format!("there is no commitments file {}: run the meteor keygen above", self.launch.commitments)
        })?;
        Ok(committed.commitments())
    }

    /// What the shower contract is instantiated with.
    ///
    /// # Errors
    /// If there are no commitments or no catalogue yet, or nothing says when shower 1 opens.
    pub fn message(&self, codes: Codes) -> Result<InstantiateMsg> {
        let commitments = self.commitments()?;
        let tables = Sha256::digest(preset::tables(&self.preset)?).into();
        let catalogue = self.catalogue.as_ref().context("the catalogue can't be used: see above")?;
        Ok(instantiate(&self.launch, &self.preset, codes, &commitments, tables, catalogue)?)
    }
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
