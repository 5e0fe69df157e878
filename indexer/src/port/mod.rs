//! One TCP port that speaks HTTP/1.1, with everything bounded: connections in all and of one address, the time and
//! size of a request's head, the time without progress. `axum::serve` has no such limits.

mod answer;
mod caps;
mod io;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Response};
use futures::future::{BoxFuture, Either, FutureExt as _, Ready, ready};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub(crate) use caps::{Caps, Full, Place, connections};
use io::{Meter, Metered};

/// Most bytes in the head of a request.
const MAX_HEAD: usize = 16 << 10;
/// Most headers of a request. hyper's own bound: setting one makes it allocate for each request.
const MAX_HEADERS: usize = 100;
/// Most bytes in the path and query of a request.
const MAX_PATH: usize = 8 << 10;
/// How long a client may take to send a request's head.
const HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay open with nothing going on.
const IDLE: Duration = Duration::from_secs(75);
/// How long a client may take to read anything of its answer.
const STALLED: Duration = Duration::from_secs(30);
/// How long an idle connection is kept once the port is closing: a request may be on its way.
const LINGER: Duration = Duration::from_millis(500);
/// Most connections that are being refused at once. Those beyond are dropped without a word.
const REFUSALS: usize = 32;

/// The deadlines of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadlines {
    /// For sending the head of a request, counted from its first byte or the connection's start.
    pub head: Duration,
    /// With nothing going on.
    pub idle: Duration,
    /// For reading anything of an answer.
    pub stalled: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { head: HEAD, idle: IDLE, stalled: STALLED }
    }
}

/// What is answered at once, and what takes time.
pub(crate) enum Answer {
    /// Here it is.
    Now(Response<Body>),
    /// It is being made.
    Later(BoxFuture<'static, Result<Response<Body>, Infallible>>),
}

/// What answers the requests of a port.
pub(crate) trait Handler: Send + Sync + 'static {
    /// Answers one request of a client at this address.
    fn handle(&self, peer: IpAddr, request: Request<Incoming>) -> Answer;
}

/// A port that is open.
pub(crate) struct Port<H> {
    /// Where connections come in.
    pub listener: TcpListener,
    /// What answers them.
    pub handler: Arc<H>,
    /// How many there may be.
    pub caps: Caps,
    /// How long they may take.
    pub deadlines: Deadlines,
    /// True once clients should go elsewhere: every answer then asks them to.
    pub draining: Arc<AtomicBool>,
    /// Cancelled when the port closes.
    pub stop: CancellationToken,
}

impl<H: Handler> Port<H> {
    /// Serves until the port closes and the requests under way have ended. Dropping the future cuts them.
    pub(crate) async fn serve(self) {
        let (mut open, refusals) = (JoinSet::new(), Arc::new(Semaphore::new(REFUSALS)));
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => break,
                Some(_) = open.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer.ip(), &mut open, &refusals),
                    // It closed again already, or there are no descriptors: others will be free soon.
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
        // Those that the system has accepted for us already may hold requests.
        while let Some(Ok((stream, peer))) = self.listener.accept().now_or_never() {
            self.admit(stream, peer.ip(), &mut open, &refusals);
        }
        let Self { listener, .. } = self;
        drop(listener);
        while open.join_next().await.is_some() {}
    }

    fn admit(&self, stream: TcpStream, peer: IpAddr, open: &mut JoinSet<()>, refusals: &Arc<Semaphore>) {
        // Otherwise a small answer waits for the acknowledgement of the previous one.
        let _ = stream.set_nodelay(true);
        match self.caps.admit(Some(peer)) {
            Ok(place) => {
                let meter = Arc::new(Meter::default());
                let service = Service {
                    handler: Arc::clone(&self.handler),
                    peer,
                    meter: Arc::clone(&meter),
                    draining: Arc::clone(&self.draining),
                };
                let stream = Metered::new(stream, meter, self.deadlines);
                open.spawn(connection(stream, service, self.stop.clone(), place));
            }
            Err(full) => {
                if let Ok(permit) = Arc::clone(refusals).try_acquire_owned() {
                    open.spawn(async move {
                        io::refuse(stream, answer::full(full)).await;
                        drop(permit);
                    });
                }
            }
        }
    }
}

async fn connection<H: Handler>(
    stream: Metered,
    service: Service<H>,
    stop: CancellationToken,
    _place: Place,
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(None) // `Metered` has it, without a timer for each request
        .max_header_size(MAX_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let closing = async {
        stop.cancelled().await;
        tokio::time::sleep(LINGER).await;
    };
    tokio::select! {
        biased;
        _ = connection.as_mut() => return,
        () = closing => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// The handler as one connection sees it.
struct Service<H> {
    handler: Arc<H>,
    peer: IpAddr,
    meter: Arc<Meter>,
    draining: Arc<AtomicBool>,
}

type Answered = Result<Response<Body>, Infallible>;

impl<H: Handler> hyper::service::Service<Request<Incoming>> for Service<H> {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Either<Ready<Answered>, BoxFuture<'static, Answered>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.meter.called();
        let path = request.uri().path_and_query().map_or(0, |it| it.as_str().len());
        if path > MAX_PATH {
            return Either::Left(ready(Ok(last(answer::long_path()))));
        }
        match self.handler.handle(self.peer, request) {
            Answer::Now(response) if self.draining.load(Ordering::Relaxed) => {
                Either::Left(ready(Ok(last(response))))
            }
            Answer::Now(response) => Either::Left(ready(Ok(response))),
            Answer::Later(response) => {
                let (busy, draining) = (self.meter.busy(), Arc::clone(&self.draining));
                let response = response.map(move |response| {
                    drop(busy);
                    if draining.load(Ordering::Relaxed) { response.map(last) } else { response }
                });
                Either::Right(response.boxed())
            }
        }
    }
}

/// The answer, as the last one of its connection.
fn last(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
