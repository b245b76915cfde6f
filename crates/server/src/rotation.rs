//! Putting new keys in the place of old ones: each change is an entry of the registry, so that every device learns it.

use arumbae_protocol::registry::Deed;
use arumbae_protocol::{KeyChange, RegistryEntry, SignedEntry};
use arumbae_signing::revocation::RevocationReason;

use crate::acts::Doing;
use crate::authorities::{AuthorityError, new_time_stamping, revocation_of};
use crate::province::Province;
use crate::storage::StorageError;

impl Province {
    /// Puts a new key in the place of the one that signs registry and receipts, and destroys that one.
    ///
    /// The old key signs the entry that retires it. A running server takes the new one up before it next signs.
    pub async fn rotate_registry_key(&self) -> Result<(), AuthorityError> {
        let new = self.key_folder.add_registry_key(&mut self.randomness.clone())?;
        loop {
            let registry = self.registry_to_extend().await?;
            let keys = self.keys();
            let mut entries =
                self.sign_act(&registry, Doing::new(Deed::UseKey, "registry key").bringing(1), Vec::new());
            let (seq, prev_hash) = entries.last().map_or((1, [0; 32]), |act: &SignedEntry| (act.seq + 1, act.hash()));
            let change = RegistryEntry::RegistryKey(KeyChange::new(seq, prev_hash, keys.registry_key(), &new));
            let entry = SignedEntry::sign(seq, prev_hash, self.clock.now_ms(), &change, &keys.registry);
            entries.push(entry);
            match self.storage.append_registry(entries).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => break outcome?,
            }
        }
        Ok(self.key_folder.remove_retired(&*self.registry().await?)?)
    }

    /// Puts a new key in the place of the one that recovery slots are sealed to. Devices seal theirs anew when they
    /// learn of it; until then the old key opens them, so it is kept.
    pub async fn rotate_recovery_key(&self) -> Result<(), AuthorityError> {
        let key = self.key_folder.add_recovery_key(&mut self.randomness.clone())?;
        self.enter_key_use("recovery key", |_| Ok(vec![RegistryEntry::RecoveryKey { key }])).await
    }

    /// Puts a new time-stamping authority in the place of the present one and destroys that one's key. What it stamped
    /// stays valid, unless its key may be in other hands.
    pub async fn rotate_time_stamping(&self, compromised: bool) -> Result<(), AuthorityError> {
        self.registry().await?;
        let (keys, mut rng) = (self.keys(), self.randomness.clone());
        let new = new_time_stamping(keys.issuing(), &self.key_folder, self.office(), self.clock.now(), &mut rng)?;
        // RFC 3161 4: stamps given before count on under this reason.
        let reason = if compromised { RevocationReason::KeyCompromise } else { RevocationReason::Superseded };
        self.enter_key_use("time-stamping key", |registry| {
            let old = registry.time_stamping().next_back();
            let revoked = old.map(|der| revocation_of(der, registry, reason)).transpose()?.flatten();
            Ok([new.clone()].into_iter().chain(revoked).collect())
        })
        .await?;
        Ok(self.key_folder.remove_retired(&*self.registry().await?)?)
    }
}
