//! Packs the images of a catalogue into CAR files: the form in which they reach IPFS in few requests, and in which the
//! root says everything. Everything is planned from the catalogue and the files' lengths before a byte is written.
//!
//! In the tree an image is `TIER/FIRST/INDEX.png`; those of eggs and dust lie in the same way below `eggs` and `dust`. A
//! sub-directory has at most a thousand images and is named by the first of them. So every directory stays one small
//! block in every implementation: they begin to spread a directory over several blocks at different sizes, the earliest
//! after a thousand entries, and only then do their roots differ. A sub-directory is also what one CAR holds: complete,
//! with the sub-directory as its root. The last CAR has the blocks above, whose root is that of everything. If all of it
//! fits in one CAR, there is only that one.

mod error;
mod manifest;
mod plan;
mod write;

use std::path::PathBuf;

use cid::Cid;
use meteor_rules::catalogue::described::ImageFile;
use meteor_rules::tier::PerTier;

pub use error::PackError;
pub use manifest::{MANIFEST, Manifest, Packed, manifest};
pub use plan::{LEAST_CAR_BYTES, plan};
pub use write::write;

/// What is to be written, block by block.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The root of everything.
    pub root: Cid,
    /// The CAR files, in the order in which they should be uploaded.
    pub cars: Vec<Planned>,
    /// Length and hash of each image of the catalogue, in its order.
    pub files: PerTier<Vec<ImageFile>>,
    /// The CIDs of eggs and dust.
    contents: Vec<String>,
    /// Most bytes that a CAR is allowed.
    pub car_bytes: u64,
}

impl Plan {
    /// How many images there are in all CARs.
    pub fn images(&self) -> u64 {
        self.cars.iter().map(|car| car.images).sum()
    }
}

/// A CAR file to be written.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name.
    pub file: String,
    /// The directory that is its root, below the root of everything; empty for that itself.
    pub path: String,
    /// Its root.
    pub root: Cid,
    /// Whether all that its root leads to is in it.
    pub complete: bool,
    /// Its length in bytes.
    pub bytes: u64,
    /// How many images it has.
    pub images: u64,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
enum Block {
    Directory { cid: Cid, bytes: Vec<u8> },
    Image { cid: Cid, path: PathBuf, bytes: u64 },
}

impl Block {
    const fn cid(&self) -> &Cid {
        match self {
            Self::Directory { cid, .. } | Self::Image { cid, .. } => cid,
        }
    }

    fn length(&self) -> u64 {
        match self {
            Self::Directory { bytes, .. } => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Image { bytes, .. } => *bytes,
        }
    }
}

#[cfg(test)]
mod tests;
