//! Pixels as a PNG: fast, lossless, and the same bytes everywhere.

use thiserror::Error;
use tiny_skia::Pixmap;

/// Why pixels can't be encoded.
#[derive(Debug, Error)]
#[error("the picture can't be encoded as PNG: {0}")]
pub struct EncodeError(#[from] png::EncodingError);

/// The PNG of a picture: without transparency where it has none.
///
/// fdeflate, with one filter for all rows, takes about a tenth of the time of zlib's default, for a file not a tenth
/// larger (docs/art.md). It is pinned, and no feature of another crate puts another encoder in its place.
pub(crate) fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, EncodeError> {
    encoded(pixmap, png::DeflateCompression::FdeflateUltraFast, png::Filter::Paeth)
}

/// A PNG as small as can be, for what is made once.
pub(crate) fn encode_small(pixmap: &Pixmap) -> Result<Vec<u8>, EncodeError> {
    encoded(pixmap, png::DeflateCompression::Level(9), png::Filter::Adaptive)
}

fn encoded(
    pixmap: &Pixmap,
    compression: png::DeflateCompression,
    filter: png::Filter,
) -> Result<Vec<u8>, EncodeError> {
    let opaque = pixmap.pixels().iter().all(|pixel| pixel.alpha() == 255);
    let (color, data): (_, Vec<u8>) = if opaque {
        let data = pixmap.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]);
        (png::ColorType::Rgb, data.collect())
    } else {
        let plain = pixmap.pixels().iter().map(tiny_skia::PremultipliedColorU8::demultiply);
        let data = plain.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]);
        (png::ColorType::Rgba, data.collect())
    };
    let mut file = Vec::with_capacity(data.len() / 3);
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(color);
    encoder.set_deflate_compression(compression);
    encoder.set_filter(filter);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    writer.finish()?;
    Ok(file)
}
