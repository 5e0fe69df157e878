//! `meteor draw`: commits to what the meteors of closed showers hold.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_operator::beacon::{BeaconClient, BeaconConfig, Network};
use meteor_operator::jobs::{self, Sealer};

use super::Command;
use crate::event::chosen;
use crate::next::nothing;
use crate::out::{say, tell};
use crate::secrets::Secrets;
use crate::signing::Signing;

/// Draw closed showers: wait for the beacon and commit to what their meteors hold.
///
/// The operator signs. The exit code is 4 if there is nothing to draw.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Draw {
    #[command(flatten)]
    signing: Signing,
    #[command(flatten)]
    secrets: Secrets,
    /// The shower's number; all closed ones without a draw if left out
    #[arg(long)]
    shower: Option<u32>,
    /// Address of a relay of the beacon; may be repeated. If it is left out for drand's quicknet, drand's
    /// relays are asked
    #[arg(long)]
    beacon_url: Vec<String>,
}

impl Command for Draw {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let showers = chosen(self.shower, &config)?;
        let node = account.node().clone();
        let (keys, tables) = self.secrets.open(&node, &deployment.shower).await?;
        let contract = ShowerContract::new(&node, &deployment.shower);
        let network = Network::of(&contract.fairness().await?)?;
        let mut beacon = BeaconClient::new(BeaconConfig::new(network, self.beacon_url))?;
        for fault in beacon.check().await? {
            tell!("relay {fault}");
        }
        let sealer = Sealer { deployment: &deployment, config: &config, keys: &keys, tables: &tables };
        let mut did = false;
        for shower in showers.clone() {
            let (state, draw) = (contract.shower(shower).await?, contract.draw(shower).await?);
            let due = state.closed && !state.cancelled && state.contributors > 0 && draw.root.is_none();
            if !due {
                continue;
            }
            did = true;
            if let Some(round) = draw.beacon_round {
                say!("shower {shower}: waiting for round {round} of the beacon");
            }
            let drawn = jobs::draw(&mut account, sealer, &beacon, &state, draw).await?;
            match drawn.root {
                Some(root) => say!("shower {shower}: drawn, root {root} over {} meteors", drawn.leaves),
                None => say!("shower {shower}: nobody contributed, nothing to draw"),
            }
        }
        if did { Ok(ExitCode::SUCCESS) } else { nothing("draw", &node, &deployment.shower, showers).await }
    }
}
