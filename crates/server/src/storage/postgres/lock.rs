//! Advisory locks: who may do what at the same time, over all servers of a province.
//!
//! They live in PostgreSQL's memory and end with their transaction, also when its server is killed. Several provinces
//! may lie in one database, each in its schema, so the schema is part of every lock's name.

use sqlx::PgConnection;

use crate::storage::{SoleWork, StorageError};

/// What is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    /// The registry must not grow meanwhile; shared.
    RegistryStands,
    /// The registry grows.
    RegistryGrows,
    /// Only one server does this.
    Sole(SoleWork),
}

/// Waits for the lock, and holds it until the transaction ends.
pub(super) async fn take_in_tx(tx: &mut PgConnection, lock: Lock) -> Result<(), StorageError> {
    let statement = match &lock {
        Lock::RegistryStands => {
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(current_schema() || ' ' || $1, 0))"
        }
        Lock::RegistryGrows | Lock::Sole(_) => {
            "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $1, 0))"
        }
    };
    let name = match lock {
        Lock::RegistryStands | Lock::RegistryGrows => "registry".to_owned(),
        Lock::Sole(SoleWork::Founding) => "founding".to_owned(),
        Lock::Sole(SoleWork::Snapshot(scope)) => format!("snapshot {scope}"),
    };
    sqlx::query(statement).bind(name).execute(tx).await?;
    Ok(())
}
