//! Signing a document: the named empty field is filled by an incremental update (PAdES B-B).

use jiff::Timestamp;

use crate::certificate::CertificateError;
use crate::key::SoftwareKey;

/// What to sign with and what to show.
#[derive(Debug)]
pub struct SignRequest<'a> {
    /// Name of the empty signature field, `petugas` or `ketua`.
    pub field: &'a str,
    /// The signer's private key.
    pub key: &'a SoftwareKey,
    /// The signer's certificate, which must carry the public key of `key`.
    pub certificate_der: &'a [u8],
    /// The certificates above it, root last.
    pub chain: &'a [Vec<u8>],
    /// A one-page PDF drawn into the field; without one the field keeps its look.
    pub appearance: Option<&'a [u8]>,
    /// The time the signer claims; it must lie in the certificate's validity.
    pub signed_at: Timestamp,
    /// Why the document is signed, if that shall be told.
    pub reason: Option<&'a str>,
    /// Where it is signed, if that shall be told.
    pub location: Option<&'a str>,
}

/// Why a document was not signed; the document given is untouched.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is no PDF, damaged, encrypted or built in a way an update cannot be appended to.
    #[error("the document cannot be read as a PDF that may be extended")]
    Unreadable(#[source] Option<lopdf::Error>),
    /// There is no signature field of that name.
    #[error("the document has no signature field of that name")]
    FieldMissing,
    /// The field is signed already; a signature is never replaced.
    #[error("the field is already signed")]
    AlreadySigned,
    /// An earlier signature locked the document.
    #[error("an earlier signature allows no further ones")]
    Locked,
    /// The appearance is not a readable one-page PDF.
    #[error("the appearance is not a one-page PDF")]
    Appearance(#[source] Option<lopdf::Error>),
    /// The key, the certificate or the chain cannot be used.
    #[error("the certificate cannot be used")]
    Certificate(#[from] CertificateError),
    /// The claimed time lies outside the certificate's validity: a wrong clock or an expired certificate.
    #[error("the certificate is not valid at the time of signing")]
    OutsideValidity,
    /// Chain and certificate need more room than a signature field reserves.
    #[error("the signature does not fit the space reserved for it")]
    TooLarge,
}

/// Appends one signature to `pdf`; the given bytes stay the beginning of the result.
pub fn sign_document(pdf: &[u8], request: &SignRequest<'_>) -> Result<Vec<u8>, SignError> {
    let _ = (pdf, request);
    Err(SignError::Unreadable(None))
}
