//! Answers the most frequent requests ahead of all routing: pages rendered in advance, found by their exact
//! path, and wallets, caves, rankings, quotes and the status.
//!
//! Routing costs as much processor time as most of these answers. `benches/serve.rs` measures both, and
//! `docs/benchmarks.md` has the figures.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{self, Method};
use axum::response::Response;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Either, Ready, ready};
use hyper::body::Incoming;
use prometheus_client::metrics::histogram::Histogram;
use tower_http::cors::Cors;
use tower_layer::Layer as _;
use tower_service::Service;

use super::event::of_status;
use super::events::Peer;
use super::showers::{Wanted, of_quote, of_ranking};
use super::wallets::{of_cave, of_wallet};
use super::{cors, router};
use crate::app::App;
use crate::latency::observe;
use crate::port::{self, Handler};
use crate::view::DEFAULT_NFTS;

type Answer = Result<Response, Infallible>;

/// Answers the most frequent requests itself, and leaves the others to the router.
#[derive(Clone, Debug)]
pub struct Front {
    app: Arc<App>,
    router: Cors<Router>,
}

impl Front {
    /// In front of the API over `app`.
    pub fn new(app: &Arc<App>) -> Self {
        Self::with(app, Router::new())
    }

    /// In front of the API over `app` and of `extra` routes.
    pub fn with(app: &Arc<App>, extra: Router) -> Self {
        Self { app: Arc::clone(app), router: cors().layer(router(app).merge(extra)) }
    }
}

impl Front {
    /// The answer to one of the frequent requests.
    fn quick<B>(&self, request: &http::Request<B>) -> Option<Response> {
        let start = Instant::now();
        let (histogram, mut answer) = quick(&self.app, request)?;
        self.app.mark(&mut answer);
        self.app.latency.answered(answer.status());
        observe(histogram, start);
        Some(answer)
    }

    fn routed(&self, request: Request) -> BoxFuture<'static, Answer> {
        let (start, app) = (Instant::now(), Arc::clone(&self.app));
        let answer = self.router.clone().call(request);
        let marked = move |answer: Answer| {
            observe(&app.latency.other, start);
            answer.map(|mut answer| {
                app.mark(&mut answer);
                app.latency.answered(answer.status());
                answer
            })
        };
        answer.map(marked).boxed()
    }
}

impl Handler for Front {
    fn handle(&self, peer: IpAddr, request: http::Request<Incoming>) -> port::Answer {
        if let Some(answer) = self.quick(&request) {
            return port::Answer::Now(answer);
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer));
        port::Answer::Later(self.routed(request))
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Answer>, BoxFuture<'static, Answer>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(())) // like the router
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.quick(&request) {
            Some(answer) => Either::Left(ready(Ok(answer))),
            None => Either::Right(self.routed(request)),
        }
    }
}

/// The answer to one of the frequent requests, and the histogram of its class. A path or query with escapes is for the
/// router.
fn quick<'a, B>(app: &'a App, request: &http::Request<B>) -> Option<(&'a Histogram, Response)> {
    if request.method() != Method::GET {
        return None;
    }
    let (view, path, headers) = (app.view(), request.uri().path(), request.headers());
    let (latency, query) = (&app.latency, request.uri().query());
    if query.is_none()
        && let Some(page) = view.page(path)
    {
        return Some((&latency.page, page.respond(headers, &view.currency)));
    }
    let path = path.strip_prefix("/v1/")?;
    let Some((kind, rest)) = path.split_once('/') else {
        let status = path == "status" && query.is_none();
        return status.then(|| (&latency.other, of_status(app, &view, headers)));
    };
    let (histogram, answer) = match (kind, rest.split_once('/'), query) {
        ("wallets", None, None) => (&latency.wallet, of_wallet(app, &view, word(rest)?, headers)),
        ("caves", None, None) => {
            (&latency.cave, of_cave(app, &view, word(rest)?, None, DEFAULT_NFTS, headers))
        }
        ("showers", Some((number, "ranking")), Some(query)) => {
            let [after, limit] = parameters(query, ["after", "limit"])?;
            let (after, limit) = (optional(after)?, optional(limit)?);
            (&latency.other, of_ranking(&view, whole(number)?, after, limit, headers))
        }
        ("showers", Some((number, "quote")), Some(query)) => {
            let [amount, address] = parameters(query, ["amount", "address"])?;
            (&latency.other, of_quote(app, &view, whole(number)?, Wanted::Amount(amount?), address, headers))
        }
        _ => return None,
    };
    Some((histogram, answer.ok()?)) // the router answers with the problem
}

/// A text that can't be an escaped one.
fn word(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())).then_some(text)
}

/// A number in digits alone.
fn whole(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// The same where there may be none; the outer `None` for anything else.
#[expect(clippy::option_option, reason = "absent and unreadable are different")]
fn optional(text: Option<&str>) -> Option<Option<u32>> {
    match text {
        Some(text) => whole(text).map(Some),
        None => Some(None),
    }
}

/// The values of these parameters. `None` if there are others, or one twice, or a value that may be escaped.
fn parameters<'a, const N: usize>(query: &'a str, names: [&str; N]) -> Option<[Option<&'a str>; N]> {
    let mut values = [None; N];
    for one in query.split('&') {
        let (name, value) = one.split_once('=')?;
        let at = names.iter().position(|known| *known == name)?;
        let place = values.get_mut(at).filter(|place| place.is_none())?;
        *place = Some(word(value)?);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_queries_are_answered_here() {
        let of = |query| parameters(query, ["after", "limit"]);
        assert_eq!(of("after=130"), Some([Some("130"), None]));
        assert_eq!(of("limit=7&after=x"), Some([Some("x"), Some("7")]));
        for query in [
            "",
            "after",
            "after=",
            "after=1&after=2",
            "after=1&x=2",
            "after=%31",
            "after=+1",
            "after=1&",
            "after=-1",
        ] {
            assert_eq!(of(query), None, "{query:?}");
        }
        assert_eq!((whole("07"), whole("4294967296"), whole("+1"), whole("")), (Some(7), None, None, None));
        assert_eq!(
            (optional(None), optional(Some("1")), optional(Some("a"))),
            (Some(None), Some(Some(1)), None)
        );
    }
}
