//! Daftar hadir of an outreach event.

use arumbae_domain::OutreachEvent;

use crate::{Imprint, Rendered, ReportError, Signer};

/// What the list is made from.
#[derive(Clone, Debug)]
pub struct AttendanceListInput<'a> {
    /// The event with its attendees; attached to the document as `record.json`.
    pub event: &'a OutreachEvent,
    /// The officer who answers for the list; the signature field is `petugas`.
    pub officer: &'a Signer,
    /// Place of the signature line.
    pub signed_place: &'a str,
    /// Date of the signature line, the event's own date if absent.
    pub signed_date: Option<jiff::civil::Date>,
    /// The facts of this issue.
    pub imprint: &'a Imprint,
}

/// The list with the empty signature field `petugas`.
pub fn render(_input: &AttendanceListInput<'_>) -> Result<Rendered, ReportError> {
    Err(ReportError::DamagedAsset("typeface"))
}
