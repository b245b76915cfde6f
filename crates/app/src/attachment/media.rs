//! What an attachment is, whether it is whole, and when it was taken.

use std::io::Cursor;

use arumbae_protocol::attachment::MAX_PREVIEW;
use image::ImageDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::error::{AppError, ErrorCode, Result};

const JPEG: &str = "image/jpeg";
const PNG: &str = "image/png";
const PDF: &str = "application/pdf";

/// The media type of a whole JPEG, PNG or PDF.
///
/// A photo copied from a phone whose cable was pulled has a good beginning and no end, and many programs show it as
/// if nothing were missing; so the end is looked for.
pub(super) fn check(bytes: &[u8]) -> Result<&'static str> {
    let (media_type, whole) = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        (JPEG, jpeg_is_whole(bytes))
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (PNG, png_is_whole(bytes))
    } else if bytes.starts_with(b"%PDF-") {
        (PDF, holds(&bytes[bytes.len().saturating_sub(1024)..], b"%%EOF"))
    } else {
        return Err(AppError::new(ErrorCode::AttachmentKind));
    };
    if whole { Ok(media_type) } else { Err(AppError::new(ErrorCode::AttachmentDamaged)) }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Walks the segments to the image data and looks for its end marker (ISO/IEC 10918-1, B.1.1). Cameras append
/// previews and depth maps after it, so it need not be the end of the file.
fn jpeg_is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    loop {
        let Some([0xFF, marker]) = bytes.get(at..at + 2) else { return false };
        match marker {
            0xFF => at += 1,
            0xD9 => return true,
            0xDA => break,
            0x01 | 0xD0..=0xD7 => at += 2,
            _ => {
                let Some([high, low]) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
            }
        }
    }
    holds(bytes.get(at..).unwrap_or_default(), &[0xFF, 0xD9])
}

/// Walks the chunks to the last one (ISO/IEC 15948, 5.3).
fn png_is_whole(bytes: &[u8]) -> bool {
    let mut at = 8;
    while let Some([a, b, c, d, name @ ..]) = bytes.get(at..at + 8) {
        let next = at + 12 + u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        if next > bytes.len() {
            return false;
        }
        if name == b"IEND" {
            return true;
        }
        at = next;
    }
    false
}

/// When a photo was taken, by the camera's clock. Cameras that do not write their zone are taken to be set to WIT.
pub(super) fn taken_at(bytes: &[u8]) -> Option<Timestamp> {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok()?;
    let ascii = |tag| match &exif.get_field(tag, exif::In::PRIMARY)?.value {
        exif::Value::Ascii(lines) => lines.first().and_then(|line| std::str::from_utf8(line).ok()),
        _ => None,
    };
    let taken = DateTime::strptime("%Y:%m:%d %H:%M:%S", ascii(exif::Tag::DateTimeOriginal)?).ok()?;
    let hours = |text: &str| text.get(..3)?.parse::<i8>().ok().and_then(|hours| Offset::from_hours(hours).ok());
    let offset = ascii(exif::Tag::OffsetTimeOriginal).and_then(hours).unwrap_or(Offset::constant(9));
    taken.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

/// The longest side of a preview in pixels and the JPEG quality, from the best that may fit to what always does.
const PREVIEWS: [(u32, u8); 5] = [(640, 60), (480, 55), (400, 45), (320, 35), (200, 30)];

/// A small JPEG of a photo, upright, as it travels ahead of it; `None` for what is small already or no photo.
pub(super) fn preview(bytes: &[u8]) -> Option<Vec<u8>> {
    if bytes.len() as u64 <= MAX_PREVIEW {
        return None;
    }
    // The reader's own limits keep a few bytes from unfolding into a picture of gigabytes.
    let mut decoder = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = image::DynamicImage::from_decoder(decoder).ok()?.thumbnail(PREVIEWS[0].0, PREVIEWS[0].0);
    picture.apply_orientation(orientation);
    PREVIEWS.iter().find_map(|&(side, quality)| {
        let smaller =
            if picture.width().max(picture.height()) > side { picture.thumbnail(side, side) } else { picture.clone() };
        let mut jpeg = Vec::new();
        let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
        smaller.to_rgb8().write_with_encoder(encoder).ok()?;
        (jpeg.len() as u64 <= MAX_PREVIEW).then_some(jpeg)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(format: image::ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 90]))
            .write_to(&mut bytes, format)
            .expect("a photo in memory");
        bytes.into_inner()
    }

    #[track_caller]
    fn check_refused(bytes: &[u8], code: ErrorCode) {
        assert_eq!(check(bytes).expect_err("must be refused").code, code);
    }

    #[test]
    fn whole_photos_are_taken_and_truncated_ones_refused() {
        for (format, media_type) in [(image::ImageFormat::Jpeg, JPEG), (image::ImageFormat::Png, PNG)] {
            let whole = photo(format);
            assert_eq!(check(&whole).ok(), Some(media_type));
            for length in [12, whole.len() / 2, whole.len() - 2] {
                check_refused(&whole[..length], ErrorCode::AttachmentDamaged);
            }
        }
        check_refused(b"%PDF-1.7 and nothing more", ErrorCode::AttachmentDamaged);
        check_refused(b"MZ a program", ErrorCode::AttachmentKind);
        check_refused(b"", ErrorCode::AttachmentKind);
    }

    /// A picture that compresses badly, as a camera's noise does.
    fn noisy_photo(width: u32, height: u32) -> Vec<u8> {
        let mut noise = 0x2545_f491_u32;
        let mut bytes = Cursor::new(Vec::new());
        image::RgbImage::from_fn(width, height, |_, _| {
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            image::Rgb([noise as u8, (noise >> 8) as u8, (noise >> 16) as u8])
        })
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("a photo in memory");
        bytes.into_inner()
    }

    #[test]
    fn a_preview_is_small_whatever_the_photo() {
        let whole = noisy_photo(1600, 900);
        let small = preview(&whole).expect("a preview");
        assert!(small.len() as u64 <= MAX_PREVIEW, "{} bytes", small.len());
        assert_eq!(check(&small).ok(), Some(JPEG));
        let shown = image::load_from_memory(&small).expect("a picture");
        assert!(shown.width() >= 200 && shown.width() > shown.height(), "{}×{}", shown.width(), shown.height());
    }

    #[test]
    fn what_is_small_or_no_photo_has_no_preview() {
        assert_eq!(preview(&photo(image::ImageFormat::Jpeg)), None);
        let mut document = b"%PDF-1.7".to_vec();
        document.resize(100_000, b' ');
        assert_eq!(preview(&document), None);
        let whole = noisy_photo(800, 600);
        assert_eq!(preview(&whole[..whole.len() / 4]).map(|small| small.len() as u64 > MAX_PREVIEW), Some(false));
    }
}
