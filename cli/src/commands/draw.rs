//! `meteor draw`: commits to what the meteors of closed showers hold.

use std::process::ExitCode;

use anyhow::{Context, Result};
use meteor_messages::shower::{DrawResponse, Fairness, QueryMsg, ShowerResponse};
use meteor_operator::beacon::{BeaconClient, BeaconConfig, Network, PublicKey};
use meteor_operator::jobs;

use super::Command;
use crate::event::chosen;
use crate::secrets::Secrets;
use crate::signing::Signing;

/// Draw closed showers: wait for the beacon and commit to what their meteors hold.
///
/// The operator signs.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Draw {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// The shower's number; all closed ones without a draw if left out
    #[arg(long)]
    shower: Option<u32>,
    /// Address of a relay of the beacon; may be repeated
    #[arg(long, required = true)]
    beacon_url: Vec<String>,
}

impl Command for Draw {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let showers = chosen(self.shower, &config)?;
        let node = account.node().clone();
        let (keys, tables) = self.secrets.open(&node, &deployment.shower).await?;
        let fairness: Fairness = node.smart(&deployment.shower, &QueryMsg::Fairness {}).await?;
        let public_key: [u8; 96] =
            fairness.beacon_key.as_slice().try_into().context("the contract's beacon key is not 96 bytes")?;
        let network = Network {
            public_key: PublicKey::new(public_key)?,
            genesis: fairness.beacon.genesis,
            period: fairness.beacon.period,
            chain_hash: None,
        };
        let beacon = BeaconClient::new(BeaconConfig::new(network, self.beacon_url))?;
        for shower in showers {
            let state: ShowerResponse = node.smart(&deployment.shower, &QueryMsg::Shower { shower }).await?;
            let draw: DrawResponse = node.smart(&deployment.shower, &QueryMsg::Draw { shower }).await?;
            let due = state.closed && !state.cancelled && state.contributors > 0 && draw.root.is_none();
            if !due && self.shower.is_none() {
                continue;
            }
            if let Some(round) = draw.beacon_round {
                println!("shower {shower}: waiting for round {round} of the beacon");
            }
            let drawn = jobs::draw(&mut account, &deployment, &keys, &beacon, &tables, shower).await?;
            match drawn.root {
                Some(root) => println!("shower {shower}: drawn, root {root} over {} meteors", drawn.leaves),
                None => println!("shower {shower}: nobody contributed, nothing to draw"),
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
