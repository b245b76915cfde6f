//! What is held but not part of the records, with the reason; nothing is ever taken out by deleting it.

use std::collections::BTreeSet;

use arumbae_mergelog::{LaneId, SegmentHash};
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::Result;
use crate::quarantine::{QuarantineLevel, QuarantineReason, Quarantined};
use crate::views::Incoming;

/// A quarantined segment with its bytes, if they are not in the log itself.
pub(crate) struct NewQuarantined<'a> {
    pub reason: QuarantineReason,
    pub lane: Option<LaneId>,
    pub first_seq: Option<u64>,
    pub hash: SegmentHash,
    pub gsn: Option<u64>,
    pub received_ms: Option<u64>,
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
        "INSERT INTO quarantine (level, reason, lane, first_seq, hash, gsn, noted_ms, by_server, bytes, received_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (hash, reason) DO UPDATE SET settled = 0",
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
            new.received_ms.map(|ms| ms as i64),
        ),
    )?;
    Ok(())
}

/// Ends the quarantine of a segment whose reason has passed, or of which the log now holds a good copy. Bytes that
/// stand nowhere else stay.
pub(crate) fn release(tx: &Transaction<'_>, hash: SegmentHash) -> Result<()> {
    tx.prepare_cached("DELETE FROM quarantine WHERE hash = ?1 AND bytes IS NULL")?.execute([hash.0])?;
    tx.prepare_cached("UPDATE quarantine SET settled = 1 WHERE hash = ?1")?.execute([hash.0])?;
    Ok(())
}

/// Takes out what an earlier version could not unpack, to be tried again.
pub(crate) fn take_undecoded(tx: &Transaction<'_>) -> Result<Vec<Incoming>> {
    let mut statement = tx.prepare(&format!(
        "UPDATE quarantine SET settled = 1 WHERE settled = 0 AND lane IS NULL AND bytes IS NOT NULL
             AND reason IN ({LATERS}) RETURNING gsn, received_ms, bytes"
    ))?;
    let rows = statement.query_map([], |row| {
        Ok(Incoming {
            gsn: row.get::<_, Option<i64>>(0)?.map(|gsn| gsn as u64),
            received_ms: row.get::<_, Option<i64>>(1)?.map(|ms| ms as u64),
            bytes: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether something is held that only a later version reads.
pub(crate) fn any_undecoded(connection: &Connection) -> Result<bool> {
    let query = format!("SELECT EXISTS (SELECT 1 FROM quarantine WHERE settled = 0 AND reason IN ({LATERS}))");
    Ok(connection.query_row(&query, [], |row| row.get(0))?)
}

/// The codes of [`QuarantineReason::NewerFormat`] and [`QuarantineReason::NewerCompression`].
const LATERS: &str = "'newer_format', 'newer_compression'";

/// Why this device holds a segment of the log back.
pub(crate) fn reason_of(connection: &Connection, hash: SegmentHash) -> Result<Option<QuarantineReason>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason FROM quarantine WHERE hash = ?1 AND bytes IS NULL AND by_server = 0 AND settled = 0 LIMIT 1",
    )?;
    let code: Option<String> = statement.query_row([hash.0], |row| row.get(0)).optional()?;
    Ok(code.as_deref().and_then(QuarantineReason::from_code))
}

/// The lanes something is held of for a reason.
pub(crate) fn lanes_of(connection: &Connection, reason: QuarantineReason) -> Result<BTreeSet<LaneId>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT lane FROM quarantine WHERE reason = ?1 AND lane IS NOT NULL")?;
    let rows = statement.query_map([reason.code()], |row| Ok(LaneId(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is held, the authors' names left open, latest first.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Quarantined>> {
    let mut statement = connection.prepare_cached(
        "SELECT reason, lane, first_seq, hash, noted_ms, by_server,
             bytes IS NOT NULL OR EXISTS (SELECT 1 FROM segment s WHERE s.hash = q.hash)
         FROM quarantine q WHERE settled = 0 ORDER BY rid DESC",
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

/// Why a segment is held, by this device or by the server, the first reason if there are several; `None` if it is not.
pub(crate) fn held_for(connection: &Connection, hash: SegmentHash) -> Result<Option<QuarantineReason>> {
    let mut statement = connection
        .prepare_cached("SELECT reason FROM quarantine WHERE hash = ?1 AND settled = 0 ORDER BY rid LIMIT 1")?;
    let code: Option<String> = statement.query_row([hash.0], |row| row.get(0)).optional()?;
    Ok(code.map(|code| QuarantineReason::from_code(&code).unwrap_or(QuarantineReason::ServersOwn)))
}

/// The names of the segments that are held, the latest first.
pub(crate) fn hashes(connection: &Connection, limit: usize) -> Result<Vec<SegmentHash>> {
    let mut statement = connection.prepare_cached(
        "SELECT hash FROM quarantine WHERE settled = 0 GROUP BY hash ORDER BY max(rid) DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit as i64], |row| Ok(SegmentHash(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The bytes of a segment that is held outside of the log.
pub(crate) fn bytes_of(connection: &Connection, hash: SegmentHash) -> Result<Option<Vec<u8>>> {
    let mut statement = connection
        .prepare_cached("SELECT bytes FROM quarantine WHERE hash = ?1 AND settled = 0 AND bytes IS NOT NULL LIMIT 1")?;
    Ok(statement.query_row([hash.0], |row| row.get(0)).optional()?)
}

pub(crate) fn count(connection: &Connection) -> Result<u64> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM quarantine WHERE settled = 0")?
        .query_row([], |row| row.get(0))?;
    Ok(count as u64)
}
