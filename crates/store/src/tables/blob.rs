//! Attachments' bytes in pieces, and which records need which.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, RecordId};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::error::Result;
use crate::tables::lane::parsed_scope;
use crate::views::BlobState;

/// Bytes per piece; a multiple of every transfer's step.
pub(crate) const PIECE: usize = 256 * 1024;

#[derive(Clone, Copy, Debug)]
pub(crate) struct BlobRow {
    pub rid: i64,
    pub byte_length: u64,
    pub held_bytes: u64,
    pub sent: bool,
}

impl BlobRow {
    pub fn is_whole(&self) -> bool {
        self.held_bytes == self.byte_length
    }
}

pub(crate) fn find(connection: &Connection, hash: BlobHash) -> Result<Option<BlobRow>> {
    let mut statement = connection
        .prepare_cached("SELECT rid, byte_length, held_bytes, sent_ms IS NOT NULL FROM blob WHERE hash = ?1")?;
    let row = statement.query_row([hash.0], |row| {
        Ok(BlobRow {
            rid: row.get(0)?,
            byte_length: row.get::<_, i64>(1)? as u64,
            held_bytes: row.get::<_, i64>(2)? as u64,
            sent: row.get(3)?,
        })
    });
    Ok(row.optional()?)
}

pub(crate) fn insert(tx: &Transaction<'_>, hash: BlobHash, byte_length: u64) -> Result<BlobRow> {
    tx.execute("INSERT INTO blob (hash, byte_length, held_bytes) VALUES (?1, ?2, 0)", (hash.0, byte_length as i64))?;
    Ok(BlobRow { rid: tx.last_insert_rowid(), byte_length, held_bytes: 0, sent: false })
}

/// Adds bytes at the end of what is held, filling the last piece before a new one is begun.
pub(crate) fn append(tx: &Transaction<'_>, row: &mut BlobRow, mut bytes: &[u8]) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO blob_piece (blob, number, bytes) VALUES (?1, ?2, ?3)
         ON CONFLICT (blob, number) DO UPDATE SET bytes = CAST(bytes || excluded.bytes AS BLOB)",
    )?;
    while !bytes.is_empty() {
        let number = row.held_bytes / PIECE as u64;
        let room = PIECE - (row.held_bytes % PIECE as u64) as usize;
        let (piece, rest) = bytes.split_at(room.min(bytes.len()));
        statement.execute((row.rid, number as i64, piece))?;
        row.held_bytes += piece.len() as u64;
        bytes = rest;
    }
    tx.prepare_cached("UPDATE blob SET held_bytes = ?2 WHERE rid = ?1")?.execute((row.rid, row.held_bytes as i64))?;
    Ok(())
}

/// Throws away received bytes that are not what their name promises, so that they can be fetched again.
pub(crate) fn empty(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.execute("DELETE FROM blob_piece WHERE blob = ?1", [rid])?;
    tx.execute("DELETE FROM blob WHERE rid = ?1", [rid])?;
    Ok(())
}

/// Shows the pieces from the one that holds `offset` on, each with its own offset, until `visit` has had enough.
pub(crate) fn for_each_piece(
    connection: &Connection,
    row: &BlobRow,
    offset: u64,
    mut visit: impl FnMut(u64, &[u8]) -> bool,
) -> Result<()> {
    let mut statement = connection
        .prepare_cached("SELECT number, bytes FROM blob_piece WHERE blob = ?1 AND number >= ?2 ORDER BY number")?;
    let mut rows = statement.query((row.rid, (offset / PIECE as u64) as i64))?;
    while let Some(piece) = rows.next()? {
        let at = piece.get::<_, i64>(0)? as u64 * PIECE as u64;
        if !visit(at, piece.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?) {
            break;
        }
    }
    Ok(())
}

pub(crate) fn set_sent(tx: &Transaction<'_>, hash: BlobHash, now_ms: u64) -> Result<()> {
    tx.execute("UPDATE blob SET sent_ms = ?2 WHERE hash = ?1", (hash.0, now_ms as i64))?;
    Ok(())
}

pub(crate) fn replace_references(
    tx: &Transaction<'_>,
    record: RecordId,
    blobs: &BTreeMap<BlobHash, Option<u64>>,
) -> Result<()> {
    tx.prepare_cached("DELETE FROM blob_reference WHERE record = ?1")?.execute([record.0.as_bytes()])?;
    for (hash, byte_length) in blobs {
        tx.prepare_cached("INSERT INTO blob_reference (record, hash, byte_length) VALUES (?1, ?2, ?3)")?.execute((
            record.0.as_bytes(),
            hash.0,
            byte_length.map(|length| length as i64),
        ))?;
    }
    Ok(())
}

fn state(row: &Row<'_>) -> rusqlite::Result<BlobState> {
    Ok(BlobState {
        hash: BlobHash(row.get(0)?),
        byte_length: row.get::<_, i64>(1)? as u64,
        held_bytes: row.get::<_, i64>(2)? as u64,
        // Only those that are missing here or there are looked for.
        sent: false,
    })
}

/// Attachments that records name and that are not here whole.
pub(crate) fn missing(connection: &Connection) -> Result<Vec<BlobState>> {
    let mut statement = connection.prepare_cached(
        "SELECT f.hash, coalesce(b.byte_length, max(f.byte_length), 0), coalesce(b.held_bytes, 0)
         FROM blob_reference f LEFT JOIN blob b ON b.hash = f.hash
         WHERE b.rid IS NULL OR b.held_bytes < b.byte_length GROUP BY f.hash ORDER BY f.hash",
    )?;
    Ok(statement.query_map([], state)?.collect::<rusqlite::Result<_>>()?)
}

/// The scopes of the records that name an attachment, as parts of theirs or by themselves.
pub(crate) fn scopes(connection: &Connection, hash: BlobHash) -> Result<Vec<Scope>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT coalesce(w.scope, r.scope) FROM blob_reference f JOIN record r ON r.id = f.record
         LEFT JOIN record w ON w.id = r.root
         WHERE f.hash = ?1 AND coalesce(w.scope, r.scope) IS NOT NULL",
    )?;
    Ok(statement.query_map([hash.0], |row| parsed_scope(row, 0))?.collect::<rusqlite::Result<_>>()?)
}

/// Whole attachments that records name and that the province does not hold yet.
pub(crate) fn unsent(connection: &Connection) -> Result<Vec<BlobState>> {
    let mut statement = connection.prepare_cached(
        "SELECT hash, byte_length, held_bytes FROM blob b WHERE sent_ms IS NULL AND held_bytes = byte_length
         AND EXISTS (SELECT 1 FROM blob_reference f WHERE f.hash = b.hash) ORDER BY rid",
    )?;
    Ok(statement.query_map([], state)?.collect::<rusqlite::Result<_>>()?)
}
