//! Acts of administration: what was done to the province stands in its own log, with who did it and why.

use std::sync::Arc;

use arumbae_protocol::registry::{Act, Deed, Operator};
use arumbae_protocol::{Registry, RegistryEntry, SignedEntry};
use jiff::Timestamp;

use crate::province::{Province, sign_chain};
use crate::storage::StorageError;

/// An act that is being done.
pub(crate) struct Doing {
    pub(crate) deed: Deed,
    /// To what.
    pub(crate) subject: String,
    /// The right it is done by, if it is not the operator's own.
    pub(crate) credential: Option<String>,
    /// How many entries follow from it besides those it is signed with.
    pub(crate) further: u32,
}

impl Doing {
    pub(crate) fn new(deed: Deed, subject: impl Into<String>) -> Self {
        Doing { deed, subject: subject.into(), credential: None, further: 0 }
    }

    /// The same; so many more entries are signed after it.
    pub(crate) fn bringing(self, further: u32) -> Self {
        Doing { further, ..self }
    }
}

impl Province {
    /// The same province; what is done to it from now on is entered as done by `operator`, for `reason`.
    pub fn acting_for(mut self, operator: Operator, reason: Option<String>) -> Self {
        self.operator = Operator { credential: self.operator.credential, ..operator };
        self.reason = reason;
        self
    }

    /// Enters an act that brings nothing else.
    pub(crate) async fn enter_act(&self, deed: Deed, subject: &str) -> Result<(), StorageError> {
        loop {
            let registry = self.registry_to_extend().await?;
            let entries = self.sign_act(&registry, Doing::new(deed, subject), Vec::new());
            match self.storage.append_registry(entries).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => return outcome,
            }
        }
    }

    /// The registry as it is now, to be continued.
    ///
    /// [`StorageError::Unsettled`] after a restore: devices may hold entries that were signed after the backup, and two
    /// entries of one number would divide the province for good.
    pub(crate) async fn registry_to_extend(&self) -> Result<Arc<Registry>, StorageError> {
        match self.storage.restored().await? {
            Some(_) => Err(StorageError::Unsettled),
            None => self.registry().await,
        }
    }

    /// Ends the time after a restore: from now on the registry goes on from what devices have brought back of it.
    ///
    /// `false` if there was nothing to end.
    pub async fn settle(&self) -> Result<bool, StorageError> {
        let Some(restored_ms) = self.storage.restored().await? else { return Ok(false) };
        self.storage.set_restored(None).await?;
        let at = i64::try_from(restored_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        self.enter_act(Deed::Restore, &at.unwrap_or_default().to_string()).await?;
        Ok(true)
    }

    /// Takes back entries of the registry that the province signed and lost. Who brings them does not matter.
    pub async fn take_back_entries(&self, entries: Vec<SignedEntry>) -> Result<u64, StorageError> {
        loop {
            let registry = self.registry().await?;
            let mut longer = (*registry).clone();
            let mut fresh = Vec::new();
            for entry in entries.iter().filter(|entry| entry.seq > registry.seq()) {
                if longer.extend(std::slice::from_ref(entry), &self.registry_key()).is_err() {
                    break;
                }
                fresh.push(entry.clone());
            }
            if fresh.is_empty() {
                return Ok(registry.seq());
            }
            tracing::info!(count = fresh.len(), "registry entries taken back");
            match self.storage.append_registry(fresh).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => outcome?,
            }
        }
    }

    /// Signs an act and what follows from it so that they continue `registry`.
    pub(crate) fn sign_act(&self, registry: &Registry, doing: Doing, entries: Vec<RegistryEntry>) -> Vec<SignedEntry> {
        let Doing { deed, subject, credential, further } = doing;
        let mut by = self.operator.clone();
        if let Some(credential) = credential {
            by.credential = credential;
        }
        let count = u32::try_from(entries.len()).unwrap_or(u32::MAX).saturating_add(further);
        let act = RegistryEntry::Act(Act { deed, subject, by, reason: self.reason.clone(), entries: count });
        let entries: Vec<RegistryEntry> = std::iter::once(act).chain(entries).collect();
        sign_chain(&self.keys().registry, registry.seq(), registry.head(), self.clock.now_ms(), &entries)
    }
}

/// A key or a fingerprint as people tell it from others: its first four bytes.
pub(crate) fn short_name(bytes: &[u8; 32]) -> String {
    hex::encode(&bytes[..4])
}
