//! A smaller copy of a picture, as WebP. Pictures may be hostile: what they say of their size is believed only up to a
//! bound, and what can't be read makes no thumbnail.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder as _, ImageReader, Limits};
use image_webp::{ColorType, EncoderParams, WebPEncoder};

/// Most pixels of a side that is read.
const SIDE: u32 = 4096;
/// Most memory that reading may take (bytes).
const MEMORY: u64 = 96 << 20;
/// Of 100. Below, smooth glows get edges.
const QUALITY: u8 = 92;

/// The picture, at most `side` pixels wide and high. `None` if it can't be read or has not more pixels than that.
pub(super) fn make(bytes: &[u8], side: u32) -> Option<Vec<u8>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if width.max(height) <= side || decoder.total_bytes() > MEMORY {
        return None;
    }
    let turned = decoder.orientation().ok()?;
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture.apply_orientation(turned);
    encode(&picture.resize(side, side, FilterType::CatmullRom))
}

fn encode(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut made = Vec::new();
    let mut params = EncoderParams::default();
    (params.use_lossy, params.lossy_quality) = (true, QUALITY);
    let mut encoder = WebPEncoder::new(&mut made);
    encoder.set_params(params);
    let (width, height) = (picture.width(), picture.height());
    if picture.color().has_alpha() {
        encoder.encode(&picture.to_rgba8(), width, height, ColorType::Rgba8).ok()?;
    } else {
        encoder.encode(&picture.to_rgb8(), width, height, ColorType::Rgb8).ok()?;
    }
    Some(made)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn png(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    /// A glow: what compression shows first.
    fn glow(width: u32, height: u32) -> DynamicImage {
        let shade = |at: u32, of: u32| u8::try_from(255 * at / of).unwrap();
        RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 60])).into()
    }

    #[test]
    fn a_thumbnail_is_webp_of_that_size_and_looks_like_the_picture() {
        let picture = glow(500, 250);
        let made = make(&png(&picture), 96).unwrap();
        // Read by a decoder that shares no code with the encoder's lossy part.
        let read = image::load_from_memory_with_format(&made, ImageFormat::WebP).unwrap().to_rgb8();
        assert_eq!(read.dimensions(), (96, 48));
        let wanted = picture.resize(96, 96, FilterType::CatmullRom).to_rgb8();
        let difference = |(a, b): (&u8, &u8)| u64::from(a.abs_diff(*b));
        let sum: u64 = read.as_raw().iter().zip(wanted.as_raw()).map(difference).sum();
        assert!(sum / (96 * 48 * 3) < 4, "{sum}");
        assert_eq!(make(&png(&picture), 96), Some(made), "the same bytes on every replica");
        assert_eq!(make(&png(&picture), 500), None, "no picture is made larger");
    }

    #[test]
    fn what_is_clear_stays_clear() {
        let picture = RgbaImage::from_fn(200, 200, |x, _| Rgba([200, 10, 10, if x < 100 { 0 } else { 255 }]));
        let made = make(&png(&picture.into()), 96).unwrap();
        let read = image::load_from_memory_with_format(&made, ImageFormat::WebP).unwrap().to_rgba8();
        assert_eq!((read.get_pixel(10, 48)[3], read.get_pixel(80, 48)[3]), (0, 255));
    }

    #[test]
    fn a_bomb_and_what_is_damaged_make_none() {
        let good = png(&glow(300, 300));
        // It says that it has 60,000 pixels a side; the checksum of that is right.
        let mut bomb = good.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let mut crc = flate2::Crc::new();
        crc.update(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.sum().to_be_bytes());
        assert_eq!(make(&bomb, 96), None);
        for cut in [0, 8, 20, 33, 60, good.len() / 2] {
            assert_eq!(make(&good[..cut], 96), None, "{cut}");
        }
        assert_eq!(make(b"<svg xmlns='http://www.w3.org/2000/svg'/>", 96), None);
        assert_eq!(make(b"GIF89a\xff\xff\xff\xff", 96), None);
    }
}
