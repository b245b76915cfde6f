//! The tables `snapshot`, `snapshot_part` and `snapshot_content`: what the scopes add up to.

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, SnapshotHash};
use arumbae_protocol::{ScopeCursor, SnapshotNote, cbor};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::{from_sql, to_sql};
use crate::storage::{KEPT_SNAPSHOTS, NewSnapshot, NewestSnapshot, ScopeGrowth, StorageError, StoredSnapshot};

/// Reads the columns `note` and `byte_length`.
fn read(row: &PgRow) -> Result<StoredSnapshot, StorageError> {
    let note: SnapshotNote =
        cbor::from_bytes(row.try_get("note")?).map_err(|_| StorageError::Damaged("a snapshot's note"))?;
    Ok(StoredSnapshot { note, byte_length: from_sql(row.try_get("byte_length")?)? })
}

pub(super) async fn find(db: &mut PgConnection, hash: SnapshotHash) -> Result<Option<StoredSnapshot>, StorageError> {
    let row = sqlx::query("SELECT note, byte_length FROM snapshot WHERE hash = $1")
        .bind(&hash.0[..])
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

async fn newest(db: &mut PgConnection, scope: &Scope) -> Result<Option<StoredSnapshot>, StorageError> {
    let row = sqlx::query("SELECT note, byte_length FROM snapshot WHERE scope = $1 ORDER BY gsn DESC LIMIT 1")
        .bind(scope.to_string())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn growth(db: &mut PgConnection, scope: &Scope) -> Result<ScopeGrowth, StorageError> {
    let newest = newest(db, scope).await?;
    let after = newest.as_ref().map_or(0, |snapshot| snapshot.note.gsn);
    let row = sqlx::query(
        "SELECT count(*), coalesce(sum(octet_length(bytes)), 0)::bigint FROM segment WHERE scope = $1 AND gsn > $2",
    )
    .bind(scope.to_string())
    .bind(to_sql(after)?)
    .fetch_one(db)
    .await?;
    Ok(ScopeGrowth { newest, segments: from_sql(row.try_get(0)?)?, bytes: from_sql(row.try_get(1)?)? })
}

pub(super) async fn newest_for(
    db: &mut PgConnection,
    cursors: &[ScopeCursor],
    (device, incarnation): (DeviceKey, u64),
) -> Result<Vec<NewestSnapshot>, StorageError> {
    let rows = sqlx::query(
        "SELECT note, byte_length, (
             SELECT coalesce(sum(octet_length(bytes)), 0)::bigint FROM segment JOIN lane USING (lane)
             WHERE segment.scope = cursor.scope AND segment.gsn > cursor.gsn AND segment.gsn <= newest.gsn
             AND NOT (device = $3 AND incarnation = $4)
         ) AS spared_bytes
         FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS cursor (scope, gsn, place)
         CROSS JOIN LATERAL (
             SELECT note, byte_length, gsn FROM snapshot WHERE snapshot.scope = cursor.scope ORDER BY gsn DESC LIMIT 1
         ) AS newest
         ORDER BY place",
    )
    .bind(cursors.iter().map(|cursor| cursor.scope.to_string()).collect::<Vec<_>>())
    .bind(cursors.iter().map(|cursor| i64::try_from(cursor.gsn).unwrap_or(i64::MAX)).collect::<Vec<_>>())
    .bind(&device.0[..])
    .bind(&incarnation.to_be_bytes()[..])
    .fetch_all(db)
    .await?;
    let read = |row: &PgRow| {
        Ok(NewestSnapshot { snapshot: read(row)?, spared_bytes: from_sql(row.try_get("spared_bytes")?)? })
    };
    rows.iter().map(read).collect()
}

/// A part as it is sent.
pub(super) async fn part(db: &mut PgConnection, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, StorageError> {
    Ok(sqlx::query_scalar("SELECT bytes FROM snapshot_part WHERE hash = $1").bind(&hash[..]).fetch_optional(db).await?)
}

/// Bytes of a snapshot as it is sent, from an offset on.
pub(super) async fn bytes(
    db: &mut PgConnection,
    hash: SnapshotHash,
    offset: u64,
    length: u64,
) -> Result<Vec<u8>, StorageError> {
    // Each part lies between `ends - length` and `ends`; SQL counts bytes from 1.
    let rows: Vec<Vec<u8>> = sqlx::query_scalar(
        "SELECT substring(bytes FROM (greatest($2 - begins, 0) + 1)::integer
                                FOR (least(ends, $3) - greatest(begins, $2))::integer)
         FROM (
             SELECT number, bytes, sum(octet_length(bytes)) OVER (ORDER BY number) AS ends,
                 sum(octet_length(bytes)) OVER (ORDER BY number) - octet_length(bytes) AS begins
             FROM snapshot_content JOIN snapshot_part ON hash = part WHERE snapshot = $1
         ) AS parts
         WHERE begins < $3 AND ends > $2 ORDER BY number",
    )
    .bind(&hash.0[..])
    .bind(to_sql(offset)?)
    .bind(to_sql(offset.saturating_add(length).min(i64::MAX as u64))?)
    .fetch_all(db)
    .await?;
    Ok(rows.concat())
}

pub(super) async fn keep_in_tx(tx: &mut PgConnection, new: &NewSnapshot) -> Result<(), StorageError> {
    let NewSnapshot { note, parts, fresh } = new;
    for (hash, bytes) in fresh {
        sqlx::query("INSERT INTO snapshot_part (hash, bytes) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING")
            .bind(&hash[..])
            .bind(bytes)
            .execute(&mut *tx)
            .await?;
    }
    let scope = note.scope.to_string();
    let inserted = sqlx::query(
        "INSERT INTO snapshot (hash, scope, gsn, note, byte_length) VALUES ($1, $2, $3, $4, 0) ON CONFLICT DO NOTHING",
    )
    .bind(&note.hash.0[..])
    .bind(&scope)
    .bind(to_sql(note.gsn)?)
    .bind(cbor::to_bytes(note))
    .execute(&mut *tx)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO snapshot_content (snapshot, number, part)
         SELECT $1, place - 1, part FROM unnest($2::bytea[]) WITH ORDINALITY AS parts (part, place)",
    )
    .bind(&note.hash.0[..])
    .bind(parts.iter().map(|part| part.to_vec()).collect::<Vec<_>>())
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "UPDATE snapshot SET byte_length = (SELECT sum(octet_length(bytes)) FROM snapshot_content
             JOIN snapshot_part ON snapshot_part.hash = part WHERE snapshot = $1) WHERE hash = $1",
    )
    .bind(&note.hash.0[..])
    .execute(&mut *tx)
    .await?;
    let spare: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT hash FROM snapshot WHERE scope = $1 ORDER BY gsn DESC OFFSET $2")
            .bind(&scope)
            .bind(i64::from(KEPT_SNAPSHOTS))
            .fetch_all(&mut *tx)
            .await?;
    let their_parts: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT DISTINCT part FROM snapshot_content WHERE snapshot = ANY($1)")
            .bind(&spare)
            .fetch_all(&mut *tx)
            .await?;
    sqlx::query("DELETE FROM snapshot WHERE hash = ANY($1)").bind(&spare).execute(&mut *tx).await?;
    sqlx::query(
        "DELETE FROM snapshot_part WHERE hash = ANY($1)
         AND NOT EXISTS (SELECT FROM snapshot_content WHERE part = hash)",
    )
    .bind(&their_parts)
    .execute(tx)
    .await?;
    Ok(())
}
