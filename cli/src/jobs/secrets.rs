//! The event's key and tables, as the commands that need them open them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{Fairness, QueryMsg};
use meteor_operator::keys::kms::{CredentialsSource, KmsConfig};
use meteor_operator::keys::{AnyKey, FileKey, KeyError, KmsKey, Passphrase, PassphraseFile, Prompt, Unlock};
use meteor_operator::node::Node;
use meteor_rules::fairness::content::Tables;
use sha2::{Digest, Sha256};

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

pub(super) fn passphrase(file: Option<&PathBuf>) -> Box<dyn Passphrase> {
    match file {
        Some(path) => Box::new(PassphraseFile(path.clone())),
        None => Box::new(Prompt),
    }
}

impl Secrets {
    pub(super) async fn open(&self, node: &Node, contract: &str) -> Result<(AnyKey, Tables)> {
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
