//! The `contact` table.

use arumbae_mergelog::DeviceKey;
use sqlx::{PgConnection, Row};

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{Contact, StorageError};

pub(super) async fn note(db: &mut PgConnection, contact: Contact) -> Result<(), StorageError> {
    let Contact { device, at_ms, unread } = contact;
    sqlx::query(
        "INSERT INTO contact (device, at_ms, unread) VALUES ($1, $2, $3)
         ON CONFLICT (device) DO UPDATE SET at_ms = excluded.at_ms, unread = excluded.unread",
    )
    .bind(&device.0[..])
    .bind(to_sql(at_ms)?)
    .bind(to_sql(unread)?)
    .execute(db)
    .await?;
    Ok(())
}

pub(super) async fn list(db: &mut PgConnection) -> Result<Vec<Contact>, StorageError> {
    let rows = sqlx::query("SELECT device, at_ms, unread FROM contact ORDER BY device").fetch_all(db).await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let device = DeviceKey(bytes_from_sql(row.try_get(0)?)?);
        Ok(Contact { device, at_ms: from_sql(row.try_get(1)?)?, unread: from_sql(row.try_get(2)?)? })
    };
    rows.iter().map(read).collect()
}
