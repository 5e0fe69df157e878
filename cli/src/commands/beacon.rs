//! `meteor beacon`: the dev chain's beacon by itself, for rehearsals on a real chain.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use meteor_devnet::Relay;

use super::Command;
use crate::devnet;
use crate::out::say;
use crate::signals::stop_when_told;

/// Serve the dev beacon for rehearsals. Its key is public.
///
/// The key comes from a seed in this source code, so anyone can compute every round in advance and knows what
/// decides a rehearsal's draw. Prints the beacon section of a launch file and the address for meteor draw
/// --beacon-url. meteor deploy refuses this beacon for an event on a mainnet.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Beacon {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:8600")]
    listen: SocketAddr,
}

impl Command for Beacon {
    async fn run(self) -> Result<ExitCode> {
        let stop = stop_when_told();
        let network = devnet::beacon()?;
        let relay = Relay::start(self.listen).await?;
        say!(
            "THE KEY OF THIS BEACON IS PUBLIC: anyone can compute every round in advance. For rehearsals only.\n"
        );
        say!("[beacon]\nnetwork = \"own\"\ngenesis = {}\nperiod = {}", network.genesis, network.period);
        say!("delay = 2\npublic_key = \"{}\"\n", network.public_key);
        say!("Serving {}   Ctrl-C stops it.", relay.url);
        stop.cancelled().await;
        Ok(ExitCode::SUCCESS)
    }
}
