//! Public randomness that decides a shower: fetched from several drand relays, believed only after its signature is
//! checked; and a beacon of our own for the dev chain, in the same format.

mod client;
pub mod dev;
mod error;
mod network;
mod source;
mod verify;

pub use client::{BeaconClient, BeaconConfig, Fetched, Progress};
pub use dev::DevBeacon;
pub use error::{BeaconError, Fault, SourceFault};
pub use network::Network;
pub use verify::{BeaconRound, PublicKey, randomness, verify_signature};
