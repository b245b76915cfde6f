//! Taking a device's rights away.

use arumbae_mergelog::DeviceKey;
use arumbae_protocol::registry::Deed;
use arumbae_protocol::{LaneCutOff, RegistryEntry};
use arumbae_signing::certificate::CertificateError;
use arumbae_signing::revocation::RevocationReason;

use crate::acts::{Doing, short_name};
use crate::authorities::revocation_of;
use crate::province::Province;
use crate::storage::StorageError;

/// A device that cannot be revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// It is not registered.
    #[error("the device is not registered")]
    UnknownDevice,
    /// A certificate of its owner cannot be read.
    #[error("a certificate cannot be read")]
    Certificate(#[from] CertificateError),
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}

impl Province {
    /// Revokes a device, and with it the certificates whose keys were made on it. What it was receipted for so far stays
    /// valid; a running server refuses it at once.
    ///
    /// `false` if it was revoked before.
    pub async fn revoke(&self, key: DeviceKey, reason: RevocationReason) -> Result<bool, RevokeError> {
        let mut revoked_now = false;
        loop {
            let registry = self.registry_to_extend().await?;
            let device = registry.device(key).ok_or(RevokeError::UnknownDevice)?;
            let cut_offs = self.storage.lane_heads_of(key).await?;
            // A segment may be receipted between reading the heads and entering them; then they are entered anew.
            let settled = device.revocation.as_ref().is_some_and(|revocation| {
                cut_offs.iter().all(|LaneCutOff { lane, last_seq }| revocation.cut_offs.get(lane) == Some(last_seq))
            });
            if settled {
                return Ok(revoked_now);
            }
            let mut entries = vec![RegistryEntry::RevokeDevice { key, cut_offs }];
            for issued in registry.certificates_on(key) {
                entries.extend(revocation_of(&issued.der, &registry, reason)?);
            }
            let doing = Doing::new(Deed::RevokeDevice, short_name(&key.0));
            match self.storage.append_registry(self.sign_act(&registry, doing, entries)).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => {
                    outcome?;
                    revoked_now = true;
                }
            }
        }
    }
}
