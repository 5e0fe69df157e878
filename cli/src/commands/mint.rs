//! `meteor mint`: gives every contributor of the drawn showers a meteor.

use std::ops::ControlFlow;
use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::{Collection, ShowerContract};
use meteor_messages::shower::{ConfigResponse, ShowerResponse, Status};
use meteor_operator::account::Account;
use meteor_operator::jobs::{Batches, JobError, MintProgress, Minter, committed};
use meteor_operator::plan::Outlook;
use meteor_rules::ShowerId;
use meteor_rules::tier::PerTier;
use serde_json::json;

use super::{Command, PARTLY};
use crate::amounts::{about, counted, grouped};
use crate::catalogue::{self, Source};
use crate::event::chosen;
use crate::next::nothing;
use crate::out::{complain, report};
use crate::progress::{Progress, told};
use crate::signing::Signing;
use crate::times::span;

/// Mint the meteors of drawn showers.
///
/// Anyone may sign: the catalogue was fixed at the launch, and the contract accepts no other pieces. So what an
/// operator leaves half-way, anyone finishes: with --node, --contract and --catalogue, which may be the
/// address of any copy of the file, for example /v1/catalogue of the event's server. A file that is not the
/// event's is refused before anything is sent. Run it again if it was interrupted: no meteor is minted twice.
/// A shower that can't be minted any more is named, the others are minted, and the exit code is 3. It is 4 if there
/// is nothing to mint. meteor plan says who gets what.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Mint {
    #[command(flatten)]
    signing: Signing,
    /// The shower's number; all that are drawn and not minted if left out
    #[arg(long)]
    shower: Option<u32>,
    #[command(flatten)]
    catalogue: Source,
    /// Most meteors in a transaction, in messages of up to 100
    #[arg(long, default_value_t = Batches::default().meteors)]
    batch: usize,
    /// Highest gas limit of a transaction; never more than a quarter of a block
    #[arg(long, default_value_t = Batches::default().gas)]
    tx_gas: u64,
}

impl Command for Mint {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let showers = chosen(self.shower, &config)?;
        let contract = deployment.shower.as_str();
        let template = Collection::new(account.node(), &deployment.meteors).template().await?;
        let catalogue = catalogue::read(&self.catalogue.of(&self.signing.event)?, &template).await?;
        let counts = committed(&catalogue, &config)?;
        let due = due(ShowerContract::new(account.node(), contract), showers.clone()).await?;
        if due.is_empty() {
            return nothing("mint", account.node(), contract, showers).await;
        }
        let batches = Batches { meteors: self.batch, gas: self.tx_gas };
        self.foretell(&account, &config, &due, &counts, batches).await?;

        let mut all = Whole::of(&due);
        let mut minter = Minter::new(&account, batches).await?;
        let mut code = ExitCode::SUCCESS;
        for ShowerResponse { shower, .. } in due {
            let go_on = |at| {
                all.at(shower, at);
                ControlFlow::Continue(())
            };
            match minter.mint(&mut account, contract, ShowerId(shower), &catalogue, go_on).await {
                Ok(()) => {}
                // Its deadline came meanwhile, or it was cancelled: no reason to leave the others.
                Err(JobError::NotMintable { shower, status }) => {
                    let why = JobError::NotMintable { shower, status }.to_string();
                    complain!("not_minted", {"shower": shower, "why": why}, "{why}");
                    code = ExitCode::from(PARTLY);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(code)
    }
}

/// The showers that are drawn and not all minted, as they stand.
async fn due(
    contract: ShowerContract<'_>,
    showers: std::ops::RangeInclusive<u32>,
) -> Result<Vec<ShowerResponse>> {
    let mut due = Vec::new();
    let states = if showers.start() == showers.end() {
        vec![contract.shower(*showers.start()).await?]
    } else {
        contract.showers().await?
    };
    for state in states {
        let waits = state.status == Status::Closed && state.minted < state.contributors;
        if waits && contract.draw(state.shower).await?.root.is_some() {
            due.push(state);
        }
    }
    Ok(due)
}

impl Mint {
    /// Says what all of it will take, before the first transaction.
    async fn foretell(
        &self,
        account: &Account,
        config: &ConfigResponse,
        due: &[ShowerResponse],
        counts: &PerTier<u32>,
        batches: Batches,
    ) -> Result<()> {
        let batches = batches.within_a_block(account.node()).await?;
        let mut outlook = Outlook::default();
        for state in due {
            let at = MintProgress { minted: state.minted, contributors: state.contributors };
            let sizes = config.tiers.sizes(state.contributors);
            outlook.add(batches, at, &sizes, &state.earlier_by_tier, counts);
        }
        let block = account.node().block_seconds().await?;
        let cost = outlook.cost(account.price(), block);
        let Outlook { meteors, messages, transactions, gas } = outlook;
        report!(
            "to_mint",
            {
                "showers": due.len(), "meteors": meteors, "transactions": transactions, "messages": messages,
                "gas": gas, "fee": format!("{}{}", cost.fee, cost.denom), "seconds": cost.seconds,
            },
            "to mint: {} of {}, in about {}; fees about {}; about {} at a transaction a block",
            counted(grouped(meteors.into()), "meteor"),
            counted(due.len(), "shower"),
            counted(grouped(transactions.into()), "transaction"),
            about(cost.fee, &cost.denom),
            span(cost.seconds),
        );
        Ok(())
    }
}

/// How far all showers are.
struct Whole {
    /// Meteors of the showers that are done.
    before: u64,
    /// Meteors of all.
    total: u64,
    /// The shower that is minted now, and its meteors so far.
    now: (u32, u64),
    several: bool,
    progress: Progress,
}

impl Whole {
    fn of(due: &[ShowerResponse]) -> Self {
        let total = due.iter().map(|state| u64::from(state.contributors)).sum();
        let several = due.len() > 1;
        let label = match due {
            [one] => format!("shower {}: minted", one.shower),
            _ => format!("minted in {} showers", due.len()),
        };
        Self { before: 0, total, now: (0, 0), several, progress: Progress::new(label, total) }
    }

    /// `at` of a shower is minted.
    fn at(&mut self, shower: u32, at: MintProgress) {
        let MintProgress { minted, contributors } = at;
        if self.now.0 != shower {
            self.before = self.before.saturating_add(self.now.1);
        }
        // One that could not be minted to its end counts as far as it got.
        self.now = (shower, minted.into());
        let done = self.before.saturating_add(minted.into());
        let left = self.progress.left(done);
        let fields = || {
            json!({
                "shower": shower, "minted": minted, "of": contributors,
                "all_minted": done, "all": self.total, "seconds_left": left,
            })
        };
        let line = if self.several {
            let (done, all) = (grouped(done.into()), grouped(self.total.into()));
            let left = if done == all { String::new() } else { told(left) };
            format!("shower {shower}: minted {minted} of {contributors}; {done} of {all} in all{left}")
        } else {
            format!("shower {shower}: minted {minted} of {contributors}")
        };
        self.progress.at(done, "minted", fields, format_args!("{line}"));
    }
}
