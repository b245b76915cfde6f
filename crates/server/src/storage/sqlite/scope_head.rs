//! The `scope_head` table: how far each scope reaches.

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::SegmentHash;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{ScopeHead, StorageError};

/// A scope's next segment: its number and the digest with it.
pub(super) struct Place {
    pub(super) gsn: u64,
    pub(super) digest: Digest,
}

/// Gives a segment the scope's next number. The write lock is held, so numbers become visible in their order and
/// without gaps; a database sequence would promise neither.
pub(super) fn advance_in_tx(tx: &Transaction<'_>, scope: &str, hash: &SegmentHash) -> Result<Place, StorageError> {
    let last: Option<(i64, Vec<u8>)> = tx
        .prepare_cached("SELECT gsn, digest FROM scope_head WHERE scope = ?1")?
        .query_row([scope], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (gsn, mut digest) = match last {
        Some((gsn, digest)) => (from_sql(gsn)? + 1, Digest::from_bytes(bytes_from_sql(&digest)?)),
        None => (1, Digest::EMPTY),
    };
    digest.add(hash);
    tx.prepare_cached(
        "INSERT INTO scope_head (scope, gsn, digest) VALUES (?1, ?2, ?3)
         ON CONFLICT (scope) DO UPDATE SET gsn = excluded.gsn, digest = excluded.digest",
    )?
    .execute((scope, to_sql(gsn)?, digest.as_bytes()))?;
    Ok(Place { gsn, digest })
}

pub(super) fn head(db: &Connection, scope: &str) -> Result<u64, StorageError> {
    let mut statement = db.prepare_cached("SELECT gsn FROM scope_head WHERE scope = ?1")?;
    from_sql(statement.query_row([scope], |row| row.get(0)).optional()?.unwrap_or(0))
}

pub(super) fn heads(db: &Connection) -> Result<Vec<ScopeHead>, StorageError> {
    let mut statement = db.prepare_cached("SELECT scope, gsn FROM scope_head ORDER BY scope")?;
    let mut rows = statement.query([])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push(read(row)?);
    }
    Ok(heads)
}

pub(super) fn heads_in(db: &Connection, regions: &[RegionCode]) -> Result<Vec<ScopeHead>, StorageError> {
    // "0" follows "." and "/": from "81.71" to "81.710" lies what is in that region, and nothing else.
    let mut statement =
        db.prepare_cached("SELECT scope, gsn FROM scope_head WHERE scope >= ?1 AND scope < ?1 || '0' ORDER BY scope")?;
    let mut heads = Vec::new();
    for region in regions {
        let mut rows = statement.query([region.as_str()])?;
        while let Some(row) = rows.next()? {
            heads.push(read(row)?);
        }
    }
    Ok(heads)
}

fn read(row: &Row<'_>) -> Result<ScopeHead, StorageError> {
    let scope: Scope = row.get::<_, String>(0)?.parse().map_err(|_| StorageError::Damaged("the name of a scope"))?;
    Ok(ScopeHead { scope, gsn: from_sql(row.get(1)?)? })
}
