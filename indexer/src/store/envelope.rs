//! What snapshots and segments have around them: what they are of, and a hash over all of it.
//!
//! ```text
//! 16 bytes  what it is, as text
//!  4        schema version, little-endian
//!  ...      head: what it is of (postcard)
//!  ...      body
//! 32        SHA-256 of all before
//! ```

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::fold::StoredError;

/// Why bytes from a store can't be used.
#[derive(Debug, Error)]
pub enum FormatError {
    /// They are not what was written.
    #[error("it is damaged")]
    Damaged(#[source] Damage),
    /// An earlier version wrote them.
    #[error("an older version of meteor wrote it: schema {given}, and this one reads schema {wanted}")]
    Older {
        /// Its schema version.
        given: u32,
        /// The one that is read here.
        wanted: u32,
    },
    /// A later version wrote them.
    #[error("a newer version of meteor wrote it: schema {given}, and this one reads schema {wanted}")]
    Newer {
        /// Its schema version.
        given: u32,
        /// The one that is read here.
        wanted: u32,
    },
    /// They are of another chain.
    #[error("it is of the chain {given}, not of {wanted}")]
    Chain {
        /// The chain they are of.
        given: String,
        /// The chain that is followed.
        wanted: String,
    },
    /// They are of another event.
    #[error("it is of the contract {given}, not of {wanted}")]
    Contract {
        /// The shower contract they are of.
        given: String,
        /// The shower contract that is followed.
        wanted: String,
    },
    /// They begin at another block, so that something may be missing or too much.
    #[error("it begins at block {given}, and start_height is {wanted}")]
    StartHeight {
        /// Height of its first block.
        given: u64,
        /// The height that is configured.
        wanted: u64,
    },
    /// What was to be written can't be.
    #[error("it can't be encoded")]
    Unwritable(#[source] Damage),
}

/// What is damaged.
#[derive(Debug, Error)]
pub enum Damage {
    /// It doesn't begin as it should.
    #[error("it is something else, or its beginning is lost")]
    Beginning,
    /// A bit has changed, or the end is missing.
    #[error("its SHA-256 differs: it was changed, or cut off")]
    Hash,
    /// The head can't be read.
    #[error("its head can't be read")]
    Head(#[source] postcard::Error),
    /// The body can't be read.
    #[error("its body can't be read")]
    Body(#[source] postcard::Error),
    /// The body is no state.
    #[error("its state can't be read")]
    State(#[from] StoredError),
    /// Head and body, or parts of the body, can't all be true.
    #[error("it contradicts itself: {0}")]
    Contradiction(&'static str),
}

impl From<Damage> for FormatError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage)
    }
}

/// The event that is followed: what is read must be of it.
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// The chain; `None` if it isn't known yet.
    pub chain_id: Option<&'a str>,
    /// The shower contract.
    pub contract: &'a str,
    /// Height of the first block that is read.
    pub start_height: u64,
}

/// The event that something kept is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// The chain.
    pub chain_id: String,
    /// The shower contract.
    pub contract: String,
    /// Height of the first block that was read.
    pub start_height: u64,
}

impl Bound {
    /// The event that is followed, if it is this one.
    pub(super) fn event(&self) -> Event<'_> {
        Event { chain_id: Some(&self.chain_id), contract: &self.contract, start_height: self.start_height }
    }

    /// Refuses what is of another event.
    pub(super) fn check(&self, of: &Event<'_>) -> Result<(), FormatError> {
        let Self { chain_id, contract, start_height } = self;
        if let Some(wanted) = of.chain_id.filter(|wanted| wanted != chain_id) {
            return Err(FormatError::Chain { given: chain_id.clone(), wanted: wanted.to_owned() });
        }
        if contract != of.contract {
            return Err(FormatError::Contract { given: contract.clone(), wanted: of.contract.to_owned() });
        }
        if *start_height != of.start_height {
            return Err(FormatError::StartHeight { given: *start_height, wanted: of.start_height });
        }
        Ok(())
    }
}

/// One kind of what is kept.
pub(super) struct Kind {
    /// What it is, as text.
    pub(super) magic: &'static [u8; 16],
    /// The schema version that is written, and the only one that is read.
    pub(super) schema: u32,
}

/// Bytes of the hash at the end.
const HASH: usize = 32;

impl Kind {
    /// Puts head and hash around a body.
    pub(super) fn seal(&self, head: &impl Serialize, body: &[u8]) -> Result<Vec<u8>, FormatError> {
        let mut bytes = Vec::with_capacity(body.len().saturating_add(256));
        bytes.extend(self.magic);
        bytes.extend(self.schema.to_le_bytes());
        bytes = postcard::to_extend(head, bytes).map_err(|e| FormatError::Unwritable(Damage::Head(e)))?;
        bytes.extend(body);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        Ok(bytes)
    }

    /// What comes after kind and schema version, if they are these.
    fn known<'a>(&self, bytes: &'a [u8]) -> Result<&'a [u8], FormatError> {
        let bytes = bytes.strip_prefix(self.magic).ok_or(Damage::Beginning)?;
        let (schema, rest) = bytes.split_first_chunk().ok_or(Damage::Beginning)?;
        let (given, wanted) = (u32::from_le_bytes(*schema), self.schema);
        match given.cmp(&wanted) {
            Ordering::Less => Err(FormatError::Older { given, wanted }),
            Ordering::Equal => Ok(rest),
            Ordering::Greater => Err(FormatError::Newer { given, wanted }),
        }
    }

    /// The head, and what follows it; the hash is not checked.
    pub(super) fn head<'a, H: Deserialize<'a>>(&self, bytes: &'a [u8]) -> Result<(H, &'a [u8]), FormatError> {
        Ok(postcard::take_from_bytes(self.known(bytes)?).map_err(Damage::Head)?)
    }

    /// Head and body, if the hash is theirs.
    pub(super) fn open<'a, H: Deserialize<'a>>(&self, bytes: &'a [u8]) -> Result<(H, &'a [u8]), FormatError> {
        self.known(bytes)?;
        let (all, hash) = bytes.split_last_chunk::<HASH>().ok_or(Damage::Hash)?;
        if *Sha256::digest(all) != *hash {
            return Err(Damage::Hash.into());
        }
        self.head(all)
    }
}
