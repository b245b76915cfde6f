//! A record's state, as a store keeps it beside the log.

use arumbae_domain::schema::reserved;
use arumbae_mergelog::RecordState;

use crate::allocation::within;
use crate::save::states;
use crate::{Damage, Decoder, samples};

/// Decoded, and asked everything a state can be asked.
pub const DECODER: Decoder = Decoder {
    name: "state",
    check,
    samples: || {
        let saves = samples::runs().into_iter().flatten();
        saves.flat_map(|save| states(&save, 0..save.ops.len()).into_values()).map(|state| state.encode()).collect()
    },
    damage: Damage::CutsNoticed,
};

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let state = within(96 * bytes.len(), || RecordState::decode(bytes)).ok()?;
    let again = state.encode();
    assert_eq!(RecordState::decode(&again).as_ref(), Ok(&state), "written again it says the same");
    ask(&state);
    Some(again)
}

fn ask(state: &RecordState) {
    for (field, view) in state.fields() {
        assert!(!view.heads.is_empty(), "a field that was written has a head");
        assert_eq!(*state.value(field), *view.winner);
        assert!(field.0 < reserved::FIRST_OWN || state.heads_of(field).len() == view.heads.len());
    }
    assert!(state.conflicts().all(|(_, view)| view.heads.len() > 1), "it takes two to be in conflict");
    for list in state.lists() {
        let (standing, gone) = (state.elements(list), state.removed_elements(list));
        assert!(gone.iter().all(|element| !standing.contains(element)), "removed or not, never both");
        assert!(standing.iter().all(|element| !state.observed(list, element).is_empty()));
    }
    let status = state.status();
    assert_eq!(state.heads_of(reserved::STATUS).len(), status.heads.len());
    assert!(!(state.is_deleted() && state.revived()));
    let _ = (state.live_ids(), state.scope(), state.attachments(), state.deletion(), state.updated());
}
