//! Upkeep: making the records again from the log, backups, checking, and recovery of a damaged file.

use std::path::{Path, PathBuf};

use rand_core::CryptoRngCore;

use crate::error::Result;
use crate::opening::Store;

/// A hash over every record, conflict and search entry: equal on every device that holds the same log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateFingerprint(pub [u8; 32]);

/// What a recovery saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where the damaged database lies now.
    pub set_aside: PathBuf,
    /// Rows of the log, attachments and drafts that could be read.
    pub rows: u64,
    /// Whether some could not.
    pub incomplete: bool,
}

impl Store {
    /// Makes the records, conflicts and search index again from the log.
    pub fn rebuild_from_log(&mut self) -> Result<()> { unimplemented!() }

    /// The fingerprint of records, conflicts and search index.
    pub fn state_fingerprint(&self) -> Result<StateFingerprint> { unimplemented!() }

    /// Reads every page and checks it; for the settings screen and before a backup.
    ///
    /// # Errors
    /// [`StoreError::Damaged`](crate::StoreError::Damaged).
    pub fn check_integrity(&self) -> Result<()> { unimplemented!() }

    /// Copies the store into a new folder, opens the copy and checks it. The copy is encrypted with the same keys.
    pub fn backup_to(&mut self, dir: &Path) -> Result<()> { let _ = dir; unimplemented!() }

    /// Sets a damaged database aside and makes a new one from what can be read of it.
    pub fn recover(dir: &Path, passphrase: &str, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<(Store, Recovered)> { let _ = (dir, passphrase, now_ms, rng.next_u32()); unimplemented!() }
}
