//! Registry entries: what the province says of people, devices and rights.

use arumbae_domain::Scope;
use arumbae_mergelog::{DeviceKey, LaneId};
use arumbae_protocol::registry::{Act, Deed, Operator, ScopeRelation};
use arumbae_protocol::{
    Action, Grant, KeyChange, LaneCutOff, Registry, RegistryEntry, RegistryKey, Role, SignatureBytes, SignedEntry, cbor,
};
use uuid::Uuid;

use crate::allocation::within;
use crate::samples::scope;
use crate::{Damage, Decoder};

/// Entries with their lengths in two bytes, chained as the province chains them, and the registry they add up to.
pub const DECODER: Decoder = Decoder { name: "registry", check, samples, damage: Damage::Unnoticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut entries: Vec<SignedEntry> = Vec::new();
    let mut rest = bytes;
    while let [low, high, after @ ..] = rest {
        let len = usize::from(u16::from_le_bytes([*low, *high])).min(after.len());
        let (entry, after) = after.split_at(len);
        rest = after;
        let prev_hash = entries.last().map_or([0; 32], SignedEntry::hash);
        let seq = entries.len() as u64 + 1;
        // Unsigned: that is judged before an entry is folded, and has a test of its own.
        let signature = SignatureBytes([0; 64]);
        entries.push(SignedEntry { seq, prev_hash, at_ms: 1_000 * seq, entry: entry.to_vec(), signature });
    }
    let folded = within((2 << 20) + 128 * bytes.len(), || Registry::replay(&entries));
    let registry = folded.expect("any entry keeps its place in the chain");
    assert_eq!(registry.seq(), entries.len() as u64);
    assert_eq!(Registry::replay(&entries).as_ref(), Ok(&registry), "all fold it alike");
    ask(&registry);
    (registry.unread() == 0 && !entries.is_empty()).then(|| bytes.to_vec())
}

/// Nobody may do what no grant says.
fn ask(registry: &Registry) {
    for at in ["81", "81.71.01", "81.71.01/terbatas"].map(scope) {
        let _ = registry.office_of(at.region());
        for (key, device) in registry.devices() {
            let reaches = |grant: &Grant| grant.role.may(Action::Write, ScopeRelation::between(&grant.scope, &at));
            let granted = registry.grants_of(device.person).any(reaches);
            assert!(!registry.may_write(key, &at) || (granted && device.revocation.is_none()));
        }
    }
    for (person, _) in registry.people() {
        let readable: Vec<Scope> = registry.readable_scopes(person);
        assert!(readable.iter().all(|scope| registry.may_read(person, scope)));
    }
}

/// One entry of each kind.
pub(crate) fn entries(device: DeviceKey) -> Vec<RegistryEntry> {
    let person = Uuid::from_u128(1);
    let grant = |role, at| Grant { person, role, scope: scope(at) };
    let cut_offs = vec![LaneCutOff { lane: LaneId([9; 16]), last_seq: 12 }];
    let by = Operator {
        account: "operator".to_owned(),
        host: "contoh".to_owned(),
        from: Some("192.0.2.7".to_owned()),
        credential: "registry:01020304".to_owned(),
    };
    let reason = Some("Laptop hilang".to_owned());
    vec![
        RegistryEntry::Office { region: scope("81.71").region().clone(), name: "Bawaslu Kota Contoh".to_owned() },
        RegistryEntry::Person { id: person, name: "Nama CONTOH".to_owned(), position: "Ketua".to_owned() },
        RegistryEntry::Device { key: device, person },
        RegistryEntry::Grant(grant(Role::Petugas, "81.71.01")),
        RegistryEntry::Grant(grant(Role::Ketua, "81.71.01/terbatas")),
        RegistryEntry::Withdraw(grant(Role::Petugas, "81.71.01")),
        RegistryEntry::Certificate { person, der: vec![0x30; 40], device: None },
        RegistryEntry::Certificate { person, der: vec![0x30; 40], device: Some(device) },
        RegistryEntry::Authority { der: vec![0x30; 40] },
        RegistryEntry::TimeStamping { der: vec![0x30; 40] },
        RegistryEntry::RevokeCertificate { serial: vec![7; 16], reason: 1 },
        RegistryEntry::RevokeDevice { key: device, cut_offs },
        RegistryEntry::RecoveryKey { key: arumbae_protocol::RecoveryKey([6; 32]) },
        RegistryEntry::RegistryKey(KeyChange {
            retires: RegistryKey([7; 32]),
            key: RegistryKey([8; 32]),
            acceptance: SignatureBytes([9; 64]),
        }),
        RegistryEntry::BundleKey { key: arumbae_protocol::BundleKey([7; 32]) },
        RegistryEntry::Act(Act { deed: Deed::RevokeDevice, subject: "01010101".to_owned(), by, reason, entries: 1 }),
    ]
}

fn samples() -> Vec<Vec<u8>> {
    let framed = |entry: &RegistryEntry| {
        let bytes = cbor::to_bytes(entry);
        [(bytes.len() as u16).to_le_bytes().as_slice(), &bytes].concat()
    };
    let entries: Vec<Vec<u8>> = entries(DeviceKey([1; 32])).iter().map(framed).collect();
    let mut samples = vec![entries.concat(), entries[..5].concat()];
    samples.extend(entries);
    samples
}
