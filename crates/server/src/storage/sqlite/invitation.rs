//! The `invitation` table.

use arumbae_domain::Scope;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::Role;
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredCode, StoredInvitation};

const COLUMNS: &str = "fingerprint, role, scope, person, expires_ms, redeemed_by, made_ms, revoked_ms, code_number,
    code_salt, server_url, tries, tried_ms";

/// Whether it was kept: not if another one that can still be redeemed has the number of its code.
pub(super) fn insert_in_tx(tx: &Transaction<'_>, invitation: &StoredInvitation) -> Result<bool, StorageError> {
    let StoredInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code } =
        invitation;
    if let Some(StoredCode { number, .. }) = code
        && find_by_code(tx, *number, *made_ms)?.is_some()
    {
        return Ok(false);
    }
    let code = code.as_ref();
    tx.execute(
        &format!("INSERT INTO invitation ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"),
        (
            fingerprint,
            role.code(),
            scope.to_string(),
            person.map(Uuid::into_bytes),
            to_sql(*expires_ms)?,
            redeemed_by.map(|device| device.0),
            to_sql(*made_ms)?,
            revoked_ms.map(to_sql).transpose()?,
            code.map(|code| code.number),
            code.map(|code| code.salt),
            code.map(|code| code.server_url.as_str()),
            code.map_or(0, |code| code.tries),
            to_sql(code.map_or(0, |code| code.tried_ms))?,
        ),
    )?;
    Ok(true)
}

pub(super) fn find(db: &Connection, fingerprint: &[u8; 32]) -> Result<Option<StoredInvitation>, StorageError> {
    db.query_row(&format!("SELECT {COLUMNS} FROM invitation WHERE fingerprint = ?1"), [fingerprint], |row| {
        Ok(from_row(row))
    })
    .optional()?
    .transpose()
}

pub(super) fn list(db: &Connection) -> Result<Vec<StoredInvitation>, StorageError> {
    let mut statement = db.prepare(&format!("SELECT {COLUMNS} FROM invitation ORDER BY made_ms, fingerprint"))?;
    let mut rows = statement.query([])?;
    let mut invitations = Vec::new();
    while let Some(row) = rows.next()? {
        invitations.push(from_row(row)?);
    }
    Ok(invitations)
}

/// The invitation with a code, unless it is over. A redeemed one is found: who redeemed it may ask again.
pub(super) fn find_by_code(
    db: &Connection,
    number: u16,
    now_ms: u64,
) -> Result<Option<StoredInvitation>, StorageError> {
    let sql =
        format!("SELECT {COLUMNS} FROM invitation WHERE code_number = ?1 AND expires_ms >= ?2 AND revoked_ms IS NULL");
    db.query_row(&sql, (number, to_sql(now_ms)?), |row| Ok(from_row(row))).optional()?.transpose()
}

/// Whether there were just so many tries until now.
pub(super) fn count_try_in_tx(
    tx: &Transaction<'_>,
    fingerprint: &[u8; 32],
    tries: u32,
    now_ms: u64,
) -> Result<bool, StorageError> {
    let changed = tx.execute(
        "UPDATE invitation SET tries = tries + 1, tried_ms = ?3 WHERE fingerprint = ?1 AND tries = ?2",
        (fingerprint, tries, to_sql(now_ms)?),
    )?;
    Ok(changed == 1)
}

/// Whether the invitation was free until now.
pub(super) fn redeem_in_tx(
    tx: &Transaction<'_>,
    fingerprint: &[u8; 32],
    device: DeviceKey,
) -> Result<bool, StorageError> {
    let changed = tx.execute(
        "UPDATE invitation SET redeemed_by = ?2
         WHERE fingerprint = ?1 AND redeemed_by IS NULL AND revoked_ms IS NULL",
        (fingerprint, device.0),
    )?;
    Ok(changed == 1)
}

/// Whether the invitation was open until now.
pub(super) fn revoke_in_tx(tx: &Transaction<'_>, fingerprint: &[u8; 32], at_ms: u64) -> Result<bool, StorageError> {
    let changed = tx.execute(
        "UPDATE invitation SET revoked_ms = ?2
         WHERE fingerprint = ?1 AND redeemed_by IS NULL AND revoked_ms IS NULL",
        (fingerprint, to_sql(at_ms)?),
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
    let code = match row.get::<_, Option<u16>>(8)? {
        None => None,
        Some(number) => Some(StoredCode {
            number,
            salt: bytes_from_sql(&row.get::<_, Vec<u8>>(9)?)?,
            server_url: row.get(10)?,
            tries: row.get(11)?,
            tried_ms: from_sql(row.get(12)?)?,
        }),
    };
    Ok(StoredInvitation {
        fingerprint: bytes_from_sql(&row.get::<_, Vec<u8>>(0)?)?,
        role,
        scope,
        person: person.map(Uuid::from_bytes),
        expires_ms: from_sql(row.get(4)?)?,
        made_ms: from_sql(row.get(6)?)?,
        redeemed_by: redeemed_by.map(DeviceKey),
        revoked_ms: row.get::<_, Option<i64>>(7)?.map(from_sql).transpose()?,
        code,
    })
}
