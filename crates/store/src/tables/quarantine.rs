//! What is held but not part of the records, with the reason; nothing is ever taken out by deleting it.

use arumbae_mergelog::{LaneId, SegmentHash};
use rusqlite::{Connection, Transaction};

use crate::error::Result;
use crate::quarantine::{QuarantineLevel, QuarantineReason, Quarantined};

/// A quarantined segment with its bytes, if they are not in the log itself.
pub(crate) struct NewQuarantined<'a> {
    pub reason: QuarantineReason,
    pub lane: Option<LaneId>,
    pub first_seq: Option<u64>,
    pub hash: SegmentHash,
    pub gsn: Option<u64>,
    pub noted_ms: u64,
    pub by_server: bool,
    pub bytes: Option<&'a [u8]>,
}

fn level_code(level: QuarantineLevel) -> &'static str {
    match level {
        QuarantineLevel::Chain => "chain",
        QuarantineLevel::Decode => "decode",
        QuarantineLevel::Meaning => "meaning",
    }
}

pub(crate) fn insert(tx: &Transaction<'_>, new: &NewQuarantined<'_>) -> Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO quarantine (level, reason, lane, first_seq, hash, gsn, noted_ms, by_server, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (
            level_code(new.reason.level()),
            new.reason.code(),
            new.lane.map(|lane| lane.0),
            new.first_seq.map(|seq| seq as i64),
            new.hash.0,
            new.gsn.map(|gsn| gsn as i64),
            new.noted_ms as i64,
            new.by_server,
            new.bytes,
        ),
    )?;
    Ok(())
}

/// Ends the quarantine of a segment of the log whose reason has passed.
pub(crate) fn release(tx: &Transaction<'_>, hash: SegmentHash) -> Result<()> {
    tx.execute("DELETE FROM quarantine WHERE hash = ?1 AND bytes IS NULL", [hash.0])?;
    Ok(())
}

/// What is held, the authors' names left open, latest first.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Quarantined>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason, lane, first_seq, hash, noted_ms, by_server,
             bytes IS NOT NULL OR EXISTS (SELECT 1 FROM segment s WHERE s.hash = q.hash)
         FROM quarantine q ORDER BY rid DESC",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Quarantined {
            // Only this program writes the table, and it opens none that a later version has written.
            reason: QuarantineReason::from_code(row.get_ref(0)?.as_str()?).unwrap_or(QuarantineReason::ServersOwn),
            lane: row.get::<_, Option<[u8; 16]>>(1)?.map(LaneId),
            first_seq: row.get::<_, Option<i64>>(2)?.map(|seq| seq as u64),
            hash: Some(SegmentHash(row.get(3)?)),
            record: None,
            author: None,
            noted_ms: row.get::<_, i64>(4)? as u64,
            by_server: row.get(5)?,
            is_kept: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    let count: i64 = connection.prepare_cached("SELECT count(*) FROM quarantine")?.query_row([], |row| row.get(0))?;
    Ok(count as u64)
}
