//! `meteor cancel`: ends a shower without meteors.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::{Result, ensure};
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse, Status};
use meteor_operator::jobs;

use super::Command;
use crate::event::exists;
use crate::owner::Owner;

/// Cancel a shower for good. Contributions without a meteor can then be refunded.
///
/// Nobody can contribute to it or mint from it any more. The owner signs. It can be cancelled before it
/// opens, while it is open, and until everything is minted or its mint deadline has passed. Minted meteors
/// stay, and their contributions are still settled to the payees. This command sends nothing back: run meteor
/// refund after it.
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

/// Asks on `input` for the shower's number. Any other answer means no.
fn confirmed(shower: u32, mut input: impl BufRead) -> Result<()> {
    print!("this can't be undone; type {shower} to cancel shower {shower}: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    ensure!(
        answer.trim() == shower.to_string(),
        "not cancelled, nothing was sent (--yes skips the question)"
    );
    Ok(())
}

impl Command for Cancel {
    async fn run(self) -> Result<ExitCode> {
        let shower = self.shower;
        if self.signing.generate_only {
            let cancel = ExecuteMsg::Cancel { shower };
            return self.signing.print(&cancel, |config| exists(shower, config)).await;
        }
        let (mut account, deployment, config) = self.signing.open().await?;
        exists(shower, &config)?;
        let contract = &deployment.shower;
        let state = ShowerContract::new(account.node(), contract).shower(shower).await?;
        if state.status == Status::Refunding {
            println!("shower {shower} can already be refunded, nothing was sent; next: meteor refund");
            return Ok(ExitCode::SUCCESS);
        }
        let ShowerResponse { status, contributors, total, minted, .. } = state;
        let denom = &config.denom;
        println!(
            "shower {shower} is {status:?}: {contributors} contributors, {total} {denom}, {minted} minted"
        );
        if !self.yes {
            confirmed(shower, std::io::stdin().lock())?;
        }
        jobs::cancel(&mut account, contract, shower).await?;
        println!("shower {shower}: cancelled; next: meteor refund");
        Ok(ExitCode::SUCCESS)
    }
}

#[cfg(test)]
mod tests {
    use super::confirmed;

    #[test]
    fn only_the_number_itself_cancels() {
        assert!(confirmed(3, &b"3\n"[..]).is_ok());
        for answer in [&b""[..], b"\n", b"y\n", b"yes\n", b"33\n", b"03\n", b"4\n"] {
            assert!(confirmed(3, answer).is_err(), "{answer:?}");
        }
    }
}
