//! A province, as far as stores see it: a registry and receipts.

use arumbae_domain::Scope;
use arumbae_mergelog::SealedSegment;
use arumbae_protocol::{Grant, Receipt, RegistryEntry, RegistryKey, Role, SignedEntry};
use arumbae_store::{Enrolment, Store};
use ed25519_dalek::SigningKey;
use rand_core::OsRng;

use crate::fixture::NOW_MS;

/// A province, as far as stores see it.
pub struct Province {
    key: SigningKey,
    pub entries: Vec<SignedEntry>,
}

impl Province {
    pub fn new() -> Self {
        Province { key: SigningKey::from_bytes(&[42; 32]), entries: Vec::new() }
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
