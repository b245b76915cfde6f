//! The `lane` table.

use arumbae_mergelog::chain::LaneCursor;
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{DeviceKey, Lane, LaneId};
use arumbae_protocol::LaneCutOff;
use sqlx::{PgConnection, Row};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredLane};

/// Where a lane stands.
pub(super) struct LaneState {
    pub(super) cursor: LaneCursor,
    pub(super) frozen: bool,
}

/// The lock on the lane's scope is held, so nobody else moves it meanwhile.
pub(super) async fn state_in_tx(tx: &mut PgConnection, lane: LaneId) -> Result<LaneState, StorageError> {
    let row = sqlx::query("SELECT next_seq, head_hash, frozen FROM lane WHERE lane = $1")
        .bind(&lane.0[..])
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else {
        return Ok(LaneState { cursor: LaneCursor::default(), frozen: false });
    };
    let head_hash = SegmentHash(bytes_from_sql(row.try_get(1)?)?);
    Ok(LaneState { cursor: LaneCursor { next_seq: from_sql(row.try_get(0)?)?, head_hash }, frozen: row.try_get(2)? })
}

pub(super) async fn advance_in_tx(tx: &mut PgConnection, lane: &Lane, cursor: LaneCursor) -> Result<(), StorageError> {
    let LaneCursor { next_seq, head_hash } = cursor;
    sqlx::query(
        "INSERT INTO lane (lane, device, incarnation, scope, next_seq, head_hash) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (lane) DO UPDATE SET next_seq = excluded.next_seq, head_hash = excluded.head_hash",
    )
    .bind(&lane.id().0[..])
    .bind(&lane.device.0[..])
    .bind(&lane.incarnation.to_be_bytes()[..])
    .bind(lane.scope.to_string())
    .bind(to_sql(next_seq)?)
    .bind(&head_hash.0[..])
    .execute(tx)
    .await?;
    Ok(())
}

/// After a fork nothing tells which branch is the true one, so neither grows any more.
pub(super) async fn freeze_in_tx(tx: &mut PgConnection, lane: LaneId) -> Result<(), StorageError> {
    sqlx::query("UPDATE lane SET frozen = true WHERE lane = $1").bind(&lane.0[..]).execute(tx).await?;
    Ok(())
}

pub(super) async fn heads_of(db: &mut PgConnection, device: DeviceKey) -> Result<Vec<LaneCutOff>, StorageError> {
    let rows = sqlx::query("SELECT lane, next_seq FROM lane WHERE device = $1 ORDER BY lane")
        .bind(&device.0[..])
        .fetch_all(db)
        .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let lane = LaneId(bytes_from_sql(row.try_get(0)?)?);
        Ok(LaneCutOff { lane, last_seq: from_sql(row.try_get::<i64, _>(1)? - 1)? })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn list(db: &mut PgConnection) -> Result<Vec<StoredLane>, StorageError> {
    let sql = "SELECT device, incarnation, scope, next_seq, head_hash, frozen FROM lane ORDER BY scope, lane";
    let rows = sqlx::query(sql).fetch_all(db).await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let scope: &str = row.try_get(2)?;
        let lane = Lane {
            device: DeviceKey(bytes_from_sql(row.try_get(0)?)?),
            incarnation: u64::from_be_bytes(bytes_from_sql(row.try_get(1)?)?),
            scope: scope.parse().map_err(|_| StorageError::Damaged("the scope of a lane"))?,
        };
        Ok(StoredLane {
            lane,
            next_seq: from_sql(row.try_get(3)?)?,
            head_hash: SegmentHash(bytes_from_sql(row.try_get(4)?)?),
            frozen: row.try_get(5)?,
        })
    };
    rows.iter().map(read).collect()
}
