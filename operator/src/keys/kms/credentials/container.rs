//! The role of a container: ECS tasks, EKS pods with Pod Identity, and whoever speaks as they do.

use std::net::IpAddr;

use aws_credential_types::Credentials;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};
use zeroize::Zeroizing;

use super::super::KmsError;
use super::{ContainerToken, NoAnswer, body, from_json};

/// The variable that may hold what is sent as `Authorization`.
pub(super) const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
/// Where ECS answers a task's `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`.
const ECS: &str = "http://169.254.170.2";
/// Who may be asked without encryption: link-local addresses of ECS and EKS.
const HOSTS: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// The credentials that the endpoint at `uri` gives; `var` reads the environment.
pub(super) async fn read(
    client: &Client,
    uri: &str,
    token: &ContainerToken,
    var: impl Fn(&str) -> Option<String>,
) -> Result<Credentials, KmsError> {
    let mut request = client.get(url(uri)?);
    let token = match token {
        ContainerToken::No => None,
        ContainerToken::File(path) => {
            // The platform writes it with permissions of its own.
            let text = std::fs::read_to_string(path)
                .map_err(|error| KmsError::CredentialsFile { path: path.clone(), what: error.to_string() })?;
            Some(Zeroizing::new(text))
        }
        ContainerToken::Environment => var(TOKEN).map(Zeroizing::new),
    };
    if let Some(token) = token {
        let mut token = HeaderValue::from_str(token.trim()).map_err(|_| {
            KmsError::ContainerCredentials("its token has characters that no header may have")
        })?;
        token.set_sensitive(true);
        request = request.header(AUTHORIZATION, token);
    }
    let body = body(request).await.map_err(|error| match error {
        NoAnswer::Silent(why) => KmsError::ContainerCredentials(why),
        NoAnswer::Status(_) => KmsError::ContainerCredentials("it refused"),
    })?;
    from_json(&body).ok_or(KmsError::ContainerCredentials("not the JSON it should be"))
}

fn url(uri: &str) -> Result<Url, KmsError> {
    let bad = || KmsError::Config("the container's credentials address is not an address");
    let url = if uri.starts_with('/') { format!("{ECS}{uri}") } else { uri.to_owned() };
    let url = Url::parse(&url).map_err(|_| bad())?;
    let host = url.host_str().ok_or_else(bad)?.trim_matches(['[', ']']);
    let near = HOSTS.contains(&host) || is_loopback(host);
    match url.scheme() {
        "https" => Ok(url),
        "http" if near => Ok(url),
        _ => {
            Err(KmsError::Config("credentials may only come over https or from the container's own address"))
        }
    }
}

/// Whether `host` is this machine.
pub(in super::super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(url(uri).is_ok(), allowed, "{uri}");
        }
        assert_eq!(url("/v2/x").unwrap().as_str(), "http://169.254.170.2/v2/x");
        // A path can't name another host.
        assert_eq!(url("//evil.example/x").unwrap().host_str(), Some("169.254.170.2"));
    }
}
