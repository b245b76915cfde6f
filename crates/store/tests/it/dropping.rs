//! Dropping what everybody has: no record changes, nothing is out of reach.

use arumbae_domain::Finding;
use arumbae_mergelog::SealedSegment;
use arumbae_mergelog::digest::Digest;
use arumbae_protocol::repair::Difference;
use arumbae_protocol::{RegistryEntry, SnapshotNote, SnapshotOffer};
use arumbae_store::{Dropped, HistoryQuery, KeptWhole, Store, SyncState};

use rand_core::OsRng;

use crate::fixture::{Laptop, NOW_MS, PASSPHRASE, finding, put, put_at, scope};
use crate::snapshots::{Office, check_stands, fingerprint, load, newcomer, office};

/// The province signs what it has so far, and everybody with a laptop is told.
fn sign(office: &mut Office) -> SnapshotNote {
    let (offer, _) = office.log.snapshot(&office.province, office.log.0.len() as u64);
    let told = SnapshotOffer { in_place_of_segments: false, ..offer.clone() };
    for store in [&mut office.officer.store, &mut office.colleague.store] {
        assert_eq!(store.note_snapshots(std::slice::from_ref(&told), &mut Vec::new()).expect("noted"), 0);
    }
    offer.note
}

/// Everybody writes something and reads what the others wrote.
fn meet(office: &mut Office, event: &str) {
    for _ in 0..2 {
        for laptop in [&mut office.officer, &mut office.colleague] {
            put(&mut laptop.store, &finding(event));
            office.log.receive(&office.province, &mut laptop.store);
        }
        office.log.send(&mut office.officer.store);
        office.log.send(&mut office.colleague.store);
    }
}

fn held(store: &Store) -> Vec<SealedSegment> {
    store.segments_after(None, &[], usize::MAX).expect("readable")
}

/// How many saves of a finding are in the province only.
fn absent(store: &Store, finding: &Finding) -> u64 {
    store.history(finding.id, &HistoryQuery::default()).expect("readable").absent
}

/// A third laptop whose author wrote without having read anything.
fn writing_unread(office: &mut Office) -> Laptop {
    let mut third = newcomer(office, "Petugas Tiga");
    put(&mut third.store, &finding("Belum membaca"));
    office.log.receive(&office.province, &mut third.store);
    for store in [&mut office.officer.store, &mut office.colleague.store] {
        office.province.tell(store);
        office.log.send(store);
    }
    third
}

#[test]
fn what_everybody_has_leaves_and_no_record_changes() {
    let mut office = office(20);
    let note = sign(&mut office);
    let mut third = writing_unread(&mut office);
    let compacted = office.colleague.store.compact(&scope()).expect("the store works");
    assert_eq!(compacted, Err(KeptWhole::NotReadByAll), "the third has not shown to have read the officer's");
    office.log.send(&mut third.store);
    put(&mut third.store, &finding("Setelah dibaca"));
    office.log.receive(&office.province, &mut third.store);
    meet(&mut office, "Sudah dibaca");

    let full = fingerprint(&office.colleague.store);
    let before = held(&office.colleague.store).len();
    let digests = office.colleague.store.digests().expect("readable");
    let Ok(Dropped { segments, bytes }) = office.colleague.store.compact(&scope()).expect("the store works") else {
        panic!("everybody has read it");
    };
    assert_eq!(segments, 21, "the officer's up to {}", note.gsn);
    assert!(bytes > 0 && held(&office.colleague.store).len() < before);
    assert_eq!(office.colleague.store.digests().expect("readable"), digests, "the digest is the same");
    check_stands(&mut office.colleague, full);
    let own = office.colleague.store.device_key();
    let of_own = |segments: &[SealedSegment]| segments.iter().filter(|one| one.header().lane.device == own).count();
    assert_eq!(of_own(&held(&office.colleague.store)), of_own(&office.log.0), "what one signed stays with one");
    assert_eq!(absent(&office.colleague.store, &office.findings[1]), 1);
    assert_eq!(
        office.colleague.store.compact(&scope()).expect("the store works"),
        Err(KeptWhole::NoSnapshot),
        "once is enough"
    );

    // Work goes on, and the next snapshot continues this one.
    let edited = Finding { event: "Diubah setelahnya".to_owned(), ..office.findings[2].clone() };
    put_at(&mut office.colleague.store, &edited, NOW_MS + 5000);
    meet(&mut office, "Berikutnya");
    assert_eq!(fingerprint(&office.colleague.store), fingerprint(&office.officer.store));
    sign(&mut office);
    office.log.send(&mut third.store);
    put(&mut third.store, &finding("Setelah dibaca lagi"));
    office.log.receive(&office.province, &mut third.store);
    meet(&mut office, "Sudah dibaca lagi");
    let full = fingerprint(&office.colleague.store);
    assert!(office.colleague.store.compact(&scope()).expect("the store works").is_ok());
    check_stands(&mut office.colleague, full);
    let mut reopened = office.colleague.reopen();
    check_stands(&mut reopened, full);
}

#[test]
fn what_left_comes_back_when_somebody_asks_and_is_held_against_the_signature() {
    let mut office = office(12);
    sign(&mut office);
    meet(&mut office, "Sudah dibaca");
    assert!(office.colleague.store.compact(&scope()).expect("the store works").is_ok());
    let full = fingerprint(&office.colleague.store);
    let first = office.findings[1].id;
    let entries = office.colleague.store.history(first, &Default::default()).expect("readable").entries.len();
    assert_eq!(entries, 0, "its only save is in the province");
    assert_eq!(office.colleague.store.check_snapshot(&scope()).expect("readable"), None);

    assert!(office.colleague.store.ask_for_history_of(first, NOW_MS).expect("noted"), "something is missing");
    assert!(office.colleague.store.history_is_coming(first).expect("readable"));
    // In two answers, as on a slow link.
    let cursor = |gsn| arumbae_protocol::ScopeCursor { scope: scope(), gsn };
    let (some, rest) = {
        let all = office.log.after(0);
        (all[..5].to_vec(), all[5..].to_vec())
    };
    office.colleague.store.apply_segments(some, &[cursor(5)], NOW_MS).expect("taken in");
    assert_eq!(office.colleague.store.next_cursors().expect("readable"), [cursor(5)]);
    check_stands(&mut office.colleague, full);
    let end = office.log.0.len() as u64;
    let outcome = office.colleague.store.apply_segments(rest, &[cursor(end)], NOW_MS).expect("taken in");
    assert_eq!((outcome.quarantined, outcome.waiting), (0, 0), "{outcome:?}");
    assert_eq!(office.colleague.store.next_cursors().expect("readable"), [cursor(end)]);
    check_stands(&mut office.colleague, full);
    assert_eq!(absent(&office.colleague.store, &office.findings[1]), 0);
    assert_eq!(held(&office.colleague.store).len(), office.log.0.len());
    let entries = office.colleague.store.history(first, &Default::default()).expect("readable").entries.len();
    assert_eq!(entries, 1);
    assert!(!office.colleague.store.ask_for_history_of(first, NOW_MS).expect("readable"), "nothing is missing");
    assert!(office.colleague.store.scopes_reading_history().expect("readable").is_empty());
    assert_eq!(office.colleague.store.check_snapshot(&scope()).expect("readable"), Some(true));
}

#[test]
fn a_server_that_signed_what_nobody_wrote_is_convicted() {
    let mut office = office(6);
    // It signs for a segment of the officer's that the officer never sealed.
    let honest = std::mem::take(&mut office.log.0);
    let key = office.officer.store.device_signing_key().clone();
    let mut late = newcomer(&mut office, "Petugas Baru");
    office.log.0 = honest.clone();
    let mut saves = honest[5].open().expect("signed");
    saves[0].hlc.0 += 1 << 20;
    let header = honest[5].header().clone();
    let invented = SealedSegment::seal(&header.lane, header.prev_hash, &saves, header.clock, &key).expect("sealed");
    office.log.0[5] = invented;
    load(&mut late.store, &office.log.snapshot(&office.province, 6));
    office.log.0 = honest;
    late.store.ask_for_history(&scope(), NOW_MS).expect("noted");
    office.log.send(&mut late.store);
    assert_ne!(late.store.check_snapshot(&scope()).expect("readable"), Some(true));
    assert!(late.store.quarantine().expect("readable").iter().any(|held| held.lane == Some(header.lane.id())));
}

#[test]
fn a_revoked_device_is_not_waited_for() {
    let mut office = office(8);
    sign(&mut office);
    let third = writing_unread(&mut office);
    let revoked = third.store.device_key();
    let heads = third.store.version_vector().expect("readable");
    let cut_offs = heads.into_iter().map(|(lane, last_seq)| arumbae_protocol::LaneCutOff { lane, last_seq }).collect();
    assert_eq!(office.colleague.store.compact(&scope()).expect("the store works"), Err(KeptWhole::NotReadByAll));
    office.province.enter(&RegistryEntry::RevokeDevice { key: revoked, cut_offs });
    office.province.tell(&mut office.colleague.store);
    let full = fingerprint(&office.colleague.store);
    assert!(office.colleague.store.compact(&scope()).expect("the store works").is_ok());
    check_stands(&mut office.colleague, full);
}

#[test]
fn a_note_that_does_not_fit_the_segments_drops_nothing() {
    let (mut office, other) = (office(6), crate::snapshots::office(6));
    meet(&mut office, "Sudah dibaca");
    let (offer, _) = other.log.snapshot(&office.province, 8);
    let offer = SnapshotOffer { in_place_of_segments: false, ..offer };
    office.colleague.store.note_snapshots(&[offer], &mut Vec::new()).expect("noted");
    let before = held(&office.colleague.store);
    assert_eq!(office.colleague.store.compact(&scope()).expect("the store works"), Err(KeptWhole::Different));
    assert_eq!(held(&office.colleague.store), before);
}

#[test]
fn what_the_server_lost_waits_again_and_is_offered() {
    let mut office = office(5);
    let lost = office.log.0[3].hash();
    let recorded = office.findings[3].id;
    let difference = Difference { missing_there: vec![lost], head: 3, ..Difference::default() };
    let full = fingerprint(&office.officer.store);
    office.officer.store.note_difference(&scope(), &difference).expect("noted");
    assert_eq!(fingerprint(&office.officer.store), full, "no record changes");
    let sync = |store: &Store| store.document(recorded).expect("readable").expect("there").sync;
    assert_eq!(sync(&office.officer.store), SyncState::Waiting);
    let offered = office.officer.store.unreceipted_segments(usize::MAX).expect("readable");
    assert_eq!(offered.iter().map(SealedSegment::hash).collect::<Vec<_>>(), [lost]);
    assert_eq!(office.officer.store.cursors().expect("readable")[0].gsn, 3);
    let shown = office.officer.store.receipts_of(&[lost]).expect("readable");
    assert_eq!(shown.len(), 1, "with the receipt that says since when");
    let segment = office.log.0[3].clone();
    let anew = office.province.receipt(&segment, 40, NOW_MS + 900_000_000);
    assert_eq!(office.officer.store.apply_receipts(&[anew]).expect("counted"), 1);
    assert_eq!(sync(&office.officer.store), SyncState::Sent);
    check_stands(&mut office.officer, full);

    // The colleague, who did not write it, offers it as well.
    office.colleague.store.note_difference(&scope(), &difference).expect("noted");
    let offered = office.colleague.store.unnumbered_segments(usize::MAX).expect("readable");
    assert_eq!(offered.iter().map(SealedSegment::hash).collect::<Vec<_>>(), [lost]);
}

#[test]
fn a_server_older_than_the_snapshot_is_read_from_the_start_and_nothing_is_lost() {
    let mut office = office(10);
    sign(&mut office);
    meet(&mut office, "Sudah dibaca");
    assert!(office.colleague.store.compact(&scope()).expect("the store works").is_ok());
    let full = fingerprint(&office.colleague.store);
    let difference = Difference { below_base: true, head: 2, ..Difference::default() };
    office.colleague.store.note_difference(&scope(), &difference).expect("noted");
    check_stands(&mut office.colleague, full);
    assert_eq!(office.colleague.store.cursors().expect("readable")[0].gsn, 0);
    let digest = office.colleague.store.digests().expect("readable")[0].1;
    assert_eq!(digest, Digest::EMPTY, "nothing is numbered any more");

    // The restored server has two segments left; the rest comes back from whoever wrote it.
    let lost = office.log.0.split_off(2);
    office.log.send(&mut office.colleague.store);
    check_stands(&mut office.colleague, full);
    let all: Vec<_> = lost.iter().map(SealedSegment::hash).collect();
    let difference = Difference { missing_there: all, head: 2, ..Difference::default() };
    office.officer.store.note_difference(&scope(), &difference).expect("noted");
    for _ in 0..2 {
        office.log.receive(&office.province, &mut office.officer.store);
        office.log.receive(&office.province, &mut office.colleague.store);
        office.log.send(&mut office.officer.store);
        office.log.send(&mut office.colleague.store);
    }
    assert_eq!(office.log.0.len(), lost.len() + 2, "the province has everything again");
    check_stands(&mut office.colleague, full);
    assert_eq!(absent(&office.colleague.store, &office.findings[1]), 0);
    let digest: Digest = office.log.0.iter().map(SealedSegment::hash).collect::<Vec<_>>().iter().collect();
    for store in [&office.officer.store, &office.colleague.store] {
        assert_eq!(store.held().expect("readable")[&scope()].digest(), digest);
    }
}

#[test]
fn a_recovery_keeps_what_stands_in_place_of_segments() {
    let mut office = office(8);
    sign(&mut office);
    meet(&mut office, "Sudah dibaca");
    assert!(office.colleague.store.compact(&scope()).expect("the store works").is_ok());
    let full = fingerprint(&office.colleague.store);
    let digests = office.colleague.store.digests().expect("readable");
    let Laptop { store, dir } = office.colleague;
    drop(store);
    let (store, recovered) = Store::recover(dir.path(), PASSPHRASE, None, NOW_MS, &mut OsRng).expect("recovered");
    assert!(recovered.is_complete(), "{recovered:?}");
    let mut colleague = Laptop { store, dir };
    check_stands(&mut colleague, full);
    office.log.send(&mut colleague.store);
    check_stands(&mut colleague, full);
    assert_eq!(colleague.store.digests().expect("readable"), digests);
}
