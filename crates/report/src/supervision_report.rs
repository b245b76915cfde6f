//! Formulir Model A, Laporan Hasil Pengawasan (Perbawaslu 5/2022).

use arumbae_domain::SupervisionReport;

use crate::{Imprint, Photo, Rendered, ReportError, Signer};

/// What the report is made from.
#[derive(Clone, Debug)]
pub struct SupervisionReportInput<'a> {
    /// The record; attached to the document as `record.json`.
    pub report: &'a SupervisionReport,
    /// The photos of DOKUMENTASI, in order.
    pub photos: &'a [Photo],
    /// Who acknowledges the report on the left; its signature field is `ketua`.
    pub chair: &'a Signer,
    /// The facts of this issue.
    pub imprint: &'a Imprint,
}

/// The report with empty signature fields `petugas` and `ketua`.
pub fn render(_input: &SupervisionReportInput<'_>) -> Result<Rendered, ReportError> {
    Err(ReportError::DamagedAsset("typeface"))
}
