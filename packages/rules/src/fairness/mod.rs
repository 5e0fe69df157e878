//! Fair, secret and provable: keys and commitments, the seed, the draw, the contents, and the tree that binds
//! them. `docs/fairness.md` specifies every byte, with test vectors.

pub mod beacon;
pub mod content;
pub mod draw;
pub mod evidence;
pub mod hex;
pub mod key;
pub mod sealed;
mod stream;
pub mod tree;
pub mod verify;

pub(crate) use evidence::decimal;
pub use stream::Stream;

use crate::ids::ShowerId;

/// 32 bytes: a hash, a key, a seed or a salt.
pub type Bytes32 = [u8; 32];

/// The shower, contract and chain that a hash is for. Everything hashed for a shower is bound to these three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain<'a> {
    /// The chain's id.
    pub chain_id: &'a str,
    /// Address of the shower contract.
    pub contract: &'a str,
    /// Which shower.
    pub shower: ShowerId,
}
