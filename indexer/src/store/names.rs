//! How objects are named: by what they are bound to, then by height, so that names sort by it.

use std::fmt::Write as _;

use super::Bound;

/// Segments whose first heights have the same quotient by this share a folder: a list of one stays short.
const SHELF: u64 = 100_000;
/// Most blocks of a segment: one that holds a height begins at most this many before it.
pub(crate) const LONGEST: u64 = 1_000;

/// What the objects of one event on one chain begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    base: String,
}

impl Names {
    pub(super) fn new(prefix: &str, Bound { chain_id, contract, start_height }: &Bound) -> Self {
        let contract = contract_folder(prefix, contract);
        Self { base: format!("{contract}/{}/{start_height}", safe(chain_id)) }
    }

    /// The folder of snapshots of a schema.
    pub(super) fn snapshots(&self, schema: u32) -> String {
        format!("{}/snapshots/v{schema}", self.base)
    }

    /// A snapshot.
    pub(super) fn snapshot(&self, schema: u32, height: u64) -> String {
        format!("{}/{height:012}", self.snapshots(schema))
    }

    /// The number of the shelf of the segment that begins at `from`.
    pub(super) const fn shelf_of(from: u64) -> u64 {
        from / SHELF
    }

    /// The folder of a shelf.
    pub(super) fn shelf(&self, format: u32, number: u64) -> String {
        format!("{}/segments/v{format}/{number:06}", self.base)
    }

    /// A segment.
    pub(super) fn segment(&self, format: u32, from: u64, to: u64) -> String {
        format!("{}/{from:012}-{to:012}", self.shelf(format, Self::shelf_of(from)))
    }
}

/// The folder of everything of a contract.
pub(super) fn contract_folder(prefix: &str, contract: &str) -> String {
    if prefix.is_empty() { safe(contract) } else { format!("{prefix}/{}", safe(contract)) }
}

/// The height in a snapshot's name.
pub(super) fn height(name: &str) -> Option<u64> {
    name.rsplit('/').next()?.parse().ok()
}

/// The first and last height in a segment's name.
pub(super) fn heights(name: &str) -> Option<(u64, u64)> {
    let (from, to) = name.rsplit('/').next()?.split_once('-')?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from <= to && to - from < LONGEST).then_some((from, to))
}

/// A text that is one part of a path everywhere.
pub(super) fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => safe.push(char::from(byte)),
            // A dot alone, or two, would be another folder.
            b'.' if !safe.is_empty() => safe.push('.'),
            other => {
                let _ = write!(safe, "={other:02x}"); // writing to a string can't fail
            }
        }
    }
    safe
}

/// The text of which [`safe`] made this.
pub(super) fn unsafe_text(safe: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(safe.len());
    let mut rest = safe;
    while let Some(at) = rest.find('=') {
        bytes.extend_from_slice(rest.get(..at)?.as_bytes());
        bytes.extend(hex::decode(rest.get(at.checked_add(1)?..at.checked_add(3)?)?).ok()?);
        rest = rest.get(at.checked_add(3)?..)?;
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_height_and_say_it() {
        let bound = Bound { chain_id: "columbus-5".into(), contract: "terra1x".into(), start_height: 7 };
        let names = Names::new("a/b", &bound);
        assert_eq!(names.snapshot(1, 9), "a/b/terra1x/columbus-5/7/snapshots/v1/000000000009");
        assert!(names.snapshot(1, 99) < names.snapshot(1, 100));
        assert_eq!(height(&names.snapshot(1, 1_234)), Some(1_234));
        let segment = names.segment(1, 123_401, 123_410);
        assert_eq!(segment, "a/b/terra1x/columbus-5/7/segments/v1/000001/000000123401-000000123410");
        assert_eq!(heights(&segment), Some((123_401, 123_410)));
        for bad in ["x", "2-1", "1-1001", "a/1-", "000000000009"] {
            assert_eq!(heights(bad), None, "{bad}");
        }
    }

    #[test]
    fn no_chain_id_leaves_its_folder_and_each_comes_back() {
        for text in ["columbus-5", "..", ".", "a/b", "../../etc", "ä=", "a.b"] {
            let name = safe(text);
            assert!(!name.contains('/') && name != "." && name != "..", "{name}");
            assert_eq!(unsafe_text(&name).as_deref(), Some(text));
        }
    }
}
