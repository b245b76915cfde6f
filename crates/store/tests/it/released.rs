//! Stores as released versions wrote them: they open, nothing is missing, and what they wait for still fits.
//!
//! `tests/released/schema-N` is a folder as the last version with schema N left it, with what it holds in
//! `expected.json`. It was written by [`a_store_of_this_version_is_read_as_it_was_written`], which writes one at every
//! run and keeps it where `ARUMBAE_KEEP_RELEASED` says, see the README there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use arumbae_domain::records::{
    Attachment, Comment, EvidenceItem, InvitedAgency, IssuedDocument, OutreachForm, ReportedPerson, Speaker,
    SupervisionActivity,
};
use arumbae_domain::schema::{Record, RecordId, RecordKind};
use arumbae_domain::{CrucialIssue, Finding, OutreachEvent, Scope, SupervisionReport};
use arumbae_mergelog::SealedSegment;
use arumbae_protocol::{Role, ScopeCursor};
use arumbae_store::{HistoryQuery, Incoming, ListQuery, SaveContext, Store, SyncState};
use jiff::civil::{date, time};
use rand_core::OsRng;
use serde::{Deserialize, Serialize};

use crate::fixture::{
    NOW_MS, PASSPHRASE, at, attendee, carry, event, finding, incoming, laptop, new_id, profile, put, put_at, report,
    sealed, witness,
};
use crate::province::Province;

/// Opens the slot of the colleague who shares the laptop.
const COLLEAGUE: &str = "arumbae-kora-kora-rurehe";
/// The colleague's document-signing key, which is none.
const SIGNING_KEY: &[u8] = b"bukan kunci sungguhan";
/// A photo's bytes, which are none.
const PHOTO: &[u8] = b"bukan foto sungguhan, tetapi cukup panjang untuk diperiksa";

/// What a store holds, in words that no later schema changes.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Held {
    supervision_reports: Vec<Shown<SupervisionReport>>,
    findings: Vec<Shown<Finding>>,
    outreach_events: Vec<Shown<OutreachEvent>>,
    issued_documents: Vec<Shown<IssuedDocument>>,
    /// Record, field number, values, the displayed one first.
    conflicts: Vec<(RecordId, u16, Vec<String>)>,
    /// Level and reason, with how many there are of each.
    quarantine: BTreeMap<String, usize>,
    /// By user, key and content.
    drafts: BTreeMap<String, Vec<(String, String)>>,
    /// Hash and length of every attachment that is here whole.
    attachments: Vec<(String, usize)>,
    /// Hash of the segment and the server's number, oldest first.
    receipts: Vec<(String, u64)>,
    /// Last save of every lane.
    lanes: BTreeMap<String, u64>,
    cursors: BTreeMap<Scope, u64>,
    registry_entries: u64,
    certificates: usize,
    waiting_saves: u64,
    sent_saves: u64,
    waiting_segments: u64,
}

/// A record as its reader sees it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Shown<T> {
    record: T,
    scope: Scope,
    status: Option<String>,
    author: Option<String>,
    needs_decision: bool,
    deleted: bool,
    revived: bool,
    sent: bool,
    changes: u64,
}

/// What stands beside a released store.
#[derive(Serialize, Deserialize)]
struct Expected {
    held: Held,
    /// The segment that one of the waiting ones is chained to, as it travelled.
    #[serde(with = "hex::serde")]
    arrives: Vec<u8>,
    /// The record it changes, and the stage that the record has then.
    then: (RecordId, String),
}

fn shown<T: Record>(store: &Store, ids: impl IntoIterator<Item = RecordId>) -> Vec<Shown<T>> {
    let shown = |id| {
        let view = store.document(id).expect("readable").expect("no record is missing");
        Shown {
            record: T::from_document(&view.document),
            scope: view.scope,
            status: view.status,
            author: view.author,
            needs_decision: view.needs_decision,
            deleted: view.deleted,
            revived: view.revived,
            sent: view.sync == SyncState::Sent,
            changes: store.history(id, &HistoryQuery::default()).expect("readable").total,
        }
    };
    ids.into_iter().map(shown).collect()
}

/// The records lists show, and those that were deleted.
fn ids(store: &Store, kind: RecordKind, deleted: &[RecordId]) -> Vec<RecordId> {
    let query = ListQuery { limit: 1000, ..ListQuery::default() };
    let listed = store.list(kind, &query).expect("readable").rows.into_iter().map(|row| row.id);
    let of_kind = |id: &RecordId| store.document(*id).expect("readable").is_some_and(|view| view.document.kind == kind);
    let mut ids: Vec<RecordId> = listed.chain(deleted.iter().copied().filter(of_kind)).collect();
    ids.sort_unstable();
    ids
}

/// Everything a store holds; `deleted` are the records that no list shows.
fn held(store: &Store, deleted: &[RecordId]) -> Held {
    let summary = store.sync_summary().expect("readable");
    let mut quarantine = BTreeMap::new();
    for entry in store.quarantine().expect("readable") {
        *quarantine.entry(format!("{:?}: {}", entry.level(), entry.reason.code())).or_default() += 1;
    }
    let conflicts = store.conflicts().expect("readable").into_iter().map(|conflict| {
        let values = conflict.heads.iter().map(|head| format!("{:?}", head.value)).collect();
        (conflict.record, conflict.field.0, values)
    });
    let issued: Vec<Shown<IssuedDocument>> = shown(store, ids(store, RecordKind::IssuedDocument, deleted));
    let reports: Vec<Shown<SupervisionReport>> = shown(store, ids(store, RecordKind::SupervisionReport, deleted));
    let attached = reports.iter().flat_map(|shown| shown.record.attachments.iter().filter_map(|held| held.blob));
    let attachments = attached.chain(issued.iter().filter_map(|shown| shown.record.file)).map(|hash| {
        let bytes = store.blob(hash).expect("readable").expect("no attachment is missing");
        (hash.to_string(), bytes.len())
    });
    Held {
        conflicts: conflicts.collect(),
        quarantine,
        attachments: attachments.collect(),
        drafts: BTreeMap::from([(store.profile().name.clone(), drafts(store))]),
        receipts: {
            let mut receipts = store.receipts(1000).expect("readable");
            receipts.sort_by_key(|receipt| receipt.gsn);
            receipts.iter().map(|receipt| (receipt.hash.to_string(), receipt.gsn)).collect()
        },
        lanes: store.version_vector().expect("readable").into_iter().map(|(id, last)| (id.to_string(), last)).collect(),
        cursors: store.cursors().expect("readable").into_iter().map(|cursor| (cursor.scope, cursor.gsn)).collect(),
        registry_entries: store.registry().seq(),
        certificates: store.certificates().expect("readable").len(),
        waiting_saves: summary.waiting_saves,
        sent_saves: summary.sent_saves,
        waiting_segments: summary.waiting_segments,
        findings: shown(store, ids(store, RecordKind::Finding, deleted)),
        outreach_events: shown(store, ids(store, RecordKind::OutreachEvent, deleted)),
        supervision_reports: reports,
        issued_documents: issued,
    }
}

fn drafts(store: &Store) -> Vec<(String, String)> {
    store.drafts().expect("readable").into_iter().map(|draft| (draft.key, draft.content)).collect()
}

fn unlock(folder: &Path, passphrase: &str) -> Store {
    Store::unlock(folder, passphrase, NOW_MS, &mut OsRng).expect("a released store opens")
}

/// Copies a released store, since it must never be touched.
pub fn copy_released(schema: u32, to: &Path) {
    let released = released().join(format!("schema-{schema}"));
    for file in ["store.db", "slots.json", "expected.json"] {
        fs::copy(released.join(file), to.join(file)).expect("copied");
    }
}

fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released")
}

/// Opens a store as each of its users.
fn check_opens_with_all(folder: &Path) {
    let mut colleague = unlock(folder, COLLEAGUE);
    let (name, theirs) = (colleague.profile().name.clone(), drafts(&colleague));
    assert_eq!(*colleague.signing_key(COLLEAGUE, NOW_MS).expect("their key"), SIGNING_KEY);
    drop(colleague);
    assert_eq!(expected(folder).held.drafts.get(&name), Some(&theirs));
    let mut store = unlock(folder, PASSPHRASE);
    store.check_integrity().expect("whole");
    check_holds_all(&mut store, folder);
}

fn expected(folder: &Path) -> Expected {
    let expected = fs::read(folder.join("expected.json")).expect("what it holds is written beside it");
    serde_json::from_slice(&expected).expect("JSON of this test")
}

/// Compares all a store holds with what stands beside it, and brings what it waits for.
pub fn check_holds_all(store: &mut Store, folder: &Path) {
    let Expected { held: mut expected, arrives, then: (changed, stage) } = expected(folder);
    let deleted: Vec<RecordId> =
        expected.findings.iter().filter(|shown| shown.deleted).map(|shown| shown.record.id).collect();
    expected.drafts.retain(|name, _| *name == store.profile().name);
    assert_eq!(held(store, &deleted), expected);

    let before = store.state_fingerprint().expect("readable");
    store.rebuild_from_log().expect("rebuilt");
    assert_eq!(store.state_fingerprint().expect("readable"), before, "the log says what the tables say");

    let outcome = store
        .apply_segments(vec![Incoming { gsn: None, received_ms: None, bytes: arrives }], &[], NOW_MS)
        .expect("taken in");
    assert_eq!((outcome.quarantined, outcome.segments), (0, 2), "it, and the one that waited for it");
    let record = SupervisionReport::from_document(&crate::fixture::document(store, changed));
    assert_eq!(record.stage, stage);
}

/// Before anything was changed, the store was backed up as it was; and the backup opens in its turn.
#[track_caller]
fn check_backed_up(folder: &Path, schema: u32) {
    let backups = Store::backups(folder).expect("readable");
    let before = backups.last().expect("the upgrade began with a backup");
    assert_eq!((before.number, before.schema), (1, schema));
    let (store, recovered) = Store::recover(folder, PASSPHRASE, Some(before.number), NOW_MS, &mut OsRng)
        .expect("the backup can be gone on from");
    assert!(recovered.is_complete(), "got {recovered:?}");
    store.check_integrity().expect("whole");
}

#[test]
fn every_released_store_opens_with_all_it_holds() {
    let schemas: Vec<u32> = fs::read_dir(released())
        .expect("a folder")
        .filter_map(|entry| entry.expect("an entry").file_name().to_str()?.strip_prefix("schema-")?.parse().ok())
        .collect();
    assert!(!schemas.is_empty(), "the test must see the released stores");
    for schema in schemas {
        let copy = tempfile::tempdir().expect("a temporary folder");
        copy_released(schema, copy.path());
        check_opens_with_all(copy.path());
        check_backed_up(copy.path(), schema);
    }
}

#[test]
fn a_store_of_this_version_is_read_as_it_was_written() {
    let written = write_store();
    if let Some(folder) = std::env::var_os("ARUMBAE_KEEP_RELEASED") {
        fs::create_dir_all(&folder).expect("a folder");
        for file in ["store.db", "slots.json", "expected.json"] {
            fs::copy(written.path().join(file), Path::new(&folder).join(file)).expect("copied");
        }
    }
    check_opens_with_all(written.path());
}

/// A store with something of everything in it.
fn write_store() -> tempfile::TempDir {
    let (mut officer, mut supervisor) = (laptop("Petugas Contoh"), laptop("Pengawas Contoh"));
    let mut province = Province::new();
    let photo = officer.store.put_blob(PHOTO).expect("kept");
    officer.store.add_user(&profile("Rekan Contoh"), COLLEAGUE, &mut OsRng).expect("added");

    // Written before the device was enrolled, and sent.
    let mut lhp = whole_report(photo);
    put(&mut officer.store, &lhp);
    let talk = whole_event();
    put(&mut officer.store, &talk);
    province.enrol(&mut supervisor.store, Role::PengawasKabkota, &"81.71".parse().expect("a regency"));
    province.enrol(&mut officer.store, Role::Petugas, &crate::fixture::scope());
    let mut second = laptop("Petugas Kedua");
    province.enrol(&mut second.store, Role::Petugas, &crate::fixture::scope());
    for store in [&mut officer.store, &mut supervisor.store, &mut second.store] {
        province.tell(store);
    }
    officer.store.put_certificate(b"bukan sertifikat", b"bukan penerbit", NOW_MS).expect("kept");
    officer.store.transition(lhp.id, "submitted", "lengkap", &at(NOW_MS)).expect("written");
    let sent = segments(&mut officer.store);
    let numbered: Vec<Incoming> = (1..)
        .zip(&sent)
        .map(|(gsn, segment)| Incoming { gsn: Some(gsn), received_ms: Some(NOW_MS), ..incoming(segment) })
        .collect();
    let cursor = ScopeCursor { scope: crate::fixture::scope(), gsn: sent.len() as u64 };
    supervisor.store.apply_segments(numbered, std::slice::from_ref(&cursor), NOW_MS).expect("taken in");
    let receipts: Vec<_> = (1..).zip(&sent).map(|(gsn, segment)| province.receipt(segment, gsn, NOW_MS)).collect();
    officer.store.apply_receipts(&receipts).expect("counted");
    officer.store.apply_segments(vec![], &[cursor], NOW_MS).expect("moved");

    // Two values of one field, two decisions on one status, an edit that revives a deleted record.
    let mut cancelled = finding("Dibatalkan tetapi disunting orang lain");
    put(&mut officer.store, &cancelled);
    carry(&mut officer.store, &mut supervisor.store);
    let mut theirs = lhp.clone();
    theirs.stage = "Masa tenang".to_owned();
    put_at(&mut supervisor.store, &theirs, NOW_MS + 1000);
    cancelled.event_place = "Dermaga Contoh".to_owned();
    put_at(&mut supervisor.store, &cancelled, NOW_MS + 1500);
    supervisor.store.transition(lhp.id, "returned", "saksi kurang", &at(NOW_MS + 2000)).expect("written");
    officer.store.transition(lhp.id, "accepted", "sudah lengkap", &at(NOW_MS + 2000)).expect("written");
    officer.store.delete(cancelled.id, "salah entri", &at(NOW_MS + 2500)).expect("deleted");
    lhp.stage = "Pemungutan suara".to_owned();
    lhp.findings_summary = "Uraian yang disempurnakan di kantor.".into();
    lhp.witnesses.remove(0);
    put_at(&mut officer.store, &lhp, NOW_MS + 3000);
    carry(&mut supervisor.store, &mut officer.store);

    // What is kept without being part of the records.
    let mut stranger = laptop("Tanpa Hak");
    put(&mut stranger.store, &event("Tidak berhak"));
    carry(&mut stranger.store, &mut officer.store);
    let unreadable = Incoming { gsn: None, received_ms: None, bytes: b"bukan segmen".to_vec() };
    officer.store.apply_segments(vec![unreadable], &[], NOW_MS).expect("taken in");
    fork(second, &mut officer.store);

    // Sealed without a receipt, then not even sealed; one compartment apart.
    let mut b2 = whole_finding(&lhp);
    put_at(&mut officer.store, &b2, NOW_MS + 4000);
    put_at(&mut officer.store, &whole_document(&lhp, photo), NOW_MS + 4500);
    segments(&mut officer.store);
    b2.summary = "Ditambah sesudah segmen ditutup.".into();
    put_at(&mut officer.store, &b2, NOW_MS + 5000);
    let deleted = finding("Dihapus");
    put_at(&mut officer.store, &deleted, NOW_MS + 5500);
    officer.store.delete(deleted.id, "ganda", &at(NOW_MS + 6000)).expect("deleted");
    let closed = report("Terbatas");
    let context =
        SaveContext { now_ms: NOW_MS + 6500, scope: "81.71.01/terbatas".parse().expect("a scope"), seen: None };
    let changes = arumbae_domain::change::changes_between(None, &closed.to_document());
    officer.store.save(&changes, &context).expect("written");

    // The second of two segments came, the first is still under way.
    let mut other = report("Menyusul");
    put_at(&mut supervisor.store, &other, NOW_MS + 7000);
    carry(&mut supervisor.store, &mut officer.store);
    let stages = ["Pemungutan suara", "Rekapitulasi"].map(|stage| {
        other.stage = stage.to_owned();
        put_at(&mut supervisor.store, &other, NOW_MS + 8000);
        sealed(&mut supervisor.store).pop().expect("just sealed")
    });
    let [first, last] = stages;
    officer.store.apply_segments(vec![last], &[], NOW_MS).expect("waits");

    officer.store.put_draft("supervision_report:1", "{\"stage\":\"Kamp\"}", NOW_MS).expect("kept");
    let mut found = held(&officer.store, &[deleted.id]);
    let folder = officer.dir;
    drop(officer.store);
    let mut colleague = unlock(folder.path(), COLLEAGUE);
    colleague.put_draft("finding:2", "{\"event\":\"Baliho\"}", NOW_MS).expect("kept");
    colleague.put_signing_key(COLLEAGUE, SIGNING_KEY, NOW_MS, &mut OsRng).expect("kept");
    found.drafts.insert(colleague.profile().name.clone(), drafts(&colleague));
    drop(colleague);
    let expected = Expected { held: found, arrives: first.bytes, then: (other.id, "Rekapitulasi".to_owned()) };
    let expected = serde_json::to_vec_pretty(&expected).expect("JSON");
    fs::write(folder.path().join("expected.json"), expected).expect("written");
    folder
}

fn segments(store: &mut Store) -> Vec<SealedSegment> {
    let clock = store.clock_quality().expect("readable");
    store.seal_pending(clock).expect("sealed");
    store.unreceipted_segments(usize::MAX).expect("readable")
}

/// Lets two copies of one laptop write the same numbers, and a reader see both.
fn fork(mut laptop: crate::fixture::Laptop, reader: &mut Store) {
    put(&mut laptop.store, &event("Sebelum disalin"));
    carry(&mut laptop.store, reader);
    drop(laptop.store);
    let twin = tempfile::tempdir().expect("a temporary folder");
    for file in ["store.db", "slots.json"] {
        fs::copy(laptop.dir.path().join(file), twin.path().join(file)).expect("copied");
    }
    for (folder, title) in [(laptop.dir.path(), "Pada yang asli"), (twin.path(), "Pada salinan")] {
        let mut store = unlock(folder, PASSPHRASE);
        put(&mut store, &event(title));
        carry(&mut store, reader);
    }
}

fn whole_report(photo: arumbae_domain::schema::BlobHash) -> SupervisionReport {
    let attachment = Attachment {
        id: new_id(),
        blob: Some(photo),
        file_name: "dermaga.jpg".to_owned(),
        byte_length: Some(PHOTO.len() as i64),
        caption: "Dermaga".to_owned(),
        ..Attachment::default()
    };
    SupervisionReport {
        activities: vec![SupervisionActivity {
            id: new_id(),
            form: "Pengawasan langsung".to_owned(),
            date: Some(date(2024, 2, 14)),
            starts_at: Some(time(9, 30, 0, 0)),
            ..SupervisionActivity::default()
        }],
        findings_summary: "Uraian pertama, ditulis di lapangan.".into(),
        has_alleged_violation: Some(true),
        witnesses: vec![witness("Saksi Satu"), witness("Saksi Dua")],
        evidence: vec![EvidenceItem {
            id: new_id(),
            description: "Foto baliho".to_owned(),
            attachment: Some(attachment.id),
            ..EvidenceItem::default()
        }],
        attachments: vec![attachment],
        region: Some("81.71.01".parse().expect("a district")),
        comments: vec![Comment { id: new_id(), text: "Lengkapi saksi.".into(), ..Comment::default() }],
        ..report("001/LHP/PM.01.02/II/2024")
    }
}

fn whole_finding(source: &SupervisionReport) -> Finding {
    Finding {
        source_report: Some(source.id),
        reported_persons: vec![ReportedPerson {
            id: new_id(),
            name: "Terlapor Contoh".to_owned(),
            ..ReportedPerson::default()
        }],
        issues: [CrucialIssue::MoneyPolitics, CrucialIssue::Hoax].into(),
        known_date: Some(date(2024, 2, 15)),
        ..finding("Pembagian amplop")
    }
}

fn whole_event() -> OutreachEvent {
    OutreachEvent {
        form: Some(OutreachForm::Pledge),
        speakers: vec![Speaker { id: new_id(), name: "Narasumber Contoh".to_owned(), ..Speaker::default() }],
        invited_agencies: vec![InvitedAgency { id: new_id(), name: "SD Contoh".to_owned(), invited_count: Some(12) }],
        attendees: (1..=5).map(|n| attendee(&format!("Peserta {n}"))).collect(),
        ..event("Ikrar netralitas")
    }
}

fn whole_document(source: &SupervisionReport, file: arumbae_domain::schema::BlobHash) -> IssuedDocument {
    IssuedDocument {
        id: new_id(),
        source: Some(source.id),
        title: "LHP 001".to_owned(),
        file: Some(file),
        byte_length: Some(PHOTO.len() as i64),
        ..IssuedDocument::default()
    }
}
