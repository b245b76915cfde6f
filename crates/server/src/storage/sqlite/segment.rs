//! The `segment` table: the log itself.

use std::collections::BTreeSet;

use arumbae_domain::Scope;
use arumbae_mergelog::chain::ChainVerdict;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Lane, LaneId};
use arumbae_protocol::parcel::MAX_BASE;
use arumbae_protocol::repair::{self, NumberRange, RangeAnswer};
use arumbae_protocol::{NoticeCode, ScopeCursor, ScopeSegment};
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::scope_head::{self, Place};
use super::{bytes_from_sql, from_sql, lane, quarantine, to_sql};
use crate::storage::{
    BaseSegment, BaseWanted, LoggedSegment, Pulled, PushOutcome, PushedSegment, StorageError, StoredSegment,
};

/// Takes one segment into the log, or says why not.
pub(super) fn receive_in_tx(
    tx: &Transaction<'_>,
    pushed: PushedSegment,
    received_ms: u64,
) -> Result<PushOutcome, StorageError> {
    match pushed {
        PushedSegment::Permitted { segment, compressed, first_received_ms } => {
            let received_ms = first_received_ms.unwrap_or(received_ms).min(received_ms);
            chain_in_tx(tx, &segment, &compressed, received_ms)
        }
        PushedSegment::Refused { segment, compressed, code } => {
            // What was receipted before its device was revoked keeps its receipt.
            if let Some(segment) = &segment
                && let Some(stored) = find(tx, &segment.header().lane, segment.header().first_seq)?
                && stored.hash == segment.hash()
            {
                return Ok(PushOutcome::Stored(stored));
            }
            quarantine::keep_in_tx(tx, segment.as_ref().map(SealedSegment::header), code, received_ms, &compressed)?;
            Ok(PushOutcome::refused(segment.as_ref(), code))
        }
    }
}

fn chain_in_tx(
    tx: &Transaction<'_>,
    segment: &SealedSegment,
    compressed: &[u8],
    received_ms: u64,
) -> Result<PushOutcome, StorageError> {
    let header = segment.header();
    let lane_id = header.lane.id();
    let state = lane::state(tx, lane_id)?;
    let stored = find(tx, &header.lane, header.first_seq)?;
    match state.cursor.judge(header, segment.hash(), stored.as_ref().map(|stored| stored.hash)) {
        ChainVerdict::Next if !state.frozen => {
            lane::advance_in_tx(tx, &header.lane, state.cursor.after(header, segment.hash()))?;
            Ok(PushOutcome::Stored(append_in_tx(tx, segment, compressed, received_ms)?))
        }
        ChainVerdict::Replay => match stored {
            Some(stored) => Ok(PushOutcome::Stored(stored)),
            None => Err(StorageError::Damaged("a lane's head is not in the log")),
        },
        ChainVerdict::Gap { .. } if !state.frozen => Ok(PushOutcome::refused(Some(segment), NoticeCode::Gap)),
        ChainVerdict::Fork { .. } | ChainVerdict::Next | ChainVerdict::Gap { .. } => {
            lane::freeze_in_tx(tx, lane_id)?;
            quarantine::keep_in_tx(tx, Some(header), NoticeCode::Fork, received_ms, compressed)?;
            Ok(PushOutcome::refused(Some(segment), NoticeCode::Fork))
        }
    }
}

fn append_in_tx(
    tx: &Transaction<'_>,
    segment: &SealedSegment,
    compressed: &[u8],
    received_ms: u64,
) -> Result<StoredSegment, StorageError> {
    let header = segment.header();
    let scope = header.lane.scope.to_string();
    let Place { gsn, digest } = scope_head::advance_in_tx(tx, &scope, &segment.hash())?;
    tx.prepare_cached(
        "INSERT INTO segment (scope, gsn, lane, first_seq, count, hash, received_ms, digest, bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute((
        scope,
        to_sql(gsn)?,
        header.lane.id().0,
        to_sql(header.first_seq)?,
        header.count,
        segment.hash().0,
        to_sql(received_ms)?,
        digest.as_bytes(),
        compressed,
    ))?;
    Ok(StoredSegment {
        lane: header.lane.clone(),
        first_seq: header.first_seq,
        count: header.count,
        hash: segment.hash(),
        gsn,
        received_ms,
    })
}

/// The stored segment of a lane that begins at a number.
fn find(db: &Connection, lane: &Lane, first_seq: u64) -> Result<Option<StoredSegment>, StorageError> {
    let LaneId(lane_id) = lane.id();
    // No stored segment begins at a number SQLite cannot hold.
    let Ok(first_seq_sql) = i64::try_from(first_seq) else { return Ok(None) };
    let row: Option<(i64, u32, Vec<u8>, i64)> = db
        .prepare_cached("SELECT gsn, count, hash, received_ms FROM segment WHERE lane = ?1 AND first_seq = ?2")?
        .query_row((lane_id, first_seq_sql), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((gsn, count, hash, received_ms)) = row else { return Ok(None) };
    Ok(Some(StoredSegment {
        lane: lane.clone(),
        first_seq,
        count,
        hash: SegmentHash(bytes_from_sql(&hash)?),
        gsn: from_sql(gsn)?,
        received_ms: from_sql(received_ms)?,
    }))
}

pub(super) fn digest_at(db: &Connection, cursor: &ScopeCursor) -> Result<Option<Digest>, StorageError> {
    if cursor.gsn == 0 {
        return Ok(Some(Digest::EMPTY));
    }
    let Ok(gsn) = i64::try_from(cursor.gsn) else { return Ok(None) };
    let digest: Option<Vec<u8>> = db
        .prepare_cached("SELECT digest FROM segment WHERE scope = ?1 AND gsn = ?2")?
        .query_row((cursor.scope.to_string(), gsn), |row| row.get(0))
        .optional()?;
    digest.map(|digest| Ok(Digest::from_bytes(bytes_from_sql(&digest)?))).transpose()
}

pub(super) fn log_after(
    db: &Connection,
    cursor: &ScopeCursor,
    max_bytes: u64,
) -> Result<Vec<LoggedSegment>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT gsn, received_ms, bytes, first_seq, count, hash FROM segment
         WHERE scope = ?1 AND gsn > ?2 ORDER BY gsn",
    )?;
    let mut rows = statement.query((cursor.scope.to_string(), to_sql(cursor.gsn)?))?;
    let mut log = Vec::new();
    let mut spent = 0;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(2)?;
        spent += bytes.len() as u64;
        if !log.is_empty() && spent > max_bytes {
            break;
        }
        log.push(LoggedSegment {
            gsn: from_sql(row.get(0)?)?,
            first_seq: from_sql(row.get(3)?)?,
            count: row.get(4)?,
            hash: SegmentHash(bytes_from_sql(&row.get::<_, Vec<u8>>(5)?)?),
            received_ms: from_sql(row.get(1)?)?,
            bytes,
        });
    }
    Ok(log)
}

pub(super) fn describe_ranges(
    db: &Connection,
    scope: &Scope,
    ranges: &[NumberRange],
) -> Result<(u64, Vec<RangeAnswer>), StorageError> {
    let scope_text = scope.to_string();
    let head = scope_head::head(db, &scope_text)?;
    let digest_up_to = |gsn: u64| {
        let cursor = ScopeCursor { scope: scope.clone(), gsn: gsn.min(head) };
        digest_at(db, &cursor)?.ok_or(StorageError::Damaged("a scope's numbers have a gap"))
    };
    let hashes = |range: NumberRange| {
        let mut statement =
            db.prepare_cached("SELECT hash FROM segment WHERE scope = ?1 AND gsn > ?2 AND gsn <= ?3 ORDER BY gsn")?;
        let bounds = (&scope_text, to_sql(range.after.min(head))?, to_sql(range.up_to.min(head))?);
        let mut rows = statement.query(bounds)?;
        let mut hashes = Vec::new();
        while let Some(row) = rows.next()? {
            hashes.push(SegmentHash(bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?));
        }
        Ok(hashes)
    };
    let answers = ranges.iter().map(|range| repair::answer(*range, digest_up_to, hashes));
    Ok((head, answers.collect::<Result<_, StorageError>>()?))
}

pub(super) fn list_numbered(
    db: &Connection,
    scope: &Scope,
    mut numbers: Vec<u64>,
    credit_bytes: u64,
) -> Result<Vec<ScopeSegment>, StorageError> {
    numbers.sort_unstable();
    let mut statement = db.prepare_cached("SELECT received_ms, bytes FROM segment WHERE scope = ?1 AND gsn = ?2")?;
    let mut segments: Vec<ScopeSegment> = Vec::new();
    let mut spent = 0;
    for gsn in numbers {
        let Ok(number) = i64::try_from(gsn) else { break };
        let found: Option<(i64, Vec<u8>)> =
            statement.query_row((scope.to_string(), number), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((received_ms, bytes)) = found else { continue };
        spent += bytes.len() as u64;
        if !segments.is_empty() && spent > credit_bytes {
            break;
        }
        segments.push(ScopeSegment { scope: scope.clone(), gsn, received_ms: from_sql(received_ms)?, bytes });
    }
    Ok(segments)
}

pub(super) fn list_after(
    db: &Connection,
    cursors: Vec<ScopeCursor>,
    (device, incarnation): (DeviceKey, u64),
    credit_bytes: u64,
) -> Result<Pulled, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT gsn, received_ms, device = ?3 AND incarnation = ?4, bytes
         FROM segment JOIN lane USING (lane) WHERE segment.scope = ?1 AND gsn > ?2 ORDER BY gsn",
    )?;
    let mut pulled = Pulled::default();
    let mut spent = 0;
    for mut cursor in cursors {
        let after = i64::try_from(cursor.gsn).unwrap_or(i64::MAX);
        let mut rows = statement.query((cursor.scope.to_string(), after, device.0, incarnation.to_be_bytes()))?;
        while let Some(row) = rows.next()? {
            let own: bool = row.get(2)?;
            if !own {
                let bytes: Vec<u8> = row.get(3)?;
                let length = bytes.len() as u64;
                if !pulled.segments.is_empty() && spent + length > credit_bytes {
                    pulled.more = true;
                    break;
                }
                spent += length;
                let (gsn, received_ms) = (from_sql(row.get(0)?)?, from_sql(row.get(1)?)?);
                pulled.segments.push(ScopeSegment { scope: cursor.scope.clone(), gsn, received_ms, bytes });
            }
            cursor.gsn = from_sql(row.get(0)?)?;
        }
        pulled.cursors.push(cursor);
    }
    Ok(pulled)
}

pub(super) fn list_base(db: &Connection, scope: &Scope, wanted: &BaseWanted) -> Result<Vec<BaseSegment>, StorageError> {
    let BaseWanted { range, holding, latest_bytes } = wanted;
    let scope_text = scope.to_string();
    let after = i64::try_from(range.after).unwrap_or(i64::MAX);
    let up_to = i64::try_from(range.up_to).unwrap_or(i64::MAX);
    let mut chosen = BTreeSet::new();
    let mut holder = db.prepare_cached(
        "SELECT gsn, first_seq + count FROM segment WHERE lane = ?1 AND first_seq <= ?2 AND scope = ?3
         ORDER BY first_seq DESC LIMIT 1",
    )?;
    // Saves stand in order, so most of them stand in the segment of the one before.
    let mut known: Option<(LaneId, u64)> = None;
    for (lane, seq) in holding {
        if known.is_some_and(|(held, next_seq)| held == *lane && *seq < next_seq) {
            continue;
        }
        let Ok(seq_sql) = i64::try_from(*seq) else { continue };
        let row: Option<(i64, i64)> =
            holder.query_row((lane.0, seq_sql, &scope_text), |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        if let Some((gsn, next_seq)) = row {
            known = Some((*lane, from_sql(next_seq)?));
            if gsn > after && gsn <= up_to {
                chosen.insert(gsn);
            }
        }
    }
    let mut latest = db.prepare_cached(
        "SELECT gsn, length(bytes) FROM segment WHERE scope = ?1 AND gsn > ?2 AND gsn <= ?3 ORDER BY gsn DESC",
    )?;
    let mut rows = latest.query((&scope_text, after, up_to))?;
    let mut spent = 0;
    while let Some(row) = rows.next()? {
        spent += from_sql(row.get(1)?)?;
        if spent > *latest_bytes {
            break;
        }
        chosen.insert(row.get(0)?);
    }
    let mut bytes_of = db.prepare_cached("SELECT bytes FROM segment WHERE scope = ?1 AND gsn = ?2")?;
    let read = |gsn: i64| -> Result<BaseSegment, StorageError> {
        let bytes = bytes_of.query_row((&scope_text, gsn), |row| row.get(0))?;
        Ok(BaseSegment { gsn: from_sql(gsn)?, bytes })
    };
    // Of more than can be used the latest are the better.
    let spare = chosen.len().saturating_sub(MAX_BASE);
    chosen.into_iter().skip(spare).map(read).collect()
}
