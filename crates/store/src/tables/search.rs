//! The full-text index: which record that stands alone has which words, and which rows' words wait to be indexed.

use std::collections::BTreeSet;

use arumbae_domain::schema::{RecordId, RecordKind};
use rusqlite::{Connection, Transaction};

use super::record::{self, id};
use crate::error::Result;
use crate::search_words::SearchWords;

/// Has the words of the record that a row belongs to indexed in their turn; once, however often it is noted until
/// then.
pub(crate) fn note_changed(tx: &Transaction<'_>, row: i64) -> Result<()> {
    tx.prepare_cached("INSERT OR IGNORE INTO search_queue (record) VALUES (?1)")?.execute([row])?;
    Ok(())
}

/// Whether a row waits to be indexed.
pub(crate) fn any_pending(connection: &Connection) -> Result<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM search_queue LIMIT 1")?.exists([])?)
}

/// Indexes the records that the first rows of the queue belong to.
pub(crate) fn index_next(tx: &Transaction<'_>, at_most: usize) -> Result<()> {
    let rows: Vec<(i64, Option<i64>)> = tx
        .prepare_cached(
            "SELECT q.record, r.root FROM search_queue q LEFT JOIN record r ON r.rid = q.record
             ORDER BY q.record LIMIT ?1",
        )?
        .query_map([at_most as i64], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let Some((last, _)) = rows.last().copied() else { return Ok(()) };
    // In their order: FTS5 writes its memory out whenever a number is smaller than the one before, and merging what
    // that leaves behind costs several times what the words themselves do.
    let roots: BTreeSet<i64> = rows.into_iter().filter_map(|(_, root)| root).collect();
    roots.into_iter().try_for_each(|root| index(tx, root))?;
    tx.prepare_cached("DELETE FROM search_queue WHERE record <= ?1")?.execute([last])?;
    Ok(())
}

fn index(tx: &Transaction<'_>, root: i64) -> Result<()> {
    let mut tree = tx.prepare_cached(
        "SELECT kind, state FROM record WHERE rid = ?1
         UNION ALL SELECT kind, state FROM record WHERE root = ?1 AND root <> rid",
    )?;
    let mut rows = tree.query([root])?;
    let mut words = SearchWords::default();
    while let Some(row) = rows.next()? {
        if let Some(kind) = row.get::<_, Option<u16>>(0)?.and_then(RecordKind::from_number) {
            words.add_record(kind, &record::state(row, 1)?);
        }
    }
    tx.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([root])?;
    tx.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?.execute((root, words.marked()))?;
    Ok(())
}

/// Shows the records an expression fits, the newest first, until `each` has seen enough and returns false.
pub(crate) fn for_each_match(
    connection: &Connection,
    expression: &str,
    mut each: impl FnMut(RecordId) -> bool,
) -> Result<()> {
    // The index is walked backwards and the rest looked up, so that what comes after enough is never read.
    let mut statement = connection.prepare_cached(
        "SELECT r.id FROM search s CROSS JOIN record r ON r.rid = s.rowid
         WHERE s.search MATCH ?1 AND r.root = r.rid AND r.deleted = 0 ORDER BY s.rowid DESC",
    )?;
    let mut rows = statement.query([expression])?;
    while let Some(row) = rows.next()? {
        if !each(id(row, 0)?) {
            break;
        }
    }
    Ok(())
}
