//! Fields that name another record: what was made from what.

use std::collections::BTreeSet;

use arumbae_domain::schema::RecordId;
use rusqlite::{Connection, Transaction};

use super::record::id;
use crate::error::Result;

pub(crate) fn replace(tx: &Transaction<'_>, record: RecordId, targets: &BTreeSet<RecordId>) -> Result<()> {
    tx.prepare_cached("DELETE FROM reference WHERE record = ?1")?.execute([record.0.as_bytes()])?;
    for target in targets {
        tx.prepare_cached("INSERT INTO reference (record, target) VALUES (?1, ?2)")?
            .execute((record.0.as_bytes(), target.0.as_bytes()))?;
    }
    Ok(())
}

/// The roots that name a record, themselves or in a part, the latest change first.
pub(crate) fn roots(connection: &Connection, target: RecordId) -> Result<Vec<RecordId>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT t.id, t.tree_changed_ms FROM reference f JOIN record r ON r.id = f.record
         JOIN record t ON t.rid = r.root WHERE f.target = ?1 AND t.id <> ?1 AND t.deleted = 0
         ORDER BY t.tree_changed_ms DESC, t.id DESC",
    )?;
    let rows = statement.query_map([target.0.as_bytes()], |row| id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
