//! Several laptops and a province: what is concurrent is kept, what is broken stops nobody else.

use arumbae_domain::Attendee;
use arumbae_domain::change::{Change, changes_between};
use arumbae_domain::schema::{FieldNo, Record, Value, reserved};
use arumbae_mergelog::{ClockQuality, SealedSegment, compression};
use arumbae_protocol::{Notice, NoticeCode, Role, ScopeCursor};
use arumbae_store::{Incoming, QuarantineLevel, QuarantineReason, SaveContext, Store, SyncState};
use rand_core::OsRng;

use crate::fixture::{
    NOW_MS, at, attendee, carry, document, event, get, incoming, laptop, put, put_at, report, scope, sealed, witness,
};
use crate::province::Province;

const STAGE: FieldNo = FieldNo(20);

fn segments(store: &mut Store) -> Vec<SealedSegment> {
    let clock = store.clock_quality().expect("readable");
    store.seal_pending(clock).expect("sealed");
    store.segments_after(None, &[], usize::MAX).expect("readable")
}

#[test]
fn a_concurrent_edit_keeps_both_values_on_both_sides() {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let mut lhp = report("001");
    put(&mut officer.store, &lhp);
    carry(&mut officer.store, &mut supervisor.store);
    assert_eq!(get(&supervisor.store, &lhp), get(&officer.store, &lhp));

    let mut theirs = lhp.clone();
    theirs.stage = "Masa tenang".to_owned();
    theirs.signed_place = "Ambon".to_owned();
    put_at(&mut supervisor.store, &theirs, NOW_MS + 1000);
    lhp.stage = "Pemungutan suara".to_owned();
    put_at(&mut officer.store, &lhp, NOW_MS + 2000);
    let outcome = carry(&mut supervisor.store, &mut officer.store);
    assert_eq!(outcome.new_conflicts, 1);
    carry(&mut officer.store, &mut supervisor.store);

    for store in [&officer.store, &supervisor.store] {
        let view = store.document(lhp.id).expect("readable").expect("there");
        let [conflict] = view.conflicts.as_slice() else { panic!("one conflict, got {:?}", view.conflicts) };
        assert_eq!((conflict.record, conflict.field), (lhp.id, STAGE));
        let values: Vec<_> = conflict.heads.iter().map(|head| head.value.clone()).collect();
        assert_eq!(values, [Value::Text("Pemungutan suara".into()), Value::Text("Masa tenang".into())]);
        assert_eq!(conflict.heads[1].at_ms, NOW_MS + 1000);
        assert_eq!(get(store, &lhp).signed_place, "Ambon", "what does not conflict merges");
        assert_eq!(store.conflicts().expect("readable").len(), 1);
        assert_eq!(store.sync_summary().expect("readable").conflicts, 1);
        let rows = store.search("tenang", 5).expect("searched");
        assert_eq!(rows[0].conflicts, 1, "the value that is not shown is found too");
    }
    assert_eq!(
        officer.store.state_fingerprint().expect("readable"),
        supervisor.store.state_fingerprint().expect("readable")
    );

    let choice = Value::Text("Masa tenang".into());
    officer.store.resolve(lhp.id, STAGE, choice, "sesuai jadwal", &at(NOW_MS)).expect("resolved");
    carry(&mut officer.store, &mut supervisor.store);
    for store in [&officer.store, &supervisor.store] {
        assert_eq!(get(store, &lhp).stage, "Masa tenang");
        assert_eq!(store.conflicts().expect("readable"), []);
    }
}

#[test]
fn an_edit_that_came_in_while_the_form_was_open_is_not_overwritten() {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    carry(&mut officer.store, &mut supervisor.store);
    let opened = officer.store.document(lhp.id).expect("readable").expect("there");
    let mut theirs = lhp.clone();
    theirs.stage = "Masa tenang".to_owned();
    put(&mut supervisor.store, &theirs);
    carry(&mut supervisor.store, &mut officer.store);

    let mut edited = lhp.clone();
    edited.stage = "Pemungutan suara".to_owned();
    let changes = changes_between(Some(&opened.document), &edited.to_document());
    let seen = SaveContext { now_ms: NOW_MS, scope: scope(), seen: Some(opened.version) };
    officer.store.save(&changes, &seen).expect("written");
    let view = officer.store.document(lhp.id).expect("readable").expect("there");
    assert_eq!(view.conflicts.len(), 1, "the form had not shown the other value");
    assert_eq!(view.conflicts[0].heads.len(), 2);

    let again = SaveContext { now_ms: NOW_MS, scope: scope(), seen: Some(view.version) };
    let choice = Value::Text("Pemungutan suara".into());
    officer.store.resolve(lhp.id, STAGE, choice, "", &again).expect("resolved");
    assert_eq!(officer.store.conflicts().expect("readable"), []);
}

#[test]
fn two_decisions_on_the_status_need_a_third() {
    let (mut first, mut second) = (laptop("Pengawas Satu"), laptop("Pengawas Dua"));
    let lhp = report("001");
    put(&mut first.store, &lhp);
    first.store.transition(lhp.id, "submitted", "", &at(NOW_MS)).expect("written");
    carry(&mut first.store, &mut second.store);
    first.store.transition(lhp.id, "accepted", "lengkap", &at(NOW_MS)).expect("written");
    second.store.transition(lhp.id, "returned", "saksi kurang", &at(NOW_MS)).expect("written");
    carry(&mut first.store, &mut second.store);
    carry(&mut second.store, &mut first.store);
    let view = first.store.document(lhp.id).expect("readable").expect("there");
    assert!(view.needs_decision);
    assert_eq!(view.conflicts[0].field, reserved::STATUS);
    assert_eq!(view.conflicts[0].heads.len(), 2);
    assert_eq!(first.store.state_fingerprint().expect("readable"), second.store.state_fingerprint().expect("readable"));
}

#[test]
fn people_added_on_two_laptops_are_all_on_the_list() {
    let (mut first, mut second) = (laptop("Petugas Satu"), laptop("Petugas Dua"));
    let mut talk = event("Sosialisasi");
    talk.attendees = vec![attendee("Bersama")];
    put(&mut first.store, &talk);
    carry(&mut first.store, &mut second.store);
    let mut here = talk.clone();
    here.attendees.push(attendee("Dari sini"));
    put(&mut first.store, &here);
    let mut there = talk.clone();
    there.attendees[0].agency = "SMP Contoh".to_owned();
    there.attendees.push(attendee("Dari sana"));
    put(&mut second.store, &there);
    let mut removed = here.clone();
    removed.attendees.remove(0);
    put(&mut first.store, &removed);
    carry(&mut second.store, &mut first.store);
    carry(&mut first.store, &mut second.store);
    for store in [&first.store, &second.store] {
        let list: Vec<Attendee> = get(store, &talk).attendees;
        let mut names: Vec<_> = list.iter().map(|person| person.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            ["Bersama", "Dari sana", "Dari sini"],
            "an edit that the removal had not seen keeps the person"
        );
    }
    assert_eq!(first.store.state_fingerprint().expect("readable"), second.store.state_fingerprint().expect("readable"));
}

#[test]
fn any_order_any_repetition_any_batching_gives_the_same_state() {
    let (mut first, mut second) = (laptop("Petugas Satu"), laptop("Petugas Dua"));
    let mut lhp = report("001");
    for n in 0..6 {
        lhp.stage = format!("Tahap {n}");
        lhp.witnesses.push(witness(&format!("Saksi {n}")));
        put(&mut first.store, &lhp);
        if n == 3 {
            carry(&mut first.store, &mut second.store);
            let mut theirs = lhp.clone();
            theirs.stage = "Lain".to_owned();
            theirs.witnesses.remove(0);
            put(&mut second.store, &theirs);
        }
        segments(&mut first.store);
    }
    carry(&mut second.store, &mut first.store);
    let all = sealed(&mut first.store);
    assert!(all.len() >= 7, "one segment per save, and the other's");
    let expected = first.store.state_fingerprint().expect("readable");
    let orders: [Vec<usize>; 3] = [
        (0..all.len()).rev().collect(),
        (0..all.len()).chain((0..all.len()).rev()).collect(),
        (0..all.len()).map(|n| n * 5 % all.len()).chain(0..all.len()).collect(),
    ];
    for order in orders {
        for batch in [1, 3, 100] {
            let mut reader = laptop("Pembaca");
            for piece in order.chunks(batch) {
                let pieces: Vec<Incoming> = piece.iter().map(|at| all[*at].clone()).collect();
                reader.store.apply_segments(pieces, &[], NOW_MS).expect("taken in");
            }
            assert_eq!(reader.store.state_fingerprint().expect("readable"), expected, "{order:?} by {batch}");
            assert_eq!(reader.store.sync_summary().expect("readable").waiting_segments, 0);
        }
    }
}

#[test]
fn segments_stay_small_and_one_large_save_is_one_segment() {
    let mut laptop = laptop("Petugas");
    for n in 0..40 {
        let mut lhp = report(&format!("{n:03}"));
        lhp.facts = format!("Keterangan {n}: ").repeat(60).as_str().into();
        put(&mut laptop.store, &lhp);
    }
    let mut talk = event("Besar");
    talk.attendees = (0..300).map(|n| attendee(&format!("Peserta Contoh {n}"))).collect();
    put(&mut laptop.store, &talk);
    assert_eq!(laptop.store.sync_summary().expect("readable").waiting_saves, 41);
    let segments = segments(&mut laptop.store);
    assert!(segments.len() > 2);
    for segment in &segments {
        let header = segment.header();
        assert!(segment.bytes().len() <= 16 * 1024 || header.count == 1, "{} bytes", segment.bytes().len());
    }
    assert_eq!(segments.iter().map(|segment| segment.header().count).sum::<u32>(), 41);
    let some = laptop.store.unreceipted_segments(1).expect("readable");
    assert_eq!(some.len(), 1, "at least one, however small the credit");
    assert_eq!(laptop.store.sync_summary().expect("readable").waiting_saves, 41, "sealed is not sent");
}

#[test]
fn work_from_before_enrolment_is_accepted_whole_and_sent_only_with_a_receipt() {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    let early = segments(&mut officer.store);

    let mut province = Province::new();
    province.enrol(&mut supervisor.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.tell(&mut officer.store);
    province.tell(&mut supervisor.store);
    put(&mut officer.store, &event("Sesudah"));
    let all = segments(&mut officer.store);
    assert_eq!(all[0], early[0], "what was sealed before is not sealed again");

    let received: Vec<Incoming> = (1..)
        .zip(&all)
        .map(|(gsn, segment)| Incoming { gsn: Some(gsn), received_ms: Some(NOW_MS), ..incoming(segment) })
        .collect();
    let cursor = ScopeCursor { scope: scope(), gsn: all.len() as u64 };
    let outcome = supervisor.store.apply_segments(received, std::slice::from_ref(&cursor), NOW_MS).expect("taken in");
    assert_eq!((outcome.saves, outcome.quarantined), (2, 0));
    assert_eq!(supervisor.store.cursors().expect("readable"), [cursor]);
    let view = supervisor.store.document(lhp.id).expect("readable").expect("there");
    assert_eq!(view.author.as_deref(), Some("Petugas Contoh"), "the registry says whose it is");

    let state = |store: &Store| store.document(lhp.id).expect("readable").expect("there").sync;
    let genuine = province.receipt(&all[0], 1, NOW_MS);
    let mut forged = genuine.clone();
    forged.received_ms += 1;
    assert_eq!(officer.store.apply_receipts(&[forged]).expect("left out"), 0);
    assert_eq!(state(&officer.store), SyncState::Waiting);
    assert_eq!(officer.store.apply_receipts(&[genuine.clone(), genuine]).expect("counted"), 1);
    assert_eq!(state(&officer.store), SyncState::Sent);
    let summary = officer.store.sync_summary().expect("readable");
    assert_eq!((summary.waiting_saves, summary.sent_saves), (1, 1));
    assert_eq!(officer.store.unreceipted_segments(usize::MAX).expect("readable").len(), 1);
    officer.store.apply_receipts(&[province.receipt(&all[1], 2, NOW_MS)]).expect("counted");
    assert_eq!(officer.store.receipts(10).expect("readable").len(), 2);
    officer.store.apply_segments(vec![], &[ScopeCursor { scope: scope(), gsn: 2 }], NOW_MS).expect("moved");
    assert_eq!(officer.store.digests().expect("readable"), supervisor.store.digests().expect("readable"));
    assert_eq!(
        officer.store.state_fingerprint().expect("readable"),
        supervisor.store.state_fingerprint().expect("readable"),
        "author and reader know the same, the server's times included"
    );
}

#[test]
fn a_clock_ahead_is_believed_five_minutes_once_the_server_has_spoken() {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let mut province = Province::new();
    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.enrol(&mut supervisor.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut officer.store);
    province.tell(&mut supervisor.store);
    let lhp = report("001");
    put_at(&mut officer.store, &lhp, 4_090_000_000_000);
    let all = segments(&mut officer.store);
    let received = Incoming { gsn: Some(1), received_ms: Some(NOW_MS), ..incoming(&all[0]) };
    // A stick brought it before the server did.
    supervisor.store.apply_segments(vec![incoming(&all[0])], &[], NOW_MS).expect("taken in");
    let outcome = supervisor.store.apply_segments(vec![received], &[], NOW_MS).expect("taken in");
    assert_eq!((outcome.segments, outcome.replayed), (0, 1));
    officer.store.apply_receipts(&[province.receipt(&all[0], 1, NOW_MS)]).expect("counted");
    for store in [&officer.store, &supervisor.store] {
        let view = store.document(lhp.id).expect("readable").expect("there");
        assert_eq!(view.updated_ms, NOW_MS + 300_000);
    }
    let clock = supervisor.store.clock().expect("readable");
    assert!(clock.millis() <= NOW_MS + 60_000, "a foreign stamp moves the own clock a minute at most, got {clock}");
    assert_eq!(
        officer.store.state_fingerprint().expect("readable"),
        supervisor.store.state_fingerprint().expect("readable")
    );
}

#[test]
fn a_broken_segment_stops_its_own_lane_only() {
    let (mut good, mut bad, mut reader) = (laptop("Baik"), laptop("Rusak"), laptop("Pembaca"));
    let (fine, broken) = (report("001"), report("002"));
    put(&mut good.store, &fine);
    put(&mut bad.store, &broken);
    let mut damaged = segments(&mut bad.store)[0].bytes().to_vec();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let outcome = reader
        .store
        .apply_segments(
            vec![
                Incoming { gsn: None, received_ms: None, bytes: compression::compress(&damaged) },
                Incoming { gsn: None, received_ms: None, bytes: b"not a segment".to_vec() },
                sealed(&mut good.store).remove(0),
            ],
            &[],
            NOW_MS,
        )
        .expect("taken in");
    assert_eq!((outcome.segments, outcome.quarantined), (1, 2));
    assert_eq!(get(&reader.store, &fine).number, "001");
    let quarantine = reader.store.quarantine().expect("readable");
    assert!(quarantine.iter().all(|held| held.level() != QuarantineLevel::Meaning && !held.by_server && held.is_kept));
    assert_eq!(quarantine.len(), 2);
    let outcome = carry(&mut bad.store, &mut reader.store);
    assert_eq!(outcome.segments, 1, "a good copy still takes its place");
    assert_eq!(get(&reader.store, &broken).number, "002");
}

#[test]
fn two_segments_at_one_place_freeze_the_lane_and_a_new_incarnation_loses_nothing() {
    let mut original = laptop("Petugas");
    let mut lhp = report("001");
    put(&mut original.store, &lhp);
    let shared = segments(&mut original.store);
    // The same installation twice, as a disk image makes it.
    let twin_dir = tempfile::tempdir().expect("a temporary folder");
    drop(std::mem::replace(&mut original.store, laptop("Sementara").store));
    for file in ["store.db", "slots.json"] {
        std::fs::copy(original.dir.path().join(file), twin_dir.path().join(file)).expect("copied");
    }
    let open =
        |path: &std::path::Path| Store::unlock(path, crate::fixture::PASSPHRASE, NOW_MS, &mut OsRng).expect("opens");
    let (mut here, mut twin) = (open(original.dir.path()), open(twin_dir.path()));
    lhp.stage = "Di sini".to_owned();
    put(&mut here, &lhp);
    let only_in_twin = event("Hanya di salinan");
    put(&mut twin, &only_in_twin);

    let mut reader = laptop("Pembaca");
    reader.store.apply_segments(shared.iter().map(incoming).collect(), &[], NOW_MS).expect("taken in");
    carry(&mut here, &mut reader.store);
    let outcome = carry(&mut twin, &mut reader.store);
    assert_eq!(outcome.forked.len(), 1);
    assert_eq!(get(&reader.store, &lhp).stage, "Di sini", "what came first stands");
    assert_eq!(reader.store.document(only_in_twin.id).expect("readable"), None);
    assert_eq!(
        reader.store.quarantine().expect("readable")[0].reason,
        QuarantineReason::Fork,
        "what came second is kept"
    );

    let refused = segments(&mut twin).remove(1);
    let notice = Notice {
        index: 0,
        lane: Some(refused.header().lane.clone()),
        first_seq: refused.header().first_seq,
        hash: refused.hash(),
        code: NoticeCode::Fork,
    };
    twin.note_server_notices(&[notice], NOW_MS).expect("noted");
    assert_eq!(twin.sync_summary().expect("readable").frozen_lanes, 1);
    twin.begin_incarnation(&mut OsRng).expect("begun");
    assert_eq!(twin.sync_summary().expect("readable").frozen_lanes, 0);
    assert_eq!(get(&twin, &only_in_twin).title, "Hanya di salinan");
    carry(&mut here, &mut twin);
    assert_eq!(get(&twin, &lhp).stage, "Di sini", "the twin's old lane goes on as the original wrote it");
    let outcome = carry(&mut twin, &mut reader.store);
    assert_eq!(outcome.forked.len(), 0);
    assert_eq!(get(&reader.store, &only_in_twin).title, "Hanya di salinan");
    let before = twin.state_fingerprint().expect("readable");
    twin.rebuild_from_log().expect("rebuilt");
    assert_eq!(twin.state_fingerprint().expect("readable"), before);
}

#[test]
fn a_segment_without_a_right_waits_until_there_is_one() {
    let (mut officer, mut reader) = (laptop("Petugas"), laptop("Pembaca"));
    let mut province = Province::new();
    province.enrol(&mut reader.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut reader.store);
    let lhp = report("001");
    put(&mut officer.store, &lhp);
    let outcome = carry(&mut officer.store, &mut reader.store);
    assert_eq!((outcome.segments, outcome.saves, outcome.quarantined), (1, 0, 1));
    assert_eq!(reader.store.quarantine().expect("readable")[0].reason, QuarantineReason::UnknownDevice);
    assert_eq!(reader.store.document(lhp.id).expect("readable"), None);

    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.tell(&mut reader.store);
    assert_eq!(get(&reader.store, &lhp).number, "001", "the right came, and with it the record");
    assert_eq!(reader.store.quarantine().expect("readable"), []);
    let mut forged = province.entries.clone();
    forged.last_mut().expect("entries").at_ms += 1;
    assert!(reader.store.apply_registry(&forged, NOW_MS).is_err(), "an entry the province did not sign");
}

#[test]
fn a_removal_of_an_unknown_part_harms_nothing() {
    let mut laptop = laptop("Petugas");
    let lhp = report("001");
    put(&mut laptop.store, &lhp);
    let before = document(&laptop.store, lhp.id);
    let stranger = crate::fixture::new_id();
    let change = Change::RemoveChild { record: lhp.id, list: FieldNo(57), child: stranger };
    laptop.store.save(&[change], &at(NOW_MS)).expect("written");
    assert_eq!(document(&laptop.store, lhp.id), before);
    let quality = ClockQuality { offset_ms: -400_000, uncertainty_ms: 90 };
    laptop.store.note_contact(NOW_MS, quality).expect("noted");
    assert_eq!(laptop.store.clock_quality().expect("readable"), quality);
}
