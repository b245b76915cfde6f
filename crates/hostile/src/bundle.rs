//! A bundle, as a courier brings it on a stick.

use arumbae_mergelog::compression::compress;
use arumbae_protocol::bundle::Bundle;
use arumbae_protocol::{Receipt, SignedEntry};

use crate::allocation::within;
use crate::samples::{key, lane, runs, seal};
use crate::{Damage, Decoder};

/// Read as it stands. A fuzzer finds no checksum: what stands in front of it is tried as [parts](crate::bundle_parts).
pub const DECODER: Decoder = Decoder {
    name: "bundle",
    check,
    samples: || bundles().iter().map(|bundle| bundle.encode().expect("it fits")).collect(),
    damage: Damage::Noticed,
};

pub(crate) fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let bundle = within((1 << 20) + 16 * bytes.len(), || Bundle::decode(bytes)).ok()?;
    let again = bundle.encode().expect("no larger than it was");
    assert_eq!(Bundle::decode(&again).as_ref(), Ok(&bundle), "written again it says the same");
    Some(again)
}

pub(crate) fn bundles() -> Vec<Bundle> {
    let segments: Vec<Vec<u8>> = runs()[..2].iter().map(|saves| compress(seal(saves).bytes())).collect();
    let entries = crate::registry::entries(lane().device);
    let hash = seal(&runs()[1]).hash();
    vec![
        Bundle::default(),
        Bundle {
            registry: vec![SignedEntry::sign(1, [0; 32], 1_707_868_800_000, &entries[0], &key())],
            vector: vec![(lane().id(), 3)],
            receipts: vec![Receipt::issue(lane(), 1, 3, hash, 12, 1_707_868_800_000, &key())],
            segments,
            later: vec![(200, vec![1, 2, 3])],
        },
    ]
}
