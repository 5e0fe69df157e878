//! The funded accounts: derived from one public mnemonic, the same on every machine.
use bip32::{DerivationPath, Language, Mnemonic};
use cosmrs::crypto::secp256k1::SigningKey;

use crate::error::DevnetError;

/// A funded account. It holds no secret: whoever signs derives the key with [`signing_key`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Bech32 address.
    pub address: String,
    /// BIP-32 path below the mnemonic.
    pub path: String,
    /// Compressed secp256k1 public key.
    pub public_key: [u8; 33],
}

/// The path of account `index`: `m/44'/coin_type'/0'/0/index`.
pub fn path(coin_type: u32, index: u32) -> String {
    format!("m/44'/{coin_type}'/0'/0/{index}")
}

/// The key below `mnemonic` at `path`, to sign with.
pub fn signing_key(mnemonic: &str, path: &str) -> Result<SigningKey, DevnetError> {
    Keys::new(mnemonic)?.at(path)
}

/// The seed, stretched once for all accounts because stretching takes milliseconds.
struct Keys(bip32::Seed);

impl Keys {
    fn new(mnemonic: &str) -> Result<Keys, DevnetError> {
        let phrase = Mnemonic::new(mnemonic, Language::English)
            .map_err(|error| DevnetError::Mnemonic(error.to_string()))?;
        Ok(Keys(phrase.to_seed("")))
    }

    fn at(&self, path: &str) -> Result<SigningKey, DevnetError> {
        let path: DerivationPath = path
            .parse()
            .map_err(|error: bip32::Error| DevnetError::Config(format!("path {path}: {error}")))?;
        SigningKey::derive_from_path(&self.0, &path)
            .map_err(|error| DevnetError::Mnemonic(format!("no key at this path: {error}")))
    }
}

/// Accounts 0 to `count` - 1.
pub(crate) fn derive(
    mnemonic: &str,
    prefix: &str,
    coin_type: u32,
    count: u32,
) -> Result<Vec<Account>, DevnetError> {
    let keys = Keys::new(mnemonic)?;
    (0..count)
        .map(|index| {
            let path = path(coin_type, index);
            let public = keys.at(&path)?.public_key();
            let address = public
                .account_id(prefix)
                .map_err(|error| DevnetError::Config(format!("prefix {prefix}: {error}")))?;
            let public_key = public
                .to_bytes()
                .try_into()
                .map_err(|_| DevnetError::Mnemonic("the key is not secp256k1".into()))?;
            Ok(Account { address: address.to_string(), path, public_key })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DEV_MNEMONIC;

    #[test]
    fn the_first_account_is_the_one_every_terra_developer_knows() {
        let accounts = derive(DEV_MNEMONIC, "terra", 330, 3).unwrap();
        assert_eq!(accounts[0].address, "terra1x46rqay4d3cssq8gxxvqz8xt6nwlz4td20k38v");
        assert_eq!(accounts[2].path, "m/44'/330'/0'/0/2");
        assert_ne!(accounts[1].address, accounts[2].address);
    }

    #[test]
    fn a_bad_mnemonic_is_refused_without_repeating_it() {
        let error = derive("not a mnemonic", "terra", 330, 1).unwrap_err().to_string();
        assert!(error.contains("24 English words") && !error.contains("not a"), "{error}");
    }
}
