//! How far each scope was read from the server.

use arumbae_domain::Scope;
use arumbae_protocol::ScopeCursor;
use rusqlite::{Connection, Transaction};

use super::lane::parsed_scope;
use crate::error::Result;

/// Moves a cursor forward; it never goes back by itself.
pub(crate) fn advance(tx: &Transaction<'_>, cursor: &ScopeCursor) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO scope_cursor (scope, gsn) VALUES (?1, ?2)
         ON CONFLICT (scope) DO UPDATE SET gsn = max(gsn, excluded.gsn)",
    )?
    .execute((cursor.scope.to_string(), cursor.gsn as i64))?;
    Ok(())
}

pub(crate) fn reset(tx: &Transaction<'_>, scope: &Scope) -> Result<()> {
    tx.execute("UPDATE scope_cursor SET gsn = 0 WHERE scope = ?1", [scope.to_string()])?;
    Ok(())
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<ScopeCursor>> {
    let mut statement = connection.prepare_cached("SELECT scope, gsn FROM scope_cursor ORDER BY scope")?;
    let rows = statement
        .query_map([], |row| Ok(ScopeCursor { scope: parsed_scope(row, 0)?, gsn: row.get::<_, i64>(1)? as u64 }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
