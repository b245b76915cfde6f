//! The keys that sign for a province, one after the other.
//!
//! A key is retired by an entry it signs itself; the key named there signs everything after. A device that slept
//! through several changes follows them entry by entry from the key it was given, and one that joined later finds the
//! key it was given at the end: the new key's acceptance is over the hash of all that came before, so whoever trusts
//! the new key trusts what led to it.

use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

use super::entry::{RegistryEntry, SignedEntry};
use crate::keys::{RegistryKey, SignatureBytes, SignatureMismatch};
use crate::receipt::Receipt;
use crate::snapshot::SnapshotNote;

/// One key takes another's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyChange {
    /// The key until now, which signs the entry.
    pub retires: RegistryKey,
    /// The key from the next entry on.
    pub key: RegistryKey,
    /// By the new key, over both and the entry's place in the chain: it exists, and stands for what came before.
    pub acceptance: SignatureBytes,
}

impl KeyChange {
    /// The change to `new` in entry `seq`, which comes after the one with the hash `prev_hash`.
    pub fn new(seq: u64, prev_hash: [u8; 32], retires: RegistryKey, new: &SigningKey) -> Self {
        let key = RegistryKey::of(new);
        let acceptance = SignatureBytes::sign(new, &accepted_bytes(seq, &prev_hash, &retires, &key));
        KeyChange { retires, key, acceptance }
    }

    fn verify(&self, seq: u64, prev_hash: &[u8; 32]) -> Result<(), SignatureMismatch> {
        let KeyChange { retires, key, acceptance } = self;
        acceptance.verify(&key.0, &accepted_bytes(seq, prev_hash, retires, key))
    }
}

fn accepted_bytes(seq: u64, prev_hash: &[u8; 32], retires: &RegistryKey, key: &RegistryKey) -> Vec<u8> {
    let mark = b"arumbae 2026 registry key\0".as_slice();
    [mark, &seq.to_le_bytes(), prev_hash, &retires.0, &key.0].concat()
}

/// A key that took another's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Succession {
    /// The entry that named it.
    seq: u64,
    /// When that was entered, milliseconds since 1970 UTC.
    at_ms: u64,
    retires: RegistryKey,
    key: RegistryKey,
}

impl Succession {
    pub(super) fn new(seq: u64, at_ms: u64, KeyChange { retires, key, acceptance: _ }: &KeyChange) -> Self {
        Succession { seq, at_ms, retires: *retires, key: *key }
    }
}

/// The keys of one province, from the first to the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLineage {
    first: RegistryKey,
    successions: Vec<Succession>,
}

impl KeyLineage {
    /// A province that has had one key only.
    pub fn starting(first: RegistryKey) -> Self {
        KeyLineage { first, successions: Vec::new() }
    }

    /// Before the first of `entries`, which begin the registry or are taken from it, for somebody who was given
    /// `pinned`: the key that the first change among them retires. Nothing of it is verified yet.
    pub fn before(entries: &[SignedEntry], pinned: RegistryKey) -> Self {
        let retired = entries.iter().find_map(|entry| match entry.decode() {
            Ok(RegistryEntry::RegistryKey(change)) => Some(change.retires),
            _ => None,
        });
        KeyLineage::starting(retired.unwrap_or(pinned))
    }

    pub(super) fn known(successions: &[Succession], pinned: RegistryKey) -> Self {
        let first = successions.first().map_or(pinned, |succession| succession.retires);
        KeyLineage { first, successions: successions.to_vec() }
    }

    /// Verifies an entry by the key of its place, and goes over to the key it names, if it names one.
    pub fn follow(&mut self, entry: &SignedEntry) -> Result<(), SignatureMismatch> {
        entry.verify(&self.at(entry.seq))?;
        let is_new = self.successions.last().is_none_or(|last| last.seq < entry.seq);
        if let (true, Ok(RegistryEntry::RegistryKey(change))) = (is_new, entry.decode()) {
            if change.retires != self.current() {
                return Err(SignatureMismatch);
            }
            change.verify(entry.seq, &entry.prev_hash)?;
            self.successions.push(Succession::new(entry.seq, entry.at_ms, &change));
        }
        Ok(())
    }

    /// The key that signs now.
    pub fn current(&self) -> RegistryKey {
        self.successions.last().map_or(self.first, |succession| succession.key)
    }

    /// The key that signed the entry with this number.
    pub fn at(&self, seq: u64) -> RegistryKey {
        let before = self.successions.iter().take_while(|succession| succession.seq < seq);
        before.last().map_or(self.first, |succession| succession.key)
    }

    /// Whether a key is one of them.
    pub fn contains(&self, key: &RegistryKey) -> bool {
        self.all().any(|(own, _)| own == *key)
    }

    /// Checks that the province issued a receipt, by a key that was not yet retired when it says it was received.
    pub fn verify_receipt(&self, receipt: &Receipt) -> Result<(), SignatureMismatch> {
        self.verify(receipt.received_ms, |key| receipt.verify(key))
    }

    /// Checks that the province signed a note, by a key that was not yet retired when it says it was made.
    pub fn verify_note(&self, note: &SnapshotNote) -> Result<(), SignatureMismatch> {
        self.verify(note.made_ms, |key| note.verify(key))
    }

    /// A later key may speak of earlier times: the server signs anew what is asked for again.
    fn verify(
        &self,
        said_ms: u64,
        holds: impl Fn(&RegistryKey) -> Result<(), SignatureMismatch>,
    ) -> Result<(), SignatureMismatch> {
        let mut standing = self.all().filter(|(_, retired_ms)| retired_ms.is_none_or(|retired| said_ms <= retired));
        if standing.any(|(key, _)| holds(&key).is_ok()) { Ok(()) } else { Err(SignatureMismatch) }
    }

    /// Each key with when it was retired, the present one first: it is the one that is mostly asked for.
    fn all(&self) -> impl Iterator<Item = (RegistryKey, Option<u64>)> {
        let later = self.successions.iter().map(|succession| succession.key);
        let keys: Vec<RegistryKey> = [self.first].into_iter().chain(later).collect();
        let retired = self.successions.iter().map(|succession| Some(succession.at_ms)).chain([None]);
        let all: Vec<_> = keys.into_iter().zip(retired).collect();
        all.into_iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use arumbae_mergelog::segment::SegmentHash;
    use arumbae_mergelog::{DeviceKey, Lane};

    use super::*;
    use crate::registry::{Registry, RegistryError};

    fn key(number: u8) -> SigningKey {
        SigningKey::from_bytes(&[number; 32])
    }

    fn public(number: u8) -> RegistryKey {
        RegistryKey::of(&key(number))
    }

    fn office(name: &str) -> RegistryEntry {
        RegistryEntry::Office { region: "81".parse().expect("a region"), name: name.to_owned() }
    }

    /// A registry signed by keys 1, 2 and 3 in turn, two entries each; entry `n` was entered at `1000 n`.
    fn chain() -> Vec<SignedEntry> {
        let mut entries: Vec<SignedEntry> = Vec::new();
        for number in 1..=3 {
            append(&mut entries, &office(&format!("Kantor CONTOH {number}")), number);
            if number < 3 {
                change(&mut entries, number, number + 1);
            }
        }
        entries
    }

    fn place(entries: &[SignedEntry]) -> (u64, [u8; 32]) {
        (entries.len() as u64 + 1, entries.last().map_or([0; 32], SignedEntry::hash))
    }

    fn append(entries: &mut Vec<SignedEntry>, entry: &RegistryEntry, by: u8) {
        let (seq, prev_hash) = place(entries);
        entries.push(SignedEntry::sign(seq, prev_hash, 1000 * seq, entry, &key(by)));
    }

    fn change(entries: &mut Vec<SignedEntry>, from: u8, to: u8) {
        let (seq, prev_hash) = place(entries);
        append(entries, &RegistryEntry::RegistryKey(KeyChange::new(seq, prev_hash, public(from), &key(to))), from);
    }

    #[test]
    fn whichever_key_a_device_was_given_leads_to_the_others() {
        let entries = chain();
        let mut registries = Vec::new();
        for pinned in 1..=3 {
            let mut registry = Registry::default();
            let new = registry.extend(&entries, &public(pinned)).expect("followed");
            assert_eq!(new.len(), entries.len());
            assert_eq!(registry.keys(public(pinned)).current(), public(3));
            registries.push(registry);
        }
        assert_eq!(registries[0], registries[1]);
        assert_eq!(registries[1], registries[2]);
        let mut stranger = Registry::default();
        let outcome = stranger.extend(&entries, &public(9));
        assert!(matches!(outcome, Err(RegistryError::BadSignature { .. })), "a key of another province");
        assert_eq!(stranger, Registry::default(), "nothing is taken in");
    }

    #[test]
    fn a_device_that_slept_follows_from_where_it_was() {
        let entries = chain();
        for known in 0..=entries.len() {
            let mut registry = Registry::default();
            registry.extend(&entries[..known], &public(1)).expect("the beginning");
            let new = registry.extend(&entries, &public(1)).expect("and the rest, with what is known again");
            assert_eq!((new.len(), registry.seq()), (entries.len() - known, entries.len() as u64));
        }
    }

    #[test]
    fn a_retired_key_signs_no_entry() {
        let mut entries = chain();
        append(&mut entries, &office("Kantor PALSU"), 2);
        let mut registry = Registry::default();
        assert_eq!(registry.extend(&entries, &public(1)).map(|_| ()), Err(RegistryError::BadSignature { seq: 6 }));
    }

    #[test]
    fn nobody_puts_a_key_in_place_but_the_one_it_follows() {
        let genuine = chain();
        let check = |tamper: fn(&mut KeyChange), signer: u8| {
            let mut entries = genuine[..1].to_vec();
            let (seq, prev_hash) = place(&entries);
            let mut change = KeyChange::new(seq, prev_hash, public(1), &key(2));
            tamper(&mut change);
            append(&mut entries, &RegistryEntry::RegistryKey(change), signer);
            Registry::default().extend(&entries, &public(1)).map(|_| ())
        };
        assert_eq!(check(|_| {}, 1), Ok(()));
        let refused = Err(RegistryError::BadSignature { seq: 2 });
        assert_eq!(check(|_| {}, 2), refused, "signed by the new key");
        assert_eq!(check(|change| change.key = public(8), 1), refused, "a key nobody holds");
        assert_eq!(check(|change| change.acceptance.0[0] ^= 1, 1), refused, "not accepted");
    }

    fn receipt(received_ms: u64, by: u8) -> Receipt {
        let scope = "81.71.01".parse().expect("a scope");
        let lane = Lane { device: DeviceKey([1; 32]), incarnation: 7, scope };
        Receipt::issue(lane, 1, 1, SegmentHash([2; 32]), 1, received_ms, &key(by))
    }

    #[test]
    fn a_receipt_counts_by_a_key_that_was_not_retired_when_it_says() {
        let mut registry = Registry::default();
        registry.extend(&chain(), &public(1)).expect("followed");
        let keys = registry.keys(public(1));
        let check = |received_ms, by| keys.verify_receipt(&receipt(received_ms, by)).is_ok();
        assert!(check(500, 1) && check(2000, 1), "until the change at 2000");
        assert!(!check(2001, 1), "after it");
        assert!(check(2001, 2) && check(4000, 2) && !check(4001, 2));
        assert!(check(500, 3), "signed anew for what was received long ago");
        assert!(check(9000, 3));
        assert!(!check(500, 9), "a stranger's");
    }
}
