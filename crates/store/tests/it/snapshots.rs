//! Snapshots in place of segments: the same records, byte for byte, and nothing that was not signed for.

use arumbae_domain::Finding;
use arumbae_domain::schema::Record;
use arumbae_mergelog::compression::compress;
use arumbae_protocol::{Role, ScopeCursor, SnapshotOffer};
use arumbae_store::{Incoming, LoadOutcome, QuarantineReason, SaveContext, Store};

use crate::fixture::{Laptop, NOW_MS, at, finding, get, laptop, put, put_at, scope};
use crate::province::{Province, ScopeLog};

/// An office of two officers and a supervisor, and what the province has of their work.
pub struct Office {
    pub province: Province,
    pub log: ScopeLog,
    pub officer: Laptop,
    pub colleague: Laptop,
    pub findings: Vec<Finding>,
}

/// Work of both officers, each knowing the other's but for one concurrent edit; `findings` of them.
pub fn office(findings: usize) -> Office {
    let (mut province, mut log) = (Province::new(), ScopeLog::default());
    let (mut officer, mut colleague) = (laptop("Petugas Satu"), laptop("Petugas Dua"));
    for laptop in [&mut officer, &mut colleague] {
        province.enrol(&mut laptop.store, Role::Petugas, &scope());
    }
    for laptop in [&mut officer, &mut colleague] {
        province.tell(&mut laptop.store);
    }
    let findings: Vec<Finding> = (0..findings).map(|n| finding(&format!("Peristiwa {n}"))).collect();
    for (n, finding) in findings.iter().enumerate() {
        put_at(&mut officer.store, finding, NOW_MS + n as u64 * 1000);
        log.receive(&province, &mut officer.store);
    }
    log.send(&mut colleague.store);
    for (laptop, place) in [(&mut officer, "Ambon"), (&mut colleague, "Saumlaki")] {
        put(&mut laptop.store, &Finding { event_place: place.to_owned(), ..findings[0].clone() });
        log.receive(&province, &mut laptop.store);
    }
    log.send(&mut officer.store);
    log.send(&mut colleague.store);
    Office { province, log, officer, colleague, findings }
}

/// Fetches a snapshot whole and loads it.
pub fn load(store: &mut Store, (offer, bytes): &(SnapshotOffer, Vec<u8>)) -> LoadOutcome {
    let mut cursors = Vec::new();
    assert_eq!(store.note_snapshots(std::slice::from_ref(offer), &mut cursors).expect("noted"), 1);
    store.receive_snapshot(offer.note.hash, 0, bytes).expect("kept");
    store.load_snapshot(offer.note.hash, NOW_MS).expect("the store works")
}

pub fn fingerprint(store: &Store) -> [u8; 32] {
    store.state_fingerprint().expect("readable").0
}

/// Opening again and making the rows again changes nothing.
#[track_caller]
pub fn check_stands(laptop: &mut Laptop, expected: [u8; 32]) {
    assert_eq!(fingerprint(&laptop.store), expected);
    laptop.store.rebuild_from_log().expect("rebuilt");
    assert_eq!(fingerprint(&laptop.store), expected, "after rebuilding");
    laptop.store.check_integrity().expect("whole");
}

/// Somebody else of the same office.
pub fn newcomer(office: &mut Office, name: &str) -> Laptop {
    let mut newcomer = laptop(name);
    office.province.enrol(&mut newcomer.store, Role::Petugas, &scope());
    office.province.tell(&mut newcomer.store);
    newcomer
}

#[test]
fn a_snapshot_and_its_tail_are_the_whole_log() {
    let mut office = office(30);
    let mut late = newcomer(&mut office, "Petugas Baru");
    let (offer, bytes) = office.log.snapshot(&office.province, 20);
    // The tail comes with the offer, before the snapshot is here.
    let mut cursors = vec![ScopeCursor { scope: scope(), gsn: 32 }];
    late.store.note_snapshots(std::slice::from_ref(&offer), &mut cursors).expect("noted");
    let waiting = late.store.apply_segments(office.log.after(20), &cursors, NOW_MS).expect("taken in").waiting;
    assert!(waiting > 0, "what continues the snapshot waits for it");
    assert_eq!(late.store.cursors().expect("readable"), [], "nothing is read without a hole yet");
    assert_eq!(late.store.next_cursors().expect("readable"), cursors, "and is not sent again");

    let name = offer.note.hash;
    for (number, piece) in bytes.chunks(97).enumerate() {
        let wanted = late.store.wanted_snapshots().expect("readable");
        assert_eq!((wanted.len(), wanted[0].held_bytes), (1, number as u64 * 97));
        late.store.receive_snapshot(name, 7, b"elsewhere").expect("left out");
        late.store.receive_snapshot(name, number as u64 * 97, piece).expect("kept");
    }
    late = late.reopen();
    let loaded = late.store.load_snapshot(name, NOW_MS).expect("the store works");
    assert!(matches!(&loaded, LoadOutcome::Loaded(outcome) if outcome.segments == 11), "{loaded:?}");
    assert_eq!(late.store.wanted_snapshots().expect("readable"), []);
    assert_eq!(late.store.cursors().expect("readable"), cursors);
    let full = fingerprint(&office.officer.store);
    check_stands(&mut late, full);
    assert_eq!(late.store.digests().expect("readable"), office.officer.store.digests().expect("readable"));
    let mut late = late.reopen();
    check_stands(&mut late, full);
    assert_eq!(late.store.conflicts().expect("readable").len(), 1, "the concurrent edit is still two values");

    // Work goes on from there, on both sides.
    let edited = Finding { event: "Diubah oleh petugas baru".to_owned(), ..office.findings[3].clone() };
    put(&mut late.store, &edited);
    office.log.receive(&office.province, &mut late.store);
    office.province.tell(&mut office.officer.store);
    office.log.send(&mut office.officer.store);
    assert_eq!(get(&office.officer.store, &edited).event, edited.event);
    assert_eq!(office.officer.store.conflicts().expect("readable").len(), 1, "it knew what it replaced");
    assert_eq!(fingerprint(&late.store), fingerprint(&office.officer.store));
}

#[test]
fn a_form_opened_before_the_snapshot_came_overwrites_nothing_unseen() {
    let mut office = office(3);
    let mut late = newcomer(&mut office, "Petugas Baru");
    late.store.apply_segments(office.log.after(0)[..3].to_vec(), &[], NOW_MS).expect("taken in");
    let opened = late.store.document(office.findings[0].id()).expect("readable").expect("there");
    load(&mut late.store, &office.log.snapshot(&office.province, 5));
    let edited = Finding { event_place: "Tual".to_owned(), ..Finding::from_document(&opened.document) };
    let changes = arumbae_domain::change::changes_between(Some(&opened.document), &edited.to_document());
    let context = SaveContext { seen: Some(opened.version), ..at(NOW_MS) };
    late.store.save(&changes, &context).expect("written");
    let view = late.store.document(office.findings[0].id()).expect("readable").expect("there");
    assert_eq!(view.conflicts[0].heads.len(), 3, "beside the two it had not shown");
}

#[test]
fn a_form_opened_on_the_snapshot_replaces_what_it_showed_whatever_came_meanwhile() {
    let mut office = office(6);
    let mut late = newcomer(&mut office, "Petugas Baru");
    load(&mut late.store, &office.log.snapshot(&office.province, 8));
    let shown = office.findings[4].id();
    let opened = late.store.document(shown).expect("readable").expect("there");
    put(&mut office.colleague.store, &Finding { event_place: "Namlea".to_owned(), ..office.findings[4].clone() });
    office.log.receive(&office.province, &mut office.colleague.store);
    office.log.send(&mut late.store);
    let edited = Finding { event: "Diubah".to_owned(), ..Finding::from_document(&opened.document) };
    let changes = arumbae_domain::change::changes_between(Some(&opened.document), &edited.to_document());
    late.store.save(&changes, &SaveContext { seen: Some(opened.version), ..at(NOW_MS) }).expect("written");
    let finding = get(&late.store, &edited);
    assert_eq!((finding.event.as_str(), finding.event_place.as_str()), ("Diubah", "Namlea"));
    let view = late.store.document(shown).expect("readable").expect("there");
    assert_eq!(view.conflicts, [], "nobody edited the same field unknown to another");
}

#[test]
fn only_what_the_province_signed_is_loaded() {
    let mut office = office(5);
    let (offer, bytes) = office.log.snapshot(&office.province, 5);
    let mut late = newcomer(&mut office, "Petugas Baru");
    let cursor = ScopeCursor { scope: scope(), gsn: 7 };
    let mut forged = offer.clone();
    forged.note.gsn = 6;
    let mut cursors = vec![cursor.clone()];
    assert_eq!(late.store.note_snapshots(&[forged], &mut cursors).expect("noted"), 0);
    assert_eq!(cursors, [], "what comes after an offer nobody signed is asked for again");

    let before = fingerprint(&late.store);
    let damaged = |at: usize| {
        let mut bytes = bytes.clone();
        bytes[at] ^= 1;
        bytes
    };
    for wrong in [damaged(5), damaged(bytes.len() - 1), bytes[..bytes.len() - 1].to_vec(), [&bytes[..], b"x"].concat()]
    {
        let length = wrong.len() as u64;
        let outcome = load(&mut late.store, &(SnapshotOffer { byte_length: length, ..offer.clone() }, wrong));
        assert!(matches!(outcome, LoadOutcome::Unusable(_)), "{length} bytes: {outcome:?}");
        assert_eq!(fingerprint(&late.store), before, "nothing of it is kept");
        assert_eq!(late.store.wanted_snapshots().expect("readable"), []);
    }
    office.log.send(&mut late.store);
    let full = fingerprint(&office.officer.store);
    check_stands(&mut late, full);
}

#[test]
fn a_segment_for_later_readers_comes_along_and_is_held_back() {
    let mut office = office(4);
    let last = office.log.0.pop().expect("the colleague's");
    let key = office.colleague.store.device_signing_key().clone();
    office.log.0.push(last.forge_newer(&key).expect("a later version's"));
    let mut late = newcomer(&mut office, "Petugas Baru");
    let mut early = newcomer(&mut office, "Petugas Lain");
    office.log.send(&mut early.store);
    load(&mut late.store, &office.log.snapshot(&office.province, office.log.0.len() as u64));
    for laptop in [&mut late, &mut early] {
        let held = laptop.store.quarantine().expect("readable");
        assert_eq!(held.iter().map(|held| held.reason).collect::<Vec<_>>(), [QuarantineReason::NewerFormat]);
        assert!(held[0].is_kept);
    }
    assert_eq!(late.store.digests().expect("readable"), early.store.digests().expect("readable"));
    let full = fingerprint(&early.store);
    check_stands(&mut late, full);
}

#[test]
fn a_lane_that_says_something_else_than_the_snapshot_is_frozen() {
    let mut office = office(4);
    let mut late = newcomer(&mut office, "Petugas Baru");
    // A stick brought another beginning of the officer's lane than the province has.
    let genuine = &office.log.0[0];
    let mut saves = genuine.open().expect("signed");
    saves[0].hlc.0 += 1 << 16;
    let key = office.officer.store.device_signing_key().clone();
    let header = genuine.header();
    let other = arumbae_mergelog::SealedSegment::seal(&header.lane, header.prev_hash, &saves, header.clock, &key)
        .expect("it can be sealed");
    let brought = Incoming { gsn: None, received_ms: None, bytes: compress(other.bytes()) };
    late.store.apply_segments(vec![brought], &[], NOW_MS).expect("taken in");
    load(&mut late.store, &office.log.snapshot(&office.province, 1));
    office.log.send(&mut late.store);
    assert!(
        late.store.quarantine().expect("readable").iter().any(|held| held.lane == Some(header.lane.id())),
        "two lanes in one do not go unseen"
    );
}
