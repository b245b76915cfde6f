//! The tables `document`, `document_file` and `document_cursor`: the register of issued documents.

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_protocol::repair::NumberRange;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, to_sql};
use crate::storage::{DocumentsRead, StorageError, StoredDocument, StoredDocumentFile};

pub(super) async fn unread(db: &mut PgConnection) -> Result<Vec<(Scope, NumberRange)>, StorageError> {
    let rows = sqlx::query(
        "SELECT scope, coalesce(document_cursor.gsn, 0), scope_head.gsn FROM scope_head
         LEFT JOIN document_cursor USING (scope) WHERE scope_head.gsn > coalesce(document_cursor.gsn, 0) ORDER BY scope",
    )
    .fetch_all(db)
    .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let scope: &str = row.try_get(0)?;
        let scope = scope.parse().map_err(|_| StorageError::Damaged("the scope of a document"))?;
        Ok((scope, NumberRange { after: from_sql(row.try_get(1)?)?, up_to: from_sql(row.try_get(2)?)? }))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn find(db: &mut PgConnection, records: &[RecordId]) -> Result<Vec<StoredDocument>, StorageError> {
    let records: Vec<&[u8]> = records.iter().map(|record| record.0.as_bytes().as_slice()).collect();
    let rows =
        sqlx::query("SELECT record, scope, author, received_ms, state FROM document WHERE record = ANY($1::bytea[])")
            .bind(records)
            .fetch_all(db)
            .await?;
    let read = |row: &sqlx::postgres::PgRow| {
        let scope: &str = row.try_get(1)?;
        Ok(StoredDocument {
            record: RecordId(uuid_from_sql(row.try_get(0)?)?),
            scope: scope.parse().map_err(|_| StorageError::Damaged("the scope of a document"))?,
            author: uuid_from_sql(row.try_get(2)?)?,
            received_ms: from_sql(row.try_get(3)?)?,
            state: row.try_get(4)?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) async fn find_file(
    db: &mut PgConnection,
    sha256: &[u8; 32],
) -> Result<Option<StoredDocumentFile>, StorageError> {
    let row = sqlx::query(
        "SELECT record, received_ms FROM document_file WHERE sha256 = $1 ORDER BY received_ms, record LIMIT 1",
    )
    .bind(&sha256[..])
    .fetch_optional(db)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(StoredDocumentFile {
        sha256: *sha256,
        record: RecordId(uuid_from_sql(row.try_get(0)?)?),
        received_ms: from_sql(row.try_get(1)?)?,
    }))
}

pub(super) async fn keep_in_tx(tx: &mut PgConnection, read: &DocumentsRead) -> Result<(), StorageError> {
    let DocumentsRead { from, up_to, documents, files } = read;
    let scope = from.scope.to_string();
    sqlx::query("INSERT INTO document_cursor (scope, gsn) VALUES ($1, 0) ON CONFLICT DO NOTHING")
        .bind(&scope)
        .execute(&mut *tx)
        .await?;
    // The row's lock is held to the commit: of two who have read the same stretch one finds that it was kept.
    let moved = sqlx::query("UPDATE document_cursor SET gsn = $3 WHERE scope = $1 AND gsn = $2")
        .bind(&scope)
        .bind(to_sql(from.gsn)?)
        .bind(to_sql(*up_to)?)
        .execute(&mut *tx)
        .await?;
    if moved.rows_affected() == 0 {
        return Ok(());
    }
    for StoredDocument { record, scope, author, received_ms, state } in documents {
        sqlx::query(
            "INSERT INTO document (record, scope, author, received_ms, state) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (record) DO UPDATE SET state = excluded.state",
        )
        .bind(record.0.as_bytes().as_slice())
        .bind(scope.to_string())
        .bind(author.as_bytes().as_slice())
        .bind(to_sql(*received_ms)?)
        .bind(state)
        .execute(&mut *tx)
        .await?;
    }
    for StoredDocumentFile { sha256, record, received_ms } in files {
        sqlx::query(
            "INSERT INTO document_file (sha256, record, received_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(&sha256[..])
        .bind(record.0.as_bytes().as_slice())
        .bind(to_sql(*received_ms)?)
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

fn uuid_from_sql(bytes: &[u8]) -> Result<Uuid, StorageError> {
    Ok(Uuid::from_bytes(bytes_from_sql(bytes)?))
}
