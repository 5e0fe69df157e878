//! Who signs, for which event, over which nodes: what every command that sends has in common.

use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use meteor_messages::shower::{ConfigResponse, QueryMsg};
use meteor_operator::account::Account;
use meteor_operator::gas::GasPrice;
use meteor_operator::jobs::Deployment;
use meteor_operator::journal::Journal;
use meteor_operator::keys::{Passphrase, PassphraseFile, Purpose, harden};
use meteor_operator::launch::Record;
use meteor_operator::node::Node;
use meteor_operator::signer::{COIN_TYPE, Signer};
use secrecy::ExposeSecret;

/// Which event, over which nodes.
#[derive(Clone, Debug, clap::Args)]
pub struct Event {
    /// The deployment file that meteor deploy wrote: nodes, contract and price of gas
    #[arg(long)]
    pub deployment: Option<PathBuf>,
    /// CometBFT RPC of a node, instead of those of the deployment file; may be repeated: what one doesn't answer is
    /// asked of the next
    #[arg(long, env = "METEOR_RPC", value_delimiter = ',', required_unless_present = "deployment")]
    pub rpc: Vec<String>,
    /// Address of the shower contract
    #[arg(long, env = "METEOR_SHOWER", required_unless_present = "deployment")]
    pub shower_contract: Option<String>,
}

/// Which event, and who signs.
#[derive(Clone, Debug, clap::Args)]
pub struct Signing {
    /// The event.
    #[command(flatten)]
    pub event: Event,
    /// A file with the 24 words of the signing account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long)]
    pub signer_file: PathBuf,
    /// How.
    #[command(flatten)]
    pub terms: Terms,
}

/// How an account signs.
#[derive(Clone, Debug, clap::Args)]
pub struct Terms {
    /// Which account of the words
    #[arg(long, default_value_t = 0)]
    pub account: u32,
    /// What a unit of gas costs, instead of the deployment file's price or 28.325uluna
    #[arg(long)]
    pub gas_price: Option<GasPrice>,
    /// Where the account's journal is.
    #[command(flatten)]
    pub journal: JournalFolder,
}

/// Where the journals of signing accounts are.
#[derive(Clone, Debug, clap::Args)]
pub struct JournalFolder {
    /// Folder of the accounts' journals: what is signed is noted there before it is sent, so that a command that was
    /// killed is finished by the next; keep it between runs
    /// (default: meteor/journal in `$XDG_STATE_HOME` or ~/.local/state)
    #[arg(long = "journal", env = "METEOR_JOURNAL", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// The folder where `XDG_STATE_HOME` and `HOME` say that it is; relative paths don't count, as XDG has it.
fn standard(state: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state = state.filter(absolute).or_else(|| Some(home.filter(absolute)?.join(".local/state")));
    Some(state?.join("meteor/journal"))
}

impl JournalFolder {
    /// The folder; made, for its owner alone, if there is none.
    fn make(&self) -> Result<PathBuf> {
        let var = |name| std::env::var_os(name).map(PathBuf::from);
        let folder = self.folder.clone().or_else(|| standard(var("XDG_STATE_HOME"), var("HOME")));
        let folder = folder.context("there is no home folder: name one for the journal with --journal")?;
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.with_context(|| format!("making the journal's folder {}", folder.display()))?;
        Ok(folder)
    }

    /// Opens the account with its journal, and says what became of what an earlier command left under way.
    ///
    /// # Errors
    /// If another command signs with the account, or the nodes don't answer.
    pub async fn open(&self, node: Node, signer: Signer, price: GasPrice) -> Result<Account> {
        let folder = self.make()?;
        let (chain_id, _) = node.status().await?;
        // Closed again at once: it only tells what the opening below will wait for.
        let left = Journal::open(&folder, &chain_id, signer.address())?.outstanding().cloned();
        if let Some(intent) = &left {
            print!("an earlier command left transaction {} under way", intent.hash);
            std::io::stdout().flush()?;
        }
        let opened = Account::open_with_journal(node, signer, price, &folder).await;
        if left.is_some() && opened.is_err() {
            println!(": what became of it is not known yet");
        }
        let account = opened?;
        if let Some(intent) = left {
            match account.journal().history()?.last().filter(|last| last.hash == intent.hash) {
                Some(last) if last.code == 0 => println!(": it is in block {}", last.height),
                Some(last) => println!(": it failed in block {} (code {})", last.height, last.code),
                None => println!(": it is in no block and never will be"),
            }
        }
        Ok(account)
    }
}

/// The record of a deployment that is complete.
pub(crate) fn recorded(path: &Path) -> Result<Record> {
    let record = Record::load(path)?.with_context(|| format!("there is no {}", path.display()))?;
    ensure!(record.event.is_some(), "{} is not complete: run meteor deploy again", path.display());
    Ok(record)
}

/// That `shower` is one of the event's.
///
/// # Errors
/// If it isn't.
pub(crate) fn exists(shower: u32, config: &ConfigResponse) -> Result<()> {
    let last = config.schedule.count;
    ensure!((1..=last).contains(&shower), "there is no shower {shower}: they are numbered 1 to {last}");
    Ok(())
}

/// The signer of the words in `file`.
///
/// # Errors
/// If others can read the file, or it holds no mnemonic.
pub(crate) fn signer(file: &Path, account: u32, prefix: &str) -> Result<Signer> {
    let words = PassphraseFile(file.to_owned()).passphrase(Purpose::Open)?;
    Ok(Signer::from_mnemonic(words.expose_secret(), COIN_TYPE, account, prefix)?)
}

/// An event that was found: over which nodes, on which chain, at which contract.
pub(crate) struct Found {
    pub(crate) node: Node,
    pub(crate) chain_id: String,
    pub(crate) contract: String,
    /// Nothing of the event is in blocks before this one.
    height: u64,
    /// What a unit of gas costs.
    pub(crate) gas_price: GasPrice,
}

impl Event {
    /// Finds it; `gas_price` goes before what the deployment file says.
    pub(crate) async fn find(&self, gas_price: Option<&GasPrice>) -> Result<Found> {
        let record = self.deployment.as_deref().map(recorded).transpose()?;
        let event = record.as_ref().and_then(|record| record.event.as_ref());
        let node = match &record {
            Some(record) if self.rpc.is_empty() => Node::pool(&record.nodes)?,
            _ => Node::pool(&self.rpc)?,
        };
        let contract = self.shower_contract.as_ref().or_else(|| event.map(|event| &event.shower));
        let contract = contract.context("name the contract: --shower-contract or --deployment")?.clone();
        let gas_price = match (gas_price, &record) {
            (Some(price), _) => price.clone(),
            (None, Some(record)) => record.gas_price.parse()?,
            (None, None) => "28.325uluna".parse()?,
        };
        let chain_id = node.one_chain().await?;
        if let Some(event) = event {
            ensure!(event.chain_id == chain_id, "the node is on {chain_id}, the event on {}", event.chain_id);
        }
        let height = event.map_or(1, |event| event.height);
        Ok(Found { node, chain_id, contract, height, gas_price })
    }
}

impl Signing {
    pub(crate) async fn open(&self) -> Result<(Account, Deployment, ConfigResponse)> {
        harden()?;
        let Found { node, chain_id, contract, height, gas_price } =
            self.event.find(self.terms.gas_price.as_ref()).await?;
        let prefix =
            contract.rsplit_once('1').map(|(prefix, _)| prefix).context("the contract is no address")?;
        let signer = signer(&self.signer_file, self.terms.account, prefix)?;
        let account = self.terms.journal.open(node, signer, gas_price).await?;
        // After the journal: what it finished is part of what the contract answers.
        let config: ConfigResponse = account.node().smart(&contract, &QueryMsg::Config {}).await?;
        println!("signing as {} on {chain_id}", account.address());
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
