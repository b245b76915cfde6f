//! The store between this crate and the rest of the program.

use std::sync::{Arc, Mutex, PoisonError};

use arumbae_store::Store;

use crate::error::Result;

/// A store that the person at the keyboard goes on using while a sync is under way.
#[derive(Clone, Debug)]
pub struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    /// Shares in the use of a store.
    pub fn new(store: Arc<Mutex<Store>>) -> Self {
        SharedStore(store)
    }

    /// Does one piece of work with the store, on a thread that may wait for the disk.
    ///
    /// The lock lasts for the piece of work and never across the network: at 2 KB/s nobody could save meanwhile.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.run(work).await
    }

    /// The same for work that fails in other ways, or cannot.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Store) -> T + Send + 'static) -> T {
        let store = self.0.clone();
        let done = tokio::task::spawn_blocking(move || {
            // The store's transactions end whole or not at all, so a panic elsewhere leaves nothing half done in it.
            let mut store = store.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut store)
        });
        match done.await {
            Ok(result) => result,
            Err(failed) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}
