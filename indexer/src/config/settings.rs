//! Settings as they are given, and the configuration that they make.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use super::fields::{
    bad, gas_price, gateway, header, limit, read_catalogue, read_tables, socket, support, url,
};
use super::{Config, ConfigError, Source};
use crate::store::LONGEST;

/// Ten blocks of six seconds: a chain is never that late by chance.
const STALL: Duration = Duration::from_mins(1);

/// Settings as given, by flags and environment variables or by a file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// CometBFT RPC nodes, separated by commas, for example `http://localhost:26657`. The first healthy one
    /// is used
    #[arg(long, global = true, env = "METEOR_NODE", value_delimiter = ',', hide_env_values = true)]
    pub node: Vec<String>,
    /// Address of the shower contract
    #[arg(long, global = true, env = "METEOR_CONTRACT")]
    pub contract: Option<String>,
    /// Prefix of the chain's addresses [default: that of the shower contract]
    #[arg(long, global = true, env = "METEOR_PREFIX")]
    pub prefix: Option<String>,
    /// Chain ID, for example columbus-5 [default: that of the first node]
    #[arg(long, global = true, env = "METEOR_CHAIN_ID")]
    pub chain_id: Option<String>,
    /// First height to read, at or before the launch [default: 1]
    #[arg(long, global = true, env = "METEOR_START_HEIGHT")]
    pub start_height: Option<u64>,
    /// Where blocks come from: node, or store. A replica with store reads what others have stored, and never asks a
    /// node: it passes no transactions on [default: node]
    #[arg(long, global = true, env = "METEOR_SOURCE", value_enum)]
    pub source: Option<Source>,
    /// Where snapshots and blocks are kept, so that a restart needs no node: a folder, `s3://bucket/prefix`, or none.
    /// Credentials for S3 come from --store-credentials or the environment (`AWS_ACCESS_KEY_ID`, a container's or
    /// machine's role) [default: meteor/indexer in `$XDG_STATE_HOME` or ~/.local/state]
    #[arg(long, global = true, env = "METEOR_STORE")]
    pub store: Option<String>,
    /// Address of an S3-compatible store [default: that of AWS]
    #[arg(long, global = true, env = "METEOR_STORE_ENDPOINT")]
    pub store_endpoint: Option<String>,
    /// Region of the bucket [default: `AWS_REGION`]
    #[arg(long, global = true, env = "METEOR_STORE_REGION")]
    pub store_region: Option<String>,
    /// File with credentials for the bucket, in the form of ~/.aws/credentials, profile default. Nobody else may
    /// read it
    #[arg(long, global = true, env = "METEOR_STORE_CREDENTIALS")]
    pub store_credentials: Option<PathBuf>,
    /// Blocks between two snapshots, a multiple of --segment-blocks [default: 100]
    #[arg(long, global = true, env = "METEOR_SNAPSHOT_BLOCKS")]
    pub snapshot_blocks: Option<u64>,
    /// Blocks that are stored together, the same for all replicas of a store [default: 10]
    #[arg(long, global = true, env = "METEOR_SEGMENT_BLOCKS")]
    pub segment_blocks: Option<u64>,
    /// How many of the newest snapshots are kept, beside the last of each of 30 days [default: 5]
    #[arg(long, global = true, env = "METEOR_SNAPSHOTS")]
    pub snapshots: Option<usize>,
    /// Where the public API and page listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "METEOR_LISTEN")]
    pub listen: Option<String>,
    /// Where /livez, /readyz, /status and /metrics listen. Keep it private [default: 127.0.0.1:9090]
    #[arg(long, global = true, env = "METEOR_ADMIN_LISTEN")]
    pub admin_listen: Option<String>,
    /// How often to look for new blocks, in milliseconds [default: 1000]
    #[arg(long, global = true, env = "METEOR_POLL_MS")]
    pub poll_ms: Option<u64>,
    /// How often to compare with the contracts, in seconds; 0 for never [default: 60]
    #[arg(long, global = true, env = "METEOR_AUDIT_SECONDS")]
    pub audit_seconds: Option<u64>,
    /// How long a block that can't be true is asked for again before following halts, in seconds. Where most of
    /// several nodes say the same it halts at once [default: 180]
    #[arg(long, global = true, env = "METEOR_PATIENCE_SECONDS")]
    pub patience_seconds: Option<u64>,
    /// /readyz is good while at most this many blocks behind the best known tip [default: 5]
    #[arg(long, global = true, env = "METEOR_READY_LAG")]
    pub ready_lag: Option<u64>,
    /// Most live connections (/v1/events) at once [default: 10000]
    #[arg(long, global = true, env = "METEOR_MAX_STREAMS")]
    pub max_streams: Option<usize>,
    /// Most live connections of one address; 0 for no limit [default: 100]
    #[arg(long, global = true, env = "METEOR_MAX_STREAMS_PER_ADDRESS")]
    pub max_streams_per_address: Option<usize>,
    /// Most connections to the public port at once. The process must be allowed 256 more open files (ulimit -n)
    /// [default: 20000]
    #[arg(long, global = true, env = "METEOR_MAX_CONNECTIONS")]
    pub max_connections: Option<usize>,
    /// Most connections of one address; 0 for no limit [default: 1000; behind a proxy: no limit]
    #[arg(long, global = true, env = "METEOR_MAX_CONNECTIONS_PER_ADDRESS")]
    pub max_connections_per_address: Option<usize>,
    /// Header in which your proxy says whose request it passes on, for example x-forwarded-for; the last address
    /// in it counts. Set it only behind a proxy that sets it [default: none, clients connect directly]
    #[arg(long, global = true, env = "METEOR_ADDRESS_HEADER")]
    pub address_header: Option<String>,
    /// How long to go on serving after a signal to stop, in seconds: /readyz is 503 and every answer ends its
    /// connection, so that balancers and clients go elsewhere first [default: 5]
    #[arg(long, global = true, env = "METEOR_DRAIN_SECONDS")]
    pub drain_seconds: Option<u64>,
    /// File with the tables of eggs and dust. /v1/fairness/tables serves it if the chain names its hash
    #[arg(long, global = true, env = "METEOR_TABLES")]
    pub tables: Option<PathBuf>,
    /// File with the art of every meteor. /v1/catalogue serves it if the launch committed to it, so that anyone can
    /// mint
    #[arg(long, global = true, env = "METEOR_CATALOGUE")]
    pub catalogue: Option<PathBuf>,
    /// Where `meteor art publish` put the event's pictures: a folder or `s3://bucket/prefix`. /img serves those of
    /// --catalogue and --tables, so that nobody depends on a gateway [default: none]
    #[arg(long, global = true, env = "METEOR_IMAGES")]
    pub images: Option<String>,
    /// Address of an S3-compatible store for --images [default: that of AWS]
    #[arg(long, global = true, env = "METEOR_IMAGES_ENDPOINT")]
    pub images_endpoint: Option<String>,
    /// Region of its bucket [default: `AWS_REGION`]
    #[arg(long, global = true, env = "METEOR_IMAGES_REGION")]
    pub images_region: Option<String>,
    /// File with credentials for it, as for --store-credentials; reading is enough
    #[arg(long, global = true, env = "METEOR_IMAGES_CREDENTIALS")]
    pub images_credentials: Option<PathBuf>,
    /// What wallets should pay for gas, for example 28.325uluna. /v1/site tells the page; without it nobody can
    /// contribute from there
    #[arg(long, global = true, env = "METEOR_GAS_PRICE")]
    pub gas_price: Option<String>,
    /// IPFS gateways that the page may load images from, separated by commas, for example
    /// `https://ipfs.example.com/ipfs/`
    #[arg(long, global = true, env = "METEOR_IMAGE_GATEWAYS", value_delimiter = ',')]
    pub image_gateways: Vec<String>,
    /// Where visitors find help: an https address, or `mailto:help@example.com`
    #[arg(long, global = true, env = "METEOR_SUPPORT")]
    pub support: Option<String>,
}

impl Settings {
    /// The settings in a TOML file. Its keys are the long flags, with underscores.
    ///
    /// # Errors
    /// [`ConfigError::File`] or [`ConfigError::Form`].
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text =
            fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|source| ConfigError::Form { path: path.to_owned(), source: Box::new(source) })
    }

    /// These settings; where one is missing, that of `base`.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            node: if self.node.is_empty() { base.node } else { self.node },
            contract: self.contract.or(base.contract),
            prefix: self.prefix.or(base.prefix),
            chain_id: self.chain_id.or(base.chain_id),
            start_height: self.start_height.or(base.start_height),
            source: self.source.or(base.source),
            store: self.store.or(base.store),
            store_endpoint: self.store_endpoint.or(base.store_endpoint),
            store_region: self.store_region.or(base.store_region),
            store_credentials: self.store_credentials.or(base.store_credentials),
            snapshot_blocks: self.snapshot_blocks.or(base.snapshot_blocks),
            segment_blocks: self.segment_blocks.or(base.segment_blocks),
            snapshots: self.snapshots.or(base.snapshots),
            listen: self.listen.or(base.listen),
            admin_listen: self.admin_listen.or(base.admin_listen),
            poll_ms: self.poll_ms.or(base.poll_ms),
            audit_seconds: self.audit_seconds.or(base.audit_seconds),
            patience_seconds: self.patience_seconds.or(base.patience_seconds),
            ready_lag: self.ready_lag.or(base.ready_lag),
            max_streams: self.max_streams.or(base.max_streams),
            max_streams_per_address: self.max_streams_per_address.or(base.max_streams_per_address),
            max_connections: self.max_connections.or(base.max_connections),
            max_connections_per_address: self
                .max_connections_per_address
                .or(base.max_connections_per_address),
            address_header: self.address_header.or(base.address_header),
            drain_seconds: self.drain_seconds.or(base.drain_seconds),
            tables: self.tables.or(base.tables),
            catalogue: self.catalogue.or(base.catalogue),
            images: self.images.or(base.images),
            images_endpoint: self.images_endpoint.or(base.images_endpoint),
            images_region: self.images_region.or(base.images_region),
            images_credentials: self.images_credentials.or(base.images_credentials),
            gas_price: self.gas_price.or(base.gas_price),
            image_gateways: if self.image_gateways.is_empty() {
                base.image_gateways
            } else {
                self.image_gateways
            },
            support: self.support.or(base.support),
        }
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The first [`ConfigError`] found.
    pub fn check(self) -> Result<Config, ConfigError> {
        let source = self.source.unwrap_or_default();
        match source {
            Source::Node if self.node.is_empty() => {
                return Err(ConfigError::Missing("the list of nodes", "NODE", "node"));
            }
            Source::Store if !self.node.is_empty() => {
                return Err(bad("source", "store", "it never asks a node: leave node out"));
            }
            Source::Node | Source::Store => {}
        }
        let store = self.place()?;
        let images = self.images()?;
        let admin_listen = self.admin_listen()?;
        if source == Source::Store && store.is_none() {
            return Err(bad("source", "store", "name the store to follow with --store"));
        }
        let rpc = self.node.iter().map(|text| url(text)).collect::<Result<_, _>>()?;
        let missing = ConfigError::Missing("the shower contract", "CONTRACT", "contract");
        let shower = self.contract.ok_or(missing)?;
        let prefix = match self.prefix {
            Some(prefix) => prefix,
            None => shower.rsplit_once('1').map(|(prefix, _)| prefix.to_owned()).unwrap_or_default(),
        };
        crate::address::check(&shower, &prefix).map_err(|error| ConfigError::Bad {
            what: "the shower contract",
            given: shower.clone(),
            hint: error.to_string(),
        })?;
        if self.chain_id.as_deref() == Some("") {
            return Err(bad("chain_id", "", "leave it out to follow the chain of the first node"));
        }
        let start_height = self.start_height.unwrap_or(1);
        if start_height == 0 {
            return Err(bad("start_height", "0", "heights start at 1"));
        }
        let (segment_blocks, snapshot_blocks) =
            (self.segment_blocks.unwrap_or(10), self.snapshot_blocks.unwrap_or(100));
        if !(1..=LONGEST).contains(&segment_blocks) {
            return Err(bad("segment_blocks", &segment_blocks.to_string(), "it must be 1 to 1000"));
        }
        if snapshot_blocks == 0 || !snapshot_blocks.is_multiple_of(segment_blocks) {
            let hint = "it must be a multiple of segment_blocks";
            return Err(bad("snapshot_blocks", &snapshot_blocks.to_string(), hint));
        }
        let poll_ms = self.poll_ms.unwrap_or(1000);
        if !(10..=60_000).contains(&poll_ms) {
            return Err(bad("poll_ms", &poll_ms.to_string(), "it must be 10 to 60000 milliseconds"));
        }
        let max_streams = self.max_streams.unwrap_or(10_000);
        if max_streams > 1_000_000 {
            return Err(bad("max_streams", &max_streams.to_string(), "it must be at most 1000000"));
        }
        let max_connections = self.max_connections.unwrap_or(20_000);
        if !(1..=1_000_000).contains(&max_connections) {
            return Err(bad("max_connections", &max_connections.to_string(), "it must be 1 to 1000000"));
        }
        let address_header = self.address_header.map(|text| header(&text)).transpose()?;
        // Behind a proxy all connections are the proxy's.
        let of_one =
            self.max_connections_per_address.unwrap_or(if address_header.is_some() { 0 } else { 1000 });
        let drain_seconds = self.drain_seconds.unwrap_or(5);
        if drain_seconds > 600 {
            return Err(bad("drain_seconds", &drain_seconds.to_string(), "it must be at most 600"));
        }
        let listen = socket("listen", self.listen.as_deref(), "127.0.0.1:8080")?;
        if listen == admin_listen && listen.port() != 0 {
            return Err(bad("admin_listen", &admin_listen.to_string(), "listen has this address already"));
        }
        Ok(Config {
            rpc,
            shower,
            prefix,
            chain_id: self.chain_id,
            start_height,
            source,
            store,
            snapshot_blocks,
            segment_blocks,
            snapshots: self.snapshots.unwrap_or(5).max(1),
            listen,
            admin_listen,
            poll: Duration::from_millis(poll_ms),
            audit: Duration::from_secs(self.audit_seconds.unwrap_or(60)),
            patience: Duration::from_secs(self.patience_seconds.unwrap_or(180)),
            stall: STALL,
            ready_lag: self.ready_lag.unwrap_or(5),
            max_streams,
            max_streams_per_address: limit(self.max_streams_per_address.unwrap_or(100)),
            max_connections,
            max_connections_per_address: limit(of_one),
            address_header,
            drain: Duration::from_secs(drain_seconds),
            tables: self.tables.map(read_tables).transpose()?,
            catalogue: self.catalogue.map(read_catalogue).transpose()?,
            images,
            gas_price: self.gas_price.map(|text| gas_price(&text)).transpose()?,
            image_gateways: self.image_gateways.iter().map(|text| gateway(text)).collect::<Result<_, _>>()?,
            support: self.support.map(|text| support(&text)).transpose()?,
        })
    }

    /// Where the admin API listens.
    ///
    /// # Errors
    /// [`ConfigError::Bad`] if it isn't an address.
    pub fn admin_listen(&self) -> Result<SocketAddr, ConfigError> {
        socket("admin_listen", self.admin_listen.as_deref(), "127.0.0.1:9090")
    }
}
