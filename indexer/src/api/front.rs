//! The way of most requests, before any routing: a page rendered in advance, found by its exact path, or what
//! a wallet has. Routing and unpacking a path costs as much as making the answer.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::future::RouteFuture;
use futures::future::{Either, Ready, ready};
use tower_service::Service;

use super::wallets::{of_cave, of_wallet};
use crate::app::App;
use crate::view::{DEFAULT_NFTS, View};

/// Answers pages rendered in advance itself and leaves everything else to the router.
#[derive(Clone, Debug)]
pub struct Front {
    app: Arc<App>,
    router: Router,
}

impl Front {
    /// In front of the API over `app`.
    pub fn new(app: &Arc<App>) -> Self {
        Self { app: Arc::clone(app), router: super::router(app) }
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, RouteFuture<Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(())) // as the router's is
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.app.health.requests.fetch_add(1, Ordering::Relaxed);
        if request.method() == Method::GET && request.uri().query().is_none() {
            let view = self.app.view();
            if let Some(page) = view.page(request.uri().path()) {
                return Either::Left(ready(Ok(page.respond(request.headers(), &view.currency))));
            }
            if let Some(answer) = of_address(&self.app, &view, &request) {
                return Either::Left(ready(Ok(answer)));
            }
        }
        Either::Right(self.router.call(request))
    }
}

/// What a wallet has, if that is what is asked and the address is spelt plainly.
fn of_address(app: &App, view: &View, request: &Request) -> Option<Response> {
    let (kind, address) = request.uri().path().strip_prefix("/v1/")?.split_once('/')?;
    let headers = request.headers();
    if address.is_empty() || !address.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let answer = match kind {
        "wallets" => of_wallet(app, view, address, headers),
        "caves" => of_cave(app, view, address, None, DEFAULT_NFTS, headers),
        _ => return None,
    };
    Some(answer.unwrap_or_else(IntoResponse::into_response))
}
