//! Limits of a port, and how it closes, over real connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicUsize;

use futures::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;

const LONG: Duration = Duration::from_hours(1);
const SHORT: Duration = Duration::from_millis(50);
const PATIENT: Deadlines = Deadlines { head: LONG, idle: LONG, stalled: LONG };

/// Answers `/` at once, `/big` with more than any buffer holds, and anything else once it may.
#[derive(Default)]
struct Echo {
    asked: AtomicUsize,
    go: Arc<Notify>,
}

impl Handler for Echo {
    fn handle(&self, _: IpAddr, request: Request<Incoming>) -> Answer {
        match request.uri().path() {
            "/" => Answer::Now(Response::new("now".into())),
            "/big" => Answer::Now(Response::new(vec![0; 64 << 20].into())),
            _ => {
                let go = Arc::clone(&self.go).notified_owned();
                self.asked.fetch_add(1, Ordering::Relaxed);
                Answer::Later(
                    async {
                        go.await;
                        Ok(Response::new("later".into()))
                    }
                    .boxed(),
                )
            }
        }
    }
}

struct Opened {
    addr: SocketAddr,
    echo: Arc<Echo>,
    caps: Caps,
    draining: Arc<AtomicBool>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

async fn open(deadlines: Deadlines, caps: Caps) -> Opened {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (addr, echo) = (listener.local_addr().unwrap(), Arc::new(Echo::default()));
    let (draining, stop) = (Arc::<AtomicBool>::default(), CancellationToken::new());
    let port = Port {
        listener,
        handler: Arc::clone(&echo),
        caps: caps.clone(),
        deadlines,
        draining: Arc::clone(&draining),
        stop: stop.clone(),
    };
    Opened { addr, echo, caps, draining, stop, serving: tokio::spawn(port.serve()) }
}

async fn connect(to: &Opened, send: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to.addr).await.unwrap();
    stream.write_all(send).await.unwrap();
    stream
}

/// Everything until the server ends the connection.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await; // it may also be cut
    String::from_utf8_lossy(&bytes).into_owned()
}

/// One answer, whose body is `body`.
async fn answer(stream: &mut TcpStream, body: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(body) {
        let mut buffer = [0; 1024];
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "cut after {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    text
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn request(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_head_that_does_not_come_is_not_waited_for() {
    let port = open(Deadlines { head: SHORT, ..PATIENT }, Caps::new(9, None)).await;
    assert_eq!(rest(connect(&port, b"").await).await, "");
    let slow = |said: String| {
        assert!(said.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{said:?}");
        assert!(said.contains("content-type: application/problem+json\r\n"), "{said}");
        assert!(
            said.contains("cache-control: no-store\r\n") && said.contains("connection: close\r\n"),
            "{said}"
        );
        assert!(said.contains("urn:meteor-shower:problem:slow-request"), "{said}");
    };
    slow(rest(connect(&port, b"GET / HTTP/1.1\r\nhost: x\r\n").await).await);
    // Neither after a request that was answered.
    let mut stream = connect(&port, &request("/")).await;
    answer(&mut stream, "now").await;
    stream.write_all(b"GET /").await.unwrap();
    slow(rest(stream).await);
}

#[tokio::test]
async fn an_idle_connection_ends_and_one_that_waits_for_its_answer_does_not() {
    let port = open(Deadlines { idle: SHORT, ..PATIENT }, Caps::new(9, None)).await;
    let waits = connect(&port, &request("/later")).await;
    let mut idle = connect(&port, &request("/")).await;
    answer(&mut idle, "now").await;
    assert_eq!(rest(idle).await, "");
    port.echo.go.notify_waiters();
    assert!(rest(waits).await.ends_with("later"));
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut() {
    let port = open(Deadlines { stalled: SHORT, ..PATIENT }, Caps::new(9, None)).await;
    let stream = connect(&port, &request("/big")).await;
    until(|| port.caps.taken() == 1).await;
    until(|| port.caps.taken() == 0).await;
    assert!(rest(stream).await.len() < 64 << 20);
}

#[tokio::test]
async fn what_is_no_request_is_answered_with_a_problem() {
    let port = open(PATIENT, Caps::new(9, None)).await;
    let header = |size: usize| format!("GET / HTTP/1.1\r\nhost: x\r\na: {}\r\n\r\n", "a".repeat(size));
    let path = |size: usize| format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(size));
    let headers = |count: usize| format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(count));
    for (sent, status, kind) in [
        ("what?\r\n\r\n".to_owned(), "400 Bad Request", "bad-request"),
        ("GET / HTTP/1.1\r\na b: c\r\n\r\n".to_owned(), "400 Bad Request", "bad-request"),
        (header(20_000), "431 Request Header Fields Too Large", "headers-too-large"),
        (header(1_000_000), "431 Request Header Fields Too Large", "headers-too-large"),
        (headers(super::MAX_HEADERS + 1), "431 Request Header Fields Too Large", "headers-too-large"),
        (path(9_000), "414 URI Too Long", "uri-too-long"),
        (path(20_000), "414 URI Too Long", "uri-too-long"),
        (path(1_000_000), "414 URI Too Long", "uri-too-long"),
    ] {
        let mut stream = TcpStream::connect(port.addr).await.unwrap();
        let _ = stream.write_all(sent.as_bytes()).await; // the server may have read enough before
        let said = rest(stream).await;
        let start: String = sent.chars().take(40).collect();
        assert!(said.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{start}: {said}");
        assert!(said.contains("content-type: application/problem+json\r\n"), "{start}: {said}");
        assert!(said.contains("connection: close\r\n"), "{start}: {said}");
        let body: serde_json::Value = serde_json::from_str(said.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(body["type"], format!("urn:meteor-shower:problem:{kind}"), "{start}");
        assert!(body["detail"].as_str().unwrap().len() > 20);
    }
    for usual in [header(8_000), headers(super::MAX_HEADERS)] {
        let mut usual = connect(&port, usual.as_bytes()).await;
        answer(&mut usual, "now").await;
    }
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    for (caps, status) in [(Caps::new(1, None), "503"), (Caps::new(9, Some(1)), "429")] {
        let port = open(PATIENT, caps).await;
        let mut first = connect(&port, &request("/")).await;
        answer(&mut first, "now").await;
        let refused = rest(connect(&port, &request("/")).await).await;
        assert!(refused.starts_with(&format!("HTTP/1.1 {status} ")), "{refused}");
        assert!(refused.contains("problem:too-many-connections"), "{refused}");
        drop(first);
        until(|| port.caps.taken() == 0).await;
        answer(&mut connect(&port, &request("/")).await, "now").await;
    }
}

#[tokio::test]
async fn closing_loses_no_answer() {
    let port = open(PATIENT, Caps::new(99, None)).await;
    let hello = request("/");
    let mut clients = join_all((0..50).map(|_| connect(&port, &hello))).await;
    for client in &mut clients {
        answer(client, "now").await;
        client.write_all(&request("/later")).await.unwrap();
    }
    until(|| port.echo.asked.load(Ordering::Relaxed) == 50).await;
    let mut idle = connect(&port, &request("/")).await;
    assert!(!answer(&mut idle, "now").await.contains("connection: close"));
    port.draining.store(true, Ordering::Relaxed);
    port.stop.cancel();
    // A request that was on its way when the port closed is answered too.
    let mut late = idle;
    late.write_all(&request("/")).await.unwrap();
    assert!(rest(late).await.contains("connection: close\r\n"));
    port.echo.go.notify_waiters();
    for client in clients {
        let said = rest(client).await;
        assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("later"), "{said}");
        assert!(said.contains("connection: close\r\n"), "{said}");
    }
    port.serving.await.unwrap();
    assert!(TcpStream::connect(port.addr).await.is_err(), "nobody is accepted any more");
}

#[tokio::test]
async fn idle_connections_end_when_the_port_closes() {
    let port = open(PATIENT, Caps::new(99, None)).await;
    let mut idle = connect(&port, &request("/")).await;
    answer(&mut idle, "now").await;
    port.stop.cancel();
    assert_eq!(rest(idle).await, "");
    port.serving.await.unwrap();
}
