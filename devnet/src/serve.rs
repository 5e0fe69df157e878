//! Listening and shutting down in order.
use std::net::SocketAddr;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::error::DevnetError;
use crate::quotes::Quoted;

/// A bound listener and the address it got.
pub(crate) struct Bound {
    listener: TcpListener,
    pub(crate) addr: SocketAddr,
}

pub(crate) async fn bind(addr: SocketAddr) -> Result<Bound, DevnetError> {
    let failed = |source| DevnetError::Listen { addr, source };
    let listener = TcpListener::bind(addr).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    Ok(Bound { listener, addr })
}

impl Bound {
    /// Serves until the token is cancelled.
    pub(crate) fn serve(self, router: Router, stop: CancellationToken) -> JoinHandle<()> {
        tokio::spawn(async move {
            // Connections are dropped with the task: waiting would mean waiting for idle WebSockets.
            tokio::select! {
                () = stop.cancelled() => {}
                result = axum::serve(Quoted(self.listener), router) => {
                    if let Err(error) = result {
                        tracing::error!(%error, "the listener failed");
                    }
                }
            }
        })
    }
}
