//! How a shower ends without meteors: `meteor cancel` and `meteor refund`.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use meteor_messages::shower::{ExecuteMsg, MAX_BATCH, QueryMsg, RefundableResponse};
use meteor_messages::shower::{ShowerResponse, Status};
use meteor_operator::jobs;
use meteor_operator::launch::utc;
use meteor_operator::node::Node;
use meteor_operator::tax::Rate;

use crate::owner::Owner;
use crate::signing::{Signing, exists};

/// Cancel a shower for good; what has no meteor can be refunded then.
///
/// Nothing more is contributed to it or minted of it. The owner signs. Possible before the shower opens, while it is
/// open, and until all is minted or its mint deadline has passed. Meteors that are minted stay; their contributions are
/// still settled to the payees. Nothing is sent back by this command: run meteor refund after it.
#[derive(Clone, Debug, clap::Args)]
pub struct Cancel {
    #[command(flatten)]
    signing: Owner,
    /// Which shower
    #[arg(long)]
    shower: u32,
    /// Don't ask for the shower's number again
    #[arg(long)]
    yes: bool,
}

/// Send back contributions without a meteor, of cancelled showers or after the mint deadline.
///
/// Anyone may sign: it costs fees, the money goes to the contributors alone, and nobody is refunded twice, however
/// often this runs. On a chain with a tax on what contracts send (Terra Classic) the contributors get less than they
/// gave: the command says how much leaves and how much arrives before it sends.
#[derive(Clone, Debug, clap::Args)]
pub struct Refund {
    #[command(flatten)]
    signing: Signing,
    /// Which shower; all that can be refunded if left out
    #[arg(long)]
    shower: Option<u32>,
}

/// Asks on `input` for the shower's number; anything else is a no.
fn confirmed(shower: u32, mut input: impl BufRead) -> Result<()> {
    print!("this can't be undone; type {shower} to cancel shower {shower}: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    input.read_line(&mut answer)?;
    ensure!(answer.trim() == shower.to_string(), "not cancelled, nothing was sent (--yes doesn't ask)");
    Ok(())
}

/// Runs `meteor cancel`.
///
/// # Errors
/// If the answer is another number, or the chain refuses.
pub async fn cancel(options: &Cancel) -> Result<ExitCode> {
    if options.signing.generate_only {
        let cancel = ExecuteMsg::Cancel { shower: options.shower };
        return options.signing.print(&cancel, |config| exists(options.shower, config)).await;
    }
    let (mut account, deployment, config) = options.signing.open().await?;
    let shower = options.shower;
    exists(shower, &config)?;
    let contract = &deployment.shower;
    let state: ShowerResponse = account.node().smart(contract, &QueryMsg::Shower { shower }).await?;
    if state.status == Status::Refunding {
        println!("shower {shower}: can be refunded already, nothing was sent; next: meteor refund");
        return Ok(ExitCode::SUCCESS);
    }
    let ShowerResponse { status, contributors, total, minted, .. } = state;
    println!(
        "shower {shower} is {status:?}: {contributors} contributors, {total} {}, {minted} minted",
        config.denom
    );
    if !options.yes {
        confirmed(shower, std::io::stdin().lock())?;
    }
    jobs::cancel(&mut account, contract, shower).await?;
    println!("shower {shower}: cancelled; next: meteor refund");
    Ok(ExitCode::SUCCESS)
}

/// What can be refunded: contributions, what leaves the contract and what arrives (micro-denom).
async fn due(node: &Node, contract: &str, shower: u32, rate: Rate) -> Result<(usize, u128, u128)> {
    let limit = u32::try_from(MAX_BATCH).ok();
    let mut start_after = None;
    let mut due: (usize, u128, u128) = (0, 0, 0);
    loop {
        let query = QueryMsg::Refundable { shower, start_after, limit };
        let page: RefundableResponse = node.smart(contract, &query).await?;
        for row in page.refundable {
            let amount = row.amount.u128();
            // Each is sent by itself, so the chain rounds each by itself.
            let arrives = due.2.saturating_add(rate.arrives(amount));
            due = (due.0.saturating_add(1), due.1.saturating_add(amount), arrives);
        }
        let Some(next) = page.next else { return Ok(due) };
        start_after = Some(next);
    }
}

/// Runs `meteor refund`.
///
/// # Errors
/// If the shower named can't be refunded now, or the chain refuses.
pub async fn refund(options: &Refund) -> Result<ExitCode> {
    let (mut account, deployment, config) = options.signing.open().await?;
    let contract = &deployment.shower;
    let denom = &config.denom;
    if let Some(shower) = options.shower {
        exists(shower, &config)?;
    }
    let rate = Rate::of(account.node()).await.context("asking for the chain's tax")?;
    for shower in 1..=config.schedule.count {
        if options.shower.is_some_and(|only| only != shower) {
            continue;
        }
        let state: ShowerResponse = account.node().smart(contract, &QueryMsg::Shower { shower }).await?;
        if state.status != Status::Refunding {
            if options.shower.is_some() {
                bail!(
                    "shower {shower} is {:?}: it can be refunded once it is cancelled (meteor cancel), or from {} \
                     on what is not minted",
                    state.status,
                    utc(state.mint_deadline)
                );
            }
            continue;
        }
        let (count, leaves, arrives) = due(account.node(), contract, shower, rate).await?;
        if count == 0 {
            println!("shower {shower}: nothing is left to refund");
            continue;
        }
        println!(
            "shower {shower}: {count} contributions, {leaves} {denom} will leave, {arrives} will arrive \
             (the chain's tax takes {})",
            leaves.saturating_sub(arrives)
        );
        jobs::refund(&mut account, contract, shower, |done, amount| {
            println!("shower {shower}: refunded {done} of {count}, {amount} {denom}");
        })
        .await?;
    }
    Ok(ExitCode::SUCCESS)
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
