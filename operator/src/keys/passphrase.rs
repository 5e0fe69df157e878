//! Where a passphrase comes from: a person at the terminal or a private file; never an argument or the
//! environment.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::{KeyError, private};

/// Fewest characters of a new passphrase: whoever steals the file can try as long as they like.
const LEAST_CHARACTERS: usize = 12;
const MOST_BYTES: usize = 4096;

/// What a passphrase is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To lock a new key: it is asked for twice and must not be short.
    Create,
    /// To open a key.
    Open,
}

/// Where a passphrase comes from.
pub trait Passphrase {
    /// The passphrase.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`], [`KeyError::NoTerminal`], [`KeyError::Interrupted`], or the errors of reading a private file.
    fn passphrase(&self, purpose: Purpose) -> Result<SecretString, KeyError>;
}

/// Asks on the terminal, without showing what is typed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prompt;

impl Passphrase for Prompt {
    fn passphrase(&self, purpose: Purpose) -> Result<SecretString, KeyError> {
        ask(purpose, |question| {
            // It reads the keys itself, so that Ctrl-C is no signal.
            rpassword::prompt_password(question).map(SecretString::from).map_err(|error| match error.kind() {
                ErrorKind::Interrupted => KeyError::Interrupted,
                _ => KeyError::NoTerminal(error),
            })
        })
    }
}

fn ask(
    purpose: Purpose,
    prompt: impl Fn(&str) -> Result<SecretString, KeyError>,
) -> Result<SecretString, KeyError> {
    if purpose == Purpose::Open {
        return check(purpose, prompt("Passphrase of the key file: ")?);
    }
    let first = check(purpose, prompt("New passphrase for the key file: ")?)?;
    let again = prompt("The same again: ")?;
    if first.expose_secret() != again.expose_secret() {
        return Err(KeyError::Passphrase("was not the same both times: no key was made"));
    }
    Ok(first)
}

/// The first line of a file that only its owner may read. `/dev/fd/3` reads what was handed over as
/// descriptor 3.
#[derive(Clone, Debug)]
pub struct PassphraseFile(
    /// The file.
    pub PathBuf,
);

impl Passphrase for PassphraseFile {
    fn passphrase(&self, purpose: Purpose) -> Result<SecretString, KeyError> {
        let bytes = private::read(&self.0, MOST_BYTES)?;
        let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let text = std::str::from_utf8(line).map_err(|_| KeyError::Passphrase("is not text: use UTF-8"))?;
        check(purpose, SecretString::from(text))
    }
}

/// The words of an account in a file that only its owner may read: all of it, however they are laid out.
///
/// # Errors
/// [`KeyError::Private`] if it can't be read, others can read it, or it is too large. What is no text is told when the
/// words are read.
pub fn words_file(path: &Path) -> Result<SecretString, KeyError> {
    let bytes = private::read(path, MOST_BYTES)?;
    Ok(SecretString::from(String::from_utf8_lossy(&bytes).as_ref()))
}

/// A passphrase already in memory: what tests and programs that bring their own prompt use.
impl Passphrase for SecretString {
    fn passphrase(&self, purpose: Purpose) -> Result<SecretString, KeyError> {
        check(purpose, self.clone())
    }
}

/// What a person types of a passphrase that an editor saved with a byte-order mark, or with spaces around it.
pub(super) fn typed(passphrase: &str) -> &str {
    passphrase.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

fn check(purpose: Purpose, passphrase: SecretString) -> Result<SecretString, KeyError> {
    let text = passphrase.expose_secret();
    if text.is_empty() {
        return Err(KeyError::Passphrase("is empty"));
    }
    if purpose == Purpose::Create && typed(text) != text {
        return Err(KeyError::Passphrase(
            "begins or ends with a space or a byte-order mark, which nobody types: take it away",
        ));
    }
    if purpose == Purpose::Create && text.chars().count() < LEAST_CHARACTERS {
        return Err(KeyError::Passphrase(
            "is too short: use 12 characters or more, several random words are best",
        ));
    }
    Ok(passphrase)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const GOOD: &str = "correct horse battery";

    fn file(bytes: &[u8]) -> (tempfile::TempDir, PassphraseFile) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("passphrase");
        fs::write(&path, bytes).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        (dir, PassphraseFile(path))
    }

    fn asked(purpose: Purpose, answers: &[&str]) -> Result<SecretString, KeyError> {
        let answers = RefCell::new(answers.iter());
        ask(purpose, |_| Ok(SecretString::from(*answers.borrow_mut().next().unwrap())))
    }

    #[test]
    fn a_file_gives_its_first_line() {
        for bytes in [GOOD.to_owned(), format!("{GOOD}\n"), format!("{GOOD}\r\n"), format!("{GOOD}\nmore")] {
            let (_dir, file) = file(bytes.as_bytes());
            assert_eq!(file.passphrase(Purpose::Create).unwrap().expose_secret(), GOOD);
        }
    }

    #[test]
    fn bad_files_are_refused_without_repeating_them() {
        for (bytes, words) in [
            (b"".to_vec(), "is empty"),
            (b"\nsecond line".to_vec(), "is empty"),
            (b"swordfish".to_vec(), "too short"),
            (b"swordfish swordfish ".to_vec(), "ends with a space"),
            ("\u{feff}swordfish swordfish".into(), "byte-order mark"),
            (b"swordfish \xff swordfish".to_vec(), "UTF-8"),
            (vec![b's'; MOST_BYTES + 1], "too large"),
        ] {
            let (_dir, file) = file(&bytes);
            let error = file.passphrase(Purpose::Create).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("swordfish"), "{error}");
        }
        let (_dir, file) = file(GOOD.as_bytes());
        fs::set_permissions(&file.0, Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            file.passphrase(Purpose::Open),
            Err(KeyError::Private(private::PrivateError::TooOpen { .. }))
        ));
    }

    #[test]
    fn a_short_passphrase_opens_what_was_locked_elsewhere() {
        assert_eq!(asked(Purpose::Open, &["short"]).unwrap().expose_secret(), "short");
        assert!(asked(Purpose::Open, &[""]).is_err());
    }

    #[test]
    fn a_new_passphrase_is_typed_twice() {
        assert_eq!(asked(Purpose::Create, &[GOOD, GOOD]).unwrap().expose_secret(), GOOD);
        assert!(
            asked(Purpose::Create, &[GOOD, "correct horse batter"])
                .unwrap_err()
                .to_string()
                .contains("both times")
        );
        assert!(asked(Purpose::Create, &["short", "short"]).is_err());
    }
}
