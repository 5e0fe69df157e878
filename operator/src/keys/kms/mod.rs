//! A key in AWS KMS: it never leaves the service, which answers with the MAC of a shower's message.

mod credentials;
mod error;

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use meteor_chain::http::body_into;
use meteor_chain::waits::Wait;
use meteor_rules::fairness::{Bytes32, Domain, key::key_message};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response, Url, redirect};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

pub use self::credentials::{ContainerToken, CredentialsSource};
pub use self::error::KmsError;
use super::{KeyError, KeySource, ShowerKey};
use meteor_chain::backoff;

const SERVICE: &str = "kms";
const GENERATE: &str = "TrentService.GenerateMac";
const CREATE: &str = "TrentService.CreateKey";
const ALGORITHM: &str = "HMAC_SHA_256";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const MOST_BYTES: usize = 64 << 10;
/// Credentials that end sooner than this are replaced.
const FRESH: Duration = Duration::from_mins(5);

/// Which key, where, and how it is asked.
#[derive(Clone, Debug)]
pub struct KmsConfig {
    /// The region, for example `eu-central-1`.
    pub region: String,
    /// Id or ARN of an `HMAC_256` key.
    pub key_id: String,
    /// Another address than the region's public one: a VPC endpoint, or a stand-in on this machine.
    pub endpoint: Option<String>,
    /// Where credentials come from.
    pub credentials: CredentialsSource,
    /// How long one answer may take.
    pub timeout: Duration,
    /// How often a busy service is asked.
    pub attempts: u32,
    /// How long to wait after the first refusal; doubled each time, with jitter.
    pub wait: Duration,
}

impl KmsConfig {
    /// The usual: the region's own address, ten seconds an answer, six attempts.
    pub fn new(region: &str, key_id: &str, credentials: CredentialsSource) -> Self {
        Self {
            region: region.to_owned(),
            key_id: key_id.to_owned(),
            endpoint: None,
            credentials,
            timeout: Duration::from_secs(10),
            attempts: 6,
            wait: Duration::from_millis(250),
        }
    }
}

/// The key of an event, inside AWS KMS.
pub struct KmsKey {
    config: KmsConfig,
    endpoint: Url,
    host: String,
    client: Client,
    /// For requests without encryption: no proxy from the environment may see them.
    near: Client,
    /// Credentials that say when they end, until shortly before.
    held: Mutex<Option<Credentials>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Made {
    key_metadata: Metadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    mac: Zeroizing<String>,
    mac_algorithm: String,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    kind: String,
}

impl KmsKey {
    /// The key that `config` names. Asks nobody yet.
    ///
    /// # Errors
    /// [`KmsError::Config`] for an endpoint that isn't https, unless it is on this machine.
    pub fn new(config: KmsConfig) -> Result<Self, KmsError> {
        let endpoint = match &config.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => format!("https://kms.{}.amazonaws.com", config.region),
        };
        let endpoint =
            Url::parse(&endpoint).map_err(|_| KmsError::Config("the endpoint is not an address"))?;
        let name = endpoint.host_str().ok_or(KmsError::Config("the endpoint names no host"))?;
        if endpoint.scheme() != "https"
            && !(endpoint.scheme() == "http" && credentials::is_loopback(name.trim_matches(['[', ']'])))
        {
            return Err(KmsError::Config("the endpoint must be https: the answer is a key"));
        }
        if endpoint.path() != "/" || endpoint.query().is_some() {
            return Err(KmsError::Config("the endpoint must be a host without a path"));
        }
        let host = endpoint.port().map_or_else(|| name.to_owned(), |port| format!("{name}:{port}"));
        let builder = || Client::builder().timeout(config.timeout).redirect(redirect::Policy::none());
        let made = |client: reqwest::Result<Client>| {
            client.map_err(|_| KmsError::Config("no HTTP client can be made"))
        };
        let near = made(builder().no_proxy().build())?;
        let client = if endpoint.scheme() == "http" { near.clone() } else { made(builder().build())? };
        Ok(Self { config, endpoint, host, client, near, held: Mutex::new(None) })
    }

    /// Makes a new key in the service, of several regions, and answers with it. `config` names no key yet.
    ///
    /// # Errors
    /// As [`Self::new`], or if the service refuses. Where it didn't answer, a key may have been made.
    pub async fn create(config: KmsConfig) -> Result<Self, KmsError> {
        let mut new = Self::new(config)?;
        let body = json!({
            "KeySpec": "HMAC_256",
            "KeyUsage": "GENERATE_VERIFY_MAC",
            "MultiRegion": true,
            "Description": "Meteor Shower: the key of an event",
        });
        let answer =
            new.asked(CREATE, &body.to_string(), |error| matches!(error, KmsError::Busy { .. })).await?;
        let made: Made =
            serde_json::from_slice(&answer).map_err(|_| KmsError::Malformed("not the JSON it should be"))?;
        new.config.key_id = made.key_metadata.arn;
        Ok(new)
    }

    /// Id or ARN of the key.
    pub fn id(&self) -> &str {
        &self.config.key_id
    }

    async fn mac(&self, message: &[u8]) -> Result<Zeroizing<Bytes32>, KmsError> {
        let body = json!({
            "KeyId": self.config.key_id,
            "MacAlgorithm": ALGORITHM,
            "Message": BASE64.encode(message),
        })
        .to_string();
        read(&self.asked(GENERATE, &body, passes).await?)
    }

    /// The answer to a question of the kind `target`. What `again` allows is asked again.
    async fn asked(
        &self,
        target: &str,
        body: &str,
        again: fn(&KmsError) -> bool,
    ) -> Result<Zeroizing<Vec<u8>>, KmsError> {
        let mut attempt = 1;
        loop {
            let (credentials, held) = self.credentials().await?;
            match self.ask(credentials, target, body).await {
                // They may have been replaced before their time.
                Err(KmsError::Credentials { .. }) if held => *self.held.lock().await = None,
                Err(error) if attempt < self.config.attempts && again(&error) => {
                    tracing::warn!(attempt, %error, "the key service is asked again");
                    tokio::time::sleep(backoff::after(self.config.wait, backoff::LONGEST, attempt)).await;
                    attempt = attempt.saturating_add(1);
                }
                Err(KmsError::Busy { kind, .. }) => return Err(KmsError::Busy { kind, attempts: attempt }),
                other => return other,
            }
        }
    }

    /// Credentials to sign with, and whether they were held from an earlier question. Those that don't say when they
    /// end are read each time.
    async fn credentials(&self) -> Result<(Credentials, bool), KmsError> {
        let mut held = self.held.lock().await;
        let now = SystemTime::now();
        let lasts = |credentials: &Credentials, still: Duration| {
            credentials.expiry().is_some_and(|end| now.checked_add(still).is_some_and(|then| then < end))
        };
        if let Some(fresh) = held.as_ref().filter(|held| lasts(held, FRESH)) {
            return Ok((fresh.clone(), true));
        }
        match self.config.credentials.read(&self.near, &self.client, &self.config.region).await {
            Ok(read) => {
                *held = Some(read.clone()).filter(|read| read.expiry().is_some());
                Ok((read, false))
            }
            // New ones may be there before the old ones end.
            Err(error) => match held.as_ref().filter(|held| lasts(held, Duration::ZERO)) {
                Some(old) => Ok((old.clone(), true)),
                None => Err(error),
            },
        }
    }

    /// Every header of a request with this body, the signature's included. Those are never shown.
    fn headers(&self, credentials: Credentials, target: &str, body: &[u8]) -> Result<HeaderMap, KmsError> {
        const UNSIGNED: KmsError = KmsError::Config("the request can't be signed with these credentials");
        let plain = [("content-type", CONTENT_TYPE), ("x-amz-target", target)];
        let url = self.endpoint.as_str();
        let request = SignableRequest::new("POST", url, plain.into_iter(), SignableBody::Bytes(body));
        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.config.region)
            .name(SERVICE)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|_| UNSIGNED)?
            .into();
        let (signature, _) =
            request.and_then(|request| sign(request, &params)).map_err(|_| UNSIGNED)?.into_parts();
        let mut headers = HeaderMap::new();
        for (name, value) in plain.into_iter().chain(signature.headers()) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| UNSIGNED)?;
            let mut value = HeaderValue::from_str(value).map_err(|_| UNSIGNED)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }

    async fn ask(
        &self,
        credentials: Credentials,
        target: &str,
        body: &str,
    ) -> Result<Zeroizing<Vec<u8>>, KmsError> {
        let request = self.client.post(self.endpoint.clone());
        let request =
            request.headers(self.headers(credentials, target, body.as_bytes())?).body(body.to_owned());
        let _waits = Wait::answer(&self.endpoint.origin().ascii_serialization(), "as a key service");
        let answer = request.send().await.map_err(|source| KmsError::Unreachable {
            endpoint: self.host.clone(),
            source: source.without_url(),
        })?;
        let status = answer.status().as_u16();
        let body = wiped(answer).await.ok_or(KmsError::Malformed("no whole answer of its size"));
        if status == 200 { body } else { Err(refusal(target, status, &body.unwrap_or_default())) }
    }
}

/// The body of an answer, wiped when dropped; `None` if it is too large or breaks off.
async fn wiped(answer: Response) -> Option<Zeroizing<Vec<u8>>> {
    // The buffer never grows, so it leaves no copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    body_into(answer, MOST_BYTES, &mut body).await.ok()?;
    Some(body)
}

fn read(body: &[u8]) -> Result<Zeroizing<Bytes32>, KmsError> {
    let answer: Answer =
        serde_json::from_slice(body).map_err(|_| KmsError::Malformed("not the JSON it should be"))?;
    if answer.mac_algorithm != ALGORITHM {
        return Err(KmsError::Malformed("a MAC of another algorithm"));
    }
    // Longer than a key, so that a MAC that is too long is noticed.
    let mut bytes = Zeroizing::new([0; 64]);
    let len = BASE64
        .decode_slice(answer.mac.as_bytes(), bytes.as_mut())
        .map_err(|_| KmsError::Malformed("a MAC that is not base64 or too long"))?;
    let mac = bytes.get(..len).and_then(|bytes| bytes.try_into().ok());
    mac.map(Zeroizing::new).ok_or(KmsError::Malformed("a MAC that has not 32 bytes"))
}

/// Reads an answer other than 200. Only the error type's name is used, and only if it looks like one.
fn refusal(target: &str, status: u16, body: &[u8]) -> KmsError {
    let kind = serde_json::from_slice(body).map(|refusal: Refusal| refusal.kind).unwrap_or_default();
    let kind = kind.rsplit('#').next().unwrap_or_default();
    let named = !kind.is_empty() && kind.len() <= 64 && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let kind = if named { kind.to_owned() } else { format!("HTTP status {status}") };
    match kind.as_str() {
        "ThrottlingException"
        | "Throttling"
        | "TooManyRequestsException"
        | "LimitExceededException"
        | "RequestLimitExceeded"
        | "DependencyTimeoutException"
        | "KeyUnavailableException"
        | "KMSInternalException"
        | "InternalFailure"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => KmsError::Busy { kind, attempts: 1 },
        "AccessDeniedException" | "AccessDenied" => {
            KmsError::Denied { kind, action: target.split('.').next_back().unwrap_or_default().to_owned() }
        }
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationTokenException"
        | "MissingAuthenticationToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "NotAuthorized" => KmsError::Credentials { kind },
        "KMSInvalidStateException" | "DisabledException" => KmsError::KeyState { kind },
        "NotFoundException" | "InvalidKeyUsageException" | "InvalidArnException" | "ValidationException" => {
            KmsError::NoSuchKey { kind }
        }
        _ if status == 429 || status >= 500 => KmsError::Busy { kind, attempts: 1 },
        _ => KmsError::Refused { kind, status },
    }
}

/// Whether asking again may help.
fn passes(error: &KmsError) -> bool {
    matches!(error, KmsError::Busy { .. } | KmsError::Unreachable { .. })
}

impl KeySource for KmsKey {
    async fn shower_key(&self, id: &Domain<'_>) -> Result<ShowerKey, KeyError> {
        let mut mac = self.mac(&key_message(id)).await?;
        Ok(ShowerKey::take(&mut mac))
    }
}

impl fmt::Debug for KmsKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KmsKey")
            .field("endpoint", &self.host)
            .field("key_id", &self.config.key_id)
            .finish_non_exhaustive()
    }
}
