//! The `setting` table.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::storage::StorageError;

/// The address under which devices reach the server, as of the last start.
pub(super) const ADDRESS: &str = "address";

/// When the province was restored from a backup, until it is settled.
pub(super) const RESTORED: &str = "restored";

pub(super) fn set_in_tx(tx: &Transaction<'_>, name: &str, value: &str) -> Result<(), StorageError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )?;
    Ok(())
}

pub(super) fn get(db: &Connection, name: &str) -> Result<Option<String>, StorageError> {
    Ok(db.query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0)).optional()?)
}

pub(super) fn remove_in_tx(tx: &Transaction<'_>, name: &str) -> Result<(), StorageError> {
    tx.execute("DELETE FROM setting WHERE name = ?1", [name])?;
    Ok(())
}
