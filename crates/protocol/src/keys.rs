//! The province's public keys, and signatures, as they travel.

use std::fmt;

use arumbae_mergelog::DeviceKey;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// The signature does not belong to these bytes and this key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct SignatureMismatch;

/// The Ed25519 public key that signs registry entries and receipts of one province; pinned at enrolment.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Binary))]
pub struct RegistryKey(#[serde(with = "serde_bytes")] pub [u8; 32]);

/// The X25519 public key a device seals its recovery slot to, so that the province can reopen a forgotten store.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Binary))]
pub struct RecoveryKey(#[serde(with = "serde_bytes")] pub [u8; 32]);

/// The X25519 public key that bundles are sealed to, so that no courier can read them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BundleKey(#[serde(with = "serde_bytes")] pub [u8; 32]);

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = Binary))]
pub struct SignatureBytes(#[serde(with = "serde_bytes")] pub [u8; 64]);

impl SignatureBytes {
    /// Signs `message`.
    pub fn sign(key: &SigningKey, message: &[u8]) -> Self {
        SignatureBytes(key.sign(message).to_bytes())
    }

    /// Checks the signature of `message` by the Ed25519 key `key`, refusing weak keys.
    pub fn verify(&self, key: &[u8; 32], message: &[u8]) -> Result<(), SignatureMismatch> {
        let key = VerifyingKey::from_bytes(key).map_err(|_| SignatureMismatch)?;
        key.verify_strict(message, &Signature::from_bytes(&self.0)).map_err(|_| SignatureMismatch)
    }
}

impl RegistryKey {
    /// The public half of the province's registry key.
    pub fn of(key: &SigningKey) -> Self {
        RegistryKey(key.verifying_key().to_bytes())
    }
}

impl BundleKey {
    /// The key that bundles for a device are sealed to: its own key as a point of the other curve (RFC 7748), the way
    /// age itself uses keys made for signing. `None` if the device key is no point at all.
    pub fn of_device(device: DeviceKey) -> Option<Self> {
        let key = VerifyingKey::from_bytes(&device.0).ok().filter(|key| !key.is_weak())?;
        Some(BundleKey(key.to_montgomery().to_bytes()))
    }
}

fn write_hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

impl fmt::Debug for RegistryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for BundleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0, f)
    }
}

impl fmt::Debug for SignatureBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(&self.0[..8], f)?;
        f.write_str("…")
    }
}
