//! How far colleagues' devices had each lane, as they last said on a stick.

use arumbae_mergelog::{DeviceKey, LaneId};
use arumbae_protocol::cbor;
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::{Result, StoreError};

pub(crate) fn vector(connection: &Connection, device: DeviceKey) -> Result<Vec<(LaneId, u64)>> {
    let mut statement = connection.prepare_cached("SELECT vector FROM colleague WHERE device = ?1")?;
    let bytes: Option<Vec<u8>> = statement.query_row([device.0], |row| row.get(0)).optional()?;
    let Some(bytes) = bytes else { return Ok(Vec::new()) };
    let vector: Vec<([u8; 16], u64)> =
        cbor::from_bytes(&bytes).map_err(|error| StoreError::undecodable("colleague", error))?;
    Ok(vector.into_iter().map(|(lane, last)| (LaneId(lane), last)).collect())
}

/// Keeps what was said last; sticks may come in another order than they were packed in.
pub(crate) fn put(tx: &Transaction<'_>, device: DeviceKey, packed_ms: u64, vector: &[(LaneId, u64)]) -> Result<()> {
    let vector: Vec<([u8; 16], u64)> = vector.iter().map(|(lane, last)| (lane.0, *last)).collect();
    tx.execute(
        "INSERT INTO colleague (device, packed_ms, vector) VALUES (?1, ?2, ?3)
         ON CONFLICT (device) DO UPDATE SET packed_ms = excluded.packed_ms, vector = excluded.vector
         WHERE excluded.packed_ms >= packed_ms",
        (device.0, packed_ms as i64, cbor::to_bytes(&vector)),
    )?;
    Ok(())
}
