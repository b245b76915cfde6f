//! From the bytes of a file or the clipboard to rows with known columns.
//!
//! Files come from spreadsheets, meeting programs and hand-made exports, so nothing about them is taken for granted:
//! encoding, separator, title block, header and columns are found by looking, and can be overruled by the user.

mod columns;
mod decoding;
mod rows;
mod separation;
mod table;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Reason;
pub use columns::Column;
pub use decoding::Encoding;
pub use separation::Separator;

/// Larger files are not attendance lists.
const LARGEST_FILE: usize = 20 << 20;

/// More rows than any event has people.
const MOST_ROWS: usize = 100_000;

/// What is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The bytes of the file, or the pasted text as UTF-8.
    pub bytes: Vec<u8>,
    /// Whether it was pasted; otherwise it is a file.
    pub pasted: bool,
    /// What the user decided about reading it.
    pub choices: ReadingChoices,
}

/// What a user may overrule about the reading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ReadingChoices {
    /// The separator.
    pub separator: Option<Separator>,
    /// What each column holds, from the left; `None` ignores a column.
    pub columns: Option<Vec<Option<Column>>>,
}

impl Input {
    /// The bytes of a file.
    pub fn file(bytes: Vec<u8>) -> Input {
        Input { bytes, ..Input::default() }
    }

    /// Text from the clipboard.
    pub fn pasted(text: &str) -> Input {
        Input { bytes: text.as_bytes().to_vec(), pasted: true, ..Input::default() }
    }
}

/// What kind of list the input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// A table with columns of an attendance list.
    Table,
    /// A participant report of an online meeting.
    MeetingReport,
    /// Names, one per line.
    Names,
}

/// How a column was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnReading {
    /// Its heading; empty without a header.
    pub heading: String,
    /// What it holds; `None` if it is left aside.
    pub column: Option<Column>,
}

/// A row that is not taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rejected {
    /// Its row in the file, from 1.
    pub row: u32,
    /// Why.
    #[serde(flatten)]
    pub because: Reason,
    /// What it says, so that it can be found and typed by hand.
    pub text: String,
}

/// One row that names a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its row in the file, from 1.
    pub row: u32,
    /// The cells by what they hold, blank ones left out.
    pub cells: Vec<(Column, String)>,
}

impl Row {
    /// The cell of a column, empty if it is blank or missing.
    pub fn cell(&self, column: Column) -> &str {
        self.cells.iter().find(|(held, _)| *held == column).map_or("", |(_, text)| text)
    }
}

/// Everything read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Rows that name a person.
    pub rows: Vec<Row>,
    /// Rows that do not.
    pub rejected: Vec<Rejected>,
    /// What kind of list it is.
    pub format: SourceFormat,
    /// The encoding.
    pub encoding: Encoding,
    /// The separator.
    pub separator: Option<Separator>,
    /// The row of the header.
    pub header_row: Option<u32>,
    /// How each column was understood.
    pub columns: Vec<ColumnReading>,
    /// What was put right.
    pub notes: Vec<Reason>,
}

/// The input as a whole cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttendanceError {
    /// There is nothing in it.
    #[error("the input is empty")]
    Empty,
    /// It is too large for an attendance list.
    #[error("the input is too large: {bytes} bytes or {rows} rows")]
    TooLarge {
        /// Its length in bytes.
        bytes: usize,
        /// Its rows, as far as they were counted.
        rows: usize,
    },
    /// It is a spreadsheet file (.xlsx, .ods, .xls), not text.
    #[error("the input is a spreadsheet file, not text")]
    SpreadsheetFile,
    /// It is a PDF.
    #[error("the input is a PDF, not text")]
    Pdf,
    /// It is some other file that is not text.
    #[error("the input is not text")]
    NotText,
    /// No row can be taken for a header and no column for names.
    #[error("no column of names was found")]
    NoNameColumn {
        /// The separator that fitted best.
        separator: Option<Separator>,
    },
    /// Header and rows are separated by different signs, or the chosen one does not fit.
    #[error("the separator does not fit: {header:?} in the header, {rows:?} in the rows")]
    WrongSeparator {
        /// What separates the header, or was chosen.
        header: Separator,
        /// What separates the rows.
        rows: Separator,
    },
}

impl AttendanceError {
    /// The message that explains it and says what to do.
    pub fn message(&self) -> &'static str {
        match self {
            AttendanceError::Empty => "attendance-error-empty",
            AttendanceError::TooLarge { .. } => "attendance-error-too-large",
            AttendanceError::SpreadsheetFile => "attendance-error-spreadsheet-file",
            AttendanceError::Pdf => "attendance-error-pdf",
            AttendanceError::NotText => "attendance-error-not-text",
            AttendanceError::NoNameColumn { .. } => "attendance-error-no-name-column",
            AttendanceError::WrongSeparator { .. } => "attendance-error-wrong-separator",
        }
    }

    /// The arguments of that message.
    pub fn args(&self) -> Vec<(&'static str, String)> {
        match self {
            AttendanceError::WrongSeparator { header, rows } => {
                vec![("header", header.code().to_owned()), ("rows", rows.code().to_owned())]
            }
            AttendanceError::NoNameColumn { separator } => {
                vec![("separator", separator.map_or("none", Separator::code).to_owned())]
            }
            AttendanceError::TooLarge { bytes, rows } => {
                vec![("megabytes", (bytes >> 20).to_string()), ("rows", rows.to_string())]
            }
            _ => vec![],
        }
    }
}

/// Reads an attendance list.
pub fn read(input: &Input) -> Result<Reading, AttendanceError> {
    if input.bytes.len() > LARGEST_FILE {
        return Err(AttendanceError::TooLarge { bytes: input.bytes.len(), rows: 0 });
    }
    let (text, encoding) = decoding::decode(&input.bytes)?;
    let table = table::find(&text, &input.choices)?;
    if table.body.len() > MOST_ROWS {
        return Err(AttendanceError::TooLarge { bytes: input.bytes.len(), rows: table.body.len() });
    }
    let mut notes: Vec<Reason> = table.notes;
    if encoding == Encoding::Windows1252 {
        notes.push(Reason::plain("attendance-note-windows-1252"));
    }
    let mut reading = Reading {
        rows: Vec::new(),
        rejected: Vec::new(),
        format: table.format,
        encoding,
        separator: table.separator,
        header_row: table.header_row,
        columns: table.columns,
        notes,
    };
    let columns: Vec<Option<Column>> = reading.columns.iter().map(|column| column.column).collect();
    for record in table.body.iter().filter(|record| !record.is_blank()) {
        match rows::read_row(record, &columns) {
            Ok(row) => reading.rows.push(row),
            Err(because) => {
                reading.rejected.push(Rejected { row: record.line, because, text: record.text() });
            }
        }
    }
    Ok(reading)
}

#[cfg(test)]
mod tests;
