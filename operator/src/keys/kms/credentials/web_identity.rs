//! A role for a token in a file, as EKS gives it to service accounts (IRSA): the token service changes it into
//! credentials for an hour.

use std::path::Path;

use aws_credential_types::Credentials;
use reqwest::{Client, Url};
use zeroize::Zeroizing;

use super::super::KmsError;
use super::{NoAnswer, body, expiry, is_loopback};

/// Names the session in AWS's log of calls.
const SESSION: &str = "meteor";
const VERSION: &str = "2011-06-15";

/// The credentials of `role` for the token in the file `token`.
pub(super) async fn read(
    client: &Client,
    role: &str,
    token: &Path,
    endpoint: Option<&str>,
    region: &str,
) -> Result<Credentials, KmsError> {
    // The platform writes it with permissions of its own, and replaces it often.
    let text = std::fs::read_to_string(token).map(Zeroizing::new);
    let text =
        text.map_err(|error| KmsError::CredentialsFile { path: token.to_owned(), what: error.to_string() })?;
    let form = [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", VERSION),
        ("RoleArn", role),
        ("RoleSessionName", SESSION),
        ("WebIdentityToken", text.trim()),
    ];
    let request = client.post(url(endpoint, region)?).form(&form);
    let body = body(request).await.map_err(|error| match error {
        NoAnswer::Silent(why) => KmsError::WebIdentity(why),
        NoAnswer::Status(_) => KmsError::WebIdentity("it refused: check the role, and whom it trusts"),
    })?;
    from_xml(&body).ok_or(KmsError::WebIdentity("not the answer it should be"))
}

fn url(endpoint: Option<&str>, region: &str) -> Result<Url, KmsError> {
    let regional = || format!("https://sts.{region}.amazonaws.com");
    let url = Url::parse(&endpoint.map_or_else(regional, str::to_owned));
    let url = url.map_err(|_| KmsError::Config("AWS_ENDPOINT_URL_STS is not an address"))?;
    let near = url.host_str().is_some_and(|host| is_loopback(host.trim_matches(['[', ']'])));
    if url.scheme() == "https" || (url.scheme() == "http" && near) {
        return Ok(url);
    }
    Err(KmsError::Config("AWS_ENDPOINT_URL_STS must be https: the answer is credentials"))
}

/// The credentials in the answer: its only XML, so four names are looked for.
fn from_xml(body: &[u8]) -> Option<Credentials> {
    let text = std::str::from_utf8(body).ok()?;
    let part = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        let (value, _) = rest.split_once(&format!("</{name}>"))?;
        Some(value.trim()).filter(|value| !value.is_empty())
    };
    let (id, secret, token) = (part("AccessKeyId")?, part("SecretAccessKey")?, part("SessionToken")?);
    Some(Credentials::new(
        id,
        secret,
        Some(token.to_owned()),
        part("Expiration").and_then(expiry),
        "web identity",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_and_garbage_refused() {
        let answer = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
            <SessionToken>tok==</SessionToken><SecretAccessKey>swordfish</SecretAccessKey>\
            <Expiration>2026-01-01T00:00:00Z</Expiration><AccessKeyId>ASIA</AccessKeyId></Credentials>\
            </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";
        let found = from_xml(answer.as_bytes()).unwrap();
        assert_eq!((found.access_key_id(), found.session_token()), ("ASIA", Some("tok==")));
        assert!(found.expiry().is_some() && !format!("{found:?}").contains("swordfish"));
        for bad in [answer.replace("tok==", ""), answer.replace("AccessKey", "Key"), String::new()] {
            assert!(from_xml(bad.as_bytes()).is_none(), "{bad}");
        }
    }

    #[test]
    fn the_token_does_not_travel_in_the_clear() {
        assert_eq!(url(None, "eu-central-1").unwrap().as_str(), "https://sts.eu-central-1.amazonaws.com/");
        assert!(
            url(Some("http://127.0.0.1:9"), "x").is_ok() && url(Some("http://example.com"), "x").is_err()
        );
    }
}
