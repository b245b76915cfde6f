//! Receipts: the province's signed word that it holds a segment. Only with one is a save "terkirim".

use arumbae_mergelog::Lane;
use arumbae_mergelog::segment::SegmentHash;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::keys::{RegistryKey, SignatureBytes, SignatureMismatch};
use crate::wire;

/// The server's signed note that a segment is stored durably, where, and since when.
///
/// The same segment sent again gets the same receipt, byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Whose segment.
    #[serde(with = "wire::lane")]
    pub lane: Lane,
    /// The number of its first save.
    pub first_seq: u64,
    /// How many saves it holds.
    pub count: u32,
    /// The segment's hash.
    #[serde(with = "wire::segment_hash")]
    pub hash: SegmentHash,
    /// Its gap-free number within the scope, from 1.
    pub gsn: u64,
    /// When the server received it, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// By the registry key, over everything above.
    pub signature: SignatureBytes,
}

impl Receipt {
    /// Issues a receipt.
    pub fn issue(
        lane: Lane,
        first_seq: u64,
        count: u32,
        hash: SegmentHash,
        gsn: u64,
        received_ms: u64,
        key: &SigningKey,
    ) -> Self {
        let signature = SignatureBytes::sign(key, &signed_bytes(&lane, first_seq, count, hash, gsn, received_ms));
        Receipt { lane, first_seq, count, hash, gsn, received_ms, signature }
    }

    /// Checks that the province with this key issued the receipt.
    pub fn verify(&self, key: &RegistryKey) -> Result<(), SignatureMismatch> {
        let Receipt { lane, first_seq, count, hash, gsn, received_ms, signature } = self;
        signature.verify(&key.0, &signed_bytes(lane, *first_seq, *count, *hash, *gsn, *received_ms))
    }

    /// The number of the last save the receipt covers.
    pub fn last_seq(&self) -> u64 {
        (self.first_seq + u64::from(self.count)).saturating_sub(1)
    }
}

fn signed_bytes(lane: &Lane, first_seq: u64, count: u32, hash: SegmentHash, gsn: u64, received_ms: u64) -> Vec<u8> {
    let scope = lane.scope.to_string();
    let mut bytes = Vec::with_capacity(160);
    bytes.extend_from_slice(b"arumbae 2026 receipt\0");
    bytes.extend_from_slice(&lane.device.0);
    bytes.extend_from_slice(&lane.incarnation.to_le_bytes());
    bytes.push(scope.len() as u8);
    bytes.extend_from_slice(scope.as_bytes());
    bytes.extend_from_slice(&first_seq.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    bytes.extend_from_slice(&hash.0);
    bytes.extend_from_slice(&gsn.to_le_bytes());
    bytes.extend_from_slice(&received_ms.to_le_bytes());
    bytes
}
