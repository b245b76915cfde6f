//! The `invitation` table.

use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Role;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredInvitation};

pub(super) fn insert_in_tx(tx: &Transaction<'_>, invitation: &StoredInvitation) -> Result<(), StorageError> {
    let StoredInvitation { fingerprint, role, scope, person, expires_ms, redeemed_by } = invitation;
    tx.execute(
        "INSERT INTO invitation (fingerprint, role, scope, person, expires_ms, redeemed_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            fingerprint,
            role.code(),
            scope.to_string(),
            person.map(Uuid::into_bytes),
            to_sql(*expires_ms)?,
            redeemed_by.map(|device| device.0),
        ),
    )?;
    Ok(())
}

pub(super) fn find(db: &Connection, fingerprint: &[u8; 32]) -> Result<Option<StoredInvitation>, StorageError> {
    db.query_row(
        "SELECT fingerprint, role, scope, person, expires_ms, redeemed_by FROM invitation WHERE fingerprint = ?1",
        [fingerprint],
        |row| Ok(from_row(row)),
    )
    .optional()?
    .transpose()
}

/// Whether the invitation was free until now.
pub(super) fn redeem_in_tx(
    tx: &Transaction<'_>,
    fingerprint: &[u8; 32],
    device: DeviceKey,
) -> Result<bool, StorageError> {
    let changed = tx.execute(
        "UPDATE invitation SET redeemed_by = ?2 WHERE fingerprint = ?1 AND redeemed_by IS NULL",
        (fingerprint, device.0),
    )?;
    Ok(changed == 1)
}

fn from_row(row: &Row<'_>) -> Result<StoredInvitation, StorageError> {
    let role: Role =
        row.get::<_, String>(1)?.parse().map_err(|_| StorageError::Damaged("the role of an invitation"))?;
    let scope: Scope =
        row.get::<_, String>(2)?.parse().map_err(|_| StorageError::Damaged("the scope of an invitation"))?;
    let person = row.get::<_, Option<Vec<u8>>>(3)?.map(|bytes| bytes_from_sql(&bytes)).transpose()?;
    let redeemed_by = row.get::<_, Option<Vec<u8>>>(5)?.map(|bytes| bytes_from_sql(&bytes)).transpose()?;
    Ok(StoredInvitation {
        fingerprint: bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?,
        role,
        scope,
        person: person.map(Uuid::from_bytes),
        expires_ms: from_sql(row.get(4)?)?,
        redeemed_by: redeemed_by.map(DeviceKey),
    })
}
