//! Bounds what slow readers of tables hold. A table that changes with the event is written from the lists of one view,
//! and each reader of another version of it would keep other lists: of the oldest versions readers are cut off.

use std::convert::Infallible;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use thiserror::Error;

/// Versions of one table that are read at once. With a new one each block, everyone has ten blocks at least.
const VERSIONS: usize = 10;

/// What is left of a table; `None` once its reader is cut off.
type Rest = Mutex<Option<Box<dyn Iterator<Item = Bytes> + Send>>>;

/// Who reads tables.
#[derive(Default)]
pub(crate) struct Readers {
    all: Mutex<Vec<Reader>>,
    hasher: RandomState,
}

struct Reader {
    /// The table: its kind and shower.
    table: (&'static str, u32),
    version: u64,
    rest: Weak<Rest>,
}

/// A client is cut off.
#[derive(Debug, Error)]
#[error("it was read so slowly that too many newer versions are being read: read it again")]
struct TooSlow;

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readers").field("all", &lock(&self.all).len()).finish_non_exhaustive()
    }
}

impl Readers {
    /// A body of the table of this kind and shower. `tag` stands for its content. If [`VERSIONS`] others are read already,
    /// readers of the one that came first are cut off: their connection breaks.
    pub(super) fn body(
        &self,
        table: (&'static str, u32),
        tag: &[u8],
        pieces: impl Iterator<Item = Bytes> + Send + 'static,
    ) -> Body {
        let rest: Arc<Rest> = Arc::new(Mutex::new(Some(Box::new(pieces))));
        let version = self.hasher.hash_one(tag);
        let mut all = lock(&self.all);
        all.retain(|reader| reader.rest.strong_count() > 0);
        all.push(Reader { table, version, rest: Arc::downgrade(&rest) });
        let mut versions = Vec::new();
        for reader in all.iter().filter(|reader| reader.table == table) {
            if !versions.contains(&reader.version) {
                versions.push(reader.version);
            }
        }
        if let Some(first) = versions.first().filter(|_| versions.len() > VERSIONS) {
            all.retain(|reader| {
                let cut = reader.table == table && reader.version == *first;
                if cut && let Some(rest) = reader.rest.upgrade() {
                    *lock(&rest) = None;
                }
                !cut
            });
        }
        drop(all);
        let mut cut = false;
        let next = move || match &mut *lock(&rest) {
            Some(pieces) => pieces.next().map(Ok),
            None if cut => None,
            None => {
                cut = true;
                Some(Err(TooSlow))
            }
        };
        Body::from_stream(stream::iter(std::iter::from_fn(next)))
    }
}

/// A body that is sent piece by piece, and holds only lists that never do anything but grow.
pub(super) fn body(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Body {
    Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)))
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn of_too_many_versions_the_first_is_let_go_at_once() {
        let readers = Readers::default();
        let held = Arc::new(());
        let read = |shower, version: u8| {
            let held = Arc::clone(&held);
            let pieces =
                (0..3).map(move |at| Bytes::from(format!("{at}{}", Arc::strong_count(&held).min(1))));
            readers.body(("ranking", shower), &[version], pieces)
        };
        let slow = [read(1, 0), read(1, 0)];
        let other = read(2, 0);
        let count = u8::try_from(VERSIONS).unwrap();
        let mut rest: Vec<Body> = (1..count).map(|version| read(1, version)).collect();
        rest.push(read(1, 1));
        let before = Arc::strong_count(&held);
        rest.push(read(1, count));
        assert_eq!(Arc::strong_count(&held), before + 1 - slow.len(), "nobody has to poll for that");
        for body in slow {
            assert!(to_bytes(body, usize::MAX).await.is_err(), "what is short does not look whole");
        }
        for body in rest.into_iter().chain([other]) {
            assert_eq!(to_bytes(body, usize::MAX).await.unwrap(), "011121");
        }
        // Who has read to the end no longer counts.
        let again: Vec<Body> = (0..count).map(|version| read(1, version)).collect();
        for body in again {
            assert!(to_bytes(body, usize::MAX).await.is_ok());
        }
    }
}
