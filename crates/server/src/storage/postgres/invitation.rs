//! The `invitation` table.

use arumbae_mergelog::DeviceKey;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredInvitation};

pub(super) async fn insert_in_tx(tx: &mut PgConnection, invitation: &StoredInvitation) -> Result<(), StorageError> {
    let StoredInvitation { fingerprint, role, scope, person, expires_ms, redeemed_by } = invitation;
    sqlx::query(
        "INSERT INTO invitation (fingerprint, role, scope, person, expires_ms, redeemed_by)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&fingerprint[..])
    .bind(role.code())
    .bind(scope.to_string())
    .bind(person.map(|person| person.into_bytes().to_vec()))
    .bind(to_sql(*expires_ms)?)
    .bind(redeemed_by.map(|device| device.0.to_vec()))
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn find(
    db: &mut PgConnection,
    fingerprint: &[u8; 32],
) -> Result<Option<StoredInvitation>, StorageError> {
    let row = sqlx::query("SELECT role, scope, person, expires_ms, redeemed_by FROM invitation WHERE fingerprint = $1")
        .bind(&fingerprint[..])
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let role: &str = row.try_get(0)?;
    let scope: &str = row.try_get(1)?;
    let person = row.try_get::<Option<&[u8]>, _>(2)?.map(bytes_from_sql).transpose()?;
    let redeemed_by = row.try_get::<Option<&[u8]>, _>(4)?.map(bytes_from_sql).transpose()?;
    Ok(Some(StoredInvitation {
        fingerprint: *fingerprint,
        role: role.parse().map_err(|_| StorageError::Damaged("the role of an invitation"))?,
        scope: scope.parse().map_err(|_| StorageError::Damaged("the scope of an invitation"))?,
        person: person.map(Uuid::from_bytes),
        expires_ms: from_sql(row.try_get(3)?)?,
        redeemed_by: redeemed_by.map(DeviceKey),
    }))
}

/// Whether the invitation was free until now.
pub(super) async fn redeem_in_tx(
    tx: &mut PgConnection,
    fingerprint: &[u8; 32],
    device: DeviceKey,
) -> Result<bool, StorageError> {
    let changed = sqlx::query("UPDATE invitation SET redeemed_by = $2 WHERE fingerprint = $1 AND redeemed_by IS NULL")
        .bind(&fingerprint[..])
        .bind(&device.0[..])
        .execute(tx)
        .await?;
    Ok(changed.rows_affected() == 1)
}
