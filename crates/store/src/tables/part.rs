//! Which records are parts of which: the lists' elements, removed ones included for as long as they may come back.

use std::collections::BTreeMap;

use arumbae_domain::schema::{FieldNo, RecordId};
use rusqlite::{Connection, Transaction};

use super::record::id;
use crate::error::Result;

/// The lists of a record: each element with whether it was removed.
pub(crate) type Parts = BTreeMap<(FieldNo, RecordId), bool>;

pub(crate) fn of(connection: &Connection, parent: RecordId) -> Result<Parts> {
    let mut statement = connection.prepare_cached("SELECT list, child, removed FROM part WHERE parent = ?1")?;
    let rows =
        statement.query_map([parent.0.as_bytes()], |row| Ok(((FieldNo(row.get(0)?), id(row, 1)?), row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Makes the lists of a record what `parts` says and returns the children for which anything changed.
pub(crate) fn replace(tx: &Transaction<'_>, parent: RecordId, parts: &Parts) -> Result<Vec<RecordId>> {
    let before = of(tx, parent)?;
    let mut changed = Vec::new();
    for (list, child) in before.keys().filter(|place| !parts.contains_key(place)) {
        tx.prepare_cached("DELETE FROM part WHERE parent = ?1 AND list = ?2 AND child = ?3")?.execute((
            parent.0.as_bytes(),
            list.0,
            child.0.as_bytes(),
        ))?;
        changed.push(*child);
    }
    let mut insert = tx.prepare_cached(
        "INSERT INTO part (parent, list, child, removed) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (parent, list, child) DO UPDATE SET removed = excluded.removed",
    )?;
    for (place @ (list, child), removed) in parts {
        if before.get(place) != Some(removed) {
            insert.execute((parent.0.as_bytes(), list.0, child.0.as_bytes(), removed))?;
            changed.push(*child);
        }
    }
    Ok(changed)
}

/// The records on whose lists a record stands: not removed, or removed by someone who had not seen its last edit.
pub(crate) fn parents(connection: &Connection, child: RecordId) -> Result<Vec<RecordId>> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT p.parent FROM part p JOIN record c ON c.id = p.child
         WHERE p.child = ?1 AND c.deleted = 0 AND (p.removed = 0 OR c.revived = 1) ORDER BY p.parent",
    )?;
    let rows = statement.query_map([child.0.as_bytes()], |row| id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn children(connection: &Connection, parent: RecordId) -> Result<Vec<RecordId>> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT child FROM part WHERE parent = ?1 ORDER BY child")?;
    let rows = statement.query_map([parent.0.as_bytes()], |row| id(row, 0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
