//! The indexer in this process, for the demo and the tests.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use meteor_indexer::{Config, Server};
use meteor_operator::jobs::Deployment;

use crate::chain::Chain;

/// The configuration for an event with its tables and its catalogue. Looks for blocks every `poll`.
pub fn config(
    chain: &Chain,
    deployment: &Deployment,
    tables: Vec<u8>,
    catalogue: Vec<u8>,
    poll: Duration,
) -> Result<Config> {
    let mut config = Config::new(std::slice::from_ref(&chain.rpc), &deployment.shower)?;
    config.gas_price = Some(chain.gas_price.clone());
    config.start_height = deployment.height;
    config.poll = poll;
    config.tables = Some(tables);
    config.catalogue = Some(catalogue);
    config.admin_listen = (Ipv4Addr::LOCALHOST, 0).into();
    Ok(config)
}

/// Serves on `listen`, or on another free port if that one is in use, with `extra` routes.
pub async fn embedded(mut config: Config, listen: SocketAddr, extra: Router) -> Result<Server> {
    // Another program may have the port, and a demo should not fail for that.
    let free = tokio::net::TcpListener::bind(listen).await.is_ok();
    config.listen = if free { listen } else { SocketAddr::new(listen.ip(), 0) };
    Ok(meteor_indexer::start_with(config, extra).await?)
}
