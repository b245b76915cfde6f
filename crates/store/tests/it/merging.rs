//! What the merge rules make of records as people see them: removals, deletions, moves, steps.

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, Record, RecordKind, Value, reserved};
use arumbae_domain::{Scope, SupervisionReport};
use arumbae_protocol::Role;
use arumbae_store::{Incoming, ListQuery, QuarantineReason, RecordView, SaveContext, Store, StoreError, WayOut};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixture::{Laptop, NOW_MS, at, carry, get, incoming, laptop, put, report, scope, sealed, witness};
use crate::province::Province;

const WITNESSES: FieldNo = FieldNo(57);
const WITNESS_ADDRESS: FieldNo = FieldNo(11);

fn view(store: &Store, lhp: &SupervisionReport) -> RecordView {
    store.document(lhp.id).expect("readable").expect("there")
}

fn exchange(one: &mut Store, other: &mut Store) {
    carry(one, other);
    carry(other, one);
    assert_eq!(one.state_fingerprint().expect("readable"), other.state_fingerprint().expect("readable"));
}

/// Two laptops with a report that has two witnesses.
fn pair() -> (Laptop, Laptop, SupervisionReport) {
    let (mut first, mut second) = (laptop("Petugas Satu"), laptop("Petugas Dua"));
    let lhp = SupervisionReport { witnesses: vec![witness("Saksi Satu"), witness("Saksi Dua")], ..report("001") };
    put(&mut first.store, &lhp);
    carry(&mut first.store, &mut second.store);
    (first, second, lhp)
}

fn edit_witness(store: &mut Store, lhp: &SupervisionReport, address: &str) {
    let change =
        Change::Set { record: lhp.witnesses[0].id, field: WITNESS_ADDRESS, value: Value::Text(address.to_owned()) };
    store.save(&[change], &at(NOW_MS)).expect("written");
}

#[test]
fn a_part_that_was_edited_while_it_was_removed_comes_back_flagged() {
    let (mut first, mut second, lhp) = pair();
    let removal = Change::RemoveChild { record: lhp.id, list: WITNESSES, child: lhp.witnesses[0].id };
    first.store.save(&[removal], &at(NOW_MS)).expect("written");
    assert_eq!(get(&first.store, &lhp).witnesses.len(), 1);
    edit_witness(&mut second.store, &lhp, "Jl. Pala");
    exchange(&mut first.store, &mut second.store);
    assert_eq!(get(&first.store, &lhp).witnesses.len(), 2);
    assert_eq!(view(&first.store, &lhp).returned_parts, [lhp.witnesses[0].id]);
    let keep = Change::AddChild { record: lhp.id, list: WITNESSES, child: lhp.witnesses[0].id };
    first.store.save(&[keep], &at(NOW_MS)).expect("written");
    exchange(&mut first.store, &mut second.store);
    assert_eq!((get(&second.store, &lhp).witnesses.len(), view(&second.store, &lhp).returned_parts), (2, vec![]));
}

#[test]
fn an_edit_of_a_part_brings_a_deleted_record_back_into_review() {
    let (mut first, mut second, lhp) = pair();
    first.store.delete(lhp.id, "salah entri", &at(NOW_MS)).expect("deleted");
    let deleted = view(&first.store, &lhp);
    assert!(deleted.deleted && !deleted.revived);
    assert_eq!(deleted.deletion.expect("why").reason, "salah entri");
    assert_eq!(first.store.count(RecordKind::SupervisionReport).expect("readable"), 0);
    assert_eq!(get(&first.store, &lhp).witnesses.len(), 2, "whoever looks at it sees all it held");
    let listed = |deleted| {
        let query = ListQuery { deleted, text: Some("001".to_owned()), ..ListQuery::default() };
        first.store.list(RecordKind::SupervisionReport, &query).expect("readable").total
    };
    assert_eq!((listed(false), listed(true)), (0, 1), "it is where somebody looks for what was deleted");
    edit_witness(&mut second.store, &lhp, "Jl. Pala");
    exchange(&mut first.store, &mut second.store);
    for store in [&first.store, &second.store] {
        let back = view(store, &lhp);
        assert!(!back.deleted && back.revived, "an edit that nobody had seen is not lost with the record");
        assert_eq!(back.deletion.expect("still told").reason, "salah entri");
        assert_eq!(get(store, &lhp).witnesses.len(), 2, "with the parts that were deleted along with it");
        assert_eq!(store.count(RecordKind::SupervisionReport).expect("readable"), 1);
    }
    let before = first.store.state_fingerprint().expect("readable");
    first.store.rebuild_from_log().expect("rebuilt");
    assert_eq!(first.store.state_fingerprint().expect("readable"), before);

    second.store.delete(lhp.id, "tetap dihapus", &at(NOW_MS)).expect("deleted again, having seen it");
    exchange(&mut first.store, &mut second.store);
    assert!(view(&first.store, &lhp).deleted);
    first.store.restore(lhp.id, &at(NOW_MS)).expect("restored");
    exchange(&mut first.store, &mut second.store);
    let restored = view(&second.store, &lhp);
    assert!(!restored.deleted && !restored.revived && restored.deletion.is_none());
    assert_eq!(get(&second.store, &lhp).witnesses.len(), 2, "with its parts");
}

#[test]
fn an_accepted_record_is_a_request_until_its_receipt() {
    let mut first = laptop("Pengawas Contoh");
    let mut province = Province::new();
    province.enrol(&mut first.store, Role::Ketua, &scope());
    province.tell(&mut first.store);
    let lhp = report("001");
    put(&mut first.store, &lhp);
    for step in ["submitted", "accepted"] {
        first.store.transition(lhp.id, step, "", &at(NOW_MS)).expect("written");
    }
    assert_eq!(
        (view(&first.store, &lhp).status.as_deref(), view(&first.store, &lhp).requested),
        (Some("accepted"), true)
    );
    sealed(&mut first.store);
    let segments = first.store.unreceipted_segments(usize::MAX).expect("readable");
    let receipts: Vec<_> = (1..).zip(&segments).map(|(gsn, segment)| province.receipt(segment, gsn, NOW_MS)).collect();
    first.store.apply_receipts(&receipts).expect("counted");
    assert_eq!(
        (view(&first.store, &lhp).status.as_deref(), view(&first.store, &lhp).requested),
        (Some("accepted"), false)
    );
}

fn other_scope() -> Scope {
    "81.71.02".parse().expect("a district")
}

/// The segments of one scope, as a reader of that scope gets them.
fn of_scope(store: &mut Store, scope: &Scope) -> Vec<Incoming> {
    sealed(store);
    store.segments_after(Some(scope), &[], usize::MAX).expect("readable").iter().map(incoming).collect()
}

#[test]
fn a_moved_record_is_whole_for_the_readers_of_either_scope() {
    let (mut first, mut second, lhp) = pair();
    first.store.transition(lhp.id, "submitted", "lengkap", &at(NOW_MS)).expect("written");
    let comparable = |store: &Store| get(store, &lhp);
    let before = comparable(&first.store);
    first.store.rehome(lhp.id, &other_scope(), "salah alamat", NOW_MS).expect("moved");
    assert_eq!((comparable(&first.store), view(&first.store, &lhp).scope), (before.clone(), other_scope()));
    assert_eq!(view(&first.store, &lhp).conflicts, []);

    let mut there = laptop("Pembaca di sana");
    there.store.apply_segments(of_scope(&mut first.store, &other_scope()), &[], NOW_MS).expect("taken in");
    assert_eq!((comparable(&there.store), view(&there.store, &lhp).scope), (before.clone(), other_scope()));
    let mut here = laptop("Pembaca di sini");
    here.store.apply_segments(of_scope(&mut first.store, &scope()), &[], NOW_MS).expect("taken in");
    assert_eq!((comparable(&here.store), view(&here.store, &lhp).scope), (before, other_scope()));

    // A colleague who reads both and had not seen the move: nothing they wrote is lost.
    edit_witness(&mut second.store, &lhp, "Jl. Pala");
    exchange(&mut first.store, &mut second.store);
    assert_eq!(view(&second.store, &lhp).conflicts.len(), 0);
    assert_eq!(get(&second.store, &lhp).witnesses[0].address, "Jl. Pala");
}

#[test]
fn two_moves_at_once_wait_for_a_decision() {
    let (mut first, mut second, lhp) = pair();
    let third: Scope = "81.71.03".parse().expect("a district");
    first.store.rehome(lhp.id, &other_scope(), "salah alamat", NOW_MS).expect("moved");
    second.store.rehome(lhp.id, &third, "salah alamat", NOW_MS + 1000).expect("moved elsewhere");
    exchange(&mut first.store, &mut second.store);
    assert_eq!(view(&first.store, &lhp).author.as_deref(), Some("Petugas Satu"), "whoever moves it has not made it");
    let conflicts = view(&first.store, &lhp).conflicts;
    assert!(conflicts.iter().any(|conflict| conflict.record == lhp.id && conflict.field == reserved::SCOPE));
    first.store.rehome(lhp.id, &other_scope(), "salah alamat", NOW_MS + 2000).expect("decided");
    exchange(&mut first.store, &mut second.store);
    assert_eq!((view(&second.store, &lhp).scope, view(&second.store, &lhp).conflicts), (other_scope(), vec![]));
    let mut there = laptop("Pembaca di sana");
    there.store.apply_segments(of_scope(&mut first.store, &third), &[], NOW_MS).expect("taken in");
    assert_eq!(view(&there.store, &lhp).scope, other_scope(), "the scope that lost it learns of the decision");
}

#[test]
fn what_is_undecided_does_not_move() {
    let (mut first, mut second, lhp) = pair();
    for (store, stage) in [(&mut first.store, "Satu"), (&mut second.store, "Dua")] {
        put(store, &SupervisionReport { stage: stage.to_owned(), ..lhp.clone() });
    }
    exchange(&mut first.store, &mut second.store);
    let refused = first.store.rehome(lhp.id, &other_scope(), "salah alamat", NOW_MS);
    assert!(matches!(refused, Err(StoreError::Undecided)), "got {refused:?}");
}

#[test]
fn a_step_whose_ground_has_not_come_is_told_and_does_not_count() {
    let (mut first, mut second, lhp) = pair();
    let mut third = laptop("Petugas Tiga");
    carry(&mut first.store, &mut third.store);
    first.store.transition(lhp.id, "submitted", "", &at(NOW_MS)).expect("written");
    carry(&mut first.store, &mut second.store);
    second.store.transition(lhp.id, "returned", "saksi kurang", &at(NOW_MS)).expect("written");
    let lane = second.store.lane(&scope()).id();
    let steps: Vec<Incoming> = sealed(&mut second.store);
    let own = second.store.segments_after(None, &[(first.store.lane(&scope()).id(), u64::MAX >> 1)], usize::MAX);
    let own: Vec<Incoming> = own.expect("readable").iter().map(incoming).collect();
    third.store.apply_segments(own, &[], NOW_MS).expect("the second step came without the first");
    let seen = view(&third.store, &lhp);
    assert_eq!(seen.status.as_deref(), Some("draft"));
    assert_eq!(seen.ungrounded.len(), 1);
    assert_eq!((seen.ungrounded[0].operation.lane, seen.ungrounded[0].reason.as_str()), (lane, "saksi kurang"));
    third.store.apply_segments(steps, &[], NOW_MS).expect("then the first");
    let seen = view(&third.store, &lhp);
    assert_eq!((seen.status.as_deref(), seen.ungrounded), (Some("returned"), vec![]));
}

#[test]
fn what_waits_for_a_record_is_told_until_it_comes() {
    let (mut first, mut second, lhp) = pair();
    edit_witness(&mut second.store, &lhp, "Jl. Pala");
    let firsts = first.store.lane(&scope()).id();
    let edit = second.store.clock_quality().and_then(|clock| second.store.seal_pending(clock));
    edit.expect("sealed");
    let edit = second.store.segments_after(None, &[(firsts, u64::MAX >> 1)], usize::MAX).expect("readable");
    let mut third = laptop("Petugas Tiga");
    third.store.apply_segments(edit.iter().map(incoming).collect(), &[], NOW_MS).expect("taken in");
    let [held] = &third.store.quarantine().expect("readable")[..] else { panic!("one record waits") };
    assert_eq!((held.reason, held.record), (QuarantineReason::UnknownRecord, Some(lhp.witnesses[0].id)));
    assert!(held.is_kept && held.way_out() == WayOut::EarlierArrives);
    carry(&mut first.store, &mut third.store);
    assert_eq!(third.store.quarantine().expect("readable"), []);
    assert_eq!(get(&third.store, &lhp).witnesses[0].address, "Jl. Pala");
}

#[test]
fn two_revisions_are_compared_with_what_both_began_with() {
    let (mut first, mut second, lhp) = pair();
    let write = |store: &mut Store, text: &str| {
        let mut edited = get(store, &lhp);
        edited.findings_summary = text.into();
        put(store, &edited);
    };
    write(&mut first.store, "Petugas tiba. Baliho terpasang. Foto diambil.");
    carry(&mut first.store, &mut second.store);
    write(&mut first.store, "Petugas tiba pukul 9. Baliho terpasang. Foto diambil.");
    write(&mut second.store, "Petugas tiba. Baliho terpasang. Foto diambil. Saksi ditanya.");
    write(&mut second.store, "Petugas tiba. Baliho terpasang. Foto diambil. Dua saksi ditanya.");
    exchange(&mut first.store, &mut second.store);
    let [conflict] = &view(&first.store, &lhp).conflicts[..] else { panic!("both revisions are kept") };
    let revisions = first.store.revisions(conflict).expect("readable").expect("two revisions");
    assert_eq!(revisions.base, "Petugas tiba. Baliho terpasang. Foto diambil.");
    let proposal = revisions.comparison().proposal().expect("different sentences");
    assert_eq!(proposal, "Petugas tiba pukul 9. Baliho terpasang. Foto diambil. Dua saksi ditanya.");
    let confirmed = Value::Text(proposal.clone());
    first.store.resolve(lhp.id, conflict.field, confirmed, "digabung, diperiksa", &at(NOW_MS)).expect("confirmed");
    exchange(&mut first.store, &mut second.store);
    assert_eq!(
        (view(&second.store, &lhp).conflicts, &*get(&second.store, &lhp).findings_summary),
        (vec![], &*proposal)
    );
}

#[derive(Clone, Debug)]
enum Act {
    Stage(u8),
    Place(u8),
    Narrative(u8),
    Submit,
    Return,
    AddWitness,
    DropWitness(usize),
    NameWitness(usize, u8),
    Delete,
    Restore,
    Resolve,
    Move,
    Seal,
    Hear(usize),
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let act = prop_oneof![
        4 => any::<u8>().prop_map(Act::Stage),
        3 => any::<u8>().prop_map(Act::Place),
        2 => any::<u8>().prop_map(Act::Narrative),
        1 => Just(Act::Submit),
        1 => Just(Act::Return),
        2 => Just(Act::AddWitness),
        1 => (0usize..4).prop_map(Act::DropWitness),
        2 => (0usize..4, any::<u8>()).prop_map(|(at, name)| Act::NameWitness(at, name)),
        1 => Just(Act::Delete),
        1 => Just(Act::Restore),
        1 => Just(Act::Resolve),
        1 => Just(Act::Move),
        2 => Just(Act::Seal),
        4 => (0usize..3).prop_map(Act::Hear),
    ];
    vec((0usize..3, act), 5..40)
}

fn act(store: &mut Store, lhp: &SupervisionReport, what: &Act, clock: u64) {
    let Some(view) = store.document(lhp.id).expect("readable") else { return };
    let context = SaveContext { scope: view.scope.clone(), ..at(NOW_MS + clock) };
    let mut edited = SupervisionReport::from_document(&view.document);
    match what {
        Act::Stage(n) => edited.stage = format!("Tahap {}", n % 4),
        Act::Place(n) => edited.signed_place = format!("Tempat {}", n % 4),
        Act::Narrative(n) => edited.findings_summary = format!("Uraian {}. Selesai.", n % 4).as_str().into(),
        Act::AddWitness => edited.witnesses.push(witness(&format!("Saksi {clock}"))),
        Act::DropWitness(at) if *at < edited.witnesses.len() => drop(edited.witnesses.remove(*at)),
        Act::NameWitness(at, n) => {
            if let Some(known) = edited.witnesses.get_mut(*at) {
                known.address = format!("Jl. {}", n % 4);
            }
        }
        Act::Submit => drop(store.transition(lhp.id, "submitted", "", &context).expect("written")),
        Act::Return => drop(store.transition(lhp.id, "returned", "", &context).expect("written")),
        Act::Delete => drop(store.delete(lhp.id, "salah", &context).expect("written")),
        Act::Restore => drop(store.restore(lhp.id, &context).expect("written")),
        Act::Resolve => {
            if let Some(conflict) = view.conflicts.first().filter(|conflict| conflict.field != reserved::SCOPE) {
                let choice = conflict.heads[0].value.clone();
                store.resolve(conflict.record, conflict.field, choice, "", &context).expect("written");
            }
        }
        Act::Move => {
            let to: Scope = ["81.71.02", "81.71.03"][clock as usize % 2].parse().expect("a district");
            match store.rehome(lhp.id, &to, "", NOW_MS + clock) {
                Ok(_) | Err(StoreError::Undecided | StoreError::NoSuchRecord) => {}
                Err(error) => panic!("a move fails: {error}"),
            }
        }
        Act::DropWitness(_) | Act::Seal | Act::Hear(_) => {}
    }
    let changes = arumbae_domain::change::changes_between(Some(&view.document), &edited.to_document());
    store.save(&changes, &context).expect("written");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever three laptops do and whoever hears whom when: the rows are those of the log, on every laptop and for
    /// whoever gets it in another order, doubled and in other batches.
    #[test]
    fn any_history_gives_one_state(acts in acts(), seed in any::<u64>(), batch in 1usize..7) {
        let mut laptops = [laptop("Satu"), laptop("Dua"), laptop("Tiga")];
        let lhp = report("001");
        put(&mut laptops[0].store, &lhp);
        for (clock, (who, what)) in (0..).zip(&acts) {
            match what {
                Act::Hear(from) if from != who => {
                    let heard = sealed(&mut laptops[*from].store);
                    laptops[*who].store.apply_segments(heard, &[], NOW_MS).expect("taken in");
                }
                Act::Seal => drop(sealed(&mut laptops[*who].store)),
                what => act(&mut laptops[*who].store, &lhp, what, clock),
            }
        }
        let mut all: Vec<Incoming> = laptops.iter_mut().flat_map(|laptop| sealed(&mut laptop.store)).collect();
        for laptop in &mut laptops {
            laptop.store.apply_segments(all.clone(), &[], NOW_MS).expect("taken in");
        }
        let expected = laptops[0].store.state_fingerprint().expect("readable");
        for laptop in &mut laptops {
            prop_assert_eq!(laptop.store.state_fingerprint().expect("readable"), expected);
            laptop.store.rebuild_from_log().expect("rebuilt");
            prop_assert_eq!(laptop.store.state_fingerprint().expect("readable"), expected, "made again from the log");
        }
        all.extend(all.clone());
        let mut random = seed | 1;
        for at in (1..all.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            all.swap(at, (random >> 33) as usize % (at + 1));
        }
        let mut reader = crate::fixture::laptop("Pembaca");
        for piece in all.chunks(batch) {
            reader.store.apply_segments(piece.to_vec(), &[], NOW_MS).expect("taken in");
        }
        prop_assert_eq!(reader.store.state_fingerprint().expect("readable"), expected);
        prop_assert_eq!(reader.store.quarantine().expect("readable"), vec![]);
    }
}
