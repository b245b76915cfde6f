//! The tables `admitted_request` and `admission`: which signed requests counted, at whichever server.

use arumbae_protocol::http_signature::{Freshness, SignedBy, WINDOW_SECONDS};
use sqlx::{PgConnection, Row};

use super::to_sql;
use crate::storage::{Admission, StorageError};

pub(super) async fn begin(db: &mut PgConnection, now: u64) -> Result<(), StorageError> {
    sqlx::query("INSERT INTO admission (only_row, since) VALUES (true, $1) ON CONFLICT DO NOTHING")
        .bind(to_sql(now)?)
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn admit(db: &mut PgConnection, request: SignedBy, now: u64) -> Result<Admission, StorageError> {
    let SignedBy { device, freshness: Freshness { created, nonce } } = request;
    let row = sqlx::query(
        "WITH noted AS (
             INSERT INTO admitted_request (created, device, nonce)
             SELECT $1, $2, $3 FROM admission WHERE since <= $1
             ON CONFLICT DO NOTHING RETURNING 1
         )
         SELECT (SELECT since FROM admission), EXISTS (SELECT FROM noted)",
    )
    .bind(to_sql(created)?)
    .bind(&device.0[..])
    .bind(&nonce[..])
    .fetch_one(&mut *db)
    .await?;
    let (since, noted): (Option<i64>, bool) = (row.try_get(0)?, row.try_get(1)?);
    match since {
        _ if noted => Ok(Admission::First),
        Some(since) if since <= to_sql(created)? => Ok(Admission::Again),
        Some(_) => Ok(Admission::Forgotten),
        // The database crashed, and what it remembered is gone.
        None => {
            begin(db, now).await?;
            Ok(Admission::Forgotten)
        }
    }
}

/// Forgets what could no longer be taken for fresh.
pub(super) async fn forget(db: &mut PgConnection, now: u64) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM admitted_request WHERE created < $1")
        .bind(to_sql(now.saturating_sub(WINDOW_SECONDS))?)
        .execute(db)
        .await?;
    Ok(())
}
