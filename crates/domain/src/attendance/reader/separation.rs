//! What separates the cells, and the cells it gives.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Signs that separate cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`, as spreadsheets with Indonesian settings write.
    Semicolon,
    /// A tab, as the clipboard has it.
    Tab,
    /// `|`
    Bar,
}

/// A row of cells with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Its line in the file, from 1.
    pub(super) line: u32,
    /// Its cells, without the spaces around them.
    pub(super) cells: Vec<String>,
}

impl Record {
    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(String::is_empty)
    }

    /// The cells as one text, for a person to read.
    pub(super) fn text(&self) -> String {
        self.cells.iter().filter(|cell| !cell.is_empty()).cloned().collect::<Vec<_>>().join(" | ")
    }
}

impl Separator {
    /// All of them; an earlier one wins where two fit equally well.
    pub const ALL: [Separator; 4] = [Separator::Tab, Separator::Semicolon, Separator::Comma, Separator::Bar];

    /// Its name in JSON and in messages.
    pub fn code(self) -> &'static str {
        match self {
            Separator::Comma => "comma",
            Separator::Semicolon => "semicolon",
            Separator::Tab => "tab",
            Separator::Bar => "bar",
        }
    }

    fn byte(self) -> u8 {
        match self {
            Separator::Comma => b',',
            Separator::Semicolon => b';',
            Separator::Tab => b'\t',
            Separator::Bar => b'|',
        }
    }

    /// The rows of a text that this separates.
    pub(super) fn split(self, text: &str) -> Vec<Record> {
        let quoted = self.split_with(text, true);
        // A quotation mark that nobody closed swallows rows; then quotation marks mean nothing.
        let swallowed = |cell: &String| cell.matches('\n').count() > MOST_LINES_IN_A_CELL;
        if quoted.iter().any(|record| record.cells.iter().any(swallowed)) {
            self.split_with(text, false)
        } else {
            quoted
        }
    }

    fn split_with(self, text: &str, quoting: bool) -> Vec<Record> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.byte())
            .quoting(quoting)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        // Reading UTF-8 from memory with a flexible number of cells has no way to fail.
        let records = reader.into_records().filter_map(Result::ok);
        records
            .map(|record| Record {
                line: record.position().map_or(0, |position| line_of(position, text)),
                cells: record.iter().map(|cell| cell.trim_matches(['\u{feff}', ' ', '\u{a0}']).to_owned()).collect(),
            })
            .collect()
    }
}

/// Addresses and signatures may take a few lines in a cell, not more.
const MOST_LINES_IN_A_CELL: usize = 4;

/// The line a row begins on. The position stands before any blank lines that were skipped.
fn line_of(position: &csv::Position, text: &str) -> u32 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX).min(text.len());
    let skipped = text.as_bytes()[from..].iter().take_while(|byte| **byte == b'\n').count();
    position.line() as u32 + skipped as u32
}
