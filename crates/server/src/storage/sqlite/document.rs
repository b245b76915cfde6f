//! The tables `document`, `document_file` and `document_cursor`: the register of issued documents.

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;
use arumbae_protocol::repair::NumberRange;
use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use super::{bytes_from_sql, from_sql, scope_from_sql, to_sql};
use crate::storage::{DocumentsRead, StorageError, StoredDocument, StoredDocumentFile};

pub(super) fn unread(db: &Connection) -> Result<Vec<(Scope, NumberRange)>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT scope, coalesce(document_cursor.gsn, 0), scope_head.gsn FROM scope_head
         LEFT JOIN document_cursor USING (scope) WHERE scope_head.gsn > coalesce(document_cursor.gsn, 0) ORDER BY scope",
    )?;
    let mut rows = statement.query([])?;
    let mut unread = Vec::new();
    while let Some(row) = rows.next()? {
        let range = NumberRange { after: from_sql(row.get(1)?)?, up_to: from_sql(row.get(2)?)? };
        unread.push((scope_from_sql(&row.get::<_, String>(0)?)?, range));
    }
    Ok(unread)
}

fn cursor(db: &Connection, scope: &Scope) -> Result<u64, StorageError> {
    let gsn: Option<i64> = db
        .prepare_cached("SELECT gsn FROM document_cursor WHERE scope = ?1")?
        .query_row([scope.to_string()], |row| row.get(0))
        .optional()?;
    from_sql(gsn.unwrap_or(0))
}

pub(super) fn find(db: &Connection, records: &[RecordId]) -> Result<Vec<StoredDocument>, StorageError> {
    let mut statement =
        db.prepare_cached("SELECT scope, author, received_ms, state FROM document WHERE record = ?1")?;
    let mut found = Vec::new();
    for record in records {
        let mut rows = statement.query([record.0.as_bytes()])?;
        if let Some(row) = rows.next()? {
            found.push(StoredDocument {
                record: *record,
                scope: scope_from_sql(&row.get::<_, String>(0)?)?,
                author: uuid_from_sql(&row.get::<_, Vec<u8>>(1)?)?,
                received_ms: from_sql(row.get(2)?)?,
                state: row.get(3)?,
            });
        }
    }
    Ok(found)
}

pub(super) fn find_file(db: &Connection, sha256: &[u8; 32]) -> Result<Option<StoredDocumentFile>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT record, received_ms FROM document_file WHERE sha256 = ?1 ORDER BY received_ms, record LIMIT 1",
    )?;
    let mut rows = statement.query([sha256])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(StoredDocumentFile {
        sha256: *sha256,
        record: RecordId(uuid_from_sql(&row.get::<_, Vec<u8>>(0)?)?),
        received_ms: from_sql(row.get(1)?)?,
    }))
}

pub(super) fn keep_in_tx(tx: &Transaction<'_>, read: &DocumentsRead) -> Result<(), StorageError> {
    let DocumentsRead { from, up_to, documents, files } = read;
    if cursor(tx, &from.scope)? != from.gsn {
        return Ok(());
    }
    for StoredDocument { record, scope, author, received_ms, state } in documents {
        tx.prepare_cached(
            "INSERT INTO document (record, scope, author, received_ms, state) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (record) DO UPDATE SET state = excluded.state",
        )?
        .execute((record.0.as_bytes(), scope.to_string(), author.as_bytes(), to_sql(*received_ms)?, state))?;
    }
    for StoredDocumentFile { sha256, record, received_ms } in files {
        tx.prepare_cached(
            "INSERT INTO document_file (sha256, record, received_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute((sha256, record.0.as_bytes(), to_sql(*received_ms)?))?;
    }
    tx.prepare_cached(
        "INSERT INTO document_cursor (scope, gsn) VALUES (?1, ?2) ON CONFLICT (scope) DO UPDATE SET gsn = excluded.gsn",
    )?
    .execute((from.scope.to_string(), to_sql(*up_to)?))?;
    Ok(())
}

fn uuid_from_sql(bytes: &[u8]) -> Result<Uuid, StorageError> {
    Ok(Uuid::from_bytes(bytes_from_sql(bytes)?))
}
