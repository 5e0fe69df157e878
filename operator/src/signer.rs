//! One secp256k1 key and its address.

use std::fmt;
use std::str::FromStr;

use bip32::{DerivationPath, XPrv};
use cosmrs::crypto::secp256k1::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::mnemonic;
pub use crate::mnemonic::WordsError;

/// Terra's coin type (SLIP-44).
pub const COIN_TYPE: u32 = 330;
/// The coin type of the Cosmos Hub, which wallets use for many chains.
pub const COSMOS_COIN_TYPE: u32 = 118;

/// Why there is no key to sign with. No message repeats a word of the list or a byte of a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignerError {
    /// The words are not a mnemonic.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// Not a path of keys.
    #[error("{0:?} is no path of keys: give a coin type, like 118, or a whole path, like m/44'/118'/0'/0/0")]
    BadPath(String),
    /// A whole path names its account.
    #[error(
        "the path {path} names its account already: leave account {account} out, or give the coin type alone"
    )]
    Twice {
        /// The path.
        path: String,
        /// The other account.
        account: u32,
    },
    /// No key follows from the mnemonic.
    #[error("the mnemonic has no key at {0}")]
    Path(String),
    /// The bytes are not a key.
    #[error("these 32 bytes are not a secp256k1 key")]
    Bytes,
    /// An address can't begin with the prefix.
    #[error("{0:?} can't begin an address")]
    Prefix(String),
}

/// Where the keys of a mnemonic's accounts are (BIP-32, BIP-44).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HdPath {
    /// `m/44'/<coin type>'/0'/0/<account>`.
    Coin(u32),
    /// One account's whole path.
    Whole(DerivationPath),
}

impl HdPath {
    /// The whole path of an account.
    ///
    /// # Errors
    /// [`SignerError::Twice`] for an account other than 0 of a path that names its account; [`SignerError::BadPath`] for
    /// numbers that no path can have.
    pub fn of(&self, account: u32) -> Result<DerivationPath, SignerError> {
        match self {
            Self::Coin(coin_type) => {
                let path = format!("m/44'/{coin_type}'/0'/0/{account}");
                path.parse().map_err(|_| SignerError::BadPath(path))
            }
            Self::Whole(path) if account == 0 => Ok(path.clone()),
            Self::Whole(path) => Err(SignerError::Twice { path: path.to_string(), account }),
        }
    }
}

impl Default for HdPath {
    fn default() -> Self {
        Self::Coin(COIN_TYPE)
    }
}

impl FromStr for HdPath {
    type Err = SignerError;

    fn from_str(text: &str) -> Result<Self, SignerError> {
        let bad = || SignerError::BadPath(text.to_owned());
        if let Ok(coin_type) = text.parse() {
            return Ok(Self::Coin(coin_type));
        }
        // Some write 44h for 44'.
        let path = text.trim().replace(['h', 'H'], "'").parse().map_err(|_| bad())?;
        let path: DerivationPath = path;
        if path.is_empty() { Err(bad()) } else { Ok(Self::Whole(path)) }
    }
}

/// One key and the address it signs for. Shows only the address.
pub struct Signer {
    key: SigningKey,
    address: String,
}

impl Signer {
    /// The key at `m/44'/<coin type>'/0'/0/<index>` of a mnemonic of English words, however it is written down, with
    /// addresses that begin with `prefix`.
    ///
    /// # Errors
    /// If the words are not a mnemonic or an address can't begin with the prefix.
    pub fn from_mnemonic(
        phrase: &str,
        coin_type: u32,
        index: u32,
        prefix: &str,
    ) -> Result<Self, SignerError> {
        Self::derived(phrase, &HdPath::Coin(coin_type), index, prefix)
    }

    /// The same, at any path.
    ///
    /// # Errors
    /// As [`Self::from_mnemonic`], or if the path names its account and `account` is not 0.
    pub fn derived(phrase: &str, path: &HdPath, account: u32, prefix: &str) -> Result<Self, SignerError> {
        let path = path.of(account)?;
        let seed = Zeroizing::new(mnemonic::read(phrase)?.to_seed_normalized(""));
        let child = XPrv::derive_from_path(seed.as_slice(), &path);
        Self::new(SigningKey::from(child.map_err(|_| SignerError::Path(path.to_string()))?), prefix)
    }

    /// The key with these 32 bytes: for throw-away wallets made from a seed.
    ///
    /// # Errors
    /// If the bytes are not a key or an address can't begin with the prefix.
    pub fn from_bytes(bytes: &[u8; 32], prefix: &str) -> Result<Self, SignerError> {
        let key = SigningKey::from_slice(bytes).map_err(|_| SignerError::Bytes)?;
        Self::new(key, prefix)
    }

    fn new(key: SigningKey, prefix: &str) -> Result<Self, SignerError> {
        let address = key
            .public_key()
            .account_id(prefix)
            .map_err(|_| SignerError::Prefix(prefix.to_owned()))?
            .to_string();
        Ok(Self { key, address })
    }

    /// The address it signs for.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_key() {
        let signer = Signer::from_bytes(&[0x5a; 32], "terra").unwrap();
        let shown = format!("{signer:?}");
        assert!(shown.contains(signer.address()));
        assert!(!shown.contains("5a5a") && !shown.contains("90, 90"));
    }

    /// The addresses are those that the JavaScript client's wallet derives (`tests/tests/conformance/wallet.rs` compares
    /// more).
    #[test]
    fn paths_are_read_as_people_write_them() {
        const WORDS: &str =
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
        let address = |path: &str, account| {
            let signer = Signer::derived(WORDS, &path.parse().unwrap(), account, "cosmos")?;
            Ok::<_, SignerError>(signer.address().to_owned())
        };
        // The well-known first address of these words.
        let first = "cosmos19rl4cm2hmr8afy4kldpxz3fka4jguq0auqdal4";
        for path in ["118", "m/44'/118'/0'/0/0", "m/44h/118h/0h/0/0", "m/44H/118H/0H/0/0"] {
            assert_eq!(address(path, 0).unwrap(), first, "{path}");
        }
        assert_eq!(address("118", 3), address("m/44'/118'/0'/0/3", 0));
        assert_ne!(address("330", 0).unwrap(), first);
        assert_eq!("330".parse(), Ok(HdPath::default()));
        let twice = address("m/44'/118'/0'/0/0", 3).unwrap_err().to_string();
        assert!(twice.contains("leave account 3 out"), "{twice}");
        for bad in ["", "m", "m/", "44'/118'", "m/44'/x'/0", "m/4294967296", "-1", "118'"] {
            let refused = bad.parse::<HdPath>();
            assert!(matches!(refused, Err(SignerError::BadPath(_))), "{bad}: {refused:?}");
        }
    }

    #[test]
    fn bad_words_are_refused_without_repeating_them() {
        let error = Signer::from_mnemonic("swordfish swordfish", COIN_TYPE, 0, "terra").unwrap_err();
        assert!(!error.to_string().contains("swordfish"));
    }
}
