//! The tables `snapshot`, `snapshot_part` and `snapshot_content`: what the scopes add up to.

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, SnapshotHash};
use arumbae_protocol::{ScopeCursor, SnapshotNote, cbor};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};

use super::{from_sql, to_sql};
use crate::storage::{KEPT_SNAPSHOTS, NewSnapshot, NewestSnapshot, ScopeGrowth, StorageError, StoredSnapshot};

const COLUMNS: &str = "note, byte_length";

fn read(row: &Row<'_>) -> Result<StoredSnapshot, StorageError> {
    let note = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
    let note: SnapshotNote = cbor::from_bytes(note).map_err(|_| StorageError::Damaged("a snapshot's note"))?;
    Ok(StoredSnapshot { note, byte_length: from_sql(row.get(1)?)? })
}

pub(super) fn find(db: &Connection, hash: SnapshotHash) -> Result<Option<StoredSnapshot>, StorageError> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM snapshot WHERE hash = ?1"))?;
    let mut rows = statement.query([hash.0])?;
    rows.next()?.map(read).transpose()
}

fn newest(db: &Connection, scope: &Scope) -> Result<Option<StoredSnapshot>, StorageError> {
    let mut statement =
        db.prepare_cached(&format!("SELECT {COLUMNS} FROM snapshot WHERE scope = ?1 ORDER BY gsn DESC LIMIT 1"))?;
    let mut rows = statement.query([scope.to_string()])?;
    rows.next()?.map(read).transpose()
}

pub(super) fn growth(db: &Connection, scope: &Scope) -> Result<ScopeGrowth, StorageError> {
    let newest = newest(db, scope)?;
    let after = newest.as_ref().map_or(0, |snapshot| snapshot.note.gsn);
    let (segments, bytes): (i64, i64) = db
        .prepare_cached("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM segment WHERE scope = ?1 AND gsn > ?2")?
        .query_row((scope.to_string(), to_sql(after)?), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(ScopeGrowth { newest, segments: from_sql(segments)?, bytes: from_sql(bytes)? })
}

pub(super) fn newest_for(
    db: &Connection,
    cursors: &[ScopeCursor],
    (device, incarnation): (DeviceKey, u64),
) -> Result<Vec<NewestSnapshot>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT coalesce(sum(length(bytes)), 0) FROM segment JOIN lane USING (lane)
         WHERE segment.scope = ?1 AND gsn > ?2 AND gsn <= ?3 AND NOT (device = ?4 AND incarnation = ?5)",
    )?;
    let mut found = Vec::new();
    for ScopeCursor { scope, gsn } in cursors {
        let Some(snapshot) = newest(db, scope)? else { continue };
        let up_to = snapshot.note.gsn;
        let spared_bytes = if *gsn < up_to {
            let bounds = (scope.to_string(), to_sql(*gsn)?, to_sql(up_to)?, device.0, incarnation.to_be_bytes());
            from_sql(statement.query_row(bounds, |row| row.get(0))?)?
        } else {
            0
        };
        found.push(NewestSnapshot { snapshot, spared_bytes });
    }
    Ok(found)
}

/// A part as it is sent.
pub(super) fn part(db: &Connection, hash: &[u8; 32]) -> Result<Option<Vec<u8>>, StorageError> {
    let mut statement = db.prepare_cached("SELECT bytes FROM snapshot_part WHERE hash = ?1")?;
    Ok(statement.query_row([hash], |row| row.get(0)).optional()?)
}

/// Bytes of a snapshot as it is sent, from an offset on.
pub(super) fn bytes(db: &Connection, hash: SnapshotHash, offset: u64, length: u64) -> Result<Vec<u8>, StorageError> {
    let mut statement = db.prepare_cached(
        "SELECT part, length(bytes) FROM snapshot_content JOIN snapshot_part ON hash = part
         WHERE snapshot = ?1 ORDER BY number",
    )?;
    let mut slice = db.prepare_cached("SELECT substr(bytes, ?2, ?3) FROM snapshot_part WHERE hash = ?1")?;
    let mut rows = statement.query([hash.0])?;
    let mut bytes: Vec<u8> = Vec::new();
    let mut begins = 0;
    while let Some(row) = rows.next()? {
        let part_length = from_sql(row.get(1)?)?;
        let (first, last) = (offset.max(begins), offset.saturating_add(length).min(begins + part_length));
        if first < last {
            let part: [u8; 32] = row.get(0)?;
            // SQLite counts from 1.
            let wanted = (part, to_sql(first - begins + 1)?, to_sql(last - first)?);
            bytes.extend(slice.query_row(wanted, |row| row.get::<_, Vec<u8>>(0))?);
        }
        begins += part_length;
    }
    Ok(bytes)
}

pub(super) fn keep_in_tx(tx: &Transaction<'_>, new: &NewSnapshot) -> Result<(), StorageError> {
    let NewSnapshot { note, parts, fresh } = new;
    for (hash, bytes) in fresh {
        tx.prepare_cached("INSERT INTO snapshot_part (hash, bytes) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING")?
            .execute((hash, bytes))?;
    }
    let scope = note.scope.to_string();
    let inserted = tx.execute(
        "INSERT INTO snapshot (hash, scope, gsn, note, byte_length) VALUES (?1, ?2, ?3, ?4, 0)
         ON CONFLICT DO NOTHING",
        (note.hash.0, &scope, to_sql(note.gsn)?, cbor::to_bytes(note)),
    )?;
    if inserted > 0 {
        for (number, part) in (0_i64..).zip(parts) {
            tx.prepare_cached("INSERT INTO snapshot_content (snapshot, number, part) VALUES (?1, ?2, ?3)")?
                .execute((note.hash.0, number, part))?;
        }
        tx.execute(
            "UPDATE snapshot SET byte_length = (SELECT sum(length(bytes)) FROM snapshot_content
                 JOIN snapshot_part ON snapshot_part.hash = part WHERE snapshot = ?1) WHERE hash = ?1",
            [note.hash.0],
        )?;
        tx.execute(
            "DELETE FROM snapshot WHERE scope = ?1
             AND gsn NOT IN (SELECT gsn FROM snapshot WHERE scope = ?1 ORDER BY gsn DESC LIMIT ?2)",
            (&scope, KEPT_SNAPSHOTS),
        )?;
    }
    tx.execute("DELETE FROM snapshot_part WHERE hash NOT IN (SELECT part FROM snapshot_content)", [])?;
    Ok(())
}
