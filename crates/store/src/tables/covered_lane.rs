//! Lanes whose older saves stand in a snapshot, and how much of their log is held all the same.

use arumbae_mergelog::{LaneCursor, SegmentHash};
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::Result;

/// A lane with saves in a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CoveredLane {
    /// The last save that stands in a snapshot.
    pub last_seq: u64,
    /// How far the log is held without a hole from the lane's beginning.
    pub history: LaneCursor,
}

pub(crate) fn find(connection: &Connection, lane: i64) -> Result<Option<CoveredLane>> {
    let mut statement =
        connection.prepare_cached("SELECT last_seq, next_seq, head_hash FROM covered_lane WHERE lane = ?1")?;
    let row = statement.query_row([lane], |row| {
        let history = LaneCursor { next_seq: row.get::<_, i64>(1)? as u64, head_hash: SegmentHash(row.get(2)?) };
        Ok(CoveredLane { last_seq: row.get::<_, i64>(0)? as u64, history })
    });
    Ok(row.optional()?)
}

pub(crate) fn set(tx: &Transaction<'_>, lane: i64, covered: &CoveredLane) -> Result<()> {
    let CoveredLane { last_seq, history } = covered;
    tx.prepare_cached(
        "INSERT OR REPLACE INTO covered_lane (lane, last_seq, next_seq, head_hash) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((lane, *last_seq as i64, history.next_seq as i64, history.head_hash.0))?;
    Ok(())
}

/// The lane's log is held whole again.
pub(crate) fn remove(tx: &Transaction<'_>, lane: i64) -> Result<()> {
    tx.execute("DELETE FROM covered_lane WHERE lane = ?1", [lane])?;
    Ok(())
}

/// Whether a save stands in a snapshot and its segment is not held.
pub(crate) fn lacks(connection: &Connection, lane: i64, seq: u64) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM covered_lane WHERE lane = ?1 AND last_seq >= ?2) AND ?2 >= coalesce(
             (SELECT first_seq + count FROM segment WHERE lane = ?1 AND first_seq <= ?2
              ORDER BY first_seq DESC LIMIT 1), 0)",
    )?;
    Ok(statement.query_row((lane, seq as i64), |row| row.get(0))?)
}
