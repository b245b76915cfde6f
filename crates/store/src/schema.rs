//! The migrations, append-only: a released one is never edited, the next one changes what it made.

use rusqlite::Connection;
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};

use crate::error::{Result, StoreError};

const STEPS: &[M<'static>] = &[
    M::up(include_str!("../migrations/0001_log_and_records.sql")),
    M::up(include_str!("../migrations/0002_records_whole.sql")),
    M::up(include_str!("../migrations/0003_snapshots.sql")),
    M::up(include_str!("../migrations/0004_words_apart_from_the_merge.sql")),
    M::up(include_str!("../migrations/0005_seen_and_settled.sql")),
    M::up(include_str!("../migrations/0006_segments_by_number.sql")),
    M::up(include_str!("../migrations/0007_couriers.sql")),
    M::up(include_str!("../migrations/0008_data_plan.sql")),
    M::up(include_str!("../migrations/0009_pairings.sql")),
    M::up(include_str!("../migrations/0010_deleted_records.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// The schema this program writes.
pub(crate) const CURRENT: u32 = STEPS.len() as u32;

/// The schema a database has.
pub(crate) fn found(connection: &Connection) -> Result<u32> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Refuses a database that a later version has written, before anything is changed in it.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<()> {
    let found = found(connection)?;
    if found > CURRENT { Err(StoreError::NewerSchema { found, known: CURRENT }) } else { Ok(()) }
}

/// Brings the schema up to date; each step is one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<()> {
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        MigrationError::RusqliteError { err, .. } => err.into(),
        MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
            StoreError::NewerSchema { found: CURRENT + 1, known: CURRENT }
        }
        other => StoreError::undecodable("schema", other),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_migrations_run_on_an_empty_database() {
        super::MIGRATIONS.validate().expect("every migration is valid SQL");
    }
}
