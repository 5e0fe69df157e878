//! A profile of the standard credentials file.

use std::path::Path;

use aws_credential_types::Credentials;

use super::super::KmsError;
use crate::keys::private;

const MOST_BYTES: usize = 64 << 10;

fn no_credentials(path: &Path, what: impl Into<String>) -> KmsError {
    KmsError::CredentialsFile { path: path.to_owned(), what: what.into() }
}

/// The credentials of `profile` in the file at `path`.
pub(super) fn read(path: &Path, profile: &str) -> Result<Credentials, KmsError> {
    let bytes = private::read(path, MOST_BYTES)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| no_credentials(path, "it is not text"))?;
    let (mut found, mut inside) = (false, false);
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section.trim() == profile;
            found |= inside;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside) {
            match key.trim() {
                "aws_access_key_id" => id = Some(value.trim()),
                "aws_secret_access_key" => secret = Some(value.trim()),
                "aws_session_token" => token = Some(value.trim()),
                _ => {}
            }
        }
    }
    if !found {
        return Err(no_credentials(path, format!("it has no profile [{profile}]")));
    }
    let part = |value: Option<&str>, name: &str| {
        value
            .filter(|value| !value.is_empty())
            .map(ToOwned::to_owned)
            .ok_or_else(|| no_credentials(path, format!("profile [{profile}] has no {name}")))
    };
    let (id, secret) = (part(id, "aws_access_key_id")?, part(secret, "aws_secret_access_key")?);
    let token = token.filter(|token| !token.is_empty()).map(ToOwned::to_owned);
    Ok(Credentials::new(id, secret, token, None, "profile"))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        (dir, path)
    }

    const FILE: &str = "# comment\n[default]\naws_access_key_id = AKIDEFAULT\naws_secret_access_key=se/cr=et\n\n\
                        [ event ]\naws_access_key_id=AKIEVENT\naws_secret_access_key=other\naws_session_token = tok==\nregion=x\n\
                        [half]\naws_access_key_id=AKIHALF\n";

    #[test]
    fn a_profile_is_read() {
        let (_dir, path) = file(FILE);
        let default = read(&path, "default").unwrap();
        assert_eq!(
            (default.access_key_id(), default.secret_access_key(), default.session_token()),
            ("AKIDEFAULT", "se/cr=et", None)
        );
        let event = read(&path, "event").unwrap();
        assert_eq!((event.access_key_id(), event.session_token()), ("AKIEVENT", Some("tok==")));
        let shown = format!("{event:?}");
        assert!(!shown.contains("other") && !shown.contains("tok=="), "{shown}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let (_dir, path) = file(FILE);
        let words = |profile| read(&path, profile).unwrap_err().to_string();
        assert!(words("nobody").contains("no profile [nobody]"));
        assert!(words("half").contains("no aws_secret_access_key"));
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert!(words("default").contains("chmod 600"));
    }
}
