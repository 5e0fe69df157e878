//! How hashed messages are put together: integers big-endian and fixed-width, texts and byte strings prefixed
//! by their length in four bytes. No two different messages have the same bytes.

use sha2::digest::Update;

use crate::fairness::Domain;

/// Feeds length-prefixed and fixed-width fields to a hash or MAC.
pub(crate) trait Fields: Update {
    /// A text, prefixed by its length in bytes.
    fn text(&mut self, text: &str) {
        self.field(text.as_bytes());
    }

    /// A byte string, prefixed by its length.
    fn field(&mut self, bytes: &[u8]) {
        // Nothing that is hashed comes near 4 GiB.
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.update(&length.to_be_bytes());
        self.update(bytes);
    }

    /// What is hashed, and which shower of which contract and chain it is for.
    fn domain(&mut self, tag: &str, id: &Domain<'_>)
    where
        Self: Sized,
    {
        self.text(tag);
        self.text(id.chain_id);
        self.text(id.contract);
        self.update(&id.shower.0.to_be_bytes());
    }
}

impl<T: Update> Fields for T {}
