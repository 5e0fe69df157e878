//! `pack.json`: what was packed, written last, and read by what uploads and verifies.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::PackError;

/// Name of the file that says what was packed, which is written last.
pub const MANIFEST: &str = "pack.json";
/// The form of the manifest.
pub(super) const VERSION: u32 = 1;

/// What was packed: the content of [`MANIFEST`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of this file.
    pub(super) version: u32,
    /// The rules by which the roots come about.
    pub(super) profile: String,
    /// The root of everything.
    pub root: String,
    /// How many images.
    pub images: u64,
    /// The CIDs of those of eggs and dust.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contents: Vec<String>,
    /// Most bytes that a CAR was allowed.
    pub car_bytes: u64,
    /// The CAR files, in the order in which they should be uploaded.
    pub cars: Vec<Packed>,
}

/// A CAR file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packed {
    /// Its name.
    pub file: String,
    /// The directory that is its root, below the root of everything; empty for that itself.
    pub path: String,
    /// Its root.
    pub root: String,
    /// Whether all that its root leads to is in it.
    pub complete: bool,
    /// How many images it has.
    pub images: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of the file.
    pub sha256: String,
}

/// Reads what was packed into `folder`.
///
/// # Errors
/// [`PackError::Read`] and [`PackError::Manifest`].
pub fn manifest(folder: &Path) -> Result<Manifest, PackError> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).map_err(|source| PackError::Read { path: path.clone(), source })?;
    let wrong = |why: String| PackError::Manifest { path: path.clone(), why };
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if manifest.version != VERSION {
        return Err(wrong(format!("version {} where this program knows {VERSION}", manifest.version)));
    }
    // Names are of files beside it: one with a slash would lead elsewhere.
    if let Some(car) = manifest.cars.iter().find(|car| car.file.contains(['/', '\\'])) {
        return Err(wrong(format!("a CAR is named {:?}", car.file)));
    }
    Ok(manifest)
}
