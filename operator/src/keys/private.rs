//! Files with secrets: read only if nobody but their owner can.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

/// Why a file with a secret is not read.
#[derive(Debug, Error)]
pub enum PrivateError {
    /// A file can't be read.
    #[error("{} can't be read ({why}): check the path and who may read it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// A file that holds a secret can be read by others.
    #[error("users other than its owner can access {} (mode {mode:04o}): run `chmod 600` on it", path.display())]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file is larger than any of its kind.
    #[error("{} is too large to be the file that was meant: check the path", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
}

/// The folder of the service's credentials, as systemd names it. Kubernetes needs the same: neither can make a secret
/// the property of a service's user, so both make it root's and let one group read it.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Whether a file with these permission bits at `path` is for its reader alone. In the folder of credentials whoever
/// started this process vouches for the group.
fn private(mode: u32, path: &Path, credentials: Option<&Path>) -> bool {
    let others = mode & 0o077;
    others == 0 || (others == 0o040 && credentials.is_some() && path.parent() == credentials)
}

/// The bytes of a file that only its owner may use, at most `most` of them. The rights are checked on the
/// opened file, so that they are those of what is read.
pub(super) fn read(path: &Path, most: usize) -> Result<Zeroizing<Vec<u8>>, PrivateError> {
    let failed = |why| PrivateError::Read { path: path.to_owned(), why };
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.mode() & 0o7777;
    if !private(mode, path, std::env::var_os(CREDENTIALS).map(PathBuf::from).as_deref()) {
        return Err(PrivateError::TooOpen { path: path.to_owned(), mode });
    }
    if metadata.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    // One more than allowed shows that there is more; a buffer that never grows leaves no copies behind.
    let mut bytes = Zeroizing::new(vec![0; most.saturating_add(1)]);
    let mut read = 0;
    let mut file = file;
    while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(more) => read = read.saturating_add(more),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if read > most {
        return Err(PrivateError::TooLarge { path: path.to_owned() });
    }
    bytes.truncate(read);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_what_belongs_to_its_owner_alone_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        fs::write(&path, "12345").unwrap();
        for (mode, open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true), (0o610, true)] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            match read(&path, 5) {
                Ok(bytes) => assert!(!open && bytes.as_slice() == b"12345"),
                Err(error) => {
                    assert!(open, "{mode:o}: {error}");
                    assert!(
                        error.to_string().contains(&format!("{mode:04o}"))
                            && error.to_string().contains("chmod 600")
                    );
                }
            }
        }
    }

    #[test]
    fn a_group_may_read_only_in_the_folder_of_credentials() {
        let credentials = Some(Path::new("/run/credentials/meteor-hatch.service"));
        let inside = Path::new("/run/credentials/meteor-hatch.service/words");
        assert!(private(0o440, inside, credentials));
        for mode in [0o444, 0o460, 0o450, 0o404, 0o441] {
            assert!(!private(mode, inside, credentials), "{mode:o}");
        }
        assert!(!private(0o440, inside, None));
        assert!(!private(0o440, Path::new("/etc/meteor/words"), credentials));
        assert!(!private(
            0o440,
            Path::new("/run/credentials/meteor-hatch.service/deeper/words"),
            credentials
        ));
    }

    #[test]
    fn what_is_too_large_missing_or_a_directory_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        assert!(matches!(read(&path, 5), Err(PrivateError::Read { .. })));
        fs::write(&path, "123456").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(read(&path, 5), Err(PrivateError::TooLarge { .. })));
        assert_eq!(read(&path, 6).unwrap().len(), 6);
        let inner = dir.path().join("directory");
        fs::create_dir(&inner).unwrap();
        fs::set_permissions(&inner, Permissions::from_mode(0o700)).unwrap();
        assert!(matches!(read(&inner, 5), Err(PrivateError::Read { .. })));
    }
}
