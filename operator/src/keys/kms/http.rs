//! What both talks over HTTP need: bodies of bounded size, headers that are never logged.

use reqwest::Response;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::KmsError;

/// The body of an answer, wiped when dropped; `None` if it is larger than `most` or breaks off.
pub(super) async fn body(mut answer: Response, most: usize) -> Option<Zeroizing<Vec<u8>>> {
    // The buffer never grows, so it leaves no copies behind.
    let mut body = Zeroizing::new(Vec::with_capacity(most));
    while let Some(chunk) = answer.chunk().await.ok()? {
        if body.len().saturating_add(chunk.len()) > most {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

/// A header whose value isn't shown.
pub(super) fn secret_header(value: &SecretString) -> Result<HeaderValue, KmsError> {
    let mut value = HeaderValue::from_str(value.expose_secret())
        .map_err(|_| KmsError::Config("a token has characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}
