//! The role of an EC2 instance, by its metadata service, version 2: a token first, so that no page that is fetched for
//! somebody else can give the credentials away.

use aws_credential_types::Credentials;
use reqwest::header::HeaderValue;
use reqwest::{Client, StatusCode, Url};

use super::super::KmsError;
use super::container::is_loopback;
use super::{NoAnswer, body, from_json};

/// Where every instance finds the service.
pub(super) const ENDPOINT: &str = "http://169.254.169.254";
/// The service's other name, over IPv6.
const SIXTH: &str = "fd00:ec2::254";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const LIFETIME: (&str, &str) = ("x-aws-ec2-metadata-token-ttl-seconds", "300");
const ROLES: &str = "latest/meta-data/iam/security-credentials/";

/// The credentials of the instance's role.
pub(super) async fn read(client: &Client, endpoint: &str) -> Result<Credentials, KmsError> {
    let base = base(endpoint)?;
    let at = |path: &str| base.join(path).map_err(|_| KmsError::InstanceCredentials("its address is none"));
    let failed = |error: NoAnswer| match error {
        NoAnswer::Silent(why) => KmsError::InstanceCredentials(why),
        NoAnswer::Status(StatusCode::NOT_FOUND) => {
            KmsError::InstanceCredentials("the instance has no role: attach an instance profile")
        }
        NoAnswer::Status(_) => KmsError::InstanceCredentials("it refused"),
    };
    let asks = client.put(at("latest/api/token")?).header(LIFETIME.0, LIFETIME.1);
    let token = body(asks).await.map_err(failed)?;
    let mut token = HeaderValue::from_bytes(token.trim_ascii())
        .map_err(|_| KmsError::InstanceCredentials("its token has characters that no header may have"))?;
    token.set_sensitive(true);
    let get =
        async |path: &str| body(client.get(at(path)?).header(TOKEN, token.clone())).await.map_err(failed);
    let roles = get(ROLES).await?;
    let role = std::str::from_utf8(&roles).ok().and_then(|roles| roles.lines().next()).map(str::trim);
    // A name that could lead elsewhere is none.
    let role = role.filter(|role| !role.is_empty() && !role.contains(['/', '?', '#', ' ']));
    let role = role.ok_or(KmsError::InstanceCredentials("it names no role"))?;
    let found = get(&format!("{ROLES}{role}")).await?;
    from_json(&found).ok_or(KmsError::InstanceCredentials("not the JSON it should be"))
}

/// The service's address, without encryption only where no other machine can answer.
fn base(endpoint: &str) -> Result<Url, KmsError> {
    let bad = KmsError::Config("AWS_EC2_METADATA_SERVICE_ENDPOINT is no address of the metadata service");
    let Ok(mut url) = Url::parse(endpoint) else { return Err(bad) };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let near = Url::parse(ENDPOINT).is_ok_and(|own| own.host_str() == Some(host))
        || host == SIXTH
        || is_loopback(host);
    if url.scheme() != "http" || !near {
        return Err(bad);
    }
    url.set_path("/");
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_machine_itself_is_asked() {
        for (endpoint, allowed) in [
            (ENDPOINT, true),
            ("http://[fd00:ec2::254]/", true),
            ("http://127.0.0.1:9", true),
            ("http://169.254.169.254.example.com", false),
            ("http://example.com", false),
            ("ftp://127.0.0.1", false),
            ("nonsense", false),
        ] {
            assert_eq!(base(endpoint).is_ok(), allowed, "{endpoint}");
        }
    }
}
