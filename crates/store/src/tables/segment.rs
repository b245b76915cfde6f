//! The log proper: sealed segments of every lane, compressed, each in its place in its chain.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_mergelog::{LaneId, SealedSegment, SegmentHash, compression};
use arumbae_protocol::ScopeCursor;
use arumbae_protocol::sync::MAX_SEGMENT;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use crate::error::{Result, StoreError};

use super::lane::parsed_scope;

/// A segment where it stands.
#[derive(Clone, Debug)]
pub(crate) struct SegmentRow {
    pub rid: i64,
    pub lane: i64,
    /// The server's number for it, and when it had it.
    pub gsn: Option<u64>,
    pub received_ms: Option<u64>,
    /// Part of the chain, but not of the records.
    pub held_back: bool,
    pub segment: SealedSegment,
}

const COLUMNS: &str = "rid, lane, received_ms, held_back, bytes, gsn";

/// Decompresses and parses a segment as it travelled or was stored.
pub(crate) fn unpack(bytes: &[u8]) -> Result<SealedSegment, Box<dyn std::error::Error + Send + Sync>> {
    Ok(SealedSegment::from_bytes(compression::decompress(bytes, MAX_SEGMENT)?)?)
}

fn read(row: &Row<'_>) -> Result<SegmentRow> {
    let segment = unpack(row.get_ref(4)?.as_blob().map_err(rusqlite::Error::from)?)
        .map_err(|error| StoreError::undecodable("log", error))?;
    Ok(SegmentRow {
        rid: row.get(0)?,
        lane: row.get(1)?,
        gsn: row.get::<_, Option<i64>>(5)?.map(|gsn| gsn as u64),
        received_ms: row.get::<_, Option<i64>>(2)?.map(|ms| ms as u64),
        held_back: row.get(3)?,
        segment,
    })
}

pub(crate) struct NewSegment<'a> {
    pub lane: i64,
    pub segment: &'a SealedSegment,
    /// The segment compressed. One that came in is kept as it came: squeezing it once more would cost more time than
    /// merging it.
    pub packed: &'a [u8],
    pub gsn: Option<u64>,
    pub received_ms: Option<u64>,
    pub held_back: bool,
}

/// Returns the segment's place in the table.
pub(crate) fn insert(tx: &Transaction<'_>, new: &NewSegment<'_>) -> Result<i64> {
    let header = new.segment.header();
    tx.prepare_cached(
        "INSERT INTO segment (lane, first_seq, count, hash, gsn, received_ms, held_back, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        new.lane,
        header.first_seq as i64,
        header.count,
        new.segment.hash().0,
        new.gsn.map(|gsn| gsn as i64),
        new.received_ms.map(|ms| ms as i64),
        new.held_back,
        new.packed,
    ))?;
    Ok(tx.last_insert_rowid())
}

/// The hash of the held segment that begins at a number.
pub(crate) fn hash_at(connection: &Connection, lane: i64, first_seq: u64) -> Result<Option<SegmentHash>> {
    let mut statement = connection.prepare_cached("SELECT hash FROM segment WHERE lane = ?1 AND first_seq = ?2")?;
    Ok(statement.query_row((lane, first_seq as i64), |row| Ok(SegmentHash(row.get(0)?))).optional()?)
}

/// The hash of the held segment that ends at a number.
pub(crate) fn ending_at(connection: &Connection, lane: i64, last_seq: u64) -> Result<Option<SegmentHash>> {
    let mut statement = connection.prepare_cached(
        "SELECT hash FROM segment WHERE lane = ?1 AND first_seq <= ?2 AND first_seq + count - 1 = ?2",
    )?;
    Ok(statement.query_row((lane, last_seq as i64), |row| Ok(SegmentHash(row.get(0)?))).optional()?)
}

/// The segment that holds a save.
pub(crate) fn holding(connection: &Connection, lane: i64, seq: u64) -> Result<Option<SegmentRow>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM segment WHERE lane = ?1 AND first_seq <= ?2 AND first_seq + count > ?2
         ORDER BY first_seq DESC LIMIT 1"
    ))?;
    let mut rows = statement.query((lane, seq as i64))?;
    rows.next()?.map(read).transpose()
}

pub(crate) fn by_hash(connection: &Connection, hash: SegmentHash) -> Result<Option<SegmentRow>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM segment WHERE hash = ?1"))?;
    let mut rows = statement.query([hash.0])?;
    rows.next()?.map(read).transpose()
}

/// The segment with a number of a scope.
pub(crate) fn numbered_as(connection: &Connection, scope: &Scope, gsn: u64) -> Result<Option<SealedSegment>> {
    let Ok(gsn) = i64::try_from(gsn) else { return Ok(None) };
    let mut statement = connection.prepare_cached(
        "SELECT s.bytes FROM segment s JOIN lane l ON l.rid = s.lane WHERE s.gsn = ?1 AND l.scope = ?2",
    )?;
    let bytes: Option<Vec<u8>> = statement.query_row((gsn, scope.to_string()), |row| row.get(0)).optional()?;
    let segment = bytes.map(|bytes| unpack(&bytes)).transpose();
    segment.map_err(|error| StoreError::undecodable("log", error))
}

/// The number after which every segment of a scope up to the cursor is held, looking back at most so many.
pub(crate) fn held_after(connection: &Connection, cursor: &ScopeCursor, most: usize) -> Result<u64> {
    let mut statement = connection.prepare_cached(
        "SELECT s.gsn FROM segment s JOIN lane l ON l.rid = s.lane WHERE s.gsn <= ?1 AND l.scope = ?2
         ORDER BY s.gsn DESC LIMIT ?3",
    )?;
    let mut rows = statement.query((cursor.gsn as i64, cursor.scope.to_string(), most as i64))?;
    let mut after = cursor.gsn;
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(0)? as u64 != after {
            break;
        }
        after -= 1;
    }
    Ok(after)
}

/// Numbered segments to pack against, in ascending order: those of a scope that hold these saves, and its latest ones,
/// up to so many bytes of them.
pub(crate) fn base(
    connection: &Connection,
    scope: &Scope,
    holding: &BTreeSet<(LaneId, u64)>,
    latest_bytes: u64,
) -> Result<BTreeMap<u64, SealedSegment>> {
    let scope_text = scope.to_string();
    let mut chosen = BTreeSet::new();
    let mut holder = connection.prepare_cached(
        "SELECT s.gsn, s.first_seq + s.count FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.id = ?1 AND l.scope = ?2 AND s.first_seq <= ?3 ORDER BY s.first_seq DESC LIMIT 1",
    )?;
    // Saves stand in order, so most of them stand in the segment of the one before.
    let mut known: Option<(LaneId, u64)> = None;
    for (lane, seq) in holding {
        if known.is_some_and(|(held, next_seq)| held == *lane && *seq < next_seq) {
            continue;
        }
        let row: Option<(Option<i64>, i64)> =
            holder.query_row((lane.0, &scope_text, *seq as i64), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((gsn, next_seq)) = row {
            known = Some((*lane, next_seq as u64));
            chosen.extend(gsn);
        }
    }
    let mut latest = connection.prepare_cached(
        "SELECT s.gsn, length(s.bytes) FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE s.gsn IS NOT NULL AND l.scope = ?1 ORDER BY s.gsn DESC",
    )?;
    let mut rows = latest.query([&scope_text])?;
    let mut spent = 0;
    while let Some(row) = rows.next()? {
        spent += row.get::<_, i64>(1)? as u64;
        if spent > latest_bytes {
            break;
        }
        chosen.insert(row.get(0)?);
    }
    let mut base = BTreeMap::new();
    for gsn in chosen {
        let gsn = gsn as u64;
        base.extend(numbered_as(connection, scope, gsn)?.map(|segment| (gsn, segment)));
    }
    Ok(base)
}

/// Shows every segment in the order they came, one at a time.
pub(crate) fn for_each(connection: &Connection, mut visit: impl FnMut(SegmentRow) -> Result<()>) -> Result<()> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM segment ORDER BY rid"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        visit(read(row)?)?;
    }
    Ok(())
}

/// Shows the segments of a lane from its beginning to the one that holds a number, one at a time.
pub(crate) fn for_each_of_lane(
    connection: &Connection,
    lane: i64,
    last_seq: u64,
    mut visit: impl FnMut(SegmentRow) -> Result<()>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM segment WHERE lane = ?1 AND first_seq <= ?2 ORDER BY first_seq"
    ))?;
    let mut rows = statement.query((lane, last_seq as i64))?;
    while let Some(row) = rows.next()? {
        visit(read(row)?)?;
    }
    Ok(())
}

/// Shows the held-back segments.
pub(crate) fn held_back(connection: &Connection) -> Result<Vec<SegmentRow>> {
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM segment WHERE held_back ORDER BY rid"))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Takes a segment out of the records, not out of its chain.
pub(crate) fn hold_back(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.execute("UPDATE segment SET held_back = 1 WHERE rid = ?1", [rid])?;
    Ok(())
}

pub(crate) fn release(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.execute("UPDATE segment SET held_back = 0 WHERE rid = ?1", [rid])?;
    Ok(())
}

/// The server's number and time, once it gave them. Of several times the first counts, as in the records.
pub(crate) fn set_received(tx: &Transaction<'_>, rid: i64, gsn: u64, received_ms: u64) -> Result<()> {
    tx.prepare_cached("UPDATE segment SET gsn = ?2, received_ms = min(coalesce(received_ms, ?3), ?3) WHERE rid = ?1")?
        .execute((rid, gsn as i64, received_ms as i64))?;
    Ok(())
}

/// Own segments without a number, on lanes that are not frozen, in the order of their lanes.
pub(crate) fn unreceipted(connection: &Connection, max_bytes: usize) -> Result<Vec<SealedSegment>> {
    let mut statement = connection.prepare(
        "SELECT s.rid, s.lane, s.received_ms, s.held_back, s.bytes, s.gsn FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE s.gsn IS NULL AND l.own = 1 AND l.frozen = 0 ORDER BY s.first_seq, s.rid",
    )?;
    take_up_to(statement.query([])?, max_bytes)
}

/// The segment at a place in the table.
pub(crate) fn get(connection: &Connection, rid: i64) -> Result<SegmentRow> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM segment WHERE rid = ?1"))?;
    let mut rows = statement.query([rid])?;
    rows.next()?.map(read).transpose()?.ok_or_else(StoreError::damaged)
}

/// The segments of a lane that begin at a number or after it.
pub(crate) fn of_lane_since(connection: &Connection, lane: i64, first_seq: u64) -> Result<Vec<SegmentRow>> {
    let mut statement = connection
        .prepare(&format!("SELECT {COLUMNS} FROM segment WHERE lane = ?1 AND first_seq >= ?2 ORDER BY first_seq"))?;
    let mut rows = statement.query((lane, first_seq as i64))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Segments of other devices that the server has not numbered, in the order of their lanes.
pub(crate) fn unnumbered_of_others(connection: &Connection, max_bytes: usize) -> Result<Vec<SealedSegment>> {
    let mut statement = connection.prepare(&format!(
        "SELECT {COLUMNS} FROM segment
         WHERE gsn IS NULL AND lane IN (SELECT rid FROM lane WHERE own = 0) ORDER BY first_seq, rid"
    ))?;
    take_up_to(statement.query([])?, max_bytes)
}

/// Own segments of one lane that never had a receipt, from the oldest on.
pub(crate) fn unreceipted_of(connection: &Connection, lane: i64) -> Result<Vec<SegmentRow>> {
    let mut statement = connection.prepare(&format!(
        "SELECT {COLUMNS} FROM segment WHERE lane = ?1 AND gsn IS NULL AND hash NOT IN (SELECT hash FROM receipt)
         ORDER BY first_seq"
    ))?;
    let mut rows = statement.query([lane])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

pub(crate) fn remove(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.execute("DELETE FROM segment WHERE rid = ?1", [rid])?;
    Ok(())
}

/// Segments of a lane from a number on.
pub(crate) fn of_lane_from(
    connection: &Connection,
    lane: i64,
    first_seq: u64,
    max_bytes: usize,
) -> Result<Vec<SealedSegment>> {
    let mut statement = connection.prepare(&format!(
        "SELECT {COLUMNS} FROM segment WHERE lane = ?1 AND first_seq + count > ?2 ORDER BY first_seq"
    ))?;
    take_up_to(statement.query((lane, first_seq as i64))?, max_bytes)
}

/// At least one segment, then as many as fit.
fn take_up_to(mut rows: rusqlite::Rows<'_>, max_bytes: usize) -> Result<Vec<SealedSegment>> {
    let mut taken = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let segment = read(row)?.segment;
        bytes += segment.bytes().len();
        if !taken.is_empty() && bytes > max_bytes {
            break;
        }
        taken.push(segment);
    }
    Ok(taken)
}

/// Own saves in segments without a receipt, and their bytes.
pub(crate) fn unreceipted_totals(connection: &Connection) -> Result<(u64, u64)> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(s.count), 0), coalesce(sum(length(s.bytes)), 0) FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE s.gsn IS NULL AND l.own = 1",
    )?;
    Ok(statement.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
}

/// Scope, number and hash of every segment the server has numbered, those that wait for earlier ones included. What
/// forked is not: it may have to be read again once its lane goes on.
pub(crate) fn numbered(connection: &Connection) -> Result<Vec<(Scope, u64, SegmentHash)>> {
    let mut statement = connection.prepare(
        "SELECT l.scope, s.gsn, s.hash FROM segment s JOIN lane l ON l.rid = s.lane WHERE s.gsn IS NOT NULL
         UNION SELECT l.scope, w.gsn, w.hash FROM waiting_segment w JOIN lane l ON l.id = w.lane
             WHERE w.gsn IS NOT NULL",
    )?;
    let rows = statement
        .query_map([], |row| Ok((parsed_scope(row, 0)?, row.get::<_, i64>(1)? as u64, SegmentHash(row.get(2)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The numbered segments of a scope after a number and up to another, in the order of their numbers: at least one if
/// there is any, then up to `max_bytes`.
pub(crate) fn numbered_after(
    connection: &Connection,
    scope: &Scope,
    (after, up_to): (u64, u64),
    max_bytes: usize,
) -> Result<Vec<SegmentRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.rid, s.lane, s.received_ms, s.held_back, s.bytes, s.gsn FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.scope = ?1 AND s.gsn > ?2 AND s.gsn <= ?3 ORDER BY s.gsn",
    )?;
    let mut rows = statement.query((scope.to_string(), after as i64, up_to as i64))?;
    let mut found = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let next = read(row)?;
        bytes += next.segment.bytes().len();
        if !found.is_empty() && bytes > max_bytes {
            break;
        }
        found.push(next);
    }
    Ok(found)
}

/// Where a numbered segment stands, without its content.
pub(crate) struct NumberedPlace {
    pub rid: i64,
    pub lane: i64,
    pub gsn: u64,
    pub last_seq: u64,
    /// As they are stored.
    pub bytes: u64,
}

/// The numbered segments of other devices' lanes of a scope up to a number.
pub(crate) fn foreign_numbered(connection: &Connection, scope: &Scope, up_to: u64) -> Result<Vec<NumberedPlace>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.rid, s.lane, s.gsn, s.first_seq + s.count - 1, length(s.bytes)
         FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.scope = ?1 AND l.own = 0 AND s.gsn <= ?2 ORDER BY s.lane, s.first_seq",
    )?;
    let rows = statement.query_map((scope.to_string(), up_to as i64), |row| {
        Ok(NumberedPlace {
            rid: row.get(0)?,
            lane: row.get(1)?,
            gsn: row.get::<_, i64>(2)? as u64,
            last_seq: row.get::<_, i64>(3)? as u64,
            bytes: row.get::<_, i64>(4)? as u64,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The stored bytes of other devices' numbered segments of a scope.
pub(crate) fn foreign_bytes(connection: &Connection, scope: &Scope) -> Result<u64> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(length(s.bytes)), 0) FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.scope = ?1 AND l.own = 0 AND s.gsn IS NOT NULL",
    )?;
    let bytes: i64 = statement.query_row([scope.to_string()], |row| row.get(0))?;
    Ok(bytes as u64)
}

/// By lane of a scope, when the server had its newest segment held here.
pub(crate) fn last_received(connection: &Connection, scope: &Scope) -> Result<BTreeMap<i64, u64>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.lane, max(s.received_ms) FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.scope = ?1 AND s.received_ms IS NOT NULL GROUP BY s.lane",
    )?;
    let rows = statement.query_map([scope.to_string()], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The hashes of this device's numbered segments of a scope.
pub(crate) fn own_numbered(connection: &Connection, scope: &Scope) -> Result<Vec<SegmentHash>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.hash FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.scope = ?1 AND l.own = 1 AND s.gsn IS NOT NULL ORDER BY s.lane, s.first_seq",
    )?;
    let rows = statement.query_map([scope.to_string()], |row| Ok(SegmentHash(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// No segment of a scope has a number any more.
pub(crate) fn forget_numbers(tx: &Transaction<'_>, scope: &Scope) -> Result<()> {
    tx.execute(
        "UPDATE segment SET gsn = NULL WHERE lane IN (SELECT rid FROM lane WHERE scope = ?1)",
        [scope.to_string()],
    )?;
    Ok(())
}

/// The numbers of a scope's segments up to one that are part of their chains, but not of the records.
pub(crate) fn held_back_up_to(connection: &Connection, scope: &Scope, gsn: u64) -> Result<Vec<u64>> {
    let mut statement = connection.prepare_cached(
        "SELECT s.gsn FROM segment s JOIN lane l ON l.rid = s.lane WHERE l.scope = ?1 AND s.gsn <= ?2 AND s.held_back",
    )?;
    let rows = statement.query_map((scope.to_string(), gsn as i64), |row| Ok(row.get::<_, i64>(0)? as u64))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The server has lost it: it has no number any more, and is offered again.
pub(crate) fn set_lost(tx: &Transaction<'_>, rid: i64) -> Result<()> {
    tx.prepare_cached("UPDATE segment SET gsn = NULL WHERE rid = ?1")?.execute([rid])?;
    Ok(())
}

/// Own saves in segments with a receipt.
pub(crate) fn receipted_total(connection: &Connection) -> Result<u64> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(s.count), 0) FROM segment s JOIN lane l ON l.rid = s.lane
         WHERE l.own = 1 AND s.first_seq <= l.receipted_seq",
    )?;
    let total: i64 = statement.query_row([], |row| row.get(0))?;
    Ok(total as u64)
}
