//! What a picture is, by its first bytes. What it is called says nothing.

use axum::http::HeaderValue;

/// Bytes in which an SVG must say that it is one.
const SVG_HEAD: usize = 512;

/// What a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// WebP.
    WebP,
    /// AVIF.
    Avif,
    /// SVG.
    Svg,
    /// Something else.
    Other,
    /// A thumbnail of ours, which is WebP.
    Thumbnail,
}

impl Kind {
    /// Of a file with these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let begins = |with: &[u8]| bytes.starts_with(with);
        let is = |at: usize, what: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(what));
        if begins(b"\x89PNG\r\n\x1a\n") {
            Self::Png
        } else if begins(b"\xff\xd8\xff") {
            Self::Jpeg
        } else if begins(b"GIF87a") || begins(b"GIF89a") {
            Self::Gif
        } else if begins(b"RIFF") && is(8, b"WEBP") {
            Self::WebP
        } else if is(4, b"ftypavif") || is(4, b"ftypavis") {
            Self::Avif
        } else if is_svg(bytes.get(..SVG_HEAD).unwrap_or(bytes)) {
            Self::Svg
        } else {
            Self::Other
        }
    }

    /// What `Content-Type` says.
    pub const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP | Self::Thumbnail => "image/webp",
            Self::Avif => "image/avif",
            Self::Svg => "image/svg+xml",
            Self::Other => "application/octet-stream",
        })
    }
}

fn is_svg(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || text.starts_with("<?xml") && text.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        for (bytes, wanted) in [
            (&b"\x89PNG\r\n\x1a\n..."[..], "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
            (b"\0\0\0\x20ftypavif", "image/avif"),
            (b" <svg xmlns=''>", "image/svg+xml"),
            (b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
            (b"<html><svg/>", "application/octet-stream"),
            (b"<?xml version='1.0'?><html/>", "application/octet-stream"),
            (b"RIFF\0\0\0\0WAVE", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(Kind::of(bytes).content_type(), wanted, "{bytes:?}");
        }
    }
}
