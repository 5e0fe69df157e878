//! `meteor beacon`: the dev chain's beacon by itself, for rehearsals on a real chain where no public one is reachable.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use meteor_devnet::Relay;
use tokio_util::sync::CancellationToken;

use crate::devnet;

/// Serve the dev beacon for rehearsals: its key is public.
///
/// The key comes from a seed in this source code, so anyone can compute every round before it is due: what decides a
/// rehearsal's draw is then known beforehand. Prints the beacon section of a launch file and the address for meteor
/// draw --beacon-url; meteor deploy refuses an event with this key on a mainnet.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where it listens
    #[arg(long, default_value = "127.0.0.1:8600")]
    pub listen: SocketAddr,
}

/// Serves the beacon until `stop`.
///
/// # Errors
/// If the port can't be opened.
pub async fn run(options: &Options, stop: &CancellationToken) -> Result<ExitCode> {
    let network = devnet::beacon()?;
    let relay = Relay::start(options.listen).await?;
    println!("THE KEY OF THIS BEACON IS PUBLIC: anyone knows every round beforehand. Only for rehearsals.\n");
    println!("[beacon]\nnetwork = \"own\"\ngenesis = {}\nperiod = {}", network.genesis, network.period);
    println!("delay = 2\npublic_key = \"{}\"\n", network.public_key);
    println!("Serving {}   Ctrl-C stops it.", relay.url);
    stop.cancelled().await;
    Ok(ExitCode::SUCCESS)
}
