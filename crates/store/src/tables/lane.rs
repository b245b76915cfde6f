//! Lanes: how far each is known, which are this device's own, which are frozen.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, Lane, LaneCursor, LaneId, SegmentHash};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::error::{Result, StoreError};

#[derive(Clone, Debug)]
pub(crate) struct LaneRow {
    pub rid: i64,
    pub id: LaneId,
    pub lane: Lane,
    /// Written by this device, in this or an earlier incarnation.
    pub own: bool,
    /// As far as it is sealed and held here.
    pub cursor: LaneCursor,
    /// Own lanes: the number of the next save.
    pub next_save: u64,
    pub frozen: bool,
    /// Own lanes: up to when their saves have named what grew.
    pub sighting: i64,
}

const COLUMNS: &str = "rid, id, device, incarnation, scope, own, next_seq, head_hash, next_save, frozen, sighting";

fn read(row: &Row<'_>) -> rusqlite::Result<LaneRow> {
    Ok(LaneRow {
        rid: row.get(0)?,
        id: LaneId(row.get(1)?),
        lane: Lane {
            device: DeviceKey(row.get(2)?),
            incarnation: row.get::<_, i64>(3)? as u64,
            scope: parsed_scope(row, 4)?,
        },
        own: row.get(5)?,
        cursor: LaneCursor { next_seq: row.get::<_, i64>(6)? as u64, head_hash: SegmentHash(row.get(7)?) },
        next_save: row.get::<_, i64>(8)? as u64,
        frozen: row.get(9)?,
        sighting: row.get(10)?,
    })
}

/// A column that holds a scope.
pub(crate) fn parsed_scope(row: &Row<'_>, column: usize) -> rusqlite::Result<Scope> {
    row.get_ref(column)?.as_str()?.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
    })
}

pub(crate) fn find(connection: &Connection, id: LaneId) -> Result<Option<LaneRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM lane WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], read).optional()?)
}

pub(crate) fn get(connection: &Connection, rid: i64) -> Result<LaneRow> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM lane WHERE rid = ?1"))?;
    statement.query_row([rid], read).optional()?.ok_or_else(StoreError::damaged)
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<LaneRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM lane ORDER BY rid"))?;
    Ok(statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn find_or_insert(tx: &Transaction<'_>, lane: &Lane, own: bool) -> Result<LaneRow> {
    let id = lane.id();
    if let Some(row) = find(tx, id)? {
        return Ok(row);
    }
    let cursor = LaneCursor::default();
    tx.execute(
        "INSERT INTO lane (id, device, incarnation, scope, own, next_seq, head_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            id.0,
            lane.device.0,
            lane.incarnation as i64,
            lane.scope.to_string(),
            own,
            cursor.next_seq as i64,
            cursor.head_hash.0,
        ),
    )?;
    get(tx, tx.last_insert_rowid())
}

pub(crate) fn set_cursor(tx: &Transaction<'_>, rid: i64, cursor: LaneCursor) -> Result<()> {
    tx.prepare_cached("UPDATE lane SET next_seq = ?2, head_hash = ?3, next_save = max(next_save, ?2) WHERE rid = ?1")?
        .execute((rid, cursor.next_seq as i64, cursor.head_hash.0))?;
    Ok(())
}

pub(crate) fn set_next_save(tx: &Transaction<'_>, rid: i64, next_save: u64) -> Result<()> {
    tx.prepare_cached("UPDATE lane SET next_save = ?2 WHERE rid = ?1")?.execute((rid, next_save as i64))?;
    Ok(())
}

/// Up to which save each own lane has receipts.
pub(crate) fn own_receipted(connection: &Connection) -> Result<BTreeMap<i64, u64>> {
    let mut statement = connection.prepare_cached("SELECT rid, receipted_seq FROM lane WHERE own = 1")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn set_receipted(tx: &Transaction<'_>, rid: i64, last_seq: u64) -> Result<()> {
    tx.execute("UPDATE lane SET receipted_seq = max(receipted_seq, ?2) WHERE rid = ?1", (rid, last_seq as i64))?;
    Ok(())
}

/// The server no longer has a lane's saves from a number on.
pub(crate) fn take_receipted_back(tx: &Transaction<'_>, rid: i64, first_lost: u64) -> Result<()> {
    tx.execute("UPDATE lane SET receipted_seq = min(receipted_seq, ?2 - 1) WHERE rid = ?1", (rid, first_lost as i64))?;
    Ok(())
}

pub(crate) fn set_frozen(tx: &Transaction<'_>, rid: i64, frozen: bool) -> Result<()> {
    tx.execute("UPDATE lane SET frozen = ?2 WHERE rid = ?1", (rid, frozen))?;
    Ok(())
}

/// Notes up to when a lane's own saves have named what grew.
pub(crate) fn set_sighting(tx: &Transaction<'_>, rid: i64, sighting: i64) -> Result<()> {
    tx.prepare_cached("UPDATE lane SET sighting = ?2 WHERE rid = ?1")?.execute((rid, sighting))?;
    Ok(())
}

/// How many saves of this device were sealed, in every incarnation.
pub(crate) fn sealed_total(connection: &Connection) -> Result<u64> {
    let mut statement = connection.prepare_cached("SELECT coalesce(sum(next_seq - 1), 0) FROM lane WHERE own = 1")?;
    let total: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(total as u64)
}

/// Notes that a lane grew, or that the next save of another has to name it again.
pub(crate) fn set_grown(tx: &Transaction<'_>, rid: i64, sighting: i64) -> Result<()> {
    tx.prepare_cached("UPDATE lane SET grown = ?2 WHERE rid = ?1")?.execute((rid, sighting))?;
    Ok(())
}

/// The other lanes that grew since a sighting, own ones included, with the last save held of each.
pub(crate) fn grown_since(connection: &Connection, rid: i64, sighting: i64) -> Result<BTreeMap<LaneId, u64>> {
    let mut statement = connection
        .prepare_cached("SELECT id, next_save - 1 FROM lane WHERE rid <> ?1 AND grown > ?2 AND next_save > 1")?;
    let rows = statement.query_map((rid, sighting), |row| Ok((LaneId(row.get(0)?), row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
