//! AWS credentials from a file, read for each use so that rotated ones are picked up. They are never shown.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;

use object_store::CredentialProvider;
use object_store::aws::AwsCredential;
use thiserror::Error;

/// Why a file of credentials can't be used. It never repeats what is in the file.
#[derive(Debug, Error)]
pub enum CredentialsError {
    /// It can't be read.
    #[error("can't read the credentials file {}", path.display())]
    Read {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Others may read it.
    #[error("others can read the credentials file {}: chmod 600 {}", .0.display(), .0.display())]
    Public(PathBuf),
    /// A line is missing.
    #[error("the credentials file {} has no {what} under [default]", path.display())]
    Missing {
        /// Its path.
        path: PathBuf,
        /// Which line.
        what: &'static str,
    },
}

/// The profile `default` of a file in the form of `~/.aws/credentials`.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FromFile(pub(super) PathBuf);

impl fmt::Debug for FromFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "credentials of {}", self.0.display())
    }
}

impl FromFile {
    pub(super) fn read(&self) -> Result<AwsCredential, CredentialsError> {
        let path = self.0.as_path();
        let failed = |source| CredentialsError::Read { path: path.to_owned(), source };
        if fs::metadata(path).map_err(failed)?.mode() & 0o077 != 0 {
            return Err(CredentialsError::Public(path.to_owned()));
        }
        parse(path, &fs::read_to_string(path).map_err(failed)?)
    }
}

fn parse(path: &Path, text: &str) -> Result<AwsCredential, CredentialsError> {
    let mut inside = true; // a file without sections is taken as well
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section.trim() == "default";
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside) {
            let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
            match key.trim() {
                "aws_access_key_id" => id = value,
                "aws_secret_access_key" => secret = value,
                "aws_session_token" => token = value,
                _ => {}
            }
        }
    }
    let missing = |what| CredentialsError::Missing { path: path.to_owned(), what };
    Ok(AwsCredential {
        key_id: id.ok_or_else(|| missing("aws_access_key_id"))?,
        secret_key: secret.ok_or_else(|| missing("aws_secret_access_key"))?,
        token,
    })
}

impl CredentialProvider for FromFile {
    type Credential = AwsCredential;

    fn get_credential<'life0, 'async_trait>(
        &'life0 self,
    ) -> Pin<Box<dyn Future<Output = object_store::Result<Arc<AwsCredential>>> + Send + 'async_trait>>
    where
        'life0: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let read = self.read().map(Arc::new);
            read.map_err(|error| object_store::Error::Generic { store: "S3", source: Box::new(error) })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_default_profile_is_read_from_a_private_file_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        let text = "[other]\naws_access_key_id = no\n[default]\naws_access_key_id = id\naws_secret_access_key = hush\n";
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let file = FromFile(path.clone());
        assert!(matches!(file.read(), Err(CredentialsError::Public(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let read = file.read().unwrap();
        assert_eq!(
            (read.key_id.as_str(), read.secret_key.as_str(), read.token.as_deref()),
            ("id", "hush", None)
        );
        assert!(!format!("{file:?} {read:?}").contains("hush"));

        fs::write(&path, "[default]\naws_access_key_id = id\n").unwrap();
        let error = file.read().unwrap_err().to_string();
        assert!(error.contains("aws_secret_access_key"), "{error}");
    }
}
