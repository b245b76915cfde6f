//! Stores in temporary folders, and the records the tests write into them. Every person in them is invented.

use std::path::Path;

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Document, Record, RecordId};
use arumbae_domain::{Attendee, Finding, OutreachEvent, RegionCode, Scope, SupervisionReport, Witness};
use arumbae_mergelog::{SealedSegment, compression};
use arumbae_store::{ApplyOutcome, Incoming, KeyStretching, NewStore, Profile, SaveContext, SaveOutcome, Store};
use rand_core::OsRng;
use tempfile::TempDir;
use uuid::Uuid;

pub const PASSPHRASE: &str = "pala-cengkih-dan-sagu-tumbu";
/// 14 February 2024, 07:00 in Ambon.
pub const NOW_MS: u64 = 1_707_861_600_000;

pub fn scope() -> Scope {
    "81.71.01".parse().expect("a district")
}

pub fn at(now_ms: u64) -> SaveContext {
    SaveContext { now_ms, scope: scope(), seen: None }
}

pub fn profile(name: &str) -> Profile {
    Profile {
        person_id: Uuid::now_v7(),
        name: name.to_owned(),
        position: "Anggota Panwascam".to_owned(),
        district: "81.71.01".parse::<RegionCode>().expect("a district"),
        staff_number: String::new(),
        address: String::new(),
    }
}

/// Nobody's data: trying a passphrase need not cost an attacker anything.
pub fn new_store<'a>(name: &str, passphrase: &'a str) -> NewStore<'a> {
    NewStore { owner: profile(name), passphrase, stretching: KeyStretching::LEAST }
}

pub fn create_in(dir: &Path, name: &str) -> Store {
    Store::create(dir, new_store(name, PASSPHRASE), &mut OsRng).expect("a new store")
}

/// A store with a folder of its own, which lives as long as it.
pub struct Laptop {
    pub store: Store,
    pub dir: TempDir,
}

pub fn laptop(name: &str) -> Laptop {
    let dir = tempfile::tempdir().expect("a temporary folder");
    Laptop { store: create_in(dir.path(), name), dir }
}

impl Laptop {
    /// Closes the store and opens it again.
    pub fn reopen(self) -> Laptop {
        let Laptop { store, dir } = self;
        drop(store);
        let store = Store::unlock(dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("the store opens again");
        Laptop { store, dir }
    }
}

pub fn new_id() -> RecordId {
    RecordId(Uuid::now_v7())
}

pub fn event(title: &str) -> OutreachEvent {
    OutreachEvent { id: new_id(), title: title.to_owned(), place: "Balai Desa Contoh".to_owned(), ..Default::default() }
}

pub fn attendee(name: &str) -> Attendee {
    Attendee { id: new_id(), name: name.to_owned(), agency: "SD Contoh".to_owned(), ..Default::default() }
}

pub fn witness(name: &str) -> Witness {
    Witness { id: new_id(), name: name.to_owned(), ..Default::default() }
}

pub fn report(number: &str) -> SupervisionReport {
    SupervisionReport { id: new_id(), number: number.to_owned(), stage: "Kampanye".to_owned(), ..Default::default() }
}

pub fn finding(event: &str) -> Finding {
    Finding { id: new_id(), event: event.to_owned(), ..Default::default() }
}

/// Saves a record as a form does: what differs from what is stored.
pub fn put<R: Record>(store: &mut Store, record: &R) -> SaveOutcome {
    put_at(store, record, NOW_MS)
}

pub fn put_at<R: Record>(store: &mut Store, record: &R, now_ms: u64) -> SaveOutcome {
    let base = store.document(record.id()).expect("readable").map(|view| view.document);
    let changes = changes_between(base.as_ref(), &record.to_document());
    store.save(&changes, &at(now_ms)).expect("the save is written")
}

pub fn get<R: Record>(store: &Store, record: &R) -> R {
    R::from_document(&document(store, record.id()))
}

pub fn document(store: &Store, record: RecordId) -> Document {
    store.document(record).expect("readable").expect("the record is there").document
}

/// Everything sealed in a store, as it would travel.
pub fn sealed(store: &mut Store) -> Vec<Incoming> {
    let clock = store.clock_quality().expect("readable");
    store.seal_pending(clock).expect("sealed");
    store.segments_after(None, &[], usize::MAX).expect("readable").iter().map(incoming).collect()
}

pub fn incoming(segment: &SealedSegment) -> Incoming {
    Incoming { gsn: None, received_ms: None, bytes: compression::compress(segment.bytes()) }
}

/// Brings everything one store has to another.
pub fn carry(from: &mut Store, to: &mut Store) -> ApplyOutcome {
    let segments = sealed(from);
    to.apply_segments(segments, &[], NOW_MS).expect("taken in")
}
