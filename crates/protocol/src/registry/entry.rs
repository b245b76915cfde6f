//! The registry as it is written: a chain of entries, each signed by the province.

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::{DeviceKey, LaneId};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cbor::{self, CborError};
use crate::keys::{BundleKey, RecoveryKey, RegistryKey, SignatureBytes, SignatureMismatch};
use crate::registry::act::Act;
use crate::registry::key_lineage::KeyChange;
use crate::registry::role::Role;
use crate::wire;

/// One fact about the province's people, devices and rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryEntry {
    /// An office answers for a region.
    Office {
        /// The region.
        region: RegionCode,
        /// The office's name, as it is to be printed.
        name: String,
    },
    /// A person is known, or known by another name or position from now on.
    Person {
        /// Drawn on the person's first device.
        id: Uuid,
        /// Name with titles.
        name: String,
        /// Position in the office.
        position: String,
    },
    /// A device belongs to a person.
    Device {
        /// The device's public key.
        #[serde(with = "wire::device_key")]
        key: DeviceKey,
        /// Its owner.
        person: Uuid,
    },
    /// A person holds a role in a scope.
    Grant(Grant),
    /// A person no longer holds a role in a scope.
    Withdraw(Grant),
    /// The authority issued a person a document-signing certificate.
    Certificate {
        /// Whose.
        person: Uuid,
        /// The certificate, DER.
        #[serde(with = "serde_bytes")]
        der: Vec<u8>,
        /// The device its key was made on; `None` in entries from before it was named.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_device_key")]
        device: Option<DeviceKey>,
    },
    /// An authority that the root vouches for issues certificates from now on.
    Authority {
        /// Its certificate, DER.
        #[serde(with = "serde_bytes")]
        der: Vec<u8>,
    },
    /// A time-stamping authority stamps from now on.
    TimeStamping {
        /// Its certificate, DER.
        #[serde(with = "serde_bytes")]
        der: Vec<u8>,
    },
    /// A certificate, of an officer or an authority, no longer counts.
    RevokeCertificate {
        /// Its serial number, big-endian octets.
        #[serde(with = "serde_bytes")]
        serial: Vec<u8>,
        /// Why: the number of a CRLReason (RFC 5280 5.3.1).
        reason: u8,
    },
    /// A device may no longer read or write; what it sent up to the cut-off stays valid.
    RevokeDevice {
        /// Which device.
        #[serde(with = "wire::device_key")]
        key: DeviceKey,
        /// The last receipted save of each of its lanes.
        cut_offs: Vec<LaneCutOff>,
    },
    /// The key that recovery slots are sealed to from now on.
    RecoveryKey {
        /// The public key.
        key: RecoveryKey,
    },
    /// The key that signs registry and receipts from the next entry on.
    RegistryKey(KeyChange),
    /// The key that bundles for the province are sealed to from now on.
    BundleKey {
        /// The public key.
        key: BundleKey,
    },
    /// Why the entries right after it are there, or something that needs none.
    Act(Act),
}

/// A role in a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who holds it.
    pub person: Uuid,
    /// As what.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

/// Up to where a revoked device's lane holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneCutOff {
    /// The lane.
    #[serde(with = "wire::lane_id")]
    pub lane: LaneId,
    /// The last save that was receipted before the revocation.
    pub last_seq: u64,
}

/// An entry in its place in the chain.
///
/// `entry` stays as the bytes that were signed, so that a device can keep and check entries of a kind it does not
/// know yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignedEntry {
    /// Dense, from 1.
    pub seq: u64,
    /// The [`hash`](SignedEntry::hash) of the entry before; zeros for the first.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub prev_hash: [u8; 32],
    /// When it was entered, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// The [`RegistryEntry`] as CBOR.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub entry: Vec<u8>,
    /// By the registry key, over everything above.
    pub signature: SignatureBytes,
}

impl SignedEntry {
    /// Signs an entry into its place after the one whose hash is `prev_hash`.
    pub fn sign(seq: u64, prev_hash: [u8; 32], at_ms: u64, entry: &RegistryEntry, key: &SigningKey) -> Self {
        let entry = cbor::to_bytes(entry);
        let signature = SignatureBytes::sign(key, &signed_bytes(seq, &prev_hash, at_ms, &entry));
        SignedEntry { seq, prev_hash, at_ms, entry, signature }
    }

    /// Checks that the province with this key signed the entry.
    pub fn verify(&self, key: &RegistryKey) -> Result<(), SignatureMismatch> {
        let SignedEntry { seq, prev_hash, at_ms, entry, signature } = self;
        signature.verify(&key.0, &signed_bytes(*seq, prev_hash, *at_ms, entry))
    }

    /// The fact itself; an error for a kind of a later version.
    pub fn decode(&self) -> Result<RegistryEntry, CborError> {
        cbor::from_bytes(&self.entry)
    }

    /// What the next entry names as its `prev_hash`.
    pub fn hash(&self) -> [u8; 32] {
        let SignedEntry { seq, prev_hash, at_ms, entry, signature } = self;
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 registry entry");
        hasher.update(&signature.0);
        hasher.update(&signed_bytes(*seq, prev_hash, *at_ms, entry));
        *hasher.finalize().as_bytes()
    }
}

fn signed_bytes(seq: u64, prev_hash: &[u8; 32], at_ms: u64, entry: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(80 + entry.len());
    bytes.extend_from_slice(b"arumbae 2026 registry\0");
    bytes.extend_from_slice(&seq.to_le_bytes());
    bytes.extend_from_slice(prev_hash);
    bytes.extend_from_slice(&at_ms.to_le_bytes());
    bytes.extend_from_slice(entry);
    bytes
}
