//! Which rows are the same person.

use super::AttendancePreview;
use super::reader::Reading;
use crate::records::Attendee;
use jiff::civil::Date;

/// Joins rows that are one person, with each other and with the list.
pub(super) fn assemble(_existing: &[Attendee], reading: Reading, _pasted: bool, _today: Date) -> AttendancePreview {
    AttendancePreview {
        people: 0,
        added: vec![],
        merged: vec![],
        doubted: vec![],
        rejected: reading.rejected,
        rows: 0,
        format: reading.format,
        encoding: reading.encoding,
        separator: reading.separator,
        header_row: reading.header_row,
        columns: reading.columns,
        notes: reading.notes,
    }
}
