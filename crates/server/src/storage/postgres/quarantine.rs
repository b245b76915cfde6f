//! The `quarantine` table: nothing is thrown away because it is broken.

use arumbae_mergelog::segment::SegmentHeader;
use arumbae_protocol::NoticeCode;
use sqlx::PgConnection;

use super::to_sql;
use crate::storage::{StorageError, notice_code_name};

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
