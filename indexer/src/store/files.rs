//! Objects in a folder or a bucket: read, list, delete, and create without ever overwriting.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    Attribute, BackoffConfig, ClientOptions, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutMode,
    PutOptions, RetryConfig,
};
use tokio::task::spawn_blocking;

use super::credentials::FromFile;
use super::durable::{create_file, make_folder, sweep};
use super::error::StoreError;
use super::names;
use super::place::{Bucket, Place};

/// The longest that one request may take: a large snapshot over a slow line.
const TIMEOUT: Duration = Duration::from_mins(5);
/// The longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request that fails is repeated at once; whoever asked repeats it later.
const RETRY: Duration = Duration::from_secs(20);
/// The same two where a client waits.
const WAITED_FOR: (Duration, Duration) = (Duration::from_secs(4), Duration::from_secs(1));

/// An object as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its whole name.
    pub(super) name: String,
    /// When it was written (Unix seconds).
    pub(super) written: u64,
}

/// A folder or a bucket.
pub struct Files {
    inner: Arc<dyn ObjectStore>,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
    prefix: String,
    name: String,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is inside could hold credentials.
        f.debug_tuple("Files").field(&self.name).finish()
    }
}

impl Files {
    /// Opens a place. A folder is made; a bucket is not asked yet.
    ///
    /// # Errors
    /// [`StoreError::Folder`], [`StoreError::Settings`] or [`StoreError::Credentials`].
    pub fn open(place: &Place) -> Result<Self, StoreError> {
        let name = place.to_string();
        match place {
            Place::Folder(path) => {
                let failed = |source| StoreError::Folder { path: path.clone(), source };
                make_folder(path).map_err(failed)?;
                let path = path.canonicalize().map_err(failed)?;
                Self::local(path, name)
            }
            Place::Bucket(bucket) => Self::bucket(bucket, name, TIMEOUT, RETRY),
        }
    }

    /// Opens a place that is only read, while clients wait: a folder must be there, and a bucket is given up on soon.
    ///
    /// # Errors
    /// [`StoreError::NoFolder`], [`StoreError::Settings`] or [`StoreError::Credentials`].
    pub(crate) fn open_for_reading(place: &Place) -> Result<Self, StoreError> {
        let (name, (timeout, retry)) = (place.to_string(), WAITED_FOR);
        match place {
            Place::Folder(path) if !path.is_dir() => Err(StoreError::NoFolder(path.clone())),
            Place::Folder(path) => {
                let failed = |source| StoreError::Folder { path: path.clone(), source };
                Self::local(path.canonicalize().map_err(failed)?, name)
            }
            Place::Bucket(bucket) => Self::bucket(bucket, name, timeout, retry),
        }
    }

    fn local(path: PathBuf, name: String) -> Result<Self, StoreError> {
        let local = LocalFileSystem::new_with_prefix(&path);
        let inner = local.map_err(|source| StoreError::Settings { place: name.clone(), source })?;
        Ok(Self { inner: Arc::new(inner), folder: Some(path), prefix: String::new(), name })
    }

    fn bucket(bucket: &Bucket, name: String, timeout: Duration, retry: Duration) -> Result<Self, StoreError> {
        let built = s3(bucket, timeout, retry)?.build();
        let inner = built.map_err(|source| StoreError::Settings { place: name.clone(), source })?;
        Ok(Self { inner: Arc::new(inner), folder: None, prefix: bucket.prefix.clone(), name })
    }

    /// Where it is, for people.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What all names begin with.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The bytes of an object, `None` if it isn't there.
    pub(super) async fn get(&self, name: &str) -> Result<Option<Bytes>, StoreError> {
        let failed = |source| StoreError::Access { what: "read", name: name.to_owned(), source };
        match self.inner.get(&Path::from(name)).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    /// The bytes of an object below the place's prefix, `None` if it isn't there.
    ///
    /// # Errors
    /// [`StoreError::TooLarge`] if it has more than `most` bytes: then it is not read.
    pub(crate) async fn get_at_most(&self, name: &str, most: usize) -> Result<Option<Bytes>, StoreError> {
        let failed = |source| StoreError::Access { what: "read", name: name.to_owned(), source };
        let path = if self.prefix.is_empty() { name.to_owned() } else { format!("{}/{name}", self.prefix) };
        let found = match self.inner.get(&Path::from(path)).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        let bytes = found.meta.size;
        if usize::try_from(bytes).map_or(true, |bytes| bytes > most) {
            return Err(StoreError::TooLarge { name: name.to_owned(), bytes });
        }
        found.bytes().await.map(Some).map_err(failed)
    }

    /// The size of an object and its last `count` bytes; `None` if it isn't there, or is shorter.
    pub(super) async fn end(&self, name: &str, count: u64) -> Result<Option<(u64, Bytes)>, StoreError> {
        let failed = |source| StoreError::Access { what: "read", name: name.to_owned(), source };
        let size = match self.inner.head(&Path::from(name)).await {
            Ok(meta) if meta.size >= count => meta.size,
            Ok(_) | Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        let range = Some(GetRange::Bounded(size.saturating_sub(count)..size));
        let found =
            self.inner.get_opts(&Path::from(name), GetOptions { range, ..GetOptions::default() }).await;
        match found {
            Ok(found) => Ok(Some((size, found.bytes().await.map_err(failed)?))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(failed(source)),
        }
    }

    /// Writes an object if none has this name; tells whether it did. Once it has, the object is durable.
    pub(super) async fn create(&self, name: &str, bytes: Bytes) -> Result<bool, StoreError> {
        if let Some(folder) = &self.folder {
            let path = folder.join(name);
            let done = spawn_blocking(move || create_file(&path, &bytes)).await;
            let done = done.map_err(|_| StoreError::Stopped)?;
            return done.map_err(|source| StoreError::Write { name: name.to_owned(), source });
        }
        match self.inner.put_opts(&Path::from(name), bytes.into(), PutMode::Create.into()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(false),
            Err(source) => Err(StoreError::Access { what: "write", name: name.to_owned(), source }),
        }
    }

    /// Puts a file of the site into a place of its own, over one of this name. Browsers and edges are told what it is, and
    /// to keep no copy.
    ///
    /// # Errors
    /// [`StoreError::Access`].
    pub async fn show(&self, name: &str, bytes: Bytes, kind: &'static str) -> Result<(), StoreError> {
        let mut options = PutOptions::default();
        // A folder has no place for them.
        if self.folder.is_none() {
            options.attributes.insert(Attribute::ContentType, kind.into());
            options.attributes.insert(Attribute::CacheControl, "no-store".into());
        }
        let failed = |source| StoreError::Access { what: "write", name: name.to_owned(), source };
        self.inner.put_opts(&self.beside(name), bytes.into(), options).await.map(|_| ()).map_err(failed)
    }

    /// Takes such a file away; it may be gone already.
    ///
    /// # Errors
    /// [`StoreError::Access`].
    pub async fn hide(&self, name: &str) -> Result<(), StoreError> {
        self.delete(self.beside(name).as_ref()).await
    }

    /// A name at the top of the place.
    fn beside(&self, name: &str) -> Path {
        Path::from(format!("{}/{name}", self.prefix.trim_end_matches('/')))
    }

    /// Deletes an object; it may be gone already.
    pub(super) async fn delete(&self, name: &str) -> Result<(), StoreError> {
        match self.inner.delete(&Path::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(source) => Err(StoreError::Access { what: "delete", name: name.to_owned(), source }),
        }
    }

    /// The objects in a folder, whose names come after `after` if that is given, in the order of names.
    pub(super) async fn list(&self, folder: &str, after: Option<&str>) -> Result<Vec<Listed>, StoreError> {
        let prefix = Path::from(folder);
        let found = match after {
            Some(after) => self.inner.list_with_offset(Some(&prefix), &Path::from(after)),
            None => self.inner.list(Some(&prefix)),
        };
        let listed = found.map_ok(|meta| Listed {
            name: meta.location.to_string(),
            written: u64::try_from(meta.last_modified.timestamp()).unwrap_or(0),
        });
        let listed: Result<Vec<_>, _> = listed.try_collect().await;
        let mut listed =
            listed.map_err(|source| StoreError::Access { what: "list", name: folder.to_owned(), source })?;
        listed.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    /// The folders in a folder, by their whole names; of everything for an empty name.
    pub(super) async fn folders(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let listed = self.inner.list_with_delimiter(Some(&Path::from(folder))).await;
        let failed = |source| StoreError::Access { what: "list", name: folder.to_owned(), source };
        let mut folders: Vec<_> =
            listed.map_err(failed)?.common_prefixes.iter().map(Path::to_string).collect();
        folders.sort_unstable();
        Ok(folders)
    }

    /// The chains for which there is something of this contract.
    pub(super) async fn chains(&self, contract: &str) -> Result<Vec<String>, StoreError> {
        let folders = self.folders(&names::contract_folder(&self.prefix, contract)).await?;
        Ok(folders.iter().filter_map(|path| names::unsafe_text(path.rsplit('/').next()?)).collect())
    }

    /// Deletes what somebody began to write into a local folder long ago and never finished.
    pub(super) async fn sweep(&self, folder: &str) {
        let Some(root) = &self.folder else { return };
        let folder = root.join(folder);
        // A leftover does no harm, so that a failure is no error.
        let _ = spawn_blocking(move || sweep(&folder, SystemTime::now())).await;
    }
}

fn s3(bucket: &Bucket, timeout: Duration, retry_timeout: Duration) -> Result<AmazonS3Builder, StoreError> {
    let client = ClientOptions::new().with_timeout(timeout).with_connect_timeout(CONNECT);
    let retry = RetryConfig { backoff: BackoffConfig::default(), max_retries: 5, retry_timeout };
    let mut s3 = AmazonS3Builder::from_env().with_bucket_name(&bucket.name).with_retry(retry);
    if let Some(region) = &bucket.region {
        s3 = s3.with_region(region);
    }
    if let Some(path) = &bucket.credentials {
        let file = FromFile(path.clone());
        file.read()?; // a wrong file should show at once
        s3 = s3.with_credentials(Arc::new(file));
    }
    let Some(endpoint) = &bucket.endpoint else { return Ok(s3.with_client_options(client)) };
    // Whoever writes http means it: a server beside this one.
    let client = client.with_allow_http(endpoint.scheme() == "http");
    Ok(s3.with_endpoint(endpoint.as_str().trim_end_matches('/')).with_client_options(client))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn files(dir: &tempfile::TempDir) -> Files {
        Files::open(&Place::Folder(dir.path().join("a/b"))).unwrap()
    }

    #[tokio::test]
    async fn what_is_created_is_listed_read_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(&dir);
        assert_eq!(files.get("x/1").await.unwrap(), None);
        assert!(files.create("x/2", Bytes::from_static(b"two")).await.unwrap());
        assert!(files.create("x/1", Bytes::from_static(b"one")).await.unwrap());
        assert!(!files.create("x/1", Bytes::from_static(b"other")).await.unwrap());
        assert_eq!(files.get("x/1").await.unwrap().unwrap(), "one");
        assert_eq!(files.end("x/1", 2).await.unwrap().unwrap(), (3, Bytes::from_static(b"ne")));
        assert_eq!(files.end("x/1", 4).await.unwrap(), None);
        let names = |listed: Vec<Listed>| listed.into_iter().map(|one| one.name).collect::<Vec<_>>();
        assert_eq!(names(files.list("x", None).await.unwrap()), ["x/1", "x/2"]);
        assert_eq!(names(files.list("x", Some("x/1")).await.unwrap()), ["x/2"]);
        assert_eq!(names(files.list("y", None).await.unwrap()), [""; 0]);
        files.delete("x/1").await.unwrap();
        files.delete("x/1").await.unwrap();
        assert_eq!(names(files.list("x", None).await.unwrap()), ["x/2"]);
    }

    #[tokio::test]
    async fn each_chain_of_a_contract_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let files = files(&dir);
        assert_eq!(files.chains("terra1x").await.unwrap(), [""; 0]);
        files.create("terra1x/=2e.a/7/snapshots/1", Bytes::new()).await.unwrap();
        files.create("terra1x/columbus-5/7/snapshots/1", Bytes::new()).await.unwrap();
        let mut chains = files.chains("terra1x").await.unwrap();
        chains.sort();
        assert_eq!(chains, ["..a", "columbus-5"]);
    }

    #[test]
    fn a_folder_that_cannot_be_made_says_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), b"").unwrap();
        let error = Files::open(&Place::Folder(dir.path().join("file/x"))).unwrap_err().to_string();
        assert!(error.contains("--store"), "{error}");
    }
}
