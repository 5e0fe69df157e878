//! New words for accounts that sign: written to a private file, never shown.

use std::path::Path;

use bip32::{Language, Mnemonic};
use zeroize::Zeroizing;

use super::{KeyError, keygen};

/// Makes 24 new words and writes them to `path`, which must not exist, for its owner alone (mode 0600).
///
/// # Errors
/// A [`KeyError`]. No file is left then.
pub fn make_words(path: &Path) -> Result<(), KeyError> {
    let mut entropy = Zeroizing::new([0; 32]);
    getrandom::fill(entropy.as_mut()).map_err(|_| KeyError::Random)?;
    let mnemonic = Mnemonic::from_entropy(*entropy, Language::English);
    let line = Zeroizing::new(format!("{}\n", mnemonic.phrase()));
    keygen::write(path, line.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::keys::{Passphrase, PassphraseFile, Purpose};
    use crate::signer::{COIN_TYPE, Signer};
    use secrecy::ExposeSecret;

    #[test]
    fn new_words_are_a_mnemonic_for_their_owner_alone_and_never_replace_others() {
        let folder = tempfile::tempdir().unwrap();
        let address = |name: &str| {
            let path = folder.path().join(name);
            make_words(&path).unwrap();
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let words = PassphraseFile(path).passphrase(Purpose::Open).unwrap();
            let signer = Signer::from_mnemonic(words.expose_secret(), COIN_TYPE, 0, "terra").unwrap();
            signer.address().to_owned()
        };
        assert_ne!(address("one"), address("two"));
        assert!(matches!(make_words(&folder.path().join("one")), Err(KeyError::Exists { .. })));
    }
}
