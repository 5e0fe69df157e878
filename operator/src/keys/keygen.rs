//! A new key: made by the operating system, locked, and on the disk whole or not at all.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use age::{Encryptor, Recipient};
use meteor_rules::fairness::Bytes32;
use secrecy::{ExposeSecret, SecretString};

use super::{Event, KeyError, MasterKey, Passphrase, Purpose, Unlock, file, payload};

/// scrypt with 2^18: 256 MiB and about a second, as `age` itself chooses. Fixed, so that a file made on a
/// fast machine opens on a slow one.
const WORK: u8 = if cfg!(test) { 4 } else { 18 };

/// How a new key file is locked.
#[derive(Clone, Copy)]
pub enum Protect<'a> {
    /// With a passphrase.
    Passphrase(&'a dyn Passphrase),
    /// For these x25519 recipients (`age1...`): each of them can open it.
    Recipients(&'a [String]),
}

/// A key file that was made, without the key. Its `Display` is what `meteor keygen` prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The file.
    pub path: PathBuf,
    /// How many recipients can open it; `None` if it is locked with a passphrase.
    pub recipients: Option<usize>,
    /// The commitments for the event that was named, those of shower 1 first.
    pub commitments: Vec<Bytes32>,
}

/// Makes a key and writes it to `path`, which must not exist, for its owner alone (mode 0600). With `event`,
/// answers with the commitments that its contract is to be instantiated with.
///
/// # Errors
/// A [`KeyError`]. No file is left then.
pub fn keygen(path: &Path, protect: Protect<'_>, event: Option<&Event<'_>>) -> Result<Created, KeyError> {
    // Before anyone types a passphrase twice; what decides is `persist_noclobber`.
    if path.symlink_metadata().is_ok() {
        return Err(KeyError::Exists { path: path.to_owned() });
    }
    let key = MasterKey::random()?;
    let (encrypted, recipients) = match protect {
        Protect::Passphrase(source) => (with_passphrase(path, &key, source)?, None),
        Protect::Recipients(names) => (for_recipients(&key, names)?, Some(names.len())),
    };
    write(path, &encrypted)?;
    let commitments = event.map(|event| event.commitments(&key)).unwrap_or_default();
    Ok(Created { path: path.to_owned(), recipients, commitments })
}

fn with_passphrase(path: &Path, key: &MasterKey, source: &dyn Passphrase) -> Result<Vec<u8>, KeyError> {
    let passphrase = source.passphrase(Purpose::Create)?;
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.expose_secret()));
    recipient.set_work_factor(WORK);
    let encrypted = encrypt(key, &[&recipient])?;
    // Nobody should launch with a file that can't be opened.
    file::decrypt(path, &encrypted, Unlock::Passphrase(&passphrase)).map_err(|_| KeyError::Encrypt)?;
    Ok(encrypted)
}

fn for_recipients(key: &MasterKey, names: &[String]) -> Result<Vec<u8>, KeyError> {
    if names.is_empty() {
        return Err(KeyError::NoRecipient);
    }
    let recipients = names
        .iter()
        .zip(1..)
        .map(|(name, index)| name.trim().parse().map_err(|_| KeyError::BadRecipient { index }))
        .collect::<Result<Vec<age::x25519::Recipient>, _>>()?;
    let recipients: Vec<&dyn Recipient> =
        recipients.iter().map(|recipient| -> &dyn Recipient { recipient }).collect();
    encrypt(key, &recipients)
}

fn encrypt(key: &MasterKey, recipients: &[&dyn Recipient]) -> Result<Vec<u8>, KeyError> {
    let encryptor = Encryptor::with_recipients(recipients.iter().copied()).map_err(|_| KeyError::Encrypt)?;
    let mut encrypted = Vec::new();
    let mut writer = encryptor.wrap_output(&mut encrypted).map_err(|_| KeyError::Encrypt)?;
    writer.write_all(&payload::write(key)).map_err(|_| KeyError::Encrypt)?;
    writer.finish().map_err(|_| KeyError::Encrypt)?;
    Ok(encrypted)
}

/// Writes a secret whole or not at all, for its owner alone, and never over another file.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let failed = |why| KeyError::Write { path: path.to_owned(), why };
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new()
        .prefix(".meteor-key-")
        .permissions(std::fs::Permissions::from_mode(0o600))
        .tempfile_in(dir)
        .map_err(failed)?;
    temporary.write_all(bytes).map_err(failed)?;
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist_noclobber(path).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
        _ => failed(error.error),
    })?;
    // The name must outlive a power cut too.
    std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(failed)
}

/// Commitments as people compare them, a line for each shower; nothing for none.
pub fn show_commitments(commitments: &[Bytes32]) -> String {
    let title = if commitments.is_empty() { "" } else { "\nCommitments:\n" };
    let lines = commitments.iter().zip(1..);
    let lines =
        lines.map(|(commitment, shower)| format!("  shower {shower:>4}  {}\n", hex::encode(commitment)));
    title.to_owned() + &lines.collect::<String>()
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "New key in {}", self.path.display())?;
        match self.recipients {
            None => writeln!(f, "locked with the passphrase you gave.")?,
            Some(1) => writeln!(f, "locked for one recipient.")?,
            Some(count) => writeln!(f, "locked for {count} recipients, each of whom can open it.")?,
        }
        write!(f, "{}", show_commitments(&self.commitments))?;
        write!(
            f,
            "\nWithout this file or what opens it, no meteor can be drawn or revealed, and nobody can help.\n\
             Before the event opens: copy the file to two other places, keep what opens it elsewhere, and rehearse\n\
             opening a copy (docs/keys.md, \"Rehearse the recovery\")."
        )
    }
}
