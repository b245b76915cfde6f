//! Drafts: what is being typed, kept in the encrypted file, apart for every user.

use crate::error::Result;
use crate::opening::Store;
use crate::tables::draft;
use crate::views::Draft;

impl Store {
    /// Keeps a draft, replacing the one under the same key; durable when it returns.
    pub fn put_draft(&mut self, key: &str, content: &str, now_ms: u64) -> Result<()> {
        let user = self.user;
        let kept = Draft { key: key.to_owned(), content: content.to_owned(), updated_ms: now_ms };
        self.write(|tx| draft::put(tx, user, &kept))
    }

    /// The user's draft under a key.
    pub fn draft(&self, key: &str) -> Result<Option<Draft>> {
        draft::find(&self.connection, self.user, key)
    }

    /// The user's drafts, latest first.
    pub fn drafts(&self) -> Result<Vec<Draft>> {
        draft::all(&self.connection, self.user)
    }

    /// Forgets a draft, once it is saved or its author gave it up.
    pub fn remove_draft(&mut self, key: &str) -> Result<()> {
        let user = self.user;
        self.write(|tx| draft::remove(tx, user, key))
    }
}
