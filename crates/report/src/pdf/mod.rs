//! Writing laid out pages as PDF: ISO 32000-1, in the shape of PDF/A-3a and PDF/UA-1.
//!
//! printpdf writes the pages, the fonts and the pictures; what it does not know – structure, metadata, the
//! attached record, signature fields – is added to the object tree before that is saved. Nothing here decides
//! what stands where.

mod appearance;
mod content;
mod document;
mod fields;
mod fonts;
mod metadata;
mod profile;
mod structure;

pub(crate) use appearance::write_appearance;
pub(crate) use document::write_document;

use jiff::Timestamp;
use lopdf::{Object, ObjectId};

/// What a document says about itself.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) title: String,
    pub(crate) author: String,
    /// Identity of the issued document.
    pub(crate) identifier: String,
    pub(crate) issued_at: Timestamp,
    /// The record the document was made from, as JSON.
    pub(crate) record: Vec<u8>,
    /// What the attached record is called in lists of attachments.
    pub(crate) record_label: String,
}

/// The language of every document (BCP 47): what is printed is Indonesian.
const LANGUAGE: &str = "id-ID";

/// The program named as producer.
const PRODUCER: &str = concat!("Arumbae ", env!("CARGO_PKG_VERSION"));

/// A text string (7.9.2.2): ASCII as it is, anything else as UTF-16 with byte order mark.
fn text_string(text: &str) -> Object {
    if text.is_ascii() {
        return Object::string_literal(text);
    }
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, lopdf::StringFormat::Hexadecimal)
}

/// An array of references.
fn references(ids: impl IntoIterator<Item = ObjectId>) -> Object {
    Object::Array(ids.into_iter().map(Object::Reference).collect())
}

/// Saves with an identifier (14.4) derived from the content: the same document has the same one everywhere,
/// and no two documents share one.
fn save(mut pdf: lopdf::Document) -> Result<Vec<u8>, crate::ReportError> {
    use sha2::{Digest, Sha256};
    let mut bytes = Vec::new();
    let identify = |pdf: &mut lopdf::Document, id: &[u8]| {
        let id = Object::String(id.to_vec(), lopdf::StringFormat::Hexadecimal);
        pdf.trailer.set("ID", Object::Array(vec![id.clone(), id]));
    };
    // Objects were taken out again, perhaps the last ones.
    pdf.max_id = pdf.objects.keys().map(|(number, _)| *number).max().unwrap_or(0);
    pdf.compress();
    identify(&mut pdf, &[0; 16]);
    pdf.save_to(&mut bytes).map_err(write_error)?;
    let digest = Sha256::digest(&bytes);
    identify(&mut pdf, &digest[..16]);
    bytes.clear();
    pdf.save_to(&mut bytes).map_err(write_error)?;
    Ok(bytes)
}

fn write_error(error: impl Into<lopdf::Error>) -> crate::ReportError {
    crate::ReportError::Write(error.into())
}
