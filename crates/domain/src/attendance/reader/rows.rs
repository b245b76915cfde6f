//! From the cells of a row to what they hold; or why the row names nobody.

use super::separation::Record;
use super::{Column, Reason, Row};
use crate::attendance::person_name::ComparableName;

/// Words of sums and signature blocks below a list.
const BELOW_THE_LIST: &[&str] =
    &["jumlah", "total", "mengetahui", "catatan", "keterangan", "dibuat oleh", "disetujui", "menyetujui", "notulis"];

/// Longer names are sentences that slipped into the list.
pub(super) const LONGEST_NAME: usize = 120;

/// What a row of the table holds, or the reason for leaving it aside.
pub(super) fn read_row(record: &Record, columns: &[Option<Column>]) -> Result<Row, Reason> {
    let cells = if record.cells.len() > columns.len() {
        without_split_degrees(&record.cells, columns).ok_or_else(|| {
            let args = [("cells", record.cells.len().to_string()), ("columns", columns.len().to_string())];
            Reason::with("attendance-rejected-too-many-cells", &args)
        })?
    } else {
        record.cells.clone()
    };
    let held = |cell: &String| !cell.is_empty() && !matches!(cell.as_str(), "-" | "--" | "–" | "—");
    let cells: Vec<(Column, String)> = cells
        .into_iter()
        .zip(columns)
        .filter_map(|(cell, column)| column.filter(|_| held(&cell)).map(|column| (column, cell)))
        .collect();
    let row = Row { row: record.line, cells };
    let name = row.cell(Column::Name);
    let alone = record.cells.iter().filter(|cell| held(cell)).count() == 1;
    let lead = record.cells.iter().find(|cell| held(cell)).map(|cell| cell.to_lowercase()).unwrap_or_default();
    let below = BELOW_THE_LIST.iter().any(|word| lead.starts_with(word)) && (alone || lead.len() < 12);
    let waiting = matches!(row.cell(Column::WaitingRoom).to_lowercase().as_str(), "yes" | "ya");
    let problem = if below {
        "attendance-rejected-below-the-list"
    } else if name.is_empty() && row.cells.is_empty() {
        "attendance-rejected-empty-row"
    } else if name.is_empty() {
        "attendance-rejected-no-name"
    } else if name.chars().count() > LONGEST_NAME {
        "attendance-rejected-name-too-long"
    } else if !name.chars().any(char::is_alphabetic) || ComparableName::of(name).is_empty() {
        "attendance-rejected-name-without-letters"
    } else if waiting {
        "attendance-rejected-waiting-room"
    } else {
        return Ok(row);
    };
    Err(Reason::plain(problem))
}

/// Puts `Nama, S.Sos` together again where the comma before the degree was taken for a separator.
fn without_split_degrees(cells: &[String], columns: &[Option<Column>]) -> Option<Vec<String>> {
    let name_at = columns.iter().position(|column| *column == Some(Column::Name))?;
    let surplus = cells.len() - columns.len();
    let degrees = cells.get(name_at + 1..=name_at + surplus)?;
    // Cells at the end that are empty come from a trailing separator and mean nothing.
    if cells[columns.len()..].iter().all(String::is_empty) {
        return Some(cells[..columns.len()].to_vec());
    }
    let looks_like_degree = |cell: &String| {
        let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
        (1..=8).contains(&letters) && (cell.contains('.') || cell.chars().all(|c| c.is_uppercase() || c == ' '))
    };
    if !degrees.iter().all(looks_like_degree) {
        return None;
    }
    let name = std::iter::once(&cells[name_at]).chain(degrees).cloned().collect::<Vec<_>>().join(", ");
    let mut joined = cells[..name_at].to_vec();
    joined.push(name);
    joined.extend_from_slice(&cells[name_at + surplus + 1..]);
    Some(joined)
}
