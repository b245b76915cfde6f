//! Drafts, per user and key.

use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use uuid::Uuid;

use crate::error::Result;
use crate::views::Draft;

fn read(row: &Row<'_>) -> rusqlite::Result<Draft> {
    Ok(Draft { key: row.get(0)?, content: row.get(1)?, updated_ms: row.get::<_, i64>(2)? as u64 })
}

pub(crate) fn put(tx: &Transaction<'_>, slot: Uuid, draft: &Draft) -> Result<()> {
    tx.prepare_cached("INSERT OR REPLACE INTO draft (slot, key, content, updated_ms) VALUES (?1, ?2, ?3, ?4)")?
        .execute((slot.as_bytes(), &draft.key, &draft.content, draft.updated_ms as i64))?;
    Ok(())
}

pub(crate) fn find(connection: &Connection, slot: Uuid, key: &str) -> Result<Option<Draft>> {
    let mut statement =
        connection.prepare_cached("SELECT key, content, updated_ms FROM draft WHERE slot = ?1 AND key = ?2")?;
    Ok(statement.query_row((slot.as_bytes(), key), read).optional()?)
}

pub(crate) fn all(connection: &Connection, slot: Uuid) -> Result<Vec<Draft>> {
    let mut statement = connection
        .prepare_cached("SELECT key, content, updated_ms FROM draft WHERE slot = ?1 ORDER BY updated_ms DESC, key")?;
    Ok(statement.query_map([slot.as_bytes()], read)?.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn remove(tx: &Transaction<'_>, slot: Uuid, key: &str) -> Result<()> {
    tx.execute("DELETE FROM draft WHERE slot = ?1 AND key = ?2", (slot.as_bytes(), key))?;
    Ok(())
}
