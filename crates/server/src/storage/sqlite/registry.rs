//! The `registry` table.

use arumbae_protocol::{SignedEntry, cbor};
use rusqlite::{Connection, Transaction};

use super::{from_sql, to_sql};
use crate::storage::StorageError;

pub(super) fn last_seq(db: &Connection) -> Result<u64, StorageError> {
    from_sql(db.query_row("SELECT coalesce(max(seq), 0) FROM registry", [], |row| row.get(0))?)
}

pub(super) fn list_after(db: &Connection, seq: u64) -> Result<Vec<SignedEntry>, StorageError> {
    let mut statement = db.prepare_cached("SELECT entry FROM registry WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = statement.query([to_sql(seq)?])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let entry = cbor::from_bytes(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)
            .map_err(|_| StorageError::Damaged("a registry entry"))?;
        entries.push(entry);
    }
    Ok(entries)
}

pub(super) fn append_in_tx(tx: &Transaction<'_>, entries: &[SignedEntry]) -> Result<(), StorageError> {
    for entry in entries {
        if entry.seq != last_seq(tx)? + 1 {
            return Err(StorageError::RegistryMoved);
        }
        tx.execute("INSERT INTO registry (seq, entry) VALUES (?1, ?2)", (to_sql(entry.seq)?, cbor::to_bytes(entry)))?;
    }
    Ok(())
}
