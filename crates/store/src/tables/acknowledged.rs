//! What each lane's author is known to have read of the others.

use std::collections::BTreeMap;

use arumbae_mergelog::LaneId;
use rusqlite::{Connection, Transaction};

use crate::error::Result;

/// By author's lane and other lane, the last save of the other that the author had read.
pub(crate) type Acknowledged = BTreeMap<(i64, LaneId), u64>;

pub(crate) fn all(connection: &Connection) -> Result<Acknowledged> {
    let mut statement = connection.prepare_cached("SELECT lane, other, seq FROM acknowledged")?;
    let rows = statement.query_map([], |row| Ok(((row.get(0)?, LaneId(row.get(1)?)), row.get::<_, i64>(2)? as u64)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn raise(tx: &Transaction<'_>, acknowledged: &Acknowledged) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO acknowledged (lane, other, seq) VALUES (?1, ?2, ?3)
         ON CONFLICT (lane, other) DO UPDATE SET seq = max(seq, excluded.seq)",
    )?;
    for ((lane, other), seq) in acknowledged {
        statement.execute((lane, other.0, *seq as i64))?;
    }
    Ok(())
}
