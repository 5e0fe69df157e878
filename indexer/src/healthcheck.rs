//! Asks a running indexer how it is, at its admin port: for images that hold no other program that could ask.

use std::net::SocketAddr;
use std::time::Duration;

use clap::ValueEnum;
use reqwest::Client;
use thiserror::Error;

/// Whoever asks has limits of their own, and their usual shortest is 5 s.
const LONGEST: Duration = Duration::from_secs(3);

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Probe {
    /// Whether it answers at all. If it doesn't, a restart can help
    #[default]
    Live,
    /// Whether it should get requests. If it shouldn't, a restart makes it worse
    Ready,
}

impl Probe {
    /// Its path at the admin port.
    fn path(self) -> &'static str {
        match self {
            Self::Live => "livez",
            Self::Ready => "readyz",
        }
    }
}

/// Why it isn't well, as far as one can tell from outside.
#[derive(Debug, Error)]
pub enum Unwell {
    /// Nothing answers, or not in time.
    #[error("{0} does not answer within {seconds} s: is it running, with this admin_listen?", seconds = LONGEST.as_secs())]
    Silent(SocketAddr, #[source] reqwest::Error),
    /// It answers that it isn't.
    #[error("{0} answers {1}: {2}")]
    Says(SocketAddr, u16, String),
}

/// What the indexer whose admin port listens at `admin` says of itself.
///
/// # Errors
/// [`Unwell`] if it says that it isn't well, or says nothing within 3 seconds.
pub async fn healthcheck(admin: SocketAddr, probe: Probe) -> Result<String, Unwell> {
    let silent = |source| Unwell::Silent(admin, source);
    // It is on this machine: a proxy for what is outside must not be asked.
    let client = Client::builder().no_proxy().timeout(LONGEST).build().map_err(silent)?;
    let answer = client.get(format!("http://{admin}/{}", probe.path())).send().await.map_err(silent)?;
    let status = answer.status();
    let says = answer.text().await.map_err(silent)?.trim().to_owned();
    if status.is_success() { Ok(says) } else { Err(Unwell::Says(admin, status.as_u16(), says)) }
}
