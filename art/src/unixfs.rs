//! Directories as the profile `unixfs-v1-2025` (IPIP-0499) encodes them: one dag-pb block each, with links sorted by name.
//! A directory that the profile would spread over several blocks is refused: packing cuts them smaller.
//!
//! The encoder is our own: it writes one shape of message, in fewer lines than a call of a general one takes.

use cid::Cid;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::cid::{DAG_PB, of_hash};
use crate::varint;

/// Most bytes of a directory's block; the profile spreads a larger one over several.
const LARGEST_DIRECTORY: usize = 262_144;
/// The field `Data` of a directory's block: a `UnixFS` node whose type is directory, without mode and time.
const IS_DIRECTORY: [u8; 4] = [0x0a, 0x02, 0x08, 0x01];

/// What a directory has under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: String,
    /// The file or directory.
    pub(crate) cid: Cid,
    /// Bytes of its block and of everything below.
    pub(crate) size: u64,
}

/// A directory's block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directory {
    /// Its name.
    pub(crate) cid: Cid,
    /// Its bytes.
    pub(crate) block: Vec<u8>,
    /// Bytes of its block and of everything below.
    pub(crate) size: u64,
}

/// Why entries make no directory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DirectoryError {
    /// A name that can't be one.
    #[error("{0:?} is no name of a file: it is empty or has a slash")]
    Name(String),
    /// Two entries of one name.
    #[error("two files have the name {0}")]
    Twice(String),
    /// More than a block.
    #[error(
        "a directory of {entries} files needs {bytes} bytes, and at most {LARGEST_DIRECTORY} stay in one block: put fewer files in it"
    )]
    TooLarge {
        /// How many entries.
        entries: usize,
        /// How many bytes its block would have.
        bytes: usize,
    },
}

/// The directory with these entries, whatever their order.
///
/// # Errors
/// [`DirectoryError`].
pub(crate) fn directory(mut entries: Vec<Entry>) -> Result<Directory, DirectoryError> {
    entries.sort_by(|one, other| one.name.as_bytes().cmp(other.name.as_bytes()));
    let mut block = Vec::new();
    let mut size = 0u64;
    let mut before: Option<&str> = None;
    for Entry { name, cid, size: below } in &entries {
        if name.is_empty() || name.contains('/') {
            return Err(DirectoryError::Name(name.clone()));
        }
        if before == Some(name) {
            return Err(DirectoryError::Twice(name.clone()));
        }
        before = Some(name);
        size = size.saturating_add(*below);
        let mut link = Vec::with_capacity(64);
        field(&mut link, 0x0a, &cid.to_bytes());
        field(&mut link, 0x12, name.as_bytes());
        link.push(0x18);
        varint::write(&mut link, *below);
        field(&mut block, 0x12, &link);
    }
    block.extend_from_slice(&IS_DIRECTORY);
    if block.len() > LARGEST_DIRECTORY {
        return Err(DirectoryError::TooLarge { entries: entries.len(), bytes: block.len() });
    }
    let cid = of_hash(DAG_PB, &Sha256::digest(&block).into());
    let size = size.saturating_add(u64::try_from(block.len()).unwrap_or(u64::MAX));
    Ok(Directory { cid, block, size })
}

/// A field of a protobuf message with bytes in it.
fn field(message: &mut Vec<u8>, key: u8, bytes: &[u8]) {
    message.push(key);
    varint::write(message, u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    message.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::{RngCore, SeedableRng};

    use super::*;

    /// The files of the profile's published directories: their names come from a stream of `ChaCha20`, each has an "x".
    fn published(last: usize) -> Vec<Entry> {
        let letters = b"abcdefghijklmnopqrstuvwxyz01234567890-_";
        let mut stream = ChaCha20Rng::from_seed(Sha256::digest("hamt-unixfs-v1-2025").into());
        let mut bytes = vec![0; 1 << 20];
        stream.fill_bytes(&mut bytes);
        let mut rest = bytes.as_slice();
        let cid = crate::cid::image(b"x").unwrap().cid;
        let mut name = |length: usize| {
            let (here, after) = rest.split_at(length);
            rest = after;
            here.iter().map(|byte| char::from(letters[usize::from(*byte) % letters.len()])).collect()
        };
        let lengths = std::iter::repeat_n(11, 4765).chain([last]);
        lengths.map(|length| Entry { name: name(length), cid, size: 1 }).collect()
    }

    #[test]
    fn the_largest_published_directory_has_its_published_cid() {
        let largest = directory(published(21)).unwrap();
        assert_eq!(largest.block.len(), LARGEST_DIRECTORY);
        assert_eq!(largest.cid.to_string(), "bafybeic3h7rwruealwxkacabdy45jivq2crwz6bufb5ljwupn36gicplx4");
        // The next one is spread over several blocks in the profile.
        assert_eq!(directory(published(22)), Err(DirectoryError::TooLarge { entries: 4766, bytes: 262_145 }));
    }

    #[test]
    fn an_empty_directory_has_its_published_cid() {
        let empty = directory(Vec::new()).unwrap();
        assert_eq!(empty.cid.to_string(), "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
    }

    #[test]
    fn names_are_names_and_each_is_there_once() {
        let entry =
            |name: &str| Entry { name: name.into(), cid: directory(Vec::new()).unwrap().cid, size: 4 };
        assert!(matches!(directory(vec![entry("")]), Err(DirectoryError::Name(_))));
        assert!(matches!(directory(vec![entry("a/b")]), Err(DirectoryError::Name(_))));
        assert!(matches!(directory(vec![entry("a"), entry("b"), entry("a")]), Err(DirectoryError::Twice(_))));
        assert_eq!(directory(vec![entry("10"), entry("2")]), directory(vec![entry("2"), entry("10")]));
    }
}
