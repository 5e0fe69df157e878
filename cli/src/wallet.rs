//! Which account of a file of words signs, and where else the same words may have coins.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use meteor_operator::keys::words_file;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, COSMOS_COIN_TYPE, HdPath, Signer};
use secrecy::{ExposeSecret, SecretString};

/// Coin types that wallets of Terra use.
const COMMON: [u32; 2] = [COIN_TYPE, COSMOS_COIN_TYPE];
/// Accounts that are looked through, and that `meteor account` lists.
pub(crate) const ACCOUNTS: u32 = 10;

/// Which account of the words.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Wallet {
    /// Which account of the words
    #[arg(long, default_value_t = 0)]
    pub(crate) account: u32,
    /// Where its key is: a coin type, such as 118 for words of a Cosmos wallet, or a whole path, which names the account
    /// too: m/44'/118'/0'/0/0 [default: 330, Terra's]
    #[arg(long, value_name = "PATH")]
    pub(crate) hd_path: Option<HdPath>,
}

/// The words of a file, read once: `/dev/fd/3` can't be read again.
pub(crate) struct Words {
    file: PathBuf,
    text: SecretString,
    prefix: String,
}

impl Words {
    /// The words in `file`, for addresses that begin with `prefix`. Fails if others can read the file.
    pub(crate) fn read(file: &Path, prefix: &str) -> Result<Self> {
        Ok(Self { file: file.to_owned(), text: words_file(file)?, prefix: prefix.to_owned() })
    }

    /// The signer that `wallet` chooses. Fails if these are no words.
    pub(crate) fn signer(&self, wallet: &Wallet) -> Result<Signer> {
        let path = wallet.hd_path.clone().unwrap_or_default();
        let signer = Signer::derived(self.text.expose_secret(), &path, wallet.account, &self.prefix);
        signer.with_context(|| self.file.display().to_string())
    }

    /// If `signer`, which `wallet` chose, has no coins and the same words have some at another coin type: where. What no
    /// node tells is none.
    pub(crate) async fn hint(&self, node: &Node, wallet: &Wallet, signer: &Signer) -> Option<String> {
        if !node.balances(signer.address()).await.ok()?.is_empty() {
            return None;
        }
        for coin_type in COMMON {
            let other = Wallet { account: wallet.account, hd_path: Some(HdPath::Coin(coin_type)) };
            let there = self.signer(&other).ok()?.address().to_owned();
            if !node.balances(&there).await.ok()?.is_empty() {
                let own = signer.address();
                return Some(format!(
                    "{own} has no coins, but the same words have some at {there} with --hd-path {coin_type}"
                ));
            }
        }
        None
    }

    /// The options that choose `address`, if it is one of the first accounts of these words.
    pub(crate) fn which(&self, address: &str) -> Option<String> {
        for coin_type in COMMON {
            for account in 0..ACCOUNTS {
                let wallet = Wallet { account, hd_path: Some(HdPath::Coin(coin_type)) };
                if self.signer(&wallet).ok()?.address() == address {
                    let path = if coin_type == COIN_TYPE {
                        String::new()
                    } else {
                        format!(" --hd-path {coin_type}")
                    };
                    return Some(format!("--account {account}{path}"));
                }
            }
        }
        None
    }
}
