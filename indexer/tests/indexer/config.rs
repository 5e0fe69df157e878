//! Configuration and command line: everything is checked before a port opens.

use std::process::Command;
use std::time::Duration;

use meteor_indexer::store::Place;
use meteor_indexer::{Config, ConfigError, Settings, Source};

use crate::chain::{address, shower_contract};

fn good() -> Settings {
    Settings {
        node: vec!["http://localhost:26657".into()],
        contract: Some(shower_contract()),
        ..Settings::default()
    }
}

#[test]
fn defaults_and_overrides() {
    let config = good().check().unwrap();
    assert_eq!((config.prefix.as_str(), config.start_height, config.ready_lag), ("terra", 1, 5));
    let embedded = Config::new(&good().node, &shower_contract()).unwrap();
    assert!(matches!(&config.store, Some(Place::Folder(path)) if path.ends_with("meteor/indexer")));
    assert_eq!(Config { drain: Duration::ZERO, store: None, ..config }, embedded);
    let direct = (embedded.max_connections_per_address, embedded.max_streams_per_address);
    assert_eq!(direct, (Some(1000), Some(100)));
    let proxied = Settings { address_header: Some("X-Forwarded-For".into()), ..good() }.check().unwrap();
    assert_eq!(proxied.max_connections_per_address, None, "all connections are the proxy's");
    assert_eq!(proxied.drain, Duration::from_secs(5));
    let free = Settings { max_streams_per_address: Some(0), ..good() }.check().unwrap();
    assert_eq!(free.max_streams_per_address, None);
    let file = Settings { start_height: Some(7), poll_ms: Some(20), ..Settings::default() };
    let config = Settings { start_height: Some(9), ..good() }.over(file).check().unwrap();
    assert_eq!((config.start_height, config.poll.as_millis()), (9, 20), "flags win over the file");
    let tcp = Settings { node: vec!["tcp://node:26657".into()], ..good() }.check().unwrap();
    assert_eq!(tcp.node_names(), ["node:26657"]);
}

#[test]
fn what_cannot_be_is_refused_and_says_what_to_do() {
    let bad = |settings: Settings| settings.check().unwrap_err().to_string();
    let bucket = |endpoint: &str| Settings {
        store: Some("s3://bucket".into()),
        store_endpoint: Some(endpoint.into()),
        ..good()
    };
    let gateways = |text: &str| Settings { image_gateways: vec![text.into()], ..good() };
    for (settings, says) in vec![
        (Settings { node: vec![], ..good() }, "--node"),
        (Settings { contract: None, ..good() }, "METEOR_CONTRACT"),
        (Settings { node: vec!["localhost".into()], ..good() }, "http://localhost:26657"),
        (Settings { node: vec!["ftp://x".into()], ..good() }, "http://localhost:26657"),
        (Settings { contract: Some("terra1abc".into()), ..good() }, "not an address"),
        (Settings { prefix: Some("juno".into()), ..good() }, "juno1"),
        (Settings { chain_id: Some(String::new()), ..good() }, "leave it out"),
        (Settings { start_height: Some(0), ..good() }, "start at 1"),
        (Settings { poll_ms: Some(1), ..good() }, "60000"),
        (Settings { store: Some("gs://bucket".into()), ..good() }, "s3://bucket/prefix"),
        (Settings { store: Some("s3://key:hush@bucket".into()), ..good() }, "s3://bucket/prefix"),
        (Settings { store_endpoint: Some("http://x".into()), ..good() }, "s3://bucket/prefix"),
        (bucket("https://key:hush@s3.example.com"), "without name and password"),
        (Settings { images: Some("s3://bucket".into()), ..good() }, "--catalogue"),
        (Settings { images: Some("/nowhere/at/all".into()), ..good() }, "no such folder"),
        (Settings { images: Some("s3://key:hush@bucket".into()), ..good() }, "s3://bucket/prefix"),
        (Settings { images_endpoint: Some("http://x".into()), ..good() }, "s3://bucket/prefix"),
        (Settings { source: Some(Source::Store), ..good() }, "leave node out"),
        (
            Settings { source: Some(Source::Store), node: vec![], store: Some("none".into()), ..good() },
            "--store",
        ),
        (Settings { segment_blocks: Some(0), ..good() }, "1000"),
        (Settings { snapshot_blocks: Some(15), ..good() }, "multiple"),
        (Settings { max_connections: Some(0), ..good() }, "1000000"),
        (Settings { address_header: Some("a b".into()), ..good() }, "x-forwarded-for"),
        (Settings { drain_seconds: Some(601), ..good() }, "600"),
        (Settings { listen: Some("8080".into()), ..good() }, "127.0.0.1:8080"),
        (Settings { admin_listen: Some("x".into()), ..good() }, "admin_listen"),
        (Settings { admin_listen: Some("127.0.0.1:8080".into()), ..good() }, "listen has this address"),
        (Settings { gas_price: Some("cheap".into()), ..good() }, "28.325uluna"),
        (gateways("http://ipfs.example.com/ipfs/"), "https"),
        (gateways("https://ipfs.example.com/ipfs"), "slash"),
        (gateways("https://ipfs.example.com/?ipfs/"), "slash"),
        (gateways("https://me:pass@ipfs.example.com/"), "slash"),
        (gateways("ipfs.example.com/"), "slash"),
        (Settings { support: Some("https://".into()), ..good() }, "mailto:"),
        (Settings { support: Some("http://example.com".into()), ..good() }, "https"),
        (Settings { support: Some("mailto:help".into()), ..good() }, "mailto:"),
        (Settings { support: Some("javascript:alert(1)".into()), ..good() }, "https"),
    ] {
        let text = bad(settings);
        assert!(text.contains(says) && !text.contains("hush"), "{says}: {text}");
    }
    let secret = bad(Settings { node: vec!["user:secret@node".into()], ..good() });
    assert!(!secret.contains("secret"), "{secret}");
}

#[test]
fn the_tables_file_is_read_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tables.json");
    let with = || Settings { tables: Some(path.clone()), ..good() }.check();
    let error = with().unwrap_err();
    assert!(matches!(error, ConfigError::Tables { .. }) && error.to_string().contains("--tables"));
    std::fs::write(&path, b"{ }").unwrap();
    assert_eq!(with().unwrap().tables, Some(b"{ }".to_vec()));
}

#[test]
fn what_the_page_needs_is_read() {
    let text = "gas_price = \"28.325uluna\"\nsupport = \"mailto:help@example.com\"\n\
                image_gateways = [\"https://a.example/ipfs/\", \"https://b.example:8443/\"]\n";
    let file: Settings = toml::from_str(text).unwrap();
    let config = good().over(file).check().unwrap();
    assert_eq!(config.gas_price.unwrap().to_string(), "28.325000uluna");
    assert_eq!(config.support.unwrap().as_str(), "mailto:help@example.com");
    let gateways: Vec<_> = config.image_gateways.iter().map(reqwest::Url::as_str).collect();
    assert_eq!(gateways, ["https://a.example/ipfs/", "https://b.example:8443/"]);
}

#[test]
fn files_are_read_strictly() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("indexer.toml");
    assert!(matches!(Settings::from_file(&path), Err(ConfigError::File { .. })));
    std::fs::write(
        &path,
        format!("node = [\"http://a:1\"]\ncontract = \"{}\"\npoll_ms = 50\n", shower_contract()),
    )
    .unwrap();
    assert_eq!(Settings::from_file(&path).unwrap().check().unwrap().poll.as_millis(), 50);
    std::fs::write(&path, "pol_ms = 50\n").unwrap();
    assert!(matches!(Settings::from_file(&path), Err(ConfigError::Form { .. })), "a typo is not ignored");
}

fn run(args: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_meteor-indexer"))
        .args(args)
        .env_remove("METEOR_NODE")
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_command_line_teaches() {
    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    for word in ["--node", "--contract", "METEOR_NODE", "--start-height", "Exit codes", "openapi"] {
        assert!(out.contains(word), "{word}");
    }
    let shower = shower_contract();
    let (code, out, _) = run(&["check", "--node", "http://u:secret@n:1", "--contract", &shower]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with("good: ") && !out.contains("secret"), "{out}");
    let (code, out, _) = run(&["openapi"]);
    assert_eq!(code, Some(0));
    assert!(out.starts_with('{'));
}

#[test]
fn a_bad_configuration_is_exit_code_64() {
    let wallet = address(1);
    for args in [
        &[][..],
        &["--node", "http://localhost:1"],
        &["--node", "http://localhost:1", "--contract", "terra1x"],
        &["--node", "http://localhost:1", "--contract", &wallet, "--listen", "everywhere"],
        &["--node", "http://localhost:1", "--contract", &wallet, "--poll-ms", "soon"],
        &["--config", "/nowhere/indexer.toml"],
        &["--nonsense"],
    ] {
        let (code, _, error) = run(args);
        assert_eq!(code, Some(64), "{args:?}: {error}");
        assert!(!error.is_empty());
    }
}
