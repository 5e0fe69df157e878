//! The dev chain's beacon: drand's scheme and quicknet's addresses, one signer, any clock.
//!
//! Anyone with its seed can compute every round in advance. It is for development and must decide nothing of
//! value.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve};
use bls12_381::{G1Affine, G1Projective, G2Affine, Scalar};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::error::DevnetError;
use crate::serve;

/// The one scheme it signs with, under drand's name.
const SCHEME: &str = "bls-unchained-g1-rfc9380";
const SECRET_TAG: &[u8] = b"meteor-shower/dev-beacon/v1";
const NAME: &str = "meteor-dev";
/// RFC 9380's suite for signatures on G1, under drand's name.
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
/// Seed, genesis and period of the dev chain's own beacon. Its key is public, like everything of that chain.
const OWN: (&[u8], u64, u32) = (b"the dev chain's own beacon, whose key is no secret", 1_600_000_000, 1);

/// A beacon for development.
#[derive(Clone)]
pub struct DevBeacon {
    secret: Scalar,
    public_key: [u8; 96],
    genesis: u64,
    period: u32,
}

impl DevBeacon {
    /// The beacon of a seed. Round 1 is due at `genesis` (Unix seconds), then one every `period` seconds.
    ///
    /// # Errors
    /// [`DevnetError::Config`] for a period of 0.
    pub fn new(seed: &[u8], genesis: u64, period: u32) -> Result<Self, DevnetError> {
        if period == 0 {
            return Err(DevnetError::Config("the beacon's period must be at least a second".into()));
        }
        let wide = Sha512::new().chain_update(SECRET_TAG).chain_update(seed).finalize();
        let secret = Scalar::from_bytes_wide(&wide.into());
        let public_key = G2Affine::from(G2Affine::generator() * secret).to_compressed();
        Ok(Self { secret, public_key, genesis, period })
    }

    /// The beacon that every dev chain has. Everyone knows its key.
    ///
    /// # Errors
    /// None: its period is not 0.
    pub fn own() -> Result<Self, DevnetError> {
        let (seed, genesis, period) = OWN;
        Self::new(seed, genesis, period)
    }

    /// Its public key.
    pub fn public_key(&self) -> &[u8; 96] {
        &self.public_key
    }

    /// When round 1 is due (Unix seconds).
    pub fn genesis(&self) -> u64 {
        self.genesis
    }

    /// Seconds between rounds.
    pub fn period(&self) -> u32 {
        self.period
    }

    /// Its chain hash.
    pub fn chain_hash(&self) -> [u8; 32] {
        chain_hash(&self.public_key, self.genesis, self.period, &self.group(), NAME)
    }

    fn group(&self) -> [u8; 32] {
        Sha256::digest(self.public_key).into()
    }

    /// The signature of a round, due or not.
    pub fn sign(&self, round: u64) -> [u8; 48] {
        // bls12_381 0.8 hashes with digest 0.9: hence the other sha2.
        let message: [u8; 32] = Sha256::digest(round.to_be_bytes()).into();
        let point =
            <G1Projective as HashToCurve<ExpandMsgXmd<sha2_for_bls::Sha256>>>::hash_to_curve(message, DOMAIN);
        G1Affine::from(point * self.secret).to_compressed()
    }

    /// The latest round that is due at `now` (Unix seconds); `None` before the first.
    fn latest(&self, now: u64) -> Option<u64> {
        now.checked_sub(self.genesis)?.checked_div(self.period.into())?.checked_add(1)
    }

    /// Its HTTP API as a drand relay has it, by `clock` (Unix seconds): `/info`, `/public/{round}` and
    /// `/public/latest`, also behind `/{chain hash}`. Rounds that aren't due get 425.
    pub fn router(self, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Router {
        let own = format!("/{}", hex::encode(self.chain_hash()));
        let served = Served { beacon: Arc::new(self), clock: Arc::new(clock) };
        let routes = Router::new().route("/info", get(info)).route("/public/{round}", get(public));
        routes
            .clone()
            .nest(&own, routes)
            .route("/{chain}/info", get(no_such_beacon))
            .route("/{chain}/public/{round}", get(no_such_beacon))
            .with_state(served)
    }
}

impl fmt::Debug for DevBeacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevBeacon").field("public_key", &hex::encode(self.public_key)).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Served {
    beacon: Arc<DevBeacon>,
    clock: Arc<dyn Fn() -> u64 + Send + Sync>,
}

async fn public(State(served): State<Served>, Path(asked): Path<String>) -> Response {
    let latest = served.beacon.latest((served.clock)());
    let round = if asked == "latest" { latest } else { asked.parse().ok().filter(|round| *round > 0) };
    match round {
        None if asked == "latest" => refuse(StatusCode::TOO_EARLY, "the first round is not due yet"),
        None => refuse(StatusCode::BAD_REQUEST, "a round is a number from 1, or latest"),
        Some(round) if latest.is_none_or(|latest| round > latest) => {
            refuse(StatusCode::TOO_EARLY, "the round is not due yet")
        }
        Some(round) => {
            let signature = served.beacon.sign(round);
            answer(&json!({
                "round": round,
                "randomness": hex::encode(Sha256::digest(signature)),
                "signature": hex::encode(signature),
            }))
        }
    }
}

async fn info(State(Served { beacon, .. }): State<Served>) -> Response {
    answer(&json!({
        "public_key": hex::encode(beacon.public_key),
        "period": beacon.period,
        "genesis_time": beacon.genesis,
        "hash": hex::encode(beacon.chain_hash()),
        "groupHash": hex::encode(beacon.group()),
        "schemeID": SCHEME,
        "metadata": {"beaconID": NAME},
    }))
}

fn answer(body: &Value) -> Response {
    // The page asks from another origin.
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(body)).into_response()
}

fn refuse(status: StatusCode, why: &str) -> Response {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(json!({"error": why}))).into_response()
}

async fn no_such_beacon() -> Response {
    refuse(StatusCode::NOT_FOUND, "another beacon is served here: ask /info for its hash")
}

/// The hash by which drand tells beacons apart.
pub fn chain_hash(public_key: &[u8; 96], genesis: u64, period: u32, seed: &[u8; 32], name: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(period.to_be_bytes())
        .chain_update(genesis.to_be_bytes())
        .chain_update(public_key)
        .chain_update(seed)
        .chain_update(name)
        .finalize()
        .into()
}

/// The dev chain's beacon served by itself, for an event on another chain. It ends when this is dropped.
#[derive(Debug)]
pub struct Relay {
    /// Its address.
    pub url: String,
    _stop: DropGuard,
}

impl Relay {
    /// Serves it at `listen`.
    ///
    /// # Errors
    /// If the port can't be opened.
    pub async fn start(listen: SocketAddr) -> Result<Self, DevnetError> {
        let bound = serve::bind(listen).await?;
        let (url, stop) = (format!("http://{}", bound.addr), CancellationToken::new());
        bound.serve(DevBeacon::own()?.router(now), stop.clone());
        Ok(Self { url, _stop: stop.drop_guard() })
    }

    /// Serves it on a free port of this machine.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn anywhere() -> Result<Self, DevnetError> {
        Self::start((Ipv4Addr::LOCALHOST, 0).into()).await
    }
}

/// Seconds since the epoch on this machine's clock.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_is_the_same_beacon() {
        let beacon = DevBeacon::new(b"seed", 1_000, 3).unwrap();
        assert_eq!(beacon.public_key(), DevBeacon::new(b"seed", 1_000, 3).unwrap().public_key());
        assert_ne!(beacon.chain_hash(), DevBeacon::new(b"seed", 1_000, 4).unwrap().chain_hash());
        assert_ne!(beacon.chain_hash(), DevBeacon::new(b"other seed", 1_000, 3).unwrap().chain_hash());
        assert!(DevBeacon::new(b"seed", 1_000, 0).is_err());
        assert!(!format!("{beacon:?}").contains("secret"));
    }
}
