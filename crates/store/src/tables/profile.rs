//! The people with a key slot, under every identity they had: saves stay signed with the one they were made under.

use rusqlite::{Connection, OptionalExtension, Transaction};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::views::Profile;

fn decode(json: String) -> Result<Profile> {
    serde_json::from_str(&json).map_err(|error| StoreError::undecodable("profile", error))
}

/// Makes this the user's current identity; an earlier one stays.
pub(crate) fn insert_current(tx: &Transaction<'_>, slot: Uuid, profile: &Profile) -> Result<()> {
    let json = serde_json::to_string(profile).map_err(|error| StoreError::undecodable("profile", error))?;
    tx.execute("UPDATE profile SET current = 0 WHERE slot = ?1", [slot.as_bytes()])?;
    tx.execute(
        "INSERT INTO profile (slot, person, current, content) VALUES (?1, ?2, 1, ?3)
         ON CONFLICT (slot, person) DO UPDATE SET current = 1, content = excluded.content",
        (slot.as_bytes(), profile.person_id.as_bytes(), json),
    )?;
    Ok(())
}

pub(crate) fn current(connection: &Connection, slot: Uuid) -> Result<Profile> {
    let json = connection
        .query_row("SELECT content FROM profile WHERE slot = ?1 AND current = 1", [slot.as_bytes()], |row| row.get(0))
        .optional()?;
    decode(json.ok_or_else(StoreError::damaged)?)
}

pub(crate) fn slot_of(connection: &Connection, person: Uuid) -> Result<Option<Uuid>> {
    let slot: Option<[u8; 16]> = connection
        .query_row("SELECT slot FROM profile WHERE person = ?1 AND current = 1", [person.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(slot.map(Uuid::from_bytes))
}

/// Somebody here as they were under this identity.
pub(crate) fn of_person(connection: &Connection, person: Uuid) -> Result<Option<Profile>> {
    let json: Option<String> = connection
        .prepare_cached("SELECT content FROM profile WHERE person = ?1 ORDER BY current DESC")?
        .query_row([person.as_bytes()], |row| row.get(0))
        .optional()?;
    json.map(decode).transpose()
}
