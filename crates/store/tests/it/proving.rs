//! Proofs of records as a store makes them, checked without it.

use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_protocol::proof::Gap;
use arumbae_protocol::registry::Role;
use arumbae_protocol::{RecordProof, RegistryKey};
use arumbae_store::{Store, StoreError};

use crate::fixture::{Laptop, NOW_MS, carry, finding, laptop, put, put_at, scope, sealed, witness};
use crate::province::Province;

/// A proof as it reaches somebody else, and the province's key.
fn proof_of(store: &mut Store, record: RecordId) -> RecordProof {
    let file = store.record_proof(record, NOW_MS + 60_000).expect("proven").to_json();
    RecordProof::from_json(&file).expect("its own file")
}

fn pinned(store: &Store) -> RegistryKey {
    RegistryKey(store.enrolment().expect("readable").expect("enrolled").registry_key)
}

/// An officer and a supervisor whom the province knows, and a colleague who has nothing to do with it.
fn office() -> (Province, Laptop, Laptop) {
    let (mut officer, mut supervisor, mut other) = (laptop("Petugas Contoh"), laptop("Pengawas"), laptop("Orang Lain"));
    let mut province = Province::new();
    province.enrol(&mut other.store, Role::Petugas, &"81.71.02".parse().expect("a district"));
    province.enrol(&mut officer.store, Role::Petugas, &scope());
    province.enrol(&mut supervisor.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.tell(&mut officer.store);
    province.tell(&mut supervisor.store);
    (province, officer, supervisor)
}

#[test]
fn a_proof_holds_the_record_and_nothing_about_anything_else() {
    let (province, mut officer, _) = office();
    let mut case = finding("Pembagian sembako");
    case.witnesses.push(witness("Dorkas Contohlatu"));
    put(&mut officer.store, &case);
    put(&mut officer.store, &finding("Perkara rahasia"));
    let clock = officer.store.clock_quality().expect("readable");
    officer.store.seal_pending(clock).expect("sealed");
    case.witnesses[0].address = "Latuhalat".to_owned();
    put_at(&mut officer.store, &case, NOW_MS + 1000);

    let report = proof_of(&mut officer.store, case.id).check(Some(&pinned(&officer.store)));
    assert_eq!(report.faults, []);
    assert_eq!(report.saves.iter().map(|proven| proven.seq).collect::<Vec<_>>(), [1, 3]);
    assert!(report.gaps.iter().all(|gap| matches!(gap, Gap::NoReceipt(..) | Gap::RegistryExcerpt)), "{report:?}");
    for (gsn, segment) in (1..).zip(officer.store.unreceipted_segments(usize::MAX).expect("readable")) {
        let receipt = province.receipt(&segment, gsn, NOW_MS + 2000);
        officer.store.apply_receipts(&[receipt]).expect("counted");
    }
    let report = proof_of(&mut officer.store, case.id).check(Some(&pinned(&officer.store)));
    assert_eq!((report.faults, report.gaps), (vec![], vec![Gap::RegistryExcerpt]));
    assert_eq!(report.kind, Some(RecordKind::Finding));
    assert_eq!(report.people.values().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["Petugas Contoh"]);
    assert!(report.saves.iter().all(|proven| proven.witnessed.is_some_and(|word| word.at_ms == NOW_MS + 2000)));

    let proof = officer.store.record_proof(case.id, NOW_MS).expect("proven");
    let said: Vec<u8> = proof.registry.iter().flat_map(|entry| entry.entry.clone()).collect();
    let saved: Vec<u8> = proof
        .segments
        .iter()
        .flat_map(|segment| &segment.saves)
        .flat_map(|save| match &save.leaf {
            arumbae_mergelog::Leaf::Whole(bytes) => bytes.clone(),
            arumbae_mergelog::Leaf::Erased(hash) => hash.to_vec(),
        })
        .collect();
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|run| run == text.as_bytes());
    assert!(holds(&saved, "Dorkas Contohlatu") && !holds(&saved, "rahasia"), "only what is about the record");
    assert!(holds(&said, "Petugas Contoh") && !holds(&said, "Orang Lain"), "only who occurs in it");
}

#[test]
fn a_reader_proves_what_others_wrote_and_says_that_the_receipts_are_theirs() {
    let (_, mut officer, mut supervisor) = office();
    let case = finding("Pembagian sembako");
    put(&mut officer.store, &case);
    carry(&mut officer.store, &mut supervisor.store);
    let mut reviewed = case.clone();
    reviewed.number = "001".to_owned();
    put_at(&mut supervisor.store, &reviewed, NOW_MS + 1000);
    let report = proof_of(&mut supervisor.store, case.id).check(Some(&pinned(&supervisor.store)));
    assert_eq!(report.faults, []);
    let lanes: Vec<_> = report.lanes.iter().map(|lane| lane.lane.device).collect();
    assert_eq!(lanes.len(), 2, "the officer's lane and the supervisor's own");
    let unreceipted = report.gaps.iter().filter(|gap| matches!(gap, Gap::NoReceipt(..))).count();
    assert_eq!(unreceipted, 2);
    let mut names: Vec<_> = report.people.values().map(|person| person.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Pengawas", "Petugas Contoh"]);
}

#[test]
fn before_enrolment_a_proof_says_that_nobody_vouches_for_the_device() {
    let mut laptop = laptop("Petugas");
    let case = finding("Pembagian sembako");
    put(&mut laptop.store, &case);
    let report = proof_of(&mut laptop.store, case.id).check(None);
    assert_eq!((report.faults, report.gaps), (vec![], vec![Gap::NoProvince]));
    assert!(matches!(laptop.store.record_proof(crate::fixture::new_id(), NOW_MS), Err(StoreError::NoSuchRecord)));
    assert_eq!(sealed(&mut laptop.store).len(), 1, "what is proven is sealed, once");
}
