//! The event's pictures: whole, in part and as thumbnails, from a folder and from a real S3 server, and nothing else.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use meteor_indexer::store::Place;
use meteor_indexer::{Config, Server, start};
use meteor_messages::shower::CatalogueTier;
use meteor_rules::catalogue::described::raw_cid;
use meteor_rules::catalogue::{Catalogue, Piece, file};
use meteor_rules::fairness::content::Tables;
use meteor_rules::tier::{PerTier, Tier};
use reqwest::header::HeaderMap;
use sha2::{Digest as _, Sha256};

use crate::chain::{Chain, instantiate, shower_contract, tables_file};
use crate::node::Node;
use crate::store::bucket::{Mode, S3};
use crate::store::get;

/// An event whose pictures are in a store.
struct Event {
    chain: Chain,
    /// One for each tier.
    pictures: Vec<Vec<u8>>,
    /// Of an egg; an SVG.
    egg: Vec<u8>,
    catalogue: Vec<u8>,
    tables: Vec<u8>,
}

fn cid(bytes: &[u8]) -> String {
    raw_cid(&Sha256::digest(bytes).into())
}

fn picture(shade: u8) -> Vec<u8> {
    let at = |x: u32| u8::try_from(x % 251).unwrap();
    let drawn = RgbImage::from_fn(400, 400, |x, y| Rgb([at(x * y), at(x + y), shade]));
    let mut bytes = Vec::new();
    DynamicImage::from(drawn).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

impl Event {
    fn new() -> Self {
        let pictures: Vec<_> = (0..4).map(picture).collect();
        let egg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        let mut tables: Tables = serde_json::from_slice(&tables_file()).unwrap();
        tables.egg.images = PerTier::from_fn(|_| vec![cid(&egg)]);
        let tables = serde_json::to_vec(&tables).unwrap();
        let mut launch = instantiate(1);
        let piece = |tier: Tier| {
            vec![Piece { image: cid(&pictures[usize::try_from(tier.index()).unwrap()]), traits: Vec::new() }]
        };
        let catalogue = Catalogue::new(PerTier::from_fn(piece));
        launch.catalogue = PerTier::from_fn(|tier| {
            let committed = catalogue.committed(tier).unwrap();
            CatalogueTier { count: committed.count, root: committed.root.into() }
        });
        launch.fairness.tables = <[u8; 32]>::from(Sha256::digest(&tables)).into();
        let catalogue = file::write(&catalogue, &launch.meteors.template).into_bytes();
        let chain = Chain::launched_as(launch);
        Self { chain, pictures, egg, catalogue, tables }
    }

    /// Writes the pictures as `meteor art publish` does.
    fn publish(&self, store: &Path) {
        fs::create_dir_all(store.join("img")).unwrap();
        for bytes in self.pictures.iter().chain([&self.egg]) {
            fs::write(store.join("img").join(cid(bytes)), bytes).unwrap();
        }
    }

    /// A server with pictures from there.
    async fn serve(&self, images: Place) -> Server {
        let node = Node::start(&self.chain.blocks).await;
        let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
        config.listen = "127.0.0.1:0".parse().unwrap();
        config.admin_listen = config.listen;
        config.poll = Duration::from_millis(10);
        (config.catalogue, config.tables) = (Some(self.catalogue.clone()), Some(self.tables.clone()));
        config.images = Some(images);
        let server = start(config).await.unwrap();
        server.wait_applied(self.chain.height()).await.unwrap();
        server
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn ask(server: &Server, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = reqwest::Client::new().get(format!("http://{}{path}", server.public_addr()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

async fn metric(server: &Server, name: &str) -> u64 {
    let (_, text) = get(server.admin_addr(), "/metrics").await;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
}

#[tokio::test]
async fn a_picture_of_the_event_is_served_whole_in_part_and_small_for_ever() {
    let event = Event::new();
    let dir = tempfile::tempdir().unwrap();
    event.publish(dir.path());
    let server = event.serve(Place::Folder(dir.path().into())).await;
    let bytes = &event.pictures[0];
    let path = format!("/img/{}", cid(bytes));
    let whole = ask(&server, &path, &[]).await;
    assert_eq!((whole.status, &whole.body), (200, bytes));
    for (name, value) in [
        ("content-type", "image/png"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("access-control-allow-origin", "*"),
        ("content-length", &bytes.len().to_string()),
        ("etag", &format!("\"{}\"", cid(bytes))),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let same = ask(&server, &path, &[("if-none-match", whole.header("etag").unwrap())]).await;
    assert_eq!((same.status, same.body.len()), (304, 0));
    let part = ask(&server, &path, &[("range", "bytes=100-199")]).await;
    assert_eq!((part.status, &part.body[..]), (206, &bytes[100..200]));
    assert_eq!(part.header("content-range"), Some(&*format!("bytes 100-199/{}", bytes.len())));
    let beyond = ask(&server, &path, &[("range", "bytes=9999999-")]).await;
    assert_eq!(beyond.status, 416);
    assert_eq!(beyond.header("content-range"), Some(&*format!("bytes */{}", bytes.len())));
    let head = reqwest::Client::new().head(format!("http://{}{path}", server.public_addr()));
    let head = head.send().await.unwrap();
    assert_eq!(head.headers()["content-length"], bytes.len().to_string());
    assert_eq!(head.bytes().await.unwrap().len(), 0);

    let small = ask(&server, &format!("{path}?w=96"), &[]).await;
    assert_eq!((small.status, small.header("content-type")), (200, Some("image/webp")));
    let read = image::load_from_memory_with_format(&small.body, ImageFormat::WebP).unwrap();
    assert_eq!((read.width(), read.height()), (96, 96));
    assert_ne!(small.header("etag"), whole.header("etag"));
    let same = ask(&server, &format!("{path}?w=768"), &[]).await;
    assert_eq!(&same.body, bytes, "no picture is made larger");
    let (made, read) =
        (metric(&server, "images_thumbnails_total").await, metric(&server, "images_read_total").await);
    ask(&server, &format!("{path}?w=96"), &[]).await;
    assert_eq!(metric(&server, "images_thumbnails_total").await, made);
    assert_eq!(metric(&server, "images_read_total").await, read, "it was in memory");

    // An egg's, which could run something if it were opened by itself.
    for path in [format!("/img/{}", cid(&event.egg)), format!("/img/{}?w=96", cid(&event.egg))] {
        let egg = ask(&server, &path, &[]).await;
        assert_eq!((egg.header("content-type"), &egg.body), (Some("image/svg+xml"), &event.egg));
        let policy = egg.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"), "{policy}");
    }
    let site: serde_json::Value = serde_json::from_slice(&ask(&server, "/v1/site", &[]).await.body).unwrap();
    assert_eq!(site["thumbnails"], serde_json::json!([96, 192, 384, 768]));
    server.shutdown().await;
}

#[tokio::test]
async fn what_is_no_picture_of_the_event_is_not_found_wherever_it_lies() {
    let event = Event::new();
    let dir = tempfile::tempdir().unwrap();
    event.publish(dir.path());
    let other = picture(77);
    fs::write(dir.path().join("img").join(cid(&other)), &other).unwrap();
    fs::write(dir.path().join("secret"), b"hush").unwrap();
    let server = event.serve(Place::Folder(dir.path().into())).await;
    let good = cid(&event.pictures[0]);
    for path in [
        cid(&other),
        "..%2fsecret".into(),
        "%2e%2e%2fsecret".into(),
        "..%5csecret".into(),
        "secret".into(),
        format!("{good}%00"),
        format!("{good}%2f..%2f..%2fsecret"),
        good.to_uppercase(),
        format!("{good}.png"),
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG".into(),
        "a".repeat(4_000),
    ] {
        let answer = ask(&server, &format!("/img/{path}"), &[]).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 404, "{path}: {text}");
        assert!(text.contains("problem:unknown-image") && !text.contains("hush"), "{path}: {text}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    for (query, says) in [
        ("w=97", "w is \\\"97\\\": give one of 96, 192, 384, 768."),
        ("w=99999999999", "give one of"),
        ("h=96", "takes w"),
    ] {
        let answer = ask(&server, &format!("/img/{good}?{query}"), &[]).await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status == 400 && text.contains(says), "{query}: {text}");
    }
    server.shutdown().await;
}

#[tokio::test]
async fn a_file_that_is_not_what_its_name_says_is_never_served_and_raises_an_alarm() {
    let event = Event::new();
    let dir = tempfile::tempdir().unwrap();
    event.publish(dir.path());
    let file = |at: usize| dir.path().join("img").join(cid(&event.pictures[at]));
    let mut changed = event.pictures[0].clone();
    changed[1_000] ^= 1;
    fs::write(file(0), &changed).unwrap();
    fs::write(file(1), vec![0; (1 << 20) + 1]).unwrap();
    fs::remove_file(file(2)).unwrap();
    let server = event.serve(Place::Folder(dir.path().into())).await;
    let status = async || get(server.admin_addr(), "/status").await.1;
    assert!(status().await.contains("\"alarm\":false"));
    for (at, expected) in [(0, 503), (1, 503), (2, 404), (3, 200)] {
        for query in ["", "?w=96"] {
            let path = format!("/img/{}{query}", cid(&event.pictures[at]));
            assert_eq!(ask(&server, &path, &[]).await.status, expected, "{path}");
        }
        if at == 2 {
            assert!(status().await.contains("it is not in the store: publish it"), "{}", status().await);
        }
    }
    assert_eq!(metric(&server, "images_damaged_total").await, 4);
    assert_eq!(metric(&server, "images_missing_total").await, 2);
    assert!(status().await.contains("\"alarm\":true"));
    // Once it is right again, it is served.
    fs::write(file(0), &event.pictures[0]).unwrap();
    let path = format!("/img/{}", cid(&event.pictures[0]));
    assert_eq!(ask(&server, &path, &[]).await.body, event.pictures[0]);
    server.shutdown().await;
}

#[tokio::test]
async fn without_a_store_of_pictures_there_are_none_and_the_page_is_told() {
    let event = Event::new();
    let node = Node::start(&event.chain.blocks).await;
    let mut config = Config::new(&[node.url().to_string()], &shower_contract()).unwrap();
    config.listen = "127.0.0.1:0".parse().unwrap();
    config.admin_listen = config.listen;
    let server = start(config).await.unwrap();
    let answer = ask(&server, &format!("/img/{}", cid(&event.egg)), &[]).await;
    assert!(answer.status == 404 && String::from_utf8_lossy(&answer.body).contains("problem:no-images"));
    let site: serde_json::Value = serde_json::from_slice(&ask(&server, "/v1/site", &[]).await.body).unwrap();
    assert_eq!(site["thumbnails"], serde_json::json!([]));
    server.shutdown().await;
}

#[tokio::test]
async fn a_bucket_that_refuses_or_never_answers_is_503_and_holds_up_nothing_else() {
    let Some(s3) = S3::start().await else { return };
    let event = Event::new();
    event.publish(&s3.bucket().join("some/where"));
    let server = event.serve(s3.place.clone()).await;
    let path = |at: usize| format!("/img/{}", cid(&event.pictures[at]));
    assert_eq!(ask(&server, &path(0), &[]).await.body, event.pictures[0]);
    s3.mode.send_replace(Mode::Hang);
    let slow = async {
        let answer = ask(&server, &path(1), &[]).await;
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("3")));
    };
    let meanwhile = async {
        for path in ["/v1/showers", "/v1/status", &path(0)] {
            assert_eq!(ask(&server, path, &[]).await.status, 200, "{path}");
        }
    };
    tokio::join!(slow, meanwhile);
    s3.mode.send_replace(Mode::Refuse);
    assert_eq!(ask(&server, &path(1), &[]).await.status, 503);
    assert_eq!(metric(&server, "images_failed_total").await, 2);
    s3.mode.send_replace(Mode::Pass);
    assert_eq!(ask(&server, &path(1), &[]).await.body, event.pictures[1]);
    server.shutdown().await;
}
