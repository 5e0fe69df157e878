//! One setting at a time: from what was written to what is meant. No text repeats what may be a password.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::HeaderName;
use meteor_chain::gas::GasPrice;
use meteor_chain::http;
use reqwest::Url;

use super::ConfigError;

pub(super) fn read_tables(path: PathBuf) -> Result<Vec<u8>, ConfigError> {
    fs::read(&path).map_err(|source| ConfigError::Tables { path, source })
}

pub(super) fn read_catalogue(path: PathBuf) -> Result<Vec<u8>, ConfigError> {
    fs::read(&path).map_err(|source| ConfigError::Catalogue { path, source })
}

/// A limit of which 0 means none.
pub(super) fn limit(most: usize) -> Option<usize> {
    (most > 0).then_some(most)
}

pub(super) fn header(text: &str) -> Result<HeaderName, ConfigError> {
    let hint = "it must be the name of a header, like x-forwarded-for";
    HeaderName::from_bytes(text.trim().as_bytes()).map_err(|_| bad("address_header", text, hint))
}

pub(super) fn bad(what: &'static str, given: &str, hint: &str) -> ConfigError {
    ConfigError::Bad { what, given: given.to_owned(), hint: hint.to_owned() }
}

pub(super) fn url(text: &str) -> Result<Url, ConfigError> {
    // The text can contain a password; only its scheme is safe to repeat.
    let scheme = || text.trim().split("://").next().filter(|scheme| scheme.len() < 10).unwrap_or("…");
    http::node_url(text)
        .ok_or_else(|| bad("a node", scheme(), "it must be an address like http://localhost:26657"))
}

/// The address of an S3-compatible store.
pub(super) fn endpoint(what: &'static str, text: &str) -> Result<Url, ConfigError> {
    let good = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host() && anonymous(url);
    // The text can contain a password.
    let hint = "it must be an address like https://s3.example.com, without name and password";
    Url::parse(text.trim()).ok().filter(good).ok_or_else(|| bad(what, "…", hint))
}

pub(super) fn gas_price(text: &str) -> Result<GasPrice, ConfigError> {
    text.trim().parse().map_err(|_| bad("gas_price", text, "write it like 28.325uluna"))
}

/// A gateway, to whose address a content identifier is appended.
pub(super) fn gateway(text: &str) -> Result<Url, ConfigError> {
    let good = |url: &Url| {
        let plain = url.query().is_none() && url.fragment().is_none() && url.path().ends_with('/');
        url.scheme() == "https" && url.has_host() && plain && anonymous(url)
    };
    let hint = "it must be an https address that ends in a slash, like https://ipfs.example.com/ipfs/";
    Url::parse(text.trim()).ok().filter(good).ok_or_else(|| bad("an image gateway", text, hint))
}

pub(super) fn support(text: &str) -> Result<Url, ConfigError> {
    let good = |url: &Url| match url.scheme() {
        "https" => url.has_host() && anonymous(url),
        "mailto" => url.path().split_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty()),
        _ => false,
    };
    let hint = "it must be an https address or one like mailto:help@example.com";
    Url::parse(text.trim()).ok().filter(good).ok_or_else(|| bad("support", text, hint))
}

/// Whether an address holds no name and password: everyone reads it.
fn anonymous(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

pub(super) fn socket(
    what: &'static str,
    given: Option<&str>,
    default: &str,
) -> Result<SocketAddr, ConfigError> {
    let text = given.unwrap_or(default);
    text.parse()
        .map_err(|_| bad(what, text, "it must be an address and port like 127.0.0.1:8080 or [::]:8080"))
}
