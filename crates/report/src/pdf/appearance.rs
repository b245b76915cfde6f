//! A drawing to be put into a signature field, as a PDF of one page.

use printpdf::{PdfDocument, PdfSaveOptions};

use super::content::{Tagging, draw};
use super::fonts::Fonts;
use super::save;
use crate::ReportError;
use crate::layout::{Mark, Sheet};

/// Writes marks on a page of exactly the sheet's size.
///
/// It is neither tagged nor archival by itself: whoever signs imports its content into a document that is.
pub(crate) fn write_appearance(marks: &[Mark], sheet: Sheet) -> Result<Vec<u8>, ReportError> {
    let fonts = Fonts::of(marks);
    let mut written = PdfDocument::new("");
    fonts.embed(&mut written)?;
    written.pages.push(draw(marks, sheet, &fonts, &[], &Tagging::Untagged).page);
    let mut pdf = written.to_lopdf_document(&PdfSaveOptions::default(), &mut Vec::new());
    pdf.version = "1.7".to_owned();
    if let Ok(information) = pdf.trailer.get(b"Info").and_then(lopdf::Object::as_reference) {
        pdf.objects.remove(&information);
    }
    pdf.trailer.remove(b"Info");
    save(pdf)
}
