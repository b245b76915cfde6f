//! Own saves that are not sealed yet, as canonical bytes.

use arumbae_mergelog::{Save, leaf};
use rusqlite::{Connection, Transaction};

use crate::error::{Result, StoreError};

pub(crate) fn insert(tx: &Transaction<'_>, lane: i64, save: &Save) -> Result<()> {
    tx.prepare_cached("INSERT INTO pending_save (lane, seq, bytes) VALUES (?1, ?2, ?3)")?.execute((
        lane,
        save.seq as i64,
        leaf::encode(save),
    ))?;
    Ok(())
}

/// The lane's unsealed saves in order, each with the length of its bytes.
pub(crate) fn list(connection: &Connection, lane: i64) -> Result<Vec<(Save, usize)>> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM pending_save WHERE lane = ?1 ORDER BY seq")?;
    let rows = statement.query_map([lane], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| {
        let bytes = bytes?;
        Ok((leaf::decode(&bytes).map_err(|error| StoreError::undecodable("unsealed save", error))?, bytes.len()))
    })
    .collect()
}

/// Whether the lane has unsealed saves.
pub(crate) fn any(connection: &Connection, lane: i64) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM pending_save WHERE lane = ?1)")?;
    Ok(statement.query_row([lane], |row| row.get(0))?)
}

/// How many unsealed saves there are, and their bytes.
pub(crate) fn totals(connection: &Connection) -> Result<(u64, u64)> {
    let mut statement =
        connection.prepare_cached("SELECT count(*), coalesce(sum(length(bytes)), 0) FROM pending_save")?;
    Ok(statement.query_row([], |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)))?)
}

pub(crate) fn remove_up_to(tx: &Transaction<'_>, lane: i64, last_seq: u64) -> Result<()> {
    tx.execute("DELETE FROM pending_save WHERE lane = ?1 AND seq <= ?2", (lane, last_seq as i64))?;
    Ok(())
}
