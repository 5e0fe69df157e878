//! Who signs, and where the account's journal is: what all commands that send transactions share.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use anyhow::{Context, Result};
use meteor_messages::shower::ConfigResponse;
use meteor_operator::account::Account;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::journal::{Committed, Intent, Journal};
use meteor_operator::keys::harden;
use meteor_operator::node::Node;
use meteor_operator::signer::Signer;

use crate::event::{Event, Found, config};
use crate::out::{self, begin, report, speaks, tell};
use crate::wallet::{Wallet, Words};

/// Which event, and who signs.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Signing {
    #[command(flatten)]
    pub(crate) event: Event,
    /// File with the 24 words of the signing account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long)]
    pub(crate) signer_file: PathBuf,
    #[command(flatten)]
    pub(crate) terms: Terms,
}

/// How an account signs.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Terms {
    #[command(flatten)]
    pub(crate) wallet: Wallet,
    /// Price of a unit of gas, instead of the event file's price or 28.325uluna
    #[arg(long)]
    pub(crate) gas_price: Option<GasPrice>,
    #[command(flatten)]
    pub(crate) journal: JournalFolder,
    /// Say what would be sent, to whom and at what cost, and sign nothing: of several transactions the first. The exit
    /// code is as in reality
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write what is done as JSON, one object a line, instead of lines for people
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the journals of signing accounts are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct JournalFolder {
    /// Folder of the accounts' journals. Each transaction is written there before it is sent, so that the
    /// next command can finish what a killed one left. Keep it between runs (default: meteor/journal in
    /// `$XDG_STATE_HOME` or ~/.local/state)
    #[arg(long = "journal", env = "METEOR_JOURNAL", value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// The folder that `XDG_STATE_HOME` or `HOME` names. Relative paths are ignored, as XDG requires.
fn standard(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state = state.filter(absolute).or_else(|| Some(home.filter(absolute)?.join(".local/state")));
    Some(state?.join("meteor/journal"))
}

impl JournalFolder {
    /// The folder, created for its owner alone if it does not exist.
    fn make(&self) -> Result<PathBuf> {
        let var = |name| std::env::var_os(name).map(PathBuf::from);
        let folder = self.folder.clone().or_else(|| standard(var("XDG_STATE_HOME"), var("HOME")));
        let folder =
            folder.context("there is no home folder: name a folder for the journal with --journal")?;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("creating the journal's folder {}", folder.display()))?;
        Ok(folder)
    }

    /// Opens the account with its journal, and says what became of a transaction that an earlier command
    /// left.
    pub(crate) async fn open(&self, node: Node, signer: Signer, price: GasPrice) -> Result<Account> {
        let folder = self.make()?;
        let chain_id = node.status().await?.chain_id;
        // Closed again at once: it only tells what the opening below will wait for.
        let left = Journal::open(&folder, &chain_id, signer.address())?.outstanding().cloned();
        let Some(Intent { hash, .. }) = left else {
            return Ok(Account::open_with_journal(node, signer, price, &folder).await?);
        };
        // A line has its end only where lines for people are said.
        if speaks() {
            begin!("an earlier command left transaction {hash} under way");
        }
        let opened = Account::open_with_journal(node, signer, price, &folder).await;
        let account = match opened {
            Ok(account) => account,
            Err(error) => {
                report!("left", {"tx": hash, "outcome": "unknown"}, ": its outcome is not known yet");
                return Err(error.into());
            }
        };
        match account.journal().history()?.last().filter(|last| last.hash == hash) {
            Some(Committed { height, code: 0, .. }) => {
                report!("left", {"tx": hash, "outcome": "done", "height": height}, ": it is in block {height}");
            }
            Some(Committed { height, code, .. }) => report!(
                "left",
                {"tx": hash, "outcome": "failed", "height": height, "code": code},
                ": it failed in block {height} (code {code})"
            ),
            None => {
                report!("left", {"tx": hash, "outcome": "lost"}, ": it is in no block and never will be");
            }
        }
        Ok(account)
    }
}

impl Terms {
    /// Chooses for whom standard output is. Nothing is to be said before.
    pub(crate) fn choose_output(&self) {
        if self.json {
            out::json();
        }
    }
}

impl Signing {
    /// Opens the signing account, the event and its configuration.
    pub(crate) async fn open(&self) -> Result<(Account, Deployment, ConfigResponse)> {
        self.terms.choose_output();
        harden()?;
        let Found { node, chain_id, contract, height, gas_price } =
            self.event.find(self.terms.gas_price.as_ref()).await?;
        let prefix = contract.rsplit_once('1').map(|(prefix, _)| prefix);
        let prefix = prefix.with_context(|| format!("{contract} is not an address"))?;
        let wallet = &self.terms.wallet;
        let words = Words::read(&self.signer_file, prefix)?;
        let signer = words.signer(wallet)?;
        if let Some(hint) = words.hint(&node, wallet, &signer).await {
            tell!("hint: {hint}");
        }
        let account = if self.terms.dry_run {
            Account::open(node, signer, gas_price).await?.for_a_dry_run()
        } else {
            self.terms.journal.open(node, signer, gas_price).await?
        };
        // After the journal: the contract's answer must include what the journal finished.
        let config = config(account.node(), &contract).await?;
        // Its label helps people; not every chain tells it.
        let label = account.node().contract(&contract).await.map(|info| info.label).ok();
        let named = label.as_ref().map(|label| format!("\"{label}\", ")).unwrap_or_default();
        let signs = account.address();
        report!(
            "event",
            {"label": label, "contract": contract, "chain_id": chain_id, "signer": signs},
            "event {named}{contract} on {chain_id}; signing as {signs}"
        );
        let (meteors, hatchery) = (config.meteors.clone(), config.hatchery.clone());
        Ok((account, Deployment { chain_id, shower: contract, meteors, hatchery, height }, config))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_journal_is_where_xdg_has_state_and_for_its_owner_alone() {
        let at = |state: &str, home: &str| standard(Some(state.into()), Some(home.into()));
        assert_eq!(at("/state", "/home/a"), Some("/state/meteor/journal".into()));
        assert_eq!(at("state", "/home/a"), Some("/home/a/.local/state/meteor/journal".into()));
        assert_eq!(at("", "home"), None);
        let folder = tempfile::tempdir().unwrap();
        let made = JournalFolder { folder: Some(folder.path().join("a/b")) }.make().unwrap();
        for made in [&*made, made.parent().unwrap()] {
            assert_eq!(made.metadata().unwrap().permissions().mode() & 0o777, 0o700);
        }
    }
}
