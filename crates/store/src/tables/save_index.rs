//! Which saves made a record what it is: for histories, last changes, and what still waits for a receipt.

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::LaneId;
use rusqlite::{Connection, Transaction};

use crate::error::Result;

pub(crate) fn insert(tx: &Transaction<'_>, record: i64, lane: i64, seq: u64, at_ms: u64) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO save_index (record, lane, seq, at_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute((record, lane, seq as i64, at_ms as i64))?;
    Ok(())
}

/// Lane and number of every save that touched a record itself, with its author's clock as far as it is believed.
pub(crate) fn timed(connection: &Connection, record: RecordId) -> Result<Vec<((i64, u64), u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.lane, s.seq, s.at_ms FROM record r JOIN save_index s ON s.record = r.rid WHERE r.id = ?1",
    )?;
    let rows = statement.query_map([record.0.as_bytes()], |row| {
        Ok(((row.get(0)?, row.get::<_, i64>(1)? as u64), row.get::<_, i64>(2)? as u64))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Lane and number of every save that touched a record itself.
pub(crate) fn of_record(connection: &Connection, record: i64) -> Result<Vec<(i64, u64)>> {
    let mut statement =
        connection.prepare_cached("SELECT lane, seq FROM save_index WHERE record = ?1 ORDER BY lane, seq")?;
    let rows = statement.query_map([record], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The last save of every lane that touched a record or a part of it.
pub(crate) fn last_of_tree(connection: &Connection, root: RecordId) -> Result<Vec<(LaneId, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT l.id, max(s.seq) FROM record r JOIN save_index s ON s.record = r.rid JOIN lane l ON l.rid = s.lane
         WHERE r.root = ?1 OR r.id = ?1 GROUP BY l.rid",
    )?;
    let rows =
        statement.query_map([root.0.as_bytes()], |row| Ok((LaneId(row.get(0)?), row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
