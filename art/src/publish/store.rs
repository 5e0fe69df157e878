//! A folder or a bucket of any S3-compatible store: an object `img/CID` for each image, as the indexer serves them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cid::Cid;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt as _, PutOptions,
    RetryConfig,
};
use thiserror::Error;

use super::Item;
use crate::cid::{ImageError, LARGEST_IMAGE, image};
use crate::{folder, format};

/// The address at which a cloud machine gets its role's credentials. It is asked if no others are given.
const ROLE: &str = "169.254.169.254";
/// What the names of images begin with.
const IMAGES: &str = "img";
/// How many images are on their way at once. So many megabytes at most are in memory.
const AT_ONCE: usize = 16;
/// The longest that one request may take.
const TIMEOUT: Duration = Duration::from_mins(2);
/// How long a request is repeated that the store refuses for now, as with status 429 or 503.
const RETRY: Duration = Duration::from_mins(5);

/// Why a folder or bucket can't be used.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No name of a place.
    #[error("{0:?} is no place: write a folder, s3://bucket/prefix, or the address of a pinning service")]
    Name(String),
    /// The folder can't be made, or isn't there.
    #[error("can't open the folder {}", path.display())]
    Folder {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The settings can't be used.
    #[error(
        "can't use {place}: AWS_ENDPOINT, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say how it is reached"
    )]
    Settings {
        /// Where it is.
        place: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// There are no credentials: a cloud machine's own service was asked for them.
    #[error(
        "there are no keys for {place}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run this on a machine with a role that may use it"
    )]
    NoKeys {
        /// Where.
        place: String,
    },
    /// What is there can't be listed.
    #[error("can't list {place}")]
    List {
        /// Where.
        place: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// An object can't be written.
    #[error("can't write {name} to {place}; what is sent stays: run the same command again to go on")]
    Put {
        /// Where.
        place: String,
        /// The object.
        name: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// An object can't be read.
    #[error("can't read {name} from {place}")]
    Get {
        /// Where.
        place: String,
        /// The object.
        name: String,
        /// Why.
        #[source]
        source: object_store::Error,
    },
    /// An image's file can't be read.
    #[error("can't read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that isn't the image of the catalogue.
    #[error("{} is not the image {cid} of the catalogue: meteor art check says what is wrong", path.display())]
    OtherImage {
        /// The file.
        path: PathBuf,
        /// The image.
        cid: Cid,
    },
    /// A thread ended early.
    #[error("reading an image was interrupted")]
    Interrupted,
}

/// A folder or bucket.
#[derive(Clone, Debug)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    prefix: String,
    name: String,
    /// Whether it keeps what an object is besides its bytes.
    keeps_types: bool,
}

impl Store {
    /// Opens `s3://bucket/prefix`, or the folder of this path, which `make` makes. Endpoint, region and credentials of a bucket
    /// are those of `variables` (`AWS_…`), which are the process's.
    ///
    /// # Errors
    /// [`StoreError::Name`], [`StoreError::Folder`] or [`StoreError::Settings`].
    pub fn open(
        place: &str,
        make: bool,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StoreError> {
        let name = place.to_owned();
        let Some(rest) = place.strip_prefix("s3://") else {
            if place.is_empty() || place.contains("://") {
                return Err(StoreError::Name(name));
            }
            let path = FilePath::new(place);
            let failed = |source| StoreError::Folder { path: path.to_owned(), source };
            if make {
                std::fs::create_dir_all(path).map_err(failed)?;
            }
            let local = LocalFileSystem::new_with_prefix(path.canonicalize().map_err(failed)?);
            let local = local.map_err(|source| StoreError::Settings { place: name.clone(), source })?;
            return Ok(Self { objects: Arc::new(local), prefix: String::new(), name, keeps_types: false });
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let prefix = prefix.trim_matches('/');
        // Whoever writes a key into the address finds it in a list of processes.
        if bucket.is_empty() || !bucket.chars().all(good) || !prefix.chars().all(|c| good(c) || c == '/') {
            return Err(StoreError::Name(name));
        }
        let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: 100, retry_timeout: RETRY };
        let mut client = ClientOptions::new().with_timeout(TIMEOUT);
        let mut s3 = AmazonS3Builder::new().with_bucket_name(bucket).with_retry(retry);
        for (variable, value) in variables {
            // Whoever writes http means it: a server beside this one.
            if variable == "AWS_ENDPOINT" && value.starts_with("http://") {
                client = client.with_allow_http(true);
            }
            let aws = variable.strip_prefix("AWS_").map(|_| variable.to_ascii_lowercase().parse());
            if let Some(Ok(key)) = aws {
                s3 = s3.with_config(key, value);
            }
        }
        let s3 = s3.with_client_options(client);
        let s3 = s3.build().map_err(|source| StoreError::Settings { place: name.clone(), source })?;
        Ok(Self { objects: Arc::new(s3), prefix: prefix.to_owned(), name, keeps_types: true })
    }

    /// The place as it was named.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn path(&self, name: &str) -> Path {
        let parts = [self.prefix.as_str(), name];
        Path::from(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"))
    }

    /// The images that are there, with their lengths.
    ///
    /// # Errors
    /// [`StoreError::List`] or [`StoreError::NoKeys`].
    pub async fn have(&self) -> Result<BTreeMap<String, u64>, StoreError> {
        let failed = |source: object_store::Error| {
            let place = self.name.clone();
            if source.to_string().contains(ROLE) {
                return StoreError::NoKeys { place };
            }
            StoreError::List { place, source }
        };
        let below = self.path(IMAGES);
        let mut have = BTreeMap::new();
        let mut listed = self.objects.list(Some(&below));
        while let Some(object) = listed.try_next().await.map_err(failed)? {
            if let Some(name) = object.location.filename() {
                have.insert(name.to_owned(), object.size);
            }
        }
        Ok(have)
    }

    /// Sends the images that are not there. Tells how many are there, at the beginning and after each. Says how many were
    /// sent.
    ///
    /// # Errors
    /// The first that can't be sent. What was sent stays.
    pub async fn publish(&self, items: Vec<Item>, mut done: impl FnMut(u64)) -> Result<u64, StoreError> {
        let have = self.have().await?;
        let all = items.len();
        let missing: Vec<Item> =
            items.into_iter().filter(|item| have.get(&item.cid.to_string()) != Some(&item.bytes)).collect();
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let mut there = count(all.saturating_sub(missing.len()));
        done(there);
        let mut sent = 0u64;
        let mut sending = stream::iter(missing).map(|item| self.send(item)).buffer_unordered(AT_ONCE);
        while sending.try_next().await?.is_some() {
            (sent, there) = (sent.saturating_add(1), there.saturating_add(1));
            done(there);
        }
        Ok(sent)
    }

    async fn send(&self, item: Item) -> Result<(), StoreError> {
        let name = format!("{IMAGES}/{}", item.cid);
        let bytes =
            tokio::task::spawn_blocking(move || read(&item)).await.map_err(|_| StoreError::Interrupted)??;
        let mut options = PutOptions::default();
        if self.keeps_types {
            options.attributes = Attributes::from_iter([
                (Attribute::ContentType, format::content_type(&bytes)),
                // What a CID names never changes.
                (Attribute::CacheControl, "public, max-age=31536000, immutable"),
            ]);
        }
        self.put(&name, bytes, options).await
    }

    /// Writes another file of the event beside the images, in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError::Put`].
    pub async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.put(name, bytes, PutOptions::default()).await
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, options: PutOptions) -> Result<(), StoreError> {
        let put = self.objects.put_opts(&self.path(name), bytes.into(), options).await;
        let failed = |source| StoreError::Put { place: self.name.clone(), name: name.to_owned(), source };
        put.map(|_| ()).map_err(failed)
    }

    /// Whether the image that is there has the bytes of its name. One that is too large hasn't.
    ///
    /// # Errors
    /// [`StoreError::Get`] if it can't be read, or isn't there.
    pub async fn is_right(&self, cid: &Cid) -> Result<bool, StoreError> {
        let name = format!("{IMAGES}/{cid}");
        let failed = |source| StoreError::Get { place: self.name.clone(), name: name.clone(), source };
        let found = self.objects.get(&self.path(&name)).await.map_err(failed)?;
        if usize::try_from(found.meta.size).map_or(true, |size| size > LARGEST_IMAGE) {
            return Ok(false);
        }
        let bytes = found.bytes().await.map_err(failed)?;
        Ok(image(&bytes).is_ok_and(|image| image.cid == *cid))
    }
}

fn read(item: &Item) -> Result<Vec<u8>, StoreError> {
    let failed = |source| StoreError::Read { path: item.path.clone(), source };
    let bytes = folder::read(&item.path).map_err(failed)?;
    let found: Result<_, ImageError> = image(&bytes);
    if found.is_ok_and(|found| found.cid == item.cid) {
        Ok(bytes)
    } else {
        Err(StoreError::OtherImage { path: item.path.clone(), cid: item.cid })
    }
}
