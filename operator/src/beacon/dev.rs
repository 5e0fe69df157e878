//! A beacon of our own for the dev chain: the scheme and the addresses of quicknet, one signer, any clock.
//!
//! Whoever has its seed knows every round beforehand. It is for development and must decide nothing of worth.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve};
use bls12_381::{G1Affine, G1Projective, G2Affine, Scalar};
use meteor_rules::fairness::Bytes32;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha512};

use super::network::{SCHEME, chain_hash};
use super::{BeaconError, BeaconRound, Network, PublicKey};

const SECRET_TAG: &[u8] = b"meteor-shower/dev-beacon/v1";
const NAME: &str = "meteor-dev";
/// RFC 9380's suite for signatures on G1, as drand names it.
const DOMAIN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// A beacon for development.
#[derive(Clone)]
pub struct DevBeacon {
    secret: Scalar,
    network: Network,
    hash: Bytes32,
    group: Bytes32,
}

impl DevBeacon {
    /// The beacon of a seed, whose round 1 is due at `genesis` (Unix seconds) and the others every `period` seconds.
    ///
    /// # Errors
    /// [`BeaconError::Config`] for a period of 0.
    pub fn new(seed: &[u8], genesis: u64, period: u32) -> Result<Self, BeaconError> {
        if period == 0 {
            return Err(BeaconError::Config("its period must be at least a second"));
        }
        let wide = Sha512::new().chain_update(SECRET_TAG).chain_update(seed).finalize();
        let secret = Scalar::from_bytes_wide(&wide.into());
        let public_key = PublicKey::new(G2Affine::from(G2Affine::generator() * secret).to_compressed())?;
        let group: Bytes32 = Sha256::digest(public_key.as_bytes()).into();
        let hash = chain_hash(&public_key, genesis, period, &group, NAME);
        let network = Network { public_key, genesis, period: period.into(), chain_hash: Some(hash) };
        Ok(Self { secret, network, hash, group })
    }

    /// What its clients configure.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Its chain hash.
    pub fn chain_hash(&self) -> Bytes32 {
        self.hash
    }

    /// The round, due or not.
    pub fn round(&self, round: u64) -> BeaconRound {
        // bls12_381 0.8 hashes with digest 0.9: hence the other sha2.
        let message: Bytes32 = Sha256::digest(round.to_be_bytes()).into();
        let point =
            <G1Projective as HashToCurve<ExpandMsgXmd<sha2_for_bls::Sha256>>>::hash_to_curve(message, DOMAIN);
        BeaconRound { round, signature: G1Affine::from(point * self.secret).to_compressed() }
    }

    /// Its HTTP API as a drand relay has it, by `clock` (Unix seconds): `/info`, `/public/{round}` and
    /// `/public/latest`, also behind `/{chain hash}`. Rounds that aren't due get 425.
    pub fn router(self, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Router {
        let served = Served { beacon: Arc::new(self), clock: Arc::new(clock) };
        Router::new()
            .route("/info", get(info))
            .route("/public/{round}", get(public))
            .route("/{chain}/info", get(info_of))
            .route("/{chain}/public/{round}", get(public_of))
            .with_state(served)
    }
}

impl fmt::Debug for DevBeacon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DevBeacon").field("network", &self.network).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Served {
    beacon: Arc<DevBeacon>,
    clock: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl Served {
    fn is_of(&self, chain: &str) -> bool {
        chain == hex::encode(self.beacon.hash)
    }

    fn public(&self, asked: &str) -> Response {
        let latest = self.beacon.network.latest((self.clock)());
        let round = if asked == "latest" { latest } else { asked.parse().ok().filter(|round| *round > 0) };
        match round {
            None if asked == "latest" => refuse(StatusCode::TOO_EARLY, "the first round is not due yet"),
            None => refuse(StatusCode::BAD_REQUEST, "a round is a number from 1, or latest"),
            Some(round) if latest.is_none_or(|latest| round > latest) => {
                refuse(StatusCode::TOO_EARLY, "the round is not due yet")
            }
            Some(round) => {
                let round = self.beacon.round(round);
                answer(&json!({
                    "round": round.round,
                    "randomness": hex::encode(round.randomness()),
                    "signature": hex::encode(round.signature),
                }))
            }
        }
    }

    fn info(&self) -> Response {
        let DevBeacon { network, hash, group, .. } = self.beacon.as_ref();
        answer(&json!({
            "public_key": network.public_key.to_string(),
            "period": network.period,
            "genesis_time": network.genesis,
            "hash": hex::encode(hash),
            "groupHash": hex::encode(group),
            "schemeID": SCHEME,
            "metadata": {"beaconID": NAME},
        }))
    }
}

async fn info(State(served): State<Served>) -> Response {
    served.info()
}

async fn info_of(State(served): State<Served>, Path(chain): Path<String>) -> Response {
    if served.is_of(&chain) { served.info() } else { no_such_beacon() }
}

async fn public(State(served): State<Served>, Path(round): Path<String>) -> Response {
    served.public(&round)
}

async fn public_of(State(served): State<Served>, Path((chain, round)): Path<(String, String)>) -> Response {
    if served.is_of(&chain) { served.public(&round) } else { no_such_beacon() }
}

fn answer(body: &Value) -> Response {
    // The page asks from another origin.
    ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")], Json(body)).into_response()
}

fn refuse(status: StatusCode, why: &str) -> Response {
    let headers = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(json!({"error": why}))).into_response()
}

fn no_such_beacon() -> Response {
    refuse(StatusCode::NOT_FOUND, "another beacon is served here: ask /info for its hash")
}

#[cfg(test)]
mod tests {
    use super::super::verify_signature;
    use super::*;

    #[test]
    fn its_signatures_verify_and_differ() {
        let beacon = DevBeacon::new(b"seed", 1_000, 3).unwrap();
        let key = &beacon.network().public_key;
        for round in [1, 2, u64::MAX] {
            assert_eq!(verify_signature(key, round, &beacon.round(round).signature), Ok(()));
        }
        assert!(verify_signature(key, 1, &beacon.round(2).signature).is_err());
        let other = DevBeacon::new(b"other seed", 1_000, 3).unwrap();
        assert!(verify_signature(key, 1, &other.round(1).signature).is_err());
        assert_ne!(other.chain_hash(), beacon.chain_hash());
    }

    #[test]
    fn the_same_seed_is_the_same_beacon() {
        let beacon = DevBeacon::new(b"seed", 1_000, 3).unwrap();
        assert_eq!(beacon.network(), DevBeacon::new(b"seed", 1_000, 3).unwrap().network());
        assert_ne!(beacon.chain_hash(), DevBeacon::new(b"seed", 1_000, 4).unwrap().chain_hash());
        assert!(DevBeacon::new(b"seed", 1_000, 0).is_err());
        assert!(!format!("{beacon:?}").contains("secret"));
    }
}
