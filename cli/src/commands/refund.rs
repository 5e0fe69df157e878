//! `meteor refund`: sends back to contributors what is theirs.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{Refundable, Refunded, ShowerResponse, Status};
use meteor_operator::jobs::{self, LeftOut};
use meteor_operator::tax::Tax;
use serde_json::json;

use super::{Command, PARTLY, new_file};
use crate::amounts::{coins, counted, payout};
use crate::event::{Event, chosen, config};
use crate::next::nothing;
use crate::out::{complain, report, say};
use crate::progress::Progress;
use crate::signing::{Signing, Terms};
use crate::times::clock;

/// Send back contributions without a meteor: those of cancelled showers, or after the mint deadline. Send back
/// what was held back, too, where the key was not published by its deadline.
///
/// Anyone may sign. It costs fees, the money goes to the contributors alone, and nobody is refunded twice,
/// however often this runs. On a chain that taxes what contracts send (Terra Classic) contributors get less
/// than they gave: before it sends, the command shows how much will leave and how much will arrive. A contributor
/// whom the chain refuses to send anything is left out and reported; all others are refunded, and the exit code
/// is 3. It is 4 if there is nothing to refund.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Refund {
    #[command(flatten)]
    event: Event,
    /// File with the 24 words of the signing account (mode 0600; /dev/fd/3 reads descriptor 3)
    #[arg(long, required_unless_present = "plan")]
    signer_file: Option<PathBuf>,
    #[command(flatten)]
    terms: Terms,
    /// The shower's number; all that can be refunded if left out
    #[arg(long)]
    shower: Option<u32>,
    /// Sign nothing, and write to this file (CSV) who would get what back and what of it arrives, for review
    #[arg(long, value_name = "FILE", conflicts_with = "signer_file")]
    plan: Option<PathBuf>,
}

/// What can be refunded of a shower.
#[derive(Default)]
struct Due {
    /// Contributions without a meteor.
    contributions: usize,
    /// Contributions with a meteor, of which something was held back.
    holdbacks: usize,
    /// What leaves the contract (micro-denom).
    leaves: u128,
    /// What arrives (micro-denom).
    arrives: u128,
}

async fn due(
    contract: ShowerContract<'_>,
    shower: u32,
    tax: Tax,
    mut each: impl FnMut(&Refundable, u128) -> Result<()>,
) -> Result<Due> {
    let mut start_after = None;
    let mut due = Due::default();
    loop {
        let page = contract.refundable(shower, start_after).await?;
        for row in page.refundable {
            let count = match row.what {
                Refunded::Contribution => &mut due.contributions,
                Refunded::Holdback => &mut due.holdbacks,
            };
            *count = count.saturating_add(1);
            let amount = row.amount.u128();
            due.leaves = due.leaves.saturating_add(amount);
            // The chain rounds and caps each transfer by itself.
            let arrives = tax.arrives(amount);
            due.arrives = due.arrives.saturating_add(arrives);
            each(&row, arrives)?;
        }
        let Some(next) = page.next else { return Ok(due) };
        start_after = Some(next);
    }
}

/// Whether something of the shower may yet become refundable at `now` (Unix seconds).
fn early(state: &ShowerResponse, now: u64) -> bool {
    state.status != Status::Refunding && !state.key_in_time && now < state.key_deadline
}

impl Refund {
    /// Writes who would get what, a line for each contributor and shower. What is paid is decided by the contract when it is
    /// paid, so a plan is for people: a refund never follows a file that somebody could have changed.
    async fn write_plan(&self, path: &Path) -> Result<ExitCode> {
        self.terms.choose_output();
        let found = self.event.find(self.terms.gas_price.as_ref()).await?;
        let (node, contract) = (&found.node, &found.contract);
        let config = config(node, contract).await?;
        let denom = &config.denom;
        let tax = Tax::of(node, denom).await.context("asking for the chain's tax")?;
        let showers = chosen(self.shower, &config)?;
        let (mut csv, mut all) =
            ("shower,contributor,what,amount,arrives,denom\n".to_owned(), Due::default());
        for shower in showers.clone() {
            let write = |row: &Refundable, arrives: u128| {
                let what = match row.what {
                    Refunded::Contribution => "contribution",
                    Refunded::Holdback => "holdback",
                };
                let (contributor, amount) = (&row.contributor, row.amount);
                Ok(writeln!(csv, "{shower},{contributor},{what},{amount},{arrives},{denom}")?)
            };
            let part = due(ShowerContract::new(node, contract), shower, tax, write).await?;
            all.contributions = all.contributions.saturating_add(part.contributions);
            all.holdbacks = all.holdbacks.saturating_add(part.holdbacks);
            all.leaves = all.leaves.saturating_add(part.leaves);
            all.arrives = all.arrives.saturating_add(part.arrives);
        }
        let Due { contributions, holdbacks, leaves, arrives } = all;
        if contributions.saturating_add(holdbacks) == 0 {
            return nothing("refund", node, contract, showers).await;
        }
        new_file(path, &csv)?;
        let file = path.display().to_string();
        report!(
            "refund_plan",
            {
                "file": file, "contributions": contributions, "holdbacks": holdbacks, "amount": leaves.to_string(),
                "arrives": arrives.to_string(), "denom": denom,
            },
            "{file}: {}, {}, {}. Nothing was signed",
            counted(contributions, "contribution"),
            counted(holdbacks, "held part"),
            payout(leaves, arrives, denom)
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl Command for Refund {
    async fn run(self) -> Result<ExitCode> {
        if let Some(file) = &self.plan {
            return self.write_plan(file).await;
        }
        let signing = Signing {
            event: self.event.clone(),
            signer_file: self.signer_file.clone().context("signing needs --signer-file")?,
            terms: self.terms.clone(),
        };
        let (mut account, deployment, config) = signing.open().await?;
        let (contract, denom) = (&deployment.shower, &config.denom);
        let showers = chosen(self.shower, &config)?;
        let tax = Tax::of(account.node(), denom).await.context("asking for the chain's tax")?;
        let now = account.node().time().await?;
        let (mut complete, mut did) = (true, false);
        for shower in showers.clone() {
            let shown = ShowerContract::new(account.node(), contract);
            let state = shown.shower(shower).await?;
            let Due { contributions, holdbacks, leaves, arrives } =
                due(shown, shower, tax, |_, _| Ok(())).await?;
            let count = contributions.saturating_add(holdbacks);
            if count == 0 {
                ensure!(
                    self.shower.is_none() || !early(&state, now),
                    "shower {shower} is {}: it can be refunded once it is cancelled (meteor cancel), from {} what is \
                     not minted by then, and from {} what is held back if its key is not public by then",
                    jobs::in_a_word(state.status),
                    clock(state.mint_deadline),
                    clock(state.key_deadline)
                );
                continue;
            }
            did = true;
            say!(
                "shower {shower}: {}, {}, {}",
                counted(contributions, "contribution"),
                counted(holdbacks, "held part"),
                payout(leaves, arrives, denom)
            );
            let all = u64::try_from(count).unwrap_or(u64::MAX);
            let mut progress = Progress::new(format!("shower {shower}: refunded"), all);
            let done = jobs::refund(&mut account, contract, shower, |done| {
                let (refunded, amount) = (done.count, done.amount.to_string());
                let fields = || json!({"shower": shower, "count": refunded, "of": count, "amount": amount, "denom": denom});
                let line = format_args!("shower {shower}: refunded {refunded} of {count}, {}", coins(done.amount, denom));
                progress.at(u64::try_from(refunded).unwrap_or(u64::MAX), "refunded", fields, line);
            })
            .await?;
            for LeftOut { contributor, amount, why } in &done.left_out {
                complain!(
                    "left_out",
                    {"shower": shower, "contributor": contributor, "amount": amount.to_string(), "denom": denom, "why": why},
                    "shower {shower}: {contributor} was left out with {}: {why}",
                    coins(*amount, denom)
                );
            }
            complete &= done.left_out.is_empty();
        }
        if !did {
            return nothing("refund", account.node(), contract, showers).await;
        }
        Ok(if complete { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
    }
}
