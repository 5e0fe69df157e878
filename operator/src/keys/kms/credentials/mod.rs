//! AWS credentials, from where AWS's own tools find them. Read again for each use or shortly before they expire, so that
//! rotated ones are picked up. Never from arguments: others can read those.

mod container;
mod instance;
mod profile;
mod web_identity;

use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use meteor_chain::{backoff, time};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{KmsError, wiped};
pub(super) use container::is_loopback;

/// How long an endpoint of the machine itself, or STS, may take to answer, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(5);
const ASKED: u32 = 3;
const PAUSE: Duration = Duration::from_millis(250);

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsSource {
    /// A profile of the standard file, usually `~/.aws/credentials`.
    Profile {
        /// The file; only its owner may read it.
        path: PathBuf,
        /// The profile, usually `default`.
        profile: String,
    },
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, as `aws-vault` and CI set them.
    Environment,
    /// A role for a token that the platform writes to a file, as EKS does for service accounts.
    WebIdentity {
        /// The role's ARN.
        role: String,
        /// The file with the token.
        token: PathBuf,
        /// Address of the token service; by default the region's own.
        endpoint: Option<String>,
    },
    /// A container's endpoint, as ECS tasks and EKS pods have it.
    Container {
        /// The value of `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` (begins with `/`) or
        /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
        uri: String,
        /// What is sent as `Authorization`, if anything is.
        token: ContainerToken,
    },
    /// The role of an EC2 instance, by its metadata service, version 2.
    Instance {
        /// Address of the service.
        endpoint: String,
    },
}

/// What a container's endpoint wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContainerToken {
    /// Nothing.
    No,
    /// The text of a file, as EKS Pod Identity requires; the platform replaces it often.
    File(PathBuf),
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    Environment,
}

/// What endpoints answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Json {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
    expiration: Option<String>,
}

impl CredentialsSource {
    /// The source that AWS's own tools would choose, by the environment, which `var` reads: the environment itself, a
    /// web identity, the profile `AWS_PROFILE` or `default` of the standard file if there is one, a container's role, else
    /// the instance's role.
    pub fn standard(var: impl Fn(&str) -> Option<String>) -> Self {
        let var = |name: &str| var(name).filter(|value| !value.is_empty());
        if var(ID).is_some() {
            return Self::Environment;
        }
        if let (Some(role), Some(token)) = (var("AWS_ROLE_ARN"), var("AWS_WEB_IDENTITY_TOKEN_FILE")) {
            return Self::WebIdentity { role, token: token.into(), endpoint: var("AWS_ENDPOINT_URL_STS") };
        }
        let named = var("AWS_SHARED_CREDENTIALS_FILE").map(PathBuf::from);
        let home = || var("HOME").map(|home| PathBuf::from(home).join(".aws/credentials"));
        if let Some(path) = named.or_else(|| home().filter(|path| path.exists())) {
            let profile = var("AWS_PROFILE").unwrap_or_else(|| "default".to_owned());
            return Self::Profile { path, profile };
        }
        let uri = var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            .or_else(|| var("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
        if let Some(uri) = uri {
            let file =
                var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(|file| ContainerToken::File(file.into()));
            let token = var(container::TOKEN).map(|_| ContainerToken::Environment);
            return Self::Container { uri, token: file.or(token).unwrap_or(ContainerToken::No) };
        }
        let endpoint = var("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        Self::Instance { endpoint: endpoint.unwrap_or_else(|| instance::ENDPOINT.to_owned()) }
    }

    /// `near` asks this machine, `client` the services of `region`.
    pub(super) async fn read(
        &self,
        near: &Client,
        client: &Client,
        region: &str,
    ) -> Result<Credentials, KmsError> {
        let var = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match self {
            Self::Profile { path, profile } => profile::read(path, profile),
            Self::Environment => from_environment(var),
            Self::WebIdentity { role, token, endpoint } => {
                web_identity::read(client, role, token, endpoint.as_deref(), region).await
            }
            Self::Container { uri, token } => container::read(near, uri, token, var).await,
            Self::Instance { endpoint } => instance::read(near, endpoint).await,
        }
    }
}

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

fn from_environment(var: impl Fn(&str) -> Option<String>) -> Result<Credentials, KmsError> {
    let part = |name| var(name).ok_or(KmsError::Environment(name));
    Ok(Credentials::new(part(ID)?, part(SECRET)?, var("AWS_SESSION_TOKEN"), None, "environment"))
}

/// What an endpoint says; `None` if it is anything else.
fn from_json(bytes: &[u8]) -> Option<Credentials> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    if json.access_key_id.is_empty() || json.secret_access_key.is_empty() {
        return None;
    }
    let token = json.token.filter(|token| !token.is_empty()).map(|token| token.as_str().to_owned());
    let expires = json.expiration.as_deref().and_then(expiry);
    Some(Credentials::new(json.access_key_id, json.secret_access_key.as_str(), token, expires, "endpoint"))
}

/// A time as AWS writes it.
fn expiry(text: &str) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(time::seconds(text)?))
}

/// Why an endpoint gave nothing.
enum NoAnswer {
    /// It can't be reached, breaks off or is busy, each time it was asked.
    Silent(&'static str),
    /// It refuses.
    Status(StatusCode),
}

/// The body of an endpoint's answer. One that doesn't answer or is busy is asked again.
async fn body(request: RequestBuilder) -> Result<Zeroizing<Vec<u8>>, NoAnswer> {
    let mut attempt = 1;
    loop {
        let again = request.try_clone().ok_or(NoAnswer::Silent("it can't be asked"))?;
        let silent = match again.timeout(PATIENCE).send().await {
            Ok(answer) if answer.status().is_success() => match wiped(answer).await {
                Some(body) => return Ok(body),
                None => "no whole answer",
            },
            Ok(answer)
                if answer.status() == StatusCode::TOO_MANY_REQUESTS || answer.status().is_server_error() =>
            {
                "it is busy or fails"
            }
            Ok(answer) => return Err(NoAnswer::Status(answer.status())),
            Err(error) if error.is_timeout() => "no answer in time",
            Err(_) => "no answer",
        };
        if attempt >= ASKED {
            return Err(NoAnswer::Silent(silent));
        }
        tokio::time::sleep(backoff::after(PAUSE, backoff::LONGEST, attempt)).await;
        attempt = attempt.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard(vars: &[(&str, &str)]) -> CredentialsSource {
        CredentialsSource::standard(|name| {
            vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn json_is_read_and_garbage_refused() {
        let good = br#"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-01T00:00:00Z","RoleArn":"r"}"#;
        let credentials = from_json(good).unwrap();
        assert_eq!((credentials.access_key_id(), credentials.session_token()), ("A", Some("t")));
        assert_eq!(credentials.expiry(), UNIX_EPOCH.checked_add(Duration::from_hours(490_896)));
        for bad in [&b"{}"[..], b"", b"[]", br#"{"AccessKeyId":"A","SecretAccessKey":""}"#] {
            assert!(from_json(bad).is_none());
        }
    }

    #[test]
    fn the_environment_names_the_source_as_for_awss_tools() {
        let container = |uri: &str, token| CredentialsSource::Container { uri: uri.to_owned(), token };
        let instance = CredentialsSource::Instance { endpoint: "http://169.254.169.254".to_owned() };
        assert_eq!(standard(&[]), instance);
        assert_eq!(standard(&[("HOME", "/no/such/home"), (ID, "")]), instance);
        let ecs = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
        assert_eq!(standard(&[ecs]), container("/v2/credentials/x", ContainerToken::No));
        let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials");
        let file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/run/token");
        let inline = (container::TOKEN, "secret");
        let in_file = ContainerToken::File("/var/run/token".into());
        assert_eq!(standard(&[full, inline, file]), container(full.1, in_file));
        assert_eq!(standard(&[full, inline]), container(full.1, ContainerToken::Environment));
        let web = [("AWS_ROLE_ARN", "arn:role"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token")];
        let found = standard(&[web[0], web[1], ecs]);
        assert!(
            matches!(&found, CredentialsSource::WebIdentity { role, .. } if role == "arn:role"),
            "{found:?}"
        );
        assert_eq!(standard(&[web[0], ecs]), container("/v2/credentials/x", ContainerToken::No));
        assert_eq!(standard(&[(ID, "A"), web[0], web[1], ecs]), CredentialsSource::Environment);
        let named = [("AWS_SHARED_CREDENTIALS_FILE", "/c"), ("AWS_PROFILE", "event")];
        assert_eq!(
            standard(&named),
            CredentialsSource::Profile { path: "/c".into(), profile: "event".into() }
        );
        let profile = CredentialsSource::Profile { path: "/c".into(), profile: "default".to_owned() };
        assert_eq!(
            standard(&[named[0], ecs]),
            profile,
            "a file that is there goes before a container's role"
        );
    }

    #[test]
    fn what_the_environment_lacks_is_named() {
        let all = [(ID, "A"), (SECRET, "swordfish"), ("AWS_SESSION_TOKEN", "t")];
        let from = |vars: &[(&str, &str)]| {
            from_environment(|name| {
                vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let found = from(&all).unwrap();
        assert_eq!((found.access_key_id(), found.session_token()), ("A", Some("t")));
        assert!(!format!("{found:?}").contains("swordfish"));
        assert!(from(&all[..1]).unwrap_err().to_string().contains(SECRET));
    }
}
