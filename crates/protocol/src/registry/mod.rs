//! The registry: who is who, whose device is whose, and who may do what where.
//!
//! A [`Registry`] is a pure fold over the signed entries. Server and devices fold the same entries, so both judge
//! a right the same way.

mod act;
mod authorship;
mod entry;
mod key_lineage;
mod role;

use std::collections::BTreeMap;

use arumbae_domain::{RegionCode, Scope};
use arumbae_mergelog::{DeviceKey, LaneId, SegmentHeader};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::keys::{BundleKey, RecoveryKey, RegistryKey};
use key_lineage::Succession;

pub use act::{Act, Deed, Operator};
pub use authorship::{AuthorFault, check_authorship};
pub use entry::{Grant, LaneCutOff, RegistryEntry, SignedEntry};
pub use key_lineage::{KeyChange, KeyLineage};
pub use role::{Action, Role, ScopeRelation, UnknownRole};

/// The largest body of `POST /v1/registry`, in bytes. More entries are brought in several requests.
pub const MAX_REGISTRY_BODY: usize = 1 << 20;

/// The body of `POST /v1/registry`: entries that the province signed and that a server restored from a backup lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BroughtEntries {
    /// In order, from the first one that the server lacks; none to ask how far it reaches.
    pub entries: Vec<SignedEntry>,
}

/// The answer to [`BroughtEntries`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RegistryReach {
    /// The last entry the server has now.
    pub registry_seq: u64,
}

/// An entry that cannot follow the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Not signed by this province.
    #[error("registry entry {seq} is not signed by the province")]
    BadSignature {
        /// The entry's number.
        seq: u64,
    },
    /// Its number or its predecessor's hash does not continue the chain.
    #[error("registry entry {seq} does not continue the chain at {expected}")]
    BrokenChain {
        /// The entry's number.
        seq: u64,
        /// The number that should follow.
        expected: u64,
    },
}

/// Why a device may not write a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The device is not registered.
    #[error("the device is not registered")]
    UnknownDevice,
    /// The device was revoked.
    #[error("the device was revoked")]
    Revoked,
    /// No grant of its owner reaches the scope.
    #[error("no grant reaches the scope")]
    NotGranted,
}

/// A registered person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Name with titles.
    pub name: String,
    /// Position in the office.
    pub position: String,
}

/// A registered device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its owner.
    pub person: Uuid,
    /// When it was enrolled, milliseconds since 1970 UTC.
    pub enrolled_ms: u64,
    /// The number of the entry that enrolled it.
    pub enrolled_seq: u64,
    /// Set once it was revoked.
    pub revocation: Option<Revocation>,
}

/// When and up to where a device was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// The last valid save of each lane; a lane not named has none.
    pub cut_offs: BTreeMap<LaneId, u64>,
}

/// An issued certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// Whose.
    pub person: Uuid,
    /// The device its key was made on, if that is known.
    pub device: Option<DeviceKey>,
    /// DER.
    pub der: Vec<u8>,
    /// When it was entered, milliseconds since 1970 UTC.
    pub at_ms: u64,
}

/// A certificate that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSerial {
    /// Its serial number, big-endian octets.
    pub serial: Vec<u8>,
    /// Since when, milliseconds since 1970 UTC.
    pub at_ms: u64,
    /// Why: the number of a CRLReason (RFC 5280 5.3.1).
    pub reason: u8,
}

/// A role in a scope, from the entry that gave it to the one that withdrew it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HeldGrant {
    grant: Grant,
    withdrawn_seq: Option<u64>,
}

/// What the entries add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    seq: u64,
    head: [u8; 32],
    last_entered_ms: u64,
    offices: BTreeMap<RegionCode, String>,
    people: BTreeMap<Uuid, Person>,
    devices: BTreeMap<DeviceKey, Device>,
    /// By who holds them: every exchange asks for one person's among those of a province.
    grants: BTreeMap<Uuid, Vec<HeldGrant>>,
    certificates: Vec<IssuedCertificate>,
    authorities: Vec<Vec<u8>>,
    time_stamping: Vec<Vec<u8>>,
    revoked: Vec<RevokedSerial>,
    recovery_key: Option<RecoveryKey>,
    successions: Vec<Succession>,
    bundle_key: Option<BundleKey>,
    unread: u64,
}

impl Registry {
    /// The registry of entries that were verified before, as when a store opens its own table.
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a SignedEntry>) -> Result<Self, RegistryError> {
        let mut registry = Registry::default();
        entries.into_iter().try_for_each(|entry| registry.append(entry))?;
        Ok(registry)
    }

    /// Verifies that the province signed `entries`, and appends those that are new, all or none; returns those.
    ///
    /// `pinned` is any of the province's keys, as it was given at enrolment. An entry that is already part of the
    /// registry is skipped, so that an answer received twice does no harm.
    pub fn extend<'a>(
        &mut self,
        entries: &'a [SignedEntry],
        pinned: &RegistryKey,
    ) -> Result<Vec<&'a SignedEntry>, RegistryError> {
        let mut keys = if self.seq == 0 { KeyLineage::before(entries, *pinned) } else { self.keys(*pinned) };
        let mut place = (self.seq, self.head);
        let mut new = Vec::new();
        for entry in entries {
            keys.follow(entry).map_err(|_| RegistryError::BadSignature { seq: entry.seq })?;
            if entry.seq > place.0 {
                place = place_after(place, entry)?;
                new.push(entry);
            }
        }
        // Signed throughout, but by a province this is not.
        if !keys.contains(pinned) {
            return Err(RegistryError::BadSignature { seq: place.0 });
        }
        new.iter().for_each(|entry| self.include(entry));
        Ok(new)
    }

    fn append(&mut self, signed: &SignedEntry) -> Result<(), RegistryError> {
        place_after((self.seq, self.head), signed)?;
        self.include(signed);
        Ok(())
    }

    /// Takes in an entry of an excerpt: one that was verified by itself, whatever stands between it and the one before.
    pub fn include(&mut self, signed: &SignedEntry) {
        self.seq = signed.seq;
        self.head = signed.hash();
        self.last_entered_ms = signed.at_ms;
        match signed.decode() {
            Ok(entry) => self.fold(entry, signed.at_ms),
            // Of a later version: kept by whoever stores the entries, counted here, folded after an upgrade.
            Err(_) => self.unread += 1,
        }
    }

    fn fold(&mut self, entry: RegistryEntry, at_ms: u64) {
        match entry {
            RegistryEntry::Office { region, name } => {
                self.offices.insert(region, name);
            }
            RegistryEntry::Person { id, name, position } => {
                self.people.insert(id, Person { name, position });
            }
            RegistryEntry::Device { key, person } => {
                let device = Device { person, enrolled_ms: at_ms, enrolled_seq: self.seq, revocation: None };
                self.devices.insert(key, device);
            }
            RegistryEntry::Grant(grant) => {
                let held = self.grants.entry(grant.person).or_default();
                if !held.iter().any(|held| held.grant == grant && held.withdrawn_seq.is_none()) {
                    held.push(HeldGrant { grant, withdrawn_seq: None });
                }
            }
            RegistryEntry::Withdraw(grant) => {
                let held = self.grants.entry(grant.person).or_default();
                let standing = held.iter_mut().filter(|held| held.grant == grant);
                let seq = self.seq;
                standing.for_each(|held| held.withdrawn_seq = held.withdrawn_seq.or(Some(seq)));
            }
            RegistryEntry::Certificate { person, der, device } => {
                let device = device.or_else(|| self.newest_device_of(person));
                self.certificates.push(IssuedCertificate { person, device, der, at_ms });
            }
            RegistryEntry::Authority { der } => self.authorities.push(der),
            RegistryEntry::TimeStamping { der } => self.time_stamping.push(der),
            RegistryEntry::RevokeCertificate { serial, reason } => {
                self.revoked.push(RevokedSerial { serial, at_ms, reason });
            }
            RegistryEntry::RevokeDevice { key, cut_offs } => {
                if let Some(device) = self.devices.get_mut(&key) {
                    let cut_offs = cut_offs.into_iter().map(|LaneCutOff { lane, last_seq }| (lane, last_seq)).collect();
                    device.revocation = Some(Revocation { at_ms, cut_offs });
                }
            }
            RegistryEntry::RecoveryKey { key } => self.recovery_key = Some(key),
            RegistryEntry::RegistryKey(change) => self.successions.push(Succession::new(self.seq, at_ms, &change)),
            RegistryEntry::BundleKey { key } => self.bundle_key = Some(key),
            // Tells why, and changes nothing: what follows from it stands in entries of its own.
            RegistryEntry::Act(_) => {}
        }
    }

    /// Certificates were entered right after the device they are for before they named it.
    fn newest_device_of(&self, person: Uuid) -> Option<DeviceKey> {
        let own = self.devices.iter().filter(|(_, device)| device.person == person);
        own.max_by_key(|(_, device)| device.enrolled_seq).map(|(key, _)| *key)
    }

    /// The number of the last entry, 0 for an empty registry; the log's policy epoch.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// When the last entry was entered, milliseconds since 1970 UTC; 0 for an empty registry.
    pub fn last_entered_ms(&self) -> u64 {
        self.last_entered_ms
    }

    /// The hash of the last entry; zeros for an empty registry.
    pub fn head(&self) -> [u8; 32] {
        self.head
    }

    /// How many entries are of a kind this version does not know.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// The registered people.
    pub fn people(&self) -> impl Iterator<Item = (Uuid, &Person)> {
        self.people.iter().map(|(id, person)| (*id, person))
    }

    /// A registered person.
    pub fn person(&self, person: Uuid) -> Option<&Person> {
        self.people.get(&person)
    }

    /// A person's name as it is to be printed.
    pub fn name_of(&self, person: Uuid) -> Option<&str> {
        self.person(person).map(|person| person.name.as_str())
    }

    /// The registered devices, revoked ones included.
    pub fn devices(&self) -> impl Iterator<Item = (DeviceKey, &Device)> {
        self.devices.iter().map(|(key, device)| (*key, device))
    }

    /// A registered device.
    pub fn device(&self, key: DeviceKey) -> Option<&Device> {
        self.devices.get(&key)
    }

    /// Who owns a device.
    pub fn owner_of(&self, key: DeviceKey) -> Option<Uuid> {
        self.device(key).map(|device| device.person)
    }

    /// The name of the office that answers for a region: its own, or the nearest above it.
    pub fn office_of(&self, region: &RegionCode) -> Option<&str> {
        let mut at = Some(region.clone());
        while let Some(region) = at {
            if let Some(name) = self.offices.get(&region) {
                return Some(name);
            }
            at = region.parent();
        }
        None
    }

    /// The certificates issued to a person, oldest first.
    pub fn certificates_of(&self, person: Uuid) -> impl Iterator<Item = &IssuedCertificate> {
        self.certificates.iter().filter(move |certificate| certificate.person == person)
    }

    /// The certificates whose keys were made on a device, oldest first.
    pub fn certificates_on(&self, device: DeviceKey) -> impl Iterator<Item = &IssuedCertificate> {
        self.certificates.iter().filter(move |certificate| certificate.device == Some(device))
    }

    /// Every officer's certificate, oldest first.
    pub fn certificates(&self) -> &[IssuedCertificate] {
        &self.certificates
    }

    /// The certificates (DER) of the authorities below the root that have issued, oldest first.
    pub fn authorities(&self) -> impl Iterator<Item = &[u8]> {
        self.authorities.iter().map(Vec::as_slice)
    }

    /// The certificates (DER) of the time-stamping authorities there have been, the one in force last.
    pub fn time_stamping(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.time_stamping.iter().map(Vec::as_slice)
    }

    /// The certificates that no longer count, in the order they were entered.
    pub fn revoked_certificates(&self) -> &[RevokedSerial] {
        &self.revoked
    }

    /// The keys that signed the registry and sign receipts, for a device that was given `pinned`.
    pub fn keys(&self, pinned: RegistryKey) -> KeyLineage {
        KeyLineage::known(&self.successions, pinned)
    }

    /// The key recovery slots are sealed to.
    pub fn recovery_key(&self) -> Option<RecoveryKey> {
        self.recovery_key
    }

    /// The key bundles for the province are sealed to.
    pub fn bundle_key(&self) -> Option<BundleKey> {
        self.bundle_key
    }

    /// What a person holds.
    pub fn grants_of(&self, person: Uuid) -> impl Iterator<Item = &Grant> {
        self.ever_held_by(person).filter(|held| held.withdrawn_seq.is_none()).map(|held| &held.grant)
    }

    fn ever_held_by(&self, person: Uuid) -> impl Iterator<Item = &HeldGrant> {
        self.grants.get(&person).into_iter().flatten()
    }

    /// The furthest reaching of a person's roles.
    pub fn role_of(&self, person: Uuid) -> Option<Role> {
        self.grants_of(person).map(|grant| grant.role).max()
    }

    /// Whether a person may do something in a scope.
    pub fn may(&self, person: Uuid, action: Action, scope: &Scope) -> bool {
        self.grants_of(person).any(|grant| grant.role.may(action, ScopeRelation::between(&grant.scope, scope)))
    }

    /// Whether what a person wrote at a policy epoch counts as something they may do in a scope: by every grant that
    /// was not withdrawn by then.
    ///
    /// Who wrote offline and could not know of a withdrawal had the right; who was given it later has it for what
    /// waited. So an answer never turns from yes to no as entries come in, and every device comes to the same one.
    pub fn might(&self, person: Uuid, action: Action, scope: &Scope, epoch: u64) -> bool {
        self.ever_held_by(person)
            .filter(|held| held.withdrawn_seq.is_none_or(|seq| seq > epoch))
            .any(|held| held.grant.role.may(action, ScopeRelation::between(&held.grant.scope, scope)))
    }

    /// Whether a device may extend its lane of a scope.
    pub fn may_write(&self, device: DeviceKey, scope: &Scope) -> bool {
        self.check_write(device, scope).is_ok()
    }

    /// The same, with the reason for a refusal.
    pub fn check_write(&self, device: DeviceKey, scope: &Scope) -> Result<(), Refusal> {
        let registered = self.device(device).ok_or(Refusal::UnknownDevice)?;
        if registered.revocation.is_some() {
            return Err(Refusal::Revoked);
        }
        if self.may(registered.person, Action::Write, scope) { Ok(()) } else { Err(Refusal::NotGranted) }
    }

    /// Whether the registry itself says that the province had a segment: its device was revoked after it.
    pub fn had(&self, header: &SegmentHeader) -> bool {
        let revocation = self.device(header.lane.device).and_then(|device| device.revocation.as_ref());
        let cut_off = revocation.and_then(|revocation| revocation.cut_offs.get(&header.lane.id()));
        cut_off.is_some_and(|last_seq| header.last_seq() <= *last_seq)
    }

    /// Whether a person may receive a scope's lanes.
    pub fn may_read(&self, person: Uuid, scope: &Scope) -> bool {
        self.may(person, Action::Read, scope)
    }

    /// The scopes a person reads: each with everything below it.
    pub fn readable_scopes(&self, person: Uuid) -> Vec<Scope> {
        let own = |grant: &&Grant| grant.role.may(Action::Read, ScopeRelation::Own);
        self.grants_of(person).filter(own).map(|grant| grant.scope.clone()).collect()
    }
}

/// Number and hash of an entry that comes right after the one with this number and this hash.
fn place_after((seq, head): (u64, [u8; 32]), signed: &SignedEntry) -> Result<(u64, [u8; 32]), RegistryError> {
    let expected = seq + 1;
    if signed.seq != expected || signed.prev_hash != head {
        return Err(RegistryError::BrokenChain { seq: signed.seq, expected });
    }
    Ok((signed.seq, signed.hash()))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use ed25519_dalek::SigningKey;

    use super::*;

    const ANA: Uuid = Uuid::from_u128(1);
    const BUDI: Uuid = Uuid::from_u128(2);
    const LAPTOP: DeviceKey = DeviceKey([1; 32]);

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[4; 32])
    }

    fn scope(text: &str) -> Scope {
        text.parse().expect("a scope")
    }

    fn chain(entries: &[RegistryEntry]) -> Vec<SignedEntry> {
        let mut prev_hash = [0; 32];
        let sign = |(seq, entry): (u64, &RegistryEntry)| {
            let signed = SignedEntry::sign(seq, prev_hash, 1_000 * seq, entry, &key());
            prev_hash = signed.hash();
            signed
        };
        (1..).zip(entries).map(sign).collect()
    }

    fn fold(entries: &[SignedEntry]) -> Result<Registry, RegistryError> {
        let mut registry = Registry::default();
        registry.extend(entries, &RegistryKey::of(&key()))?;
        Ok(registry)
    }

    fn officer(person: Uuid, role: Role, at: &str) -> Vec<RegistryEntry> {
        vec![
            RegistryEntry::Person { id: person, name: "Nama CONTOH".to_owned(), position: "Petugas".to_owned() },
            RegistryEntry::Device { key: LAPTOP, person },
            RegistryEntry::Grant(Grant { person, role, scope: scope(at) }),
        ]
    }

    /// Role × scope relation × action: who may do what. A change here is a change of rights.
    #[test]
    fn the_authorization_matrix() {
        let mut matrix = String::new();
        for role in Role::ALL {
            for relation in ScopeRelation::ALL {
                let may = |action| if role.may(action, relation) { "yes" } else { "-" };
                let (read, write, review) = (may(Action::Read), may(Action::Write), may(Action::Review));
                let (role, relation) = (role.code(), format!("{relation:?}"));
                let line = format!("{role:<17} {relation:<15} read {read:<3} write {write:<3} review {review:<3}");
                let _ = writeln!(matrix, "{}", line.trim_end());
            }
        }
        insta::assert_snapshot!(matrix);
    }

    #[track_caller]
    fn check_relation(granted: &str, at: &str, expected: ScopeRelation) {
        assert_eq!(ScopeRelation::between(&scope(granted), &scope(at)), expected, "{at} as seen from {granted}");
    }

    #[test]
    fn scopes_lie_to_each_other_as_regions_and_compartments_do() {
        check_relation("81.71", "81.71", ScopeRelation::Own);
        check_relation("81.71", "81.71.01", ScopeRelation::Below);
        check_relation("81", "81.71.01.1001", ScopeRelation::Below);
        check_relation("81.71", "81.71/terbatas", ScopeRelation::OwnRestricted);
        check_relation("81.71", "81.71.01/terbatas", ScopeRelation::BelowRestricted);
        check_relation("81.71/terbatas", "81.71/terbatas", ScopeRelation::Own);
        check_relation("81.71/terbatas", "81.71.01/terbatas", ScopeRelation::Below);
        check_relation("81.71/terbatas", "81.71", ScopeRelation::Outside);
        check_relation("81.71/terbatas", "81.71.01", ScopeRelation::Outside);
        check_relation("81.71/terbatas", "81.71/etik", ScopeRelation::Outside);
        check_relation("81.71.01", "81.71", ScopeRelation::Outside);
        check_relation("81.71.01", "81.71.02", ScopeRelation::Outside);
        check_relation("81", "82", ScopeRelation::Outside);
    }

    #[test]
    fn a_supervisor_reads_and_writes_below_and_nobody_beside() {
        let mut entries = officer(ANA, Role::Petugas, "81.71.01");
        entries.push(RegistryEntry::Grant(Grant { person: BUDI, role: Role::PengawasKabkota, scope: scope("81.71") }));
        let registry = fold(&chain(&entries)).expect("a sound chain");
        assert!(registry.may_write(LAPTOP, &scope("81.71.01")));
        assert_eq!(registry.check_write(LAPTOP, &scope("81.71.02")), Err(Refusal::NotGranted));
        assert_eq!(registry.check_write(DeviceKey([2; 32]), &scope("81.71.01")), Err(Refusal::UnknownDevice));
        assert!(registry.may(BUDI, Action::Review, &scope("81.71.01")));
        assert!(!registry.may(ANA, Action::Review, &scope("81.71.01")));
        assert!(!registry.may_read(BUDI, &scope("81.72")));
        assert_eq!(registry.readable_scopes(BUDI), [scope("81.71")]);
        assert_eq!(registry.role_of(BUDI), Some(Role::PengawasKabkota));
    }

    #[test]
    fn a_withdrawn_grant_and_a_revoked_device_write_no_more() {
        let mut entries = officer(ANA, Role::Petugas, "81.71.01");
        entries.push(RegistryEntry::Grant(Grant { person: ANA, role: Role::Ketua, scope: scope("81.71.02") }));
        entries.push(RegistryEntry::Withdraw(Grant { person: ANA, role: Role::Petugas, scope: scope("81.71.01") }));
        let registry = fold(&chain(&entries)).expect("a sound chain");
        assert!(!registry.may_write(LAPTOP, &scope("81.71.01")));
        assert!(registry.may_write(LAPTOP, &scope("81.71.02")));

        let lane = LaneId([9; 16]);
        let cut_offs = vec![LaneCutOff { lane, last_seq: 12 }];
        entries.push(RegistryEntry::RevokeDevice { key: LAPTOP, cut_offs });
        let registry = fold(&chain(&entries)).expect("a sound chain");
        assert_eq!(registry.check_write(LAPTOP, &scope("81.71.02")), Err(Refusal::Revoked));
        let revocation = registry.device(LAPTOP).and_then(|device| device.revocation.clone()).expect("revoked");
        assert_eq!(revocation.cut_offs.get(&lane), Some(&12), "what was receipted before stays valid");
    }

    #[test]
    fn a_right_counts_for_what_was_written_before_its_withdrawal_was_known() {
        let mut entries = officer(ANA, Role::Petugas, "81.71.01");
        let given = entries.len() as u64;
        let grant = Grant { person: ANA, role: Role::Petugas, scope: scope("81.71.01") };
        entries.push(RegistryEntry::Withdraw(grant.clone()));
        let might = |entries: &[RegistryEntry], epoch| {
            let registry = fold(&chain(entries)).expect("a sound chain");
            registry.might(ANA, Action::Write, &scope("81.71.01"), epoch)
        };
        assert!(might(&entries, 0) && might(&entries, given), "the author could not know");
        assert!(!might(&entries, given + 1), "the author knew");
        assert!(!might(&entries[..1], 0), "never given");
        entries.push(RegistryEntry::Grant(grant));
        assert!(might(&entries, given + 1), "given again, it counts for what waited");
    }

    #[test]
    fn entries_count_once_in_order_and_only_from_the_province() {
        let entries = chain(&officer(ANA, Role::Petugas, "81.71.01"));
        let twice: Vec<_> = entries.iter().chain(&entries).cloned().collect();
        assert_eq!(fold(&twice), fold(&entries), "an answer received twice changes nothing");
        assert_eq!(fold(&entries[1..]), Err(RegistryError::BrokenChain { seq: 2, expected: 1 }));

        let mut forged = entries.clone();
        forged[1].at_ms += 1;
        assert_eq!(fold(&forged), Err(RegistryError::BadSignature { seq: 2 }));

        let elsewhere = SignedEntry::sign(2, [1; 32], 0, &officer(ANA, Role::Ketua, "81")[2], &key());
        assert_eq!(fold(&[entries[0].clone(), elsewhere]), Err(RegistryError::BrokenChain { seq: 2, expected: 2 }));
    }

    #[test]
    fn of_entries_of_which_one_is_wrong_none_counts() {
        let entries = chain(&officer(ANA, Role::Petugas, "81.71.01"));
        let known = fold(&entries[..1]).expect("a sound chain");
        let check = |wrong: SignedEntry| {
            let mut registry = known.clone();
            let outcome = registry.extend(&[entries[1].clone(), wrong], &RegistryKey::of(&key())).map(|_| ());
            assert!(outcome.is_err() && registry == known, "{outcome:?} changes nothing");
        };
        check(SignedEntry::sign(4, entries[2].hash(), 0, &officer(BUDI, Role::Ketua, "81")[0], &key()));
        check(SignedEntry { at_ms: 1, ..entries[2].clone() });
        check(SignedEntry::sign(
            3,
            entries[1].hash(),
            0,
            &officer(BUDI, Role::Ketua, "81")[0],
            &SigningKey::from_bytes(&[5; 32]),
        ));
    }

    #[test]
    fn an_entry_of_a_later_version_keeps_its_place() {
        let mut entries = chain(&officer(ANA, Role::Petugas, "81.71.01"));
        let last = entries.pop().expect("three entries");
        let later = crate::cbor::to_bytes(&std::collections::BTreeMap::from([("seal_office", 1)]));
        let mut signed = last.clone();
        signed.entry = later.clone();
        // The bytes of an unknown kind are signed like any other.
        let bytes = [
            b"arumbae 2026 registry\0".as_slice(),
            &signed.seq.to_le_bytes(),
            &signed.prev_hash,
            &signed.at_ms.to_le_bytes(),
            &later,
        ];
        signed.signature = crate::SignatureBytes::sign(&key(), &bytes.concat());
        entries.push(signed);
        let registry = fold(&entries).expect("unknown kinds do not break the chain");
        assert_eq!((registry.seq(), registry.unread()), (3, 1));
    }

    #[test]
    fn the_nearest_office_answers_for_a_region() {
        let office = |region: &str, name: &str| RegistryEntry::Office {
            region: region.parse().expect("a region"),
            name: name.to_owned(),
        };
        let registry = fold(&chain(&[office("81", "Provinsi"), office("81.71", "Kota")])).expect("a sound chain");
        let name = |region: &str| registry.office_of(&region.parse().expect("a region"));
        assert_eq!(name("81.71.01.1001"), Some("Kota"));
        assert_eq!(name("81.04"), Some("Provinsi"));
        assert_eq!(name("82"), None);
    }
}
