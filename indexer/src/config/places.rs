//! Where things are kept: the settings of the store and of the event's pictures, each checked together.

use std::path::{Path, PathBuf};

use super::fields::{bad, endpoint};
use super::{ConfigError, Settings};
use crate::store::{Bucket, Named, Place, standard};

/// The settings of a place.
struct Given<'a> {
    /// Names of the setting itself and of the one for the endpoint.
    names: (&'static str, &'static str),
    place: &'a str,
    endpoint: Option<&'a str>,
    region: Option<&'a str>,
    credentials: Option<&'a Path>,
}

impl Settings {
    /// Where the store is to be; `None` for nowhere.
    ///
    /// # Errors
    /// [`ConfigError`] that says which setting of the store can't be used.
    pub fn place(&self) -> Result<Option<Place>, ConfigError> {
        let given = Given {
            names: ("store", "store_endpoint"),
            place: self.store.as_deref().unwrap_or(""),
            endpoint: self.store_endpoint.as_deref(),
            region: self.store_region.as_deref(),
            credentials: self.store_credentials.as_deref(),
        };
        if self.store.is_some() {
            return given.read();
        }
        let standard = standard(|name| std::env::var_os(name).map(PathBuf::from));
        let standard = standard.ok_or(ConfigError::NoFolder)?;
        given.of(Named::Folder(standard))
    }

    /// Where the event's pictures are; `None` if none are served.
    ///
    /// # Errors
    /// [`ConfigError`] that says which setting can't be used.
    pub(super) fn images(&self) -> Result<Option<Place>, ConfigError> {
        let given = Given {
            names: ("images", "images_endpoint"),
            place: self.images.as_deref().unwrap_or("none"),
            endpoint: self.images_endpoint.as_deref(),
            region: self.images_region.as_deref(),
            credentials: self.images_credentials.as_deref(),
        };
        let place = given.read()?;
        let folder = match &place {
            Some(Place::Folder(path)) => Some(path),
            Some(Place::Bucket(_)) | None => None,
        };
        if let Some(path) = folder.filter(|path| !path.is_dir()) {
            return Err(bad("images", &path.to_string_lossy(), "there is no such folder"));
        }
        if place.is_some() && self.catalogue.is_none() && self.tables.is_none() {
            let hint = "only the event's pictures are served, so name its catalogue too (--catalogue)";
            return Err(bad("images", given.place, hint));
        }
        Ok(place)
    }
}

impl Given<'_> {
    fn read(&self) -> Result<Option<Place>, ConfigError> {
        // Whoever writes credentials into it must not find them in a log.
        let shown = if self.place.contains('@') { "…" } else { self.place };
        let named = self.place.parse().map_err(|hint| bad(self.names.0, shown, hint))?;
        self.of(named)
    }

    fn of(&self, named: Named) -> Result<Option<Place>, ConfigError> {
        match named {
            Named::Bucket(name, prefix) => Ok(Some(Place::Bucket(Bucket {
                name,
                prefix,
                endpoint: self.endpoint.map(|text| endpoint(self.names.1, text)).transpose()?,
                region: self.region.map(ToOwned::to_owned),
                credentials: self.credentials.map(ToOwned::to_owned),
            }))),
            Named::None | Named::Folder(_) if self.endpoint.is_some() || self.credentials.is_some() => {
                Err(bad(self.names.0, self.place, "name the bucket: s3://bucket/prefix"))
            }
            Named::None => Ok(None),
            Named::Folder(path) => Ok(Some(Place::Folder(path))),
        }
    }
}
