//! Configuration from a file, the environment and flags. All of it is checked before a port opens.

mod error;
mod fields;
mod places;
mod settings;

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::HeaderName;
use clap::ValueEnum;
pub use error::ConfigError;
use meteor_chain::gas::GasPrice;
use meteor_chain::http;
use reqwest::Url;
use serde::Deserialize;
pub use settings::Settings;

use crate::store::Place;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// CometBFT RPC nodes; at least one. They can contain credentials, so use [`Config::node_names`] in
    /// texts.
    pub rpc: Vec<Url>,
    /// The shower contract.
    pub shower: String,
    /// The prefix of the chain's addresses, for example `terra`.
    pub prefix: String,
    /// The chain; that of the first node if `None`.
    pub chain_id: Option<String>,
    /// The first height to read, at or before the launch.
    pub start_height: u64,
    /// Where blocks come from.
    pub source: Source,
    /// Where snapshots and segments are kept; `None` for nowhere.
    pub store: Option<Place>,
    /// Blocks between two snapshots; a multiple of `segment_blocks`.
    pub snapshot_blocks: u64,
    /// Blocks of a segment.
    pub segment_blocks: u64,
    /// How many of the newest snapshots are kept, beside one a day.
    pub snapshots: usize,
    /// Where the public API listens.
    pub listen: SocketAddr,
    /// Where the admin API listens. The public must not reach it.
    pub admin_listen: SocketAddr,
    /// How often to look for new blocks.
    pub poll: Duration,
    /// How often to compare with the contracts; zero for never.
    pub audit: Duration,
    /// How long the same impossible block must be told again and again before following halts.
    pub patience: Duration,
    /// How long no block may come before the server says so, and isn't ready unless the chain itself stands.
    pub stall: Duration,
    /// Ready while at most this many blocks behind the best known tip.
    pub ready_lag: u64,
    /// The most live connections (`/v1/events`) at once.
    pub max_streams: usize,
    /// The most live connections of one address; `None` for no limit.
    pub max_streams_per_address: Option<usize>,
    /// The most connections to the public port at once; fewer where the process may not open so many files.
    pub max_connections: usize,
    /// The most connections of one address; `None` for no limit.
    pub max_connections_per_address: Option<usize>,
    /// The header in which a proxy says whose request it passes on; `None` if clients connect directly.
    pub address_header: Option<HeaderName>,
    /// How long to go on serving after a shutdown begins, so that balancers and clients go elsewhere first.
    pub drain: Duration,
    /// The tables file; served only if its SHA-256 is the one on the chain.
    pub tables: Option<Vec<u8>>,
    /// The catalogue's file; served only if the launch committed to it.
    pub catalogue: Option<Vec<u8>>,
    /// Where `meteor art publish` put the event's pictures; `None` if this server serves none.
    pub images: Option<Place>,
    /// What transactions that wallets make for this page should pay for gas.
    pub gas_price: Option<GasPrice>,
    /// Gateways that the page may load images from; each ends in a slash.
    pub image_gateways: Vec<Url>,
    /// Where visitors find help: an https address, or mailto.
    pub support: Option<Url>,
}

/// Where blocks come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The nodes
    #[default]
    Node,
    /// The store, to which another replica writes; no node is ever asked
    Store,
}

impl Config {
    /// A configuration for these nodes and this shower contract, with defaults for everything else. It keeps nothing,
    /// and a shutdown doesn't drain: whoever embeds the indexer has no balancer before it.
    ///
    /// # Errors
    /// [`ConfigError`] if one of them is bad.
    pub fn new(nodes: &[String], contract: &str) -> Result<Self, ConfigError> {
        let (node, contract, store) = (nodes.to_vec(), Some(contract.to_owned()), Some("none".to_owned()));
        let settings = Settings { node, contract, store, ..Settings::default() };
        Ok(Self { drain: Duration::ZERO, ..settings.check()? })
    }

    /// Hosts and ports of the nodes, without credentials.
    pub fn node_names(&self) -> Vec<String> {
        self.rpc.iter().map(http::node_name).collect()
    }
}
