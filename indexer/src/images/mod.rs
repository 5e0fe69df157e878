//! The event's pictures, from a folder or a bucket to which `meteor art publish` wrote them: `img/<CID>` each. Only a
//! picture whose hash is its CID ever leaves; thumbnails are made on the way.
//!
//! Everything has a bound: memory of pictures (kept and on their way), thumbnails made at once, and how long the store and
//! a free place are waited for. What is beyond is refused, and asked for again by whoever needs it.

mod cache;
mod event;
mod kind;
mod thumbnail;

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use cache::Cache;
pub use event::{Digest, digest_of};
pub(crate) use event::{of_recipes, of_tiers};
pub use kind::Kind;
use meteor_chain::with_causes;
use meteor_rules::catalogue::described::raw_cid;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::store::{Files, StoreError};

/// Most bytes of a picture: a block of the `UnixFS` profile.
pub(crate) const LARGEST: usize = 1 << 20;
/// Memory for pictures, kept and on their way to clients (KiB).
const MEMORY: usize = 192 << 10;
/// How much of it is kept for the next who asks (bytes).
const KEPT: usize = 64 << 20;
/// How long the store may take.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a free place is waited for.
const WAIT: Duration = Duration::from_secs(2);

/// Width and height of a thumbnail, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Width {
    /// For a list.
    #[serde(rename = "96")]
    W96,
    /// For a small card.
    #[serde(rename = "192")]
    W192,
    /// For a card, or a list where pixels are small.
    #[serde(rename = "384")]
    W384,
    /// For the width of a phone.
    #[serde(rename = "768")]
    W768,
}

impl Width {
    /// All, the smallest first.
    pub const ALL: [Self; 4] = [Self::W96, Self::W192, Self::W384, Self::W768];

    /// In pixels.
    pub const fn pixels(self) -> u32 {
        match self {
            Self::W96 => 96,
            Self::W192 => 192,
            Self::W384 => 384,
            Self::W768 => 768,
        }
    }
}

/// A picture, ready to send.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) bytes: Bytes,
    pub(crate) kind: Kind,
}

/// Why there is no picture now.
#[derive(Debug, Error)]
pub(crate) enum ImageFault {
    /// The store doesn't have it.
    #[error("it is not in the store: publish it with meteor art publish")]
    Missing,
    /// The store has something else under its name.
    #[error("what the store has under its name is another file: publish it again with meteor art publish")]
    Damaged,
    /// The store refuses or is too slow.
    #[error("the store of pictures does not answer")]
    Store(#[source] StoreError),
    /// The store took too long.
    #[error("the store of pictures took longer than {} seconds", DEADLINE.as_secs())]
    Slow,
    /// As many pictures are on their way as may be.
    #[error("as many pictures are sent or made smaller as may be at once")]
    Busy,
}

/// What became of requests for pictures, since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Sent: from memory.
    pub(crate) kept: AtomicU64,
    /// Read from the store.
    pub(crate) read: AtomicU64,
    /// Thumbnails made.
    pub(crate) made: AtomicU64,
    /// Pictures of the event that the store lacks.
    pub(crate) missing: AtomicU64,
    /// Files of the store whose hash is not their name.
    pub(crate) damaged: AtomicU64,
    /// Requests that the store did not answer in time, or refused.
    pub(crate) failed: AtomicU64,
    /// Requests for which there was no place.
    pub(crate) busy: AtomicU64,
}

/// How it goes, for `/status`.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    place: String,
    damaged: u64,
    missing: u64,
    /// What went wrong last, with the picture it was about; null if nothing did.
    last_error: Option<String>,
    last_error_seconds: Option<u64>,
}

/// The pictures of the event.
#[derive(Debug)]
pub(crate) struct Images {
    files: Files,
    cache: Mutex<Cache>,
    /// In KiB. What is in [`Cache`] has its part, too.
    memory: Arc<Semaphore>,
    /// Thumbnails are work: half of the processors at most.
    work: Arc<Semaphore>,
    pub(crate) counts: Counts,
    last_error: Mutex<Option<(Instant, String)>>,
}

/// Bytes with their part of the memory, which is free again when the last reader has let go of them.
struct Held {
    bytes: Bytes,
    _part: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Images {
    /// Of the store at this place.
    pub(crate) fn new(files: Files) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            files,
            cache: Mutex::new(Cache::new(KEPT)),
            memory: Arc::new(Semaphore::new(MEMORY)),
            work: Arc::new(Semaphore::new((processors / 2).max(1))),
            counts: Counts::default(),
            last_error: Mutex::default(),
        }
    }

    /// The picture with this hash: as published, or a thumbnail of it. Where none can be made, or where it would be no
    /// smaller, the picture itself stands for it.
    pub(crate) async fn get(&self, of: Digest, width: Option<Width>) -> Result<Picture, ImageFault> {
        if let Some(picture) = self.kept(of, width) {
            return Ok(picture);
        }
        let made = self.make(of, width).await;
        if let Err(fault) = &made {
            self.note(of, fault);
        }
        made
    }

    async fn make(&self, of: Digest, width: Option<Width>) -> Result<Picture, ImageFault> {
        // Of one picture there is at most this, and a thumbnail is smaller.
        let most = u32::try_from(kib(LARGEST)).unwrap_or(u32::MAX);
        let mut part = place(Arc::clone(&self.memory).acquire_many_owned(most)).await?;
        let name = format!("img/{}", raw_cid(&of));
        let read = timeout(DEADLINE, self.files.get_at_most(&name, LARGEST)).await;
        let read = match read.map_err(|_| ImageFault::Slow)? {
            // Nothing so large has this name.
            Err(StoreError::TooLarge { .. }) => return Err(ImageFault::Damaged),
            read => read.map_err(ImageFault::Store)?,
        };
        let bytes = read.ok_or(ImageFault::Missing)?;
        self.counts.read.fetch_add(1, Relaxed);
        let turn = place(Arc::clone(&self.work).acquire_owned()).await?;
        // Somebody else may have made it meanwhile.
        if let Some(picture) = self.kept(of, width) {
            return Ok(picture);
        }
        let work = spawn_blocking(move || {
            let _turn = turn; // also if the client has gone
            smaller(of, bytes, width)
        });
        let (bytes, kind) = match work.await {
            Ok(done) => done?,
            Err(error) if error.is_panic() => {
                tracing::error!(
                    image = raw_cid(&of),
                    "a thumbnail panicked: this is a bug, please report it"
                );
                return Err(ImageFault::Busy);
            }
            Err(_) => return Err(ImageFault::Busy),
        };
        if kind == Kind::Thumbnail {
            self.counts.made.fetch_add(1, Relaxed);
        }
        if let Some(needed) = part.split(kib(bytes.len())) {
            part = needed; // the rest is free from now on
        }
        let picture = Picture { bytes: Bytes::from_owner(Held { bytes, _part: part }), kind };
        self.lock().put((of, width), picture.clone());
        Ok(picture)
    }

    fn kept(&self, of: Digest, width: Option<Width>) -> Option<Picture> {
        let picture = self.lock().get(&(of, width));
        if picture.is_some() {
            self.counts.kept.fetch_add(1, Relaxed);
        }
        picture
    }

    fn note(&self, of: Digest, fault: &ImageFault) {
        let count = match fault {
            ImageFault::Missing => &self.counts.missing,
            ImageFault::Damaged => &self.counts.damaged,
            ImageFault::Store(_) | ImageFault::Slow => &self.counts.failed,
            ImageFault::Busy => &self.counts.busy,
        };
        count.fetch_add(1, Relaxed);
        let (image, error) = (raw_cid(&of), with_causes(fault));
        match fault {
            ImageFault::Damaged => tracing::error!(image, error, "a picture is not served"),
            ImageFault::Missing | ImageFault::Store(_) | ImageFault::Slow => {
                tracing::warn!(image, error, "a picture is not served");
            }
            ImageFault::Busy => {}
        }
        *self.last_error.lock().unwrap_or_else(PoisonError::into_inner) =
            Some((Instant::now(), format!("{image}: {error}")));
    }

    /// Whether a file of the store was another than its name says.
    pub(crate) fn alarmed(&self) -> bool {
        self.counts.damaged.load(Relaxed) > 0
    }

    /// Bytes kept in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.lock().bytes()
    }

    pub(crate) fn report(&self) -> Report {
        let last = self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Report {
            place: self.files.name().to_owned(),
            damaged: self.counts.damaged.load(Relaxed),
            missing: self.counts.missing.load(Relaxed),
            last_error_seconds: last.as_ref().map(|(at, _)| at.elapsed().as_secs()),
            last_error: last.map(|(_, error)| error),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a place, but not for long.
async fn place<T, E>(free: impl Future<Output = Result<T, E>>) -> Result<T, ImageFault> {
    timeout(WAIT, free).await.ok().and_then(Result::ok).ok_or(ImageFault::Busy)
}

/// Memory for so many bytes, in KiB; never nothing.
const fn kib(bytes: usize) -> usize {
    let kib = bytes.div_ceil(1 << 10);
    if kib == 0 { 1 } else { kib }
}

/// The picture, if its hash is the one asked for; smaller, if that is asked for and possible.
fn smaller(of: Digest, bytes: Bytes, width: Option<Width>) -> Result<(Bytes, Kind), ImageFault> {
    if Digest::from(sha2::Sha256::digest(&bytes)) != of {
        return Err(ImageFault::Damaged);
    }
    let thumbnail = width.and_then(|width| thumbnail::make(&bytes, width.pixels()));
    if let Some(made) = thumbnail.filter(|made| made.len() < bytes.len()) {
        return Ok((made.into(), Kind::Thumbnail));
    }
    let kind = Kind::of(&bytes);
    Ok((bytes, kind))
}
