//! Where the store is: a folder of this machine, or a bucket of any S3-compatible store. Read from settings; the
//! credentials are not part of it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use reqwest::Url;

/// Where the store is. It holds no credentials, so it can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder, made if it isn't there.
    Folder(PathBuf),
    /// A bucket.
    Bucket(Bucket),
}

/// A bucket of an S3-compatible store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What all names in it begin with; empty for nothing.
    pub prefix: String,
    /// The store's address; AWS if `None`, or what `AWS_ENDPOINT` names.
    pub endpoint: Option<Url>,
    /// The region; `None` for what `AWS_REGION` names.
    pub region: Option<String>,
    /// A file with credentials in the form of `~/.aws/credentials`; `None` for the environment's.
    pub credentials: Option<PathBuf>,
}

/// A place as the setting `store` names it, without endpoint, region and credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Nowhere.
    None,
    /// A folder.
    Folder(PathBuf),
    /// A bucket and what names in it begin with.
    Bucket(String, String),
}

impl FromStr for Named {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HINT: &str = "it must be a folder, s3://bucket/prefix, or none";
        let text = text.trim();
        if text == "none" {
            return Ok(Self::None);
        }
        let Some(rest) = text.strip_prefix("s3://") else {
            // A misspelt scheme must not become a folder of that name.
            return if text.is_empty() || text.contains("://") {
                Err(HINT)
            } else {
                Ok(Self::Folder(text.into()))
            };
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let prefix = prefix.trim_matches('/');
        if bucket.is_empty() || !bucket.chars().all(good) || !prefix.chars().all(|c| good(c) || c == '/') {
            return Err("bucket and prefix have only letters, digits, dots, hyphens: s3://bucket/prefix");
        }
        Ok(Self::Bucket(bucket.to_owned(), prefix.to_owned()))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Bucket(Bucket { name, prefix, .. }) => write!(f, "s3://{name}/{prefix}"),
        }
    }
}

/// The folder that is used when none is named: that of `XDG_STATE_HOME` or `HOME`. Relative paths are ignored, as XDG
/// requires.
pub(crate) fn standard(var: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state = var("XDG_STATE_HOME").filter(absolute);
    let state = state.or_else(|| Some(var("HOME").filter(absolute)?.join(".local/state")));
    Some(state?.join("meteor/indexer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_a_bucket_or_nowhere() {
        assert_eq!("none".parse(), Ok(Named::None));
        assert_eq!(" /var/lib/meteor ".parse(), Ok(Named::Folder("/var/lib/meteor".into())));
        assert_eq!("s3://b".parse(), Ok(Named::Bucket("b".into(), String::new())));
        assert_eq!("s3://b/a/c/".parse(), Ok(Named::Bucket("b".into(), "a/c".into())));
        for bad in ["", "s3://", "s3:///x", "gs://b", "s3://key:secret@b/x"] {
            assert!(bad.parse::<Named>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_standard_folder_is_below_the_state_or_home_folder() {
        let of = |state: &'static str, home: &'static str| {
            standard(move |name| Some(if name == "HOME" { home } else { state }.into()))
        };
        assert_eq!(of("/s", "/h"), Some("/s/meteor/indexer".into()));
        assert_eq!(of("s", "/h"), Some("/h/.local/state/meteor/indexer".into()));
        assert_eq!(of("", ""), None);
    }
}
