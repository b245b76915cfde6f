//! Who writes an upload now.
//!
//! A link that broke without a word leaves a request hanging, with bytes that have arrived and not been put. Whoever
//! asks for the upload next lets that one put them and end first. This spares a device what it had sent; it protects
//! nothing: servers that do not share this memory stay right without it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::Upload;

/// The uploads that somebody has the turn of.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<BTreeMap<Upload, Arc<Holder>>>);

#[derive(Debug, Default)]
struct Holder {
    /// Somebody else wants the turn.
    wanted: CancellationToken,
    /// The turn is over.
    over: CancellationToken,
}

/// The turn to write an upload, until it is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    upload: Upload,
    holder: Arc<Holder>,
}

impl Turns {
    /// Asks whoever has the turn to end, and waits until that is done.
    pub async fn take(&self, upload: Upload) -> Turn<'_> {
        let holder = Arc::<Holder>::default();
        let before = self.lock().insert(upload, Arc::clone(&holder));
        // Made before the wait: whoever is dropped while waiting still lets the next one through.
        let turn = Turn { turns: self, upload, holder };
        if let Some(before) = before {
            before.wanted.cancel();
            before.over.cancelled().await;
        }
        turn
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Upload, Arc<Holder>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Ready once somebody else wants the turn.
    pub async fn is_wanted(&self) {
        self.holder.wanted.cancelled().await;
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut holders = self.turns.lock();
        if holders.get(&self.upload).is_some_and(|holder| Arc::ptr_eq(holder, &self.holder)) {
            holders.remove(&self.upload);
        }
        self.holder.over.cancel();
    }
}
