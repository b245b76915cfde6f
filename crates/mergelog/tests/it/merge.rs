//! One record's operations, in any order, as often as you like: the same state, and nothing lost.

use std::collections::BTreeSet;

use arumbae_domain::schema::{FieldNo, RecordKind, Value, reserved};
use arumbae_mergelog::{OpId, Operation, RecordState, Stamp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;

use crate::samples::*;

type Applied = (OpId, Stamp, Operation);

fn state_of(ops: &[Applied]) -> RecordState {
    let mut state = RecordState::new();
    ops.iter().for_each(|(id, stamp, op)| state.apply(*id, *stamp, op));
    state
}

/// Applies every permutation of a short history and demands one state.
#[track_caller]
fn check_state(ops: &[Applied], look: impl Fn(&RecordState)) {
    let expected = state_of(ops).encode();
    permutations(ops.to_vec(), &mut |order| {
        let state = state_of(order);
        assert_eq!(state.encode(), expected, "the order of arrival shows");
        look(&state);
    });
}

fn permutations(ops: Vec<Applied>, each: &mut impl FnMut(&[Applied])) {
    fn place(ops: &mut Vec<Applied>, from: usize, each: &mut impl FnMut(&[Applied])) {
        if from + 1 >= ops.len() {
            each(ops);
        }
        for at in from..ops.len() {
            ops.swap(from, at);
            place(ops, from + 1, each);
            ops.swap(from, at);
        }
    }
    place(&mut { ops }, 0, each);
}

fn at(lane: u8, seq: u64, op: Operation) -> Applied {
    (op_id(lane, seq), stamp(seq * 1000 + u64::from(lane)), op)
}

#[test]
fn a_later_edit_by_someone_who_saw_the_first_replaces_it() {
    let ops = [at(1, 1, set(TITLE, "a", &[])), at(2, 1, set(TITLE, "b", &[op_id(1, 1)]))];
    check_state(&ops, |state| {
        let field = state.field(TITLE);
        assert_eq!(*field.winner, text("b"));
        assert!(!field.conflict && field.heads.len() == 1);
    });
}

#[test]
fn what_was_superseded_does_not_come_back_late_or_twice() {
    let first = at(1, 1, set(TITLE, "a", &[]));
    let second = at(2, 1, set(TITLE, "b", &[op_id(1, 1)]));
    check_state(&[second.clone(), first.clone(), first, second], |state| {
        assert_eq!(state.heads_of(TITLE), [op_id(2, 1)]);
    });
}

#[test]
fn a_concurrent_edit_is_kept_and_listed_until_somebody_resolves_it() {
    let ops = [
        at(1, 1, set(TITLE, "a", &[])),
        at(2, 1, set(TITLE, "b", &[op_id(1, 1)])),
        at(3, 1, set(TITLE, "c", &[op_id(1, 1)])),
    ];
    check_state(&ops, |state| {
        let field = state.field(TITLE);
        assert!(field.conflict);
        assert_eq!(*field.winner, text("c"), "the later clock is shown");
        let kept: Vec<&Value> = field.heads.iter().map(|head| &head.value).collect();
        assert_eq!(kept, [&text("c"), &text("b")]);
        assert_eq!(state.conflicts().count(), 1);
    });
    let mut settled = ops.to_vec();
    let preds = vec![op_id(2, 1), op_id(3, 1)];
    let note = "checked with the officer".to_owned();
    settled.push(at(1, 2, Operation::Resolve { record: record(1), field: TITLE, choice: text("b"), note, preds }));
    check_state(&settled, |state| {
        assert_eq!(*state.value(TITLE), text("b"));
        assert_eq!(state.conflicts().count(), 0);
    });
}

#[test]
fn equal_values_are_no_conflict() {
    let ops = [at(1, 1, set(TITLE, "a", &[])), at(2, 1, set(TITLE, "a", &[]))];
    check_state(&ops, |state| {
        assert!(!state.field(TITLE).conflict);
        assert_eq!(state.heads_of(TITLE).len(), 2, "a later edit has to supersede both");
    });
}

#[test]
fn a_clock_that_runs_ahead_gains_five_minutes_at_most_and_pins_nothing() {
    let far = Stamp { received_ms: Some(START_MS), ..stamp(75 * 365 * 86_400_000) };
    let honest = stamp(6 * 60 * 1000);
    let ops = [(op_id(9, 1), far, set(TITLE, "2099", &[])), (op_id(1, 1), honest, set(TITLE, "today", &[]))];
    check_state(&ops, |state| assert_eq!(*state.value(TITLE), text("today")));
    let mut after = ops.to_vec();
    after.push((op_id(1, 2), stamp(0), set(TITLE, "settled", &[op_id(9, 1), op_id(1, 1)])));
    check_state(&after, |state| assert_eq!(*state.value(TITLE), text("settled")));
}

#[test]
fn the_receipt_may_come_after_the_operation() {
    let receipted = Stamp { received_ms: Some(START_MS), ..stamp(1) };
    let ops = [(op_id(1, 1), stamp(1), set(TITLE, "a", &[])), (op_id(1, 1), receipted, set(TITLE, "a", &[]))];
    check_state(&ops, |state| assert_eq!(state.field(TITLE).heads[0].stamp, receipted));
}

#[test]
fn the_schema_may_decide_what_concurrent_values_mean() {
    let minutes = FieldNo(18);
    let present =
        |value| Operation::Set { record: record(1), field: minutes, value: Value::Integer(value), preds: vec![] };
    let ops = [at(1, 1, create(RecordKind::Attendee)), at(2, 9, present(40)), at(3, 1, present(55))];
    check_state(&ops, |state| {
        let field = state.field(minutes);
        assert_eq!(*field.winner, Value::Integer(55), "the larger, not the later");
        assert_eq!(field.heads[0].value, *field.winner, "the shown head stands first");
        assert!(!field.conflict);
    });
}

fn transition(from: &str, to: &str, preds: &[OpId]) -> Operation {
    let (from, to) = (from.to_owned(), to.to_owned());
    Operation::Transition { record: record(1), from, to, reason: String::new(), preds: preds.to_vec() }
}

#[test]
fn two_concurrent_transitions_wait_for_a_decision() {
    let ops = [
        at(1, 1, transition("draft", "submitted", &[])),
        at(2, 1, transition("submitted", "accepted", &[op_id(1, 1)])),
        at(3, 1, transition("submitted", "returned", &[op_id(1, 1)])),
    ];
    check_state(&ops, |state| {
        let status = state.status();
        assert!(status.needs_decision);
        assert_eq!(status.effective, Some("returned"), "nothing counts as accepted that somebody disputes");
        assert_eq!(status.heads.len(), 2);
    });
    let mut decided = ops.to_vec();
    let preds = vec![op_id(2, 1), op_id(3, 1)];
    let decision = Operation::Resolve {
        record: record(1),
        field: reserved::STATUS,
        choice: text("accepted"),
        note: "".into(),
        preds,
    };
    decided.push(at(2, 2, decision));
    check_state(&decided, |state| {
        let status = state.status();
        assert_eq!((status.effective, status.needs_decision), (Some("accepted"), false));
    });
}

#[test]
fn a_transition_from_a_status_its_author_had_not_seen_does_not_hold() {
    let ops = [
        at(1, 1, transition("draft", "submitted", &[])),
        at(2, 1, transition("returned", "accepted", &[op_id(1, 1)])),
        at(3, 1, transition("submitted", "accepted", &[op_id(7, 7)])),
    ];
    check_state(&ops, |state| {
        let status = state.status();
        assert_eq!(status.effective, Some("submitted"));
        assert_eq!(status.unheld.len(), 2);
    });
}

fn add(list: FieldNo, element: Value) -> Operation {
    Operation::Add { record: record(1), list, element }
}

fn remove(list: FieldNo, observed: &[OpId]) -> Operation {
    Operation::Remove { record: record(1), list, observed: observed.to_vec() }
}

#[test]
fn an_addition_wins_over_a_removal_that_had_not_seen_it() {
    let ops = [
        at(1, 1, add(ISSUES, text("hoax"))),
        at(2, 1, add(ISSUES, text("hoax"))),
        at(3, 1, remove(ISSUES, &[op_id(1, 1)])),
        at(3, 2, add(ISSUES, text("money_politics"))),
    ];
    check_state(&ops, |state| {
        assert_eq!(state.elements(ISSUES), [&text("hoax"), &text("money_politics")]);
        assert!(state.removed_elements(ISSUES).is_empty());
    });
    let mut both = ops.to_vec();
    both.push(at(3, 3, remove(ISSUES, &[op_id(2, 1)])));
    check_state(&both, |state| {
        assert_eq!(state.elements(ISSUES), [&text("money_politics")]);
        assert_eq!(state.removed_elements(ISSUES), [&text("hoax")]);
    });
}

fn delete(observed: &[OpId]) -> Operation {
    Operation::Delete { record: record(1), reason: "entered twice".into(), observed: observed.to_vec() }
}

#[test]
fn what_somebody_had_not_seen_is_not_part_of_what_they_saw() {
    let seen = [
        at(1, 1, create(RecordKind::Finding)),
        at(1, 2, set(TITLE, "a", &[])),
        at(1, 3, add(ISSUES, text("hoax"))),
        at(1, 4, transition("draft", "submitted", &[])),
        at(1, 5, rehome("82.05.01")),
        at(1, 9, set(SUMMARY, "later than all of the others", &[])),
    ];
    let unseen = [
        at(2, 1, set(PLACE, "b", &[])),
        at(2, 2, set(TITLE, "c", &[])),
        at(2, 3, add(ISSUES, text("money_politics"))),
        at(2, 4, transition("draft", "returned", &[])),
        at(2, 5, rehome("82.05.02")),
        at(2, 6, delete(&[op_id(1, 2)])),
    ];
    let all = state_of(&[&seen[..], &unseen[..]].concat());
    assert_eq!(all.clone().as_seen(|_| true), all);
    assert_eq!(all.as_seen(|id| id.lane == lane_id(1)), state_of(&seen));
}

#[test]
fn an_edit_the_deletion_had_not_seen_revives_the_record() {
    let ops = [at(1, 1, create(RecordKind::Finding)), at(1, 2, set(TITLE, "a", &[])), at(2, 1, delete(&[op_id(1, 2)]))];
    check_state(&ops, |state| assert!(state.is_deleted() && !state.revived()));
    let mut edited = ops.to_vec();
    edited.push(at(3, 1, set(TITLE, "b", &[op_id(1, 2)])));
    check_state(&edited, |state| assert!(!state.is_deleted() && state.revived()));
    let mut restored = edited.clone();
    restored.push(at(1, 3, Operation::Restore { record: record(1), preds: vec![op_id(2, 1)] }));
    check_state(&restored, |state| assert!(!state.is_deleted() && !state.revived()));
}

#[test]
fn two_deletions_together_cover_what_each_had_seen() {
    let ops = [
        at(1, 1, set(TITLE, "a", &[])),
        at(2, 1, set(PLACE, "b", &[])),
        at(3, 1, delete(&[op_id(1, 1)])),
        at(4, 1, delete(&[op_id(2, 1)])),
    ];
    check_state(&ops, |state| assert!(state.is_deleted()));
}

#[test]
fn a_final_step_is_a_request_until_the_province_has_it() {
    let submitted = at(1, 1, transition("draft", "submitted", &[]));
    let (id, stamp, step) = at(2, 1, transition("submitted", "accepted", &[op_id(1, 1)]));
    check_state(&[submitted.clone(), (id, stamp, step.clone())], |state| {
        assert_eq!((state.status().effective, state.status().requested), (Some("accepted"), true));
    });
    let received = Stamp { received_ms: Some(START_MS + 5000), ..stamp };
    check_state(&[submitted, (id, stamp, step.clone()), (id, received, step)], |state| {
        assert_eq!((state.status().effective, state.status().requested), (Some("accepted"), false));
    });
}

#[test]
fn a_step_that_is_not_final_is_no_request() {
    check_state(&[at(1, 1, transition("draft", "submitted", &[]))], |state| assert!(!state.status().requested));
}

fn rehome(to: &str) -> Operation {
    let scope = |text: &str| text.parse().expect("a scope");
    Operation::Rehome { record: record(1), from: scope("81.71.01"), to: scope(to) }
}

/// A move by somebody who had seen others, and a person's decision between moves: the same operation.
fn move_on(to: &str, preds: &[OpId]) -> Operation {
    let (choice, note, preds) = (text(to), String::new(), preds.to_vec());
    Operation::Resolve { record: record(1), field: reserved::SCOPE, choice, note, preds }
}

#[track_caller]
fn check_place(ops: &[Applied], effective: &str, undecided: bool) {
    check_state(ops, |state| {
        let place = state.place();
        assert_eq!(place.effective.map(ToString::to_string).as_deref(), Some(effective));
        assert_eq!(place.needs_decision, undecided);
        assert_eq!(state.scope(), place.effective);
    });
}

#[test]
fn a_record_is_where_it_was_moved_to_and_two_moves_at_once_need_a_decision() {
    let first = at(1, 5, rehome("81.71.02"));
    check_place(std::slice::from_ref(&first), "81.71.02", false);
    // The clock of the second move stands before the first one's; its author had seen the first.
    check_place(&[first.clone(), at(2, 1, move_on("81.71.03", &[op_id(1, 5)]))], "81.71.03", false);
    let apart = [first.clone(), at(2, 6, rehome("81.71.03"))];
    check_place(&apart, "81.71.03", true);
    let same = [first, at(2, 6, rehome("81.71.02"))];
    check_place(&same, "81.71.02", false);
    let mut decided = apart.to_vec();
    decided.push(at(3, 1, move_on("81.71.02", &[op_id(1, 5), op_id(2, 6)])));
    check_place(&decided, "81.71.02", false);
}

#[test]
fn a_field_write_moves_no_record() {
    let write = set(reserved::SCOPE, "81.71.02", &[]);
    check_state(&[at(1, 1, write)], |state| {
        assert_eq!((state.scope(), state.heads_of(reserved::SCOPE)), (None, vec![]))
    });
}

proptest! {
    /// Any order, any duplication, any batching through bytes: the same state bytes.
    #[test]
    fn converges(
        ops in vec((0u8..3, 1u64..12, 0u16..4, 0u64..100_000, operations(Just(record(1)))), 0..24),
        order in any::<prop::sample::Index>(),
        cut in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        // An id names one operation; the chain sees to that before anything is applied.
        let mut named = BTreeSet::new();
        let ops: Vec<Applied> = ops
            .into_iter()
            .map(|(lane, seq, index, at, op)| (OpId { lane: lane_id(lane), seq, index }, stamp(at), op))
            .filter(|(id, ..)| named.insert(*id))
            .collect();
        let expected = state_of(&ops);
        let bytes = expected.encode();
        let decoded = RecordState::decode(&bytes);
        prop_assert_eq!(decoded.as_ref(), Ok(&expected));

        let mut shuffled: Vec<Applied> = ops.iter().chain(&ops).cloned().collect();
        let mut random = seed | 1;
        for at in (1..shuffled.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(at, (random >> 33) as usize % (at + 1));
        }
        if !shuffled.is_empty() {
            let from = order.index(shuffled.len());
            shuffled.rotate_left(from);
        }
        let cut = cut.index(shuffled.len() + 1);
        let mut batched = RecordState::decode(&state_of(&shuffled[..cut]).encode()).expect("its own bytes");
        shuffled[cut..].iter().for_each(|(id, stamp, op)| batched.apply(*id, *stamp, op));
        prop_assert_eq!(batched.encode(), bytes);
        prop_assert_eq!(batched, expected);
    }

    /// Partial states join to what all their operations together give, however they were split and overlap.
    #[test]
    fn partial_states_join_to_the_whole(
        ops in vec((0u8..3, 1u64..12, 0u16..4, 0u64..100_000, operations(Just(record(1)))), 0..24),
        shares in vec(1u8..8, 24),
        receipted in vec(any::<bool>(), 24),
    ) {
        let mut named = BTreeSet::new();
        let ops: Vec<(u8, Applied)> = ops
            .into_iter()
            .zip(shares)
            .map(|((lane, seq, index, at, op), share)| (share, (OpId { lane: lane_id(lane), seq, index }, stamp(at), op)))
            .filter(|(_, (id, ..))| named.insert(*id))
            .collect();
        // Each of three readers holds some of the operations; a receipt has reached the second of them only.
        let parts: Vec<Vec<Applied>> = (0..3)
            .map(|reader| {
                let held = ops.iter().zip(&receipted).filter(|((share, _), _)| share >> reader & 1 == 1);
                held.map(|((_, (id, stamp, op)), receipted)| {
                    let received_ms = (*receipted && reader == 1).then_some(START_MS);
                    (*id, Stamp { received_ms, ..*stamp }, op.clone())
                })
                .collect()
            })
            .collect();
        let whole = state_of(&parts.concat()).encode();
        let states: Vec<RecordState> = parts.iter().map(|part| state_of(part)).collect();
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [2, 1, 0]] {
            let mut left = RecordState::new();
            order.iter().for_each(|at| left.join(&states[*at]));
            prop_assert_eq!(left.encode(), whole.clone());
            left.join(&left.clone());
            order.iter().for_each(|at| left.join(&states[*at]));
            prop_assert_eq!(left.encode(), whole.clone(), "once more changes nothing");
            let mut right = states[order[1]].clone();
            right.join(&states[order[2]]);
            let mut grouped = states[order[0]].clone();
            grouped.join(&right);
            prop_assert_eq!(grouped.encode(), whole.clone());
        }
    }

    /// The heads of a field are what nobody superseded: checked against the definition.
    #[test]
    fn heads_are_the_writes_nobody_superseded(
        writes in vec((0u8..3, "[a-c]", subsequence((0..12).collect::<Vec<usize>>(), 0..4)), 0..12),
    ) {
        let id = |at: usize| op_id(writes[at].0, at as u64 + 1);
        let preds = |at: usize| -> Vec<OpId> {
            writes[at].2.iter().filter(|pred| **pred < writes.len()).map(|pred| id(*pred)).collect()
        };
        let state = state_of(&(0..writes.len())
            .map(|at| (id(at), stamp(0), set(TITLE, &writes[at].1, &preds(at))))
            .collect::<Vec<_>>());
        let superseded: BTreeSet<OpId> =
            (0..writes.len()).flat_map(|at| preds(at).into_iter().filter(move |pred| *pred != id(at))).collect();
        let expected: BTreeSet<OpId> = (0..writes.len()).map(id).filter(|id| !superseded.contains(id)).collect();
        prop_assert_eq!(state.heads_of(TITLE).into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn damaged_states_are_refused_without_panic(bytes in vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let _ = RecordState::decode(&bytes);
        let mut versioned = vec![1];
        versioned.extend(bytes);
        let _ = RecordState::decode(&versioned);
        let ops = [at_fixed(1, set(TITLE, "a", &[])), at_fixed(2, transition("draft", "submitted", &[]))];
        let mut real = state_of(&ops).encode();
        let at = at.index(real.len());
        real[at] ^= 1 << bit;
        let _ = RecordState::decode(&real);
    }
}

fn at_fixed(seq: u64, op: Operation) -> Applied {
    at(1, seq, op)
}
