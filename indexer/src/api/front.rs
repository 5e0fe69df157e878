//! The way of most requests: a page rendered in advance, found by its exact path before any routing.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use futures::future::{Either, Ready, ready};
use tower_service::Service;

use crate::app::App;

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
        }
        Either::Right(self.router.call(request))
    }
}
