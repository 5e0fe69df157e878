//! How long clients wait at a fixed rate of requests while blocks come in, and how long for a bare handler in the same
//! run.
//!
//! `cargo bench -p meteor-indexer --bench openloop [-- <requests a second> <seconds a round> <rounds> <connections>
//! <wallets>]`
//!
//! Requests are sent at fixed times whatever became of those before, and waiting is counted from the time a request should
//! have been sent at (as wrk2 does it): a server that stalls can't hide by holding up the client. Each connection carries
//! one request at a time. Every half second a block of 100 contributions to the open shower is folded and published, in a
//! thread of its own. Both servers have one thread. Clients take Brotli, as browsers do.
//!
//! The load comes from the same machine, and a moment in which other programs have it counts for every request that was
//! due. So the two take turns in several rounds, each figure is the median of the rounds', and the worst round's follow.
#![allow(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    missing_docs
)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use growing::Growing;
use meteor_indexer::view::View;
use serving::{Keep, bare, indexer, on_thread, plain, runtime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc::unbounded_channel;

#[path = "../tests/indexer/chain.rs"]
#[allow(dead_code, clippy::missing_panics_doc, unreachable_pub)]
mod chain;
#[allow(clippy::missing_panics_doc)]
mod growing;
#[allow(dead_code, clippy::missing_panics_doc, unreachable_pub)]
mod serving;

/// How often a block comes.
const BLOCK: Duration = Duration::from_millis(500);
/// Contributions in it.
const CHANGES: u64 = 100;

/// Sends one request and reads its answer whole. `buffer` is scratch. Gives the length of the answer's body.
async fn ask(stream: &mut TcpStream, path: &str, buffer: &mut Vec<u8>) -> usize {
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\naccept-encoding: gzip, deflate, br\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    buffer.clear();
    loop {
        assert!(stream.read_buf(buffer).await.unwrap() > 0, "{path}: cut");
        let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&buffer[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
        let length = head.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap();
        let length: usize = length.parse().unwrap();
        while buffer.len() < end + 4 + length {
            assert!(stream.read_buf(buffer).await.unwrap() > 0, "{path}: cut");
        }
        return length;
    }
}

/// How long each request waited (nanoseconds), by the path's place in `paths`.
fn load(
    addr: SocketAddr,
    paths: &[String],
    rate: f64,
    time: Duration,
    connections: usize,
) -> Vec<(usize, u64)> {
    let all = (rate * time.as_secs_f64()) as usize;
    let many = paths.len();
    let paths: Arc<[String]> = paths.into();
    let runtime = runtime();
    let (mut senders, mut tasks) = (Vec::new(), Vec::new());
    for _ in 0..connections {
        let (send, mut due) = unbounded_channel::<(usize, Instant)>();
        let paths = Arc::clone(&paths);
        // One after the other: a system that is asked for all at once on a busy machine drops some, for a second.
        let mut stream = runtime.block_on(TcpStream::connect(addr)).unwrap();
        stream.set_nodelay(true).unwrap();
        senders.push(send);
        tasks.push(runtime.spawn(async move {
            let (mut waited, mut buffer) = (Vec::new(), Vec::new());
            while let Some((path, at)) = due.recv().await {
                ask(&mut stream, &paths[path], &mut buffer).await;
                waited.push((path, u64::try_from(at.elapsed().as_nanos()).unwrap()));
            }
            waited
        }));
    }
    // A thread of its own keeps the times, because the runtime's timers are a millisecond coarse.
    let pace = thread::spawn(move || {
        let start = Instant::now() + Duration::from_millis(100);
        for n in 0..all {
            let due = start + Duration::from_secs_f64(n as f64 / rate);
            if let Some(left) = due.checked_duration_since(Instant::now()) {
                thread::sleep(left);
            }
            // Paths take turns on every connection.
            let _ = senders[n % senders.len()].send(((n + n / senders.len()) % many, due));
        }
    });
    let waited = runtime.block_on(async {
        let mut waited = Vec::new();
        for task in tasks {
            waited.extend(task.await.unwrap());
        }
        waited
    });
    pace.join().unwrap();
    waited
}

/// The waiting times of each round.
fn row(name: &str, rounds: Vec<Vec<u64>>) {
    let of = |waited: &Vec<u64>, part: f64| waited[((waited.len() - 1) as f64 * part) as usize] as f64 / 1e6;
    let (mut count, mut shares) = (0, [const { Vec::new() }; 3]);
    for mut waited in rounds {
        waited.sort_unstable();
        count += waited.len();
        for (part, share) in [0.5, 0.99, 0.999].into_iter().zip(&mut shares) {
            share.push(of(&waited, part));
        }
    }
    let [p50, p99, p999] = shares.map(|mut each| {
        each.sort_unstable_by(f64::total_cmp);
        each
    });
    let (middle, last) = (p50.len() / 2, p50.len() - 1);
    println!(
        "{name:<42} {count:>9} {:>8.2} {:>8.2} {:>8.2} {:>10.2} {:>12.2}",
        p50[middle], p99[middle], p999[middle], p99[last], p999[last]
    );
}

fn main() {
    let args: Vec<f64> = std::env::args().filter_map(|arg| arg.parse().ok()).collect();
    let arg = |at: usize, default: f64| args.get(at).copied().unwrap_or(default);
    let (rate, time) = (arg(0, 5_000.0), Duration::from_secs_f64(arg(1, 3.0)));
    let (rounds, connections, wallets) =
        (arg(2, 7.0) as usize, arg(3, 200.0) as usize, arg(4, 100_000.0) as u64);

    let (addr, app) = on_thread(async || {
        let server = indexer().await;
        ((server.public_addr(), Arc::clone(server.app())), Box::new(server) as Keep)
    });
    let mut event = Growing::launched();
    event.come(wallets);
    app.publish(View::new(&event.state, "terra", None));
    let paths: Vec<String> = [
        "/v1/showers/1",
        "/v1/showers/1/floors",
        "/v1/showers/1/ranking",
        "/v1/showers",
        "/v1/config",
        "/v1/status",
        &format!("/v1/wallets/terra1{:038}", wallets / 2),
        "/v1/showers/1/quote?amount=12345678",
        &format!("/v1/showers/1/ranking?after={}", wallets / 3),
    ]
    .map(str::to_owned)
    .to_vec();
    println!(
        "{rounds} rounds of {time:?}, {rate} requests a second over {connections} connections, {} paths in turn;",
        paths.len()
    );
    println!("a block of {CHANGES} contributions every {BLOCK:?} to a shower of {wallets} wallets\n");
    println!(
        "{:<42} {:>9} {:>8} {:>8} {:>8} {:>10} {:>12}",
        "milliseconds from the due time", "requests", "p50", "p99", "p99.9", "worst p99", "worst p99.9"
    );

    let stop = Arc::new(AtomicBool::new(false));
    let ingest = {
        let (app, stop) = (Arc::clone(&app), Arc::clone(&stop));
        thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let due = Instant::now() + BLOCK;
                event.grow(CHANGES);
                let previous = app.view_full();
                app.publish(View::new(&event.state, "terra", Some(&previous)));
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        })
    };
    let bare = on_thread(async || plain(bare(Bytes::from(vec![b'x'; 3_000]))).await);
    let [mut of_bare, mut of_all] = [const { Vec::new() }; 2];
    let mut of_paths = vec![Vec::new(); paths.len()];
    for _ in 0..rounds {
        of_bare.push(
            load(bare, &paths, rate, time, connections).into_iter().map(|(_, waited)| waited).collect(),
        );
        let waited = load(addr, &paths, rate, time, connections);
        for (at, of_path) in of_paths.iter_mut().enumerate() {
            of_path.push(waited.iter().filter(|(of, _)| *of == at).map(|(_, waited)| *waited).collect());
        }
        of_all.push(waited.into_iter().map(|(_, waited)| waited).collect());
    }
    stop.store(true, Ordering::Relaxed);
    ingest.join().unwrap();
    row("a bare handler (3,000 bytes)", of_bare);
    row("the indexer", of_all);
    for (path, rounds) in paths.iter().zip(of_paths) {
        row(&format!("  {}", path.split_inclusive("terra1").next().unwrap()), rounds);
    }
}
