//! Records and their parts, one row each: the merged state and what lists need of it.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::state::INITIAL_STATUS;
use arumbae_mergelog::{KindNo, LaneId, RecordState};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::headline::Headline;

/// A row as the merge needs it.
#[derive(Clone, Debug)]
pub(crate) struct RecordRow {
    pub rid: i64,
    pub created_lane: Option<LaneId>,
    pub conflicts: u32,
    pub state: RecordState,
}

/// A column that may hold a record's identity.
pub(crate) fn optional_id(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<RecordId>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        _ => id(row, column).map(Some),
    }
}

/// A column that holds a record's identity.
pub(crate) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    Ok(RecordId(Uuid::from_bytes(row.get(column)?)))
}

pub(crate) fn decode_state(bytes: &[u8]) -> Result<RecordState> {
    RecordState::decode(bytes).map_err(|error| StoreError::undecodable("record", error))
}

pub(crate) fn find(connection: &Connection, record: RecordId) -> Result<Option<RecordRow>> {
    let mut statement =
        connection.prepare_cached("SELECT rid, created_lane, conflicts, state FROM record WHERE id = ?1")?;
    let mut rows = statement.query([record.0.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(RecordRow {
        rid: row.get(0)?,
        created_lane: row.get::<_, Option<[u8; 16]>>(1)?.map(LaneId),
        conflicts: row.get(2)?,
        state: decode_state(row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?,
    }))
}

/// The merged state of every record and part.
pub(crate) fn states(connection: &Connection) -> Result<BTreeMap<RecordId, RecordState>> {
    let mut statement = connection.prepare("SELECT id, state FROM record ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut states = BTreeMap::new();
    while let Some(row) = rows.next()? {
        states.insert(id(row, 0)?, decode_state(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?);
    }
    Ok(states)
}

pub(crate) fn insert_empty(tx: &Transaction<'_>, record: RecordId) -> Result<i64> {
    tx.prepare_cached("INSERT INTO record (id, state) VALUES (?1, x'')")?.execute([record.0.as_bytes()])?;
    Ok(tx.last_insert_rowid())
}

pub(crate) struct RecordUpdate<'a> {
    pub rid: i64,
    pub kind: Option<KindNo>,
    pub scope: Option<String>,
    pub created_lane: Option<LaneId>,
    pub headline: Headline,
    pub conflicts: u32,
    pub state: &'a RecordState,
}

/// Writes a row anew; its last change and whether it waits are read from the save index.
pub(crate) fn update(tx: &Transaction<'_>, update: &RecordUpdate<'_>) -> Result<()> {
    let status = update.state.status();
    tx.prepare_cached(
        "UPDATE record SET kind = ?2, scope = ?3, created_lane = ?4, title = ?5, subtitle = ?6, date = ?7,
             status = ?8, needs_decision = ?9, deleted = ?10, revived = ?11, conflicts = ?12, state = ?13,
             changed_ms = (SELECT coalesce(max(at_ms), 0) FROM save_index WHERE record = ?1),
             waiting = EXISTS (SELECT 1 FROM lane l JOIN save_index s ON s.lane = l.rid
                 WHERE s.record = ?1 AND l.own = 1 AND s.seq > l.receipted_seq)
         WHERE rid = ?1",
    )?
    .execute(rusqlite::params![
        update.rid,
        update.kind.map(|kind| kind.0),
        update.scope,
        update.created_lane.map(|lane| lane.0),
        update.headline.title,
        update.headline.subtitle,
        update.headline.date,
        status.effective.or_else(|| stands_alone(update.kind).then_some(INITIAL_STATUS)),
        status.needs_decision,
        update.state.is_deleted(),
        update.state.revived(),
        update.conflicts,
        update.state.encode(),
    ])?;
    Ok(())
}

/// Whether records of this kind have a workflow of their own.
fn stands_alone(kind: Option<KindNo>) -> bool {
    kind.and_then(|kind| kind.known()).is_some_and(|kind| kind.is_top_level())
}

/// What a record is and what it is called.
pub(crate) fn name_of(connection: &Connection, record: RecordId) -> Result<Option<(Option<KindNo>, String)>> {
    let mut statement = connection.prepare_cached("SELECT kind, title FROM record WHERE id = ?1")?;
    let name =
        statement.query_row([record.0.as_bytes()], |row| Ok((row.get::<_, Option<u16>>(0)?.map(KindNo), row.get(1)?)));
    Ok(name.optional()?)
}

/// What decides under which root a record stands.
pub(crate) struct Standing {
    pub root: Option<RecordId>,
    pub kind: Option<KindNo>,
    pub deleted: bool,
}

pub(crate) fn standing(connection: &Connection, record: RecordId) -> Result<Option<Standing>> {
    let mut statement = connection.prepare_cached("SELECT root, kind, deleted FROM record WHERE id = ?1")?;
    let standing = statement.query_row([record.0.as_bytes()], |row| {
        Ok(Standing {
            root: optional_id(row, 0)?,
            kind: row.get::<_, Option<u16>>(1)?.map(KindNo),
            deleted: row.get(2)?,
        })
    });
    Ok(standing.optional()?)
}

pub(crate) fn set_root(tx: &Transaction<'_>, record: RecordId, root: Option<RecordId>) -> Result<()> {
    tx.prepare_cached("UPDATE record SET root = ?2 WHERE id = ?1")?
        .execute((record.0.as_bytes(), root.map(|root| *root.0.as_bytes())))?;
    Ok(())
}

/// Sums up on a root what stands under it.
pub(crate) fn sum_up_tree(tx: &Transaction<'_>, root: RecordId) -> Result<()> {
    tx.prepare_cached(
        "UPDATE record SET (tree_changed_ms, tree_conflicts, tree_waiting) =
             (SELECT max(changed_ms), sum(conflicts), max(waiting) FROM record WHERE root = ?1)
         WHERE id = ?1 AND root = ?1",
    )?
    .execute([root.0.as_bytes()])?;
    Ok(())
}

/// Empties everything that can be made again from the log.
pub(crate) fn clear_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute_batch(
        "DELETE FROM record; DELETE FROM part; DELETE FROM conflict; DELETE FROM save_index;
         DELETE FROM blob_reference;
         DELETE FROM reference; DELETE FROM search_queue; INSERT INTO search (search) VALUES ('delete-all');",
    )?;
    Ok(())
}
