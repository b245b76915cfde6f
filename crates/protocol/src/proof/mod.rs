//! The proof of a record: everything somebody needs to check, without a store, without a network and without trusting
//! whoever hands it over, who wrote what into a record and when the province had it.
//!
//! It carries every save that touched the record, each with its way to the root its segment's header signs; the headers
//! of the lanes from their beginning, so that nothing can have been slipped in or left out between; the province's
//! receipts; and of the registry what binds devices to people and gives them their rights, and nothing about anybody
//! else. What it does not prove it does not claim: the checking says both.

mod check;
mod file;
#[cfg(test)]
mod tests;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{DeviceKey, Leaf, SaveProof, SignedHeader};
use ed25519_dalek::SigningKey;

use crate::keys::{RegistryKey, SignatureBytes, SignatureMismatch};
use crate::receipt::Receipt;
use crate::registry::SignedEntry;

pub use check::{Fault, Gap, LaneProof, ProofReport, ProvenSave, Witnessed};
pub use file::{MAX_PROOF, ProofError};

/// A record's proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordProof {
    /// The record.
    pub record: RecordId,
    /// When the proof was made, by its maker's clock, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// The province's key as the maker was given it at enrolment; `None` before.
    pub registry_key: Option<RegistryKey>,
    /// The lanes' segments, those of one lane together and in order.
    pub segments: Vec<ProofSegment>,
    /// The registry's entries about the people, devices and offices that occur, in order.
    pub registry: Vec<SignedEntry>,
    /// The device that made the proof.
    pub maker: DeviceKey,
    /// By the maker, over everything above.
    pub signature: SignatureBytes,
}

/// A segment as far as the proof needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofSegment {
    /// Its place in its lane, and what its saves add up to.
    pub header: SignedHeader,
    /// The province's receipt, if the maker held one.
    pub receipt: Option<Receipt>,
    /// Those of its saves that touched the record.
    pub saves: Vec<SaveProof>,
}

impl RecordProof {
    /// Makes a proof and signs it with the key of the device it is made on.
    pub fn make(
        record: RecordId,
        made_ms: u64,
        registry_key: Option<RegistryKey>,
        segments: Vec<ProofSegment>,
        registry: Vec<SignedEntry>,
        key: &SigningKey,
    ) -> Self {
        let maker = DeviceKey(key.verifying_key().to_bytes());
        let unsigned = SignatureBytes([0; 64]);
        let proof = RecordProof { record, made_ms, registry_key, segments, registry, maker, signature: unsigned };
        RecordProof { signature: SignatureBytes::sign(key, &proof.signed_bytes()), ..proof }
    }

    /// Whether the device that is named made exactly this proof.
    pub fn verify_maker(&self) -> Result<(), SignatureMismatch> {
        self.signature.verify(&self.maker.0, &self.signed_bytes())
    }

    /// What the maker signs: a mark and the BLAKE3 hash of everything in order, each length before what it is of.
    fn signed_bytes(&self) -> Vec<u8> {
        let RecordProof { record, made_ms, registry_key, segments, registry, maker, signature: _ } = self;
        let mut content = blake3::Hasher::new_derive_key("arumbae 2026 record proof");
        content.update(record.0.as_bytes());
        put_number(&mut content, *made_ms);
        put_number(&mut content, u64::from(registry_key.is_some()));
        content.update(registry_key.map(|key| key.0).as_ref().map_or(&[], <[u8; 32]>::as_slice));
        content.update(&maker.0);
        put_number(&mut content, segments.len() as u64);
        for ProofSegment { header, receipt, saves } in segments {
            put_number(&mut content, header.bytes().len() as u64);
            content.update(header.bytes());
            content.update(header.signature());
            put_number(&mut content, u64::from(receipt.is_some()));
            if let Some(receipt) = receipt {
                put_number(&mut content, receipt.gsn);
                put_number(&mut content, receipt.received_ms);
                content.update(&receipt.signature.0);
            }
            put_number(&mut content, saves.len() as u64);
            for SaveProof { seq, leaf, path, body_hash } in saves {
                put_number(&mut content, *seq);
                let (tag, bytes) = match leaf {
                    Leaf::Whole(bytes) => (0, bytes.as_slice()),
                    Leaf::Erased(hash) => (1, hash.as_slice()),
                };
                put_number(&mut content, tag);
                put_number(&mut content, bytes.len() as u64);
                content.update(bytes);
                put_number(&mut content, path.len() as u64);
                for hash in path {
                    content.update(hash);
                }
                content.update(body_hash);
            }
        }
        put_number(&mut content, registry.len() as u64);
        for SignedEntry { seq, prev_hash, at_ms, entry, signature } in registry {
            put_number(&mut content, *seq);
            content.update(prev_hash);
            put_number(&mut content, *at_ms);
            put_number(&mut content, entry.len() as u64);
            content.update(entry);
            content.update(&signature.0);
        }
        [b"arumbae 2026 record proof\0".as_slice(), content.finalize().as_bytes()].concat()
    }
}

fn put_number(content: &mut blake3::Hasher, number: u64) {
    content.update(&number.to_le_bytes());
}
