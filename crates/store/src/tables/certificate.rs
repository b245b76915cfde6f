//! Certificates of the users' document-signing keys.

use rusqlite::{Connection, Transaction};
use uuid::Uuid;

use crate::error::Result;
use crate::views::HeldCertificate;

pub(crate) fn insert(tx: &Transaction<'_>, person: Uuid, der: &[u8], issuer_der: &[u8], now_ms: u64) -> Result<()> {
    tx.execute(
        "INSERT OR IGNORE INTO certificate (person, der, issuer_der, added_ms) VALUES (?1, ?2, ?3, ?4)",
        (person.as_bytes(), der, issuer_der, now_ms as i64),
    )?;
    Ok(())
}

pub(crate) fn list_of(connection: &Connection, person: Uuid) -> Result<Vec<HeldCertificate>> {
    let mut rows =
        connection.prepare_cached("SELECT der, issuer_der FROM certificate WHERE person = ?1 ORDER BY rid DESC")?;
    let rows = rows.query_map([person.as_bytes()], |row| {
        Ok(HeldCertificate { person_id: person, der: row.get(0)?, issuer_der: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
