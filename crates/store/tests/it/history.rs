//! Histories as people read them.

use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value, reserved};
use arumbae_domain::{CrucialIssue, Finding, SupervisionReport};
use arumbae_mergelog::{SealedSegment, SegmentHash};
use arumbae_protocol::Role;
use arumbae_store::{
    Before, Fate, HistoryChange, HistoryDelivery, HistoryEntry, HistoryPage, HistoryQuery, QuarantineReason,
    RecordChanges, Store, StoreError,
};

use crate::fixture::{
    NOW_MS, at, attendee, carry, event, finding, laptop, put, put_at, report, scope, sealed, witness,
};
use crate::province::Province;

fn page(store: &Store, record: RecordId, query: &HistoryQuery) -> HistoryPage {
    store.history(record, query).expect("readable")
}

fn history(store: &Store, record: RecordId) -> Vec<HistoryEntry> {
    page(store, record, &HistoryQuery::default()).entries
}

fn field(kind: RecordKind, name: &str) -> FieldNo {
    kind.definition().field_named(name).expect("a field of the kind").number
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn before(values: &[&str]) -> Before {
    Before { values: values.iter().map(|value| text(value)).collect(), incomplete: false }
}

/// What the newest save did, if it did one thing to one record.
#[track_caller]
fn only_change(store: &Store, record: RecordId) -> (RecordChanges, HistoryChange) {
    let entry = history(store, record).remove(0);
    let [part] = entry.changes.as_slice() else { panic!("one record changed, got {:?}", entry.changes) };
    let [change] = part.changes.as_slice() else { panic!("one thing changed, got {:?}", part.changes) };
    (part.clone(), change.clone())
}

#[test]
fn a_history_says_who_changed_what_from_what_to_what() {
    let mut laptop = laptop("Penguji");
    let mut lhp = report("001");
    lhp.facts = "Keterangan pertama.".into();
    put(&mut laptop.store, &lhp);
    let clock = laptop.store.clock_quality().expect("readable");
    laptop.store.seal_pending(clock).expect("sealed");
    lhp.number = "002".to_owned();
    put_at(&mut laptop.store, &lhp, NOW_MS + 1000);
    let entries = history(&laptop.store, lhp.id);
    assert_eq!(entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [2, 1], "the latest first");
    let entry = &entries[0];
    assert_eq!((entry.at_ms, entry.own, entry.delivery), (NOW_MS + 1000, true, HistoryDelivery::Waiting));
    assert_eq!(entry.lane.device, laptop.store.device_key());
    assert_eq!(entry.author.name.as_deref(), Some("Penguji"));
    assert_eq!(entry.author.position.as_deref(), Some("Anggota Panwascam"));
    let number = field(RecordKind::SupervisionReport, "number");
    let change = HistoryChange::Set { field: number, before: before(&["001"]), after: text("002") };
    assert_eq!(only_change(&laptop.store, lhp.id).1, change, "the old value came from a sealed segment");

    let made = &entries[1].changes[0];
    assert_eq!((made.fate, made.kind, made.list), (Fate::Added, Some(RecordKind::SupervisionReport), None));
    let facts = field(RecordKind::SupervisionReport, "facts");
    let written = HistoryChange::Set { field: facts, before: before(&[]), after: text("Keterangan pertama.") };
    assert!(made.changes.contains(&written), "{made:?}");

    lhp.facts = "Keterangan kedua.".into();
    put_at(&mut laptop.store, &lhp, NOW_MS + 2000);
    let revised =
        HistoryChange::Set { field: facts, before: before(&["Keterangan pertama."]), after: text("Keterangan kedua.") };
    assert_eq!(only_change(&laptop.store, lhp.id).1, revised);
    lhp.facts = "".into();
    put_at(&mut laptop.store, &lhp, NOW_MS + 3000);
    let cleared = HistoryChange::Set { field: facts, before: before(&["Keterangan kedua."]), after: Value::Null };
    assert_eq!(only_change(&laptop.store, lhp.id).1, cleared);
}

#[test]
fn parts_come_and_go_by_name_and_stay_in_the_history() {
    let mut laptop = laptop("Penguji");
    let mut lhp = report("001");
    lhp.witnesses = vec![witness("Dorkas Contohlatu")];
    put(&mut laptop.store, &lhp);
    let witnesses = field(RecordKind::SupervisionReport, "witnesses");
    #[track_caller]
    fn check(store: &Store, lhp: &SupervisionReport, witnesses: FieldNo, title: &str, fate: Fate, changes: usize) {
        let entry = history(store, lhp.id).remove(0);
        let part = entry.changes.iter().find(|part| part.list.is_some()).expect("a part changed");
        assert_eq!((part.title.as_str(), part.fate, part.changes.len()), (title, fate, changes));
        assert_eq!((part.list, part.kind), (Some(witnesses), Some(RecordKind::Witness)));
    }
    check(&laptop.store, &lhp, witnesses, "Dorkas Contohlatu", Fate::Added, 1);
    lhp.witnesses[0].address = "Latuhalat".to_owned();
    put_at(&mut laptop.store, &lhp, NOW_MS + 1000);
    check(&laptop.store, &lhp, witnesses, "Dorkas Contohlatu", Fate::Changed, 1);
    let gone = lhp.witnesses.remove(0);
    put_at(&mut laptop.store, &lhp, NOW_MS + 2000);
    check(&laptop.store, &lhp, witnesses, "Dorkas Contohlatu", Fate::Removed, 0);
    assert_eq!(history(&laptop.store, lhp.id).len(), 3, "what was done to a part that is gone was still done");
    lhp.witnesses.push(gone);
    put_at(&mut laptop.store, &lhp, NOW_MS + 3000);
    check(&laptop.store, &lhp, witnesses, "Dorkas Contohlatu", Fate::Returned, 0);
}

#[test]
fn a_set_says_what_was_put_in_and_taken_out() {
    let mut laptop = laptop("Penguji");
    let mut case = finding("Pembagian sembako");
    case.issues.insert(CrucialIssue::MoneyPolitics);
    put(&mut laptop.store, &case);
    case.issues = [CrucialIssue::Hoax].into();
    put_at(&mut laptop.store, &case, NOW_MS + 1000);
    let list = field(RecordKind::Finding, "issues");
    assert_eq!(
        history(&laptop.store, case.id)[0].changes[0].changes,
        [
            HistoryChange::Added { list, element: text("hoax") },
            HistoryChange::Removed { list, elements: before(&["money_politics"]) },
        ]
    );
}

#[test]
fn steps_deletions_and_decisions_say_why() {
    let (mut officer, mut colleague) = (laptop("Petugas"), laptop("Rekan"));
    let mut case = finding("Pembagian sembako");
    put(&mut officer.store, &case);
    officer.store.transition(case.id, "submitted", "", &at(NOW_MS + 1)).expect("written");
    officer.store.transition(case.id, "returned", "Tanggal kejadian belum ada.", &at(NOW_MS + 2)).expect("written");
    let moved = HistoryChange::Moved {
        from: "submitted".to_owned(),
        to: "returned".to_owned(),
        reason: "Tanggal kejadian belum ada.".to_owned(),
    };
    let step = only_change(&officer.store, case.id).1;
    assert_eq!((step.field(), &step), (Some(reserved::STATUS), &moved));

    carry(&mut officer.store, &mut colleague.store);
    let other = Finding { event: "Pembagian uang".to_owned(), ..case.clone() };
    put_at(&mut colleague.store, &other, NOW_MS + 3);
    case.event = "Pembagian sembako di pasar".to_owned();
    put_at(&mut officer.store, &case, NOW_MS + 4);
    carry(&mut colleague.store, &mut officer.store);
    let event = field(RecordKind::Finding, "event");
    officer
        .store
        .resolve(case.id, event, text("Keduanya"), "saksi menyebut dua hal", &at(NOW_MS + 5))
        .expect("decided");
    let HistoryChange::Resolved { field, before, after, note } = only_change(&officer.store, case.id).1 else {
        panic!("a decision")
    };
    assert_eq!((field, after, note.as_str()), (event, text("Keduanya"), "saksi menyebut dua hal"));
    assert_eq!((before.values.len(), before.incomplete), (2, false), "both values that were decided between");
    let entries = history(&officer.store, case.id);
    let both: Vec<&Before> = entries[1..3]
        .iter()
        .map(|entry| match &entry.changes[0].changes[0] {
            HistoryChange::Set { before, .. } => before,
            other => panic!("an edit, got {other:?}"),
        })
        .collect();
    assert_eq!(both[0], both[1], "both replaced what both had before them");

    officer.store.delete(case.id, "rangkap", &at(NOW_MS + 6)).expect("deleted");
    assert_eq!(only_change(&officer.store, case.id).1, HistoryChange::Deleted { reason: "rangkap".to_owned() });
    officer.store.restore(case.id, &at(NOW_MS + 7)).expect("restored");
    assert_eq!(only_change(&officer.store, case.id).1, HistoryChange::Restored);
}

#[test]
fn a_colleagues_saves_are_told_by_their_lane() {
    let (mut officer, mut reader) = (laptop("Petugas"), laptop("Pembaca"));
    let lhp = report("001");
    put_at(&mut officer.store, &lhp, NOW_MS - 60_000);
    carry(&mut officer.store, &mut reader.store);
    let entry = history(&reader.store, lhp.id).remove(0);
    assert_eq!((entry.own, entry.delivery), (false, HistoryDelivery::Carried), "no province has named it here");
    assert_eq!(entry.lane.device, officer.store.device_key());
    assert_eq!(entry.author.id, officer.store.profile().person_id);
    assert_eq!(entry.author.name, None, "no registry names them here");
    let mut numbered = sealed(&mut officer.store).remove(0);
    (numbered.gsn, numbered.received_ms) = (Some(4), Some(NOW_MS));
    reader.store.apply_segments(vec![numbered], &[], NOW_MS).expect("taken in");
    let delivery = HistoryDelivery::Received { gsn: 4, at_ms: NOW_MS, receipt: false };
    assert_eq!(history(&reader.store, lhp.id)[0].delivery, delivery, "the province's word, not its signature");
}

#[test]
fn a_long_history_is_paged_and_filtered() {
    let (mut officer, mut colleague) = (laptop("Petugas"), laptop("Rekan"));
    let mut lhp = report("000");
    put(&mut officer.store, &lhp);
    for n in 1..=30 {
        lhp.number = format!("{n:03}");
        // Several share a moment: the page key has to tell them apart.
        put_at(&mut officer.store, &lhp, NOW_MS + n / 4);
    }
    carry(&mut officer.store, &mut colleague.store);
    lhp.witnesses.push(witness("Satu"));
    put_at(&mut colleague.store, &lhp, NOW_MS + 60_000);
    carry(&mut colleague.store, &mut officer.store);
    let all = page(&officer.store, lhp.id, &HistoryQuery::default());
    assert_eq!((all.entries.len(), all.total, all.next), (32, 32, None));
    for limit in [1, 7, 31, 32] {
        let mut paged = Vec::new();
        let mut query = HistoryQuery { limit, ..HistoryQuery::default() };
        loop {
            let page = page(&officer.store, lhp.id, &query);
            assert!(page.entries.len() <= limit);
            paged.extend(page.entries);
            match page.next {
                Some(next) => query.after_key = Some(next),
                None => break,
            }
        }
        assert_eq!(paged, all.entries, "pages of {limit}");
    }
    let count = |person, field| page(&officer.store, lhp.id, &HistoryQuery { person, field, ..Default::default() });
    let rekan = Some(colleague.store.profile().person_id);
    let witnesses = Some(field(RecordKind::SupervisionReport, "witnesses"));
    let number = Some(field(RecordKind::SupervisionReport, "number"));
    assert_eq!(count(rekan, None).entries.len(), 1);
    assert_eq!(count(None, witnesses).entries.len(), 1, "a part counts as its list");
    assert_eq!(count(None, number).entries.len(), 31);
    assert_eq!(count(rekan, number).entries.len(), 0);
    let forged = HistoryQuery { after_key: Some("kemarin".to_owned()), ..HistoryQuery::default() };
    assert!(matches!(officer.store.history(lhp.id, &forged), Err(StoreError::BadPageKey)));
    assert_eq!(history(&officer.store, crate::fixture::new_id()), [], "an unknown record has no history");
}

#[test]
fn five_hundred_attendees_are_one_entry_with_every_name() {
    let mut laptop = laptop("Penguji");
    let mut talk = event("Rapat akbar");
    put(&mut laptop.store, &talk);
    talk.attendees = (0..500).map(|n| attendee(&format!("Peserta Contoh {n:03}"))).collect();
    put_at(&mut laptop.store, &talk, NOW_MS + 1000);
    let entry = history(&laptop.store, talk.id).remove(0);
    assert_eq!(entry.changes.len(), 500);
    assert!(entry.changes.iter().all(|part| part.fate == Fate::Added && !part.title.is_empty()));
    assert_eq!(history(&laptop.store, talk.attendees[7].id).len(), 1, "a part has a history of its own");
}

#[test]
fn a_save_that_does_not_count_stands_in_the_history_with_the_reason() {
    let (mut officer, mut reader) = (laptop("Petugas"), laptop("Pembaca"));
    let mut province = Province::new();
    province.enrol(&mut reader.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut reader.store);
    let lhp = report("001");
    put(&mut reader.store, &lhp);
    carry(&mut reader.store, &mut officer.store);
    let mut edited = lhp.clone();
    edited.number = "002".to_owned();
    put_at(&mut officer.store, &edited, NOW_MS + 1000);
    carry(&mut officer.store, &mut reader.store);
    let told = history(&reader.store, lhp.id);
    assert_eq!(told.iter().map(|entry| entry.held).collect::<Vec<_>>(), [Some(QuarantineReason::UnknownDevice), None]);
    let after = |entry: &HistoryEntry| match &entry.changes[0].changes[0] {
        HistoryChange::Set { before, after, .. } => (before.clone(), after.clone()),
        other => panic!("an edit, got {other:?}"),
    };
    assert_eq!(after(&told[0]), (before(&["001"]), text("002")), "what it would have changed");
    let hash = reader.store.quarantine().expect("readable")[0].hash.expect("a segment is held");
    let bytes = reader.store.quarantined(hash).expect("readable").expect("kept");
    assert_eq!(SealedSegment::from_bytes(bytes).map(|segment| segment.hash()), Ok(hash), "it can be handed on");
    assert_eq!(reader.store.quarantined(SegmentHash::GENESIS).expect("readable"), None);

    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.tell(&mut reader.store);
    assert!(history(&reader.store, lhp.id).iter().all(|entry| entry.held.is_none()), "the right came");
    assert_eq!(reader.store.quarantined(hash).expect("readable"), None, "and it is held no more");
}
