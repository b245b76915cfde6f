//! Saying things in a terminal.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::{self, TimeZone};
use serde::Serialize;
use zeroize::Zeroizing;

use super::CommandError;
use crate::messages::Messages;

/// Where a command says what it has to say, and in which language.
pub(super) struct Terminal<W> {
    out: W,
    messages: Messages,
}

impl<W: Write> Terminal<W> {
    pub(super) fn new(out: W, messages: Messages) -> Self {
        Terminal { out, messages }
    }

    pub(super) fn messages(&self) -> &Messages {
        &self.messages
    }

    /// A sentence of the catalogue.
    pub(super) fn text(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        self.messages.get(key, arguments).text
    }

    /// Says a sentence of the catalogue.
    pub(super) fn say(&mut self, key: &str, arguments: &[(&str, &str)]) -> Result<(), CommandError> {
        let text = self.text(key, arguments);
        self.print(&text)
    }

    /// Prints lines as they are.
    pub(super) fn print(&mut self, text: &str) -> Result<(), CommandError> {
        let outcome = writeln!(self.out, "{}", text.trim_end()).and_then(|()| self.out.flush());
        outcome.map_err(|source| CommandError::Output { path: PathBuf::from("-"), source })
    }

    /// Prints a value as JSON, for scripts.
    pub(super) fn print_json(&mut self, value: &impl Serialize) -> Result<(), CommandError> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| CommandError::Output { path: PathBuf::from("-"), source: error.into() })?;
        self.print(&text)
    }

    /// Prints rows under a heading, each column as wide as its widest cell.
    pub(super) fn print_table(&mut self, heading: &[&str], rows: &[Vec<String>]) -> Result<(), CommandError> {
        let heading: Vec<String> = heading.iter().map(|key| self.text(key, &[])).collect();
        let width = |column: usize| {
            let cells = std::iter::once(&heading).chain(rows).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        };
        let widths: Vec<usize> = (0..heading.len()).map(width).collect();
        for row in std::iter::once(&heading).chain(rows) {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            self.print(&cells.collect::<Vec<_>>().join("  "))?;
        }
        Ok(())
    }
}

/// Writes a file that a command was asked for.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    std::fs::write(path, bytes).map_err(|source| CommandError::Output { path: path.to_owned(), source })
}

/// The first line of a file, or of standard input for `-`, which is how a passphrase is given: never on the command line, where everybody on the
/// machine reads it.
pub(super) fn read_passphrase(path: &Path) -> Result<String, CommandError> {
    let read = if path == Path::new("-") { io::read_to_string(io::stdin()) } else { std::fs::read_to_string(path) };
    let text = Zeroizing::new(read.map_err(|source| CommandError::Input { path: path.to_owned(), source })?);
    let line = text.lines().next().unwrap_or_default().trim();
    if line.is_empty() { Err(CommandError::NoPassphrase) } else { Ok(line.to_owned()) }
}

/// A moment in Maluku's time zone (WIT, UTC+9 all year), which is how an operator reads it.
pub(super) fn local_time(ms: u64) -> String {
    timestamp(ms).to_zoned(TimeZone::fixed(tz::offset(9))).strftime("%Y-%m-%d %H:%M WIT").to_string()
}

/// A moment for scripts: UTC, RFC 3339.
pub(super) fn timestamp(ms: u64) -> Timestamp {
    i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or_default()
}

/// How many bytes, in the unit that reads best.
pub(super) fn byte_size(bytes: u64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < units.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{size:.1} {}", units[unit]) }
}
