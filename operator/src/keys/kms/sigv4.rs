//! AWS Signature Version 4 for a POST to the root path of a service: all that the key service needs.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use zeroize::Zeroizing;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a request is signed with.
#[derive(Clone)]
pub(super) struct Credentials {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: SecretString,
    pub(super) session_token: Option<SecretString>,
}

/// Where and when a request is valid.
pub(super) struct Scope<'a> {
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    pub(super) at: OffsetDateTime,
}

impl Scope<'_> {
    /// The time as the `x-amz-date` header has it.
    pub(super) fn timestamp(&self) -> String {
        let (hour, minute, second) = self.at.to_hms();
        format!("{}T{hour:02}{minute:02}{second:02}Z", self.date())
    }

    fn date(&self) -> String {
        let (year, month, day) = self.at.to_calendar_date();
        format!("{year:04}{:02}{day:02}", u8::from(month))
    }

    fn credential(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date(), self.region, self.service)
    }
}

/// The `Authorization` header of a POST to `/` with these headers (lower-case names) and this body. Every header that
/// is given is signed.
pub(super) fn authorization(
    credentials: &Credentials,
    scope: &Scope<'_>,
    headers: &[(&str, &str)],
    body: &[u8],
) -> String {
    let mut headers = headers.to_vec();
    headers.sort_unstable();
    let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    // A session token is among them.
    let mut canonical = Zeroizing::new(String::from("POST\n/\n\n"));
    for (name, value) in &headers {
        for part in [name, ":", value.trim(), "\n"] {
            canonical.push_str(part);
        }
    }
    for part in ["\n", &names, "\n", &hex::encode(Sha256::digest(body))] {
        canonical.push_str(part);
    }
    let hash = hex::encode(Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("{ALGORITHM}\n{}\n{}\n{hash}", scope.timestamp(), scope.credential());
    let signature = mac(signing_key(credentials, scope).as_ref(), to_sign.as_bytes());
    format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={names}, Signature={}",
        credentials.access_key_id,
        scope.credential(),
        hex::encode(*signature)
    )
}

fn signing_key(credentials: &Credentials, scope: &Scope<'_>) -> Zeroizing<[u8; 32]> {
    let secret = Zeroizing::new(format!("AWS4{}", credentials.secret_access_key.expose_secret()));
    let mut key = mac(secret.as_bytes(), scope.date().as_bytes());
    for part in [scope.region, scope.service, "aws4_request"] {
        key = mac(key.as_ref(), part.as_bytes());
    }
    key
}

fn mac(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Zeroizing::new([0; 32]) };
    mac.update(message);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The credentials, scope and expected signatures of AWS's own test suite (`aws-sig-v4-test-suite`).
    fn suite() -> (Credentials, Scope<'static>) {
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
            session_token: None,
        };
        let at = OffsetDateTime::from_unix_timestamp(1_440_938_160).unwrap();
        (credentials, Scope { region: "us-east-1", service: "service", at })
    }

    #[test]
    fn signs_as_the_suite_does() {
        let (credentials, scope) = suite();
        assert_eq!(scope.timestamp(), "20150830T123600Z");
        let vanilla = [("x-amz-date", "20150830T123600Z"), ("host", "example.amazonaws.com")];
        assert_eq!(
            authorization(&credentials, &scope, &vanilla, b""),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=host;x-amz-date, \
             Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        );
        let form = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ];
        assert_eq!(
            authorization(&credentials, &scope, &form, b"Param1=value1"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, \
             Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
        );
    }

    #[test]
    fn the_signing_key_is_that_of_the_documentation() {
        let (credentials, _) = suite();
        let at = OffsetDateTime::from_unix_timestamp(1_440_892_800).unwrap();
        let scope = Scope { region: "us-east-1", service: "iam", at };
        assert_eq!(
            hex::encode(*signing_key(&credentials, &scope)),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
        );
    }
}
