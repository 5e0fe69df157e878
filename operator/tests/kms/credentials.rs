//! Credentials from where AWS's own tools find them, against stand-ins of the endpoints that machines have.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::Path;
use axum::routing::{get, post, put};
use meteor_chain::time::utc;

use super::*;

const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

/// A machine whose role's credentials last `seconds`, and how often it was asked for them. The first `busy` questions
/// are refused because it is busy.
async fn machine(seconds: u64, busy: usize) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let role = move || {
        if counter.fetch_add(1, Ordering::SeqCst) < busy {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        axum::Json(json!({
            "Code": "Success", "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": SECRET, "Token": TOKEN,
            "Expiration": utc(now + seconds).unwrap(),
        }))
        .into_response()
    };
    let has = |headers: &HeaderMap, name: &str, value: &str| {
        headers.get(name).is_some_and(|given| given.as_bytes() == value.as_bytes())
    };
    let pod = role.clone();
    let named = move |headers: HeaderMap, Path(name): Path<String>| async move {
        let may = has(&headers, "x-aws-ec2-metadata-token", "imds-token") && name == "event-role";
        if may { role() } else { StatusCode::UNAUTHORIZED.into_response() }
    };
    let router = Router::new()
        .route(
            "/pod",
            get(move |headers: HeaderMap| async move {
                if has(&headers, "authorization", "pod-token") {
                    pod()
                } else {
                    StatusCode::UNAUTHORIZED.into_response()
                }
            }),
        )
        .route("/garbage", get(|| async { "garbage" }))
        .route(
            "/latest/api/token",
            put(move |headers: HeaderMap| async move {
                if has(&headers, "x-aws-ec2-metadata-token-ttl-seconds", "300") { "imds-token" } else { "" }
            }),
        )
        .route(ROLES, get(|| async { "event-role\n" }))
        .route(&format!("{ROLES}{{name}}"), get(named))
        .route("/", post(sts));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, asked)
}

/// The token service as AWS describes it.
async fn sts(body: String) -> Response {
    let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fevent\
                &RoleSessionName=meteor&WebIdentityToken=web%2Btoken";
    if body != form {
        return StatusCode::FORBIDDEN.into_response();
    }
    format!(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
         <AccessKeyId>AKIDEXAMPLE</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>\
         <SessionToken>{TOKEN}</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration>\
         </Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    )
    .into_response()
}

fn container(url: &str, token: ContainerToken) -> CredentialsSource {
    CredentialsSource::Container { uri: url.to_owned(), token }
}

fn instance(url: &str) -> CredentialsSource {
    CredentialsSource::Instance { endpoint: url.to_owned() }
}

async fn works(desk: &Desk, key: &KmsKey) {
    let found = key.shower_key(&ID).await;
    assert_eq!(*desk.service.complaint.lock().unwrap(), None);
    assert_eq!(found.unwrap().publish(), shower_key(&MASTER, &ID));
}

#[tokio::test]
async fn credentials_come_from_a_container() {
    let desk = Desk::new(|_| None).await;
    let (url, _) = machine(3_600, 0).await;
    let token = ContainerToken::File(desk.put("token", "pod-token\n"));
    works(&desk, &desk.key_with(container(&format!("{url}/pod"), token))).await;

    let refused = failed(&desk.key_with(container(&format!("{url}/pod"), ContainerToken::No))).await;
    assert!(matches!(refused, KmsError::ContainerCredentials("it refused")), "{refused}");
    for path in ["/garbage", "/nowhere"] {
        let error = failed(&desk.key_with(container(&format!("{url}{path}"), ContainerToken::No))).await;
        assert!(matches!(error, KmsError::ContainerCredentials(_)), "{error}");
    }
    let lost = ContainerToken::File(desk.dir.path().join("nothing"));
    let error = failed(&desk.key_with(container(&format!("{url}/pod"), lost))).await;
    assert!(matches!(error, KmsError::CredentialsFile { .. }), "{error}");
    let missing =
        CredentialsSource::Profile { path: desk.dir.path().join("nothing"), profile: "event".into() };
    assert!(matches!(failed(&desk.key_with(missing)).await, KmsError::Private(_)));
}

#[tokio::test]
async fn credentials_come_from_an_instances_role() {
    let desk = Desk::new(|_| None).await;
    let (url, asked) = machine(3_600, 1).await;
    works(&desk, &desk.key_with(instance(&url))).await;
    assert_eq!(asked.load(Ordering::SeqCst), 2, "a service that is busy is asked again");

    let nowhere = Router::new();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nothing = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, nowhere).await.unwrap() });
    let error = failed(&desk.key_with(instance(&nothing))).await.to_string();
    assert!(error.contains("has no role"), "{error}");
    let error = failed(&desk.key_with(instance("http://127.0.0.1:1"))).await.to_string();
    assert!(
        error.contains("no AWS credentials were found") && error.contains("--kms-credentials"),
        "{error}"
    );
}

#[tokio::test]
async fn credentials_come_for_a_token_of_the_platform() {
    let desk = Desk::new(|_| None).await;
    let (url, _) = machine(3_600, 0).await;
    let source = |text: &str| CredentialsSource::WebIdentity {
        role: "arn:aws:iam::111122223333:role/event".into(),
        token: desk.put("web", text),
        endpoint: Some(url.clone()),
    };
    works(&desk, &desk.key_with(source("web+token\n"))).await;
    let error = failed(&desk.key_with(source("another"))).await.to_string();
    assert!(error.contains("it refused") && !error.contains("another"), "{error}");
}

#[tokio::test]
async fn credentials_are_read_again_before_they_end_and_when_they_are_refused() {
    let desk = Desk::new(|_| None).await;
    // An hour left: once is enough. A minute left: each time.
    for (seconds, times) in [(3_600, 1), (60, 3)] {
        let (url, asked) = machine(seconds, 0).await;
        let key = desk.key_with(instance(&url));
        for _ in 0..3 {
            works(&desk, &key).await;
        }
        assert_eq!(asked.load(Ordering::SeqCst), times, "{seconds}");
    }
    // Refused before their time: new ones are fetched, once.
    let desk = Desk::new(|asked| (asked == 1).then(|| refusal(400, "ExpiredTokenException"))).await;
    let (url, asked) = machine(3_600, 0).await;
    let key = desk.key_with(instance(&url));
    works(&desk, &key).await;
    works(&desk, &key).await;
    assert_eq!((desk.asked(), asked.load(Ordering::SeqCst)), (3, 2));
    let desk = Desk::new(|asked| (asked > 0).then(|| refusal(400, "ExpiredTokenException"))).await;
    let key = desk.key_with(instance(&url));
    works(&desk, &key).await;
    let error = failed(&key).await;
    assert!(matches!(error, KmsError::Credentials { .. }), "{error}");
    assert_eq!(desk.asked(), 3);
    assert!(!format!("{key:?}").contains(TOKEN) && !format!("{key:?}").contains(SECRET));
}
