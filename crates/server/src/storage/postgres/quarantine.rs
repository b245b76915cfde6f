//! The `quarantine` table: nothing is thrown away because it is broken.

use arumbae_mergelog::segment::SegmentHeader;
use arumbae_protocol::NoticeCode;
use sqlx::{PgConnection, Row};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{Quarantined, StorageError, notice_code_name, notice_code_named};

pub(super) async fn keep_in_tx(
    tx: &mut PgConnection,
    header: Option<&SegmentHeader>,
    code: NoticeCode,
    received_ms: u64,
    compressed: &[u8],
) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO quarantine (content, lane, first_seq, code, received_ms, bytes) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (content) DO NOTHING",
    )
    .bind(&blake3::hash(compressed).as_bytes()[..])
    .bind(header.map(|header| header.lane.id().0.to_vec()))
    // A refused header may claim any number; one the database cannot hold is as good as none.
    .bind(header.and_then(|header| i64::try_from(header.first_seq).ok()))
    .bind(notice_code_name(code))
    .bind(to_sql(received_ms)?)
    .bind(compressed)
    .execute(tx)
    .await?;
    Ok(())
}

/// So many rows are fetched at a time.
const PAGE: i64 = 64;

pub(super) async fn list_after(
    db: &mut PgConnection,
    content: Option<[u8; 32]>,
    max_bytes: u64,
) -> Result<Vec<Quarantined>, StorageError> {
    let mut held: Vec<Quarantined> = Vec::new();
    let mut spent = 0;
    let mut after = content.map(|content| content.to_vec()).unwrap_or_default();
    loop {
        let rows = sqlx::query(
            "SELECT content, code, received_ms, bytes FROM quarantine WHERE content > $1 ORDER BY content LIMIT $2",
        )
        .bind(&after)
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        if rows.is_empty() {
            return Ok(held);
        }
        for row in rows {
            after = row.try_get(0)?;
            let bytes: Vec<u8> = row.try_get(3)?;
            spent += bytes.len() as u64;
            if !held.is_empty() && spent > max_bytes {
                return Ok(held);
            }
            let code = notice_code_named(row.try_get(1)?);
            let content = bytes_from_sql(&after)?;
            held.push(Quarantined { content, code, received_ms: from_sql(row.try_get(2)?)?, bytes });
        }
    }
}
