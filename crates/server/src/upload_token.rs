//! Tokens with which a scanner or a script uploads in a device's name.
//!
//! Ordinary tus clients cannot sign requests. A registered device asks for a token and hands it to them; they send it
//! as `Authorization: Bearer …`. It opens the uploads of that device and nothing else, for a day, and no longer than
//! the device itself is let in. Nothing about it is kept: any server that holds the province's keys can check it.

use arumbae_mergelog::DeviceKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::keys::Keys;

/// For how long a token is good.
pub const TOKEN_MS: u64 = 24 * 60 * 60 * 1000;

/// A device and until when, milliseconds since 1970 UTC: what a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UploadToken {
    pub device: DeviceKey,
    pub expires_ms: u64,
}

impl UploadToken {
    /// Writes it so that only who holds the keys can have written it.
    pub fn to_text(self, keys: &Keys) -> String {
        let mut bytes = [0; 72];
        bytes[..32].copy_from_slice(&self.device.0);
        bytes[32..40].copy_from_slice(&self.expires_ms.to_le_bytes());
        bytes[40..].copy_from_slice(self.seal(keys).as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads it back, `None` if the keys did not write it.
    pub fn parse(text: &str, keys: &Keys) -> Option<Self> {
        let bytes: [u8; 72] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let device = DeviceKey(bytes[..32].try_into().ok()?);
        let token = UploadToken { device, expires_ms: u64::from_le_bytes(bytes[32..40].try_into().ok()?) };
        let seal: [u8; 32] = bytes[40..].try_into().ok()?;
        // Compared in constant time.
        (token.seal(keys) == seal).then_some(token)
    }

    fn seal(self, keys: &Keys) -> blake3::Hash {
        let key = blake3::derive_key("arumbae 2026 upload token", keys.registry.as_bytes());
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(&self.device.0).update(&self.expires_ms.to_le_bytes());
        hasher.finalize()
    }
}
