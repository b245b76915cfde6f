//! What the store is measured against: the same operations as bare rows of one indexed SQLite table.
//!
//! Nothing is verified, decoded, merged or indexed for search there; it is how fast SQLite takes the rows at all,
//! in a file encrypted and made durable as the store's is.

use std::path::Path;

use arumbae_domain::Finding;
use arumbae_domain::schema::{FieldDef, FieldType, Record, RecordKind, Value, reserved};
use arumbae_mergelog::{Operation, Save};
use rusqlite::types::Value as Column;
use rusqlite::{Connection, Result, params, params_from_iter};

/// An operation as a row, made before the clock starts.
#[derive(Clone, Debug)]
pub struct Row {
    lane: i64,
    seq: i64,
    place: i64,
    hlc: i64,
    record: [u8; 16],
    field: u16,
    value: Column,
}

/// The rows of saves of one lane.
pub fn rows(lane: usize, saves: &[Save]) -> impl Iterator<Item = Row> {
    saves.iter().flat_map(move |save| {
        save.ops.iter().enumerate().map(move |(place, op)| {
            let (field, value) = cell(op);
            Row {
                lane: lane as i64,
                seq: save.seq as i64,
                place: place as i64,
                hlc: save.hlc.0 as i64,
                record: *op.record().0.as_bytes(),
                field,
                value,
            }
        })
    })
}

/// Field and value of the operations the workload has.
fn cell(op: &Operation) -> (u16, Column) {
    match op {
        Operation::Create { kind, .. } => (reserved::KIND.0, Column::Integer(kind.0.into())),
        Operation::Set { field, value, .. } => (field.0, column(value)),
        Operation::Revise { field, text, .. } => (field.0, Column::Text(text.clone())),
        Operation::Transition { to, .. } => (reserved::STATUS.0, Column::Text(to.clone())),
        Operation::Add { list, element, .. } => (list.0, column(element)),
        _ => (u16::MAX, Column::Null),
    }
}

fn column(value: &Value) -> Column {
    match value {
        Value::Null => Column::Null,
        Value::Bool(yes) => Column::Integer((*yes).into()),
        Value::Integer(number) => Column::Integer(*number),
        Value::Text(text) => Column::Text(text.clone()),
        Value::Date(date) => Column::Text(date.to_string()),
        Value::Time(time) => Column::Text(time.to_string()),
        Value::Instant(moment) => Column::Integer(moment.as_millisecond()),
        Value::Reference(record) => Column::Blob(record.0.as_bytes().to_vec()),
        Value::Blob(hash) => Column::Blob(hash.0.to_vec()),
    }
}

/// How the file is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// With SQLCipher, as the store's.
    Encrypted,
    /// Readable by anyone; tells what encryption costs.
    Plain,
}

/// The table in a file of its own.
#[derive(Debug)]
pub struct RawTable {
    connection: Connection,
}

impl RawTable {
    /// Makes the file, with the store's settings (`crates/store/src/connection.rs`).
    pub fn create(path: &Path, keeping: Keeping) -> Result<RawTable> {
        let connection = Connection::open(path)?;
        if keeping == Keeping::Encrypted {
            connection.pragma_update(None, "cipher_log_level", "NONE")?;
            connection.pragma_update(None, "cipher_memory_security", false)?;
            connection.pragma_update(None, "key", format!("x'{}'", "5a".repeat(32)))?;
        }
        connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "wal_autocheckpoint", 1000)?;
        connection.pragma_update(None, "cache_size", -16 * 1024)?;
        connection.execute_batch(
            "CREATE TABLE operation (
                 rid INTEGER PRIMARY KEY, lane INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
                 hlc INTEGER NOT NULL, record BLOB NOT NULL, field INTEGER NOT NULL, value ANY
             ) STRICT;
             CREATE INDEX operation_cell ON operation (record, field);",
        )?;
        Ok(RawTable { connection })
    }

    /// Inserts rows in one transaction.
    pub fn insert(&mut self, rows: &[Row]) -> Result<()> {
        let tx = self.connection.transaction()?;
        let mut statement = tx.prepare_cached(
            "INSERT INTO operation (lane, seq, place, hlc, record, field, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        for Row { lane, seq, place, hlc, record, field, value } in rows {
            statement.execute(params![lane, seq, place, hlc, record, field, value])?;
        }
        drop(statement);
        tx.commit()
    }

    /// Adds the table people would read from: a row per finding, a column per field.
    pub fn insert_findings(&mut self, findings: &[Finding]) -> Result<()> {
        let fields: Vec<&FieldDef> = RecordKind::Finding
            .definition()
            .fields
            .iter()
            .filter(|field| !matches!(field.ty, FieldType::Children(_)))
            .collect();
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let tx = self.connection.transaction()?;
        tx.execute_batch(&format!("CREATE TABLE finding (id BLOB PRIMARY KEY, {});", names.join(", ")))?;
        let places = vec!["?"; names.len() + 1].join(", ");
        let mut statement = tx.prepare(&format!("INSERT INTO finding VALUES ({places})"))?;
        for finding in findings {
            let document = finding.to_document();
            let id = Column::Blob(document.id.0.as_bytes().to_vec());
            let values = fields.iter().map(|field| match document.sets.get(&field.number) {
                Some(set) => Column::Text(format!("{:?}", set.iter().map(column).collect::<Vec<_>>())),
                None => column(document.value(field.number)),
            });
            statement.execute(params_from_iter(std::iter::once(id).chain(values)))?;
        }
        drop(statement);
        tx.commit()
    }
}

/// A value as JSON has it.
pub fn json(value: &Value) -> serde_json::Value {
    match column(value) {
        Column::Integer(number) => number.into(),
        Column::Text(text) => text.into(),
        Column::Blob(bytes) => hex::encode(bytes).into(),
        Column::Null | Column::Real(_) => serde_json::Value::Null,
    }
}
