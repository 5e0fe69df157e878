//! A team's own PNG as a layer. Its header is checked before anything is unpacked, so a bomb stays shut.

use std::io::Cursor;

use thiserror::Error;
use tiny_skia::{ColorU8, Pixmap};

/// Most bytes of a file.
pub(super) const LARGEST: u64 = 32 << 20;

/// Why a PNG is no layer.
#[derive(Debug, Error)]
pub(super) enum RasterError {
    /// Not a PNG, or damaged.
    #[error("it is no PNG that can be read ({0}): export it again")]
    Unreadable(#[from] png::DecodingError),
    /// Another size than the collection's.
    #[error(
        "it is {width} x {height} pixels, and the collection's pictures are {side} x {side}: export it at that size"
    )]
    Size {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
        /// What both must be.
        side: u32,
    },
    /// More than memory allows.
    #[error("it needs too much memory: export it as a plain PNG of 8 bits a channel")]
    Memory,
}

/// Unpacks a PNG of `side` pixels a side.
pub(super) fn read(bytes: &[u8], side: u32) -> Result<Pixmap, RasterError> {
    let limits = png::Limits { bytes: 128 << 20 };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let header = decoder.read_header_info()?;
    let (width, height) = (header.width, header.height);
    if width != side || height != side {
        return Err(RasterError::Size { width, height, side });
    }
    decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().ok_or(RasterError::Memory)?;
    let mut data = vec![0; size];
    reader.next_frame(&mut data)?;
    let channels = reader.output_color_type().0.samples();
    let mut pixmap = Pixmap::new(side, side).ok_or(RasterError::Memory)?;
    for (pixel, given) in pixmap.pixels_mut().iter_mut().zip(data.chunks(channels)) {
        *pixel = match *given {
            [grey, alpha] => ColorU8::from_rgba(grey, grey, grey, alpha),
            [r, g, b, alpha] => ColorU8::from_rgba(r, g, b, alpha),
            [grey] => ColorU8::from_rgba(grey, grey, grey, 255),
            [r, g, b] => ColorU8::from_rgba(r, g, b, 255),
            _ => return Err(RasterError::Memory),
        }
        .premultiply();
    }
    Ok(pixmap)
}
