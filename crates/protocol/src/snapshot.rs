//! Snapshots as the province signs and sends them.

use arumbae_domain::Scope;
use arumbae_mergelog::SnapshotHash;
use arumbae_mergelog::compression::{CompressionError, compress, decompress};
use arumbae_mergelog::snapshot::{MAX_HEAD, MAX_PAGE, Page, PageRef, SnapshotError, SnapshotHead};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use crate::keys::{RegistryKey, SignatureBytes, SignatureMismatch};
use crate::wire;

/// The largest snapshot as it is sent, in bytes. A scope beyond that is read as segments.
pub const MAX_SNAPSHOT: u64 = 256 << 20;

/// The server's signed word that a scope's segments up to a number add up to this snapshot.
///
/// Every device that holds the segments can make the snapshot for itself: a note that does not fit them convicts the
/// server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnapshotNote {
    /// Which scope.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub scope: Scope,
    /// Up to which number.
    pub gsn: u64,
    /// The hash of the snapshot's head, which names all of it.
    #[serde(with = "wire::snapshot_hash")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub hash: SnapshotHash,
    /// The [`EDITION`](arumbae_mergelog::snapshot::EDITION) it was made by.
    pub edition: u16,
    /// By how many entries of the registry the authors' rights were judged.
    pub policy_epoch: u64,
    /// When it was made, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// By the registry key, over everything above.
    pub signature: SignatureBytes,
}

impl SnapshotNote {
    /// Signs for a snapshot.
    pub fn sign(head: &SnapshotHead, made_ms: u64, key: &SigningKey) -> Self {
        // The hash is over all of it.
        let SnapshotHead { scope, gsn, edition, policy_epoch, digest: _, lanes: _, carried: _, pages: _ } = head;
        let note = SnapshotNote {
            scope: scope.clone(),
            gsn: *gsn,
            hash: head.hash(),
            edition: *edition,
            policy_epoch: *policy_epoch,
            made_ms,
            signature: SignatureBytes([0; 64]),
        };
        let signature = SignatureBytes::sign(key, &note.signed_bytes());
        SnapshotNote { signature, ..note }
    }

    /// Checks that the province with this key signed the note.
    pub fn verify(&self, key: &RegistryKey) -> Result<(), SignatureMismatch> {
        self.signature.verify(&key.0, &self.signed_bytes())
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let SnapshotNote { scope, gsn, hash, edition, policy_epoch, made_ms, signature: _ } = self;
        let scope = scope.to_string();
        let mut bytes = Vec::with_capacity(112);
        bytes.extend_from_slice(b"arumbae 2026 snapshot note\0");
        bytes.push(scope.len() as u8);
        bytes.extend_from_slice(scope.as_bytes());
        bytes.extend_from_slice(&gsn.to_le_bytes());
        bytes.extend_from_slice(&hash.0);
        bytes.extend_from_slice(&edition.to_le_bytes());
        bytes.extend_from_slice(&policy_epoch.to_le_bytes());
        bytes.extend_from_slice(&made_ms.to_le_bytes());
        bytes
    }
}

/// A snapshot that a device may want to know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnapshotOffer {
    /// What the province says of it.
    pub note: SnapshotNote,
    /// How many bytes [`paths::SNAPSHOTS`](crate::paths::SNAPSHOTS) gives for it.
    pub byte_length: u64,
    /// Whether it comes in place of segments: the answer goes on after it, and its segments are not in it.
    pub in_place_of_segments: bool,
}

/// Why a snapshot that was fetched cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Cut off, or more than it says.
    #[error("the snapshot was cut off")]
    Cut,
    /// A piece cannot be unpacked.
    #[error("the snapshot cannot be unpacked")]
    Packed(#[from] CompressionError),
    /// What was unpacked is no snapshot, or not the one that was named.
    #[error("the snapshot cannot be read")]
    Content(#[from] SnapshotError),
    /// The head is not the one the note names.
    #[error("the snapshot is not the one that was offered")]
    OtherSnapshot,
}

/// A head or page as it is sent: its length packed, then the packed bytes.
pub fn pack_part(bytes: &[u8]) -> Vec<u8> {
    let packed = compress(bytes);
    // Heads and pages are far below what 32 bits count.
    [&(packed.len() as u32).to_le_bytes(), packed.as_slice()].concat()
}

/// The length of a packed part's own length.
pub const PART_HEAD: usize = size_of::<u32>();

/// How many bytes follow a part's first four.
pub fn part_length(head: [u8; PART_HEAD]) -> usize {
    u32::from_le_bytes(head) as usize
}

/// Unpacks the head of a snapshot and holds it against what the province signed; `packed` is without its length.
pub fn unpack_head(packed: &[u8], note: &SnapshotNote) -> Result<SnapshotHead, TransferError> {
    let head = SnapshotHead::decode(&decompress(packed, MAX_HEAD)?)?;
    let same =
        head.hash() == note.hash && (&head.scope, head.gsn, head.edition) == (&note.scope, note.gsn, note.edition);
    if same { Ok(head) } else { Err(TransferError::OtherSnapshot) }
}

/// Unpacks a page and holds it against the head that names it; `packed` is without its length.
pub fn unpack_page(packed: &[u8], named: &PageRef) -> Result<Page, TransferError> {
    Ok(Page::from_bytes(decompress(packed, MAX_PAGE)?, named)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(key: &SigningKey) -> (SnapshotHead, SnapshotNote) {
        let mut head = SnapshotHead::empty("81.71.01".parse().expect("a scope"));
        head.gsn = 12;
        let note = SnapshotNote::sign(&head, 1_700_000_000_000, key);
        (head, note)
    }

    #[test]
    fn only_the_province_signs_and_nothing_in_a_note_can_be_changed() {
        let key = SigningKey::from_bytes(&[8; 32]);
        let (_, note) = note(&key);
        assert_eq!(note.verify(&RegistryKey::of(&key)), Ok(()));
        let other = RegistryKey::of(&SigningKey::from_bytes(&[9; 32]));
        assert_eq!(note.verify(&other), Err(SignatureMismatch));
        let changed = [
            SnapshotNote { gsn: 13, ..note.clone() },
            SnapshotNote { scope: "81.71.02".parse().expect("a scope"), ..note.clone() },
            SnapshotNote { hash: SnapshotHash([1; 32]), ..note.clone() },
            SnapshotNote { edition: 9, ..note.clone() },
            SnapshotNote { policy_epoch: 9, ..note.clone() },
            SnapshotNote { made_ms: 0, ..note.clone() },
        ];
        for note in changed {
            assert_eq!(note.verify(&RegistryKey::of(&key)), Err(SignatureMismatch), "{note:?}");
        }
    }

    #[test]
    fn a_head_is_the_one_that_was_signed_or_none() {
        let key = SigningKey::from_bytes(&[8; 32]);
        let (head, note) = note(&key);
        let packed = pack_part(&head.encode());
        let length = part_length(*packed.first_chunk().expect("a length"));
        assert_eq!(length, packed.len() - PART_HEAD);
        assert_eq!(unpack_head(&packed[PART_HEAD..], &note).expect("as signed"), head);
        let mut later = head.clone();
        later.gsn += 1;
        let other = pack_part(&later.encode());
        assert!(matches!(unpack_head(&other[PART_HEAD..], &note), Err(TransferError::OtherSnapshot)));
        assert!(matches!(unpack_head(&packed[PART_HEAD + 2..], &note), Err(TransferError::Packed(_))));
    }
}
