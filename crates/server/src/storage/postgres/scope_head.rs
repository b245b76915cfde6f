//! The `scope_head` table: how far each scope reaches.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::SegmentHash;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{ScopeHead, StorageError};

/// The scopes a transaction may append to: their rows are locked until it ends.
pub(super) struct LockedHeads(BTreeMap<String, Place>);

/// Where a scope ends: the number of its last segment and the digest with it.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) gsn: u64,
    pub(super) digest: Digest,
    moved: bool,
}

impl LockedHeads {
    /// Locks the scopes' rows, in the order of their names, so that two transactions never wait for each other.
    pub(super) async fn lock_in_tx(tx: &mut PgConnection, scopes: BTreeSet<String>) -> Result<Self, StorageError> {
        if scopes.is_empty() {
            return Ok(LockedHeads(BTreeMap::new()));
        }
        let scopes: Vec<String> = scopes.into_iter().collect();
        let mut heads = select_for_update_in_tx(tx, &scopes).await?;
        if heads.0.len() < scopes.len() {
            sqlx::query(
                "INSERT INTO scope_head (scope, gsn, digest) SELECT scope, 0, $2 FROM unnest($1::text[]) AS scope
                 ON CONFLICT DO NOTHING",
            )
            .bind(&scopes)
            .bind(&Digest::EMPTY.as_bytes()[..])
            .execute(&mut *tx)
            .await?;
            heads = select_for_update_in_tx(tx, &scopes).await?;
        }
        Ok(heads)
    }

    /// Gives a segment the scope's next number.
    pub(super) fn advance(&mut self, scope: &str, hash: &SegmentHash) -> Result<Place, StorageError> {
        let head = self.0.get_mut(scope).ok_or(StorageError::Damaged("a scope has no head"))?;
        head.gsn += 1;
        head.digest.add(hash);
        head.moved = true;
        Ok(head.clone())
    }

    /// Writes how far the scopes reach now.
    pub(super) async fn write_in_tx(self, tx: &mut PgConnection) -> Result<(), StorageError> {
        for (scope, Place { gsn, digest, moved }) in self.0 {
            if moved {
                sqlx::query("UPDATE scope_head SET gsn = $2, digest = $3 WHERE scope = $1")
                    .bind(scope)
                    .bind(to_sql(gsn)?)
                    .bind(&digest.as_bytes()[..])
                    .execute(&mut *tx)
                    .await?;
            }
        }
        Ok(())
    }
}

async fn select_for_update_in_tx(tx: &mut PgConnection, scopes: &[String]) -> Result<LockedHeads, StorageError> {
    let rows = sqlx::query("SELECT scope, gsn, digest FROM scope_head WHERE scope = ANY($1) ORDER BY scope FOR UPDATE")
        .bind(scopes)
        .fetch_all(tx)
        .await?;
    let read = |row: &PgRow| {
        let digest = Digest::from_bytes(bytes_from_sql(row.try_get(2)?)?);
        Ok((row.try_get(0)?, Place { gsn: from_sql(row.try_get(1)?)?, digest, moved: false }))
    };
    Ok(LockedHeads(rows.iter().map(read).collect::<Result<_, StorageError>>()?))
}

pub(super) async fn head(db: &mut PgConnection, scope: &Scope) -> Result<u64, StorageError> {
    let gsn: Option<i64> = sqlx::query_scalar("SELECT gsn FROM scope_head WHERE scope = $1")
        .bind(scope.to_string())
        .fetch_optional(db)
        .await?;
    from_sql(gsn.unwrap_or(0))
}

pub(super) async fn heads(db: &mut PgConnection) -> Result<Vec<ScopeHead>, StorageError> {
    let rows = sqlx::query("SELECT scope, gsn FROM scope_head WHERE gsn > 0 ORDER BY scope").fetch_all(db).await?;
    rows.iter().map(read).collect()
}

pub(super) async fn heads_in(db: &mut PgConnection, regions: &[RegionCode]) -> Result<Vec<ScopeHead>, StorageError> {
    let regions: Vec<&str> = regions.iter().map(RegionCode::as_str).collect();
    // "0" follows "." and "/": from "81.71" to "81.710" lies what is in that region, and nothing else.
    let rows = sqlx::query(
        "SELECT scope, gsn FROM unnest($1::text[]) AS region
         JOIN scope_head ON scope >= region COLLATE \"C\" AND scope < (region || '0') COLLATE \"C\"
         WHERE gsn > 0 ORDER BY scope",
    )
    .bind(regions)
    .fetch_all(db)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &PgRow) -> Result<ScopeHead, StorageError> {
    let scope: &str = row.try_get(0)?;
    let scope = scope.parse().map_err(|_| StorageError::Damaged("the name of a scope"))?;
    Ok(ScopeHead { scope, gsn: from_sql(row.try_get(1)?)? })
}
