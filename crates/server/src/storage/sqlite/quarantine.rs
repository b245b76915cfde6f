//! The `quarantine` table: nothing is thrown away because it is broken.

use arumbae_mergelog::segment::SegmentHeader;
use arumbae_protocol::NoticeCode;
use rusqlite::{Connection, Transaction};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{Quarantined, StorageError, notice_code_name, notice_code_named};

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

pub(super) fn list_after(
    db: &Connection,
    content: Option<[u8; 32]>,
    max_bytes: u64,
) -> Result<Vec<Quarantined>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT content, code, received_ms, bytes FROM quarantine WHERE content > ?1 ORDER BY content",
    )?;
    let mut rows = statement.query([content.map_or_else(Vec::new, |content| content.to_vec())])?;
    let mut held: Vec<Quarantined> = Vec::new();
    let mut spent = 0;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(3)?;
        spent += bytes.len() as u64;
        if !held.is_empty() && spent > max_bytes {
            break;
        }
        let content = bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?;
        let code = notice_code_named(&row.get::<_, String>(1)?);
        held.push(Quarantined { content, code, received_ms: from_sql(row.get(2)?)?, bytes });
    }
    Ok(held)
}
