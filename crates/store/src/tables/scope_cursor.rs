//! How far each scope was read from the server.

use std::collections::BTreeSet;

use arumbae_domain::Scope;
use arumbae_protocol::ScopeCursor;
use rusqlite::{Connection, Transaction};

use super::lane::parsed_scope;
use super::snapshot_fetch;
use crate::error::Result;

/// Moves a cursor forward; it never goes back by itself.
///
/// While a snapshot of the scope is on its way, or its history is read again, that reading moves on: the cursor itself
/// says what is held without a hole.
pub(crate) fn advance(tx: &Transaction<'_>, cursor: &ScopeCursor) -> Result<()> {
    let ScopeCursor { scope, gsn } = cursor;
    if snapshot_fetch::advance_tail(tx, scope, *gsn)? {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO scope_cursor (scope, gsn) VALUES (?1, ?2)
         ON CONFLICT (scope) DO UPDATE SET gsn = max(gsn, excluded.gsn),
             history_gsn = CASE WHEN excluded.gsn < gsn THEN max(history_gsn, excluded.gsn) END",
    )?
    .execute((scope.to_string(), *gsn as i64))?;
    Ok(())
}

/// Sets a cursor to where it is, be it back.
pub(crate) fn set(tx: &Transaction<'_>, scope: &Scope, gsn: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO scope_cursor (scope, gsn) VALUES (?1, ?2)
         ON CONFLICT (scope) DO UPDATE SET gsn = excluded.gsn, history_gsn = NULL",
        (scope.to_string(), gsn as i64),
    )?;
    Ok(())
}

/// Reads every scope again from where its segments begin.
pub(crate) fn reset_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute(
        "UPDATE scope_cursor SET history_gsn = NULL, gsn = coalesce(
             (SELECT s.gsn FROM snapshot s WHERE s.scope = scope_cursor.scope AND s.numbered = 1), 0)",
        [],
    )?;
    Ok(())
}

/// Reads the scope again from its beginning, for its history; the cursor stays.
pub(crate) fn begin_history(tx: &Transaction<'_>, scope: &Scope, now_ms: u64) -> Result<()> {
    tx.execute(
        "UPDATE scope_cursor SET history_gsn = 0, history_asked_ms = ?2 WHERE scope = ?1",
        (scope.to_string(), now_ms as i64),
    )?;
    Ok(())
}

/// The scopes that are being read again for their history.
pub(crate) fn reading_history(connection: &Connection) -> Result<BTreeSet<Scope>> {
    scopes(connection, "SELECT scope, gsn FROM scope_cursor WHERE history_gsn IS NOT NULL")
}

/// The scopes that were read again for their history, to the end.
pub(crate) fn history_fetched(connection: &Connection) -> Result<BTreeSet<Scope>> {
    scopes(connection, "SELECT scope, gsn FROM scope_cursor WHERE history_gsn IS NULL AND history_asked_ms IS NOT NULL")
}

fn scopes(connection: &Connection, query: &str) -> Result<BTreeSet<Scope>> {
    Ok(list(connection, query)?.into_iter().map(|cursor| cursor.scope).collect())
}

/// When somebody last asked for a scope's history.
pub(crate) fn history_asked_ms(connection: &Connection, scope: &Scope) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached("SELECT max(history_asked_ms) FROM scope_cursor WHERE scope = ?1")?;
    let asked: Option<i64> = statement.query_row([scope.to_string()], |row| row.get(0))?;
    Ok(asked.map(|ms| ms as u64))
}

/// Up to which number a scope's saves were looked at for what their authors had read.
pub(crate) fn looked_at(connection: &Connection, scope: &Scope) -> Result<u64> {
    let mut statement =
        connection.prepare_cached("SELECT coalesce(max(looked_at_gsn), 0) FROM scope_cursor WHERE scope = ?1")?;
    let gsn: i64 = statement.query_row([scope.to_string()], |row| row.get(0))?;
    Ok(gsn as u64)
}

pub(crate) fn set_looked_at(tx: &Transaction<'_>, scope: &Scope, gsn: u64) -> Result<()> {
    tx.execute("UPDATE scope_cursor SET looked_at_gsn = ?2 WHERE scope = ?1", (scope.to_string(), gsn as i64))?;
    Ok(())
}

/// How far each scope was read.
pub(crate) fn all(connection: &Connection) -> Result<Vec<ScopeCursor>> {
    list(connection, "SELECT scope, gsn FROM scope_cursor ORDER BY scope")
}

/// From where the server is to go on in each scope.
pub(crate) fn next(connection: &Connection) -> Result<Vec<ScopeCursor>> {
    list(
        connection,
        "SELECT scope, coalesce(history_gsn, gsn) FROM scope_cursor
             WHERE scope NOT IN (SELECT scope FROM snapshot_fetch)
         UNION ALL SELECT scope, tail_gsn FROM snapshot_fetch ORDER BY scope",
    )
}

/// The scopes whose segments up to their cursors can be compared with the server's: nothing of them is on its way.
pub(crate) fn comparable(connection: &Connection) -> Result<Vec<ScopeCursor>> {
    list(
        connection,
        "SELECT scope, gsn FROM scope_cursor
         WHERE history_gsn IS NULL AND scope NOT IN (SELECT scope FROM snapshot_fetch) ORDER BY scope",
    )
}

fn list(connection: &Connection, query: &str) -> Result<Vec<ScopeCursor>> {
    let mut statement = connection.prepare_cached(query)?;
    let rows = statement
        .query_map([], |row| Ok(ScopeCursor { scope: parsed_scope(row, 0)?, gsn: row.get::<_, i64>(1)? as u64 }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
