//! Records and their parts, one row each: the merged state and what lists need of it.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{KindNo, RecordState, compression};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use crate::derivation::Derived;
use crate::error::{Result, StoreError};
use crate::tables::lane::parsed_scope;
use crate::tables::save_list::SaveList;

/// What of a row the record's operations do not tell by themselves.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub rid: i64,
    /// The row of the record this one is a part of, or its own.
    pub root: Option<i64>,
    pub scope: Option<String>,
    pub created_lane: Option<i64>,
    /// How many fields are undecided.
    pub conflicts: u32,
}

/// A row as the merge reads it, not decoded yet.
#[derive(Clone, Debug)]
pub(crate) struct StoredRow {
    pub place: Place,
    saves: Vec<u8>,
    state: Vec<u8>,
}

impl StoredRow {
    pub fn saves(&self) -> Result<SaveList> {
        SaveList::decode(&self.saves)
    }

    pub fn state(&self) -> Result<RecordState> {
        unpack_state(&self.state)
    }
}

/// A column that holds a record's identity.
pub(crate) fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<RecordId> {
    Ok(RecordId(Uuid::from_bytes(row.get(column)?)))
}

/// More than any record's state takes; the file is authenticated, so this only bounds what a bug could ask for.
const LARGEST_STATE: usize = 256 << 20;

/// A state as its row holds it: squeezed, because rows of a third of the size are three times as many to a page, and a
/// merge is held up by pages.
pub(crate) fn pack_state(state: &RecordState) -> Vec<u8> {
    compression::compress(&state.encode())
}

/// Reads what [`pack_state`] wrote.
pub(crate) fn unpack_state(bytes: &[u8]) -> Result<RecordState> {
    let bytes = compression::decompress(bytes, LARGEST_STATE);
    let bytes = bytes.map_err(|error| StoreError::undecodable("record", error))?;
    RecordState::decode(&bytes).map_err(|error| StoreError::undecodable("record", error))
}

/// A column that holds a record's state.
pub(crate) fn state(row: &Row<'_>, column: usize) -> Result<RecordState> {
    unpack_state(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}

pub(crate) fn stored(connection: &Connection, record: RecordId) -> Result<Option<StoredRow>> {
    let mut statement = connection
        .prepare_cached("SELECT rid, root, scope, created_lane, conflicts, saves, state FROM record WHERE id = ?1")?;
    let row = statement.query_row([record.0.as_bytes()], |row| {
        Ok(StoredRow {
            place: Place {
                rid: row.get(0)?,
                root: row.get(1)?,
                scope: row.get(2)?,
                created_lane: row.get(3)?,
                conflicts: row.get(4)?,
            },
            saves: row.get(5)?,
            state: row.get(6)?,
        })
    });
    Ok(row.optional()?)
}

/// Where a record belongs, `None` if it is not known here.
pub(crate) fn scope_of(connection: &Connection, record: RecordId) -> Result<Option<Scope>> {
    let mut statement = connection.prepare_cached("SELECT scope FROM record WHERE id = ?1 AND scope IS NOT NULL")?;
    Ok(statement.query_row([record.0.as_bytes()], |row| parsed_scope(row, 0)).optional()?)
}

/// A record that was written on but cannot be shown.
pub(crate) struct Unshown {
    pub id: RecordId,
    /// `None` until its creation comes.
    pub kind: Option<KindNo>,
    pub changed_ms: u64,
    pub saves: SaveList,
}

/// The records whose creation has not come, or of a kind this version does not know, the latest change first.
pub(crate) fn unshown(connection: &Connection) -> Result<Vec<Unshown>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, changed_ms, saves FROM record WHERE kind IS NULL OR kind > 28 ORDER BY changed_ms DESC, id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = row.get::<_, Option<u16>>(1)?.map(KindNo);
        if kind.and_then(KindNo::known).is_none() {
            let saves = SaveList::decode(row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?)?;
            found.push(Unshown { id: id(row, 0)?, kind, changed_ms: row.get::<_, i64>(2)? as u64, saves });
        }
    }
    Ok(found)
}

/// The scope of the lane a record was made in, `None` while its creation has not come.
pub(crate) fn made_in(connection: &Connection, record: RecordId) -> Result<Option<Scope>> {
    let mut statement = connection
        .prepare_cached("SELECT l.scope FROM record r JOIN lane l ON l.rid = r.created_lane WHERE r.id = ?1")?;
    Ok(statement.query_row([record.0.as_bytes()], |row| parsed_scope(row, 0)).optional()?)
}

/// The merged state of every record and part.
pub(crate) fn states(connection: &Connection) -> Result<BTreeMap<RecordId, RecordState>> {
    let mut statement = connection.prepare("SELECT id, state FROM record ORDER BY id")?;
    let mut rows = statement.query([])?;
    let mut states = BTreeMap::new();
    while let Some(row) = rows.next()? {
        states.insert(id(row, 0)?, state(row, 1)?);
    }
    Ok(states)
}

/// The number the next new row gets.
pub(crate) fn next_rid(connection: &Connection) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT coalesce(max(rid), 0) + 1 FROM record")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

/// Writes a row whole, new or anew. What roots sum up is set to the row's own; where a record has parts,
/// [`sum_up_tree`] comes after them.
pub(crate) fn write(tx: &Transaction<'_>, record: RecordId, place: &Place, derived: &Derived<'_>) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO record (rid, id, root, kind, scope, created_lane, title, subtitle, date, status, needs_decision,
             deleted, revived, changed_ms, conflicts, waiting, tree_changed_ms, tree_conflicts, tree_waiting, saves, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (rid) DO UPDATE SET root = ?3, kind = ?4, scope = ?5, created_lane = ?6, title = ?7, subtitle = ?8,
             date = ?9, status = ?10, needs_decision = ?11, deleted = ?12, revived = ?13, changed_ms = ?14,
             conflicts = ?15, waiting = ?16, tree_changed_ms = ?14, tree_conflicts = ?15, tree_waiting = ?16,
             saves = ?17, state = ?18",
    )?;
    statement.execute(rusqlite::params![
        place.rid,
        record.0.as_bytes(),
        place.root,
        derived.kind.map(|kind| kind.0),
        place.scope,
        place.created_lane,
        derived.headline.title,
        derived.headline.subtitle,
        derived.headline.date,
        derived.status,
        derived.needs_decision,
        derived.deleted,
        derived.revived,
        derived.changed_ms as i64,
        place.conflicts,
        derived.waiting,
        derived.saves,
        derived.state,
    ])?;
    Ok(())
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

/// Sums up on a root what stands under it. A root that was deleted stands again, `revived = 2`, for as long as a part of
/// it does that somebody edited who did not know.
pub(crate) fn sum_up_tree(tx: &Transaction<'_>, root: i64) -> Result<()> {
    tx.prepare_cached(
        "UPDATE record SET (tree_changed_ms, tree_conflicts, tree_waiting, deleted, revived) =
             (SELECT max(record.changed_ms, coalesce(max(p.changed_ms), 0)),
                     record.conflicts + coalesce(sum(p.conflicts), 0),
                     max(record.waiting, coalesce(max(p.waiting), 0)),
                     iif(record.deleted OR record.revived = 2, coalesce(max(p.revived), 0) = 0, 0),
                     iif(record.deleted OR record.revived = 2, 2 * (coalesce(max(p.revived), 0) > 0), record.revived)
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
