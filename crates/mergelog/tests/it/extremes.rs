//! What a device whose program is not ours could put into one save: as much as the limits allow, laid out so that it
//! costs the most. Whoever does more than one pass over it does not come to an end here.

use arumbae_domain::schema::RecordKind;
use arumbae_mergelog::{LaneId, OpId, Operation, RecordState, limits};

use crate::samples::*;

const MOST: u16 = u16::MAX;

fn own(index: u16) -> OpId {
    OpId { index, ..op_id(1, 1) }
}

fn apply(state: &mut RecordState, index: u16, op: &Operation) {
    state.apply(own(index), stamp(0), op);
}

#[track_caller]
fn check_kept(state: &RecordState) {
    assert_eq!(RecordState::decode(&state.encode()).as_ref(), Ok(state));
}

#[test]
fn transitions_that_each_build_on_the_one_after_them() {
    let mut state = RecordState::new();
    for index in 0..MOST {
        let last = index == MOST - 1;
        let (from, preds) = if last { ("draft", vec![]) } else { ("submitted", vec![own(index + 1)]) };
        let (from, to, reason) = (from.to_owned(), "submitted".to_owned(), String::new());
        apply(&mut state, index, &Operation::Transition { record: record(1), from, to, reason, preds });
    }
    let status = state.status();
    assert_eq!(status.heads.iter().map(|head| head.id).collect::<Vec<_>>(), [own(0)], "each is superseded by the next");
    assert!(status.unheld.is_empty());
    check_kept(&state);
}

#[test]
fn as_many_deletions_as_operations_and_all_of_them_taken_back() {
    let mut state = RecordState::new();
    apply(&mut state, 0, &create(RecordKind::Finding));
    for index in (1..MOST).step_by(2) {
        apply(&mut state, index, &set(TITLE, "", &[]));
        let observed = vec![own(index)];
        apply(&mut state, index + 1, &Operation::Delete { record: record(1), reason: String::new(), observed });
    }
    assert!(state.is_deleted(), "together they saw everything");
    let preds: Vec<OpId> = (1..MOST).rev().map(own).collect();
    state.apply(op_id(1, 2), stamp(0), &Operation::Restore { record: record(1), preds });
    assert!(!state.is_deleted());
    check_kept(&state);
}

#[test]
fn the_longest_list_of_predecessors_each_of_another_lane() {
    let mut state = RecordState::new();
    (0..MOST).for_each(|index| apply(&mut state, index, &set(TITLE, "", &[])));
    let foreign = |number: u32| {
        let mut lane = [0; 16];
        lane[..4].copy_from_slice(&number.to_be_bytes());
        OpId { lane: LaneId(lane), seq: 1, index: 0 }
    };
    let others = limits::SEGMENT_IDS as u32 - u32::from(MOST);
    let preds: Vec<OpId> = (0..MOST).map(own).chain((0..others).rev().map(foreign)).collect();
    state.apply(op_id(1, 2), stamp(0), &set(TITLE, "Satu", &preds));
    assert_eq!(state.heads_of(TITLE), [op_id(1, 2)]);
    check_kept(&state);
}
