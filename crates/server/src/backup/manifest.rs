//! What one backup consists of, in the open: it names no person.

use std::path::Path;

use arumbae_domain::Scope;
use arumbae_domain::schema::BlobHash;
use arumbae_protocol::{RegistryKey, SignatureBytes};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::BackupError;

const FORMAT: u16 = 1;

/// A whole backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format of this backup.
    format: u16,
    /// When it was begun, milliseconds since 1970 UTC: everything receipted by then is in it.
    pub made_ms: u64,
    /// The office that runs the server.
    pub office: String,
    /// The key that signed the province's receipts.
    #[serde(with = "hexadecimal")]
    pub registry_key: [u8; 32],
    /// The last entry of the registry,
    pub registry_seq: u64,
    /// and its hash.
    #[serde(with = "hexadecimal")]
    pub registry_head: [u8; 32],
    /// How far each scope reaches.
    pub scopes: Vec<ScopeState>,
    /// The registry and the log, in the order they are to be read back.
    pub log: Vec<PackRef>,
    /// The quarantine, the invitations, the contacts and the keys.
    pub state: Vec<PackRef>,
    /// The attachments.
    pub attachments: Vec<AttachmentRef>,
}

/// How far a scope reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeState {
    /// Which scope.
    pub scope: Scope,
    /// The number of its last segment.
    pub gsn: u64,
    /// The digest of its segments.
    #[serde(with = "hexadecimal")]
    pub digest: [u8; 32],
}

/// A pack, by the hash of it as it lies there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRef {
    #[serde(with = "hexadecimal")]
    pub(super) blake3: [u8; 32],
    pub(super) bytes: u64,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentRef {
    /// Its name, and
    pub(super) blob: BlobHash,
    /// the hash of it as it lies there.
    #[serde(with = "hexadecimal")]
    pub(super) sealed: [u8; 32],
}

#[derive(Serialize, Deserialize)]
struct Signed {
    manifest: Manifest,
    #[serde(with = "hexadecimal")]
    signature: [u8; 64],
}

impl Manifest {
    /// An empty backup, to be filled.
    pub(super) fn begin(made_ms: u64, office: &str, registry_key: RegistryKey) -> Self {
        Manifest {
            format: FORMAT,
            made_ms,
            office: office.to_owned(),
            registry_key: registry_key.0,
            registry_seq: 0,
            registry_head: [0; 32],
            scopes: Vec::new(),
            log: Vec::new(),
            state: Vec::new(),
            attachments: Vec::new(),
        }
    }

    pub(super) fn write(&self, key: &SigningKey) -> Vec<u8> {
        let signature = SignatureBytes::sign(key, &self.signed_bytes()).0;
        let signed = Signed { manifest: self.clone(), signature };
        serde_json::to_vec_pretty(&signed).expect("a manifest can always be written")
    }

    /// Reads a manifest that its own key signed; whether that is the province's shows once its keys are unsealed.
    pub(super) fn read(text: &[u8], path: &Path) -> Result<Self, BackupError> {
        #[derive(Deserialize)]
        struct Versioned {
            manifest: Format,
        }
        #[derive(Deserialize)]
        struct Format {
            format: u16,
        }
        let damaged = || BackupError::Damaged { path: path.to_owned() };
        let Versioned { manifest: Format { format } } = serde_json::from_slice(text).map_err(|_| damaged())?;
        if format > FORMAT {
            return Err(BackupError::NewerFormat);
        }
        let Signed { manifest, signature } = serde_json::from_slice(text).map_err(|_| damaged())?;
        let verified = SignatureBytes(signature).verify(&manifest.registry_key, &manifest.signed_bytes());
        verified.map(|()| manifest).map_err(|_| damaged())
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let body = serde_json::to_vec(self).expect("a manifest can always be written");
        [b"arumbae 2026 backup manifest\0".as_slice(), &body].concat()
    }

    /// How many segments it holds.
    pub fn segments(&self) -> u64 {
        self.scopes.iter().map(|state| state.gsn).sum()
    }

    /// How many attachments it holds.
    pub fn attachments(&self) -> usize {
        self.attachments.len()
    }

    /// How far it reaches into a scope.
    pub(super) fn reach(&self, scope: &Scope) -> u64 {
        self.scopes.iter().find(|state| state.scope == *scope).map_or(0, |state| state.gsn)
    }
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(from)?;
        let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.ok_or_else(|| serde::de::Error::custom("not hexadecimal of the right length"))
    }
}
