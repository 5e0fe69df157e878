//! AWS credentials: from the standard file, or from the endpoint that a container has. Read for each use, so
//! that rotated ones are picked up.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use aws_credential_types::Credentials;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{KmsError, wiped};
use crate::keys::private;

const MOST_BYTES: usize = 64 << 10;
/// Where ECS answers a task's `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
const ECS: &str = "http://169.254.170.2";
/// Who may be asked without encryption: link-local addresses of ECS and EKS.
const CONTAINER_HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Where credentials come from. Never from arguments or the environment: others can read those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsSource {
    /// A profile of the standard file, usually `~/.aws/credentials`.
    Profile {
        /// The file; only its owner may read it.
        path: PathBuf,
        /// The profile, usually `default`.
        profile: String,
    },
    /// A container's endpoint, as ECS tasks and EKS pods have it.
    Container {
        /// The value of `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` (begins with `/`) or
        /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
        uri: String,
        /// A file whose text is sent as `Authorization`, as EKS Pod Identity requires.
        token: Option<PathBuf>,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Json {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    token: Option<Zeroizing<String>>,
}

impl CredentialsSource {
    /// The endpoint that ECS (tasks with a role) or EKS (Pod Identity) names in the environment, which `var`
    /// reads.
    pub fn of_container(var: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let uri = var("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
            .or_else(|| var("AWS_CONTAINER_CREDENTIALS_FULL_URI"))?;
        Some(Self::Container { uri, token: var("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(PathBuf::from) })
    }

    pub(super) async fn read(&self, client: &reqwest::Client) -> Result<Credentials, KmsError> {
        match self {
            Self::Profile { path, profile } => from_profile(path, profile),
            Self::Container { uri, token } => from_container(client, uri, token.as_deref()).await,
        }
    }
}

fn private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KmsError> {
    Ok(private::read(path, MOST_BYTES)?)
}

fn no_credentials(path: &Path, what: impl Into<String>) -> KmsError {
    KmsError::CredentialsFile { path: path.to_owned(), what: what.into() }
}

fn from_json(bytes: &[u8]) -> Option<Credentials> {
    let json: Json = serde_json::from_slice(bytes).ok()?;
    if json.access_key_id.is_empty() || json.secret_access_key.is_empty() {
        return None;
    }
    let token = json.token.filter(|token| !token.is_empty()).map(|token| token.as_str().to_owned());
    Some(Credentials::new(json.access_key_id, json.secret_access_key.as_str(), token, None, "container"))
}

fn from_profile(path: &Path, profile: &str) -> Result<Credentials, KmsError> {
    let bytes = private(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| no_credentials(path, "it is not text"))?;
    let (mut found, mut inside) = (false, false);
    let (mut id, mut secret, mut token) = (None, None, None);
    for line in text.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = section.trim() == profile;
            found |= inside;
        } else if let Some((key, value)) = line.split_once('=').filter(|_| inside) {
            match key.trim() {
                "aws_access_key_id" => id = Some(value.trim()),
                "aws_secret_access_key" => secret = Some(value.trim()),
                "aws_session_token" => token = Some(value.trim()),
                _ => {}
            }
        }
    }
    if !found {
        return Err(no_credentials(path, format!("it has no profile [{profile}]")));
    }
    let part = |value: Option<&str>, name: &str| {
        value
            .filter(|value| !value.is_empty())
            .map(ToOwned::to_owned)
            .ok_or_else(|| no_credentials(path, format!("profile [{profile}] has no {name}")))
    };
    let (id, secret) = (part(id, "aws_access_key_id")?, part(secret, "aws_secret_access_key")?);
    let token = token.filter(|token| !token.is_empty()).map(ToOwned::to_owned);
    Ok(Credentials::new(id, secret, token, None, "profile"))
}

async fn from_container(
    client: &reqwest::Client,
    uri: &str,
    token: Option<&Path>,
) -> Result<Credentials, KmsError> {
    let mut request = client.get(container_url(uri)?);
    if let Some(path) = token {
        // The platform writes it with permissions of its own, and replaces it often.
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.map_err(|error| no_credentials(path, error.to_string()))?;
        let mut token = HeaderValue::from_str(text.trim())
            .map_err(|_| no_credentials(path, "it has characters that no header may have"))?;
        token.set_sensitive(true);
        request = request.header(AUTHORIZATION, token);
    }
    let answer = request.send().await.map_err(|_| KmsError::ContainerCredentials("no answer"))?;
    if !answer.status().is_success() {
        return Err(KmsError::ContainerCredentials("it refused"));
    }
    let body = wiped(answer).await.ok_or(KmsError::ContainerCredentials("no whole answer"))?;
    from_json(&body).ok_or(KmsError::ContainerCredentials("not the JSON it should be"))
}

fn container_url(uri: &str) -> Result<Url, KmsError> {
    let bad = || KmsError::Config("the container's credentials address is not an address");
    let url = if uri.starts_with('/') { format!("{ECS}{uri}") } else { uri.to_owned() };
    let url = Url::parse(&url).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?.trim_matches(['[', ']']);
    let near = CONTAINER_HOSTS.contains(&host) || is_loopback(host);
    match url.scheme() {
        "https" => Ok(url),
        "http" if near => Ok(url),
        _ => {
            Err(KmsError::Config("credentials may only come over https or from the container's own address"))
        }
    }
}

/// Whether `host` is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        (dir, path)
    }

    const FILE: &str = "# comment\n[default]\naws_access_key_id = AKIDEFAULT\naws_secret_access_key=se/cr=et\n\n\
                        [ event ]\naws_access_key_id=AKIEVENT\naws_secret_access_key=other\naws_session_token = tok==\nregion=x\n\
                        [half]\naws_access_key_id=AKIHALF\n";

    #[test]
    fn a_profile_is_read() {
        let (_dir, path) = file(FILE);
        let default = from_profile(&path, "default").unwrap();
        assert_eq!(
            (default.access_key_id(), default.secret_access_key(), default.session_token()),
            ("AKIDEFAULT", "se/cr=et", None)
        );
        let event = from_profile(&path, "event").unwrap();
        assert_eq!((event.access_key_id(), event.session_token()), ("AKIEVENT", Some("tok==")));
        let shown = format!("{event:?}");
        assert!(!shown.contains("other") && !shown.contains("tok=="), "{shown}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let (_dir, path) = file(FILE);
        let words = |profile| from_profile(&path, profile).unwrap_err().to_string();
        assert!(words("nobody").contains("no profile [nobody]"));
        assert!(words("half").contains("no aws_secret_access_key"));
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        assert!(words("default").contains("chmod 600"));
    }

    #[test]
    fn container_json_is_read_and_garbage_refused() {
        let good = br#"{"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-01-01T00:00:00Z","RoleArn":"r"}"#;
        let credentials = from_json(good).unwrap();
        assert_eq!((credentials.access_key_id(), credentials.session_token()), ("A", Some("t")));
        for bad in [&b"{}"[..], b"", b"[]", br#"{"AccessKeyId":"A","SecretAccessKey":""}"#] {
            assert!(from_json(bad).is_none());
        }
    }

    #[test]
    fn a_containers_endpoint_is_found_in_its_environment() {
        let found = |vars: &[(&str, &str)]| {
            CredentialsSource::of_container(|name| {
                vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        let container = |uri: &str, token: Option<&str>| {
            Some(CredentialsSource::Container { uri: uri.to_owned(), token: token.map(PathBuf::from) })
        };
        assert_eq!(found(&[]), None);
        let ecs = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x");
        assert_eq!(found(&[ecs]), container("/v2/credentials/x", None));
        let eks = [
            ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/run/token"),
        ];
        assert_eq!(found(&eks), container("http://169.254.170.23/v1/credentials", Some("/var/run/token")));
    }

    #[test]
    fn credentials_do_not_travel_in_the_clear() {
        for (uri, allowed) in [
            ("/v2/credentials/x", true),
            ("http://169.254.170.23/v1/credentials", true),
            ("http://[fd00:ec2::23]/v1/credentials", true),
            ("http://localhost:9/x", true),
            ("http://127.0.0.1:9/x", true),
            ("https://example.com/x", true),
            ("http://example.com/x", false),
            ("http://169.254.170.2.example.com/x", false),
            ("ftp://localhost/x", false),
            ("nonsense", false),
        ] {
            assert_eq!(container_url(uri).is_ok(), allowed, "{uri}");
        }
        assert_eq!(container_url("/v2/x").unwrap().as_str(), "http://169.254.170.2/v2/x");
        // A path can't name another host.
        assert_eq!(container_url("//evil.example/x").unwrap().host_str(), Some("169.254.170.2"));
    }
}
