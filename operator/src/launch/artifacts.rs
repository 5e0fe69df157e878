//! The contracts' wasm as it was built, compared with its list of checksums.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// The contracts by name, in the order of their upload, and their files.
pub const FILES: [(&str, &str); 3] =
    [("shower", "meteor_shower.wasm"), ("nft", "meteor_nft.wasm"), ("hatchery", "meteor_hatchery.wasm")];

/// The file of a contract's wasm, by the contract's name.
pub(super) fn file_of(name: &str) -> &'static str {
    FILES.iter().find(|(of, _)| *of == name).map_or("the wasm", |(_, file)| file)
}

/// A contract's wasm.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// The contract's name, as in [`FILES`].
    pub name: &'static str,
    /// SHA-256 of its bytes (hex).
    pub checksum: String,
    /// Its bytes.
    pub wasm: Vec<u8>,
}

/// Why artifacts can't be used.
#[derive(Debug, Error)]
pub enum ArtifactError {
    /// A file can't be read.
    #[error("{path} can't be read: build the artifacts, or name their folder with --artifacts")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file isn't listed.
    #[error("checksums.txt lists no {0}: build the artifacts again")]
    NotListed(&'static str),
    /// A file was changed after the list was made.
    #[error("{file} is not what checksums.txt lists: its SHA-256 is {found}, listed is {listed}")]
    Edited {
        /// Which.
        file: &'static str,
        /// Of the file.
        found: String,
        /// Of the list.
        listed: String,
    },
}

/// Reads the artifacts in `folder` and compares them with its `checksums.txt`.
///
/// # Errors
/// See [`ArtifactError`].
pub fn read(folder: &Path) -> Result<Vec<Artifact>, ArtifactError> {
    let file = |path: PathBuf| move |source| ArtifactError::File { path, source };
    let list = folder.join("checksums.txt");
    let list = std::fs::read_to_string(&list).map_err(file(list))?;
    FILES
        .iter()
        .map(|&(name, file_name)| {
            let path = folder.join(file_name);
            let wasm = std::fs::read(&path).map_err(file(path))?;
            let found = hex::encode(Sha256::digest(&wasm));
            let listed = list
                .lines()
                .filter_map(|line| line.split_once(char::is_whitespace))
                .find(|(_, name)| name.trim().trim_start_matches('*') == file_name)
                .map(|(sum, _)| sum.to_ascii_lowercase())
                .ok_or(ArtifactError::NotListed(file_name))?;
            if found != listed {
                return Err(ArtifactError::Edited { file: file_name, found, listed });
            }
            Ok(Artifact { name, checksum: found, wasm })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_edited_artifact_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut list = String::new();
        for (name, file) in FILES {
            std::fs::write(folder.path().join(file), name).unwrap();
            list.extend([&hex::encode(Sha256::digest(name)), "  ", file, "\n"]);
        }
        std::fs::write(folder.path().join("checksums.txt"), &list).unwrap();
        assert_eq!(read(folder.path()).unwrap().len(), 3);
        std::fs::write(folder.path().join("meteor_nft.wasm"), "other").unwrap();
        let refused = read(folder.path()).unwrap_err();
        assert!(matches!(refused, ArtifactError::Edited { file: "meteor_nft.wasm", .. }));
        std::fs::write(folder.path().join("checksums.txt"), "").unwrap();
        assert!(matches!(read(folder.path()).unwrap_err(), ArtifactError::NotListed(_)));
    }
}
