//! The `registry` table.

use arumbae_protocol::{SignedEntry, cbor};
use sqlx::PgConnection;

use super::lock::{Lock, take_in_tx};
use super::{from_sql, to_sql};
use crate::storage::StorageError;

/// The last entry's number, which stays the last one until the transaction ends. Any number may hold it so at a time.
pub(super) async fn hold_last_seq_in_tx(tx: &mut PgConnection) -> Result<u64, StorageError> {
    take_in_tx(tx, Lock::RegistryStands).await?;
    last_seq(tx).await
}

async fn last_seq(db: &mut PgConnection) -> Result<u64, StorageError> {
    from_sql(sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM registry").fetch_one(db).await?)
}

pub(super) async fn list_after(db: &mut PgConnection, seq: u64) -> Result<Vec<SignedEntry>, StorageError> {
    let rows: Vec<Vec<u8>> = sqlx::query_scalar("SELECT entry FROM registry WHERE seq > $1 ORDER BY seq")
        .bind(to_sql(seq)?)
        .fetch_all(db)
        .await?;
    let read = |entry: Vec<u8>| cbor::from_bytes(&entry).map_err(|_| StorageError::Damaged("a registry entry"));
    rows.into_iter().map(read).collect()
}

pub(super) async fn append_in_tx(tx: &mut PgConnection, entries: &[SignedEntry]) -> Result<(), StorageError> {
    take_in_tx(tx, Lock::RegistryGrows).await?;
    let mut last = last_seq(tx).await?;
    for entry in entries {
        if entry.seq != last + 1 {
            return Err(StorageError::RegistryMoved);
        }
        last = entry.seq;
    }
    let seqs = entries.iter().map(|entry| to_sql(entry.seq)).collect::<Result<Vec<i64>, _>>()?;
    let bytes: Vec<Vec<u8>> = entries.iter().map(cbor::to_bytes).collect();
    sqlx::query("INSERT INTO registry (seq, entry) SELECT * FROM unnest($1::bigint[], $2::bytea[])")
        .bind(seqs)
        .bind(bytes)
        .execute(tx)
        .await?;
    Ok(())
}
