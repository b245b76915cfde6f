//! Proofs as they are made, and every way to tamper with one.

use arumbae_domain::Scope;
use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::segment::SegmentHash;
use arumbae_mergelog::{
    ClockQuality, DeviceKey, Hlc, KindNo, Lane, LaneId, OpId, Operation, Save, SealedSegment, SignedHeader,
};
use ed25519_dalek::SigningKey;
use serde_json::Value as Json;
use uuid::Uuid;

use super::*;
use crate::registry::{Grant, LaneCutOff, RegistryEntry, Role};

const AT_MS: u64 = 1_707_861_600_000;
const PROVINCE: u8 = 42;
const OFFICER: u8 = 1;
const STRANGER: u8 = 9;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn person(device: u8) -> Uuid {
    Uuid::from_u128(u128::from(device))
}

fn scope() -> Scope {
    "81.71.01".parse().expect("a district")
}

fn lane(device: u8) -> Lane {
    Lane { device: DeviceKey(key(device).verifying_key().to_bytes()), incarnation: 7, scope: scope() }
}

fn record() -> RecordId {
    RecordId(Uuid::from_u128(1000))
}

fn op_id(seq: u64) -> OpId {
    OpId { lane: lane(OFFICER).id(), seq, index: 1 }
}

fn set(record: RecordId, text: &str, preds: Vec<OpId>) -> Operation {
    Operation::Set { record, field: FieldNo(40), value: Value::Text(text.to_owned()), preds }
}

/// Five saves of one officer: the first, second and fifth are about the record, the others about another.
fn saves() -> Vec<Save> {
    let other = RecordId(Uuid::from_u128(2000));
    let create = Operation::Create { record: record(), kind: KindNo::from(RecordKind::Finding) };
    let ops = [
        vec![create, set(record(), "Pembagian sembako", vec![])],
        vec![set(record(), "catatan", vec![]), set(record(), "Pembagian uang", vec![op_id(1)])],
        vec![set(other, "lain", vec![])],
        vec![set(other, "lain lagi", vec![])],
        vec![set(record(), "Pembagian beras", vec![op_id(2)])],
    ];
    let save = |(seq, ops): (u64, Vec<Operation>)| Save {
        seq,
        hlc: Hlc::new(AT_MS + seq, 0),
        actor: person(OFFICER),
        policy_epoch: 5,
        schema_version: 1,
        deps: vec![],
        ops,
    };
    (1..).zip(ops).map(save).collect()
}

/// The saves in segments of two, two and one.
fn segments() -> Vec<SealedSegment> {
    let mut prev = SegmentHash::GENESIS;
    let seal = |run: &[Save]| {
        let clock = ClockQuality { offset_ms: 1200, uncertainty_ms: 80 };
        let sealed = SealedSegment::seal(&lane(OFFICER), prev, run, clock, &key(OFFICER)).expect("sealable");
        prev = sealed.hash();
        sealed
    };
    saves().chunks(2).map(seal).collect()
}

fn receipt(segment: &SealedSegment, gsn: u64) -> Receipt {
    let header = segment.header();
    let (first_seq, count) = (header.first_seq, header.count);
    Receipt::issue(header.lane.clone(), first_seq, count, segment.hash(), gsn, AT_MS + 60_000, &key(PROVINCE))
}

fn about_the_record(segment: &SealedSegment) -> ProofSegment {
    let saves = segment.prove(&[1, 2, 5]).expect("readable");
    let receipt = Some(receipt(segment, segment.header().first_seq));
    ProofSegment { header: segment.signed_header(), receipt, saves }
}

/// The officer's entries, and the ones that a certificate and a colleague have between them.
fn registry() -> Vec<SignedEntry> {
    let colleague = RegistryEntry::Person { id: person(2), name: "Rekan CONTOH".into(), position: String::new() };
    let entries = [
        RegistryEntry::Office { region: "81.71.01".parse().expect("a district"), name: "Panwaslu".into() },
        RegistryEntry::Person { id: person(OFFICER), name: "Petugas CONTOH".into(), position: "Anggota".into() },
        colleague,
        RegistryEntry::Device { key: lane(OFFICER).device, person: person(OFFICER) },
        RegistryEntry::Grant(Grant { person: person(OFFICER), role: Role::Petugas, scope: scope() }),
    ];
    signed(&entries)
}

fn signed(entries: &[RegistryEntry]) -> Vec<SignedEntry> {
    let mut prev = [0; 32];
    let sign = |(seq, entry): (u64, &RegistryEntry)| {
        let signed = SignedEntry::sign(seq, prev, AT_MS, entry, &key(PROVINCE));
        prev = signed.hash();
        signed
    };
    (1..).zip(entries).map(sign).collect()
}

fn excerpt() -> Vec<SignedEntry> {
    registry().into_iter().filter(|entry| entry.seq != 3).collect()
}

fn province() -> RegistryKey {
    RegistryKey::of(&key(PROVINCE))
}

fn proof_of(segments: Vec<ProofSegment>, registry: Vec<SignedEntry>) -> RecordProof {
    RecordProof::make(record(), AT_MS + 120_000, Some(province()), segments, registry, &key(OFFICER))
}

fn proof() -> RecordProof {
    proof_of(segments().iter().map(about_the_record).collect(), excerpt())
}

fn check(proof: &RecordProof) -> ProofReport {
    proof.check(Some(&province()))
}

#[test]
fn a_sound_proof_says_who_wrote_what_and_when_the_province_had_it() {
    let report = check(&proof());
    assert_eq!((report.faults, report.gaps), (vec![], vec![Gap::RegistryExcerpt]), "and what it leaves out");
    assert_eq!(report.kind, Some(RecordKind::Finding));
    assert_eq!(report.maker_owner, Some(person(OFFICER)));
    assert_eq!(report.people[&person(OFFICER)].name, "Petugas CONTOH");
    assert_eq!(report.saves.iter().map(|proven| proven.seq).collect::<Vec<_>>(), [1, 2, 5]);
    let written: Vec<Save> = report.saves.iter().filter_map(|proven| proven.save.clone()).collect();
    assert_eq!(written, [saves()[0].clone(), saves()[1].clone(), saves()[4].clone()]);
    assert!(report.saves.iter().all(|proven| proven.owner == Some(person(OFFICER))));
    let times: Vec<_> = report.saves.iter().map(|proven| proven.witnessed.expect("receipted").at_ms).collect();
    assert_eq!(times, [AT_MS + 60_000; 3]);
    let [lane] = report.lanes.as_slice() else { panic!("one lane") };
    assert_eq!((lane.first_seq, lane.last_seq, lane.segments), (1, 5, 3));
}

#[test]
fn a_proof_survives_its_file_and_nothing_else_is_one() {
    let bytes = proof().to_json();
    assert_eq!(RecordProof::from_json(&bytes).expect("its own file"), proof());
    let not_one = |bytes: &[u8]| matches!(RecordProof::from_json(bytes), Err(ProofError::NotAProof(_)));
    assert!((0..bytes.len() - 2).step_by(97).all(|len| not_one(&bytes[..len])), "cut short");
    assert!(not_one(b"%PDF-1.7") && not_one(b"{}") && not_one(b"") && not_one(b"[1]"), "another file");
    assert!(not_one("[".repeat(100_000).as_bytes()), "nested beyond reason");
    assert!(matches!(RecordProof::from_json(&vec![b' '; MAX_PROOF + 1]), Err(ProofError::TooLarge)));
    let later = br#"{"arumbae_proof": 2, "something": "else"}"#;
    assert!(matches!(RecordProof::from_json(later), Err(ProofError::NewerFormat { found: 2 })));
    let mut more: Json = serde_json::from_slice(&bytes).expect("JSON");
    more["note"] = "tambahan".into();
    assert!(not_one(more.to_string().as_bytes()), "what nobody signed has no place in it");
}

/// Shows `visit` a copy of the document for each of its texts, numbers and lists, with that one changed.
fn each_change(document: &Json, visit: &mut impl FnMut(&str, Json)) {
    fn walk(root: &Json, pointer: String, visit: &mut impl FnMut(&str, Json)) {
        let mut replace = |new: Json| {
            let mut changed = root.clone();
            *changed.pointer_mut(&pointer).expect("a place in it") = new;
            visit(&pointer, changed);
        };
        match root.pointer(&pointer).expect("a place in it") {
            Json::Number(number) => replace((number.as_u64().expect("whole") + 1).into()),
            Json::String(text) => {
                for at in [0, text.len() / 2, text.len().saturating_sub(5)] {
                    let mut bytes = text.clone().into_bytes();
                    bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
                    replace(String::from_utf8(bytes).expect("ASCII").into());
                }
            }
            Json::Array(items) => {
                let mut fewer = items.clone();
                if fewer.pop().is_some() {
                    replace(fewer.into());
                }
                if items.len() > 1 {
                    let mut turned = items.clone();
                    turned.reverse();
                    replace(turned.into());
                    replace([items.as_slice(), &items[..1]].concat().into());
                }
                (0..items.len()).for_each(|at| walk(root, format!("{pointer}/{at}"), visit));
            }
            Json::Object(fields) => fields.keys().for_each(|name| walk(root, format!("{pointer}/{name}"), visit)),
            Json::Null | Json::Bool(_) => {}
        }
    }
    walk(document, String::new(), visit);
}

#[test]
fn whatever_is_changed_in_the_file_the_makers_signature_is_gone() {
    let document: Json = serde_json::from_slice(&proof().to_json()).expect("JSON");
    let mut tried = 0;
    each_change(&document, &mut |place, changed| {
        tried += 1;
        if let Ok(read) = RecordProof::from_json(changed.to_string().as_bytes()) {
            assert!(read != proof(), "{place}: a change that changes nothing");
            assert!(check(&read).faults.contains(&Fault::MakerSignature), "{place}");
        }
    });
    assert!(tried > 100, "{tried} changes");
}

/// The maker lies: they sign the changed file anew. What others signed still holds against them.
#[test]
fn a_maker_who_tampers_and_signs_again_is_found_out() {
    let document: Json = serde_json::from_slice(&proof().to_json()).expect("JSON");
    let sound = check(&proof());
    let mut unnoticed = Vec::new();
    each_change(&document, &mut |place, changed| {
        let Ok(read) = RecordProof::from_json(changed.to_string().as_bytes()) else { return };
        let RecordProof { record, made_ms, registry_key, segments, registry, .. } = read;
        let forged = RecordProof::make(record, made_ms, registry_key, segments, registry, &key(OFFICER));
        let report = check(&forged);
        let noticed = !report.faults.is_empty() || report.gaps.len() > sound.gaps.len();
        if !noticed {
            unnoticed.push(place.to_owned());
        }
    });
    unnoticed.dedup();
    // When the proof was made is the maker's own word; without the newest save it proves less, and nothing false.
    assert_eq!(unnoticed, ["/made_ms", "/maker", "/segments", "/segments/2/saves", "/signature"]);
}

#[track_caller]
fn check_faults(proof: &RecordProof, expected: &[Fault]) {
    assert_eq!(check(proof).faults, expected);
}

#[test]
fn each_lie_is_named() {
    let [first, second, third] = <[SealedSegment; 3]>::try_from(segments()).expect("three");
    let all: Vec<ProofSegment> = segments().iter().map(about_the_record).collect();
    let with = |at: usize, change: &dyn Fn(&mut ProofSegment)| {
        let mut segments = all.clone();
        change(&mut segments[at]);
        proof_of(segments, excerpt())
    };

    let forged = |segment: &mut ProofSegment| {
        let mut signature = *segment.header.signature();
        signature[3] ^= 1;
        segment.header = SignedHeader::from_parts(segment.header.bytes().to_vec(), signature).expect("well formed");
    };
    check_faults(&with(2, &forged), &[Fault::HeaderSignature(third.hash())]);
    let elsewhere = |segment: &mut ProofSegment| segment.saves[0].seq = 2;
    let twice = check(&with(0, &elsewhere));
    assert!(twice.faults.contains(&Fault::SaveMismatch(first.hash(), 2)));
    let other = |segment: &mut ProofSegment| segment.saves = second.prove(&[3]).expect("readable");
    check_faults(&with(1, &other), &[Fault::ForeignSave(second.hash(), 3)]);
    let early = |segment: &mut ProofSegment| segment.receipt.as_mut().expect("receipted").received_ms -= 1;
    check_faults(&with(0, &early), &[Fault::ReceiptSignature(first.hash())]);
    let borrowed = |segment: &mut ProofSegment| segment.receipt = Some(receipt(&second, 3));
    check_faults(&with(0, &borrowed), &[Fault::ReceiptSignature(first.hash())]);

    let swapped = vec![all[0].clone(), all[2].clone(), all[1].clone()];
    let report = check(&proof_of(swapped, excerpt()));
    assert!(report.faults.contains(&Fault::BrokenLane(second.hash())), "{report:?}");
    // Another second segment, signed by the same device: the lane says two things.
    let stray = SealedSegment::seal(
        &lane(OFFICER),
        SegmentHash([1; 32]),
        &saves()[2..4],
        ClockQuality::default(),
        &key(OFFICER),
    );
    let stray = ProofSegment { saves: vec![], ..about_the_record(&stray.expect("sealable")) };
    let hash = stray.header.hash();
    let report = check(&proof_of(vec![all[0].clone(), stray, all[2].clone()], excerpt()));
    assert!(report.faults.contains(&Fault::BrokenLane(hash)), "{report:?}");
    let late = SealedSegment::seal(
        &lane(OFFICER),
        SegmentHash([1; 32]),
        &saves()[..2],
        ClockQuality::default(),
        &key(OFFICER),
    );
    let late = about_the_record(&late.expect("sealable"));
    check_faults(&proof_of(vec![late.clone()], excerpt()), &[Fault::BrokenLane(late.header.hash())]);

    let mut promoted = excerpt();
    promoted[1].entry = crate::cbor::to_bytes(&RegistryEntry::Person {
        id: person(OFFICER),
        name: "Orang Lain".into(),
        position: "Ketua".into(),
    });
    let report = check(&proof_of(all.clone(), promoted));
    assert_eq!(report.faults, [Fault::EntrySignature(2)]);
    assert!(report.gaps.contains(&Gap::UnknownPerson(person(OFFICER))), "a false entry gives nobody a name");
    let mut rewritten = registry();
    rewritten[1] = SignedEntry::sign(2, [5; 32], AT_MS, &rewritten[1].decode().expect("ours"), &key(PROVINCE));
    check_faults(&proof_of(all.clone(), rewritten), &[Fault::BrokenRegistry(2)]);

    let elsewhere = RegistryKey::of(&key(STRANGER));
    assert_eq!(proof().check(Some(&elsewhere)).faults, [Fault::OtherProvince]);
}

#[track_caller]
fn check_gaps(proof: &RecordProof, expected: &[Gap]) {
    let report = check(proof);
    assert_eq!((report.faults, report.gaps), (vec![], expected.to_vec()));
}

#[test]
fn what_is_missing_is_named_and_is_no_lie() {
    let all: Vec<ProofSegment> = segments().iter().map(about_the_record).collect();
    let id = lane(OFFICER).id();
    assert_eq!(proof().check(None).gaps, [Gap::KeyNotPinned, Gap::RegistryExcerpt]);
    check_gaps(&proof_of(all.clone(), registry()), &[]);
    check_gaps(&proof_of(vec![], registry()), &[Gap::NoSaves]);
    let unsent = ProofSegment { receipt: None, ..all[2].clone() };
    check_gaps(&proof_of(vec![all[0].clone(), all[1].clone(), unsent], registry()), &[Gap::NoReceipt(id, 5)]);
    check_gaps(&proof_of(vec![all[0].clone(), all[2].clone()], registry()), &[Gap::LaneGap(id, 2)]);
    check_gaps(&proof_of(vec![all[2].clone()], registry()), &[Gap::LaneBegins(id, 5), Gap::MissingSave(id, 2)]);
    let erased = segments()[2].erase(&[5]).expect("erased");
    check_gaps(
        &proof_of(vec![all[0].clone(), all[1].clone(), about_the_record(&erased)], registry()),
        &[Gap::Erased(id, 5)],
    );
    let without = |seq| registry().into_iter().filter(|entry| entry.seq != seq).collect();
    check_gaps(&proof_of(all.clone(), without(2)), &[Gap::UnknownPerson(person(OFFICER)), Gap::RegistryExcerpt]);
    check_gaps(
        &proof_of(all.clone(), without(4)),
        &[Gap::UnknownMaker, Gap::UnknownDevice(lane(OFFICER).device), Gap::RegistryExcerpt],
    );
    let ungranted: Vec<SignedEntry> = registry().into_iter().filter(|entry| entry.seq != 5).collect();
    let no_right = |seq: u64| Gap::NoRight(id, seq);
    check_gaps(&proof_of(all.clone(), ungranted), &[no_right(1), no_right(2), no_right(5)]);

    let before_enrolment = RecordProof::make(
        record(),
        AT_MS,
        None,
        all.iter().map(|segment| ProofSegment { receipt: None, ..segment.clone() }).collect(),
        vec![],
        &key(OFFICER),
    );
    assert_eq!(before_enrolment.check(None).gaps, [Gap::NoProvince]);
}

#[test]
fn a_revoked_device_proves_what_the_province_had_before() {
    let all: Vec<ProofSegment> = segments().iter().map(about_the_record).collect();
    let id: LaneId = lane(OFFICER).id();
    let cut_offs = vec![LaneCutOff { lane: id, last_seq: 2 }];
    let mut entries: Vec<RegistryEntry> =
        registry().iter().map(|entry| entry.decode().expect("of this version")).collect();
    entries.push(RegistryEntry::RevokeDevice { key: lane(OFFICER).device, cut_offs });
    check_gaps(&proof_of(all, signed(&entries)), &[Gap::AfterRevocation(id, 5)]);
}
