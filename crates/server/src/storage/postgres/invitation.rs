//! The `invitation` table.

use arumbae_mergelog::DeviceKey;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{StorageError, StoredCode, StoredInvitation};

const COLUMNS: &str = "fingerprint, role, scope, person, expires_ms, redeemed_by, made_ms, revoked_ms, code_number,
    code_salt, server_url, tries, tried_ms";

/// Whether it was kept: not if another one that can still be redeemed has the number of its code. The lock on the
/// registry is held, so nobody else takes the number meanwhile.
pub(super) async fn insert_in_tx(tx: &mut PgConnection, invitation: &StoredInvitation) -> Result<bool, StorageError> {
    let StoredInvitation { fingerprint, role, scope, person, expires_ms, made_ms, redeemed_by, revoked_ms, code } =
        invitation;
    if let Some(StoredCode { number, .. }) = code
        && find_by_code(&mut *tx, *number, *made_ms).await?.is_some()
    {
        return Ok(false);
    }
    let code = code.as_ref();
    let sql =
        format!("INSERT INTO invitation ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
    sqlx::query(AssertSqlSafe(sql))
        .bind(&fingerprint[..])
        .bind(role.code())
        .bind(scope.to_string())
        .bind(person.map(|person| person.into_bytes().to_vec()))
        .bind(to_sql(*expires_ms)?)
        .bind(redeemed_by.map(|device| device.0.to_vec()))
        .bind(to_sql(*made_ms)?)
        .bind(revoked_ms.map(to_sql).transpose()?)
        .bind(code.map(|code| i32::from(code.number)))
        .bind(code.map(|code| code.salt.to_vec()))
        .bind(code.map(|code| code.server_url.clone()))
        .bind(code.map_or(0, |code| i64::from(code.tries)))
        .bind(to_sql(code.map_or(0, |code| code.tried_ms))?)
        .execute(tx)
        .await?;
    Ok(true)
}

pub(super) async fn find(
    db: &mut PgConnection,
    fingerprint: &[u8; 32],
) -> Result<Option<StoredInvitation>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM invitation WHERE fingerprint = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(&fingerprint[..]).fetch_optional(db).await?;
    row.as_ref().map(from_row).transpose()
}

pub(super) async fn list(db: &mut PgConnection) -> Result<Vec<StoredInvitation>, StorageError> {
    let sql = format!("SELECT {COLUMNS} FROM invitation ORDER BY made_ms, fingerprint");
    sqlx::query(AssertSqlSafe(sql)).fetch_all(db).await?.iter().map(from_row).collect()
}

/// The invitation with a code, unless it is over. A redeemed one is found: who redeemed it may ask again.
pub(super) async fn find_by_code(
    db: &mut PgConnection,
    number: u16,
    now_ms: u64,
) -> Result<Option<StoredInvitation>, StorageError> {
    let sql =
        format!("SELECT {COLUMNS} FROM invitation WHERE code_number = $1 AND expires_ms >= $2 AND revoked_ms IS NULL");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(i32::from(number)).bind(to_sql(now_ms)?).fetch_optional(db).await?;
    row.as_ref().map(from_row).transpose()
}

/// Whether there were just so many tries until now.
pub(super) async fn count_try(
    db: &mut PgConnection,
    fingerprint: &[u8; 32],
    tries: u32,
    now_ms: u64,
) -> Result<bool, StorageError> {
    let changed =
        sqlx::query("UPDATE invitation SET tries = tries + 1, tried_ms = $3 WHERE fingerprint = $1 AND tries = $2")
            .bind(&fingerprint[..])
            .bind(i64::from(tries))
            .bind(to_sql(now_ms)?)
            .execute(db)
            .await?;
    Ok(changed.rows_affected() == 1)
}

/// Whether the invitation was free until now.
pub(super) async fn redeem_in_tx(
    tx: &mut PgConnection,
    fingerprint: &[u8; 32],
    device: DeviceKey,
) -> Result<bool, StorageError> {
    let changed = sqlx::query(
        "UPDATE invitation SET redeemed_by = $2
         WHERE fingerprint = $1 AND redeemed_by IS NULL AND revoked_ms IS NULL",
    )
    .bind(&fingerprint[..])
    .bind(&device.0[..])
    .execute(tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// Whether the invitation was open until now.
pub(super) async fn revoke_in_tx(
    tx: &mut PgConnection,
    fingerprint: &[u8; 32],
    at_ms: u64,
) -> Result<bool, StorageError> {
    let changed = sqlx::query(
        "UPDATE invitation SET revoked_ms = $2
         WHERE fingerprint = $1 AND redeemed_by IS NULL AND revoked_ms IS NULL",
    )
    .bind(&fingerprint[..])
    .bind(to_sql(at_ms)?)
    .execute(tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

fn from_row(row: &PgRow) -> Result<StoredInvitation, StorageError> {
    let role: &str = row.try_get(1)?;
    let scope: &str = row.try_get(2)?;
    let person = row.try_get::<Option<&[u8]>, _>(3)?.map(bytes_from_sql).transpose()?;
    let redeemed_by = row.try_get::<Option<&[u8]>, _>(5)?.map(bytes_from_sql).transpose()?;
    let damaged = |_| StorageError::Damaged("the code of an invitation");
    let code = match row.try_get::<Option<i32>, _>(8)? {
        None => None,
        Some(number) => Some(StoredCode {
            number: u16::try_from(number).map_err(damaged)?,
            salt: bytes_from_sql(row.try_get(9)?)?,
            server_url: row.try_get(10)?,
            tries: u32::try_from(row.try_get::<i64, _>(11)?).map_err(damaged)?,
            tried_ms: from_sql(row.try_get(12)?)?,
        }),
    };
    Ok(StoredInvitation {
        fingerprint: bytes_from_sql(row.try_get(0)?)?,
        role: role.parse().map_err(|_| StorageError::Damaged("the role of an invitation"))?,
        scope: scope.parse().map_err(|_| StorageError::Damaged("the scope of an invitation"))?,
        person: person.map(Uuid::from_bytes),
        expires_ms: from_sql(row.try_get(4)?)?,
        made_ms: from_sql(row.try_get(6)?)?,
        redeemed_by: redeemed_by.map(DeviceKey),
        revoked_ms: row.try_get::<Option<i64>, _>(7)?.map(from_sql).transpose()?,
        code,
    })
}
