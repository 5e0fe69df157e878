//! What a deployment will do: a launch with everything it names.

use anyhow::{Context, Result};
use cosmwasm_std::HexBinary;
use meteor_messages::shower::{InstantiateMsg, MAX_SHOWERS};
use meteor_operator::keys::CommitmentsFile;
use meteor_operator::launch::artifacts::{Artifact, FILES};
use meteor_operator::launch::{Codes, Launch, instantiate};
use meteor_operator::node::Node;
use meteor_operator::tx;
use meteor_rules::catalogue::{Catalogue, file};
use meteor_rules::fairness::Bytes32;
use meteor_rules::preset::Preset;
use sha2::{Digest, Sha256};

use crate::preset;

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
            artifacts,
            checksums,
            contract,
            node,
        })
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

    /// The same with commitments to nothing where there are none yet, to see what else would be refused; `None` if a
    /// part is missing.
    pub(super) fn message_or_stand_in(&self, codes: Codes) -> Option<InstantiateMsg> {
        // As many as the contract takes at most.
        let count = usize::try_from(self.preset.schedule.count.min(MAX_SHOWERS)).ok()?;
        let committed = self.committed.as_ref().map(CommitmentsFile::commitments);
        self.with_commitments(codes, &committed.unwrap_or_else(|| vec![[0; 32]; count])).ok()
    }

    /// What the shower contract is instantiated with.
    ///
    /// # Errors
    /// If there are no commitments or no catalogue yet, or nothing says when shower 1 opens.
    pub fn message(&self, codes: Codes) -> Result<InstantiateMsg> {
        self.with_commitments(codes, &self.commitments()?)
    }

    fn with_commitments(&self, codes: Codes, commitments: &[Bytes32]) -> Result<InstantiateMsg> {
        let tables = Sha256::digest(preset::tables(&self.preset)?).into();
        let catalogue = self.catalogue.as_ref().context("the catalogue can't be used: see above")?;
        Ok(instantiate(&self.launch, &self.preset, codes, commitments, tables, catalogue)?)
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
