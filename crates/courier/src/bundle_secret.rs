//! The secret that opens what is sealed to a province or a device.

use std::fmt;

use arumbae_protocol::BundleKey;
use ed25519_dalek::SigningKey;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

/// The X25519 secret behind a [`BundleKey`].
#[derive(Clone)]
pub struct BundleSecret(StaticSecret);

impl BundleSecret {
    /// A secret of its own, as provinces have one.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        BundleSecret(StaticSecret::from(bytes))
    }

    /// The secret behind [`BundleKey::of_device`].
    pub fn of_device(device: &SigningKey) -> Self {
        BundleSecret(StaticSecret::from(device.to_scalar_bytes()))
    }

    /// The secret's bytes, to be kept.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub(crate) fn secret(&self) -> &StaticSecret {
        &self.0
    }

    /// The key to seal to.
    pub fn key(&self) -> BundleKey {
        BundleKey(PublicKey::from(&self.0).to_bytes())
    }
}

impl fmt::Debug for BundleSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BundleSecret(of {:?})", self.key())
    }
}

#[cfg(test)]
mod tests {
    use arumbae_mergelog::DeviceKey;

    use super::*;

    #[test]
    fn a_device_opens_what_is_sealed_to_its_public_key() {
        for seed in 0..20 {
            let device = SigningKey::from_bytes(&[seed; 32]);
            let public = DeviceKey(device.verifying_key().to_bytes());
            assert_eq!(BundleKey::of_device(public), Some(BundleSecret::of_device(&device).key()), "seed {seed}");
        }
        assert_eq!(BundleKey::of_device(DeviceKey([0; 32])), None, "a weak key is none");
    }
}
