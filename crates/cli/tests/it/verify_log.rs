//! Proofs of records as a court's expert checks them: a file, a key from a letter, no program but this one.

use std::fs::OpenOptions;

use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::{ClockQuality, DeviceKey, Hlc, KindNo, Lane, Operation, Save, SealedSegment, SegmentHash};
use arumbae_protocol::proof::MAX_PROOF;
use arumbae_protocol::{Grant, ProofSegment, Receipt, RecordProof, RegistryEntry, RegistryKey, Role, SignedEntry};
use ed25519_dalek::SigningKey;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::{cli, written};

/// 14 February 2024, 07.00 WIT.
const AT_MS: u64 = 1_707_861_600_000;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn province() -> String {
    hex::encode(RegistryKey::of(&key(42)).0)
}

/// A finding made, reported and returned, with the receipt of the first of its two segments.
fn proof() -> RecordProof {
    let (record, person) = (RecordId(Uuid::from_u128(1000)), Uuid::from_u128(1));
    let scope = "81.71.01".parse().expect("a district");
    let lane = Lane { device: DeviceKey(key(1).verifying_key().to_bytes()), incarnation: u64::MAX, scope };
    let field =
        |name: &str| RecordKind::Finding.definition().field_named(name).map_or(FieldNo(0), |field| field.number);
    let event = Value::Text("Pembagian sembako".to_owned());
    let ops = [
        vec![
            Operation::Create { record, kind: KindNo::from(RecordKind::Finding) },
            Operation::Set { record, field: field("event"), value: event, preds: vec![] },
        ],
        vec![Operation::Transition {
            record,
            from: "submitted".to_owned(),
            to: "returned".to_owned(),
            reason: "Tanggal kejadian belum ada.".to_owned(),
            preds: vec![],
        }],
    ];
    let mut prev = SegmentHash::GENESIS;
    let mut segments = Vec::new();
    for (seq, ops) in (1..).zip(ops) {
        let hlc = Hlc::new(AT_MS + seq * 60_000, 0);
        let save = Save { seq, hlc, actor: person, policy_epoch: 3, schema_version: 1, deps: vec![], ops };
        let clock = ClockQuality { offset_ms: 900, uncertainty_ms: 80 };
        let segment = SealedSegment::seal(&lane, prev, &[save], clock, &key(1)).expect("sealable");
        prev = segment.hash();
        let receipt =
            (seq == 1).then(|| Receipt::issue(lane.clone(), 1, 1, segment.hash(), 12, AT_MS + 90_000, &key(42)));
        let saves = segment.prove(&[seq]).expect("readable");
        segments.push(ProofSegment { header: segment.signed_header(), receipt, saves });
    }
    let entries = [
        RegistryEntry::Person { id: person, name: "Petugas CONTOH".to_owned(), position: "Anggota".to_owned() },
        RegistryEntry::Device { key: lane.device, person },
        RegistryEntry::Grant(Grant { person, role: Role::Petugas, scope: lane.scope.clone() }),
    ];
    let mut prev = [0; 32];
    let mut registry = Vec::new();
    for (seq, entry) in (1..).zip(&entries) {
        let signed = SignedEntry::sign(seq, prev, AT_MS, entry, &key(42));
        prev = signed.hash();
        registry.push(signed);
    }
    RecordProof::make(record, AT_MS + 120_000, Some(RegistryKey::of(&key(42))), segments, registry, &key(1))
}

/// The paths of changeable places in the file, outermost first.
fn places(document: &Json) -> Vec<String> {
    fn walk(value: &Json, pointer: &str, found: &mut Vec<String>) {
        match value {
            Json::Object(fields) => fields.iter().for_each(|(name, it)| walk(it, &format!("{pointer}/{name}"), found)),
            Json::Array(items) => {
                items.iter().zip(0..).for_each(|(it, at)| walk(it, &format!("{pointer}/{at}"), found))
            }
            Json::Number(_) | Json::String(_) => found.push(pointer.to_owned()),
            Json::Null | Json::Bool(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(document, "", &mut found);
    found
}

#[test]
fn a_sound_proof_is_told_in_words_with_what_it_leaves_open() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = written(&folder, "bukti.json", &proof().to_json());
    let output = cli(&["verify-log", "--registry-key", &province(), &file]);
    let said = String::from_utf8_lossy(&output.stdout).replace(&file, "bukti.json");
    assert!(output.status.success(), "{said}");
    insta::assert_snapshot!("verify_log", said);
    let unpinned = cli(&["verify-log", &file]);
    assert!(unpinned.status.success(), "not proven is not false");
    let said = String::from_utf8_lossy(&unpinned.stdout);
    assert!(said.contains("--registry-key") && said.contains(&province()), "{said}");
}

#[test]
fn a_proof_is_told_to_programs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = written(&folder, "bukti.json", &proof().to_json());
    let output = cli(&["verify-log", "--json", "--registry-key", &province(), &file]);
    let report: Json = serde_json::from_slice(&output.stdout).expect("JSON on standard output");
    assert_eq!((&report["proven"], &report["kind"]), (&true.into(), &"finding".into()), "{report:#}");
    assert_eq!(report["saves"][0]["received"]["at"], "2024-02-13T22:01:30Z");
    assert_eq!(report["saves"][0]["incarnation"], u64::MAX.to_string(), "no program may round it");
    assert_eq!(report["saves"][0]["author"]["name"], "Petugas CONTOH");
    assert_eq!(report["saves"][1]["operations"][0]["says"]["reason"], "Tanggal kejadian belum ada.");
    assert_eq!(report["not_proven"][0]["code"], "no_receipt", "{report:#}");
}

#[test]
fn whatever_is_changed_in_the_file_it_fails() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document: Json = serde_json::from_slice(&proof().to_json()).expect("JSON");
    let places = places(&document);
    assert!(places.len() > 30, "{places:?}");
    for place in places {
        let mut changed = document.clone();
        let value = changed.pointer_mut(&place).expect("a place in it");
        *value = match &*value {
            Json::Number(number) => (number.as_u64().expect("whole") + 1).into(),
            text => {
                let mut bytes = text.as_str().expect("text").as_bytes().to_vec();
                let middle = bytes.len() / 2;
                bytes[middle] = if bytes[middle] == b'1' { b'2' } else { b'1' };
                String::from_utf8(bytes).expect("ASCII").into()
            }
        };
        let file = written(&folder, "diubah.json", changed.to_string().as_bytes());
        let output = cli(&["verify-log", "--registry-key", &province(), &file]);
        assert_eq!(output.status.code(), Some(1), "{place} was changed");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let words = ["TIDAK DAPAT DIPERCAYA", "bukan berkas bukti", "versi lebih baru"];
        assert!(words.iter().any(|word| said.contains(word)), "{place}: {said}");
    }
}

#[track_caller]
fn check_refused(file: &str, key: &str, expected: &str) {
    let output = cli(&["verify-log", "--registry-key", key, file]);
    assert_eq!(output.status.code(), Some(1), "{expected}");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains(expected) && !said.contains("proof-"), "{said}");
}

#[test]
fn other_files_and_other_provinces_are_refused_with_words() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sound = proof().to_json();
    let file = written(&folder, "bukti.json", &sound);
    check_refused(&file, &hex::encode(RegistryKey::of(&key(7)).0), "provinsi lain");
    check_refused(&file, "bukan kunci", "64 angka heksadesimal");
    check_refused(&written(&folder, "putus.json", &sound[..sound.len() / 2]), &province(), "terpotong");
    check_refused(&written(&folder, "surat.pdf", b"%PDF-1.7"), &province(), "bukan berkas bukti");
    check_refused(&written(&folder, "kosong.json", b""), &province(), "bukan berkas bukti");
    check_refused(&written(&folder, "nanti.json", b"{\"arumbae_proof\": 2}"), &province(), "versi lebih baru");
    check_refused("/tidak/ada.json", &province(), "tidak ada");
    let huge = folder.path().join("besar.json");
    let opened = OpenOptions::new().create(true).write(true).truncate(true).open(&huge).expect("a writable folder");
    // A sparse file: it has the length and takes no room.
    opened.set_len(MAX_PROOF as u64 * 40).expect("a length");
    check_refused(&huge.display().to_string(), &province(), "lebih besar");
}
