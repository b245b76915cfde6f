//! The one row that is the installation: device key, incarnation, clock, enrolment.

use arumbae_mergelog::{ClockQuality, Hlc};
use arumbae_protocol::cbor;
use ed25519_dalek::SigningKey;
use rusqlite::{Connection, Transaction};
use zeroize::Zeroizing;

use crate::error::{Result, StoreError};
use crate::views::{Enrolment, EnrolmentRequest};

pub(crate) struct Installation {
    pub device: SigningKey,
    pub incarnation: u64,
    pub is_copy: bool,
    pub materialised_by: u32,
}

pub(crate) fn insert(tx: &Transaction<'_>, device: &SigningKey, incarnation: u64, materialised_by: u32) -> Result<()> {
    tx.execute(
        "INSERT INTO installation (only, device_secret, incarnation, materialised_by) VALUES (1, ?1, ?2, ?3)",
        (Zeroizing::new(device.to_bytes()).as_slice(), incarnation as i64, materialised_by),
    )?;
    Ok(())
}

pub(crate) fn set_materialised_by(tx: &Transaction<'_>, version: u32) -> Result<()> {
    tx.execute("UPDATE installation SET materialised_by = ?1", [version])?;
    Ok(())
}

pub(crate) fn read(connection: &Connection) -> Result<Installation> {
    Ok(connection.query_row(
        "SELECT device_secret, incarnation, is_copy, materialised_by FROM installation",
        [],
        |row| {
            Ok(Installation {
                device: SigningKey::from_bytes(&Zeroizing::new(row.get(0)?)),
                incarnation: row.get::<_, i64>(1)? as u64,
                is_copy: row.get(2)?,
                materialised_by: row.get(3)?,
            })
        },
    )?)
}

pub(crate) fn set_incarnation(tx: &Transaction<'_>, incarnation: u64) -> Result<()> {
    tx.execute("UPDATE installation SET incarnation = ?1, is_copy = 0", [incarnation as i64])?;
    Ok(())
}

pub(crate) fn mark_as_copy(tx: &Transaction<'_>) -> Result<()> {
    tx.execute("UPDATE installation SET is_copy = 1", [])?;
    Ok(())
}

pub(crate) fn hlc(connection: &Connection) -> Result<Hlc> {
    let hlc: i64 = connection.prepare_cached("SELECT hlc FROM installation")?.query_row([], |row| row.get(0))?;
    Ok(Hlc(hlc as u64))
}

pub(crate) fn set_hlc(tx: &Transaction<'_>, hlc: Hlc) -> Result<()> {
    tx.prepare_cached("UPDATE installation SET hlc = ?1")?.execute([hlc.0 as i64])?;
    Ok(())
}

/// Counts one more occasion at which a lane grew.
pub(crate) fn next_sighting(tx: &Transaction<'_>) -> Result<i64> {
    let mut statement = tx.prepare_cached("UPDATE installation SET sightings = sightings + 1 RETURNING sightings")?;
    Ok(statement.query_row([], |row| row.get(0))?)
}

pub(crate) fn enrolment(connection: &Connection) -> Result<Option<Enrolment>> {
    let json: Option<String> = connection.query_row("SELECT enrolment FROM installation", [], |row| row.get(0))?;
    json.map(|json| serde_json::from_str(&json).map_err(|error| StoreError::undecodable("enrolment", error)))
        .transpose()
}

pub(crate) fn set_enrolment(tx: &Transaction<'_>, enrolment: &Enrolment) -> Result<()> {
    let json = serde_json::to_string(enrolment).map_err(|error| StoreError::undecodable("enrolment", error))?;
    tx.execute("UPDATE installation SET enrolment = ?1, enrolment_request = NULL", [json])?;
    Ok(())
}

/// What a province was asked by stick and has not answered.
pub(crate) fn enrolment_request(connection: &Connection) -> Result<Option<EnrolmentRequest>> {
    let bytes: Option<Vec<u8>> =
        connection.query_row("SELECT enrolment_request FROM installation", [], |row| row.get(0))?;
    let request = bytes.map(|bytes| cbor::from_bytes(&bytes)).transpose();
    request.map_err(|error| StoreError::undecodable("enrolment request", error))
}

pub(crate) fn set_enrolment_request(tx: &Transaction<'_>, request: &EnrolmentRequest) -> Result<()> {
    tx.execute("UPDATE installation SET enrolment_request = ?1", [cbor::to_bytes(request)])?;
    Ok(())
}

/// When the server last answered, and how the clocks compared.
pub(crate) fn contact(connection: &Connection) -> Result<Option<(u64, ClockQuality)>> {
    let (at, offset_ms, uncertainty_ms) = connection.query_row(
        "SELECT last_contact_ms, clock_offset_ms, clock_uncertainty_ms FROM installation",
        [],
        |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i32>>(1)?, row.get::<_, Option<u32>>(2)?)),
    )?;
    let quality =
        ClockQuality { offset_ms: offset_ms.unwrap_or_default(), uncertainty_ms: uncertainty_ms.unwrap_or(u32::MAX) };
    Ok(at.map(|at| (at as u64, quality)))
}

pub(crate) fn set_contact(tx: &Transaction<'_>, now_ms: u64, clock: ClockQuality) -> Result<()> {
    tx.execute(
        "UPDATE installation SET last_contact_ms = ?1, clock_offset_ms = ?2, clock_uncertainty_ms = ?3",
        (now_ms as i64, clock.offset_ms, clock.uncertainty_ms),
    )?;
    Ok(())
}
