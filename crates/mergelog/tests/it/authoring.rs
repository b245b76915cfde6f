//! From what a person changed to operations that name what the person saw.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value, reserved};
use arumbae_mergelog::author::{self, operations};
use arumbae_mergelog::{KindNo, OpId, Operation, RecordState};

use crate::samples::*;

fn state_of(ops: &[(OpId, Operation)]) -> RecordState {
    let mut state = RecordState::new();
    ops.iter().for_each(|(id, op)| state.apply(*id, stamp(id.seq), op));
    state
}

#[track_caller]
fn check_operations(changes: &[Change], states: &[(RecordId, RecordState)], expected: &[Operation]) {
    let look_up = |record| states.iter().find(|(id, _)| *id == record).map(|(_, state)| state.clone());
    assert_eq!(operations(changes, &look_up), expected);
}

fn change(field: FieldNo, value: &str) -> Change {
    Change::Set { record: record(1), field, value: text(value) }
}

#[test]
fn a_new_record_names_no_predecessors() {
    let changes = [
        Change::Create { record: record(1), kind: RecordKind::Finding },
        change(TITLE, "first thought"),
        change(TITLE, "Pembagian sembako"),
        Change::Revise { record: record(1), field: SUMMARY, text: "Pada hari".into() },
        Change::AddElement { record: record(1), list: ISSUES, value: text("money_politics") },
        Change::Create { record: record(2), kind: RecordKind::Witness },
        Change::AddChild { record: record(1), list: WITNESSES, child: record(2) },
        Change::Set { record: record(1), field: PLACE, value: Value::Null },
    ];
    let expected = [
        create(RecordKind::Finding),
        set(TITLE, "Pembagian sembako", &[]),
        Operation::Revise { record: record(1), field: SUMMARY, base: None, text: "Pada hari".into(), preds: vec![] },
        Operation::Add { record: record(1), list: ISSUES, element: text("money_politics") },
        Operation::Create { record: record(2), kind: KindNo::from(RecordKind::Witness) },
        Operation::Add { record: record(1), list: WITNESSES, element: Value::Reference(record(2)) },
    ];
    check_operations(&changes, &[], &expected);
}

#[test]
fn an_edit_supersedes_what_its_author_saw() {
    let state = state_of(&[
        (op_id(1, 1), create(RecordKind::Finding)),
        (op_id(1, 2), set(TITLE, "a", &[])),
        (op_id(1, 3), set(SUMMARY, "long ago", &[])),
    ]);
    let changes = [
        Change::Create { record: record(1), kind: RecordKind::Finding },
        change(TITLE, "b"),
        Change::Revise { record: record(1), field: SUMMARY, text: "long ago, in Ambon".into() },
    ];
    let revised = Operation::Revise {
        record: record(1),
        field: SUMMARY,
        base: Some(op_id(1, 3)),
        text: "long ago, in Ambon".into(),
        preds: vec![op_id(1, 3)],
    };
    check_operations(&changes, &[(record(1), state.clone())], &[set(TITLE, "b", &[op_id(1, 2)]), revised]);
    check_operations(&[change(TITLE, "a")], &[(record(1), state)], &[]);
}

#[test]
fn an_edit_in_a_conflict_leaves_the_other_value_listed() {
    let mut state = state_of(&[
        (op_id(1, 1), create(RecordKind::Finding)),
        (op_id(1, 2), set(TITLE, "shown", &[])),
        (op_id(2, 1), set(TITLE, "other", &[])),
    ]);
    let shown = op_id(1, 2);
    let edit = set(TITLE, "shown, corrected", &[shown]);
    check_operations(&[change(TITLE, "shown, corrected")], &[(record(1), state.clone())], std::slice::from_ref(&edit));
    state.apply(op_id(1, 3), stamp(3), &edit);
    assert!(state.field(TITLE).conflict);
    let decision = author::resolve(record(1), &state, TITLE, text("other"), "asked");
    state.apply(op_id(1, 4), stamp(4), &decision);
    assert!(!state.field(TITLE).conflict);
    assert_eq!(*state.value(TITLE), text("other"));
}

#[test]
fn removing_a_child_deletes_it_as_it_was_seen() {
    let parent = state_of(&[(
        op_id(1, 1),
        Operation::Add { record: record(1), list: WITNESSES, element: Value::Reference(record(2)) },
    )]);
    let name = Operation::Set { record: record(2), field: FieldNo(10), value: text("CONTOH"), preds: vec![] };
    let child = state_of(&[(op_id(1, 2), name)]);
    let changes = [Change::RemoveChild { record: record(1), list: WITNESSES, child: record(2) }];
    let expected = [
        Operation::Remove { record: record(1), list: WITNESSES, observed: vec![op_id(1, 1)] },
        Operation::Delete { record: record(2), reason: String::new(), observed: vec![op_id(1, 2)] },
    ];
    check_operations(&changes, &[(record(1), parent.clone()), (record(2), child.clone())], &expected);

    let (mut parent, mut child) = (parent, child);
    parent.apply(op_id(1, 3), stamp(3), &expected[0]);
    child.apply(op_id(1, 3), stamp(3), &expected[1]);
    assert!(child.is_deleted() && parent.elements(WITNESSES).is_empty());
    let back = [Change::AddChild { record: record(1), list: WITNESSES, child: record(2) }];
    let expected = [
        Operation::Add { record: record(1), list: WITNESSES, element: Value::Reference(record(2)) },
        Operation::Restore { record: record(2), preds: vec![op_id(1, 3)] },
    ];
    check_operations(&back, &[(record(1), parent), (record(2), child)], &expected);
}

#[test]
fn transitions_start_from_what_counts() {
    let mut state = RecordState::new();
    state.apply(op_id(1, 1), stamp(1), &author::transition(record(1), &state, "submitted", ""));
    let accepted = author::transition(record(1), &state, "accepted", "");
    let returned = author::transition(record(1), &state, "returned", "the date is missing");
    state.apply(op_id(2, 1), stamp(2), &accepted);
    state.apply(op_id(3, 1), stamp(3), &returned);
    assert!(state.status().needs_decision);
    let again = author::transition(record(1), &state, "submitted", "");
    state.apply(op_id(1, 2), stamp(4), &again);
    assert!(state.status().needs_decision, "the acceptance still waits for a decision");
    state.apply(op_id(2, 2), stamp(5), &author::resolve(record(1), &state, reserved::STATUS, text("submitted"), ""));
    assert_eq!((state.status().effective, state.status().needs_decision), (Some("submitted"), false));
}

#[test]
fn a_deletion_names_everything_that_stands() {
    let mut state = state_of(&[(op_id(1, 1), create(RecordKind::Finding)), (op_id(1, 2), set(TITLE, "a", &[]))]);
    state.apply(op_id(1, 3), stamp(3), &author::delete(record(1), &state, "entered twice"));
    assert!(state.is_deleted());
    state.apply(op_id(1, 4), stamp(4), &author::restore(record(1), &state));
    assert!(!state.is_deleted() && !state.revived());
}

/// A copy for readers of another scope says what the record says, and takes the original's place where both are read.
#[test]
fn a_repeated_record_is_the_same_record_alone_and_beside_the_original() {
    let minutes = FieldNo(18);
    let original = [
        (op_id(1, 1), create(RecordKind::Attendee)),
        (op_id(1, 2), Operation::Set { record: record(1), field: minutes, value: Value::Integer(40), preds: vec![] }),
        (op_id(2, 1), Operation::Set { record: record(1), field: minutes, value: Value::Integer(55), preds: vec![] }),
        (op_id(1, 3), set(FieldNo(10), "Peserta Contoh", &[])),
        (op_id(1, 4), Operation::Add { record: record(1), list: ISSUES, element: text("hoax") }),
        (op_id(1, 5), author::transition(record(1), &RecordState::new(), "submitted", "lengkap")),
    ];
    let state = state_of(&original);
    let copy: Vec<(OpId, Operation)> = author::repeat(record(1), &state)
        .into_iter()
        .enumerate()
        .map(|(at, op)| (OpId { index: at as u16, ..op_id(9, 1) }, op))
        .collect();
    let look = |state: &RecordState| {
        assert_eq!(state.kind(), Some(KindNo::from(RecordKind::Attendee)));
        assert_eq!(*state.value(minutes), Value::Integer(55));
        assert_eq!(*state.value(FieldNo(10)), text("Peserta Contoh"));
        assert_eq!(state.elements(ISSUES), [&text("hoax")]);
        assert_eq!((state.status().effective, state.status().needs_decision), (Some("submitted"), false));
        assert!(state.heads_of(minutes).iter().all(|head| head.lane == lane_id(9)), "the copy stands");
    };
    look(&state_of(&copy));
    look(&state_of(&[original.as_slice(), &copy].concat()));
}

#[test]
fn a_second_move_names_the_first() {
    let scope = |text: &str| text.parse().expect("a scope");
    let moved = |state: &RecordState, lane: u8, from: &str, to: &str| {
        let mut state = state.clone();
        for (index, op) in (0..).zip(author::rehome(record(1), &state, &scope(from), &scope(to), "")) {
            state.apply(OpId { index, ..op_id(lane, 1) }, stamp(lane.into()), &op);
        }
        state
    };
    let first = moved(&RecordState::new(), 1, "81.71.01", "81.71.02");
    assert_eq!(first.heads_of(reserved::SCOPE), [op_id(1, 1)]);
    let back = moved(&first, 2, "81.71.02", "81.71.01");
    assert_eq!((back.scope(), back.place().needs_decision), (Some(&scope("81.71.01")), false));
    let mut apart = moved(&first, 3, "81.71.02", "81.71.03");
    apart.join(&back);
    assert!(apart.place().needs_decision, "moved back by one and on by another");
    apart.apply(op_id(4, 1), stamp(4), &author::resolve(record(1), &apart, reserved::SCOPE, text("81.71.03"), ""));
    assert_eq!((apart.scope(), apart.place().needs_decision), (Some(&scope("81.71.03")), false));
}
