//! The server where the system gives it little, and where it stops under load.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use meteor_indexer::{Config, start};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::chain::{Chain, OPENS, address, shower_contract};
use crate::node::Node;

/// The program itself, with so many descriptors; killed when dropped.
struct Program {
    child: Child,
    public: SocketAddr,
    admin: SocketAddr,
}

impl Program {
    fn start(files: usize, node: &Node) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", &format!("ulimit -n {files} && exec \"$@\""), "sh"])
            .arg(env!("CARGO_BIN_EXE_meteor-indexer"))
            .args(["--node", node.url().as_str(), "--contract", &shower_contract()])
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .env("RUST_LOG", "info")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = log.find(|line| line.as_ref().unwrap().contains("admin_addr=")).unwrap().unwrap();
        let port = |name: &str| line.split(name).nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let program = Self { public: port("public_addr="), admin: port("admin_addr="), child };
        // What it says later is read too, so that it never waits for a reader.
        std::thread::spawn(move || log.for_each(drop));
        program
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn get(at: SocketAddr, path: &str) -> Result<(u16, String), reqwest::Error> {
    let answer = reqwest::get(format!("http://{at}{path}")).await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// Until the program says at its admin port that it serves this height.
async fn served(program: &Program, height: u64) {
    while !get(program.admin, "/status").await.unwrap().1.contains(&format!("\"height\":{height},")) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn with_1024_files_idle_connections_leave_enough_for_the_admin_port_and_the_nodes() {
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum }).unwrap();
    let mut chain = Chain::launched(1);
    let node = Node::start(&chain.blocks).await;
    let program = Program::start(1_024, &node);
    served(&program, chain.height()).await;

    let mut idle = Vec::new();
    for n in 0..1_100u32 {
        let socket = TcpSocket::new_v4().unwrap();
        // No address has more than it may.
        let from = Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 2, 1)) + n / 500);
        socket.bind((from, 0).into()).unwrap();
        idle.push(socket.connect(program.public).await.unwrap());
    }
    assert_eq!(get(program.admin, "/livez").await.unwrap().0, 200);
    let (status, metrics) = get(program.admin, "/metrics").await.unwrap();
    assert!(status == 200 && metrics.contains("indexer_applied_height"), "{metrics}");
    // One more is told why, or dropped if too many are.
    if let Ok((status, body)) = get(program.public, "/v1/showers/1").await {
        assert!(status == 503 && body.contains("too-many-connections"), "{body}");
    }
    // The nodes are still asked.
    chain.time(OPENS);
    chain.contribute(1, &address(1), 30);
    chain.commit();
    node.set(|node| node.blocks.clone_from(&chain.blocks));
    served(&program, chain.height()).await;
    assert_eq!(get(program.admin, "/readyz").await.unwrap().0, 200);

    drop(idle);
    while !get(program.public, "/v1/showers/1").await.is_ok_and(|(status, _)| status == 200) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// One whole answer with a length or in chunks, and whether the server then ends the connection. `None` if it is cut.
async fn answer(stream: &mut TcpStream) -> Option<bool> {
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 16 << 10]);
    loop {
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let whole = match length {
            Some(length) => bytes.len() == end + 4 + length.parse::<usize>().unwrap(),
            None => bytes.ends_with(b"\r\n0\r\n\r\n"),
        };
        if whole {
            return Some(head.contains("connection: close"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_a_server_that_stops_cuts_no_answer() {
    let mut chain = Chain::launched(1);
    chain.time(OPENS);
    for n in 0..3_000u32 {
        chain.contribute(1, &address((n % 200) as u8), 10);
    }
    chain.commit();
    let node = Node::start(&chain.blocks).await;
    let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    config.drain = Duration::from_secs(1);
    let server = start(config).await.unwrap();
    server.wait_applied(chain.height()).await.unwrap();
    let (public, answers) = (server.public_addr(), Arc::<AtomicUsize>::default());
    let clients: Vec<_> = (0..50)
        .map(|n| {
            let answers = Arc::clone(&answers);
            tokio::spawn(async move {
                let path =
                    ["/v1/showers/1", "/v1/showers/1/ranking?after=7", "/v1/showers/1/contributions.csv"]
                        [n % 3];
                let mut stream = TcpStream::connect(public).await.unwrap();
                loop {
                    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
                    stream.write_all(request.as_bytes()).await.unwrap();
                    let last = answer(&mut stream).await.unwrap_or_else(|| panic!("cut: {path}"));
                    answers.fetch_add(1, Ordering::Relaxed);
                    if last {
                        return;
                    }
                }
            })
        })
        .collect();
    while answers.load(Ordering::Relaxed) < 500 {
        tokio::task::yield_now().await;
    }
    server.shutdown().await;
    for client in clients {
        client.await.unwrap();
    }
}
