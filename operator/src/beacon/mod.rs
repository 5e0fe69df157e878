//! Public randomness that decides a shower: fetched from several drand relays, believed only after its
//! signature is checked.

mod client;
mod error;
mod network;
mod source;
mod verify;

pub use client::{BeaconClient, BeaconConfig, Fetched, Progress};
pub use error::{BeaconError, Fault, SourceFault};
pub use network::Network;
pub use verify::{BeaconRound, PublicKey, randomness, verify_signature};
