//! Reading photos: what they are, how large, and which way up.

use std::io::Cursor;

/// A photo ready to be placed.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// Size of the stored raster, before it is turned upright.
    pub(crate) columns: u32,
    pub(crate) rows: u32,
    /// EXIF orientation, 1 to 8.
    pub(crate) orientation: u32,
    pub(crate) raster: Raster,
}

/// The pixels of a photo.
#[derive(Clone, Debug)]
pub(crate) enum Raster {
    /// The file itself, byte for byte: evidence is not re-encoded.
    Jpeg { bytes: Vec<u8>, grey: bool },
    /// Red, green, blue; for what PDF cannot hold as it is.
    Rgb(Vec<u8>),
}

impl Picture {
    /// Reads a JPEG or PNG; `None` if it is neither, or damaged or cut off.
    pub(crate) fn read(bytes: &[u8]) -> Option<Picture> {
        let orientation = orientation(bytes);
        if let Some(JpegHead { columns, rows, components }) = jpeg_head(bytes) {
            // Half a photo would print as half a photo, silently: a file that lost its tail has no end marker.
            bytes.windows(2).rev().take(64 * 1024).any(|pair| pair == [0xff, 0xd9]).then_some(())?;
            if matches!(components, 1 | 3) {
                let raster = Raster::Jpeg { bytes: bytes.to_vec(), grey: components == 1 };
                return Some(Picture { columns, rows, orientation, raster });
            }
        }
        let mut decoded = image::load_from_memory(bytes).ok()?.into_rgba8();
        for pixel in decoded.pixels_mut() {
            // Paper is white where the picture is transparent.
            let [red, green, blue, alpha] = pixel.0.map(u32::from);
            let on_white = |colour: u32| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
            pixel.0 = [on_white(red), on_white(green), on_white(blue), 255];
        }
        let (columns, rows) = decoded.dimensions();
        let rgb = decoded.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2]]).collect();
        Some(Picture { columns, rows, orientation, raster: Raster::Rgb(rgb) })
    }

    /// Width over height once upright.
    pub(crate) fn proportion(&self) -> f32 {
        let (columns, rows) = (self.columns.max(1) as f32, self.rows.max(1) as f32);
        if self.orientation >= 5 { rows / columns } else { columns / rows }
    }
}

fn orientation(bytes: &[u8]) -> u32 {
    let exif = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok();
    let field = exif.as_ref().and_then(|exif| exif.get_field(exif::Tag::Orientation, exif::In::PRIMARY));
    field.and_then(|field| field.value.get_uint(0)).filter(|turn| (1..=8).contains(turn)).unwrap_or(1)
}

struct JpegHead {
    columns: u32,
    rows: u32,
    components: u8,
}

/// The frame header of a JPEG that PDF can hold: eight bits, Huffman coded (ISO/IEC 10918-1, B.2.2).
fn jpeg_head(bytes: &[u8]) -> Option<JpegHead> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, after @ ..] = rest else { return None };
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let segment = after.get(2..length)?;
        match marker {
            0xc0..=0xc2 => {
                let [8, h1, h0, w1, w0, components, ..] = segment else { return None };
                let rows = u32::from(u16::from_be_bytes([*h1, *h0]));
                let columns = u32::from(u16::from_be_bytes([*w1, *w0]));
                return (rows > 0 && columns > 0).then_some(JpegHead { columns, rows, components: *components });
            }
            0xda => return None,
            _ => rest = after.get(length..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat};

    fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_jpeg_is_kept_byte_for_byte() {
        let file = encoded(DynamicImage::new_rgb8(40, 30), ImageFormat::Jpeg);
        let picture = Picture::read(&file).unwrap();
        assert_eq!((picture.columns, picture.rows), (40, 30));
        assert!(matches!(picture.raster, Raster::Jpeg { bytes, grey: false } if bytes == file));
    }

    #[test]
    fn a_png_is_put_on_white() {
        let picture = Picture::read(&encoded(DynamicImage::new_rgba8(2, 1), ImageFormat::Png)).unwrap();
        assert!(matches!(picture.raster, Raster::Rgb(pixels) if pixels == [255; 6]));
    }

    #[test]
    fn what_is_cut_off_or_no_photo_is_refused() {
        let mut cut = encoded(DynamicImage::new_rgb8(400, 300), ImageFormat::Jpeg);
        cut.truncate(cut.len() - 40);
        for bytes in [&cut[..], b"", b"%PDF-1.7", &[0xff, 0xd8, 0xff], &[0xff, 0xd8, 0xff, 0xc0, 0, 0]] {
            assert!(Picture::read(bytes).is_none());
        }
    }
}
