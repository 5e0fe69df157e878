//! Whether bytes are a whole picture of a kind that marketplaces show, by how they begin and end. Nothing is decoded: the
//! CID says whether it is the right one.

use thiserror::Error;

/// Why bytes are no whole picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// None of the kinds that are known.
    #[error("it is no picture: it begins as no PNG, JPEG, WebP or GIF does")]
    Unknown,
    /// The end is missing.
    #[error("it is no whole picture: its end is missing. Draw or copy it again")]
    Cut,
}

/// Checks that bytes begin and end as a picture does.
///
/// # Errors
/// [`FormatError`].
pub(crate) fn whole(bytes: &[u8]) -> Result<(), FormatError> {
    let ends = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        bytes.ends_with(b"\0\0\0\0IEND\xaeB`\x82")
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        bytes.ends_with(b"\xff\xd9")
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        bytes.ends_with(b";")
    } else if let Some((length, b"WEBP")) = riff(bytes) {
        bytes.len() == length
    } else {
        return Err(FormatError::Unknown);
    };
    if ends { Ok(()) } else { Err(FormatError::Cut) }
}

/// What `Content-Type` says of a picture.
pub(crate) fn content_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\x89PNG") {
        "image/png"
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if bytes.starts_with(b"GIF8") {
        "image/gif"
    } else if riff(bytes).is_some_and(|(_, kind)| kind == b"WEBP") {
        "image/webp"
    } else {
        "application/octet-stream"
    }
}

/// How long a RIFF file must be, and what it is.
fn riff(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let length: [u8; 4] = bytes.strip_prefix(b"RIFF")?.get(..4)?.try_into().ok()?;
    Some((usize::try_from(u32::from_le_bytes(length)).ok()?.checked_add(8)?, bytes.get(8..12)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_known_by_their_beginning_and_end() {
        for good in [
            &b"\x89PNG\r\n\x1a\n...\0\0\0\0IEND\xaeB`\x82"[..],
            b"\xff\xd8\xff...\xff\xd9",
            b"GIF89a...;",
            b"RIFF\x06\0\0\0WEBP..",
        ] {
            assert_eq!(whole(good), Ok(()));
            assert_eq!(whole(&good[..good.len() - 1]), Err(FormatError::Cut));
        }
        for bad in [&b""[..], b"RIFF", b"RIFF\x06\0\0\0WAVE..", b"<svg></svg>"] {
            assert_eq!(whole(bad), Err(FormatError::Unknown));
        }
    }
}
