//! Records and their parts, one row each: the merged state and what lists need of it.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::state::{INITIAL_STATUS, Status};
use arumbae_mergelog::{KindNo, RecordState};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::headline::Headline;
use crate::tables::save_list::SaveList;

/// A row as the merge needs it.
#[derive(Clone, Debug)]
pub(crate) struct RecordRow {
    pub rid: i64,
    /// The row of the record this one is a part of, or its own.
    pub root: Option<i64>,
    pub scope: Option<String>,
    pub created_lane: Option<i64>,
    pub conflicts: u32,
    pub saves: SaveList,
    pub state: RecordState,
}

/// A column that holds a record's identity.
pub(crate) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    Ok(RecordId(Uuid::from_bytes(row.get(column)?)))
}

pub(crate) fn decode_state(bytes: &[u8]) -> Result<RecordState> {
    RecordState::decode(bytes).map_err(|error| StoreError::undecodable("record", error))
}

pub(crate) fn find(connection: &Connection, record: RecordId) -> Result<Option<RecordRow>> {
    let mut statement = connection
        .prepare_cached("SELECT rid, root, scope, created_lane, conflicts, saves, state FROM record WHERE id = ?1")?;
    let mut rows = statement.query([record.0.as_bytes()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(RecordRow {
        rid: row.get(0)?,
        root: row.get(1)?,
        scope: row.get(2)?,
        created_lane: row.get(3)?,
        conflicts: row.get(4)?,
        saves: SaveList::decode(row.get_ref(5)?.as_blob().map_err(rusqlite::Error::from)?)?,
        state: decode_state(row.get_ref(6)?.as_blob().map_err(rusqlite::Error::from)?)?,
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

/// The number the next new row gets.
pub(crate) fn next_rid(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(rid), 0) + 1 FROM record")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// A row as the merge writes it: whole.
pub(crate) struct WholeRow<'a> {
    pub rid: i64,
    pub id: RecordId,
    pub root: Option<i64>,
    pub scope: Option<&'a str>,
    pub created_lane: Option<i64>,
    pub headline: Headline,
    pub status: &'a Status<'a>,
    pub conflicts: u32,
    pub waiting: bool,
    pub saves: &'a SaveList,
    pub state: &'a RecordState,
}

/// Writes a row, new or anew. What roots sum up is set to the row's own; where a record has parts, [`sum_up_tree`]
/// comes after them.
pub(crate) fn write(tx: &Transaction<'_>, row: &WholeRow<'_>) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO record (rid, id, root, kind, scope, created_lane, title, subtitle, date, status, needs_decision,
             deleted, revived, changed_ms, conflicts, waiting, tree_changed_ms, tree_conflicts, tree_waiting, saves, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (rid) DO UPDATE SET root = ?3, kind = ?4, scope = ?5, created_lane = ?6, title = ?7, subtitle = ?8,
             date = ?9, status = ?10, needs_decision = ?11, deleted = ?12, revived = ?13, changed_ms = ?14,
             conflicts = ?15, waiting = ?16, tree_changed_ms = ?14, tree_conflicts = ?15, tree_waiting = ?16,
             saves = ?17, state = ?18",
    )?;
    let kind = row.state.kind();
    statement.execute(rusqlite::params![
        row.rid,
        row.id.0.as_bytes(),
        row.root,
        kind.map(|kind| kind.0),
        row.scope,
        row.created_lane,
        row.headline.title,
        row.headline.subtitle,
        row.headline.date,
        row.status.effective.or_else(|| stands_alone(kind).then_some(INITIAL_STATUS)),
        row.status.needs_decision,
        row.state.is_deleted(),
        row.state.revived(),
        row.saves.last_ms() as i64,
        row.conflicts,
        row.waiting,
        row.saves.encode(),
        row.state.encode(),
    ])?;
    Ok(())
}

/// Whether records of this kind have a workflow of their own.
pub(crate) fn stands_alone(kind: Option<KindNo>) -> bool {
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
    pub rid: i64,
    pub root: Option<i64>,
    pub kind: Option<KindNo>,
    pub deleted: bool,
}

pub(crate) fn standing(connection: &Connection, record: RecordId) -> Result<Option<Standing>> {
    let mut statement = connection.prepare_cached("SELECT rid, root, kind, deleted FROM record WHERE id = ?1")?;
    let standing = statement.query_row([record.0.as_bytes()], |row| {
        Ok(Standing {
            rid: row.get(0)?,
            root: row.get(1)?,
            kind: row.get::<_, Option<u16>>(2)?.map(KindNo),
            deleted: row.get(3)?,
        })
    });
    Ok(standing.optional()?)
}

/// The record of a row.
pub(crate) fn id_of(connection: &Connection, rid: i64) -> Result<RecordId> {
    let mut statement = connection.prepare_cached("SELECT id FROM record WHERE rid = ?1")?;
    Ok(statement.query_row([rid], |row| id(row, 0))?)
}

pub(crate) fn set_root(tx: &Transaction<'_>, rid: i64, root: Option<i64>) -> Result<()> {
    tx.prepare_cached("UPDATE record SET root = ?2 WHERE rid = ?1")?.execute((rid, root))?;
    Ok(())
}

/// Sums up on a root what stands under it.
pub(crate) fn sum_up_tree(tx: &Transaction<'_>, root: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE record SET (tree_changed_ms, tree_conflicts, tree_waiting) =
             (SELECT max(record.changed_ms, coalesce(max(p.changed_ms), 0)),
                     record.conflicts + coalesce(sum(p.conflicts), 0),
                     max(record.waiting, coalesce(max(p.waiting), 0))
              FROM record p WHERE p.root = ?1 AND p.root <> p.rid)
         WHERE rid = ?1",
    )?
    .execute([root])?;
    Ok(())
}

/// Empties everything that can be made again from the log.
pub(crate) fn clear_all(tx: &Transaction<'_>) -> Result<()> {
    tx.execute_batch(
        "DELETE FROM record; DELETE FROM part; DELETE FROM conflict;
         DELETE FROM blob_reference;
         DELETE FROM reference; DELETE FROM search_queue; INSERT INTO search (search) VALUES ('delete-all');",
    )?;
    Ok(())
}
