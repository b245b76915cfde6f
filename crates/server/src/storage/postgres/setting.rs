//! The `setting` table.

use sqlx::PgConnection;

use crate::storage::StorageError;

/// The address under which devices reach the server, as of the last start.
pub(super) const ADDRESS: &str = "address";

/// When the province was restored from a backup, until it is settled.
pub(super) const RESTORED: &str = "restored";

pub(super) async fn set_in_tx(tx: &mut PgConnection, name: &str, value: &str) -> Result<(), StorageError> {
    sqlx::query(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn get(db: &mut PgConnection, name: &str) -> Result<Option<String>, StorageError> {
    Ok(sqlx::query_scalar("SELECT value FROM setting WHERE name = $1").bind(name).fetch_optional(db).await?)
}

pub(super) async fn remove_in_tx(tx: &mut PgConnection, name: &str) -> Result<(), StorageError> {
    sqlx::query("DELETE FROM setting WHERE name = $1").bind(name).execute(tx).await?;
    Ok(())
}
