//! The beacon's client against relays that are down, late or lying, and the dev chain's beacon as its clients
//! see it.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use cosmwasm_std::Timestamp;
use meteor_devnet::{Blocks, DevBeacon, Devnet};
use meteor_operator::beacon::{
    BeaconClient, BeaconConfig, BeaconError, BeaconRound, Fault, Network, PublicKey, SourceFault,
    verify_signature,
};
use meteor_operator::jobs::{self, JobError, Waiting};
use meteor_operator::node::Node;
use serde_json::{Value, json};
use tokio::sync::Notify;

const GENESIS: u64 = 1_000;
const PERIOD: u32 = 3;
/// When round 7 is due.
const DUE_7: u64 = 1_018;

fn beacon() -> DevBeacon {
    DevBeacon::new(b"seed of the tests", GENESIS, PERIOD).unwrap()
}

/// What clients of the beacon configure.
fn network() -> Network {
    let beacon = beacon();
    Network {
        public_key: PublicKey::new(*beacon.public_key()).unwrap(),
        genesis: GENESIS,
        period: PERIOD.into(),
        chain_hash: Some(beacon.chain_hash()),
    }
}

fn round_of(beacon: &DevBeacon, round: u64) -> BeaconRound {
    BeaconRound { round, signature: beacon.sign(round) }
}

fn round(number: u64) -> BeaconRound {
    round_of(&beacon(), number)
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// A relay that always answers the same.
async fn says(answer: impl Fn() -> Response + Clone + Send + Sync + 'static) -> String {
    serve(Router::new().fallback(move || {
        let answer = answer();
        async { answer }
    }))
    .await
}

async fn says_json(answer: Value) -> String {
    says(move || axum::Json(answer.clone()).into_response()).await
}

async fn honest(clock: impl Fn() -> u64 + Send + Sync + 'static) -> String {
    serve(beacon().router(clock)).await
}

/// An address where nobody listens: the port is taken, so that no other test gets it, and refuses.
fn nobody() -> (tokio::net::TcpSocket, String) {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

fn config(urls: Vec<String>) -> BeaconConfig {
    let mut config = BeaconConfig::new(network(), urls);
    config.wait = Duration::ZERO;
    config
}

fn client(urls: Vec<String>) -> BeaconClient {
    BeaconClient::new(config(urls)).unwrap()
}

/// Whether a fault is the one that a case is about.
type Expected = Box<dyn Fn(&Fault) -> bool>;

fn sent(round: &BeaconRound) -> Value {
    json!({
        "round": round.round,
        "randomness": hex::encode(round.randomness()),
        "signature": hex::encode(round.signature),
    })
}

#[tokio::test]
async fn an_honest_relay_is_believed() {
    let url = honest(|| DUE_7).await;
    let fetched = client(vec![format!("{url}/")]).round(7).await.unwrap();
    assert_eq!(fetched.round, round(7));
    assert_eq!((fetched.url, fetched.faults), (url, vec![]));
    verify_signature(&network().public_key, 7, &fetched.round.signature).unwrap();
}

#[tokio::test]
async fn a_round_of_quicknet_is_believed() {
    let signature =
        "b75c69d0b72a5d906e854e808ba7e2accb1542ac355ae486d591aa9d43765482e26cd02df835d3546d23c4b13e0dfc92";
    // Newer relays leave the randomness out.
    let url = says_json(json!({"round": 123, "signature": signature})).await;
    let client = BeaconClient::new(BeaconConfig::new(Network::quicknet(), vec![url])).unwrap();
    assert_eq!(hex::encode(client.round(123).await.unwrap().round.signature), signature);
    assert!(client.round(124).await.is_err());
}

#[tokio::test]
async fn liars_are_named_and_the_next_is_asked() {
    let (right, other) = (sent(&round(7)), sent(&round(6)));
    let foreign = DevBeacon::new(b"another seed", GENESIS, PERIOD).unwrap();
    let with = |key: &str, value: Value| {
        let mut answer = right.clone();
        answer[key] = value;
        answer
    };
    // Another round's signature under this round's number, with the randomness that belongs to it.
    let mut relabelled = other.clone();
    relabelled["round"] = json!(7);
    let cases = [
        (other.clone(), Fault::WrongRound { got: 6 }),
        (with("round", json!(8)), Fault::WrongRound { got: 8 }),
        (with("round", json!(0)), Fault::WrongRound { got: 0 }),
        (relabelled, Fault::BadSignature),
        (sent(&round_of(&foreign, 7)), Fault::BadSignature),
        (with("randomness", json!("00".repeat(32))), Fault::BadRandomness),
        (with("signature", other["signature"].clone()), Fault::BadRandomness),
    ];
    let good = honest(|| DUE_7).await;
    for (answer, fault) in cases {
        let liar = says_json(answer).await;
        let fetched = client(vec![liar.clone(), good.clone()]).round(7).await.unwrap();
        assert_eq!((fetched.round, &fetched.url), (round(7), &good));
        assert_eq!((&fetched.faults[0].url, &fetched.faults[0].fault), (&liar, &fault));
        assert!(fault.is_lie());

        let error = client(vec![liar.clone()]).round(7).await.unwrap_err().to_string();
        assert!(error.contains(&liar) && error.contains("lies"), "{error}");
    }
}

#[tokio::test]
async fn what_is_down_or_garbage_is_named_and_the_next_is_asked() {
    let right = sent(&round(7));
    let with = |key: &str, value: Value| {
        let mut answer = right.clone();
        answer[key] = value;
        answer
    };
    let is_garbage = |fault: &Fault| matches!(fault, Fault::Garbage(_));
    let (_taken, nobody) = nobody();
    let mut cases: Vec<(String, Expected)> = vec![
        (nobody, Box::new(|fault: &Fault| *fault == Fault::Down("nobody listens there"))),
        (
            says(|| StatusCode::INTERNAL_SERVER_ERROR.into_response()).await,
            Box::new(|fault| *fault == Fault::Status(500)),
        ),
        (
            says(|| StatusCode::TOO_MANY_REQUESTS.into_response()).await,
            Box::new(|fault| *fault == Fault::Status(429)),
        ),
        (
            says(|| (StatusCode::FOUND, [("location", "/x")]).into_response()).await,
            Box::new(|fault| *fault == Fault::Status(302)),
        ),
        (
            says(|| StatusCode::NOT_FOUND.into_response()).await,
            Box::new(|fault| *fault == Fault::NotYet(404)),
        ),
        (
            says(|| StatusCode::TOO_EARLY.into_response()).await,
            Box::new(|fault| *fault == Fault::NotYet(425)),
        ),
        (says(|| "garbage".into_response()).await, Box::new(is_garbage)),
        (
            says(|| Html("\n<!doctype html><title>Home</title>").into_response()).await,
            Box::new(|fault| *fault == Fault::Garbage("it is a web page")),
        ),
        (says(|| "[".repeat(10_000).into_response()).await, Box::new(is_garbage)),
        (says(|| vec![b' '; 1 << 20].into_response()).await, Box::new(is_garbage)),
    ];
    for answer in [
        json!({}),
        json!(7),
        with("round", json!("7")),
        with("round", json!(-7)),
        with("signature", json!("")),
        with("signature", json!("zz".repeat(48))),
        with("signature", json!("00".repeat(49))),
        with("randomness", json!("00")),
    ] {
        cases.push((says_json(answer).await, Box::new(is_garbage)));
    }
    let good = honest(|| DUE_7).await;
    for (url, expected) in cases {
        let fetched = client(vec![url.clone(), good.clone()]).round(7).await.unwrap();
        let fault = &fetched.faults[0].fault;
        assert!(expected(fault) && !fault.is_lie(), "{fault}");
        assert_eq!((fetched.round, &fetched.faults[0].url), (round(7), &url));
    }
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let url = serve(Router::new().fallback(|| async {
        axum::body::Body::from_stream(futures::stream::repeat_with(|| {
            Ok::<_, std::io::Error>(vec![b' '; 4096])
        }))
    }))
    .await;
    let error = client(vec![url]).round(7).await.unwrap_err();
    let BeaconError::NoSource { faults, .. } = error else { panic!("{error}") };
    assert_eq!(faults[0].fault, Fault::Garbage("it is too large"));
}

#[tokio::test]
async fn a_round_that_cannot_be_is_not_even_asked_for() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let url = says(move || {
        counter.fetch_add(1, Ordering::SeqCst);
        StatusCode::OK.into_response()
    })
    .await;
    assert_eq!(client(vec![url]).round(0).await, Err(BeaconError::NoSuchRound(0)));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

/// A dev chain whose time the test moves: [`DUE_7`] is `later` seconds after its own.
async fn chain(later: u64) -> (Devnet, Node, u64) {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let config = meteor_devnet::Config { blocks: Blocks::OnTx, rpc: any, rest: any, ..Default::default() };
    let devnet = meteor_devnet::start(config, vec![]).await.unwrap();
    let node = Node::new(&devnet.rpc_url()).unwrap();
    let due = node.time().await.unwrap() + later;
    (devnet, node, due)
}

/// A beacon whose round 7 is due at `due`, and its network.
fn at(due: u64) -> (DevBeacon, Network) {
    let genesis = due - (DUE_7 - GENESIS);
    let beacon = DevBeacon::new(b"seed of the tests", genesis, PERIOD).unwrap();
    (beacon, Network { genesis, chain_hash: None, ..network() })
}

#[tokio::test]
async fn waiting_goes_by_the_chains_clock_tells_how_it_stands_and_survives_failures() {
    let (devnet, node, due) = chain(3).await;
    let (beacon, network) = at(due);
    let seen = AtomicUsize::new(0);
    let right = sent(&round_of(&beacon, 7));
    let seen = Arc::new(seen);
    let url = says(move || match seen.fetch_add(1, Ordering::SeqCst) {
        0 => StatusCode::TOO_EARLY.into_response(),
        1 => StatusCode::BAD_GATEWAY.into_response(),
        2 => "garbage".into_response(),
        _ => axum::Json(right.clone()).into_response(),
    })
    .await;
    let client = BeaconClient::new(BeaconConfig { network, ..config(vec![url]) }).unwrap();
    let heard = Mutex::new(Vec::new());
    let (looked, mut looks) = tokio::sync::mpsc::unbounded_channel();
    let waiting = jobs::round(&node, &client, 7, due + 100, |waiting| {
        heard.lock().unwrap().push(waiting);
        looked.send(()).unwrap();
    });
    let moves = async {
        // However late this machine's clock says it is, the chain's time alone decides.
        for now in [due - 1, due] {
            looks.recv().await.unwrap();
            devnet.set_time(Timestamp::from_seconds(now)).await.unwrap();
        }
    };
    let (fetched, ()) = tokio::join!(waiting, moves);
    assert_eq!(fetched.unwrap(), round_of(&beacon, 7));
    let heard = heard.into_inner().unwrap();
    assert_eq!(heard.first(), Some(&Waiting::NotDue { due, now: due - 3 }), "{heard:?}");
    let faults = heard.iter().filter_map(|waiting| match waiting {
        Waiting::NotSent { faults, .. } => Some(faults[0].fault.clone()),
        Waiting::NotDue { .. } => None,
    });
    let faults: Vec<_> = faults.collect();
    assert_eq!(faults[..2], [Fault::NotYet(425), Fault::Status(502)]);
    assert!(matches!(faults[2..], [Fault::Garbage(_)]), "{faults:?}");
    devnet.shutdown().await;
}

#[tokio::test]
async fn waiting_ends_with_the_mint_deadline_or_when_it_is_given_up() {
    let (devnet, node, due) = chain(0).await;
    let (_, network) = at(due);
    let url = says(|| StatusCode::NOT_FOUND.into_response()).await;
    let client = BeaconClient::new(BeaconConfig { network: network.clone(), ..config(vec![url]) }).unwrap();
    let (looked, mut looks) = tokio::sync::mpsc::unbounded_channel();
    let waiting = jobs::round(&node, &client, 7, due + 5, move |_| looked.send(()).unwrap_or_default());
    let moves = async {
        looks.recv().await.unwrap();
        devnet.set_time(Timestamp::from_seconds(due + 5)).await.unwrap();
    };
    let (refused, ()) = tokio::join!(waiting, moves);
    let refused = refused.unwrap_err();
    assert!(matches!(refused, JobError::TooLate { round: 7, .. }), "{refused}");
    assert!(refused.to_string().contains("meteor refund"), "{refused}");

    // One that never answers can be given up.
    let asked = Arc::new(Notify::new());
    let notify = Arc::clone(&asked);
    let url = serve(Router::new().fallback(move || {
        notify.notify_one();
        std::future::pending::<StatusCode>()
    }))
    .await;
    let timeout = Duration::from_hours(1);
    let client = BeaconClient::new(BeaconConfig { network, timeout, ..config(vec![url]) }).unwrap();
    tokio::select! {
        fetched = jobs::round(&node, &client, 7, u64::MAX, |_| ()) => panic!("{fetched:?}"),
        () = asked.notified() => {}
    }
    devnet.shutdown().await;
}

#[tokio::test]
async fn where_there_is_no_beacon_it_is_said_at_once() {
    let (_taken, nobody) = nobody();
    let foreign = DevBeacon::new(b"another seed", GENESIS, PERIOD).unwrap();
    let other_hash = hex::encode(foreign.chain_hash());
    let other = serve(foreign.router(|| DUE_7)).await;
    let cases = [
        (nobody, Fault::Down("nobody listens there")),
        (says(|| StatusCode::NOT_FOUND.into_response()).await, Fault::NoBeacon(404)),
        (says(|| Html("<html>").into_response()).await, Fault::Garbage("it is a web page")),
        (says(|| "{}".into_response()).await, Fault::Garbage("it is not the JSON it should be")),
        (says(|| StatusCode::BAD_GATEWAY.into_response()).await, Fault::Status(502)),
        (format!("{other}/{other_hash}"), Fault::OtherBeacon("public key")),
        (other, Fault::OtherBeacon("public key")),
    ];
    let good = honest(|| DUE_7).await;
    for hash in [None, network().chain_hash] {
        let config = |urls: Vec<String>| BeaconConfig {
            network: Network { chain_hash: hash, ..network() },
            ..config(urls)
        };
        for (url, fault) in &cases {
            let fault = SourceFault { url: url.clone(), fault: fault.clone() };
            let refused = BeaconClient::new(config(vec![url.clone()])).unwrap().check().await.unwrap_err();
            assert_eq!(refused, BeaconError::NoRelay { faults: vec![fault.clone()] });
            assert!(
                refused.to_string().contains(url) && refused.to_string().contains("--beacon-url"),
                "{refused}"
            );
            // Beside one that is right it is only named.
            let mut client = BeaconClient::new(config(vec![url.clone(), good.clone()])).unwrap();
            assert_eq!(client.check().await, Ok(vec![fault]));
            assert_eq!(client.round(7).await.unwrap().round, round(7));
        }
    }
    // Whether its address has the hash already, or it serves this beacon alone, or several: each works.
    let alone = beacon();
    let alone = serve(Router::new().nest("/beacon", alone.router(|| DUE_7))).await;
    for url in [format!("{good}/{}", hex::encode(beacon().chain_hash())), format!("{alone}/beacon"), good] {
        let mut client = client(vec![url]);
        assert_eq!(client.check().await, Ok(vec![]));
        assert_eq!(client.round(7).await.unwrap().round, round(7));
    }
}

#[tokio::test]
async fn a_relay_that_is_down_for_a_moment_is_asked_again() {
    let seen = Arc::new(AtomicUsize::new(0));
    let info = json!({
        "public_key": network().public_key.to_string(), "period": PERIOD, "genesis_time": GENESIS,
        "schemeID": "bls-unchained-g1-rfc9380",
    });
    let url = says(move || match seen.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        _ => axum::Json(info.clone()).into_response(),
    })
    .await;
    assert_eq!(client(vec![url]).check().await, Ok(vec![]));
}

#[tokio::test]
async fn a_relay_that_never_answers_does_not_stop_the_others() {
    let silent = serve(Router::new().fallback(std::future::pending::<StatusCode>)).await;
    let good = honest(|| DUE_7).await;
    let mut config = config(vec![silent.clone(), good.clone()]);
    config.timeout = Duration::from_millis(200);
    let client = BeaconClient::new(config).unwrap();
    // On a machine that is busy the good one may be late too: then both are asked again.
    let fetched = loop {
        if let Ok(fetched) = client.round(7).await {
            break fetched;
        }
    };
    assert_eq!(fetched.url, good);
    assert_eq!(
        (&fetched.faults[0].url, &fetched.faults[0].fault),
        (&silent, &Fault::Down("no answer in time"))
    );
}

#[test]
fn bad_configurations_are_refused() {
    let with = |urls: &[&str]| BeaconClient::new(config(urls.iter().map(ToString::to_string).collect()));
    for urls in [&[][..], &["nonsense"], &["ftp://x"], &["http://x/?q=1"], &["http://good", "bad"]] {
        assert!(matches!(with(urls), Err(BeaconError::Config(_))), "{urls:?}");
    }
    let mut config = config(vec!["http://x".into()]);
    config.network.period = 0;
    assert!(matches!(BeaconClient::new(config), Err(BeaconError::Config(_))));
}

#[test]
fn drands_relays_are_known_for_quicknet_alone() {
    let quicknet = Network::quicknet();
    let as_on_the_chain = Network { chain_hash: None, ..quicknet.clone() };
    let config = BeaconConfig::new(as_on_the_chain.clone(), vec![]);
    assert_eq!(config.network, quicknet, "relays of several beacons want the hash");
    assert!(config.urls.contains(&"https://api.drand.sh".to_owned()));
    BeaconClient::new(config).unwrap();
    let own = BeaconConfig::new(as_on_the_chain.clone(), vec!["http://x".into()]);
    assert_eq!(
        (own.urls, own.network),
        (vec!["http://x".to_owned()], quicknet.clone()),
        "drand's have several"
    );
    for other in [
        Network { genesis: quicknet.genesis + 3, ..as_on_the_chain.clone() },
        Network { period: 30, ..as_on_the_chain },
        network(),
    ] {
        let refused = BeaconClient::new(BeaconConfig::new(other, vec![])).unwrap_err();
        assert!(matches!(refused, BeaconError::Config(_)), "{refused}");
    }
}

#[tokio::test]
async fn the_dev_beacon_answers_as_a_relay_does() {
    let clock = Arc::new(AtomicU64::new(GENESIS - 1));
    let hands = Arc::clone(&clock);
    let url = honest(move || hands.load(Ordering::SeqCst)).await;
    let http = reqwest::Client::new();
    let hash = hex::encode(beacon().chain_hash());
    let get = async |path: &str| {
        let answer = http.get(format!("{url}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    for prefix in [String::new(), format!("/{hash}")] {
        clock.store(GENESIS - 1, Ordering::SeqCst);
        assert_eq!(get(&format!("{prefix}/public/latest")).await.0, 425);
        assert_eq!(get(&format!("{prefix}/public/1")).await.0, 425);
        // Time travels.
        clock.store(DUE_7 + 2, Ordering::SeqCst);
        assert_eq!(get(&format!("{prefix}/public/7")).await, (200, sent(&round(7))));
        assert_eq!(get(&format!("{prefix}/public/latest")).await, (200, sent(&round(7))));
        assert_eq!(get(&format!("{prefix}/public/1")).await.0, 200);
        for late in ["8", "18446744073709551615"] {
            assert_eq!(get(&format!("{prefix}/public/{late}")).await.0, 425);
        }
        for bad in ["0", "-1", "x", "18446744073709551616"] {
            assert_eq!(get(&format!("{prefix}/public/{bad}")).await.0, 400);
        }
        let (status, info) = get(&format!("{prefix}/info")).await;
        assert_eq!(status, 200);
        assert_eq!(info["public_key"], network().public_key.to_string());
        assert_eq!((&info["genesis_time"], &info["period"]), (&json!(GENESIS), &json!(PERIOD)));
        assert_eq!((&info["hash"], &info["schemeID"]), (&json!(hash), &json!("bls-unchained-g1-rfc9380")));
    }
    for other in ["/00/info", "/00/public/7"] {
        assert_eq!(get(other).await.0, 404);
    }
}

#[test]
fn the_dev_beacons_signatures_verify_and_differ() {
    let key = network().public_key;
    for number in [1, 2, u64::MAX] {
        assert_eq!(verify_signature(&key, number, &round(number).signature), Ok(()));
    }
    assert!(verify_signature(&key, 1, &round(2).signature).is_err());
    let other = DevBeacon::new(b"other seed", GENESIS, PERIOD).unwrap();
    assert!(verify_signature(&key, 1, &other.sign(1)).is_err());
}
