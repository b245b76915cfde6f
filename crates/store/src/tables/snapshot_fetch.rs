//! Snapshots on their way here, piece by piece, so that a cut costs only what had not arrived.

use arumbae_domain::Scope;
use arumbae_mergelog::SnapshotHash;
use arumbae_protocol::{SnapshotNote, cbor};
use rusqlite::{Connection, Row, Transaction};

use crate::error::{Result, StoreError};

/// A snapshot that is being fetched.
#[derive(Clone, Debug)]
pub(crate) struct FetchRow {
    pub note: SnapshotNote,
    pub byte_length: u64,
    /// How far the scope was read after it.
    pub tail_gsn: u64,
    pub held_bytes: u64,
}

const COLUMNS: &str = "note, byte_length, tail_gsn,
     (SELECT coalesce(sum(length(bytes)), 0) FROM snapshot_piece p WHERE p.scope = f.scope)";

fn read(row: &Row<'_>) -> Result<FetchRow> {
    let note = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
    Ok(FetchRow {
        note: cbor::from_bytes(note).map_err(|error| StoreError::undecodable("snapshot", error))?,
        byte_length: row.get::<_, i64>(1)? as u64,
        tail_gsn: row.get::<_, i64>(2)? as u64,
        held_bytes: row.get::<_, i64>(3)? as u64,
    })
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<FetchRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM snapshot_fetch f ORDER BY scope"))?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// The one with this name, if it is under way.
pub(crate) fn find(connection: &Connection, hash: SnapshotHash) -> Result<Option<FetchRow>> {
    Ok(all(connection)?.into_iter().find(|fetch| fetch.note.hash == hash))
}

/// Begins to fetch a snapshot; one that was begun before for the scope is given up.
pub(crate) fn begin(tx: &Transaction<'_>, note: &SnapshotNote, byte_length: u64) -> Result<()> {
    end(tx, &note.scope)?;
    tx.execute(
        "INSERT INTO snapshot_fetch (scope, note, byte_length, tail_gsn) VALUES (?1, ?2, ?3, ?4)",
        (note.scope.to_string(), cbor::to_bytes(note), byte_length as i64, note.gsn as i64),
    )?;
    Ok(())
}

/// Ends a fetch, with success or without.
pub(crate) fn end(tx: &Transaction<'_>, scope: &Scope) -> Result<()> {
    tx.execute("DELETE FROM snapshot_fetch WHERE scope = ?1", [scope.to_string()])?;
    Ok(())
}

/// Notes how far a scope was read after the snapshot that is being fetched. Returns whether one is.
pub(crate) fn advance_tail(tx: &Transaction<'_>, scope: &Scope, gsn: u64) -> Result<bool> {
    let changed = tx.execute(
        "UPDATE snapshot_fetch SET tail_gsn = max(tail_gsn, ?2) WHERE scope = ?1",
        (scope.to_string(), gsn as i64),
    )?;
    Ok(changed > 0)
}

pub(crate) fn append(tx: &Transaction<'_>, scope: &Scope, first_byte: u64, bytes: &[u8]) -> Result<()> {
    tx.prepare_cached("INSERT INTO snapshot_piece (scope, first_byte, bytes) VALUES (?1, ?2, ?3)")?.execute((
        scope.to_string(),
        first_byte as i64,
        bytes,
    ))?;
    Ok(())
}

/// Bytes of what has arrived; fewer than asked for where it ends.
pub(crate) fn bytes(connection: &Connection, scope: &Scope, first_byte: u64, length: usize) -> Result<Vec<u8>> {
    let mut statement = connection.prepare_cached(
        "SELECT first_byte, bytes FROM snapshot_piece WHERE scope = ?1
         AND first_byte >= coalesce((SELECT max(first_byte) FROM snapshot_piece WHERE scope = ?1 AND first_byte <= ?2), 0)
         ORDER BY first_byte",
    )?;
    let mut rows = statement.query((scope.to_string(), first_byte as i64))?;
    let mut found = Vec::with_capacity(length.min(1 << 20));
    while found.len() < length
        && let Some(row) = rows.next()?
    {
        let begins = row.get::<_, i64>(0)? as u64;
        let piece = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
        let skipped = (first_byte + found.len() as u64).saturating_sub(begins) as usize;
        let wanted = piece.get(skipped..).unwrap_or_default();
        found.extend_from_slice(&wanted[..wanted.len().min(length - found.len())]);
    }
    Ok(found)
}
