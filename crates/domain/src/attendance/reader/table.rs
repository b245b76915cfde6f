//! Where the table is in the text: its separator, its header, its columns and its rows.

use super::columns::{is_left_aside, is_original_name, of_cells, of_heading};
use super::rows::LONGEST_NAME;
use super::separation::Record;
use super::{AttendanceError, Column, ColumnReading, ReadingChoices, Reason, Separator, SourceFormat};

/// Letterhead, title and date above a table take fewer rows than this.
const ROWS_ABOVE_HEADER: usize = 40;

/// The table found in a text.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) format: SourceFormat,
    pub(super) separator: Option<Separator>,
    pub(super) header_row: Option<u32>,
    pub(super) columns: Vec<ColumnReading>,
    pub(super) body: Vec<Record>,
    pub(super) notes: Vec<Reason>,
}

/// A header and where it is.
struct Header {
    at: usize,
    columns: Vec<Option<Column>>,
}

/// Columns guessed from the cells that a separator gives.
struct Guess<'a> {
    separator: Separator,
    columns: Vec<Option<Column>>,
    records: &'a Vec<Record>,
}

/// Finds the table.
pub(super) fn find(text: &str, choices: &ReadingChoices) -> Result<Table, AttendanceError> {
    let mut notes = Vec::new();
    let text = match unwrapped(text) {
        Some(unwrapped) => {
            notes.push(Reason::plain("attendance-note-rows-in-quotes"));
            unwrapped
        }
        None => text.to_owned(),
    };
    let candidates = choices.separator.map_or(Separator::ALL.to_vec(), |chosen| vec![chosen]);
    let splits: Vec<(Separator, Vec<Record>)> =
        candidates.into_iter().map(|separator| (separator, separator.split(&text))).collect();

    let with_header = splits
        .iter()
        .filter_map(|(separator, records)| find_header(records).map(|header| (*separator, records, header)))
        .max_by_key(|(separator, _, header)| (known(&header.columns), *separator != Separator::Bar));
    if let Some((separator, records, header)) = with_header {
        let alone = header.columns.len() == 1;
        refuse_other_separator(&text, choices, separator, &records[header.at..])?;
        if !alone {
            return Ok(with_columns(separator, records, header, choices, notes));
        }
    }
    if let Some(separator) = choices.separator {
        refuse_other_separator(&text, choices, separator, &splits[0].1)?;
    }
    without_header(&splits, choices, notes, &text)
}

fn known(columns: &[Option<Column>]) -> usize {
    columns.iter().flatten().count()
}

/// The first row that names a column of names and at least one other; or, in a plain list, that is "Nama".
fn find_header(records: &[Record]) -> Option<Header> {
    records.iter().take(ROWS_ABOVE_HEADER).enumerate().find_map(|(at, record)| {
        let columns: Vec<Option<Column>> = record.cells.iter().map(|cell| of_heading(cell)).collect();
        let named = columns.contains(&Some(Column::Name));
        let filled = record.cells.iter().filter(|cell| !cell.is_empty()).count();
        let others = record.cells.iter().any(|cell| is_left_aside(cell));
        let header = named && (known(&columns) >= 2 || others || filled == 1 && is_plain_name_heading(record));
        header.then_some(Header { at, columns })
    })
}

fn is_plain_name_heading(record: &Record) -> bool {
    let words = |cell: &String| cell.split_whitespace().count();
    record.cells.iter().all(|cell| cell.is_empty() || (words(cell) <= 3 && cell.to_lowercase().starts_with("nama")))
}

/// Header and rows must be separated by the same sign, and a chosen separator must separate something.
fn refuse_other_separator(
    text: &str,
    choices: &ReadingChoices,
    separator: Separator,
    from_header: &[Record],
) -> Result<(), AttendanceError> {
    let wide = |records: &[Record]| records.iter().filter(|record| record.cells.len() > 1).count();
    let Some((header, rows)) = from_header.split_first() else { return Ok(()) };
    let rows: Vec<Record> = rows.iter().filter(|record| !record.is_blank()).cloned().collect();
    let header_alone = header.cells.len() == 1;
    let wrongly_chosen = choices.separator.is_some() && header_alone && wide(&rows) * 2 < rows.len().max(1);
    let rows_differ = !header_alone && !rows.is_empty() && wide(&rows) * 2 < rows.len();
    if !wrongly_chosen && !rows_differ {
        return Ok(());
    }
    let fits = |other: &Separator| {
        let records = other.split(text);
        let body = records.iter().filter(|record| record.line > header.line && !record.is_blank());
        let (all, wide) = body.fold((0, 0), |(all, wide), r| (all + 1, wide + usize::from(r.cells.len() > 1)));
        all > 0 && wide * 2 > all
    };
    match Separator::ALL.into_iter().filter(|other| *other != separator).find(fits) {
        Some(other) => Err(AttendanceError::WrongSeparator { header: separator, rows: other }),
        None => Ok(()),
    }
}

fn with_columns(
    separator: Separator,
    records: &[Record],
    header: Header,
    choices: &ReadingChoices,
    notes: Vec<Reason>,
) -> Table {
    let headings = &records[header.at].cells;
    // Meeting programs know how long someone stayed, and nothing of agencies.
    let held = |wanted: &[Column]| header.columns.iter().flatten().any(|column| wanted.contains(column));
    let timed = held(&[Column::Joined, Column::Left, Column::Minutes]) && !held(&[Column::Agency]);
    let meeting = timed || headings.iter().any(|heading| is_original_name(heading));
    let mut columns = header.columns;
    let mut body = &records[header.at + 1..];
    // Below the headings there may be L and P under one heading, and a row of column numbers.
    while let Some((first, rest)) = body.split_first() {
        let halves = !first.is_blank() && first.cells.iter().all(|cell| cell.is_empty() || is_half_heading(cell));
        if halves {
            columns.resize(columns.len().max(first.cells.len()), None);
            for (column, cell) in columns.iter_mut().zip(&first.cells).filter(|(_, cell)| !cell.is_empty()) {
                *column = of_heading(cell);
            }
        } else if !is_column_numbers(first) {
            break;
        }
        body = rest;
    }
    keep_first_of_each(&mut columns);
    if let Some(chosen) = &choices.columns {
        columns = chosen.clone();
    }
    let heading = |at: usize| headings.get(at).cloned().unwrap_or_default();
    Table {
        format: if meeting { SourceFormat::MeetingReport } else { SourceFormat::Table },
        separator: Some(separator),
        header_row: Some(records[header.at].line),
        columns: columns
            .iter()
            .enumerate()
            .map(|(at, column)| ColumnReading { heading: heading(at), column: *column })
            .collect(),
        body: body.to_vec(),
        notes,
    }
}

/// Only one column can be the name; a second that looks like it is left aside.
fn keep_first_of_each(columns: &mut [Option<Column>]) {
    let mut seen = Vec::new();
    for column in columns.iter_mut() {
        match column {
            Some(held) if seen.contains(held) => *column = None,
            Some(held) => seen.push(*held),
            None => {}
        }
    }
}

fn is_half_heading(cell: &str) -> bool {
    matches!(of_heading(cell), Some(Column::MaleMark | Column::FemaleMark))
}

/// `1 2 3 …` or `(1) (2) (3) …` below the headings.
fn is_column_numbers(record: &Record) -> bool {
    let numbers: Vec<Option<u32>> = record
        .cells
        .iter()
        .filter(|cell| !cell.is_empty())
        .map(|cell| cell.trim_matches(['(', ')', '.']).parse().ok())
        .collect();
    numbers.len() >= 3 && numbers.iter().zip(1..).all(|(number, expected)| *number == Some(expected))
}

fn without_header(
    splits: &[(Separator, Vec<Record>)],
    choices: &ReadingChoices,
    mut notes: Vec<Reason>,
    text: &str,
) -> Result<Table, AttendanceError> {
    let mut best: Option<Guess<'_>> = None;
    for (separator, records) in splits {
        let filled: Vec<&Record> = records.iter().filter(|record| !record.is_blank()).collect();
        let wide = filled.iter().filter(|record| record.cells.len() > 1).count();
        let columns = choices.columns.clone().unwrap_or_else(|| of_cells(records));
        let score = known(&columns);
        let fits = wide * 10 >= filled.len() * 6 && columns.contains(&Some(Column::Name)) && score >= 2;
        if fits && best.as_ref().is_none_or(|best| score > known(&best.columns)) {
            best = Some(Guess { separator: *separator, columns, records });
        }
    }
    if let Some(Guess { separator, columns, records }) = best {
        notes.push(Reason::plain("attendance-note-columns-guessed"));
        let columns = columns.into_iter().map(|column| ColumnReading { heading: String::new(), column }).collect();
        return Ok(Table {
            format: SourceFormat::Table,
            separator: Some(separator),
            header_row: None,
            columns,
            body: records.clone(),
            notes,
        });
    }
    let names = plain_names(text);
    let most_are_names = names.iter().filter(|record| is_name_like(&record.cells[0])).count() * 10 >= names.len() * 7;
    if names.is_empty() || !most_are_names {
        let widest = splits.iter().max_by_key(|(_, records)| records.iter().map(|record| record.cells.len()).max());
        let separator = widest.filter(|(_, records)| records.iter().any(|record| record.cells.len() > 1));
        return Err(AttendanceError::NoNameColumn { separator: separator.map(|(separator, _)| *separator) });
    }
    let headed = names.first().filter(|record| is_plain_name_heading(record) && of_heading(&record.cells[0]).is_some());
    let header_row = headed.map(|record| record.line);
    let heading = headed.map(|record| record.cells[0].clone()).unwrap_or_default();
    Ok(Table {
        format: SourceFormat::Names,
        separator: None,
        header_row,
        columns: vec![ColumnReading { heading, column: Some(Column::Name) }],
        body: names.into_iter().skip(usize::from(header_row.is_some())).collect(),
        notes,
    })
}

/// One name per line, with whatever numbering or bullet stands before it taken off.
fn plain_names(text: &str) -> Vec<Record> {
    let numbered = |line: &str| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let marked = rest.len() < line.len() && rest.starts_with(['.', ')', ' ', '\t']);
        let bare = if marked { rest } else { line };
        bare.trim_start_matches(['.', ')', '-', '•', '*', '·', ' ', '\t'])
            .trim_matches(['"', ' ', '\t', ';', ','])
            .to_owned()
    };
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(line, cell)| Record { line, cells: vec![numbered(cell.trim())] })
        .collect()
}

fn is_name_like(cell: &str) -> bool {
    let letters = cell.chars().filter(|c| c.is_alphabetic()).count();
    let length = cell.chars().count();
    (2..=LONGEST_NAME).contains(&letters) && letters * 2 > length && cell.split_whitespace().count() <= 8
}

/// Rows that were put into quotation marks as a whole, so that each became one cell; `None` if they were not.
fn unwrapped(text: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let whole = |line: &&&str| {
        let inner = line.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inner.is_some_and(|inner| {
            let plain = inner.replace("\"\"", "");
            !plain.contains('"') && Separator::ALL.iter().any(|separator| inner.matches(sign(*separator)).count() > 1)
        })
    };
    if lines.len() < 2 || lines.iter().filter(whole).count() * 10 < lines.len() * 8 {
        return None;
    }
    let open = |line: &str| match line.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => line.to_owned(),
    };
    Some(text.lines().map(open).collect::<Vec<_>>().join("\n"))
}

fn sign(separator: Separator) -> char {
    match separator {
        Separator::Comma => ',',
        Separator::Semicolon => ';',
        Separator::Tab => '\t',
        Separator::Bar => '|',
    }
}
