//! One relay of a beacon: requests, and checks of its answers.

use std::error::Error;
use std::io;
use std::time::Duration;

use meteor_chain::http::{self, BodyError};
use meteor_chain::waits::Wait;
use reqwest::{Client, StatusCode, Url, redirect};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::network::SCHEME;
use super::{BeaconError, BeaconRound, Fault, Network, randomness, verify_signature};

/// A round has some hundred bytes.
const MOST_BYTES: usize = 16 << 10;

/// One relay.
#[derive(Clone, Debug)]
pub(super) struct Source {
    base: String,
    /// Whether it serves several beacons, each behind its chain hash.
    by_hash: bool,
    client: Client,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "round")]
    number: u64,
    signature: String,
    /// Newer relays leave it out: it follows from the signature.
    randomness: Option<String>,
}

#[derive(Deserialize)]
struct Info {
    public_key: String,
    period: u64,
    genesis_time: u64,
    hash: Option<String>,
    #[serde(rename = "schemeID")]
    scheme: Option<String>,
}

impl Source {
    pub(super) fn new(url: &str, timeout: Duration) -> Result<Self, BeaconError> {
        let parsed = Url::parse(url).map_err(|_| BeaconError::Config("a source's address is no address"))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.query().is_some() {
            return Err(BeaconError::Config("a source's address must be http(s)://host without a query"));
        }
        let client = Client::builder()
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(|_| BeaconError::Config("no HTTP client can be made"))?;
        Ok(Self { base: url.trim_end_matches('/').to_owned(), by_hash: true, client })
    }

    pub(super) fn url(&self) -> &str {
        &self.base
    }

    /// The round, if this relay has it and it is the beacon's.
    pub(super) async fn round(&self, network: &Network, round: u64) -> Result<BeaconRound, Fault> {
        let answer: Sent = self.get(network, &format!("public/{round}")).await?;
        if answer.number != round {
            return Err(Fault::WrongRound { got: answer.number });
        }
        let mut signature = [0; 48];
        hex::decode_to_slice(&answer.signature, &mut signature)
            .map_err(|_| Fault::Garbage("the signature is not 48 bytes in hexadecimal"))?;
        if let Some(claimed) = answer.randomness {
            let mut bytes = [0; 32];
            hex::decode_to_slice(&claimed, &mut bytes)
                .map_err(|_| Fault::Garbage("the randomness is not 32 bytes in hexadecimal"))?;
            if bytes != randomness(&signature) {
                return Err(Fault::BadRandomness);
            }
        }
        verify_signature(&network.public_key, round, &signature).map_err(|_| Fault::BadSignature)?;
        Ok(BeaconRound { round, signature })
    }

    /// Whether this relay serves the configured beacon. From then on it is asked behind the beacon's chain hash, or
    /// without it, whichever worked.
    pub(super) async fn check(&mut self, network: &Network) -> Result<(), Fault> {
        let checked = match self.info(network).await {
            // A relay of one beacon may know no hashes, or the hash is in its address already.
            Err(Fault::NoBeacon(_)) if network.chain_hash.is_some() && self.by_hash => {
                self.by_hash = false;
                self.info(network).await
            }
            checked => checked,
        };
        self.by_hash |= checked.is_err();
        checked
    }

    async fn info(&self, network: &Network) -> Result<(), Fault> {
        let info: Info = self.get(network, "info").await.map_err(|fault| match fault {
            Fault::NotYet(status) => Fault::NoBeacon(status),
            other => other,
        })?;
        let hash = network.chain_hash.map(hex::encode);
        for (what, same) in [
            ("public key", info.public_key.eq_ignore_ascii_case(&network.public_key.to_string())),
            ("genesis", info.genesis_time == network.genesis),
            ("period", info.period == network.period),
            ("chain hash", hash.is_none() || info.hash.is_none() || info.hash == hash),
            ("scheme", info.scheme.is_none_or(|scheme| scheme == SCHEME)),
        ] {
            if !same {
                return Err(Fault::OtherBeacon(what));
            }
        }
        Ok(())
    }

    async fn get<T: DeserializeOwned>(&self, network: &Network, path: &str) -> Result<T, Fault> {
        let url = match network.chain_hash.filter(|_| self.by_hash) {
            Some(hash) => format!("{}/{}/{path}", self.base, hex::encode(hash)),
            None => format!("{}/{path}", self.base),
        };
        let _waits =
            Url::parse(&url).map(|url| Wait::answer(&url.origin().ascii_serialization(), url.path()));
        let answer = self.client.get(url).send().await.map_err(|error| Fault::Down(why(&error)))?;
        match answer.status() {
            StatusCode::OK => {}
            status @ (StatusCode::NOT_FOUND | StatusCode::TOO_EARLY) => {
                return Err(Fault::NotYet(status.as_u16()));
            }
            status => return Err(Fault::Status(status.as_u16())),
        }
        let body = http::body(answer, MOST_BYTES).await.map_err(|error| match error {
            BodyError::Broken(error) => Fault::Down(why(&error)),
            BodyError::TooLarge(_) => Fault::Garbage("it is too large"),
        })?;
        serde_json::from_slice(&body).map_err(|_| Fault::Garbage(what(&body)))
    }
}

/// What a body is that should be JSON of ours.
fn what(body: &[u8]) -> &'static str {
    if body.trim_ascii_start().starts_with(b"<") {
        "it is a web page"
    } else {
        "it is not the JSON it should be"
    }
}

fn why(error: &reqwest::Error) -> &'static str {
    if error.is_timeout() {
        "no answer in time"
    } else if !error.is_connect() {
        "the answer broke off"
    } else if refused(error) {
        "nobody listens there"
    } else {
        "no connection"
    }
}

/// Whether the machine is there and says that nobody listens at the port.
fn refused(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner
            .downcast_ref::<io::Error>()
            .is_some_and(|inner| inner.kind() == io::ErrorKind::ConnectionRefused)
        {
            return true;
        }
        cause = inner.source();
    }
    false
}
