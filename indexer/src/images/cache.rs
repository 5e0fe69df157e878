//! Pictures that were asked for lately, up to so many bytes in all.

use lru::LruCache;

use super::{Digest, Picture, Width};

/// A picture, or a thumbnail of it.
type Key = (Digest, Option<Width>);

#[derive(Debug)]
pub(super) struct Cache {
    pictures: LruCache<Key, Picture>,
    bytes: usize,
    most: usize,
}

impl Cache {
    /// Holds at most `most` bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { pictures: LruCache::unbounded(), bytes: 0, most }
    }

    pub(super) fn get(&mut self, key: &Key) -> Option<Picture> {
        self.pictures.get(key).cloned()
    }

    /// Keeps a picture, in place of those that nobody has asked for for longest.
    pub(super) fn put(&mut self, key: Key, picture: Picture) {
        self.bytes = self.bytes.saturating_add(picture.bytes.len());
        if let Some(before) = self.pictures.put(key, picture) {
            self.bytes = self.bytes.saturating_sub(before.bytes.len());
        }
        while self.bytes > self.most
            && let Some((_, oldest)) = self.pictures.pop_lru()
        {
            self.bytes = self.bytes.saturating_sub(oldest.bytes.len());
        }
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::super::Kind;
    use super::*;

    #[test]
    fn what_was_asked_for_longest_ago_goes_first() {
        let mut cache = Cache::new(10);
        let picture = |length: usize| Picture { bytes: vec![0; length].into(), kind: Kind::Png };
        let key = |of: u8| ([of; 32], None);
        for of in 0..3 {
            cache.put(key(of), picture(3));
        }
        assert!(cache.get(&key(0)).is_some());
        cache.put(key(3), picture(3));
        let there = |cache: &mut Cache, of| cache.get(&key(of)).is_some();
        assert_eq!([0, 1, 2, 3].map(|of| there(&mut cache, of)), [true, false, true, true]);
        cache.put(key(3), picture(4));
        assert_eq!((cache.bytes(), there(&mut cache, 0)), (10, true), "in place of itself");
        cache.put(key(4), picture(11));
        assert_eq!((cache.bytes(), there(&mut cache, 4)), (0, false), "more than there is room for");
    }
}
