//! `meteor account`: the addresses of a file of words, what they have, and new words.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use meteor_operator::keys::{harden, make_words};
use meteor_operator::node::Node;
use meteor_operator::signer::HdPath;

use super::Command;
use crate::amounts::coins;
use crate::out::{self, report};
use crate::wallet::{ACCOUNTS, Wallet, Words};

/// Show the addresses that a file of words signs for, or make new words.
///
/// The words are read from a file and never shown: whoever reads them has the accounts. Keep a copy in a safe
/// place, and give each role a file of its own. With --node it shows what the accounts have, too.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Account {
    /// The file with 24 words (mode 0600; /dev/fd/3 reads descriptor 3)
    file: PathBuf,
    /// Make new words and write them to the file, which must not exist
    #[arg(long)]
    new: bool,
    /// Show only the address of this account of the words
    #[arg(long = "account", value_name = "ACCOUNT")]
    index: Option<u32>,
    /// Where the keys are: a coin type, such as 118 for words of a Cosmos wallet, or a whole path, which names one
    /// account: m/44'/118'/0'/0/0 [default: 330, Terra's]
    #[arg(long, value_name = "PATH")]
    hd_path: Option<HdPath>,
    /// Prefix of the chain's addresses
    #[arg(long, default_value = "terra")]
    prefix: String,
    /// Address of a node (CometBFT RPC): shows what the accounts have; may be repeated
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    node: Vec<String>,
    /// Write it as JSON, an object for each account, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Account {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        harden()?;
        if self.new {
            make_words(&self.file)?;
        }
        let words = Words::read(&self.file, &self.prefix)?;
        let node = if self.node.is_empty() { None } else { Some(Node::pool(&self.node)?) };
        let one = self.index.is_some() || matches!(self.hd_path, Some(HdPath::Whole(_)));
        let first = self.index.unwrap_or_default();
        let last = if one { first } else { ACCOUNTS.saturating_sub(1) };
        let mut hints = Vec::new();
        for account in first..=last {
            let wallet = Wallet { account, hd_path: self.hd_path.clone() };
            let signer = words.signer(&wallet)?;
            let name = if one { String::new() } else { format!("account {account}  ") };
            let address = signer.address();
            let Some(node) = &node else {
                report!("account", {"account": account, "address": address}, "{name}{address}");
                continue;
            };
            let balances = node.balances(address).await?;
            let micro: BTreeMap<_, _> =
                balances.iter().map(|(denom, amount)| (denom, amount.to_string())).collect();
            report!(
                "account",
                {"account": account, "address": address, "balances": micro},
                "{name}{address}  {}",
                has(&balances)
            );
            hints.extend(words.hint(node, &wallet, &signer).await);
        }
        for hint in hints {
            report!("hint", {"said": hint}, "hint: {hint}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What an account has, as people write it.
fn has(balances: &[(String, u128)]) -> String {
    let all: Vec<String> = balances.iter().map(|(denom, amount)| coins(*amount, denom)).collect();
    if all.is_empty() { "no coins".to_owned() } else { all.join(", ") }
}
