//! Attendance lists from elsewhere: files, pasted spreadsheet cells, participant reports of online meetings.
//!
//! [`reader`] turns bytes into rows, [`display_name`] takes agency and name apart, `matching` finds out which rows
//! are the same person, [`preview()`] says what an import would do, and [`accept`] does it. Nothing is taken over
//! unseen: what is certain is merged, what is only similar is shown with the reason and left to a person.

mod attendee_row;
pub mod display_name;
mod matching;
pub mod person_name;
mod preview;
pub mod reader;

pub use preview::*;
pub use reader::{
    AttendanceError, Column, ColumnReading, Encoding, Input, ReadingChoices, Rejected, Separator, SourceFormat,
};
