//! A province, as far as stores see it: a registry and receipts.

use std::collections::BTreeMap;

use arumbae_domain::Scope;
use arumbae_mergelog::snapshot::{Growth, Page, PageRef, SnapshotError};
use arumbae_mergelog::{Save, SealedSegment, SegmentHash, SegmentHeader, SnapshotHead};
use arumbae_protocol::registry::check_authorship;
use arumbae_protocol::snapshot::pack_part;
use arumbae_protocol::{
    Grant, Receipt, Registry, RegistryEntry, RegistryKey, Role, ScopeCursor, SignedEntry, SnapshotNote, SnapshotOffer,
};
use arumbae_store::{ApplyOutcome, Enrolment, Incoming, Store};
use ed25519_dalek::SigningKey;
use rand_core::OsRng;

use crate::fixture::{NOW_MS, incoming, scope};

/// A province, as far as stores see it.
pub struct Province {
    key: SigningKey,
    pub entries: Vec<SignedEntry>,
}

impl Province {
    pub fn new() -> Self {
        Province::with(Vec::new())
    }

    /// The same province, with what it entered before.
    pub fn with(entries: Vec<SignedEntry>) -> Self {
        Province { key: SigningKey::from_bytes(&[42; 32]), entries }
    }

    pub fn enter(&mut self, entry: &RegistryEntry) {
        let (seq, prev) = self.entries.last().map_or((1, [0; 32]), |last| (last.seq + 1, last.hash()));
        self.entries.push(SignedEntry::sign(seq, prev, NOW_MS, entry, &self.key));
    }

    pub fn enrol(&mut self, store: &mut Store, role: Role, scope: &Scope) {
        let profile = store.profile().clone();
        let person = profile.person_id;
        self.enter(&RegistryEntry::Person { id: person, name: profile.name, position: profile.position });
        self.enter(&RegistryEntry::Device { key: store.device_key(), person });
        self.enter(&RegistryEntry::Grant(Grant { person, role, scope: scope.clone() }));
        self.bind(store);
    }

    pub fn bind(&self, store: &mut Store) {
        let enrolment = Enrolment {
            server_url: "https://contoh.invalid".to_owned(),
            ca_der: vec![],
            registry_key: RegistryKey::of(&self.key).0,
            recovery_key: None,
            person_id: store.profile().person_id,
            enrolled_ms: NOW_MS,
        };
        store.set_enrolment(&enrolment, &mut OsRng).expect("enrolled");
    }

    pub fn tell(&self, store: &mut Store) {
        store.apply_registry(&self.entries, NOW_MS).expect("the province's own entries");
    }

    pub fn receipt(&self, segment: &SealedSegment, gsn: u64, received_ms: u64) -> Receipt {
        let header = segment.header();
        let (lane, hash) = (header.lane.clone(), segment.hash());
        Receipt::issue(lane, header.first_seq, header.count, hash, gsn, received_ms, &self.key)
    }
}

/// What a province numbered of one scope, in order, and when it first had what it has lost since.
#[derive(Default)]
pub struct ScopeLog(pub Vec<SealedSegment>, BTreeMap<SegmentHash, u64>);

impl ScopeLog {
    /// Segments that were numbered before, in order.
    pub fn of(segments: Vec<SealedSegment>) -> Self {
        ScopeLog(segments, BTreeMap::new())
    }

    /// Takes in what a store has not sent yet, and gives it its receipts.
    pub fn receive(&mut self, province: &Province, store: &mut Store) {
        let clock = store.clock_quality().expect("readable");
        store.seal_pending(clock).expect("sealed");
        for segment in store.unreceipted_segments(usize::MAX).expect("readable") {
            let known = self.0.iter().position(|known| known.hash() == segment.hash());
            let gsn = known.unwrap_or_else(|| {
                self.0.push(segment.clone());
                self.0.len() - 1
            });
            let gsn = gsn as u64 + 1;
            let received_ms = *self.1.entry(segment.hash()).or_insert(received_ms(gsn));
            store.apply_receipts(&[province.receipt(&segment, gsn, received_ms)]).expect("counted");
        }
    }

    fn received_ms(&self, gsn: u64) -> u64 {
        let known = self.1.get(&self.0[gsn as usize - 1].hash());
        known.copied().unwrap_or(received_ms(gsn))
    }

    /// What the province sends of the segments after a number.
    pub fn after(&self, gsn: u64) -> Vec<Incoming> {
        let numbered = self.0.iter().zip(1..).filter(|(_, number)| *number > gsn);
        numbered
            .map(|(segment, gsn)| Incoming {
                gsn: Some(gsn),
                received_ms: Some(self.received_ms(gsn)),
                ..incoming(segment)
            })
            .collect()
    }

    /// Everything a store has not read, with its own segments left out as the server does.
    pub fn send(&self, store: &mut Store) -> ApplyOutcome {
        let next = store.next_cursors().expect("readable").into_iter().find(|cursor| cursor.scope == scope());
        let from = next.map_or(0, |cursor| cursor.gsn);
        let own = (store.device_key(), store.incarnation());
        let mut segments = self.after(from);
        segments.retain(|sent| {
            let lane = &self.0[sent.gsn.expect("numbered") as usize - 1].header().lane;
            (lane.device, lane.incarnation) != own
        });
        let cursor = ScopeCursor { scope: scope(), gsn: self.0.len() as u64 };
        store.apply_segments(segments, &[cursor], NOW_MS).expect("taken in")
    }

    /// The snapshot of the first segments, as the province offers and sends it.
    pub fn snapshot(&self, province: &Province, gsn: u64) -> (SnapshotOffer, Vec<u8>) {
        let key = RegistryKey::of(&province.key);
        let mut registry = Registry::default();
        registry.extend(&province.entries, &key).expect("its own entries");
        let judge = |header: &SegmentHeader, saves: &[Save]| check_authorship(header, saves, &registry).is_ok();
        let mut growth = Growth::of(SnapshotHead::empty(scope()), registry.seq(), judge);
        for (segment, number) in self.0.iter().zip(1..=gsn) {
            growth.take(number, self.received_ms(number), segment).expect("in order");
        }
        let mut pages = Vec::new();
        let read = |_: &PageRef| Err::<Page, _>(SnapshotError::WrongPage);
        let write = |_: &PageRef, page: &Page| {
            pages.push(pack_part(page.bytes()));
            Ok(())
        };
        let head = growth.finish(read, write).expect("small");
        let bytes = [vec![pack_part(&head.encode())], pages].concat().concat();
        let note = SnapshotNote::sign(&head, NOW_MS, &province.key);
        (SnapshotOffer { note, byte_length: bytes.len() as u64, in_place_of_segments: true }, bytes)
    }
}

/// The province receives a segment an hour.
fn received_ms(gsn: u64) -> u64 {
    NOW_MS + gsn * 3_600_000
}
