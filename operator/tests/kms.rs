//! The key service against a stand-in that speaks its API: what is sent, what is believed, what each refusal
//! says.

mod credentials;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, Mac};
use meteor_operator::keys::kms::{ContainerToken, CredentialsSource, KmsConfig, KmsError};
use meteor_operator::keys::{AnyKey, Event, KeyError, KeySource, KmsKey, MasterKey, commitments, verify};
use meteor_rules::ShowerId;
use meteor_rules::fairness::Domain;
use meteor_rules::fairness::key::{key_message, shower_key};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const MASTER: [u8; 32] = [0x5a; 32];
const KEY_ID: &str = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "session-token-never-shown";
const ID: Domain<'static> = Domain { chain_id: "localterra", contract: "terra1xyz", shower: ShowerId(2) };

/// What the stand-in answers to the n-th request (from 0) instead of a MAC.
type Script = Arc<dyn Fn(usize) -> Option<Response> + Send + Sync>;

#[derive(Clone)]
struct Service {
    script: Script,
    asked: Arc<AtomicUsize>,
    complaint: Arc<Mutex<Option<String>>>,
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// What a request asks for.
enum Asked {
    Mac(Vec<u8>),
    Create,
}

/// The request as AWS would judge it; written apart from the code under test.
fn judge(headers: &HeaderMap, body: &[u8]) -> Result<Asked, String> {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(format!("no {name}"));
    let target = header("x-amz-target")?.to_owned();
    if header("content-type")? != "application/x-amz-json-1.1" {
        return Err("another content type".into());
    }
    let authorization = header("authorization")?;
    let rest = authorization.strip_prefix("AWS4-HMAC-SHA256 ").ok_or("another algorithm")?;
    let part =
        |name: &str| rest.split(", ").find_map(|part| part.strip_prefix(name)).ok_or(format!("no {name}"));
    let credential: Vec<&str> = part("Credential=")?.split('/').collect();
    let [id, date, region, service, end] = credential[..] else { return Err("no credential scope".into()) };
    if (id, region, service, end) != ("AKIDEXAMPLE", "eu-central-1", "kms", "aws4_request") {
        return Err("another credential scope".into());
    }
    let timestamp = header("x-amz-date")?;
    if !timestamp.starts_with(date) || timestamp.len() != 16 {
        return Err("the dates differ".into());
    }
    let signed = part("SignedHeaders=")?;
    for name in ["content-type", "host", "x-amz-date", "x-amz-target"] {
        if !signed.split(';').any(|signed| signed == name) {
            return Err(format!("{name} is not signed"));
        }
    }
    if headers.contains_key("x-amz-security-token") && !signed.contains("x-amz-security-token") {
        return Err("the token is not signed".into());
    }
    let mut canonical = String::from("POST\n/\n\n");
    for name in signed.split(';') {
        canonical += &[name, ":", header(name)?, "\n"].concat();
    }
    canonical += &["\n", signed, "\n", &hex::encode(Sha256::digest(body))].concat();
    let scope = format!("{date}/{region}/{service}/{end}");
    let to_sign =
        format!("AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let key = [date, region, service, end]
        .iter()
        .fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part.as_bytes()));
    if part("Signature=")? != hex::encode(mac(&key, to_sign.as_bytes())) {
        return Err("the signature does not match".into());
    }
    let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    match target.as_str() {
        "TrentService.GenerateMac" => {}
        "TrentService.CreateKey"
            if body["KeySpec"] == "HMAC_256" && body["KeyUsage"] == "GENERATE_VERIFY_MAC" =>
        {
            return Ok(Asked::Create);
        }
        _ => return Err(format!("another question: {target} {body}")),
    }
    if body.as_object().map(serde_json::Map::len) != Some(3)
        || body["KeyId"] != KEY_ID
        || body["MacAlgorithm"] != "HMAC_SHA_256"
    {
        return Err(format!("another body: {body}"));
    }
    let message = BASE64.decode(body["Message"].as_str().unwrap_or_default());
    message.map(Asked::Mac).map_err(|error| error.to_string())
}

async fn generate_mac(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> Response {
    let asked = match judge(&headers, &body) {
        Ok(asked) => asked,
        Err(complaint) => {
            *service.complaint.lock().unwrap() = Some(complaint);
            return refusal(400, "InvalidSignatureException");
        }
    };
    let times = service.asked.fetch_add(1, Ordering::SeqCst);
    if let Some(scripted) = (service.script)(times) {
        return scripted;
    }
    let answer = match asked {
        Asked::Mac(message) => json!({
            "KeyId": KEY_ID,
            "Mac": BASE64.encode(mac(&MASTER, &message)),
            "MacAlgorithm": "HMAC_SHA_256",
        }),
        Asked::Create => json!({"KeyMetadata": {"Arn": KEY_ID, "KeyId": "mrk-1"}}),
    };
    axum::Json(answer).into_response()
}

fn refusal(status: u16, kind: &str) -> Response {
    let body = json!({"__type": kind, "message": "User: arn:aws:iam::111122223333:role/x is not told"});
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

struct Desk {
    dir: tempfile::TempDir,
    url: String,
    service: Service,
}

impl Desk {
    async fn new(script: impl Fn(usize) -> Option<Response> + Send + Sync + 'static) -> Self {
        let service = Service { script: Arc::new(script), asked: Arc::default(), complaint: Arc::default() };
        let router = Router::new().route("/", post(generate_mac)).with_state(service.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { dir: tempfile::tempdir().unwrap(), url, service }
    }

    fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn profile(&self, secret: &str) -> CredentialsSource {
        let text = format!("[event]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {secret}\n");
        CredentialsSource::Profile { path: self.put("credentials", &text), profile: "event".into() }
    }

    fn config(&self, credentials: CredentialsSource) -> KmsConfig {
        let mut config = KmsConfig::new("eu-central-1", KEY_ID, credentials);
        config.endpoint = Some(self.url.clone());
        config.attempts = 3;
        config.wait = Duration::ZERO;
        config
    }

    fn key_with(&self, credentials: CredentialsSource) -> KmsKey {
        KmsKey::new(self.config(credentials)).unwrap()
    }

    fn key(&self) -> KmsKey {
        self.key_with(self.profile(SECRET))
    }

    fn asked(&self) -> usize {
        self.service.asked.load(Ordering::SeqCst)
    }
}

async fn failed(key: &KmsKey) -> KmsError {
    match key.shower_key(&ID).await.unwrap_err() {
        KeyError::Kms(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_signed_question_gets_the_key_of_the_shower() {
    let desk = Desk::new(|_| None).await;
    let key = desk.key().shower_key(&ID).await;
    assert_eq!(*desk.service.complaint.lock().unwrap(), None);
    assert_eq!(key.unwrap().publish(), shower_key(&MASTER, &ID));
    assert_eq!(mac(&MASTER, &key_message(&ID)), shower_key(&MASTER, &ID));
}

#[tokio::test]
async fn a_file_and_the_service_with_one_key_commit_to_the_same() {
    let desk = Desk::new(|_| None).await;
    let event = Event { chain_id: ID.chain_id, contract: ID.contract, showers: 3 };
    let key = AnyKey::Kms(Box::new(desk.key()));
    let found = commitments(&key, &event).await.unwrap();
    let master = MasterKey::from_bytes(&MASTER);
    let expected: Vec<_> = event.ids().map(|id| master.shower_key(&id).commitment(&id)).collect();
    assert_eq!(found, expected);
    verify(&key, &event, &expected).await.unwrap();
    let other = Event { contract: "terra1xyy", ..event };
    assert!(matches!(verify(&key, &other, &expected).await, Err(KeyError::OtherEvent { shower: 1, .. })));
}

#[tokio::test]
async fn a_new_key_is_made_once_and_used() {
    let desk = Desk::new(|_| None).await;
    let none = KmsConfig { key_id: String::new(), ..desk.config(desk.profile(SECRET)) };
    let key = KmsKey::create(none.clone()).await.unwrap();
    assert_eq!(*desk.service.complaint.lock().unwrap(), None);
    assert_eq!((key.id(), desk.asked()), (KEY_ID, 1));
    assert_eq!(key.shower_key(&ID).await.unwrap().publish(), shower_key(&MASTER, &ID));

    // Where the answer is lost a key may have been made: no second one is.
    let config =
        KmsConfig { endpoint: Some("http://127.0.0.1:1".into()), attempts: 1_000_000, ..none.clone() };
    let config = KmsConfig { wait: Duration::from_hours(1), ..config };
    assert!(matches!(KmsKey::create(config).await, Err(KmsError::Unreachable { .. })));
    let desk = Desk::new(|_| Some(refusal(400, "AccessDeniedException"))).await;
    let denied = KmsKey::create(KmsConfig { endpoint: Some(desk.url.clone()), ..none }).await.unwrap_err();
    assert!(denied.to_string().contains("kms:CreateKey"), "{denied}");
}

#[tokio::test]
async fn a_wrong_secret_is_refused_once() {
    let desk = Desk::new(|_| None).await;
    let error = failed(&desk.key_with(desk.profile("another secret"))).await;
    assert!(matches!(error, KmsError::Credentials { .. }), "{error}");
    assert_eq!(desk.service.complaint.lock().unwrap().as_deref(), Some("the signature does not match"));
}

#[tokio::test]
async fn throttling_passes() {
    let desk = Desk::new(|asked| match asked {
        0 => Some(refusal(400, "ThrottlingException")),
        1 => Some(refusal(500, "com.amazonaws.kms#KMSInternalException")),
        _ => None,
    })
    .await;
    assert_eq!(desk.key().shower_key(&ID).await.unwrap().publish(), shower_key(&MASTER, &ID));
    assert_eq!(desk.asked(), 3);
}

#[tokio::test]
async fn a_service_that_stays_busy_is_given_up() {
    for (status, kind) in [(400, "ThrottlingException"), (503, "ServiceUnavailable"), (502, "<html>")] {
        let desk = Desk::new(move |_| Some(refusal(status, kind))).await;
        let error = failed(&desk.key()).await;
        assert!(matches!(error, KmsError::Busy { attempts: 3, .. }), "{error}");
        assert_eq!(desk.asked(), 3);
    }
}

#[tokio::test]
async fn each_refusal_says_what_to_do_and_is_not_repeated() {
    for (kind, words) in [
        ("AccessDeniedException", "kms:GenerateMac"),
        ("com.amazonaws.kms#AccessDeniedException", "kms:GenerateMac"),
        ("KMSInvalidStateException", "enable it"),
        ("DisabledException", "enable it"),
        ("NotFoundException", "HMAC_256"),
        ("InvalidKeyUsageException", "HMAC_256"),
        ("ExpiredTokenException", "credentials"),
        ("UnrecognizedClientException", "credentials"),
        ("SomethingNewException", "SomethingNewException"),
        ("not a name <script>", "HTTP status 400"),
    ] {
        let desk = Desk::new(move |_| Some(refusal(400, kind))).await;
        let error = failed(&desk.key()).await.to_string();
        assert!(
            error.contains(words) && !error.contains("script") && !error.contains("is not told"),
            "{error}"
        );
        assert_eq!(desk.asked(), 1, "{kind}");
    }
}

#[tokio::test]
async fn answers_that_are_no_key_are_not_believed_and_not_shown() {
    let mac = |mac: Value| json!({"KeyId": KEY_ID, "Mac": mac, "MacAlgorithm": "HMAC_SHA_256"}).to_string();
    let bodies = [
        String::new(),
        "c2VjcmV0".into(),
        "{}".into(),
        mac(json!(1)),
        mac(json!("not base64 c2VjcmV0")),
        mac(json!(BASE64.encode([0x61; 31]))),
        mac(json!(BASE64.encode([0x61; 33]))),
        mac(json!(BASE64.encode([0x61; 4096]))),
        mac(json!(BASE64.encode([0x61; 32]))).replace("SHA_256", "SHA_512"),
        mac(json!(" ".repeat(1 << 20))),
    ];
    for body in bodies {
        let sent = body.clone();
        let desk = Desk::new(move |_| Some(sent.clone().into_response())).await;
        let error = failed(&desk.key()).await;
        assert!(matches!(error, KmsError::Malformed(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("YWFh") && !error.to_string().contains("c2VjcmV0"));
        assert_eq!(desk.asked(), 1);
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let desk =
        Desk::new(|_| Some((StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")]).into_response()))
            .await;
    assert!(matches!(failed(&desk.key()).await, KmsError::Refused { status: 307, .. }));
}

#[tokio::test]
async fn nobody_at_home_is_named_without_secrets() {
    let desk = Desk::new(|_| None).await;
    // The port is taken, so that no other test gets it, and refuses.
    let taken = tokio::net::TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    let mut config = KmsConfig::new("eu-central-1", KEY_ID, desk.profile(SECRET));
    (config.endpoint, config.attempts, config.wait) = (Some(url.clone()), 2, Duration::ZERO);
    let key = KmsKey::new(config).unwrap();
    let error = failed(&key).await;
    assert!(matches!(error, KmsError::Unreachable { .. }));
    let shown = format!("{error} {error:?} {key:?}");
    assert!(shown.contains(url.strip_prefix("http://").unwrap()));
    assert!(!shown.contains(SECRET) && !shown.contains("AKIDEXAMPLE"));
}

#[test]
fn endpoints_are_https_or_here() {
    let source = || CredentialsSource::Container { uri: "/nowhere".into(), token: ContainerToken::No };
    let with = |endpoint: Option<&str>| {
        let mut config = KmsConfig::new("eu-central-1", KEY_ID, source());
        config.endpoint = endpoint.map(ToOwned::to_owned);
        KmsKey::new(config)
    };
    assert!(format!("{:?}", with(None).unwrap()).contains("kms.eu-central-1.amazonaws.com"));
    for good in [
        "https://vpce-1.kms.eu-central-1.vpce.amazonaws.com",
        "http://127.0.0.1:9",
        "http://[::1]:9",
        "http://localhost",
    ] {
        assert!(with(Some(good)).is_ok(), "{good}");
    }
    for bad in [
        "http://kms.eu-central-1.amazonaws.com",
        "nonsense",
        "ftp://localhost",
        "https://host/path",
        "https://host/?q",
    ] {
        assert!(matches!(with(Some(bad)), Err(KmsError::Config(_))), "{bad}");
    }
}
