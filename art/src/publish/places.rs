//! Publishing to a folder, a real S3 server and a pinning service that behave as such places do on a bad day.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use meteor_rules::catalogue::{Catalogue, Piece};
use meteor_rules::preset::Preset;
use meteor_rules::tier::PerTier;
use reqwest::Url;
use serde_json::{Value, json};

use super::pinning::{Gateway, Pinning, PinningError, Sent, Status};
use super::store::{Store, StoreError};
use super::*;
use crate::cid::image;
use crate::contents::{self, tests::content};
use crate::pack::{self, Manifest};

/// So many images for each tier, and their catalogue.
fn made(path: &Path, pieces: u32) -> Described {
    let catalogue = Catalogue::new(PerTier::from_fn(|tier| {
        let within = path.join(tier.to_string());
        fs::create_dir_all(&within).unwrap();
        let mut piece = |index| {
            let content = [b"\x89PNG\r\n\x1a\n", format!("{tier} {index}").as_bytes()].concat();
            fs::write(within.join(format!("{index}.png")), &content).unwrap();
            Piece { image: image(&content).unwrap().cid.to_string(), traits: vec![] }
        };
        (0..pieces).map(&mut piece).collect()
    }));
    Described { catalogue, files: None }
}

fn all(of: &Described, dir: &Path) -> Vec<Item> {
    items(of, &Folder::list(dir).unwrap()).unwrap()
}

#[tokio::test]
async fn a_folder_gets_what_it_lacks_and_damage_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let of = made(dir.path(), 5);
    let place = dir.path().join("place");
    let store = Store::open(place.to_str().unwrap(), true, []).unwrap();
    let mut told = Vec::new();
    assert_eq!(store.publish(all(&of, dir.path()), |there| told.push(there)).await.unwrap(), 20);
    assert_eq!((told.first(), told.last(), told.len()), (Some(&0), Some(&20), 21));
    assert_eq!(store.publish(all(&of, dir.path()), |_| ()).await.unwrap(), 0);
    let wanted = wanted(&of).unwrap();
    assert_eq!(lacks(&store.have().await.unwrap(), &wanted).there, 20);

    // One gone, one cut, one changed without changing its length: the last is found by its hash only.
    let at = |n: usize| place.join("img").join(wanted[n].cid.to_string());
    let whole = fs::read(at(2)).unwrap();
    fs::remove_file(at(0)).unwrap();
    fs::write(at(1), "cut").unwrap();
    fs::write(at(2), vec![0; whole.len()]).unwrap();
    assert_eq!(lacks(&store.have().await.unwrap(), &wanted).missing, [wanted[0].cid.to_string()]);
    assert!(!store.is_right(&wanted[2].cid).await.unwrap());
    assert!(store.is_right(&wanted[3].cid).await.unwrap());
    assert!(matches!(store.is_right(&wanted[0].cid).await, Err(StoreError::Get { .. })));
    assert_eq!(store.publish(all(&of, dir.path()), |_| ()).await.unwrap(), 2);
    assert_eq!(fs::read(at(1)).unwrap(), fs::read(dir.path().join("legendary/1.png")).unwrap());
}

#[tokio::test]
async fn eggs_and_dust_go_along() {
    let dir = tempfile::tempdir().unwrap();
    let cids = ["eggs/rare/0.png", "dust/common/3.png"].map(|name| content(dir.path(), name));
    let found: Vec<Item> = contents::read(dir.path()).unwrap().into_iter().map(Item::from).collect();
    let place = dir.path().join("place");
    let store = Store::open(place.to_str().unwrap(), true, []).unwrap();
    assert_eq!(store.publish(found, |_| ()).await.unwrap(), 2);
    let img = place.join("img");
    assert_eq!(fs::read(img.join(&cids[0])).unwrap(), fs::read(dir.path().join("eggs/rare/0.png")).unwrap());

    // What should be there is what the preset names, each once.
    let mut tables = Preset::named("demo").unwrap().crack.tables;
    tables.egg.images = PerTier::from_fn(|_| vec![cids[0].clone()]);
    tables.dust.images = PerTier::from_fn(|_| vec![cids[1].clone()]);
    let wanted = wanted_contents(&tables).unwrap();
    assert_eq!(wanted.iter().map(|it| it.cid.to_string()).collect::<Vec<_>>(), cids);
    fs::remove_file(img.join(&cids[1])).unwrap();
    assert_eq!(lacks(&store.have().await.unwrap(), &wanted).missing, [cids[1].clone()]);
    tables.dust.images.rare = vec!["QmXti2f5NJMVyNDfhZYyxaDJvybGk7V98t245fP7KtRMxK".into()];
    let error = wanted_contents(&tables).unwrap_err().to_string();
    assert!(error.starts_with("crack.tables.dust.images.rare: QmX"), "{error}");
}

#[tokio::test]
async fn another_image_is_never_sent() {
    let dir = tempfile::tempdir().unwrap();
    let of = made(dir.path(), 1);
    let before = all(&of, dir.path());
    fs::write(dir.path().join("rare/0.png"), "another").unwrap();
    let store = Store::open(dir.path().join("place").to_str().unwrap(), true, []).unwrap();
    let error = store.publish(before, |_| ()).await.unwrap_err();
    assert!(matches!(error, StoreError::OtherImage { .. }), "{error}");
    fs::remove_file(dir.path().join("rare/0.png")).unwrap();
    assert!(matches!(items(&of, &Folder::list(dir.path()).unwrap()), Err(ItemError::Missing { .. })));
}

#[test]
fn what_names_no_place_is_refused() {
    for bad in ["", "s3://", "s3://key:secret@bucket", "gs://bucket"] {
        assert!(matches!(Store::open(bad, true, []), Err(StoreError::Name(_))), "{bad}");
    }
}

/// A real S3 server, ended with the test.
struct S3 {
    process: Child,
    _dir: tempfile::TempDir,
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server with an empty bucket, and its address. `None` where the server isn't built, which in CI is an error.
async fn s3() -> Option<(S3, String)> {
    let Some(program) = std::env::var_os("METEOR_S3_SERVER").filter(|path| !path.is_empty()) else {
        assert!(std::env::var_os("CI").is_none(), "METEOR_S3_SERVER must name a server: scripts/s3/s3.py");
        eprintln!(
            "skipped: METEOR_S3_SERVER names no S3 server; METEOR_S3_SERVER=$(scripts/s3/s3.py) cargo test"
        );
        return None;
    };
    let dir = tempfile::tempdir().unwrap();
    for folder in ["root/bucket", "meta"] {
        fs::create_dir_all(dir.path().join(folder)).unwrap();
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let process = Command::new(program)
        .args(["--port", &format!("127.0.0.1:{port}"), "--quiet", "posix", "--sidecar"])
        .arg(dir.path().join("meta"))
        .arg(dir.path().join("root"))
        .env("ROOT_ACCESS_KEY_ID", "key")
        .env("ROOT_SECRET_ACCESS_KEY", "hush")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = S3 { process, _dir: dir };
    for _ in 0..600 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some((server, format!("http://127.0.0.1:{port}")));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the S3 server doesn't listen");
}

/// Serves `routes` until the test ends; its address.
async fn serve(routes: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

/// Refuses every tenth request for now; passes on the others, with the host that they are signed for.
async fn busy(State((count, to)): State<(Arc<AtomicU32>, String)>, request: Request) -> Response {
    if count.fetch_add(1, Ordering::Relaxed) % 10 == 9 {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let sent =
        reqwest::Client::new().request(parts.method.clone(), format!("{to}{path}")).headers(parts.headers);
    let answer = sent.body(body).send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = if parts.method == Method::HEAD { Bytes::new() } else { answer.bytes().await.unwrap() };
    (status, headers, body).into_response()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_that_is_asked_too_often_gets_everything_once() {
    let Some((_server, to)) = s3().await else { return };
    let dir = tempfile::tempdir().unwrap();
    // More than a page of a listing.
    let of = made(dir.path(), 260);
    let asked = Arc::new(AtomicU32::new(0));
    let endpoint = serve(Router::new().fallback(busy).with_state((asked.clone(), to))).await;
    let variables = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_NO_SUCH_THING", "passed over"),
        ("HOME", "/"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let store = Store::open("s3://bucket/some/where", true, variables.clone()).unwrap();
    let mut first = all(&of, dir.path());
    let rest = first.split_off(400);
    assert_eq!(store.publish(first, |_| ()).await.unwrap(), 400);
    drop(rest);
    // As after a kill: another process asks the place what it has.
    let store = Store::open("s3://bucket/some/where", true, variables).unwrap();
    assert_eq!(store.publish(all(&of, dir.path()), |_| ()).await.unwrap(), 640);
    store.write("catalogue.csv", b"tier,index,image\n".to_vec()).await.unwrap();
    let wanted = wanted(&of).unwrap();
    let there = lacks(&store.have().await.unwrap(), &wanted);
    assert_eq!((there.there, there.missing.len()), (1040, 0));
    for cid in sample(&wanted, 5, 1) {
        assert!(store.is_right(&cid).await.unwrap());
    }
    assert!(asked.load(Ordering::Relaxed) > 1150, "some were asked again");
}

#[tokio::test]
async fn a_wrong_key_of_a_bucket_is_an_error_that_keeps_it_secret() {
    let Some((_server, endpoint)) = s3().await else { return };
    let variables = [
        ("AWS_ENDPOINT", endpoint.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "wrong-and-secret"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let store = Store::open("s3://bucket", true, variables).unwrap();
    let error = store.have().await.unwrap_err();
    assert!(matches!(error, StoreError::List { .. }));
    assert!(!format!("{error:?} {store:?}").contains("wrong-and-secret"));
}

/// What a pinning service knows and does.
#[derive(Default)]
struct Service {
    /// The roots of CARs that were uploaded, whole.
    uploaded: Vec<String>,
    /// The pins, and how often each was asked after.
    pins: BTreeMap<String, u32>,
    /// How often a pin is asked after before it is there; `None` for never.
    slow: Option<u32>,
    /// Whether it makes another root of what it gets.
    repacks: bool,
    requests: u32,
}

type Shared = Arc<Mutex<Service>>;

/// Refuses who has no token, and every second request for now.
async fn guard(State(service): State<Shared>, request: Request, next: axum::middleware::Next) -> Response {
    if request.headers().get("authorization").is_none_or(|token| token != "Bearer hush") {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let requests = {
        let mut service = service.lock().unwrap();
        service.requests += 1;
        service.requests
    };
    if requests % 2 == 1 {
        return (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "0")]).into_response();
    }
    next.run(request).await
}

async fn upload(State(service): State<Shared>, headers: HeaderMap, body: Bytes) -> axum::Json<Value> {
    assert_eq!(headers["content-type"], "application/vnd.ipld.car");
    assert_eq!(headers["content-length"], body.len().to_string());
    let mut car = crate::car::Reader::new(&body[..]).unwrap();
    let root = car.root().to_string();
    while car.block().unwrap().is_some() {}
    let mut service = service.lock().unwrap();
    service.uploaded.push(root.clone());
    axum::Json(if service.repacks {
        json!({"cid": image(b"x").unwrap().cid.to_string()})
    } else {
        json!({"cid": root})
    })
}

fn pin(cid: &str, status: &str) -> Value {
    let created = "2026-11-26T12:00:00Z";
    json!({"requestid": cid, "status": status, "created": created, "pin": {"cid": cid}, "delegates": [], "info": {}})
}

async fn add(
    State(service): State<Shared>,
    axum::Json(body): axum::Json<Value>,
) -> (StatusCode, axum::Json<Value>) {
    let cid = body["cid"].as_str().unwrap();
    let mut service = service.lock().unwrap();
    assert!(service.uploaded.contains(&cid.to_owned()));
    service.pins.insert(cid.to_owned(), 0);
    (StatusCode::ACCEPTED, axum::Json(pin(cid, "queued")))
}

async fn list(
    State(service): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
) -> axum::Json<Value> {
    let cids: Vec<&str> = query["cid"].split(',').collect();
    assert!(cids.len() <= 10);
    let mut service = service.lock().unwrap();
    let slow = service.slow;
    let found: Vec<Value> = cids
        .into_iter()
        .filter_map(|cid| {
            let asked = service.pins.get_mut(cid)?;
            *asked += 1;
            Some(pin(cid, if slow.is_some_and(|slow| *asked > slow) { "pinned" } else { "pinning" }))
        })
        .collect();
    axum::Json(json!({"count": found.len(), "results": found}))
}

/// A packed folder, and a pinning service.
async fn service(dir: &Path, set: Service) -> (Manifest, Shared, impl Fn(&str) -> Pinning) {
    let of = made(dir, 3);
    let plan = pack::plan(&Folder::list(dir).unwrap(), &of.catalogue, &[], pack::LEAST_CAR_BYTES).unwrap();
    let manifest = pack::write(&plan, &dir.join("cars"), &|_| {}).unwrap();
    let shared: Shared = Arc::new(Mutex::new(set));
    let routes = Router::new()
        .route("/psa/pins", get(list).post(add))
        .route("/upload", post(upload))
        .layer(axum::middleware::from_fn_with_state(shared.clone(), guard))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .with_state(shared.clone());
    let address = serve(routes).await;
    let open = move |token: &str| {
        let url = |path: &str| Url::parse(&format!("{address}/{path}")).unwrap();
        Pinning::new(url("psa"), Some(url("upload")), Some(token.to_owned())).unwrap()
    };
    (manifest, shared, open)
}

#[tokio::test]
async fn a_pinning_service_gets_each_car_once_and_is_asked_until_all_is_pinned() {
    let dir = tempfile::tempdir().unwrap();
    let (manifest, shared, open) = service(dir.path(), Service { slow: Some(3), ..Service::default() }).await;
    let (cars, service) = (dir.path().join("cars"), open("hush"));
    let roots: Vec<String> = manifest.cars.iter().map(|car| car.root.clone()).collect();
    assert!(service.stand(&roots).await.unwrap().is_empty());
    for car in &manifest.cars {
        assert_eq!(service.send(car, &cars, &BTreeMap::new()).await.unwrap(), Sent::Now(Status::Queued));
    }
    assert_eq!(service.unpinned(&manifest).await.unwrap(), roots);
    let every = Duration::from_millis(1);
    assert_eq!(service.settled(&roots, Duration::ZERO, every).await.unwrap(), roots, "no time left");
    assert!(service.settled(&roots, Duration::from_mins(1), every).await.unwrap().is_empty());
    assert!(service.unpinned(&manifest).await.unwrap().is_empty());
    // As after a kill: it says what it has.
    let stand = service.stand(&roots).await.unwrap();
    for car in &manifest.cars {
        assert_eq!(service.send(car, &cars, &stand).await.unwrap(), Sent::Already(Status::Pinned));
    }
    assert_eq!(shared.lock().unwrap().uploaded, roots);
    let unknown = [image(b"unknown").unwrap().cid.to_string()];
    assert!(matches!(service.settled(&unknown, every, every).await, Err(PinningError::Failed { .. })));
}

#[tokio::test]
async fn a_service_that_repacks_and_a_wrong_token_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (manifest, _, open) = service(dir.path(), Service { repacks: true, ..Service::default() }).await;
    let cars = dir.path().join("cars");
    let sent = open("hush").send(&manifest.cars[0], &cars, &BTreeMap::new()).await;
    let error = sent.unwrap_err().to_string();
    assert!(error.contains("it repacks what it is sent"), "{error}");
    let stranger = open("wrong-and-secret");
    let error = stranger.stand(&[manifest.root]).await.unwrap_err();
    assert!(matches!(error, PinningError::Token { .. }));
    assert!(!format!("{error:?} {stranger:?}").contains("wrong-and-secret"));
}

#[tokio::test]
async fn a_gateway_is_believed_by_the_hash_alone() {
    let (right, other) = (image(b"right").unwrap().cid, image(b"other").unwrap().cid);
    let routes = Router::new()
        .route("/ipfs/{cid}", get(|| async { "right" }))
        .fallback(|| async { StatusCode::NOT_FOUND });
    let address = serve(routes).await;
    let gateway = Gateway::new(Url::parse(&address).unwrap()).unwrap();
    assert!(gateway.is_right(&right).await.unwrap());
    assert!(!gateway.is_right(&other).await.unwrap());
    let closed = serve(Router::new().fallback(|| async { StatusCode::FORBIDDEN })).await;
    let closed = Gateway::new(Url::parse(&closed).unwrap()).unwrap();
    let error = closed.is_right(&right).await.unwrap_err().to_string();
    assert!(
        error.ends_with("answers 403 Forbidden: it is not open to everyone, name another gateway"),
        "{error}"
    );
    let elsewhere = Gateway::new(Url::parse(&format!("{address}/nothing")).unwrap()).unwrap();
    assert!(matches!(elsewhere.is_right(&right).await, Err(PinningError::Refused { .. })));
}
