//! Colleagues' devices that this one was paired with.

use std::net::SocketAddr;

use arumbae_mergelog::DeviceKey;
use rusqlite::{Connection, Row, Transaction};

use crate::error::Result;
use crate::pairings::{PairedDevice, PairedExchange};

/// Pairing again keeps what is known of the last exchange.
pub(crate) fn insert(tx: &Transaction<'_>, device: DeviceKey, address: SocketAddr, now_ms: u64) -> Result<()> {
    tx.execute(
        "INSERT INTO pairing (device, address, paired_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (device) DO UPDATE SET address = excluded.address, paired_ms = excluded.paired_ms",
        (device.0, address.to_string(), now_ms as i64),
    )?;
    Ok(())
}

pub(crate) fn remove(tx: &Transaction<'_>, device: DeviceKey) -> Result<()> {
    tx.execute("DELETE FROM pairing WHERE device = ?1", [device.0])?;
    Ok(())
}

pub(crate) fn set_exchange(
    tx: &Transaction<'_>,
    device: DeviceKey,
    address: SocketAddr,
    exchange: &PairedExchange,
) -> Result<()> {
    let PairedExchange { at_ms, given_saves, given_segments, received_saves, attachments, conflicts } = *exchange;
    tx.execute(
        "UPDATE pairing SET exchanged_ms = ?2, given_saves = ?3, given_segments = ?4, received_saves = ?5,
             attachments = ?6, conflicts = ?7, address = ?8
         WHERE device = ?1",
        (
            device.0,
            at_ms as i64,
            given_saves as i64,
            given_segments as i64,
            received_saves as i64,
            attachments as i64,
            conflicts as i64,
            address.to_string(),
        ),
    )?;
    Ok(())
}

pub(crate) fn all(connection: &Connection) -> Result<Vec<PairedDevice>> {
    let mut statement = connection.prepare_cached(
        "SELECT device, paired_ms, exchanged_ms, given_saves, given_segments, received_saves, attachments, conflicts,
                address
         FROM pairing ORDER BY device",
    )?;
    Ok(statement.query_map([], paired)?.collect::<rusqlite::Result<_>>()?)
}

fn paired(row: &Row<'_>) -> rusqlite::Result<PairedDevice> {
    let count = |column| row.get::<_, i64>(column).map(|count| count as u64);
    let exchange = row.get::<_, Option<i64>>(2)?.map(|at_ms| {
        Ok::<_, rusqlite::Error>(PairedExchange {
            at_ms: at_ms as u64,
            given_saves: count(3)?,
            given_segments: count(4)?,
            received_saves: count(5)?,
            attachments: count(6)?,
            conflicts: count(7)?,
        })
    });
    Ok(PairedDevice {
        device: DeviceKey(row.get(0)?),
        paired_ms: count(1)?,
        // Only a hint: where it cannot be read it is asked for.
        address: row.get::<_, Option<String>>(8)?.and_then(|address| address.parse().ok()),
        last_exchange: exchange.transpose()?,
    })
}
