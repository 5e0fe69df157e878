//! `meteor cancel`: ends a shower without meteors.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse, Status};
use meteor_operator::jobs;
use meteor_operator::node::Node;

use super::Command;
use crate::amounts::{coins, counted};
use crate::confirm::confirmed;
use crate::event::exists;
use crate::next::IDLE;
use crate::out::{report, say};
use crate::owner::Owner;
use crate::times::clock;

/// Cancel a shower for good. All its contributions can then be refunded.
///
/// Nobody can contribute to it any more, and it will have no draw and no meteors. The owner signs. It can be
/// cancelled until the beacon's round that decides its draw is due, and never afterwards: from then on the
/// operator can know what its meteors hold, and nobody may choose whether they come. This command sends nothing
/// back: run meteor refund after it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Cancel {
    #[command(flatten)]
    signing: Owner,
    /// The shower's number
    #[arg(long)]
    shower: u32,
    /// Don't ask for the shower's number again
    #[arg(long)]
    yes: bool,
}

/// Checks that the round which decides the shower's draw is not due yet.
async fn in_time(node: &Node, contract: &str, shower: u32) -> Result<()> {
    let shown = ShowerContract::new(node, contract);
    let Some(round) = shown.draw(shower).await?.beacon_round else { return Ok(()) };
    let due = shown.fairness().await?.beacon.due(round).context("the round is never due")?;
    let now = node.time().await?;
    ensure!(
        now < due,
        "shower {shower} can't be cancelled, nothing was sent: the round that decides its draw was due at {}. It will be \
         minted, or refunded after its mint deadline",
        clock(due)
    );
    Ok(())
}

impl Command for Cancel {
    async fn run(self) -> Result<ExitCode> {
        let shower = self.shower;
        if self.signing.generate_only {
            let cancel = ExecuteMsg::Cancel { shower };
            let found = self.signing.find().await?;
            let config = ShowerContract::new(&found.node, &found.contract).config().await?;
            exists(shower, &config)?;
            in_time(&found.node, &found.contract, shower).await?;
            return self.signing.print(&cancel, |_| Ok(())).await;
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        exists(shower, &config)?;
        let contract = &deployment.shower;
        let state = ShowerContract::new(account.node(), contract).shower(shower).await?;
        if state.status == Status::Refunding {
            let line =
                format!("shower {shower} can already be refunded, nothing was sent; next: meteor refund");
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        }
        in_time(account.node(), contract, shower).await?;
        let ShowerResponse { status, contributors, total, .. } = state;
        let (stands, amount) = (jobs::in_a_word(status), coins(total.u128(), &config.denom));
        say!("shower {shower} is {stands}: {}, {amount}", counted(contributors, "contributor"));
        if !self.yes && !self.signing.dry_run() {
            let meaning =
                format!("shower {shower} will have no meteors, and all its contributions are refunded");
            confirmed(&meaning, shower, std::io::stdin().lock())?;
        }
        jobs::cancel(&mut account, contract, shower).await?;
        report!("cancelled", {"shower": shower}, "shower {shower}: cancelled; next: meteor refund");
        Ok(ExitCode::SUCCESS)
    }
}
