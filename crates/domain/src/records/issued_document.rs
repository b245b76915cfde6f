//! Dokumen: an issued PDF, its hash and its signatures.

use jiff::Timestamp;

use super::{Comment, RecordStatus};
use crate::schema::{BlobHash, RecordId};
use crate::{choice, record};

choice! {
    /// The documents the program issues.
    pub enum DocumentTemplate {
        /// Formulir Model A, LHP.
        SupervisionReport = "supervision_report",
        /// Daftar hadir of an event.
        AttendanceList = "attendance_list",
    }
}

choice! {
    /// Paper sizes in use.
    pub enum Paper {
        /// 210 × 297 mm.
        A4 = "a4",
        /// Folio as sold in Indonesia, 215 × 330 mm.
        F4 = "f4",
    }
}

record! {
    /// Dokumen. Once issued it is never rewritten, only extended by further signatures.
    pub struct IssuedDocument {
        /// Where it stands in its workflow; changed by transitions only.
        1 => status: Option<RecordStatus>,
        /// Comments of reviewers.
        2 => comments: Vec<Comment>,
        /// Which document it is.
        10 => template: Option<DocumentTemplate>,
        /// The record it was made from.
        11 => source: Option<RecordId>,
        /// Paper size.
        12 => paper: Option<Paper>,
        /// Its title as listed.
        13 => title: String,
        /// NOMOR as printed.
        14 => number: String,
        /// The file, named by its hash.
        15 => file: Option<BlobHash>,
        /// SHA-256 of the file, hexadecimal.
        16 => sha256: String,
        /// Its length in bytes.
        17 => byte_length: Option<i64>,
        /// When it was issued.
        18 => issued_at: Option<Timestamp>,
        /// Name of the signer; empty while "belum ditandatangani".
        19 => signed_by: String,
        /// Serial number of the signer's certificate, hexadecimal.
        20 => certificate_serial: String,
    }
}
