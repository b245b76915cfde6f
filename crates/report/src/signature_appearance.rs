//! What a signature looks like on the page: a one-page PDF that signing imports into its field.

use qrcode::{Color, EcLevel, QrCode};

use crate::ReportError;
use crate::layout::row::{Cell, Row, text_parts};
use crate::layout::structure::Owner;
use crate::layout::text::{Setting, Typesetter};
use crate::layout::{Mark, Shape, Sheet};
use crate::pdf::write_appearance;
use crate::typeface::Typeface;
use crate::wording::Wording;

/// What the appearance says.
#[derive(Clone, Debug)]
pub struct SignatureStamp<'a> {
    /// Name of the signer.
    pub name: &'a str,
    /// Position of the signer.
    pub position: &'a str,
    /// When it was signed, as printed, e.g. `21 September 2024 14.05 WIT`.
    pub signed_at_text: &'a str,
    /// Serial number of the signer's certificate, hexadecimal.
    pub serial: &'a str,
    /// What the QR code says.
    pub qr_text: &'a str,
    /// Width of the field in points.
    pub width: f32,
    /// Height of the field in points.
    pub height: f32,
}

/// The appearance as a one-page PDF of exactly the field's size.
///
/// A QR code is no signature and a province's own certificate is not a certified one; the wording says so.
pub fn render(stamp: &SignatureStamp<'_>) -> Result<Vec<u8>, ReportError> {
    let marks = lay_out(stamp)?;
    write_appearance(&marks, Sheet { width: stamp.width, height: stamp.height })
}

/// Type sizes of the name and of the rest, from the wished for to the least readable.
const SIZES: [(f32, f32); 4] = [(9.0, 6.5), (8.0, 6.0), (7.0, 5.5), (6.0, 4.5)];

fn lay_out(stamp: &SignatureStamp<'_>) -> Result<Vec<Mark>, ReportError> {
    const MARGIN: f32 = 3.0;
    let wording = Wording::load()?;
    let mut typesetter = Typesetter::new(Typeface::load()?);
    let code = QrCode::with_error_correction_level(stamp.qr_text, EcLevel::M).map_err(ReportError::Code)?;
    // Four modules of white belong to the code (ISO/IEC 18004); the margin of the field is part of them.
    let modules = code.width();
    let size = stamp.height - 2.0 * MARGIN;
    let quiet = 4.0 * size / (modules + 8) as f32;
    let dark = code.to_colors().into_iter().map(|colour| colour == Color::Dark).collect();
    let shape = Shape::Code { modules, dark, size: size - 2.0 * quiet };
    let mut marks = vec![Mark { x: MARGIN + quiet, y: MARGIN + quiet, owner: Owner::Decoration, shape }];

    let x = MARGIN + size;
    let width = stamp.width - x - MARGIN;
    let mut row = Row::default();
    for (name, rest) in SIZES {
        let (name, rest) = (Setting::new(name).bold(), Setting::new(rest));
        let lines = [
            (wording.text("doc-stamp-signed"), rest),
            (stamp.name.to_owned(), name),
            (stamp.position.to_owned(), rest),
            (stamp.signed_at_text.to_owned(), rest),
            (wording.with("doc-stamp-serial", &[("serial", stamp.serial)]), rest),
            (wording.text("doc-stamp-not-certified"), rest.italic()),
        ];
        let lines = lines.iter().filter(|(text, _)| !text.trim().is_empty());
        let parts =
            lines.flat_map(|(text, setting)| text_parts(&mut typesetter, text, *setting, width, Owner::Decoration));
        row = Row { cells: vec![Cell::plain(x, width, parts.collect())], ..Row::default() };
        if row.height() <= stamp.height - 2.0 * MARGIN {
            break;
        }
    }
    row.draw(((stamp.height - row.height()) / 2.0).max(0.0), None, &mut marks);
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_stamp(name: &str, position: &str, width: f32, height: f32) {
        let stamp = SignatureStamp {
            name,
            position,
            signed_at_text: "21 September 2024 14.05 WIT",
            serial: "1f2e3d4c5b6a79880011",
            qr_text: "arumbae:01921000-7000-8000-0000-000000000d0c",
            width,
            height,
        };
        for mark in lay_out(&stamp).unwrap() {
            if let Shape::Text(line) = &mark.shape {
                let inside = mark.x + line.width() <= width && mark.y <= height;
                assert!(inside, "{} stays in the field", line.text());
            }
        }
        assert_eq!(render(&stamp).unwrap(), render(&stamp).unwrap(), "the same stamp is the same bytes");
    }

    #[test]
    fn a_stamp_stays_in_its_field() {
        check_stamp("Contoh", "Anggota", 217.0, 68.0);
        check_stamp(
            "Contoh Nama Yang Sangat Panjang Sekali, S.H., M.H., M.Kn.",
            "Anggota Panwaslu Kecamatan Teluk Contoh, Koordinator Divisi Hukum, Pencegahan, dan Partisipasi Masyarakat",
            217.0,
            68.0,
        );
        check_stamp("Contoh", "", 150.0, 50.0);
    }

    #[test]
    fn a_text_too_long_for_a_code_is_said_so() {
        let long = "x".repeat(8000);
        let stamp = SignatureStamp {
            name: "Contoh",
            position: "",
            signed_at_text: "",
            serial: "",
            qr_text: &long,
            width: 200.0,
            height: 60.0,
        };
        assert!(matches!(render(&stamp), Err(ReportError::Code(_))));
    }
}
