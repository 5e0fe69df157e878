//! `meteor return-unasked`: sends on coins that came without a contribution.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use cosmwasm_std::Coin;
use meteor_chain::amounts::coins;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ConfigResponse, ExecuteMsg, ShowerResponse};
use meteor_operator::node::Node;

use super::Command;
use crate::address::{address, of_chain};
use crate::amounts::micro;
use crate::out::report;
use crate::owner::Owner;

/// Send on coins that came to the contract without a contribution.
///
/// Who sends coins to the contract's address by a plain transfer has no contribution. The owner can return them,
/// and of the event's denom never more than what is left over when everyone who is owed is paid. The indexer
/// lists such transfers with their senders. The owner signs.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReturnUnasked {
    #[command(flatten)]
    signing: Owner,
    /// Address that sent them
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    to: String,
    /// How much, for example "8 UST"; of another denom than the event's like 8000000uluna
    #[arg(long)]
    amount: String,
}

impl Command for ReturnUnasked {
    async fn run(self) -> Result<ExitCode> {
        let Self { signing, to, amount } = self;
        let message = |amount: &Coin| ExecuteMsg::ReturnUnasked { to: to.clone(), amount: amount.clone() };
        if signing.generate_only {
            let found = signing.find().await?;
            of_chain("--to", &to, &found.contract)?;
            let config = ShowerContract::new(&found.node, &found.contract).config().await?;
            let amount = coin(&amount, &config.denom)?;
            enough(&found.node, &found.contract, &amount).await?;
            return signing.print(&message(&amount), |_| Ok(())).await;
        }
        let (mut account, deployment, ConfigResponse { owner, denom, .. }) = signing.open().await?;
        let signs = account.address();
        ensure!(
            owner.as_deref() == Some(signs),
            "{signs} is not the owner of this event: name another --account"
        );
        of_chain("--to", &to, &deployment.shower)?;
        let amount = coin(&amount, &denom)?;
        enough(account.node(), &deployment.shower, &amount).await?;
        let included = account.execute(&deployment.shower, &message(&amount), &[]).await?;
        let height = included.height;
        report!(
            "returned",
            {"to": to, "amount": amount.amount, "denom": amount.denom, "height": height, "tx": included.hash},
            "returned {amount} to {to} in block {height}"
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// An amount as people write it, in the event's `denom` or in one that follows the number at once.
fn coin(text: &str, denom: &str) -> Result<Coin> {
    match micro(text, denom) {
        Ok(amount) => Ok(Coin { denom: denom.to_owned(), amount: amount.into() }),
        // With a space it is what people call a coin, and not this one.
        Err(error) if text.trim().contains(char::is_whitespace) => Err(error.into()),
        Err(error) => match text.trim().parse::<Coin>() {
            // It takes the point of a fraction for the denom's first letter.
            Ok(coin) if coin.denom.starts_with(|first: char| first.is_ascii_alphabetic()) => Ok(coin),
            Ok(_) | Err(_) => Err(error.into()),
        },
    }
}

/// Checks that no more is returned than came unasked, and says how much that is.
async fn enough(node: &Node, contract: &str, amount: &Coin) -> Result<()> {
    let shown = ShowerContract::new(node, contract);
    let config = shown.config().await?;
    let mut owed = 0u128;
    // Only the event's denom is ever contributed: of another one everything came unasked.
    if amount.denom == config.denom {
        for shower in 1..=config.schedule.count {
            let ShowerResponse { total, refunded, held_returned, .. } = shown.shower(shower).await?;
            let returned = refunded.u128().saturating_add(held_returned.u128());
            owed = owed.saturating_add(total.u128().saturating_sub(returned));
        }
        let withdrawn = shown.payees().await?.into_iter().map(|payee| payee.withdrawn.u128());
        owed = withdrawn.fold(owed, u128::saturating_sub);
    }
    let left = node.balance(contract, &amount.denom).await?.saturating_sub(owed);
    let Coin { amount: given, denom } = amount;
    ensure!(
        !given.is_zero() && given.u128() <= left,
        "{} came unasked, and {} can't be returned: nothing was sent",
        coins(left, denom),
        coins(given.u128(), denom)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::coin;

    #[test]
    fn an_amount_is_written_as_for_a_contribution_or_with_its_denom() {
        for (text, read) in [
            ("8 UST", "8000000uusd"),
            ("8.5ust", "8500000uusd"),
            ("8000000", "8000000uusd"),
            ("8000000uusd", "8000000uusd"),
            ("5uluna", "5uluna"),
        ] {
            assert_eq!(coin(text, "uusd").unwrap().to_string(), read, "{text}");
        }
        for text in ["", "UST", "8 LUNA", "8.5uluna", "-8 UST"] {
            assert!(coin(text, "uusd").is_err(), "{text}");
        }
    }
}
