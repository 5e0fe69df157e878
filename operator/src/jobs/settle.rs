//! Settle: book for the payees what minted contributions brought. Withdraw: send it to them. Anyone may; with
//! nothing to do they do nothing.

use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ExecuteMsg, ShowerResponse};

use super::JobError;
use crate::account::{Account, AccountError};

/// What of a shower is not booked for the payees yet (micro-denom): what is held back counts once the key was
/// published in time.
pub fn unsettled(state: &ShowerResponse) -> u128 {
    let held = if state.key_in_time { 0 } else { state.held.u128() };
    state.minted_amount.u128().saturating_sub(held).saturating_sub(state.settled.u128())
}

/// Books for the payees what `shower` brought and was not booked yet; answers with how much that was
/// (micro-denom), 0 if nothing was due.
///
/// # Errors
/// If the chain refuses.
pub async fn settle(account: &mut Account, contract: &str, shower: u32) -> Result<u128, JobError> {
    let due = unsettled(&ShowerContract::new(account.node(), contract).shower(shower).await?);
    if due > 0 {
        account.execute(contract, &ExecuteMsg::Settle { shower }, &[]).await?;
    }
    Ok(due)
}

/// What became of what a payee is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It left the contract (micro-denom); the chain's tax may take a part of it.
    Sent(u128),
    /// The chain refuses to send it, in these words. It stays booked for the payee.
    Refused(String),
}

/// Sends `payee` what is booked for it. That the chain refuses is no error: the other payees get theirs.
///
/// # Errors
/// If the chain can't be reached or the account can't pay.
pub async fn withdraw(account: &mut Account, contract: &str, payee: &str) -> Result<Withdrawn, JobError> {
    let owed = owed(account, contract, payee).await?;
    if owed == 0 {
        return Ok(Withdrawn::Sent(0));
    }
    match account.execute(contract, &ExecuteMsg::Withdraw { payee: payee.to_owned() }, &[]).await {
        Ok(_) => Ok(Withdrawn::Sent(owed)),
        // Another job was first.
        Err(error) if error.of_the_chain() && self::owed(account, contract, payee).await? == 0 => {
            Ok(Withdrawn::Sent(0))
        }
        Err(error) => Ok(Withdrawn::Refused(error.into_refusal()?.to_string())),
    }
}

/// What is booked for `payee` (micro-denom).
async fn owed(account: &Account, contract: &str, payee: &str) -> Result<u128, AccountError> {
    let payees = ShowerContract::new(account.node(), contract).payees().await?;
    Ok(payees.iter().find(|row| row.address == payee).map_or(0, |row| row.owed.u128()))
}
