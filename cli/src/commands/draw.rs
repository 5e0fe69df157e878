//! `meteor draw`: commits to what the meteors of closed showers hold.

use std::process::ExitCode;

use anyhow::Result;
use meteor_chain::contracts::ShowerContract;
use meteor_messages::shower::{ShowerResponse, Status};
use meteor_operator::beacon::{BeaconClient, BeaconConfig, Fault, Network, SourceFault};
use meteor_operator::jobs::{self, Sealer, Waiting};

use super::Command;
use crate::amounts::counted;
use crate::event::chosen;
use crate::next::nothing;
use crate::out::{report, say, tell};
use crate::secrets::Secrets;
use crate::signing::Signing;
use crate::times::when;

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
    /// Address of a relay of the beacon; may be repeated. Without it drand's own relays are asked for rounds of
    /// quicknet
    #[arg(long, value_name = "URL")]
    beacon_url: Vec<String>,
}

impl Command for Draw {
    async fn run(self) -> Result<ExitCode> {
        let (mut account, deployment, config) = self.signing.open().await?;
        let showers = chosen(self.shower, &config)?;
        let node = account.node().clone();
        let (keys, tables) = self.secrets.open(&self.signing.event, &node, &deployment.shower).await?;
        let contract = ShowerContract::new(&node, &deployment.shower);
        let sealer = Sealer { deployment: &deployment, config: &config, keys: &keys, tables: &tables };
        let mut beacon = None;
        for shower in showers.clone() {
            let (state, draw) = (contract.shower(shower).await?, contract.draw(shower).await?);
            if !due(&state, draw.root.is_some()) {
                continue;
            }
            let beacon = match &mut beacon {
                Some(beacon) => beacon,
                // Before anything is waited for: a wrong address is told while somebody looks.
                none => none.insert(self.beacon(contract).await?),
            };
            let mut said = Said::default();
            let waits =
                |waiting: Waiting| said.hear(shower, draw.beacon_round, state.mint_deadline, &waiting);
            let drawn = jobs::draw(&mut account, sealer, beacon, &state, draw.clone(), waits).await?;
            match drawn.root {
                Some(root) => report!(
                    "drawn",
                    {"shower": shower, "root": root, "meteors": drawn.leaves},
                    "shower {shower}: drawn, root {root} over {}",
                    counted(drawn.leaves, "meteor")
                ),
                None => say!("shower {shower}: nobody contributed, nothing to draw"),
            }
        }
        if beacon.is_some() {
            Ok(ExitCode::SUCCESS)
        } else {
            nothing("draw", &node, &deployment.shower, showers).await
        }
    }
}

/// Whether a shower waits for its draw. One that was not minted in time is refunded: it must not keep the others from
/// theirs.
fn due(state: &ShowerResponse, drawn: bool) -> bool {
    state.status == Status::Closed && state.contributors > 0 && !drawn
}

impl Draw {
    /// The relays of the event's beacon, without those that serve none or another.
    async fn beacon(&self, contract: ShowerContract<'_>) -> Result<BeaconClient> {
        let network = Network::of(&contract.fairness().await?)?;
        let mut beacon = BeaconClient::new(BeaconConfig::new(network, self.beacon_url.clone()))?;
        for fault in beacon.check().await? {
            tell!("relay {fault}");
        }
        Ok(beacon)
    }
}

/// How often it is said that a round is still not due, and that relays still don't send it (seconds).
const REMINDED: u64 = 600;
const COMPLAINED: u64 = 30;

/// What was said of a wait, so that the same isn't said at each look.
#[derive(Debug, Default)]
struct Said {
    /// When it was last said that the round is not due (Unix seconds, the chain's).
    due: Option<u64>,
    /// What was last said to be wrong with the relays, and how long ago (seconds).
    faults: Option<(Vec<SourceFault>, u64)>,
}

impl Said {
    /// Says what a draw waits for, if that is new or was said long ago.
    fn hear(&mut self, shower: u32, round: Option<u64>, deadline: u64, waiting: &Waiting) {
        let round = round.unwrap_or_default();
        match waiting {
            Waiting::NotDue { due, now } if self.reminds(*now) => say!(
                "shower {shower}: round {round} of the beacon is due {} by the chain's clock; its meteors must be minted \
                 before {}",
                when(*due, *now),
                when(deadline, *now)
            ),
            Waiting::NotSent { faults, again, now } if self.complains(faults, again.as_secs()) => {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                tell!(
                    "shower {shower}: round {round} of the beacon is due, and no relay sends it: {}. They are asked again; \
                     without it, contributions are refunded from {}",
                    faults.join("; "),
                    when(deadline, *now)
                );
            }
            Waiting::NotDue { .. } | Waiting::NotSent { .. } => {}
        }
    }

    fn reminds(&mut self, now: u64) -> bool {
        let reminds = self.due.is_none_or(|said| now.saturating_sub(said) >= REMINDED);
        if reminds {
            self.due = Some(now);
        }
        reminds
    }

    /// `pause` is how long they are left alone from now (seconds).
    fn complains(&mut self, faults: &[SourceFault], pause: u64) -> bool {
        let (before, ago) = self.faults.take().unwrap_or_default();
        // A relay that is a moment late is nothing to complain of: its clock isn't the chain's.
        let late = faults.iter().all(|source| matches!(source.fault, Fault::NotYet(_)));
        let same = before == faults;
        let complains = if same { ago >= COMPLAINED } else { !late };
        let ago = if same && !complains { ago } else { 0 };
        self.faults = Some((faults.to_vec(), ago.saturating_add(pause.max(1))));
        complains
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::next::tests::shower;

    fn faults(fault: Fault) -> Vec<SourceFault> {
        vec![SourceFault { url: "http://relay".to_owned(), fault }]
    }

    #[test]
    fn what_is_closed_and_not_refunded_waits_for_its_draw() {
        assert!(due(&shower("closed", &[]), false));
        assert!(!due(&shower("closed", &[]), true));
        assert!(!due(&shower("closed", &[("contributors", 0.into())]), false));
        // Closed, too, but its mint deadline has passed.
        assert!(!due(&shower("refunding", &[]), false));
        assert!(!due(&shower("ended", &[("closed", false.into())]), false));
    }

    #[test]
    fn the_same_is_not_said_at_each_look() {
        let mut said = Said::default();
        let heard: Vec<u64> = (0..1_500).filter(|now| said.reminds(*now)).collect();
        assert_eq!(heard, [0, 600, 1_200]);

        let down = faults(Fault::Status(502));
        let heard: Vec<u64> = (0..70).filter(|_| said.complains(&down, 1)).collect();
        assert_eq!(heard, [0, 30, 60]);
        assert!(said.complains(&faults(Fault::Status(503)), 1), "another");
        let late = faults(Fault::NotYet(425));
        let heard: Vec<u64> = (0..70).filter(|_| said.complains(&late, 0)).collect();
        assert_eq!(heard, [30, 60], "it may be a moment late");
    }
}
