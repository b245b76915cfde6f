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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Whose segment.
    #[serde(with = "wire::lane")]
    #[cfg_attr(feature = "openapi", schema(value_type = crate::wire::LaneOnWire))]
    pub lane: Lane,
    /// The number of its first save.
    pub first_seq: u64,
    /// How many saves it holds.
    pub count: u32,
    /// The segment's hash.
    #[serde(with = "wire::segment_hash")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
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

#[cfg(test)]
mod tests {
    use arumbae_mergelog::DeviceKey;

    use super::*;

    fn receipt(key: &SigningKey) -> Receipt {
        let scope = "81.71.01".parse().expect("a scope");
        let lane = Lane { device: DeviceKey([1; 32]), incarnation: 7, scope };
        Receipt::issue(lane, 4, 3, SegmentHash([2; 32]), 12, 1_700_000_000_000, key)
    }

    #[test]
    fn only_the_province_issues_receipts_and_nothing_in_them_can_be_changed() {
        let key = SigningKey::from_bytes(&[8; 32]);
        let receipt = receipt(&key);
        assert_eq!(receipt.verify(&RegistryKey::of(&key)), Ok(()));
        assert_eq!(receipt.last_seq(), 6);
        assert!(receipt.verify(&RegistryKey::of(&SigningKey::from_bytes(&[9; 32]))).is_err(), "another province");
        let changed = [
            Receipt { gsn: 13, ..receipt.clone() },
            Receipt { first_seq: 5, ..receipt.clone() },
            Receipt { count: 2, ..receipt.clone() },
            Receipt { received_ms: 0, ..receipt.clone() },
            Receipt { hash: SegmentHash([3; 32]), ..receipt.clone() },
            Receipt { lane: Lane { incarnation: 8, ..receipt.lane.clone() }, ..receipt.clone() },
        ];
        for changed in changed {
            assert!(changed.verify(&RegistryKey::of(&key)).is_err(), "changed: {changed:?}");
        }
    }

    #[test]
    fn the_same_segment_gets_the_same_bytes() {
        let key = SigningKey::from_bytes(&[8; 32]);
        assert_eq!(receipt(&key), receipt(&key));
    }
}
