//! Live connections: what each costs in memory, and how long a frame takes to reach all of them; beside a bare axum
//! handler of server-sent events, in the same run.
//!
//! `cargo bench -p meteor-indexer --bench sse [-- <connections> <frames>]`
//!
//! Each server is a process of its own with one thread; another thread is all clients. They come from as many loopback
//! addresses as the default cap of one address demands, and read everything.
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
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::get;
use futures::stream;
use meteor_indexer::Config;
use meteor_indexer::view::View;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serving::runtime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, watch};

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::cast_possible_truncation, unreachable_pub)]
mod chain;
#[allow(dead_code, clippy::missing_panics_doc, unreachable_pub)]
mod serving;

/// New contributions in each frame.
const NEW: u8 = 5;

/// Nanoseconds by the clock that all processes share.
fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}

fn config(connections: usize) -> Config {
    Config { max_streams: connections, ..serving::config() }
}

/// The next block: some contribute.
fn block(chain: &mut chain::Chain, previous: Option<&View>) -> View {
    for n in 0..NEW {
        chain.contribute(1, &chain::address(n), 10_000_000);
    }
    chain.commit();
    View::new(&chain.state(), "terra", previous)
}

/// A server that publishes a frame for each line it reads, and says when.
fn serve(kind: &str, connections: usize) {
    runtime().block_on(async {
        let (lines, mut read) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in std::io::stdin().lines() {
                if line.is_err() || lines.send(()).is_err() {
                    return;
                }
            }
        });
        let mut chain = chain::Chain::launched(1);
        chain.time(chain::OPENS);
        let mut view = block(&mut chain, None);
        if kind == "front" {
            let server = meteor_indexer::start(config(connections)).await.unwrap();
            server.app().publish(view);
            println!("{}", server.public_addr());
            while read.recv().await.is_some() {
                let next = block(&mut chain, Some(&server.view()));
                println!("{}", now());
                server.app().publish(next);
            }
        } else {
            let (frames, frame) = watch::channel(String::new());
            let routes = Router::new().route("/v1/events", get(async move || bare(frame)));
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            println!("{}", listener.local_addr().unwrap());
            tokio::spawn(async move { axum::serve(listener, routes).await });
            frames.send_replace("x".repeat(view.frame.len()));
            while read.recv().await.is_some() {
                view = block(&mut chain, Some(&view));
                // As long as the indexer's frame, in one event.
                let text = "x".repeat(view.frame.len());
                println!("{}", now());
                frames.send_replace(text);
            }
        }
    });
}

/// What a handler looks like that does nothing else.
fn bare(mut frames: watch::Receiver<String>) -> Sse<impl futures::Stream<Item = Result<Event, Infallible>>> {
    frames.mark_changed();
    let events = stream::unfold(frames, |mut frames| async {
        frames.changed().await.ok()?;
        let event = Event::default().event("height").data(frames.borrow_and_update().as_str());
        Some((Ok(event), frames))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Server {
    child: Child,
    said: std::io::Lines<BufReader<std::process::ChildStdout>>,
    addr: SocketAddr,
}

impl Server {
    fn start(kind: &str, connections: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--serve", kind, &connections.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let addr = said.next().unwrap().unwrap().parse().unwrap();
        Self { child, said, addr }
    }

    /// Publishes a frame; when that was.
    fn publish(&mut self) -> u64 {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        self.said.next().unwrap().unwrap().parse().unwrap()
    }

    /// Resident memory in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A client: says when each frame has come whole.
async fn client(server: SocketAddr, from: Ipv4Addr, came: mpsc::UnboundedSender<u64>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let mut stream = socket.connect(server).await.unwrap();
    stream.write_all(b"GET /v1/events HTTP/1.1\r\nhost: bench\r\n\r\n").await.unwrap();
    let (mut buffer, mut text) = (vec![0; 4_096], Vec::new());
    loop {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "cut: {}", String::from_utf8_lossy(&text));
        text.extend_from_slice(&buffer[..read]);
        assert!(!text.starts_with(b"HTTP/1.1 4") && !text.starts_with(b"HTTP/1.1 5"), "refused");
        let last = text.windows(14).rposition(|window| window == b"event: height\n");
        if last.is_some_and(|at| text[at..].windows(2).any(|window| window == b"\n\n")) {
            came.send(now()).unwrap();
            text.clear();
        }
    }
}

fn measure(kind: &str, connections: usize, frames: usize, each: usize) {
    let mut server = Server::start(kind, connections);
    let before = server.memory();
    runtime().block_on(async {
        let (came, mut arrivals) = mpsc::unbounded_channel();
        for n in 0..connections {
            let from = Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 1, 1)) + (n / each) as u32);
            tokio::spawn(client(server.addr, from, came.clone()));
            if n % 100 == 99 {
                // The system holds only so many connections that are not accepted yet.
                while arrivals.len() + 100 < n {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        for _ in 0..connections {
            arrivals.recv().await.unwrap();
        }
        let idle = server.memory();
        let mut latencies = Vec::new();
        for _ in 0..frames {
            let sent = server.publish();
            for _ in 0..connections {
                latencies.push(arrivals.recv().await.unwrap().saturating_sub(sent));
            }
        }
        latencies.sort_unstable();
        let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize] as f64 / 1e6;
        let per = |memory: u64| memory.saturating_sub(before) as f64 / connections as f64 / 1_024.0;
        println!(
            "{kind:<8} {connections:>7} {:>16.1} {:>17.1} {:>9.1} {:>8.1} {:>8.1}",
            per(idle),
            per(server.memory()),
            at(0.5),
            at(0.99),
            at(1.0)
        );
    });
}

fn main() {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum }).unwrap();
    let args: Vec<String> = std::env::args().collect();
    if let Some(at) = args.iter().position(|arg| arg == "--serve") {
        return serve(&args[at + 1], args[at + 2].parse().unwrap());
    }
    let numbers: Vec<usize> = args.iter().filter_map(|arg| arg.parse().ok()).collect();
    let connections = numbers.first().copied().unwrap_or(10_000);
    let frames = numbers.get(1).copied().unwrap_or(20);
    let each = config(1).max_streams_per_address.unwrap_or(connections);
    println!(
        "{connections} clients, {frames} frames; memory in KiB a client, times in ms after publishing\n"
    );
    println!("server   clients  memory, at first  after all frames       p50      p99      all");
    for kind in ["bare", "front", "bare", "front"] {
        measure(kind, connections, frames, each);
    }
}
