//! Public randomness that decides a shower: fetched from several drand relays, believed only after its
//! signature is checked.

mod client;
mod error;
mod network;
mod source;

pub use client::{BeaconClient, BeaconConfig, Fetched};
pub use error::{BeaconError, Fault, SourceFault};
pub use meteor_beacon::{BeaconRound, PublicKey, SignatureError, randomness, verify_signature};
pub use network::Network;
