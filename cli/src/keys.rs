//! Which key: a file, or one in AWS KMS.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use meteor_operator::keys::kms::{CredentialsSource, KmsConfig};
use meteor_operator::keys::{AnyKey, FileKey, KeyError, KmsKey, Passphrase, PassphraseFile, Prompt, Unlock};

/// The key of an event.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct KeyOptions {
    /// The age file that meteor keygen made
    #[arg(long, value_name = "FILE", conflicts_with = "kms_key_id")]
    key_file: Option<PathBuf>,
    /// Instead of a file: ARN or id of the HMAC key in AWS KMS that derives the showers' keys
    #[arg(long, value_name = "ARN")]
    kms_key_id: Option<String>,
    #[command(flatten)]
    service: Service,
    /// File with the passphrase (mode 0600; /dev/fd/3 reads descriptor 3), instead of the prompt
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Identity file that opens a key file locked for recipients
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
}

/// How AWS KMS is reached.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Service {
    /// Region of the AWS KMS key [default: the ARN's, else `AWS_REGION`]
    #[arg(id = "kms_region", long = "kms-region", value_name = "REGION")]
    region: Option<String>,
    /// Address of the key service, if it is not AWS's own
    #[arg(id = "kms_endpoint", long = "kms-endpoint", value_name = "URL")]
    endpoint: Option<String>,
    /// AWS credentials file (mode 0600). Without it, credentials come from where AWS's own tools find them: the
    /// environment, a web identity, ~/.aws/credentials, the role of a container, the role of an EC2 instance
    #[arg(id = "kms_credentials", long = "kms-credentials", value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// Profile in that file
    #[arg(
        id = "kms_profile",
        long = "kms-profile",
        value_name = "NAME",
        default_value = "default",
        requires = "kms_credentials"
    )]
    profile: String,
}

/// The passphrase in `file`, or else asked for at the terminal.
pub(crate) fn passphrase(file: Option<&PathBuf>) -> Box<dyn Passphrase> {
    match file {
        Some(path) => Box::new(PassphraseFile(path.clone())),
        None => Box::new(Prompt),
    }
}

impl KeyOptions {
    /// Whether one is named.
    pub(crate) const fn named(&self) -> bool {
        self.key_file.is_some() || self.kms_key_id.is_some()
    }

    /// What people call the key.
    pub(crate) fn name(&self) -> String {
        match (&self.key_file, &self.kms_key_id) {
            (Some(path), _) => path.display().to_string(),
            (None, Some(id)) => id.clone(),
            (None, None) => String::new(),
        }
    }

    /// Opens the key.
    pub(crate) fn open(&self) -> Result<AnyKey> {
        if let Some(key_id) = &self.kms_key_id {
            let key = KmsKey::new(self.service.config(key_id)?).map_err(KeyError::from)?;
            return Ok(AnyKey::Kms(Box::new(key)));
        }
        let path = self.key_file.as_deref();
        Ok(AnyKey::File(self.open_file(path.context("name the event's key: --key-file or --kms-key-id")?)?))
    }

    fn open_file(&self, path: &Path) -> Result<FileKey, KeyError> {
        let source = passphrase(self.passphrase_file.as_ref());
        let unlock = match &self.identity_file {
            Some(path) => Unlock::Identities(path),
            None => Unlock::Passphrase(&*source),
        };
        FileKey::open(path, unlock)
    }
}

impl Service {
    /// How the key `key_id` is asked; for a new one it is empty.
    pub(crate) fn config(&self, key_id: &str) -> Result<KmsConfig> {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let region = self.region.clone().or_else(|| region_of(key_id).map(str::to_owned));
        let region = region.or_else(|| var("AWS_REGION")).or_else(|| var("AWS_DEFAULT_REGION"));
        let region = region.context("which region has the key? Give its ARN, --kms-region or AWS_REGION")?;
        let credentials = match &self.credentials {
            Some(path) => CredentialsSource::Profile { path: path.clone(), profile: self.profile.clone() },
            None => CredentialsSource::standard(var),
        };
        let mut config = KmsConfig::new(&region, key_id, credentials);
        config.endpoint.clone_from(&self.endpoint);
        Ok(config)
    }
}

/// The region in an ARN: `arn:aws:kms:eu-central-1:111122223333:key/mrk-1`.
fn region_of(key_id: &str) -> Option<&str> {
    let mut parts = key_id.split(':');
    let region = if parts.next() == Some("arn") { parts.nth(2) } else { None };
    region.filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::region_of;

    #[test]
    fn an_arn_names_its_region() {
        assert_eq!(region_of("arn:aws:kms:eu-central-1:111122223333:key/mrk-1"), Some("eu-central-1"));
        assert_eq!(region_of("arn:aws-cn:kms:cn-north-1:1:alias/event"), Some("cn-north-1"));
        for other in ["mrk-1", "alias/event", "", "arn:aws:kms", "arn:aws:kms::1:key/x"] {
            assert_eq!(region_of(other), None, "{other}");
        }
    }
}
