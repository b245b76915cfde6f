//! Our own bytes, cut at every place and damaged at every bit.

use arumbae_hostile::{
    Damage, Decoder, attendance, body, bundle, bundle_parts, envelope, http_signature, invitation, messages, parcel,
    proof, registry, repair, rules, save, sealed, segment, snapshot, state,
};

use crate::read;

/// At how many places a sample is damaged, so that the tests stay quick: of what has to notice it, every one.
fn places(decoder: &Decoder) -> usize {
    if decoder.damage == Damage::Unnoticed { 32 } else { 1024 }
}

#[track_caller]
fn check_damage(decoder: &Decoder) {
    for (number, sample) in (decoder.samples)().iter().enumerate() {
        let whole = read(decoder, sample, &format!("sample {number}"));
        assert!(whole.is_some(), "{} refuses sample {number}, which we wrote ourselves", decoder.name);
        for at in (0..sample.len()).step_by(sample.len() / places(decoder) + 1) {
            let which = format!("the first {at} bytes of sample {number}");
            let cut = read(decoder, &sample[..at], &which);
            let noticed = cut.is_none() || cut == whole || decoder.damage == Damage::Unnoticed;
            assert!(noticed, "{} takes {which} for something else", decoder.name);
            for bit in 0..8 {
                let mut damaged = sample.clone();
                damaged[at] ^= 1 << bit;
                let which = format!("sample {number} with bit {bit} of byte {at} changed");
                let read = read(decoder, &damaged, &which);
                let noticed = read.is_none() || read == whole || decoder.damage != Damage::Noticed;
                assert!(noticed, "{} takes {which} for something else", decoder.name);
            }
        }
    }
}

#[test]
fn damaged_segments_are_refused() {
    check_damage(&segment::DECODER);
}

#[test]
fn damaged_bodies_do_no_harm_behind_a_signature() {
    check_damage(&body::DECODER);
}

#[test]
fn damaged_saves_do_no_harm() {
    check_damage(&save::DECODER);
}

#[test]
fn damaged_states_do_no_harm() {
    check_damage(&state::DECODER);
}

#[test]
fn damaged_envelopes_do_no_harm() {
    check_damage(&envelope::DECODER);
}

#[test]
fn damaged_snapshots_do_no_harm() {
    check_damage(&snapshot::DECODER);
}

#[test]
fn damaged_bundles_are_refused() {
    check_damage(&bundle::DECODER);
}

#[test]
fn damaged_sealed_files_are_refused() {
    check_damage(&sealed::DECODER);
}

#[test]
fn damaged_parts_of_a_bundle_do_no_harm() {
    check_damage(&bundle_parts::DECODER);
}

#[test]
fn damaged_questions_and_answers_of_a_repair_do_no_harm() {
    check_damage(&repair::DECODER);
}

#[test]
fn damaged_parcels_do_no_harm() {
    check_damage(&parcel::DECODER);
}

#[test]
fn damaged_messages_do_no_harm() {
    check_damage(&messages::DECODER);
}

#[test]
fn damaged_proofs_are_refused() {
    check_damage(&proof::DECODER);
}

#[test]
fn damaged_registry_entries_do_no_harm() {
    check_damage(&registry::DECODER);
}

#[test]
fn damaged_invitations_are_refused() {
    check_damage(&invitation::DECODER);
}

#[test]
fn damaged_request_signatures_are_refused() {
    check_damage(&http_signature::DECODER);
}

#[test]
fn damaged_attendance_lists_do_no_harm() {
    check_damage(&attendance::DECODER);
}

#[test]
fn damaged_rule_files_do_no_harm() {
    check_damage(&rules::DECODER);
}
