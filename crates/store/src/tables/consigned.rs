//! What couriers were given for the province, until its receipt is here.

use arumbae_domain::schema::BlobHash;
use rusqlite::{Connection, Transaction};

use crate::error::Result;
use crate::views::Consigned;

/// A lane was given up to a save. The time stays that of what was given first and still has no receipt.
pub(crate) fn give_lane(tx: &Transaction<'_>, lane: i64, last_seq: u64, now_ms: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO consigned_lane (lane, last_seq, since_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (lane) DO UPDATE SET
             since_ms = iif((SELECT receipted_seq FROM lane WHERE rid = ?1) >= last_seq, excluded.since_ms, since_ms),
             last_seq = max(last_seq, excluded.last_seq)",
        (lane, last_seq as i64, now_ms as i64),
    )?;
    Ok(())
}

pub(crate) fn give_blob(tx: &Transaction<'_>, hash: BlobHash, now_ms: u64) -> Result<()> {
    tx.execute("INSERT OR IGNORE INTO consigned_blob (hash, since_ms) VALUES (?1, ?2)", (hash.0, now_ms as i64))?;
    Ok(())
}

/// What is on its way. Lanes end earlier than was given where a new incarnation took the rest over.
pub(crate) fn totals(connection: &Connection) -> Result<Consigned> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(s.count), 0), min(c.since_ms) FROM consigned_lane c
         JOIN lane l ON l.rid = c.lane JOIN segment s ON s.lane = l.rid
         WHERE l.own = 1 AND s.gsn IS NULL AND s.first_seq <= c.last_seq",
    )?;
    let total = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, Option<i64>>(1)?));
    let (saves, saves_since) = statement.query_row([], total)?;
    let mut statement = connection.prepare_cached(
        "SELECT count(*), min(c.since_ms) FROM consigned_blob c JOIN blob b ON b.hash = c.hash WHERE b.sent_ms IS NULL",
    )?;
    let (blobs, blobs_since) = statement.query_row([], total)?;
    let since_ms = [saves_since, blobs_since].into_iter().flatten().min().map(|ms| ms as u64);
    Ok(Consigned { saves, blobs, since_ms })
}
