//! Recovery of a damaged file: it is set aside as it is, and a new database is made from what can be read of it.

use std::path::{Path, PathBuf};

use rand_core::CryptoRngCore;

use crate::error::Result;
use crate::opening::Store;

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
    /// Sets a damaged database aside and makes a new one from what can be read of it.
    pub fn recover(
        dir: &Path,
        passphrase: &str,
        now_ms: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(Store, Recovered)> {
        let _ = (dir, passphrase, now_ms, rng.next_u32());
        unimplemented!()
    }
}
