//! A record's proof, as somebody outside is handed it.

use arumbae_protocol::proof::{ProofSegment, RecordProof};
use arumbae_protocol::{Receipt, RegistryKey, SignedEntry};

use crate::allocation::within;
use crate::samples::{first_segment, key, lane, record};
use crate::{Damage, Decoder};

/// Read, and checked against the province's key; one with faults counts as refused.
pub const DECODER: Decoder = Decoder { name: "proof", check, samples, damage: Damage::Noticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let proof = within((2 << 20) + 64 * bytes.len(), || RecordProof::from_json(bytes)).ok()?;
    let again = proof.to_json();
    let read = RecordProof::from_json(&again).expect("what we write is read");
    assert_eq!(read, proof, "written again it says the same");
    let report = within((2 << 20) + 64 * bytes.len(), || proof.check(Some(&RegistryKey::of(&key()))));
    let proven: usize = proof.segments.iter().map(|segment| segment.saves.len()).sum();
    assert!(report.saves.len() <= proven, "nothing is proven that is not there");
    report.faults.is_empty().then_some(again)
}

fn samples() -> Vec<Vec<u8>> {
    let segment = first_segment();
    let at_ms = 1_707_868_800_000;
    let header = segment.header();
    let receipt = Receipt::issue(lane(), header.first_seq, header.count, segment.hash(), 12, at_ms, &key());
    let whole = ProofSegment {
        header: segment.signed_header(),
        receipt: Some(receipt),
        saves: segment.prove(&[1, 2, 3]).expect("a segment of ours"),
    };
    let erased = segment.erase(&[2]).expect("it can be erased").prove(&[1, 2]).expect("a segment of ours");
    let mut registry: Vec<SignedEntry> = Vec::new();
    for (fact, seq) in crate::registry::entries(lane().device)[..4].iter().zip(1..) {
        let prev_hash = registry.last().map_or([0; 32], SignedEntry::hash);
        registry.push(SignedEntry::sign(seq, prev_hash, at_ms, fact, &key()));
    }
    let province = Some(RegistryKey::of(&key()));
    let part = ProofSegment { saves: erased, receipt: None, ..whole.clone() };
    vec![
        RecordProof::make(record(1), at_ms, province, vec![whole], registry, &key()).to_json(),
        RecordProof::make(record(1), at_ms, None, vec![part], Vec::new(), &key()).to_json(),
    ]
}
