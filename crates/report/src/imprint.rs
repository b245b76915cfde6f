//! What every document needs besides the record it is made from, and what comes back.

use arumbae_domain::Paper;
use arumbae_domain::schema::RecordId;
use jiff::Timestamp;

/// The facts of one issue of a document: they stand in its footer and its metadata.
#[derive(Clone, Debug)]
pub struct Imprint {
    /// Identity of the issued document.
    pub document: RecordId,
    /// Paper it is laid out for.
    pub paper: Paper,
    /// When it was issued; printed in WIT, stored in UTC.
    pub issued_at: Timestamp,
    /// The office that issues it, e.g. `Panwaslu Kecamatan Sirimau`; the author in the metadata.
    pub office: String,
    /// Whether it was made from invented data: every page is then marked CONTOH.
    pub sample: bool,
}

/// A photo printed under DOKUMENTASI.
#[derive(Clone, Debug)]
pub struct Photo {
    /// What it shows; printed below it and read aloud as its alternative text.
    pub caption: String,
    /// The name it had when it was added; printed where the photo cannot be shown.
    pub file_name: String,
    /// The file as it was added, JPEG or PNG. A JPEG is embedded byte for byte.
    pub bytes: Vec<u8>,
}

/// A person who is to sign.
#[derive(Clone, Debug, Default)]
pub struct Signer {
    /// Name as printed below the signature; a dotted line is printed where it is empty.
    pub name: String,
    /// Position as printed above the signature.
    pub position: String,
}

/// A finished document.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The file.
    pub pdf: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// Characters the typeface lacks, in order and once each; each was replaced visibly, `[U+1F600]`
    /// for a grinning face.
    pub missing_glyphs: Vec<char>,
    /// File names of photos that could not be read; a frame that says so was printed in their place.
    pub unreadable_photos: Vec<String>,
}

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A typeface or message catalogue shipped with the program is damaged.
    #[error("a shipped {0} is damaged")]
    DamagedAsset(&'static str),
    /// The record could not be written as JSON for the attachment.
    #[error("the record could not be attached")]
    Record(#[source] serde_json::Error),
    /// The text for a QR code is too long for one.
    #[error("the verification text does not fit a QR code")]
    Code(#[source] qrcode::types::QrError),
    /// The file could not be assembled.
    #[error("the document could not be written")]
    Write(#[source] lopdf::Error),
}
