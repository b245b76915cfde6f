//! The `lane` table.

use arumbae_mergelog::chain::LaneCursor;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{DeviceKey, Lane, LaneId};
use arumbae_protocol::LaneCutOff;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredLane};

/// Where a lane stands.
pub(super) struct LaneState {
    pub(super) cursor: LaneCursor,
    pub(super) frozen: bool,
}

pub(super) fn state(db: &Connection, lane: LaneId) -> Result<LaneState, StorageError> {
    let row: Option<(i64, Vec<u8>, bool)> = db
        .prepare_cached("SELECT next_seq, head_hash, frozen FROM lane WHERE lane = ?1")?
        .query_row([lane.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((next_seq, head_hash, frozen)) = row else {
        return Ok(LaneState { cursor: LaneCursor::default(), frozen: false });
    };
    let cursor = LaneCursor { next_seq: from_sql(next_seq)?, head_hash: SegmentHash(bytes_from_sql(&head_hash)?) };
    Ok(LaneState { cursor, frozen })
}

pub(super) fn advance_in_tx(tx: &Transaction<'_>, lane: &Lane, cursor: LaneCursor) -> Result<(), StorageError> {
    let LaneCursor { next_seq, head_hash } = cursor;
    tx.prepare_cached(
        "INSERT INTO lane (lane, device, incarnation, scope, next_seq, head_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (lane) DO UPDATE SET next_seq = excluded.next_seq, head_hash = excluded.head_hash",
    )?
    .execute((
        lane.id().0,
        lane.device.0,
        lane.incarnation.to_be_bytes(),
        lane.scope.to_string(),
        to_sql(next_seq)?,
        head_hash.0,
    ))?;
    Ok(())
}

/// After a fork nothing tells which branch is the true one, so neither grows any more.
pub(super) fn freeze_in_tx(tx: &Transaction<'_>, lane: LaneId) -> Result<(), StorageError> {
    tx.execute("UPDATE lane SET frozen = 1 WHERE lane = ?1", [lane.0])?;
    Ok(())
}

pub(super) fn heads_of(db: &Connection, device: DeviceKey) -> Result<Vec<LaneCutOff>, StorageError> {
    let mut statement = db.prepare("SELECT lane, next_seq FROM lane WHERE device = ?1 ORDER BY lane")?;
    let mut rows = statement.query([device.0])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        let lane = LaneId(bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?);
        heads.push(LaneCutOff { lane, last_seq: from_sql(row.get::<_, i64>(1)? - 1)? });
    }
    Ok(heads)
}

pub(super) fn list(db: &Connection) -> Result<Vec<StoredLane>, StorageError> {
    let mut statement =
        db.prepare("SELECT device, incarnation, scope, next_seq, head_hash, frozen FROM lane ORDER BY scope, lane")?;
    let mut rows = statement.query([])?;
    let mut lanes = Vec::new();
    while let Some(row) = rows.next()? {
        let lane = Lane {
            device: DeviceKey(bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?),
            incarnation: u64::from_be_bytes(bytes_from_sql(&row.get::<_, Vec<u8>>(1)?)?),
            scope: row.get::<_, String>(2)?.parse().map_err(|_| StorageError::Damaged("the scope of a lane"))?,
        };
        lanes.push(StoredLane {
            lane,
            next_seq: from_sql(row.get(3)?)?,
            head_hash: SegmentHash(bytes_from_sql(&row.get::<_, Vec<u8>>(4)?)?),
            frozen: row.get(5)?,
        });
    }
    Ok(lanes)
}
