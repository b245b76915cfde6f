//! Fields that hold more than one value, one row per value; the values themselves stand in the record's state.

use arumbae_domain::schema::{FieldNo, RecordId};
use arumbae_mergelog::OpId;
use rusqlite::{Connection, Transaction};

use super::record::id;
use crate::error::Result;

pub(crate) fn replace(tx: &Transaction<'_>, record: RecordId, heads: &[(FieldNo, Vec<OpId>)]) -> Result<()> {
    tx.prepare_cached("DELETE FROM conflict WHERE record = ?1")?.execute([record.0.as_bytes()])?;
    for (field, heads) in heads {
        for OpId { lane, seq, index } in heads {
            tx.prepare_cached("INSERT INTO conflict (record, field, lane, seq, place) VALUES (?1, ?2, ?3, ?4, ?5)")?
                .execute((record.0.as_bytes(), field.0, lane.0, *seq as i64, index))?;
        }
    }
    Ok(())
}

/// The records that have undecided fields and stand somewhere.
pub(crate) fn records(connection: &Connection) -> Result<Vec<RecordId>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT c.record FROM conflict c JOIN record r ON r.id = c.record
         JOIN record t ON t.rid = r.root WHERE t.deleted = 0 ORDER BY t.tree_changed_ms DESC, t.id, c.record",
    )?;
    let rows = statement.query_map([], |row| id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many fields, of records that stand somewhere, hold more than one value.
pub(crate) fn fields(connection: &Connection) -> Result<u64> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*) FROM (SELECT DISTINCT c.record, c.field FROM conflict c JOIN record r ON r.id = c.record
         JOIN record t ON t.rid = r.root WHERE t.deleted = 0)",
    )?;
    let count: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(count as u64)
}
