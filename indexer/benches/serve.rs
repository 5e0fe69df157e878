//! Read endpoints against a bare axum handler that returns the same bytes: through the plain router, and as
//! the indexer serves them. All three take turns in one run of 135 seconds.
//!
//! `cargo bench -p meteor-indexer --bench serve [-- <seconds a round> <rounds> <connections>]`
//!
//! One thread serves, one generates load over keep-alive HTTP/1.1 connections. The number of open requests is
//! constant, so rates are inverse to latencies. Bare handler and plain router are behind `axum::serve`, and the router
//! without its CORS layer and timing; "front" is the indexer's own port.
//!
//! Ratios are those of the processor time that the serving thread takes for a request, which is what bounds its rate and
//! what other programs on the machine distort least; and those of the median latencies.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use meteor_indexer::api;
use meteor_indexer::app::App;
use meteor_indexer::view::View;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower_service::Service;

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(dead_code, clippy::missing_panics_doc, unreachable_pub)]
mod serving;

use serving::{Keep, bare, config, indexer, on_thread, plain, runtime};

/// A server on a thread of its own.
#[derive(Clone)]
struct Serving {
    addr: SocketAddr,
    /// The thread, as `/proc` knows it.
    thread: PathBuf,
}

impl Serving {
    /// Of this thread.
    fn here(addr: SocketAddr) -> Self {
        Self { addr, thread: Path::new("/proc").join(std::fs::read_link("/proc/thread-self").unwrap()) }
    }

    /// Nanoseconds that the thread has been on a processor.
    fn on_cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(self.thread.join("schedstat")).unwrap();
        stat.split(' ').next().unwrap().parse().unwrap()
    }
}

/// Starts a server of `service` on a thread of its own.
fn serve<S>(service: S) -> Serving
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send,
{
    on_thread(async || {
        let (addr, keep) = plain(service).await;
        (Serving::here(addr), keep)
    })
}

/// Starts the indexer on a thread of its own, as it is served, with the same view as the router.
fn served() -> Serving {
    on_thread(async || {
        let server = indexer().await;
        server.app().publish(view());
        (Serving::here(server.public_addr()), Box::new(server) as Keep)
    })
}

/// Reads one answer and gives its bytes in all, and where its body begins.
async fn first(stream: &mut TcpStream) -> (Vec<u8>, usize) {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = vec![0; 16 * 1024];
        let read = stream.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
        let whole = end + 4 + length.parse::<usize>().unwrap();
        if bytes.len() >= whole {
            return (bytes, end + 4);
        }
    }
}

/// The latencies in nanoseconds.
fn load(addr: SocketAddr, path: &str, connections: usize, time: Duration) -> Vec<u32> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
    runtime().block_on(async {
        let start = Instant::now();
        let one = |_| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(addr).await.unwrap();
                stream.set_nodelay(true).unwrap();
                stream.write_all(request.as_bytes()).await.unwrap();
                let size = first(&mut stream).await.0.len();
                let (mut buffer, mut latencies) = (vec![0; size], Vec::new());
                while start.elapsed() < time {
                    let sent = Instant::now();
                    stream.write_all(request.as_bytes()).await.unwrap();
                    stream.read_exact(&mut buffer).await.unwrap(); // every answer has the same length
                    latencies.push(u32::try_from(sent.elapsed().as_nanos()).unwrap_or(u32::MAX));
                }
                latencies
            })
        };
        let mut latencies = Vec::new();
        for task in (0..connections).map(one).collect::<Vec<_>>() {
            latencies.extend(task.await.unwrap());
        }
        latencies
    })
}

fn body(addr: SocketAddr, path: &str) -> Bytes {
    runtime().block_on(async {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let (bytes, at) = first(&mut stream).await;
        bytes[at..].to_vec().into()
    })
}

/// Three showers, two of 100 wallets closed and minted, an open one of 250.
fn view() -> View {
    let mut chain = chain::Chain::launched(3);
    for shower in 1..=3 {
        chain.time(chain::OPENS + u64::from(shower - 1) * chain::LENGTH);
        // The last one is long enough for a deep page of its ranking.
        for n in 0..if shower < 3 { 100 } else { 250 } {
            chain.contribute(shower, &chain::address(n), 10_000_000 + u128::from(n) * 1_000);
        }
        chain.commit();
        if shower < 3 {
            chain.close(shower);
            chain.mint(shower, 100);
            chain.commit();
        }
    }
    View::new(&chain.state(), "terra", None)
}

fn main() {
    let args: Vec<f64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let arg = |at: usize, default: f64| args.get(at).copied().unwrap_or(default);
    let time = Duration::from_secs_f64(arg(0, 0.7));
    let (rounds, connections) = (arg(1, 7.0) as usize, arg(2, 64.0) as usize);
    let app = App::new(config()).unwrap();
    app.publish(view());
    let (router, front) = (serve(api::router(&app)), served());
    println!(
        "{connections} connections, {rounds} rounds of {time:?} each; µs of processor a request, and latencies\n"
    );
    println!(
        "{:<36} {:>6} {:>20} {:>11} {:>11}  {:>12} {:>12} {:>12}  bare/front",
        "endpoint",
        "bytes",
        "cpu bare/router/front",
        "bare/router",
        "bare/front",
        "bare p50/99",
        "router",
        "front"
    );
    let (address, who) = (chain::address(1), "terra1…");
    let paths = [
        "/v1/showers/2".to_owned(),
        "/v1/showers/2/floors".into(),
        "/v1/showers/2/ranking".into(),
        "/v1/config".into(),
        format!("/v1/wallets/{address}"),
        format!("/v1/caves/{address}"),
        "/v1/status".into(),
        "/v1/showers/3/quote?amount=10050500".into(),
        "/v1/showers/3/ranking?after=130".into(),
    ];
    let only = std::env::var("ONLY").unwrap_or_default();
    for path in paths.iter().filter(|path| path.contains(&only)) {
        let body = body(router.addr, path);
        let size = body.len();
        let sides =
            [(serve(bare(body)), "/bare"), (router.clone(), path.as_str()), (front.clone(), path.as_str())];
        let mut latencies = [const { Vec::new() }; 3];
        let mut cpu = [0.0; 3];
        for _ in 0..rounds {
            for (((server, path), latencies), cpu) in sides.iter().zip(&mut latencies).zip(&mut cpu) {
                let before = server.on_cpu();
                latencies.extend(load(server.addr, path, connections, time));
                *cpu += server.on_cpu() - before;
            }
        }
        let mut each = [0.0; 3];
        for ((each, cpu), latencies) in each.iter_mut().zip(cpu).zip(&latencies) {
            *each = cpu / latencies.len() as f64 / 1_000.0;
        }
        let [bare, router, front] = latencies.map(|mut of| {
            of.sort_unstable();
            [0.5, 0.99].map(|part| f64::from(of[((of.len() - 1) as f64 * part) as usize]) / 1_000.0)
        });
        println!(
            "{:<36} {size:>6} {:>20} {:>11.3} {:>11.3}  {:>12} {:>12} {:>12}  {:>10.3}",
            path.replace(&address, who),
            each.map(|each| format!("{each:.1}")).join("/"),
            each[0] / each[1],
            each[0] / each[2],
            format!("{:.0}/{:.0}", bare[0], bare[1]),
            format!("{:.0}/{:.0}", router[0], router[1]),
            format!("{:.0}/{:.0}", front[0], front[1]),
            bare[0] / front[0],
        );
    }
}
