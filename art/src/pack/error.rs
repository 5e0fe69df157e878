//! Why packing stops.

use std::io;
use std::path::PathBuf;

use meteor_rules::tier::Tier;
use thiserror::Error;

use super::LEAST_CAR_BYTES;
use crate::unixfs::DirectoryError;

/// Why packing stops. What is written stays and is used by the next run.
#[derive(Debug, Error)]
pub enum PackError {
    /// Images that a catalogue's pieces need are not there.
    #[error("{count} images are missing, the first is {tier}/{index}: meteor art check lists them all")]
    Missing {
        /// How many.
        count: u64,
        /// Tier of the first.
        tier: Tier,
        /// Index of the first.
        index: u32,
    },
    /// A CID that isn't one of a single raw block.
    #[error(
        "{tier} {index}: its image {image} is no CID of one raw block (CIDv1, SHA-256), as packing needs it"
    )]
    NoRawCid {
        /// The piece's tier.
        tier: Tier,
        /// Its index.
        index: u32,
        /// As the catalogue has it.
        image: String,
    },
    /// A file that isn't the image that the catalogue names.
    #[error("{} is not the image of the catalogue ({why}): make it again, then pack again", path.display())]
    OtherImage {
        /// The file.
        path: PathBuf,
        /// In what it differs.
        why: String,
    },
    /// A limit that no image would fit in.
    #[error("a CAR of {0} bytes can't hold every image: allow at least {LEAST_CAR_BYTES}")]
    TooSmall(u64),
    /// A directory that can't be made.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// A file that can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that can't be written.
    #[error("can't write {}; what is finished is kept: run the same command again to go on", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A manifest that isn't one.
    #[error("{} is not what meteor art pack writes ({why}): pack again", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}
