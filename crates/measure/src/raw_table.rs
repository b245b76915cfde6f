//! What the store is measured against: the same operations as bare rows of one indexed SQLite table.
//!
//! Nothing is verified, decoded, merged or indexed for search there; it is how fast SQLite takes the rows at all,
//! in a file encrypted and made durable as the store's is.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::path::Path;

use arumbae_domain::schema::{FieldNo, RecordId, Value, reserved};
use arumbae_mergelog::{Operation, RecordState, Save};
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

/// The rows of saves of one lane: one for each field written. That a record is made is no row of its own.
pub fn rows(lane: usize, saves: &[Save]) -> impl Iterator<Item = Row> {
    saves.iter().flat_map(move |save| {
        let fields = save.ops.iter().enumerate().filter(|(_, op)| !matches!(op, Operation::Create { .. }));
        fields.map(move |(place, op)| {
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

/// Makes a database with the store's settings (`crates/store/src/connection.rs`).
pub fn connect(path: &Path, keeping: Keeping) -> Result<Connection> {
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
    Ok(connection)
}

/// The table in a file of its own.
#[derive(Debug)]
pub struct RawTable {
    connection: Connection,
}

impl RawTable {
    /// Makes the file and the table in it.
    pub fn create(path: &Path, keeping: Keeping) -> Result<RawTable> {
        let connection = connect(path, keeping)?;
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

    /// Adds the table people would read from: a row per record, a column per field.
    pub fn insert_records(&mut self, records: &BTreeMap<RecordId, RecordState>) -> Result<()> {
        let bare: Vec<(RecordId, BareRecord)> = records.iter().map(|(id, state)| (*id, bare_record(state))).collect();
        let fields: BTreeSet<FieldNo> = bare.iter().flat_map(|(_, fields)| fields.keys().copied()).collect();
        let names: Vec<String> = fields.iter().map(|field| format!("field_{}", field.0)).collect();
        let tx = self.connection.transaction()?;
        tx.execute_batch(&format!("CREATE TABLE record (id BLOB PRIMARY KEY, {});", names.join(", ")))?;
        let places = vec!["?"; names.len() + 1].join(", ");
        let mut statement = tx.prepare(&format!("INSERT INTO record VALUES ({places})"))?;
        for (id, record) in bare {
            let values = fields.iter().map(|field| match record.get(field).map_or(&[][..], Vec::as_slice) {
                [] => Column::Null,
                [value] => column(value),
                several => Column::Text(serde_json::Value::from_iter(several.iter().map(json)).to_string()),
            });
            statement.execute(params_from_iter(iter::once(Column::Blob(id.0.as_bytes().to_vec())).chain(values)))?;
        }
        drop(statement);
        tx.commit()
    }
}

/// What an operation writes, as something that knows neither our fields nor our sets may keep it: a key and a value.
pub fn plain_write(op: &Operation) -> Option<(String, serde_json::Value)> {
    match op {
        Operation::Create { .. } => None,
        Operation::Add { list, element, .. } => Some((format!("{} {}", list.0, json(element)), true.into())),
        op => {
            let (field, value) = cell(op);
            Some((field.to_string(), json_of(value)))
        }
    }
}

/// What stands in a record and nothing else: neither history nor authors. A set has several values.
type BareRecord = BTreeMap<FieldNo, Vec<Value>>;

fn bare_record(state: &RecordState) -> BareRecord {
    let status = state.status().effective.map(|status| (reserved::STATUS, vec![Value::Text(status.to_owned())]));
    let values = state.values().map(|(field, value)| (field, vec![value.into_owned()]));
    let sets = state.lists().map(|list| (list, state.elements(list).into_iter().cloned().collect()));
    status.into_iter().chain(values).chain(sets).collect()
}

/// The records as one bare JSON object a line.
pub fn bare_json(records: &BTreeMap<RecordId, RecordState>) -> String {
    let line = |(id, state): (&RecordId, &RecordState)| {
        let fields = bare_record(state).into_iter().map(|(field, values)| {
            let value = match values.as_slice() {
                [value] => json(value),
                several => several.iter().map(json).collect(),
            };
            (field.0.to_string(), value)
        });
        let fields = iter::once(("id".to_owned(), id.to_string().into())).chain(fields);
        serde_json::Value::Object(fields.collect()).to_string() + "\n"
    };
    records.iter().map(line).collect()
}

/// A value as JSON has it.
fn json(value: &Value) -> serde_json::Value {
    json_of(column(value))
}

fn json_of(column: Column) -> serde_json::Value {
    match column {
        Column::Integer(number) => number.into(),
        Column::Text(text) => text.into(),
        Column::Blob(bytes) => hex::encode(bytes).into(),
        Column::Null | Column::Real(_) => serde_json::Value::Null,
    }
}
