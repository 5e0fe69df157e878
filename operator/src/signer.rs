//! One secp256k1 key and its address.

use std::fmt;

use bip32::{DerivationPath, XPrv};
use cosmrs::crypto::secp256k1::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::mnemonic;
pub use crate::mnemonic::WordsError;

/// Terra's coin type (SLIP-44).
pub const COIN_TYPE: u32 = 330;

/// Why there is no key to sign with. No message repeats a word of the list or a byte of a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignerError {
    /// The words are not a mnemonic.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// No key follows from the mnemonic.
    #[error("the mnemonic has no key at coin type {coin_type}, index {index}")]
    Path {
        /// The coin type.
        coin_type: u32,
        /// Which of its accounts.
        index: u32,
    },
    /// The bytes are not a key.
    #[error("these 32 bytes are not a secp256k1 key")]
    Bytes,
    /// An address can't begin with the prefix.
    #[error("{0:?} can't begin an address")]
    Prefix(String),
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
        let seed = Zeroizing::new(mnemonic::read(phrase)?.to_seed_normalized(""));
        let no_key = || SignerError::Path { coin_type, index };
        let path: DerivationPath =
            format!("m/44'/{coin_type}'/0'/0/{index}").parse().map_err(|_| no_key())?;
        let child = XPrv::derive_from_path(seed.as_slice(), &path).map_err(|_| no_key())?;
        Self::new(SigningKey::from(child), prefix)
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

    #[test]
    fn bad_words_are_refused_without_repeating_them() {
        let error = Signer::from_mnemonic("swordfish swordfish", COIN_TYPE, 0, "terra").unwrap_err();
        assert!(!error.to_string().contains("swordfish"));
    }
}
