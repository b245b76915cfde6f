//! Receipts, as the server signed them: the proof that it holds a segment.

use arumbae_mergelog::{DeviceKey, SegmentHash};
use arumbae_protocol::{Receipt, cbor};
use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::error::{Result, StoreError};

/// Returns whether the receipt is new. One that a restored server gives anew takes the place of the lost one's.
pub(crate) fn insert(tx: &Transaction<'_>, receipt: &Receipt) -> Result<bool> {
    let inserted = tx
        .prepare_cached(
            "INSERT INTO receipt (hash, gsn, received_ms, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (hash) DO UPDATE
             SET gsn = excluded.gsn, received_ms = excluded.received_ms, bytes = excluded.bytes
             WHERE bytes <> excluded.bytes",
        )?
        .execute((receipt.hash.0, receipt.gsn as i64, receipt.received_ms as i64, cbor::to_bytes(receipt)))?;
    Ok(inserted > 0)
}

/// The receipt of a segment.
pub(crate) fn find(connection: &Connection, hash: SegmentHash) -> Result<Option<Receipt>> {
    let mut statement = connection.prepare_cached("SELECT bytes FROM receipt WHERE hash = ?1")?;
    let bytes: Option<Vec<u8>> = statement.query_row([hash.0], |row| row.get(0)).optional()?;
    let receipt = bytes.map(|bytes| cbor::from_bytes(&bytes)).transpose();
    receipt.map_err(|error| StoreError::undecodable("receipt", error))
}

/// The receipts for what a device wrote, oldest first.
pub(crate) fn of_device(connection: &Connection, device: DeviceKey) -> Result<Vec<Receipt>> {
    let mut statement = connection.prepare_cached(
        "SELECT r.bytes FROM receipt r JOIN segment s ON s.hash = r.hash JOIN lane l ON l.rid = s.lane
         WHERE l.device = ?1 ORDER BY l.rid, s.first_seq",
    )?;
    let rows = statement.query_map([device.0], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| cbor::from_bytes(&bytes?).map_err(|error| StoreError::undecodable("receipt", error))).collect()
}

/// The receipts that came last.
pub(crate) fn latest(connection: &Connection, limit: usize) -> Result<Vec<Receipt>> {
    let mut statement =
        connection.prepare_cached("SELECT bytes FROM receipt ORDER BY received_ms DESC, gsn DESC LIMIT ?1")?;
    let rows = statement.query_map([limit as i64], |row| row.get::<_, Vec<u8>>(0))?;
    rows.map(|bytes| cbor::from_bytes(&bytes?).map_err(|error| StoreError::undecodable("receipt", error))).collect()
}
