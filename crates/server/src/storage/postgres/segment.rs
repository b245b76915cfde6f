//! The `segment` table: the log itself.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_mergelog::chain::ChainVerdict;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Lane};
use arumbae_protocol::parcel::MAX_BASE;
use arumbae_protocol::repair::{self, NumberRange, RangeAnswer};
use arumbae_protocol::{NoticeCode, ScopeCursor, ScopeSegment};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::scope_head::{self, LockedHeads};
use super::{bytes_from_sql, from_sql, lane, quarantine, to_sql};
use crate::storage::{
    BaseSegment, BaseWanted, LoggedSegment, Pulled, PushOutcome, PushedSegment, StorageError, StoredSegment,
};

/// How many segments are fetched at a time where their bytes decide how many are needed.
const PAGE: i64 = 64;

/// Takes segments into the log in their order, or says why not.
pub(super) async fn receive_in_tx(
    tx: &mut PgConnection,
    pushed: &[PushedSegment],
    received_ms: u64,
) -> Result<Vec<PushOutcome>, StorageError> {
    let scope_of = |pushed: &PushedSegment| match pushed {
        PushedSegment::Permitted { segment, .. } => Some(segment.header().lane.scope.to_string()),
        PushedSegment::Refused { .. } => None,
    };
    let scopes: BTreeSet<String> = pushed.iter().filter_map(scope_of).collect();
    let mut heads = LockedHeads::lock_in_tx(tx, scopes).await?;
    let mut outcomes = Vec::with_capacity(pushed.len());
    for pushed in pushed {
        outcomes.push(receive_one_in_tx(tx, &mut heads, pushed, received_ms).await?);
    }
    heads.write_in_tx(tx).await?;
    Ok(outcomes)
}

async fn receive_one_in_tx(
    tx: &mut PgConnection,
    heads: &mut LockedHeads,
    pushed: &PushedSegment,
    received_ms: u64,
) -> Result<PushOutcome, StorageError> {
    match pushed {
        PushedSegment::Permitted { segment, compressed, first_received_ms } => {
            let received_ms = first_received_ms.unwrap_or(received_ms).min(received_ms);
            chain_in_tx(tx, heads, segment, compressed, received_ms).await
        }
        PushedSegment::Refused { segment, compressed, code } => {
            // What was receipted before its device was revoked keeps its receipt.
            if let Some(segment) = segment
                && let Some(stored) = find(tx, &segment.header().lane, segment.header().first_seq).await?
                && stored.hash == segment.hash()
            {
                return Ok(PushOutcome::Stored(stored));
            }
            let header = segment.as_ref().map(SealedSegment::header);
            quarantine::keep_in_tx(tx, header, *code, received_ms, compressed).await?;
            Ok(PushOutcome::refused(segment.as_ref(), *code))
        }
    }
}

async fn chain_in_tx(
    tx: &mut PgConnection,
    heads: &mut LockedHeads,
    segment: &SealedSegment,
    compressed: &[u8],
    received_ms: u64,
) -> Result<PushOutcome, StorageError> {
    let header = segment.header();
    let lane_id = header.lane.id();
    let state = lane::state_in_tx(tx, lane_id).await?;
    let stored = find(tx, &header.lane, header.first_seq).await?;
    match state.cursor.judge(header, segment.hash(), stored.as_ref().map(|stored| stored.hash)) {
        ChainVerdict::Next if !state.frozen => {
            lane::advance_in_tx(tx, &header.lane, state.cursor.after(header, segment.hash())).await?;
            Ok(PushOutcome::Stored(append_in_tx(tx, heads, segment, compressed, received_ms).await?))
        }
        ChainVerdict::Replay => match stored {
            Some(stored) => Ok(PushOutcome::Stored(stored)),
            None => Err(StorageError::Damaged("a lane's head is not in the log")),
        },
        ChainVerdict::Gap { .. } if !state.frozen => Ok(PushOutcome::refused(Some(segment), NoticeCode::Gap)),
        ChainVerdict::Fork { .. } | ChainVerdict::Next | ChainVerdict::Gap { .. } => {
            lane::freeze_in_tx(tx, lane_id).await?;
            quarantine::keep_in_tx(tx, Some(header), NoticeCode::Fork, received_ms, compressed).await?;
            Ok(PushOutcome::refused(Some(segment), NoticeCode::Fork))
        }
    }
}

async fn append_in_tx(
    tx: &mut PgConnection,
    heads: &mut LockedHeads,
    segment: &SealedSegment,
    compressed: &[u8],
    received_ms: u64,
) -> Result<StoredSegment, StorageError> {
    let header = segment.header();
    let scope = header.lane.scope.to_string();
    let place = heads.advance(&scope, &segment.hash())?;
    sqlx::query(
        "INSERT INTO segment (scope, gsn, lane, first_seq, count, hash, received_ms, digest, bytes)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(scope)
    .bind(to_sql(place.gsn)?)
    .bind(&header.lane.id().0[..])
    .bind(to_sql(header.first_seq)?)
    .bind(i32::try_from(header.count).map_err(|_| StorageError::Damaged("a segment of more saves than there are"))?)
    .bind(&segment.hash().0[..])
    .bind(to_sql(received_ms)?)
    .bind(&place.digest.as_bytes()[..])
    .bind(compressed)
    .execute(tx)
    .await?;
    Ok(StoredSegment {
        lane: header.lane.clone(),
        first_seq: header.first_seq,
        count: header.count,
        hash: segment.hash(),
        gsn: place.gsn,
        received_ms,
    })
}

/// The stored segment of a lane that begins at a number.
async fn find(db: &mut PgConnection, lane: &Lane, first_seq: u64) -> Result<Option<StoredSegment>, StorageError> {
    // No stored segment begins at a number the database cannot hold.
    let Ok(first_seq_sql) = i64::try_from(first_seq) else { return Ok(None) };
    let row = sqlx::query(
        "SELECT gsn, count, hash, received_ms FROM segment WHERE scope = $1 AND lane = $2 AND first_seq = $3",
    )
    .bind(lane.scope.to_string())
    .bind(&lane.id().0[..])
    .bind(first_seq_sql)
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(StoredSegment {
        lane: lane.clone(),
        first_seq,
        count: u32::try_from(row.try_get::<i32, _>(1)?).map_err(|_| StorageError::Damaged("a negative number"))?,
        hash: SegmentHash(bytes_from_sql(row.try_get(2)?)?),
        gsn: from_sql(row.try_get(0)?)?,
        received_ms: from_sql(row.try_get(3)?)?,
    }))
}

pub(super) async fn digests_at(
    db: &mut PgConnection,
    cursors: &[ScopeCursor],
) -> Result<Vec<Option<Digest>>, StorageError> {
    let rows: Vec<Option<Vec<u8>>> = sqlx::query_scalar(
        "SELECT digest FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS cursor (scope, gsn, place)
         LEFT JOIN segment USING (scope, gsn) ORDER BY place",
    )
    .bind(scopes_of(cursors))
    .bind(numbers_of(cursors))
    .fetch_all(db)
    .await?;
    let read = |(digest, cursor): (Option<Vec<u8>>, &ScopeCursor)| match digest {
        _ if cursor.gsn == 0 => Ok(Some(Digest::EMPTY)),
        None => Ok(None),
        Some(digest) => Ok(Some(Digest::from_bytes(bytes_from_sql(&digest)?))),
    };
    rows.into_iter().zip(cursors).map(read).collect()
}

pub(super) async fn log_after(
    db: &mut PgConnection,
    cursor: &ScopeCursor,
    max_bytes: u64,
) -> Result<Vec<LoggedSegment>, StorageError> {
    let mut log: Vec<LoggedSegment> = Vec::new();
    let mut spent = 0;
    let mut after = to_sql(cursor.gsn)?;
    loop {
        let rows = sqlx::query(
            "SELECT gsn, received_ms, bytes, first_seq, count, hash FROM segment
             WHERE scope = $1 AND gsn > $2 ORDER BY gsn LIMIT $3",
        )
        .bind(cursor.scope.to_string())
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        if rows.is_empty() {
            return Ok(log);
        }
        for row in rows {
            after = row.try_get(0)?;
            let bytes: Vec<u8> = row.try_get(2)?;
            spent += bytes.len() as u64;
            if !log.is_empty() && spent > max_bytes {
                return Ok(log);
            }
            let count = u32::try_from(row.try_get::<i32, _>(4)?);
            log.push(LoggedSegment {
                gsn: from_sql(after)?,
                first_seq: from_sql(row.try_get(3)?)?,
                count: count.map_err(|_| StorageError::Damaged("the saves of a segment"))?,
                hash: SegmentHash(bytes_from_sql(row.try_get(5)?)?),
                received_ms: from_sql(row.try_get(1)?)?,
                bytes,
            });
        }
    }
}

pub(super) async fn describe_ranges(
    db: &mut PgConnection,
    scope: &Scope,
    ranges: &[NumberRange],
) -> Result<(u64, Vec<RangeAnswer>), StorageError> {
    let head = scope_head::head(db, scope).await?;
    // The answer is worked out twice: first only to learn what it needs.
    let needed = RefCell::new((BTreeSet::from([0]), Vec::new()));
    for range in ranges {
        let digest_up_to = |gsn: u64| {
            needed.borrow_mut().0.insert(gsn.min(head));
            Ok::<_, StorageError>(Digest::EMPTY)
        };
        let hashes = |range: NumberRange| {
            needed.borrow_mut().1.push(range);
            Ok(Vec::new())
        };
        repair::answer(*range, digest_up_to, hashes)?;
    }
    let (numbers, listed) = needed.into_inner();
    let cursors: Vec<ScopeCursor> = numbers.iter().map(|gsn| ScopeCursor { scope: scope.clone(), gsn: *gsn }).collect();
    let digests: BTreeMap<u64, Option<Digest>> = numbers.into_iter().zip(digests_at(db, &cursors).await?).collect();
    let mut hashes_of = BTreeMap::new();
    for range in listed {
        hashes_of.insert((range.after, range.up_to), list_hashes(db, scope, range, head).await?);
    }
    let digest_up_to = |gsn: u64| {
        digests.get(&gsn.min(head)).copied().flatten().ok_or(StorageError::Damaged("a scope's numbers have a gap"))
    };
    let hashes = |range: NumberRange| Ok(hashes_of.get(&(range.after, range.up_to)).cloned().unwrap_or_default());
    let answers = ranges.iter().map(|range| repair::answer(*range, digest_up_to, hashes));
    Ok((head, answers.collect::<Result<_, StorageError>>()?))
}

async fn list_hashes(
    db: &mut PgConnection,
    scope: &Scope,
    range: NumberRange,
    head: u64,
) -> Result<Vec<SegmentHash>, StorageError> {
    let rows: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM segment WHERE scope = $1 AND gsn > $2 AND gsn <= $3 ORDER BY gsn")
            .bind(scope.to_string())
            .bind(to_sql(range.after.min(head))?)
            .bind(to_sql(range.up_to.min(head))?)
            .fetch_all(db)
            .await?;
    rows.iter().map(|hash| Ok(SegmentHash(bytes_from_sql(hash)?))).collect()
}

pub(super) async fn list_numbered(
    db: &mut PgConnection,
    scope: &Scope,
    numbers: Vec<u64>,
    credit_bytes: u64,
) -> Result<Vec<ScopeSegment>, StorageError> {
    let mut numbers: Vec<i64> = numbers.into_iter().filter_map(|gsn| i64::try_from(gsn).ok()).collect();
    numbers.sort_unstable();
    let mut segments: Vec<ScopeSegment> = Vec::new();
    let mut spent = 0;
    for page in numbers.chunks(PAGE as usize) {
        let rows = sqlx::query(
            "SELECT gsn, received_ms, bytes FROM unnest($2::bigint[]) AS wanted (gsn)
             JOIN segment USING (gsn) WHERE scope = $1 ORDER BY gsn",
        )
        .bind(scope.to_string())
        .bind(page)
        .fetch_all(&mut *db)
        .await?;
        for row in rows {
            let bytes: Vec<u8> = row.try_get(2)?;
            spent += bytes.len() as u64;
            if !segments.is_empty() && spent > credit_bytes {
                return Ok(segments);
            }
            let (gsn, received_ms) = (from_sql(row.try_get(0)?)?, from_sql(row.try_get(1)?)?);
            segments.push(ScopeSegment { scope: scope.clone(), gsn, received_ms, bytes });
        }
    }
    Ok(segments)
}

pub(super) async fn list_after(
    db: &mut PgConnection,
    cursors: Vec<ScopeCursor>,
    reader: (DeviceKey, u64),
    credit_bytes: u64,
) -> Result<Pulled, StorageError> {
    let grown: Vec<bool> = sqlx::query_scalar(
        "SELECT coalesce(head.gsn > cursor.gsn, false)
         FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS cursor (scope, gsn, place)
         LEFT JOIN scope_head AS head USING (scope) ORDER BY place",
    )
    .bind(scopes_of(&cursors))
    .bind(numbers_of(&cursors))
    .fetch_all(&mut *db)
    .await?;
    let mut pulled = Pulled::default();
    let mut spent = 0;
    for (mut cursor, grown) in cursors.into_iter().zip(grown) {
        if grown {
            read_scope_on(db, &mut cursor, reader, credit_bytes, &mut spent, &mut pulled).await?;
        }
        pulled.cursors.push(cursor);
    }
    Ok(pulled)
}

/// Reads a scope from its cursor on, as far as the credit reaches.
async fn read_scope_on(
    db: &mut PgConnection,
    cursor: &mut ScopeCursor,
    (device, incarnation): (DeviceKey, u64),
    credit_bytes: u64,
    spent: &mut u64,
    pulled: &mut Pulled,
) -> Result<(), StorageError> {
    loop {
        let rows = sqlx::query(
            "SELECT gsn, received_ms, CASE WHEN device = $3 AND incarnation = $4 THEN NULL ELSE bytes END
             FROM segment JOIN lane USING (lane) WHERE segment.scope = $1 AND gsn > $2 ORDER BY gsn LIMIT $5",
        )
        .bind(cursor.scope.to_string())
        .bind(to_sql(cursor.gsn)?)
        .bind(&device.0[..])
        .bind(&incarnation.to_be_bytes()[..])
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let gsn = from_sql(row.try_get(0)?)?;
            // The reader's own are passed over.
            if let Some(bytes) = row.try_get::<Option<Vec<u8>>, _>(2)? {
                let length = bytes.len() as u64;
                if !pulled.segments.is_empty() && *spent + length > credit_bytes {
                    pulled.more = true;
                    return Ok(());
                }
                *spent += length;
                let (scope, received_ms) = (cursor.scope.clone(), from_sql(row.try_get(1)?)?);
                pulled.segments.push(ScopeSegment { scope, gsn, received_ms, bytes });
            }
            cursor.gsn = gsn;
        }
    }
}

pub(super) async fn list_base(
    db: &mut PgConnection,
    scope: &Scope,
    wanted: &BaseWanted,
) -> Result<Vec<BaseSegment>, StorageError> {
    let BaseWanted { range, holding, latest_bytes } = wanted;
    let scope = scope.to_string();
    let after = i64::try_from(range.after).unwrap_or(i64::MAX);
    let up_to = i64::try_from(range.up_to).unwrap_or(i64::MAX);
    let held = || holding.iter().filter_map(|(lane, seq)| Some((lane, i64::try_from(*seq).ok()?)));
    let holders: Vec<i64> = sqlx::query_scalar(
        "SELECT DISTINCT gsn FROM unnest($2::bytea[], $3::bigint[]) AS held (lane, seq)
         CROSS JOIN LATERAL (
             SELECT gsn FROM segment WHERE scope = $1 AND segment.lane = held.lane AND first_seq <= held.seq
             ORDER BY first_seq DESC LIMIT 1
         ) AS holder
         WHERE gsn > $4 AND gsn <= $5",
    )
    .bind(&scope)
    .bind(held().map(|(lane, _)| lane.0.to_vec()).collect::<Vec<_>>())
    .bind(held().map(|(_, seq)| seq).collect::<Vec<_>>())
    .bind(after)
    .bind(up_to)
    .fetch_all(&mut *db)
    .await?;
    let mut chosen: BTreeSet<i64> = holders.into_iter().collect();
    let latest = sqlx::query(
        "SELECT gsn, octet_length(bytes)::bigint FROM segment WHERE scope = $1 AND gsn > $2 AND gsn <= $3
         ORDER BY gsn DESC LIMIT $4",
    )
    .bind(&scope)
    .bind(after)
    .bind(up_to)
    .bind(MAX_BASE as i64)
    .fetch_all(&mut *db)
    .await?;
    let mut spent = 0;
    for row in latest {
        spent += from_sql(row.try_get(1)?)?;
        if spent > *latest_bytes {
            break;
        }
        chosen.insert(row.try_get(0)?);
    }
    // Of more than can be used the latest are the better.
    let spare = chosen.len().saturating_sub(MAX_BASE);
    let chosen: Vec<i64> = chosen.into_iter().skip(spare).collect();
    let rows = sqlx::query("SELECT gsn, bytes FROM segment WHERE scope = $1 AND gsn = ANY($2) ORDER BY gsn")
        .bind(&scope)
        .bind(chosen)
        .fetch_all(db)
        .await?;
    let read = |row: &PgRow| Ok(BaseSegment { gsn: from_sql(row.try_get(0)?)?, bytes: row.try_get(1)? });
    rows.iter().map(read).collect()
}

fn scopes_of(cursors: &[ScopeCursor]) -> Vec<String> {
    cursors.iter().map(|cursor| cursor.scope.to_string()).collect()
}

/// A number beyond what the database can hold is beyond every segment's.
fn numbers_of(cursors: &[ScopeCursor]) -> Vec<i64> {
    cursors.iter().map(|cursor| i64::try_from(cursor.gsn).unwrap_or(i64::MAX)).collect()
}
