//! Perubahan bersamaan: what was written on one record without knowing of each other is listed, and nothing else is.

use arumbae_domain::schema::{FieldNo, Record};
use arumbae_domain::{Scope, SupervisionReport};
use arumbae_mergelog::LaneId;
use arumbae_store::{ConcurrentEdits, SaveContext, Store};
use rand_core::OsRng;

use crate::fixture::{NOW_MS, at, carry, laptop, put, put_at, report, scope, sealed, witness};

const STAGE: FieldNo = FieldNo(20);
const SIGNED_PLACE: FieldNo = FieldNo(90);

/// The fields each side wrote, and those both did.
fn told(store: &Store, lhp: &SupervisionReport) -> Vec<([Vec<FieldNo>; 2], Vec<FieldNo>)> {
    let fields = |ConcurrentEdits { sides, met_in }: ConcurrentEdits| {
        let sides = sides.map(|side| side.changed.into_iter().map(|(_, field)| field).collect());
        (sides, met_in.into_iter().map(|(_, field)| field).collect())
    };
    store.concurrent_edits(lhp.id).expect("readable").into_iter().map(fields).collect()
}

/// Two laptops with the same report.
fn pair() -> (crate::fixture::Laptop, crate::fixture::Laptop, SupervisionReport) {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    carry(&mut officer.store, &mut supervisor.store);
    (officer, supervisor, lhp)
}

fn exchange(one: &mut Store, other: &mut Store) {
    carry(one, other);
    carry(other, one);
}

#[test]
fn edits_of_different_fields_merge_and_are_told() {
    let (mut officer, mut supervisor, lhp) = pair();
    let (mut ours, mut theirs) = (lhp.clone(), lhp.clone());
    ours.stage = "Masa tenang".to_owned();
    put_at(&mut officer.store, &ours, NOW_MS + 1000);
    theirs.signed_place = "Ambon".to_owned();
    put_at(&mut supervisor.store, &theirs, NOW_MS + 2000);
    exchange(&mut officer.store, &mut supervisor.store);
    for store in [&officer.store, &supervisor.store] {
        assert_eq!(store.conflicts().expect("readable"), [], "different fields are no conflict");
        assert_eq!(told(store, &lhp), [([vec![STAGE], vec![SIGNED_PLACE]], vec![])]);
        let [edits] = &store.concurrent_edits(lhp.id).expect("readable")[..] else { panic!("one meeting") };
        let times = edits.sides.each_ref().map(|side| [side.first_ms, side.last_ms]);
        assert_eq!(times, [[NOW_MS + 1000; 2], [NOW_MS + 2000; 2]]);
        assert_ne!(edits.sides[0].own, edits.sides[1].own);
    }

    // Whoever has seen both writes after them.
    let mut after = crate::fixture::get(&officer.store, &lhp);
    after.witnesses.push(witness("Saksi"));
    put_at(&mut officer.store, &after, NOW_MS + 3000);
    exchange(&mut officer.store, &mut supervisor.store);
    assert_eq!(told(&supervisor.store, &lhp).len(), 1, "a later edit joins no meeting");
}

#[test]
fn edits_of_one_field_are_told_as_met() {
    let (mut officer, mut supervisor, lhp) = pair();
    for (store, stage) in [(&mut officer.store, "Masa tenang"), (&mut supervisor.store, "Kampanye akhir")] {
        let mut edited = lhp.clone();
        edited.stage = stage.to_owned();
        put(store, &edited);
    }
    exchange(&mut officer.store, &mut supervisor.store);
    assert_eq!(told(&officer.store, &lhp), [([vec![STAGE], vec![STAGE]], vec![STAGE])]);
    let choice = arumbae_domain::schema::Value::Text("Masa tenang".into());
    officer.store.resolve(lhp.id, STAGE, choice, "", &at(NOW_MS + 9)).expect("resolved");
    assert_eq!(told(&officer.store, &lhp).len(), 1, "a decision does not hide that they met");
}

#[test]
fn edits_one_after_the_other_are_not_told() {
    let (mut officer, mut supervisor, mut lhp) = pair();
    for turn in 0..4 {
        lhp.stage = format!("Tahap {turn}");
        lhp.signed_place = format!("Tempat {turn}");
        let (writer, reader) =
            if turn % 2 == 0 { (&mut officer, &mut supervisor) } else { (&mut supervisor, &mut officer) };
        put(&mut writer.store, &lhp);
        carry(&mut writer.store, &mut reader.store);
    }
    exchange(&mut officer.store, &mut supervisor.store);
    assert_eq!(told(&officer.store, &lhp), []);
    assert_eq!(told(&supervisor.store, &lhp), []);
}

#[test]
fn a_form_that_was_open_meanwhile_had_not_seen_what_came_in() {
    let (mut officer, mut supervisor, lhp) = pair();
    let opened = officer.store.document(lhp.id).expect("readable").expect("there");
    let mut theirs = lhp.clone();
    theirs.stage = "Masa tenang".to_owned();
    put(&mut supervisor.store, &theirs);
    carry(&mut supervisor.store, &mut officer.store);
    let mut ours = lhp.clone();
    ours.signed_place = "Ambon".to_owned();
    let changes = arumbae_domain::change::changes_between(Some(&opened.document), &ours.to_document());
    let context = SaveContext { now_ms: NOW_MS + 1000, scope: scope(), seen: Some(opened.version) };
    officer.store.save(&changes, &context).expect("written");
    assert_eq!(told(&officer.store, &lhp).len(), 1, "the laptop had it, its author had not seen it");

    let mut after = crate::fixture::get(&officer.store, &lhp);
    after.number = "002".to_owned();
    put(&mut officer.store, &after);
    exchange(&mut officer.store, &mut supervisor.store);
    assert_eq!(told(&supervisor.store, &lhp), [([vec![STAGE], vec![SIGNED_PLACE]], vec![])], "the next save had");
}

#[test]
fn nobody_writes_without_knowing_of_themselves() {
    let mut officer = laptop("Petugas Contoh");
    let mut lhp = report("001");
    put(&mut officer.store, &lhp);
    let closed: Scope = "81.71.01/terbatas".parse().expect("a compartment");
    let comment = officer.store.transition(lhp.id, "submitted", "", &SaveContext { scope: closed, ..at(NOW_MS) });
    comment.expect("written on the compartment's lane");
    lhp.stage = "Masa tenang".to_owned();
    put(&mut officer.store, &lhp);
    assert_eq!(told(&officer.store, &lhp), [], "on another lane of the same laptop");
    sealed(&mut officer.store);
    lhp.signed_place = "Ambon".to_owned();
    put(&mut officer.store, &lhp);
    officer.store.begin_incarnation(&mut OsRng).expect("begun");
    lhp.number = "002".to_owned();
    put(&mut officer.store, &lhp);
    assert_eq!(told(&officer.store, &lhp), [], "in another incarnation");
}

#[test]
fn a_save_names_what_its_author_saw_since_the_one_before() {
    let (mut officer, mut supervisor, lhp) = pair();
    let write = |store: &mut Store, stage: &str| {
        let mut edited = lhp.clone();
        edited.stage = stage.to_owned();
        put(store, &edited);
    };
    write(&mut supervisor.store, "satu");
    write(&mut supervisor.store, "dua");
    carry(&mut supervisor.store, &mut officer.store);
    write(&mut officer.store, "tiga");
    write(&mut officer.store, "empat");
    let officers = officer.store.lane(&scope()).id();
    let supervisors = supervisor.store.lane(&scope()).id();
    let clock = officer.store.clock_quality().expect("readable");
    officer.store.seal_pending(clock).expect("sealed");
    let mut deps = Vec::new();
    for segment in officer.store.segments_after(None, &[], usize::MAX).expect("readable") {
        let lane: LaneId = segment.header().lane.id();
        deps.extend(segment.open().expect("genuine").into_iter().map(|save| (lane, save.seq, save.deps)));
    }
    deps.sort_unstable_by_key(|(lane, seq, _)| (*lane == supervisors, *seq));
    let expected = [
        (officers, 1, vec![]),
        (officers, 2, vec![(supervisors, 2)]),
        (officers, 3, vec![]),
        (supervisors, 1, vec![(officers, 1)]),
        (supervisors, 2, vec![]),
    ];
    assert_eq!(deps, expected);
}
