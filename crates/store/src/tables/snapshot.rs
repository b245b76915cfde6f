//! Snapshots that stand in place of segments, and their pages.

use std::collections::HashSet;

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::compression::{compress, decompress};
use arumbae_mergelog::snapshot::{MAX_HEAD, MAX_PAGE, Page, PageRef};
use arumbae_mergelog::{RecordState, SnapshotHead};
use arumbae_protocol::snapshot::{unpack_head, unpack_page};
use arumbae_protocol::{SnapshotNote, cbor};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::error::{Result, StoreError};
use crate::snapshots::FoundSnapshot;

/// A snapshot in place of segments.
#[derive(Clone, Debug)]
pub(crate) struct SnapshotRow {
    pub rid: i64,
    pub note: SnapshotNote,
    pub head: SnapshotHead,
}

const COLUMNS: &str = "rid, note, head";

fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> StoreError {
    StoreError::undecodable("snapshot", error)
}

fn read(row: &Row<'_>) -> Result<SnapshotRow> {
    let note = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
    let head = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
    let head = decompress(head, MAX_HEAD).map_err(unreadable)?;
    Ok(SnapshotRow {
        rid: row.get(0)?,
        note: cbor::from_bytes(note).map_err(unreadable)?,
        head: SnapshotHead::decode(&head).map_err(unreadable)?,
    })
}

/// The snapshot that a scope's numbers begin with.
pub(crate) fn numbered(connection: &Connection, scope: &Scope) -> Result<Option<SnapshotRow>> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {COLUMNS} FROM snapshot WHERE scope = ?1 AND numbered = 1"))?;
    let mut rows = statement.query([scope.to_string()])?;
    rows.next()?.map(read).transpose()
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<SnapshotRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM snapshot ORDER BY scope, rid"))?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// Puts a snapshot in the place of the one its scope's numbers began with.
pub(crate) fn replace(tx: &Transaction<'_>, note: &SnapshotNote, head: &SnapshotHead) -> Result<()> {
    tx.execute("DELETE FROM snapshot WHERE scope = ?1 AND numbered = 1", [head.scope.to_string()])?;
    tx.execute(
        "INSERT INTO snapshot (scope, gsn, note, head) VALUES (?1, ?2, ?3, ?4)",
        (head.scope.to_string(), head.gsn as i64, cbor::to_bytes(note), compress(&head.encode())),
    )?;
    Ok(())
}

/// The server's numbers no longer lead up to a snapshot.
pub(crate) fn forget_number(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.execute("UPDATE snapshot SET numbered = 0 WHERE rid = ?1", [rid])?;
    Ok(())
}

pub(crate) fn insert_page(tx: &Transaction<'_>, named: &PageRef, packed: &[u8]) -> Result<()> {
    tx.prepare_cached("INSERT INTO snapshot_page (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING")?
        .execute((named.hash, packed))?;
    Ok(())
}

pub(crate) fn page(connection: &Connection, named: &PageRef) -> Result<Page> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM snapshot_page WHERE hash = ?1")?;
    let packed: Option<Vec<u8>> = statement.query_row([named.hash], |row| row.get(0)).optional()?;
    let packed = packed.ok_or_else(StoreError::damaged)?;
    Page::from_bytes(decompress(&packed, MAX_PAGE).map_err(unreadable)?, named).map_err(unreadable)
}

/// What all snapshots together know of a record.
pub(crate) fn state_of(connection: &Connection, record: RecordId) -> Result<RecordState> {
    let mut state = RecordState::new();
    for SnapshotRow { head, .. } in all(connection)? {
        let at = head.pages.partition_point(|page| page.last < record);
        let Some(named) = head.pages.get(at) else { continue };
        let records = page(connection, named)?.records().map_err(unreadable)?;
        if let Ok(at) = records.binary_search_by_key(&record, |(id, _)| *id) {
            state.join(&records[at].1.state);
        }
    }
    Ok(state)
}

/// A snapshot read from another database, `None` if any of it is damaged or missing.
pub(crate) fn read_found(
    note: &[u8],
    head: &[u8],
    page: impl Fn(&[u8; 32]) -> Option<Vec<u8>>,
) -> Option<FoundSnapshot> {
    let note: SnapshotNote = cbor::from_bytes(note).ok()?;
    let head = unpack_head(head, &note).ok()?;
    let pages = head.pages.iter().map(|named| {
        let packed = page(&named.hash)?;
        unpack_page(&packed, named).ok().map(|_| packed)
    });
    Some(FoundSnapshot { pages: pages.collect::<Option<_>>()?, note, head })
}

/// Removes the pages that no snapshot names any more.
pub(crate) fn remove_loose_pages(tx: &Transaction<'_>) -> Result<()> {
    let named: HashSet<[u8; 32]> =
        all(tx)?.iter().flat_map(|row| row.head.pages.iter().map(|page| page.hash)).collect();
    let mut statement = tx.prepare("SELECT hash FROM snapshot_page")?;
    let kept = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<[u8; 32]>>>()?;
    for loose in kept.iter().filter(|hash| !named.contains(*hash)) {
        tx.prepare_cached("DELETE FROM snapshot_page WHERE hash = ?1")?.execute([loose])?;
    }
    Ok(())
}
