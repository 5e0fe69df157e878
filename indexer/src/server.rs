//! The indexer as a library: start, wait, stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::admin::Admin;
use crate::api::Front;
use crate::app::App;
use crate::config::{Config, Source};
use crate::error::IndexerError;
use crate::port::{Caps, Deadlines, Port, connections};
use crate::view::View;
use crate::{audit, follow, store};

/// How long open requests may take to end at a shutdown before they are cut.
const DRAIN: Duration = Duration::from_secs(10);
/// Most connections to the admin port.
const ADMIN_CONNECTIONS: usize = 64;

/// A running indexer. Dropping it stops it at once; [`Server::shutdown`] lets open requests end.
#[derive(Debug)]
pub struct Server {
    public_addr: SocketAddr,
    admin_addr: SocketAddr,
    app: Arc<App>,
    tasks: JoinSet<()>,
}

/// Opens both ports and starts following the chain. Returns as soon as the ports are open: no node has to be
/// reachable yet, and `/readyz` says when there is something to serve.
///
/// # Errors
/// [`IndexerError::Listen`] if a port can't be opened, [`IndexerError::Http`] if no HTTP client can be made,
/// [`IndexerError::Store`] if the store's place can't be used.
pub async fn start(config: Config) -> Result<Server, IndexerError> {
    start_with(config, Router::new()).await
}

/// [`start`], with more routes on the public port: the demo's own.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: Config, extra: Router) -> Result<Server, IndexerError> {
    let app = App::new(config)?;
    let (public, public_addr) = listen(app.config.listen).await?;
    let (admin, admin_addr) = listen(app.config.admin_listen).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(follow::run(Arc::clone(&app)));
    if app.files.is_some() && app.config.source == Source::Node {
        tasks.spawn(store::run(Arc::clone(&app)));
    }
    tasks.spawn(audit::run(Arc::clone(&app)));
    let packing = Arc::clone(&app);
    tokio::task::spawn_blocking(move || packing.pack_files());

    let most = connections(app.config.max_connections, app.config.rpc.len());
    let public = Port {
        listener: public,
        handler: Arc::new(Front::with(&app, extra)),
        caps: Caps::new(most, app.config.max_connections_per_address),
        deadlines: Deadlines::default(),
        draining: Arc::clone(&app.draining),
        stop: app.stop.clone(),
    };
    tasks.spawn(public.serve());
    let admin = Port {
        listener: admin,
        handler: Arc::new(Admin::new(&app)),
        caps: Caps::new(ADMIN_CONNECTIONS, None),
        deadlines: Deadlines::default(),
        draining: Arc::default(),
        stop: app.stop.clone(),
    };
    tasks.spawn(admin.serve());
    tracing::info!(%public_addr, %admin_addr, nodes = ?app.config.node_names(), "serving");
    Ok(Server { public_addr, admin_addr, app, tasks })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), IndexerError> {
    let failed = |source| IndexerError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

impl Server {
    /// Where the public API listens.
    pub const fn public_addr(&self) -> SocketAddr {
        self.public_addr
    }

    /// Where the admin API listens.
    pub const fn admin_addr(&self) -> SocketAddr {
        self.admin_addr
    }

    /// The view that is served now.
    pub fn view(&self) -> Arc<View> {
        self.app.view_full()
    }

    /// The published heights; only the latest is kept.
    pub fn applied(&self) -> watch::Receiver<u64> {
        self.app.heights()
    }

    /// What the tasks share: health, nodes, configuration.
    pub const fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Waits until `height` is applied and served.
    ///
    /// # Errors
    /// [`IndexerError::Halted`] if it never will be; [`IndexerError::Stopped`] after a shutdown.
    pub async fn wait_applied(&self, height: u64) -> Result<(), IndexerError> {
        let mut heights = self.applied();
        loop {
            if *heights.borrow_and_update() >= height {
                return Ok(());
            }
            if let Some(why) = self.app.health.halted() {
                return Err(IndexerError::Halted(why.to_owned()));
            }
            tokio::select! {
                () = self.app.stop.cancelled() => return Err(IndexerError::Stopped),
                () = self.app.health.wait_halted() => {}
                changed = heights.changed() => changed.map_err(|_| IndexerError::Stopped)?,
            }
        }
    }

    /// Stops: says that it isn't ready and asks clients to go elsewhere, for as long as is configured. Then it accepts
    /// no new connections, ends live ones, and lets open requests finish.
    pub async fn shutdown(mut self) {
        self.app.draining.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.app.config.drain).await;
        self.app.stop.cancel();
        let drained = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("some requests did not end in time and were cut");
        }
    }
}
