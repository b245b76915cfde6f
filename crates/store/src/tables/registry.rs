//! The province's registry, entry by entry, as it was signed.

use arumbae_protocol::{Registry, SignedEntry, cbor};
use rusqlite::{Connection, Transaction};

use crate::error::{Result, StoreError};

pub(crate) fn insert(tx: &Transaction<'_>, entry: &SignedEntry) -> Result<()> {
    tx.execute("INSERT INTO registry (seq, bytes) VALUES (?1, ?2)", (entry.seq as i64, cbor::to_bytes(entry)))?;
    Ok(())
}

/// The entries as they were signed, in order.
pub(crate) fn all(connection: &Connection) -> Result<Vec<SignedEntry>> {
    let mut statement = connection.prepare("SELECT bytes FROM registry ORDER BY seq")?;
    let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| cbor::from_bytes(&bytes?).map_err(|error| StoreError::undecodable("registry", error))).collect()
}

/// The registry all entries add up to. They were verified when they came.
pub(crate) fn replay(connection: &Connection) -> Result<Registry> {
    Registry::replay(&all(connection)?).map_err(|error| StoreError::undecodable("registry", error))
}

/// The registry as it was after so many entries.
pub(crate) fn replay_up_to(connection: &Connection, seq: u64) -> Result<Registry> {
    let entries: Vec<SignedEntry> = all(connection)?.into_iter().filter(|entry| entry.seq <= seq).collect();
    Registry::replay(&entries).map_err(|error| StoreError::undecodable("registry", error))
}
