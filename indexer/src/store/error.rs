//! Why the store can't be used.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::FormatError;
use super::credentials::CredentialsError;

/// Why the store can't be used now.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The folder can't be made.
    #[error("can't make the folder {} for snapshots: name another with --store, or --store none", path.display())]
    Folder {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder isn't there.
    #[error("there is no folder {}: make it, or name another with --images", .0.display())]
    NoFolder(PathBuf),
    /// An object is larger than any should be.
    #[error("{name} has {bytes} bytes, more than there can be")]
    TooLarge {
        /// The object.
        name: String,
        /// How many it has.
        bytes: u64,
    },
    /// The bucket's settings can't be used.
    #[error("can't use the store {place}")]
    Settings {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// The file of credentials can't be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// There is something of several chains.
    #[error("it has blocks of the chains {0}: name one with --chain-id")]
    Chains(String),
    /// An object can't be read, listed or deleted.
    #[error("can't {what} {name}")]
    Access {
        /// What was tried.
        what: &'static str,
        /// The object or folder.
        name: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// An object can't be written to the local disk.
    #[error("can't write {name}")]
    Write {
        /// The object.
        name: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An object can't be made.
    #[error("can't make {name}")]
    Format {
        /// The object.
        name: String,
        /// Why.
        #[source]
        source: FormatError,
    },
    /// Making an object panicked.
    #[error("making {name} panicked: this is a bug, please report it")]
    Panicked {
        /// The object.
        name: String,
    },
    /// The runtime is shutting down.
    #[error("stopped")]
    Stopped,
}

impl StoreError {
    /// Whether it is the fault of what should be stored: trying again with the same changes nothing.
    pub(super) const fn is_of_data(&self) -> bool {
        match self {
            Self::Format { .. } | Self::Panicked { .. } => true,
            Self::Folder { .. }
            | Self::NoFolder(_)
            | Self::TooLarge { .. }
            | Self::Settings { .. }
            | Self::Credentials(_)
            | Self::Chains(_)
            | Self::Access { .. }
            | Self::Write { .. }
            | Self::Stopped => false,
        }
    }
}
