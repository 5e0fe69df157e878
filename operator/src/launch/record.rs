//! The deployment file: what of a launch is on the chain. It is written after each step, so that a deployment
//! that was killed can go on. Every other command reads it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::jobs::Deployment;

/// What of a launch is on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The chain's id.
    pub chain_id: String,
    /// `CometBFT` RPC addresses.
    pub nodes: Vec<String>,
    /// What a unit of gas costs, for example `28.325uluna`.
    pub gas_price: String,
    /// Name or path of the preset: meteors' template and tables.
    pub preset: String,
    /// The codes, by the contract's name.
    pub codes: BTreeMap<String, Code>,
    /// Height before the instantiation was sent. Nothing of the event is in earlier blocks.
    pub height: Option<u64>,
    /// Hash of the transaction that instantiated, if this file saw it happen.
    pub tx: Option<String>,
    /// The event, once everything of it was read back and compared.
    pub event: Option<Deployment>,
}

/// A code on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Its id.
    pub id: u64,
    /// SHA-256 of its bytes (hex), as the chain says.
    pub checksum: String,
    /// Hash of the transaction that uploaded it; `None` for one that was there.
    pub tx: Option<String>,
}

/// Why a deployment file can't be used.
#[derive(Debug, Error)]
pub enum RecordError {
    /// It can't be read or written.
    #[error("the deployment file {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a deployment file.
    #[error("{path} is not a deployment file: name another with --event")]
    Form {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

impl Record {
    /// Reads a deployment file; `None` if there is none yet.
    ///
    /// # Errors
    /// If it can't be read.
    pub fn load(path: &Path) -> Result<Option<Self>, RecordError> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(RecordError::File { path: path.to_owned(), source }),
        };
        let form = |source| RecordError::Form { path: path.to_owned(), source };
        serde_json::from_slice(&bytes).map(Some).map_err(form)
    }

    /// Writes it whole or not at all.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn save(&self, path: &Path) -> Result<(), RecordError> {
        let form = |source| RecordError::Form { path: path.to_owned(), source };
        let file = |source| RecordError::File { path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // In the same folder: a rename is atomic only within a file system.
        let mut new = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(file)?;
        new.write_all(&serde_json::to_vec_pretty(self).map_err(form)?).map_err(file)?;
        new.as_file().sync_all().map_err(file)?;
        new.persist(path).map_err(|error| file(error.error))?;
        Ok(())
    }
}
