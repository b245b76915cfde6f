//! The `contact` table.

use arumbae_mergelog::DeviceKey;
use rusqlite::{Connection, Transaction};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{Contact, StorageError};

pub(super) fn note_in_tx(tx: &Transaction<'_>, contact: Contact) -> Result<(), StorageError> {
    let Contact { device, at_ms, unread } = contact;
    tx.execute(
        "INSERT INTO contact (device, at_ms, unread) VALUES (?1, ?2, ?3)
         ON CONFLICT (device) DO UPDATE SET at_ms = excluded.at_ms, unread = excluded.unread",
        (device.0, to_sql(at_ms)?, to_sql(unread)?),
    )?;
    Ok(())
}

pub(super) fn list(db: &Connection) -> Result<Vec<Contact>, StorageError> {
    let mut statement = db.prepare("SELECT device, at_ms, unread FROM contact ORDER BY device")?;
    let mut rows = statement.query([])?;
    let mut contacts = Vec::new();
    while let Some(row) = rows.next()? {
        let device = DeviceKey(bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?);
        contacts.push(Contact { device, at_ms: from_sql(row.get(1)?)?, unread: from_sql(row.get(2)?)? });
    }
    Ok(contacts)
}
