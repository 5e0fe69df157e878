//! What an image is called wherever it lies: the CID of its bytes, version 1, raw, SHA-256. An image is one block, so
//! the CID is the hash of the file itself and no tool's way of cutting files changes it.

pub use cid::Cid;
use cid::multihash::Multihash;
use meteor_rules::catalogue::described::ImageFile;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Most bytes of an image: a block of the `UnixFS` 2025 profile. A larger file would be cut into several.
pub(crate) const LARGEST_IMAGE: usize = 1 << 20;
/// Codec of a block of plain bytes.
pub(crate) const RAW: u64 = 0x55;
/// Codec of a block that is a directory.
pub(crate) const DAG_PB: u64 = 0x70;
/// Code of the hash SHA-256.
const SHA2_256: u64 = 0x12;

/// An image's name, length and hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Its CID; as text it is what `image` has in the catalogue.
    pub cid: Cid,
    /// What the catalogue's last columns say of it.
    pub file: ImageFile,
}

/// Why bytes can't be an image of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// No bytes at all.
    #[error("it is empty: draw or copy it again")]
    Empty,
    /// More than a block.
    #[error("it has {bytes} bytes, and an image has at most {LARGEST_IMAGE} (1 MiB): make it smaller")]
    TooLarge {
        /// How many.
        bytes: usize,
    },
}

/// Names an image by its bytes.
///
/// # Errors
/// If it is empty or larger than 1 MiB.
pub fn image(bytes: &[u8]) -> Result<Image, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    let too_large = ImageError::TooLarge { bytes: bytes.len() };
    let length = u64::try_from(bytes.len()).map_err(|_| too_large)?;
    if bytes.len() > LARGEST_IMAGE {
        return Err(too_large);
    }
    let sha256 = Sha256::digest(bytes).into();
    Ok(Image { cid: of_hash(RAW, &sha256), file: ImageFile { bytes: length, sha256 } })
}

/// The CID of a block of this codec with this SHA-256.
pub(crate) fn of_hash(codec: u64, sha256: &[u8; 32]) -> Cid {
    // There is room for 64 bytes, so 32 always fit.
    Cid::new_v1(codec, Multihash::wrap(SHA2_256, sha256).unwrap_or_default())
}

/// The SHA-256 of the bytes that a CID names; `None` where it names them by another hash or not as one block.
pub(crate) fn raw_sha256(cid: &Cid) -> Option<[u8; 32]> {
    let hash = cid.hash();
    let plain = cid.version() == cid::Version::V1 && cid.codec() == RAW && hash.code() == SHA2_256;
    plain.then(|| hash.digest().try_into().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use meteor_rules::catalogue::described::raw_cid;

    #[test]
    fn an_image_has_the_published_cid_which_the_rules_make_too() {
        // Published with the profile (IPIP-0499).
        let hello = image(b"hello world").unwrap();
        assert_eq!(hello.cid.to_string(), "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
        assert_eq!(hello.file.bytes, 11);
        assert_eq!(raw_cid(&hello.file.sha256), hello.cid.to_string());
        assert_eq!(raw_sha256(&hello.cid), Some(hello.file.sha256));
    }

    #[test]
    fn an_image_is_one_block_or_refused() {
        assert_eq!(image(b""), Err(ImageError::Empty));
        let mut bytes = vec![7; LARGEST_IMAGE];
        assert!(image(&bytes).is_ok());
        bytes.push(7);
        assert_eq!(image(&bytes), Err(ImageError::TooLarge { bytes: LARGEST_IMAGE + 1 }));
    }
}
