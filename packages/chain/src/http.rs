//! HTTP as far as every client needs it: a client with deadlines, and bodies of bounded size.

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, Url};
use thiserror::Error;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use crate::error::unreached;
use crate::waits::Wait;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a server may send nothing in the middle of an answer.
const READ: Duration = Duration::from_secs(30);
/// A page may have this many bytes: an event's largest file fits many times.
const MOST_BYTES: usize = 256 << 20;
/// Longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// Why a body can't be had.
#[derive(Debug, Error)]
pub enum BodyError {
    /// The connection broke off.
    #[error("the answer broke off")]
    Broken(#[source] reqwest::Error),
    /// The body is larger than any proper answer.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
}

/// Why a page can't be had.
#[derive(Debug, Error)]
pub enum GetError {
    /// The server can't be reached.
    #[error("the server does not answer ({0}): check that it runs and that the address is right")]
    Unreachable(String),
    /// The server refuses.
    #[error("the server answers with HTTP status {status}{}", said(text))]
    Status {
        /// The HTTP status.
        status: u16,
        /// What it says.
        text: String,
    },
    /// The body can't be had.
    #[error(transparent)]
    Body(#[from] BodyError),
}

/// What a server says with a status, for people: a page of HTML says nothing.
fn said(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.starts_with('<') { String::new() } else { format!(": {text}") }
}

/// The page at `url`, of bounded size.
///
/// # Errors
/// [`GetError`].
pub async fn get(url: &str) -> Result<Vec<u8>, GetError> {
    // A large page over a slow line may take its time, as long as something arrives.
    let client = Client::builder().connect_timeout(CONNECT).read_timeout(READ).build();
    let _waits = Url::parse(url).map(|url| Wait::answer(&url.origin().ascii_serialization(), url.path()));
    let failed = |error: reqwest::Error| GetError::Unreachable(unreached(&error.without_url()));
    let response = client.map_err(failed)?.get(url).send().await.map_err(failed)?;
    let status = response.status();
    let body = body(response, MOST_BYTES).await?;
    if status.is_success() {
        return Ok(body);
    }
    Err(GetError::Status { status: status.as_u16(), text: String::from_utf8_lossy(&body).into_owned() })
}

/// A client that gives each request `timeout`, its body included, and as long between two pieces of an answer.
///
/// # Errors
/// If no TLS is available.
pub fn client(timeout: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .timeout(timeout)
        .read_timeout(timeout)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .user_agent(concat!("meteor/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// A client that waits as long as something comes: `idle` for a connection, for the beginning of an answer, and
/// between two pieces of it. Whoever reads the answer bounds its size and time.
///
/// # Errors
/// If no TLS is available.
pub fn patient(idle: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .read_timeout(idle)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .user_agent(concat!("meteor/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The body of `response`, of at most `most` bytes.
///
/// # Errors
/// [`BodyError`].
pub async fn body(response: Response, most: usize) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    body_into(response, most, &mut body).await?;
    Ok(body)
}

/// Appends the body of `response` to `body`, which then has at most `most` bytes. Secrets are read into a
/// buffer of that capacity: it never grows, so it leaves no copies behind.
///
/// # Errors
/// [`BodyError`].
pub async fn body_into(mut response: Response, most: usize, body: &mut Vec<u8>) -> Result<(), BodyError> {
    // Errors of reqwest name the address, which may hold a password.
    while let Some(chunk) = response.chunk().await.map_err(|error| BodyError::Broken(error.without_url()))? {
        if body.len().saturating_add(chunk.len()) > most {
            return Err(BodyError::TooLarge(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(())
}

/// How long a server asks to wait, if it says so: in seconds, or with the date on which to come again.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    wait(headers.get(RETRY_AFTER)?.to_str().ok()?, OffsetDateTime::now_utc())
}

fn wait(text: &str, now: OffsetDateTime) -> Option<Duration> {
    let seconds = text.trim().parse().ok().map(Duration::from_secs);
    let until = || OffsetDateTime::parse(text.trim(), &Rfc2822).ok();
    // A date that is over asks for no wait.
    let date = || until().map(|until| Duration::try_from(until - now).unwrap_or_default());
    seconds.or_else(date).map(|wait| wait.min(LONGEST_WAIT))
}

/// The address of a node; `tcp://` is how CometBFT writes its own.
pub fn node_url(text: &str) -> Option<Url> {
    let text = text.trim();
    let http = text.strip_prefix("tcp://").map_or_else(|| text.to_owned(), |rest| format!("http://{rest}"));
    Url::parse(&http).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Host and port: the rest of an address may hold a password or an API key, which belong in no log.
pub fn node_name(url: &Url) -> String {
    let host = url.host_str().unwrap_or("node");
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_ask_to_wait_in_seconds_or_with_a_date() {
        let now = OffsetDateTime::from_unix_timestamp(1_445_412_470).unwrap();
        for (text, seconds) in [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("86400", Some(300)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", Some(10)),
            ("Wed, 21 Oct 2015 07:27:00 GMT", Some(0)),
            ("Wed, 21 Oct 2025 07:28:00 GMT", Some(300)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(wait(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
