//! Why a configuration can't be used.

use std::path::PathBuf;

use thiserror::Error;

/// Why a configuration can't be used. Every text says what to do.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read the configuration file {}", path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is malformed.
    #[error("the configuration file {} is malformed", path.display())]
    Form {
        /// Its path.
        path: PathBuf,
        /// Where and why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// The tables file can't be read.
    #[error("can't read the tables file {}: --tables needs the file that the event was launched with", path.display())]
    Tables {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The catalogue can't be read.
    #[error("can't read the catalogue {}: --catalogue needs the file that the event was launched with", path.display())]
    Catalogue {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A required setting is missing.
    #[error("{0} is not set: use --{flag}, METEOR_{1}, or {2} in the file", flag = .2.replace('_', "-"))]
    Missing(&'static str, &'static str, &'static str),
    /// There is no folder to keep anything in.
    #[error("there is no home folder to keep snapshots in: name a folder with --store, or --store none")]
    NoFolder,
    /// A setting has a value that it can't have.
    #[error("{what} can't be {given:?}: {hint}")]
    Bad {
        /// Which setting.
        what: &'static str,
        /// Its value.
        given: String,
        /// What it must be.
        hint: String,
    },
}
