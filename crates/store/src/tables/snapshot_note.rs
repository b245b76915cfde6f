//! What the province signed of scopes that are held as segments.

use arumbae_domain::Scope;
use arumbae_protocol::{ScopeCursor, SnapshotNote, cbor};
use rusqlite::{Connection, Transaction};

use super::lane::parsed_scope;
use crate::error::{Result, StoreError};

/// More than the newest are kept, because what everybody has read lags behind.
const KEPT: i64 = 8;

pub(crate) fn insert(tx: &Transaction<'_>, note: &SnapshotNote) -> Result<()> {
    let scope = note.scope.to_string();
    tx.execute(
        "INSERT OR REPLACE INTO snapshot_note (scope, gsn, note) VALUES (?1, ?2, ?3)",
        (&scope, note.gsn as i64, cbor::to_bytes(note)),
    )?;
    tx.execute(
        "DELETE FROM snapshot_note WHERE scope = ?1
         AND gsn NOT IN (SELECT gsn FROM snapshot_note WHERE scope = ?1 ORDER BY gsn DESC LIMIT ?2)",
        (&scope, KEPT),
    )?;
    Ok(())
}

/// The notes of a scope beyond a number, the newest first.
pub(crate) fn beyond(connection: &Connection, scope: &Scope, gsn: u64) -> Result<Vec<SnapshotNote>> {
    let mut statement =
        connection.prepare_cached("SELECT note FROM snapshot_note WHERE scope = ?1 AND gsn > ?2 ORDER BY gsn DESC")?;
    let rows = statement.query_map((scope.to_string(), gsn as i64), |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|note| cbor::from_bytes(&note?).map_err(|error| StoreError::undecodable("snapshot", error))).collect()
}

/// The newest snapshot known of each scope, in place of segments or only signed.
pub(crate) fn newest(connection: &Connection) -> Result<Vec<ScopeCursor>> {
    let mut statement = connection.prepare_cached(
        "SELECT scope, max(gsn) FROM
             (SELECT scope, gsn FROM snapshot_note UNION ALL SELECT scope, gsn FROM snapshot WHERE numbered = 1)
         GROUP BY scope ORDER BY scope",
    )?;
    let rows = statement
        .query_map([], |row| Ok(ScopeCursor { scope: parsed_scope(row, 0)?, gsn: row.get::<_, i64>(1)? as u64 }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Forgets the notes of a scope up to a number, or all of it.
pub(crate) fn forget(tx: &Transaction<'_>, scope: &Scope, up_to: u64) -> Result<()> {
    let up_to = i64::try_from(up_to).unwrap_or(i64::MAX);
    tx.execute("DELETE FROM snapshot_note WHERE scope = ?1 AND gsn <= ?2", (scope.to_string(), up_to))?;
    Ok(())
}
