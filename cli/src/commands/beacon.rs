//! `meteor beacon`: the dev chain's beacon by itself, for rehearsals on a real chain.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use meteor_devnet::Relay;

use super::{Command, ctrl_c};
use crate::devnet;

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
        let stop = ctrl_c();
        let network = devnet::beacon()?;
        let relay = Relay::start(self.listen).await?;
        println!(
            "THE KEY OF THIS BEACON IS PUBLIC: anyone can compute every round in advance. For rehearsals only.\n"
        );
        println!("[beacon]\nnetwork = \"own\"\ngenesis = {}\nperiod = {}", network.genesis, network.period);
        println!("delay = 2\npublic_key = \"{}\"\n", network.public_key);
        println!("Serving {}   Ctrl-C stops it.", relay.url);
        stop.cancelled().await;
        Ok(ExitCode::SUCCESS)
    }
}
