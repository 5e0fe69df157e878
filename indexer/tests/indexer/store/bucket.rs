//! A real S3 server (versitygw, which scripts/test builds), through a proxy that refuses or never answers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, TRANSFER_ENCODING};
use axum::response::{IntoResponse as _, Response};
use meteor_indexer::store::{Bucket, Files, Place};
use meteor_indexer::{Server, Source, start};
use tokio::sync::watch;

use super::{chain, config, get, grow, rebuilt, refusing, served, stop, until, verify};
use crate::node::Node;

const SECRET: &str = "a-secret-that-nobody-may-read";

/// What the proxy does with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Pass,
    /// 503, as S3 says it.
    Refuse,
    /// No answer, until that changes.
    Hang,
    /// What is written arrives, and the answer is lost.
    LoseAnswers,
}

pub struct S3 {
    process: Child,
    dir: tempfile::TempDir,
    pub mode: watch::Sender<Mode>,
    pub place: Place,
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl S3 {
    /// A server with an empty bucket, and a proxy before it. `None` where the server isn't built, which in CI is an
    /// error.
    pub async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("METEOR_S3_SERVER").filter(|path| !path.is_empty()) else {
            assert!(
                std::env::var_os("CI").is_none(),
                "METEOR_S3_SERVER must name a server: scripts/s3/s3.py"
            );
            eprintln!(
                "skipped: METEOR_S3_SERVER names no S3 server; METEOR_S3_SERVER=$(scripts/s3/s3.py) cargo test"
            );
            return None;
        };
        let dir = tempfile::tempdir().unwrap();
        for folder in ["root/bucket", "meta"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        // A port that is free now; nothing else here takes a port by number.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program)
            .args(["--port", &format!("127.0.0.1:{port}"), "--quiet", "posix", "--sidecar"])
            .arg(dir.path().join("meta"))
            .arg(dir.path().join("root"))
            .env("ROOT_ACCESS_KEY_ID", "key")
            .env("ROOT_SECRET_ACCESS_KEY", SECRET)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until(|| std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()).await;

        let (mode, watching) = watch::channel(Mode::Pass);
        let state = Arc::new((reqwest::Client::new(), format!("http://127.0.0.1:{port}"), watching));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(pass).with_state(state);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let credentials = dir.path().join("credentials");
        let text = format!("[default]\naws_access_key_id = key\naws_secret_access_key = {SECRET}\n");
        fs::write(&credentials, text).unwrap();
        fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600)).unwrap();
        let place = Place::Bucket(Bucket {
            name: "bucket".into(),
            prefix: "some/where".into(),
            endpoint: Some(endpoint.parse().unwrap()),
            region: Some("us-east-1".into()),
            credentials: Some(credentials),
        });
        Some(Self { process, dir, mode, place })
    }

    /// Where the server keeps the bucket's objects.
    pub fn bucket(&self) -> PathBuf {
        self.dir.path().join("root/bucket")
    }

    async fn replica(&self, node: &Node) -> Server {
        start(config(&[node.url().to_string()], self.place.clone())).await.unwrap()
    }
}

type Upstream = Arc<(reqwest::Client, String, watch::Receiver<Mode>)>;

async fn pass(State(upstream): State<Upstream>, request: Request) -> Response {
    let (client, to, mode) = &*upstream;
    let mut mode = mode.clone();
    let now = *mode.borrow_and_update();
    match now {
        Mode::Pass | Mode::LoseAnswers => {}
        Mode::Refuse => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mode::Hang => {
            let _ = mode.changed().await;
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str();
    // The host stays the one that was signed.
    let sent =
        client.request(parts.method, format!("{to}{path}")).headers(parts.headers).body(body).send().await;
    let Ok(answer) = sent else { return StatusCode::BAD_GATEWAY.into_response() };
    if now == Mode::LoseAnswers {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove(TRANSFER_ENCODING);
    headers.remove(CONNECTION);
    let mut response = Response::new(Body::from(answer.bytes().await.unwrap_or_default()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

#[tokio::test]
async fn a_bucket_is_as_good_as_a_folder() {
    let Some(s3) = S3::start().await else { return };
    let mut chain = chain(43);
    let node = Node::start(&chain.blocks).await;
    // Two at once: an object is created once, whoever is first.
    let servers = [s3.replica(&node).await, s3.replica(&node).await];
    let mut reading = config(&[node.url().to_string()], s3.place.clone());
    reading.source = Source::Store;
    let reader = start(reading).await.unwrap();
    for server in servers {
        server.wait_applied(chain.height()).await.unwrap();
        let app = Arc::clone(server.app());
        stop(server, &chain).await;
        assert_eq!((app.store_health.alarms(), app.store_health.last_error()), (Vec::new(), None));
    }
    let last = chain.height() - 1;
    assert_eq!(verify(&s3.bucket(), &chain), last);
    reader.wait_applied(last).await.unwrap();
    assert_eq!(served(&reader).await, rebuilt(&chain, last).await);

    let alone = start(config(&[refusing().await], s3.place.clone())).await.unwrap();
    alone.wait_applied(last).await.unwrap();
    assert_eq!(get(alone.admin_addr(), "/readyz").await.0, 200);
    assert_eq!(served(&alone).await, rebuilt(&chain, last).await);
    let (_, status) = get(alone.admin_addr(), "/status").await;
    assert!(status.contains("s3://bucket/some/where") && !status.contains(SECRET), "{status}");
    assert!(!format!("{:?} {:?}", alone.app(), s3.place).contains(SECRET));
    alone.shutdown().await;

    // Another chain raises the alarm and overwrites nothing.
    let before = super::files(&s3.bucket());
    chain.blocks.truncate(20);
    let mut other = chain.clone();
    grow(&mut other, 1, 0);
    let mut forked = super::chain(13);
    grow(&mut forked, 20, 40);
    let forked_node = Node::start(&forked.blocks).await;
    let server = s3.replica(&forked_node).await;
    until(|| server.app().store_health.diverged.load(Relaxed) > 0).await;
    server.shutdown().await;
    let after = super::files(&s3.bucket());
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
    reader.shutdown().await;
}

#[tokio::test]
async fn a_file_of_the_site_is_shown_over_another_and_taken_away() {
    let Some(s3) = S3::start().await else { return };
    let files = Files::open(&s3.place).unwrap();
    let page = s3.bucket().join("some/where/halted.html");
    for text in ["first", "second"] {
        files.show("halted.html", text.into(), "text/html").await.unwrap();
        assert_eq!(fs::read_to_string(&page).unwrap(), text);
    }
    for _ in 0..2 {
        files.hide("halted.html").await.unwrap();
        assert!(!page.exists());
    }
}

#[tokio::test]
async fn a_bucket_that_refuses_or_never_answers_holds_nothing_up() {
    let Some(s3) = S3::start().await else { return };
    let mut chain = chain(13);
    let node = Node::start(&chain.blocks).await;
    let server = s3.replica(&node).await;
    server.wait_applied(chain.height()).await.unwrap();
    let health = &server.app().store_health;
    until(|| health.snapshot.load(Relaxed) == 10).await;
    for (mode, snapshot) in [(Mode::Refuse, 20), (Mode::Hang, 30), (Mode::LoseAnswers, 40)] {
        s3.mode.send_replace(mode);
        grow(&mut chain, 10, 0);
        node.set(|node| node.blocks.clone_from(&chain.blocks));
        server.wait_applied(chain.height()).await.unwrap();
        assert_eq!(get(server.admin_addr(), "/readyz").await.0, 200);
        if mode == Mode::Refuse {
            until(|| health.last_error().is_some()).await;
        }
        s3.mode.send_replace(Mode::Pass);
        until(|| health.snapshot.load(Relaxed) == snapshot && health.last_error().is_none()).await;
    }
    assert_eq!(health.alarms(), Vec::<String>::new(), "its own object, whose answer was lost, is the same");
    stop(server, &chain).await;
    assert_eq!(verify(&s3.bucket(), &chain), chain.height() - 1);

    // A replica that starts while the bucket refuses follows the nodes.
    s3.mode.send_replace(Mode::Refuse);
    let server = s3.replica(&node).await;
    server.wait_applied(chain.height()).await.unwrap();
    assert_eq!(served(&server).await, rebuilt(&chain, chain.height()).await);
    server.shutdown().await;
}
