//! Drafts: what is being typed, kept in the encrypted file, apart for every user.

use crate::error::Result;
use crate::opening::Store;
use crate::views::Draft;

impl Store {
    /// Keeps a draft, replacing the one under the same key.
    pub fn put_draft(&mut self, key: &str, content: &str, now_ms: u64) -> Result<()> { let _ = (key, content, now_ms); unimplemented!() }

    /// The user's draft under a key.
    pub fn draft(&self, key: &str) -> Result<Option<Draft>> { let _ = key; unimplemented!() }

    /// The user's drafts, latest first.
    pub fn drafts(&self) -> Result<Vec<Draft>> { unimplemented!() }

    /// Forgets a draft, once it is saved or its author gave it up.
    pub fn remove_draft(&mut self, key: &str) -> Result<()> { let _ = key; unimplemented!() }
}
