//! Segments that came before the ones they are chained to. They wait, and are asked for again by nobody.

use std::ops::RangeInclusive;

use arumbae_mergelog::{LaneId, SealedSegment};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::segment::unpack;
use crate::error::{Result, StoreError};

pub(crate) struct WaitingSegment {
    pub gsn: Option<u64>,
    pub received_ms: Option<u64>,
    pub segment: SealedSegment,
    /// The segment as it came, compressed.
    pub packed: Vec<u8>,
}

pub(crate) fn insert(tx: &Transaction<'_>, lane: LaneId, waiting: &WaitingSegment) -> Result<()> {
    tx.execute(
        // A stick brought it before the server did: the server's number and time are as good for the one that waits.
        "INSERT INTO waiting_segment (hash, lane, first_seq, gsn, received_ms, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (hash) DO UPDATE SET gsn = coalesce(gsn, excluded.gsn),
             received_ms = coalesce(received_ms, excluded.received_ms)",
        (
            waiting.segment.hash().0,
            lane.0,
            waiting.segment.header().first_seq as i64,
            waiting.gsn.map(|gsn| gsn as i64),
            waiting.received_ms.map(|ms| ms as i64),
            &waiting.packed,
        ),
    )?;
    Ok(())
}

/// Takes out a segment of the lane that begins at or before a number, if one waits.
pub(crate) fn take(tx: &Transaction<'_>, lane: LaneId, up_to: u64) -> Result<Option<WaitingSegment>> {
    let found = tx
        .prepare_cached(
            "SELECT hash, gsn, received_ms, bytes FROM waiting_segment WHERE lane = ?1 AND first_seq <= ?2
             ORDER BY first_seq, hash LIMIT 1",
        )?
        .query_row((lane.0, up_to as i64), |row| {
            Ok((
                row.get::<_, [u8; 32]>(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, Option<i64>>(2)?,
                row.get::<_, Vec<u8>>(3)?,
            ))
        })
        .optional()?;
    let Some((hash, gsn, received_ms, packed)) = found else { return Ok(None) };
    tx.execute("DELETE FROM waiting_segment WHERE hash = ?1", [hash])?;
    Ok(Some(WaitingSegment {
        gsn: gsn.map(|gsn| gsn as u64),
        received_ms: received_ms.map(|ms| ms as u64),
        segment: unpack(&packed).map_err(|error| StoreError::undecodable("waiting segment", error))?,
        packed,
    }))
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    let count: i64 =
        connection.prepare_cached("SELECT count(*) FROM waiting_segment")?.query_row([], |row| row.get(0))?;
    Ok(count as u64)
}

/// Which saves of which lanes wait.
pub(crate) fn ranges(connection: &Connection) -> Result<Vec<(LaneId, RangeInclusive<u64>)>> {
    let mut statement = connection.prepare("SELECT lane, bytes FROM waiting_segment")?;
    let mut rows = statement.query([])?;
    let mut ranges = Vec::new();
    while let Some(row) = rows.next()? {
        let segment = unpack(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)
            .map_err(|error| StoreError::undecodable("waiting segment", error))?;
        ranges.push((LaneId(row.get(0)?), segment.header().first_seq..=segment.last_seq()));
    }
    Ok(ranges)
}
