//! `meteor status`: where each shower stands, and what to do next.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ShowerResponse, Status as Stands};

use super::Command;
use crate::amounts::coins;
use crate::event::{Event, Found};
use crate::next::Facts;
use crate::out::say;
use crate::times::when;

/// Show where each shower of an event stands and what is next.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Status {
    #[command(flatten)]
    event: Event,
}

impl Command for Status {
    async fn run(self) -> Result<ExitCode> {
        let Found { node, chain_id, contract: address, .. } = self.event.find(None).await?;
        let contract = ShowerContract::new(&node, &address);
        let (config, fairness) = (contract.config().await?, contract.fairness().await?);
        say!("{address} on {chain_id}{}", if config.paused { ", PAUSED" } else { "" });
        for payee in contract.payees().await? {
            if !payee.owed.is_zero() {
                let owed = coins(payee.owed.u128(), &config.denom);
                say!("payee {}: {owed} booked and not sent; next: meteor withdraw", payee.address);
            }
        }
        let now = node.time().await?;
        for shower in 1..=config.schedule.count {
            let (state, draw) = (contract.shower(shower).await?, contract.draw(shower).await?);
            say!(
                "shower {shower}: {:?}{}{}, {} contributors, {} {}, minted {}, settled {}{}, refunded {}; next: {}",
                state.status,
                window(&state, now),
                if state.paused { ", touched by a pause" } else { "" },
                state.contributors,
                state.total,
                config.denom,
                state.minted,
                state.settled,
                held(&state),
                state.refunded,
                Facts::of(&state, &draw, fairness.crack_window, now).words()
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Until when the status lasts, where only time changes it.
fn window(state: &ShowerResponse, now: u64) -> String {
    match state.status {
        Stands::Upcoming => format!(" until {}", when(state.opens_at, now)),
        Stands::Open => format!(" until {}", when(state.closes_at, now)),
        Stands::Ended | Stands::Closed | Stands::Minted | Stands::Refunding => String::new(),
    }
}

/// What is held back until the key is public, or went back because it came too late.
fn held(state: &ShowerResponse) -> String {
    if !state.held_returned.is_zero() {
        format!(", held parts returned {}", state.held_returned)
    } else if state.key_in_time || state.held.is_zero() {
        String::new()
    } else {
        format!(", held back {}", state.held)
    }
}
