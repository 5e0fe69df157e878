//! Places where images are hosted, as options name them, and the token of a pinning service.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use meteor_art::publish::store::Store;
use reqwest::Url;

/// A place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A folder or `s3://bucket/prefix`.
    Store(String),
    /// A pinning service.
    Service(Url),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("http://") || text.starts_with("https://") {
            let url = Url::parse(text).map_err(|error| error.to_string())?;
            // It would be in every list of processes.
            if url.password().is_some() || !url.username().is_empty() {
                return Err("give the token in METEOR_PINNING_TOKEN, not in the address".to_owned());
            }
            return Ok(Self::Service(url));
        }
        if text.is_empty() || (text.contains("://") && !text.starts_with("s3://")) {
            return Err(
                "write a folder, s3://bucket/prefix, or the address of a Pinning Service API".to_owned()
            );
        }
        Ok(Self::Store(text.to_owned()))
    }
}

/// Opens a folder or bucket; a bucket as the process's variables say. `make` makes a folder that isn't there.
pub(super) fn open(name: &str, make: bool) -> Result<Store> {
    let text =
        |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
    Ok(Store::open(name, make, std::env::vars_os().filter_map(text))?)
}

/// The pinning service's token: that of the file, or else of the environment.
pub(super) fn token(file: Option<&Path>) -> Result<Option<String>> {
    let Some(path) = file else { return Ok(std::env::var("METEOR_PINNING_TOKEN").ok()) };
    let reading = || format!("reading the token {}", path.display());
    let others = std::fs::metadata(path).with_context(reading)?.mode() & 0o077;
    ensure!(others == 0, "others can read the token {0}: chmod 600 {0}", path.display());
    Ok(Some(std::fs::read_to_string(path).with_context(reading)?.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_a_bucket_or_a_service() {
        assert_eq!("out".parse(), Ok(Place::Store("out".into())));
        assert_eq!("s3://b/c".parse(), Ok(Place::Store("s3://b/c".into())));
        assert!(matches!("https://api.example/psa".parse(), Ok(Place::Service(_))));
        for bad in ["", "gs://b", "https://:secret@api.example", "http://"] {
            assert!(bad.parse::<Place>().is_err(), "{bad}");
        }
    }
}
