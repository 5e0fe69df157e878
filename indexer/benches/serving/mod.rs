//! Servers for benchmarks, each on a thread of its own: the indexer, and the bare handler that it is compared with.

use std::any::Any;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::thread;

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use axum::{Router, ServiceExt};
use bytes::Bytes;
use meteor_indexer::{Config, Server};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tower_service::Service;

use super::chain;

/// What lives as long as a server.
pub type Keep = Box<dyn Any>;

/// A runtime of one thread, this one.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Of an indexer at free ports, whose one node never answers.
pub fn config() -> Config {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &chain::shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config
}

/// Starts a server on a thread of its own and gives what it says of itself.
pub fn on_thread<T, F>(start: impl FnOnce() -> F + Send + 'static) -> T
where
    T: Send + 'static,
    F: Future<Output = (T, Keep)>,
{
    let (send, receive) = std::sync::mpsc::channel();
    thread::spawn(move || {
        runtime().block_on(async {
            let (said, _keep) = start().await;
            send.send(said).unwrap();
            std::future::pending::<()>().await;
        });
    });
    receive.recv().unwrap()
}

/// Starts the indexer, as it is served.
pub async fn indexer() -> Server {
    meteor_indexer::start(config()).await.unwrap()
}

/// Serves `service` with axum at a free port.
pub async fn plain<S>(service: S) -> (SocketAddr, Keep)
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let task = tokio::spawn(async move { axum::serve(listener, service.into_make_service()).await });
    (addr, Box::new(task))
}

/// A handler that does nothing but give `body`, at `/bare` and at any other path.
pub fn bare(body: Bytes) -> Router {
    let handler = get(move || async move { ([(CONTENT_TYPE, "application/json")], body) });
    Router::new().route("/bare", handler.clone()).fallback(handler)
}
