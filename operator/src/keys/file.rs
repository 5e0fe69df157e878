//! A key in an age file, opened with a passphrase or an x25519 identity.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use age::stream::StreamReader;
use age::{DecryptError, Decryptor, Identity, IdentityFile};
use meteor_rules::fairness::Domain;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::passphrase::typed;
use super::{KeyError, KeySource, MasterKey, Passphrase, Purpose, ShowerKey, payload, private};

/// Room for the headers of hundreds of recipients.
const MOST_BYTES: usize = 64 << 10;
/// 4 GiB of memory; what `meteor keygen` writes takes 256 MiB.
const MOST_WORK: u8 = 22;
const AGE: &[u8] = b"age-encryption.org/v1\n";
const ARMOR: &[u8] = b"-----BEGIN AGE";
/// The nonce before and the tag after what an age file holds.
const NONCE_AND_TAG: usize = 16 + 16;

/// How a key file is opened.
#[derive(Clone, Copy)]
pub enum Unlock<'a> {
    /// It was locked with a passphrase.
    Passphrase(&'a dyn Passphrase),
    /// It was locked for an identity in this file.
    Identities(&'a Path),
}

/// The key of an event, from an age file. In memory until it is dropped.
#[derive(Debug)]
pub struct FileKey {
    path: PathBuf,
    master: MasterKey,
}

impl FileKey {
    /// Opens a key file. With a passphrase this takes about a second of one core, so don't do it in the
    /// middle of async code.
    ///
    /// # Errors
    /// A [`KeyError`] that says what to do.
    pub fn open(path: &Path, unlock: Unlock<'_>) -> Result<Self, KeyError> {
        let bytes = private::read(path, MOST_BYTES)?;
        Ok(Self { path: path.to_owned(), master: decrypt(path, &bytes, unlock)? })
    }

    /// Where the key came from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The key.
    pub fn master(&self) -> &MasterKey {
        &self.master
    }
}

impl KeySource for FileKey {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        Ok(self.master.shower_key(id))
    }
}

/// What a passphrase opens.
fn with<R: io::BufRead>(
    decryptor: Decryptor<R>,
    passphrase: SecretString,
) -> Result<StreamReader<R>, DecryptError> {
    let mut identity = age::scrypt::Identity::new(passphrase);
    identity.set_max_work_factor(MOST_WORK);
    let identity: &dyn Identity = &identity;
    decryptor.decrypt([identity].into_iter())
}

/// The key in the age file `bytes`; `path` is for the errors.
pub(super) fn decrypt(path: &Path, bytes: &[u8], unlock: Unlock<'_>) -> Result<MasterKey, KeyError> {
    let owned = || path.to_owned();
    if !bytes.starts_with(AGE) {
        return Err(match bytes {
            _ if AGE.starts_with(bytes) => KeyError::Truncated { path: owned() },
            _ if bytes.starts_with(ARMOR) => {
                KeyError::NotAge { path: owned(), hint: " in its binary form (it is armored)" }
            }
            _ => KeyError::NotAge { path: owned(), hint: "" },
        });
    }
    let decryptor = Decryptor::new_buffered(bytes).map_err(|error| refused(path, error))?;
    let wrong_identity = |path: &Path, identities: &Path| KeyError::WrongIdentity {
        path: path.to_owned(),
        identities: identities.to_owned(),
    };
    let mut reader = match (unlock, decryptor.is_scrypt()) {
        (Unlock::Passphrase(_), false) => return Err(KeyError::NeedsIdentity { path: owned() }),
        (Unlock::Identities(_), true) => return Err(KeyError::NeedsPassphrase { path: owned() }),
        (Unlock::Passphrase(source), true) => {
            let given = source.passphrase(Purpose::Open)?;
            // As it is, then as a person would type it: an editor may have added a byte-order mark or a space.
            let bare = typed(given.expose_secret());
            let bare = (bare != given.expose_secret()).then(|| SecretString::from(bare));
            let failed = |error: &DecryptError| matches!(error, DecryptError::DecryptionFailed);
            let opened = with(decryptor, given);
            let opened = match (opened, bare) {
                (Err(error), Some(bare)) if failed(&error) => {
                    with(Decryptor::new_buffered(bytes).map_err(|error| refused(path, error))?, bare)
                }
                (opened, _) => opened,
            };
            opened.map_err(|error| match error {
                DecryptError::DecryptionFailed => KeyError::WrongPassphrase { path: owned() },
                error => refused(path, error),
            })?
        }
        (Unlock::Identities(file), false) => {
            let identities = identities(file)?;
            let each = identities.iter().map(|identity| -> &dyn Identity { identity.as_ref() });
            decryptor.decrypt(each).map_err(|error| match error {
                DecryptError::NoMatchingKeys => wrong_identity(path, file),
                error => refused(path, error),
            })?
        }
    };
    // One byte more than a key has shows that there is more; the buffer never grows, so it leaves no copies
    // behind.
    let mut plain = Zeroizing::new([0; payload::LEN + 1]);
    let mut len = 0;
    while let Some(rest) = plain.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(more) => len = len.saturating_add(more),
            Err(_) if shorter_than_a_key(bytes) => return Err(KeyError::Truncated { path: owned() }),
            Err(_) => return Err(KeyError::Edited { path: owned() }),
        }
    }
    payload::read(plain.get(..len).unwrap_or_default())
        .map_err(|what| KeyError::NotAKey { path: owned(), what })
}

fn refused(path: &Path, error: DecryptError) -> KeyError {
    let path = path.to_owned();
    match error {
        DecryptError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            KeyError::Truncated { path }
        }
        DecryptError::ExcessiveWork { .. } => KeyError::TooMuchWork { path },
        // The first line was right, so it was an age file once.
        _ => KeyError::Edited { path },
    }
}

fn identities(path: &Path) -> Result<Vec<Box<dyn Identity + Send + Sync>>, KeyError> {
    let bad = || KeyError::BadIdentity { path: path.to_owned() };
    let text = private::read(path, MOST_BYTES)?;
    let file = IdentityFile::from_buffer(text.as_slice()).map_err(|_| bad())?;
    let identities = file.into_identities().map_err(|_| bad())?;
    if identities.is_empty() { Err(bad()) } else { Ok(identities) }
}

/// Whether less follows the header than a key needs. Damage and truncation fail alike, but the length tells.
fn shorter_than_a_key(bytes: &[u8]) -> bool {
    const END: &[u8] = b"\n--- ";
    let header = bytes.windows(END.len()).position(|window| window == END);
    let rest = header.and_then(|at| bytes.get(at.saturating_add(END.len())..)).unwrap_or_default();
    let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at.saturating_add(1));
    rest.len().saturating_sub(line) < NONCE_AND_TAG + payload::LEN
}
