//! The `quarantine` table: nothing is thrown away because it is broken.

use arumbae_mergelog::segment::SegmentHeader;
use arumbae_protocol::NoticeCode;
use rusqlite::Transaction;

use super::to_sql;
use crate::storage::{StorageError, notice_code_name};

pub(super) fn keep_in_tx(
    tx: &Transaction<'_>,
    header: Option<&SegmentHeader>,
    code: NoticeCode,
    received_ms: u64,
    compressed: &[u8],
) -> Result<(), StorageError> {
    tx.execute(
        "INSERT INTO quarantine (content, lane, first_seq, code, received_ms, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (content) DO NOTHING",
        (
            blake3::hash(compressed).as_bytes(),
            header.map(|header| header.lane.id().0),
            // A refused header may claim any number; one SQLite cannot hold is as good as none.
            header.and_then(|header| i64::try_from(header.first_seq).ok()),
            notice_code_name(code),
            to_sql(received_ms)?,
            compressed,
        ),
    )?;
    Ok(())
}
