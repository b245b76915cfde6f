//! A save standing alone, as a store keeps it.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{OpId, RecordState, Save, Stamp, leaf};

use crate::allocation::within;
use crate::{Damage, Decoder, samples};

/// Decoded, and its operations applied.
pub const DECODER: Decoder = Decoder {
    name: "save",
    check,
    samples: || samples::runs().iter().flatten().map(leaf::encode).collect(),
    damage: Damage::CutsNoticed,
};

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let save = within(96 * bytes.len(), || leaf::decode(bytes)).ok()?;
    assert_eq!(leaf::encode(&save), bytes, "a save has one spelling");
    let whole = states(&save, 0..save.ops.len());
    assert_eq!(whole, states(&save, (0..save.ops.len()).rev()), "the order of operations does not matter");
    let half = save.ops.len() / 2;
    let (first, second) = (states(&save, 0..half), states(&save, half..save.ops.len()));
    for (record, state) in &whole {
        let mut joined = first.get(record).cloned().unwrap_or_default();
        joined.join(&second.get(record).cloned().unwrap_or_default());
        assert_eq!(&joined, state, "what is known in parts adds up");
        let decoded = RecordState::decode(&state.encode());
        assert_eq!(decoded.as_ref(), Ok(state), "what operations lead to can be stored");
    }
    Some(bytes.to_vec())
}

/// The records after these operations of the save, applied in this order.
pub(crate) fn states(save: &Save, order: impl Iterator<Item = usize>) -> BTreeMap<RecordId, RecordState> {
    let stamp = Stamp { hlc: save.hlc, received_ms: None, actor: save.actor };
    let mut states = BTreeMap::<RecordId, RecordState>::new();
    for index in order {
        let op = &save.ops[index];
        let id = OpId { lane: samples::lane().id(), seq: save.seq, index: index as u16 };
        states.entry(op.record()).or_default().apply(id, stamp, op);
    }
    states
}
