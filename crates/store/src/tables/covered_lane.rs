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

/// Whether a scope has lanes whose log is not held whole.
pub(crate) fn any_of_scope(connection: &Connection, scope: &str) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM covered_lane c JOIN lane l ON l.rid = c.lane WHERE l.scope = ?1)",
    )?;
    Ok(statement.query_row([scope], |row| row.get(0))?)
}
