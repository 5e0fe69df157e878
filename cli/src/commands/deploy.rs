//! `meteor deploy`: an event from its launch file to a chain.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_operator::account::Account;
use meteor_operator::keys::harden;

use super::{Command, PARTLY};
use crate::confirm::confirmed;
use crate::deploy::{Deploying, Draft, Plan, for_good};
use crate::event::EVENT_FILE;
use crate::out::{self, report, say};
use crate::secrets::TABLES;
use crate::signing::JournalFolder;
use crate::wallet::{Wallet, Words};
use crate::{catalogue, preset};

/// Bring an event to a chain as its launch file says.
///
/// First it shows what it will do and everything that is wrong, then it asks. Run it again after an interruption: it finds what is on
/// the chain, goes on, and compares everything with the launch file. For an event that is already complete it
/// signs nothing and needs no --signer-file.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Deploy {
    /// The launch file
    launch: PathBuf,
    /// Where to write what is on the chain; the other commands read it
    #[arg(long, value_name = "FILE", env = "METEOR_EVENT", default_value = EVENT_FILE)]
    event: PathBuf,
    /// Folder with the contracts' wasm and checksums.txt
    #[arg(long, default_value = "artifacts")]
    artifacts: PathBuf,
    /// File with the 24 words of the account that signs: the launch file's deployer, or its owner (mode 0600;
    /// /dev/fd/3 reads descriptor 3)
    #[arg(long)]
    signer_file: Option<PathBuf>,
    #[command(flatten)]
    wallet: Wallet,
    /// Show what would be done and everything that is wrong, and sign nothing. Exit code 0: this launch can be deployed
    /// and can work; 3: only the commitments to the key are missing; 1: it has errors
    #[arg(long)]
    dry_run: bool,
    /// How many wallets a shower may have, for the odds in the plan
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    wallets: u32,
    /// Don't ask before signing, for scripts
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    journal: JournalFolder,
    /// Write the plan and what is done as JSON, one object a line, instead of lines for people
    #[arg(long)]
    json: bool,
}

impl Command for Deploy {
    async fn run(self) -> Result<ExitCode> {
        if self.json {
            out::json();
        }
        let draft = Draft::read(&self.launch, &self.artifacts, &self.event).await?;
        // What is on the chain can't be changed any more: then the comparison says what is wrong.
        let compare = draft.deployed && !self.dry_run;
        // A plan that can't be carried out would only hide what has to be fixed.
        if let Some(plan) = draft.plan.as_ref().filter(|_| compare || draft.is_good()) {
            if self.json {
                out::reported("plan", || plan.json(draft.gas), format_args!(""));
            } else {
                plan.show(self.wallets, draft.gas)?;
            }
        }
        draft.show_findings();
        let can_go_on = draft.is_good() || (compare && draft.plan.is_some());
        ensure!(can_go_on, "the launch has errors: fix them first, nothing was signed");
        let (plan, deployed) = (draft.plan.context("the launch can't be planned")?, draft.deployed);
        // A dry run meets what would stop the deployment, too: files of another event, or of a chain that is no more.
        let deploying = Deploying::recorded(&plan, self.event.clone())?;
        if !deployed {
            deploying.check().await?;
        }
        let catalogue = self.catalogue(&plan)?;
        if self.dry_run {
            return Ok(end_of_dry_run(&plan));
        }
        plan.commitments()?;
        keep(&catalogue, &plan)?;
        let mut account = if deployed { None } else { Some(self.open(&plan).await?) };
        deploying.run(account.as_mut()).await?;
        // Byte for byte what its hash on the chain is made of: draw, hatch and everyone who verifies need it.
        let tables = self.event.with_file_name(TABLES);
        std::fs::write(&tables, preset::tables(&plan.preset)?)
            .with_context(|| format!("writing {}", tables.display()))?;
        report!(
            "deployed",
            {"contract": plan.contract, "event": self.event, "tables": tables, "catalogue": catalogue},
            "the configuration was read back and is as asked for: {}",
            self.event.display()
        );
        say!("tables of what meteors hold, for draw and hatch: {}", tables.display());
        say!(
            "the catalogue, for mint; publish it, so that anyone can finish a mint: {}",
            catalogue.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Says whether this launch can be deployed as it is.
fn end_of_dry_run(plan: &Plan) -> ExitCode {
    let (code, lacks, said) = match plan.committed {
        Some(_) => (ExitCode::SUCCESS, None, "this launch can be deployed"),
        None => (ExitCode::from(PARTLY), Some("commitments"), "only the commitments are missing"),
    };
    report!("deployable", {"contract": plan.contract, "lacks": lacks}, "dry run: {said}; nothing was signed");
    code
}

/// Keeps a copy of the catalogue at `path`, if it isn't there.
fn keep(path: &Path, plan: &Plan) -> Result<()> {
    if path.exists() {
        return Ok(());
    }
    std::fs::write(path, &plan.catalogue_file).with_context(|| format!("writing {}", path.display()))
}

impl Deploy {
    /// Where a copy of the catalogue is kept: beside the deployment file, where meteor mint looks for it. Fails if another
    /// one is there.
    fn catalogue(&self, plan: &Plan) -> Result<PathBuf> {
        let path = self.event.with_file_name(catalogue::FILE);
        ensure!(
            std::fs::read(&path).ok().is_none_or(|held| held == plan.catalogue_file),
            "{} is another catalogue: move it away, or write to another folder with --event",
            path.display()
        );
        Ok(path)
    }

    /// The account that signs, once somebody has said yes. It must be the one that the contract's address is bound to.
    async fn open(&self, plan: &Plan) -> Result<Account> {
        harden()?;
        let file = self.signer_file.as_ref().context("deploying needs --signer-file")?;
        let words = Words::read(file, &plan.launch.chain.prefix)?;
        let signer = words.signer(&self.wallet)?;
        let (signs, deployer) = (signer.address(), plan.launch.deployer());
        let role = if plan.launch.roles.deployer.is_some() { "deployer" } else { "owner" };
        ensure!(
            signs == deployer,
            "the words are those of {signs}, but the {role} is {deployer}: the contract's address is bound to it{}",
            words.which(deployer).map(|options| format!("; it signs with {options}")).unwrap_or_default()
        );
        if !self.yes {
            confirmed(&for_good(plan), &plan.launch.chain.id, std::io::stdin().lock())?;
        }
        self.journal.open(plan.node.clone(), signer, plan.launch.gas_price()?).await
    }
}
