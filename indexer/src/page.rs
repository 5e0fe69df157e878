//! The page's files, compiled in, and the hash that names a build of it.

use sha2::{Digest as _, Sha256};

/// One file of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File {
    /// Its path below the page's folder, for example `assets/index-B1x.js`.
    pub path: &'static str,
    /// Its content type.
    pub content_type: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// The same packed with Brotli at its best, if that saves anything. It is no part of the page's hash.
    pub brotli: Option<&'static [u8]>,
}

/// What `scripts/page` had built when this was compiled, in the order of paths; empty if nothing.
pub(crate) const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// What is served where the page would be, when none was built.
pub(crate) const MISSING: &[u8] = include_bytes!("page/missing.html");

impl File {
    /// The SHA-256 of its bytes, in hex.
    pub(crate) fn sha256(&self) -> String {
        hex::encode(Sha256::digest(self.bytes))
    }
}

/// What names a build of the page: the SHA-256, in hex, over a line `path\0sha256\n` for each file, in the order of
/// paths. `None` if no page was built.
pub(crate) fn hash(files: &[File]) -> Option<String> {
    let mut lines: Vec<String> =
        files.iter().map(|file| format!("{}\0{}\n", file.path, file.sha256())).collect();
    lines.sort_unstable();
    (!lines.is_empty()).then(|| hex::encode(Sha256::digest(lines.concat())))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const A: File = File { path: "a.js", content_type: "", bytes: b"a", brotli: None };
    const B: File = File { path: "b.js", content_type: "", bytes: b"b", brotli: None };

    #[test]
    fn the_hash_names_paths_and_bytes_whatever_their_order() {
        // printf 'a.js\0%s\nb.js\0%s\n' $(printf a | sha256sum | cut -c-64) $(printf b | sha256sum | cut -c-64) | sha256sum
        let expected = "ff403e3db13ac7d044b6f96fb365c6d72ddc1a81dc6db1e6c4cb6f4baec9be9e";
        assert_eq!(hash(&[A, B]).as_deref(), Some(expected));
        assert_eq!(hash(&[B, A]).as_deref(), Some(expected));
        assert_ne!(hash(&[A, File { bytes: b"c", ..B }]), hash(&[A, B]));
        assert_ne!(hash(&[A, File { path: "c.js", ..B }]), hash(&[A, B]));
        assert_eq!(hash(&[]), None);
    }

    #[test]
    fn packed_files_are_the_files() {
        for file in FILES {
            let Some(packed) = file.brotli else { continue };
            let mut bytes = Vec::new();
            brotli::BrotliDecompress(&mut &*packed, &mut bytes).unwrap();
            assert!(bytes == file.bytes && packed.len() < bytes.len(), "{}", file.path);
        }
        let script =
            FILES.iter().find(|file| Path::new(file.path).extension().is_some_and(|kind| kind == "js"));
        assert!(script.is_none_or(|script| script.brotli.is_some()), "scripts/page packs what it builds");
    }
}
