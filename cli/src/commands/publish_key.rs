//! `meteor publish-key`: lets everyone verify a shower.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_chain::time::when;
use meteor_operator::jobs;

use super::Command;
use crate::amounts::coins;
use crate::confirm::confirmed;
use crate::event::exists;
use crate::next::IDLE;
use crate::out::{report, say};
use crate::secrets::Secrets;
use crate::signing::Signing;
use crate::times::clock;

/// Publish a shower's key once its crack window has passed.
///
/// Anyone who has the key may sign. From then on everyone can verify the shower. Publish it before its key
/// deadline, which meteor status shows: only then does the payees' share that is held back become theirs.
/// Afterwards a key still proves the draw, but contributors take back what was held back (meteor refund).
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PublishKey {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// The shower's number
    #[arg(long)]
    shower: u32,
    /// Don't ask for the shower's number again
    #[arg(long)]
    yes: bool,
}

impl Command for PublishKey {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        exists(self.shower, &config)?;
        let node = account.node().clone();
        let contract = ShowerContract::new(&node, &deployment.shower);
        let (keys, _) = self.secrets.open(&self.signing.event, &node, &deployment.shower).await?;
        let closes_at = contract.shower(self.shower).await?.closes_at;
        let (now, from) =
            (node.time().await?, closes_at.saturating_add(contract.fairness().await?.crack_window));
        let public = contract.draw(self.shower).await?.key.is_some();
        if !public && now < from {
            let line = format!(
                "nothing to publish: the key of shower {} stays secret while its meteors are cracked; next: meteor \
                 publish-key from {}",
                self.shower,
                when(from, now)
            );
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        }
        if !public && !self.yes && !self.signing.terms.dry_run {
            let meaning = format!("everyone will know what all meteors of shower {} hold", self.shower);
            confirmed(&meaning, self.shower, std::io::stdin().lock())?;
        }
        if jobs::publish_key(&mut account, &deployment, &keys, self.shower).await? {
            let state = contract.shower(self.shower).await?;
            report!(
                "published",
                {"shower": self.shower, "in_time": state.key_in_time},
                "shower {}: its key is now public; everyone can verify it",
                self.shower
            );
            let held = coins(state.held.u128(), &config.denom);
            if state.key_in_time {
                say!("shower {}: {held} is no longer held back; next: meteor settle", self.shower);
            } else {
                say!(
                    "shower {}: the key came after {}: contributors take back {held}; next: meteor refund",
                    self.shower,
                    clock(state.key_deadline)
                );
            }
        } else {
            let line = format!("nothing to publish: the key of shower {} is already public", self.shower);
            report!("nothing", {"said": line}, "{line}");
            return Ok(ExitCode::from(IDLE));
        }
        Ok(ExitCode::SUCCESS)
    }
}
