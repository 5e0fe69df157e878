//! The API by route, over a view made from events.

mod described;
mod exports;
mod fairness;
mod http;
mod nfts;
mod setup;
mod showers;
mod site;
mod txs;
mod wallets;

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use meteor_indexer::Config;
use meteor_indexer::api::Front;
use meteor_indexer::app::App;
use meteor_indexer::view::View;
use serde_json::Value;
use tower_service::Service;

use crate::chain::{Chain, LENGTH, OPENS, address, shower_contract};

/// Shower 1 closed and partly minted, shower 2 open, shower 3 to come.
fn event() -> Chain {
    let mut chain = Chain::launched(3);
    chain.time(OPENS);
    for n in 1..=20 {
        chain.contribute(1, &address(n), 10 + u128::from(n));
    }
    chain.commit();
    chain.time(OPENS + LENGTH);
    chain.close(1);
    chain.mint(1, 5);
    chain.contribute(2, &address(1), 100);
    chain.contribute(2, &address(2), 50);
    chain.contribute(2, &address(3), 50);
    chain.commit();
    chain
}

/// The same with all of shower 1 minted, half of it cracked: meteors 1 to 8 revealed, 9 and 10 waiting.
pub fn hatched() -> Chain {
    let mut chain = event();
    chain.draw(1);
    chain.mint(1, 15);
    chain.commit();
    for id in 1..=10u8 {
        chain.crack(id.into(), &address(21 - id));
    }
    chain.commit();
    for id in 1..=8u8 {
        chain.reveal(1, id.into(), &address(21 - id));
    }
    chain.commit();
    chain
}

fn app_of(chain: &Chain, tables: Option<Vec<u8>>) -> Arc<App> {
    let mut config = Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap();
    config.tables = tables;
    let app = App::new(config).unwrap();
    app.publish(View::new(&chain.state(), "terra", None));
    app
}

async fn bytes(app: &Arc<App>, path: &str) -> (HeaderMap, Vec<u8>) {
    let response = send(app, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 200, "{path}");
    let (parts, body) = response.into_parts();
    (parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
}

fn empty() -> Arc<App> {
    App::new(Config::new(&["http://127.0.0.1:1".into()], &shower_contract()).unwrap()).unwrap()
}

fn app() -> Arc<App> {
    let app = empty();
    app.publish(View::new(&event().state(), "terra", None));
    app
}

async fn send(app: &Arc<App>, request: Request<Body>) -> Response {
    let answered: Result<_, Infallible> = Front::new(app).call(request).await;
    answered.unwrap()
}

async fn get(app: &Arc<App>, path: &str) -> (StatusCode, HeaderMap, Value) {
    let response = send(app, Request::get(path).body(Body::empty()).unwrap()).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn ok(app: &Arc<App>, path: &str) -> Value {
    let (status, _, body) = get(app, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}
