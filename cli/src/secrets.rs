//! The event's key and tables, for the commands that need them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_operator::keys::kms::{CredentialsSource, KmsConfig};
use meteor_operator::keys::{
    AnyKey, FileKey, KeyError, KeySource as _, KmsKey, Passphrase, PassphraseFile, Prompt, Unlock,
};
use meteor_operator::node::Node;
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::content::Tables;
use sha2::{Digest, Sha256};

/// The key of the event, and the tables of what meteors hold.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Secrets {
    /// The age file that meteor keygen made
    #[arg(long, required_unless_present = "kms_key_id", conflicts_with = "kms_key_id")]
    key_file: Option<PathBuf>,
    /// Instead of a file: id of the AWS KMS HMAC key that derives the showers' keys
    #[arg(long, requires = "kms_region")]
    kms_key_id: Option<String>,
    /// Region of the AWS KMS key
    #[arg(long)]
    kms_region: Option<String>,
    /// Address of the key service, if it is not AWS's own
    #[arg(long)]
    kms_endpoint: Option<String>,
    /// AWS credentials file (mode 0600); its profile default is used. Without it, an ECS task or EKS pod uses
    /// the credentials of its role
    #[arg(long)]
    kms_credentials: Option<PathBuf>,
    /// File with the passphrase (mode 0600), instead of the prompt
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// Identity file that opens a key file locked for recipients
    #[arg(long)]
    identity_file: Option<PathBuf>,
    /// The tables file that meteor deploy wrote: the contract holds its hash
    #[arg(long)]
    tables: PathBuf,
}

/// The passphrase in `file`, or else asked for at the terminal.
pub(crate) fn passphrase(file: Option<&PathBuf>) -> Box<dyn Passphrase> {
    match file {
        Some(path) => Box::new(PassphraseFile(path.clone())),
        None => Box::new(Prompt),
    }
}

/// Checks that `key` is the event's: what it gives for shower 1 is what the launch committed to. With another one every
/// job would find nothing that it can do.
async fn ours(key: &AnyKey, contract: ShowerContract<'_>) -> Result<()> {
    const FIRST: u32 = 1;
    let (config, draw) = (contract.config().await?, contract.draw(FIRST).await?);
    let id = Domain { chain_id: &config.chain_id, contract: contract.address(), shower: ShowerId(FIRST) };
    let given = key.shower_key(&id).await?.commitment(&id);
    ensure!(
        given.as_slice() == draw.commitment.as_slice(),
        "this is not the key of the event {}: the launch committed to another one. Is it another event's, or is \
         --event?",
        contract.address()
    );
    Ok(())
}

impl Secrets {
    /// Opens both for the event at `contract`.
    pub(crate) async fn open(&self, node: &Node, contract: &str) -> Result<(AnyKey, Tables)> {
        let bytes = std::fs::read(&self.tables)
            .with_context(|| format!("reading the tables {}", self.tables.display()))?;
        let fairness = ShowerContract::new(node, contract).fairness().await?;
        let hash: [u8; 32] = Sha256::digest(&bytes).into();
        ensure!(
            fairness.tables.as_slice() == hash,
            "{} is not the tables file of this event: the contract holds another hash",
            self.tables.display()
        );
        let tables = serde_json::from_slice(&bytes).context("reading the tables")?;
        let key = self.key()?;
        ours(&key, ShowerContract::new(node, contract)).await?;
        Ok((key, tables))
    }

    fn key(&self) -> Result<AnyKey> {
        if let (Some(key_id), Some(region)) = (&self.kms_key_id, &self.kms_region) {
            let credentials = match &self.kms_credentials {
                Some(path) => {
                    Some(CredentialsSource::Profile { path: path.clone(), profile: "default".into() })
                }
                None => CredentialsSource::of_container(|name| std::env::var(name).ok()),
            };
            let credentials = credentials
                .context("--kms-key-id needs --kms-credentials, or a container whose task has a role")?;
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
