//! The public page that checks documents, asked as a browser asks it.

use arumbae_domain::schema::{Record, RecordId, RecordKind};
use arumbae_domain::{DocumentTemplate, IssuedDocument};
use arumbae_mergelog::segment::{ClockQuality, SealedSegment};
use arumbae_mergelog::{Hlc, OpId, Operation, Save};
use arumbae_protocol::{Role, paths};
use arumbae_server::RunningServer;
use arumbae_signing::certificate::serial_of;
use arumbae_signing::revocation::RevocationReason;
use reqwest::{Method, StatusCode};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::device::{Device, LaneEnd, unsigned};
use crate::fixture::{Province, START_MS};

const DISTRICT: &str = "81.71.01";
const FILE: &[u8] = b"%PDF-1.7 as far as a hash is concerned";

fn document(id: u128, file: &[u8]) -> IssuedDocument {
    IssuedDocument {
        id: RecordId(Uuid::from_u128(id)),
        template: Some(DocumentTemplate::SupervisionReport),
        title: "Perihal yang tidak untuk umum".to_owned(),
        number: "004/LHP/PM.01.02/CONTOH/IX/2024".to_owned(),
        sha256: hex(file),
        issued_at: Some(jiff::Timestamp::from_millisecond(START_MS as i64).expect("a moment")),
        signed_by: "Nama yang tidak untuk umum".to_owned(),
        ..IssuedDocument::default()
    }
}

fn hex(file: &[u8]) -> String {
    Sha256::digest(file).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A save that makes the document's record, sealed to the lane.
fn issue(device: &Device, lane: &mut LaneEnd, document: &IssuedDocument) -> SealedSegment {
    let untyped = document.to_document();
    let create = Operation::Create { record: document.id, kind: RecordKind::IssuedDocument.into() };
    let set = |(field, value): (&_, &arumbae_domain::schema::Value)| Operation::Set {
        record: document.id,
        field: *field,
        value: value.clone(),
        preds: Vec::new(),
    };
    let ops = std::iter::once(create).chain(untyped.fields.iter().map(set)).collect();
    save(device, lane, ops)
}

fn save(device: &Device, lane: &mut LaneEnd, ops: Vec<Operation>) -> SealedSegment {
    let save = Save {
        seq: lane.next_seq,
        hlc: Hlc::new(START_MS + lane.next_seq, 0),
        actor: device.person,
        policy_epoch: 5,
        schema_version: 1,
        deps: Vec::new(),
        ops,
    };
    let segment = SealedSegment::seal(&lane.lane, lane.head, &[save], ClockQuality::default(), &device.key);
    let segment = segment.expect("a save can be sealed");
    lane.next_seq += 1;
    lane.head = segment.hash();
    segment
}

async fn ask(server: &RunningServer, question: &str) -> (StatusCode, String) {
    let path = format!("{}{question}", paths::VERIFICATION);
    let answer = unsigned(server, Method::GET, &path).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a page"))
}

async fn send(server: &RunningServer, file: &[u8]) -> (StatusCode, String) {
    let boundary = "batas-contoh";
    let mut body = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"berkas\"; filename=\"a.pdf\"\r\n\
         content-type: application/pdf\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let request = unsigned(server, Method::POST, paths::VERIFICATION)
        .header("content-type", format!("multipart/form-data; boundary={boundary}"))
        .body(body);
    let answer = request.send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a page"))
}

#[track_caller]
fn check_says(page: &(StatusCode, String), status: StatusCode, heading: &str) {
    assert_eq!(page.0, status, "{}", page.1);
    assert!(page.1.contains(heading), "the page says {heading:?}: {}", page.1);
}

#[tokio::test]
async fn a_document_is_known_by_its_code_and_by_its_file_and_nobody_is_named() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let issued = document(1, FILE);
    officer.push(&server, &[&issue(&officer, &mut lane, &issued)]).await;

    let by_code = ask(&server, &format!("?d={}", issued.id.0)).await;
    check_says(&by_code, StatusCode::OK, "Dokumen tercatat");
    let by_hash = ask(&server, &format!("?sha256={}", hex(FILE))).await;
    check_says(&by_hash, StatusCode::OK, "Asli dan tidak berubah");
    for (_, page) in [&by_code, &by_hash] {
        for told in
            ["Laporan Hasil Pengawasan", &issued.number, "Petugas pengawas", "Nusaniwe", "Bawaslu Provinsi CONTOH"]
        {
            assert!(page.contains(told), "the page tells {told:?}: {page}");
        }
        for kept in [&issued.title, &issued.signed_by, &officer.name] {
            assert!(!page.contains(kept.as_str()), "the page keeps {kept:?} to itself");
        }
    }
    check_says(
        &ask(&server, &format!("?sha256={}&bahasa=en", hex(FILE))).await,
        StatusCode::OK,
        "Genuine and unchanged",
    );
}

#[tokio::test]
async fn a_certificate_that_was_revoked_is_told_with_what_it_means() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let registry = server.province().registry().await.expect("readable");
    let certificate = registry.certificates().last().expect("the officer's");
    let serial = serial_of(&certificate.der).expect("a certificate").to_string();
    let by_it = |id, file: &[u8]| IssuedDocument { certificate_serial: serial.clone(), ..document(id, file) };

    officer.push(&server, &[&issue(&officer, &mut officer.lane(DISTRICT), &by_it(1, FILE))]).await;
    let before = ask(&server, &format!("?sha256={}", hex(FILE))).await;
    assert!(!before.1.contains("dicabut"), "{}", before.1);
    province.pass(60_000);
    server.province().revoke(officer.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let since = ask(&server, &format!("?sha256={}", hex(FILE))).await;
    check_says(&since, StatusCode::OK, "Asli dan tidak berubah");
    assert!(since.1.contains("sesudah dokumen ini diterima"), "{}", since.1);

    province.pass(60_000);
    let colleague = Device::enrolled(2, &server, Role::Petugas, DISTRICT).await;
    let late = issue(&colleague, &mut colleague.lane(DISTRICT), &by_it(2, b"%PDF-1.7 of later"));
    colleague.push(&server, &[&late]).await;
    let after = ask(&server, &format!("?sha256={}", hex(b"%PDF-1.7 of later"))).await;
    assert!(after.1.contains("sebelum dokumen ini diterima") && after.1.contains("warn"), "{}", after.1);
}

#[tokio::test]
async fn what_the_log_does_not_know_is_said_to_be_unknown() {
    let province = Province::new();
    let server = province.start().await;
    check_says(&ask(&server, "").await, StatusCode::OK, "Pindai kode QR");
    for question in
        ["?d=0196f2d4-0000-7000-8000-000000000000", "?d=bukan", "?sha256=00", &format!("?sha256={}", hex(b""))]
    {
        check_says(&ask(&server, question).await, StatusCode::NOT_FOUND, "Tidak dikenal");
    }
    check_says(&send(&server, b"halo").await, StatusCode::OK, "Bukan berkas PDF");
    check_says(&send(&server, b"").await, StatusCode::BAD_REQUEST, "Belum ada berkas");
    check_says(&send(&server, b"%PDF-1.7\ncut").await, StatusCode::OK, "Berkas rusak");
    check_says(&send(&server, &vec![0; 33 << 20]).await, StatusCode::PAYLOAD_TOO_LARGE, "Berkas terlalu besar");
}

#[tokio::test]
async fn an_extended_document_makes_its_earlier_file_an_earlier_version_and_a_deleted_one_is_withdrawn() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let issued = document(1, FILE);
    let made = issue(&officer, &mut lane, &issued);
    officer.push(&server, &[&made]).await;
    check_says(&ask(&server, &format!("?sha256={}", hex(FILE))).await, StatusCode::OK, "Asli dan tidak berubah");

    let field = arumbae_domain::schema::RecordKind::IssuedDocument.definition().field_named("sha256").expect("a field");
    let ops = &made.open().expect("readable")[0].ops;
    let index = ops.iter().position(|op| matches!(op, Operation::Set { field: of, .. } if *of == field.number));
    let before = OpId { lane: lane.lane.id(), seq: 1, index: index.expect("the hash was set") as u16 };
    let extended = Operation::Set {
        record: issued.id,
        field: field.number,
        value: arumbae_domain::schema::Value::Text(hex(b"and a second signature")),
        preds: vec![before],
    };
    let extended = save(&officer, &mut lane, vec![extended]);
    officer.push(&server, &[&extended]).await;
    check_says(&ask(&server, &format!("?sha256={}", hex(FILE))).await, StatusCode::OK, "Versi lama");
    let later = format!("?sha256={}", hex(b"and a second signature"));
    check_says(&ask(&server, &later).await, StatusCode::OK, "Asli dan tidak berubah");

    let all = made.open().expect("readable").into_iter().chain(extended.open().expect("readable"));
    let observed = all
        .flat_map(|save| {
            let lane = lane.lane.id();
            (0..save.ops.len() as u16).map(move |index| OpId { lane, seq: save.seq, index })
        })
        .collect();
    let delete = Operation::Delete { record: issued.id, reason: "terbit dua kali".to_owned(), observed };
    let deleted = save(&officer, &mut lane, vec![delete]);
    officer.push(&server, &[&deleted]).await;
    check_says(&ask(&server, &later).await, StatusCode::OK, "Ditarik");
    check_says(&ask(&server, &format!("?d={}", issued.id.0)).await, StatusCode::OK, "Ditarik");
}

#[tokio::test]
async fn a_restarted_server_knows_what_was_registered_before() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    officer.push(&server, &[&issue(&officer, &mut lane, &document(1, FILE))]).await;
    server.stop().await.expect("stopped");
    let server = province.start().await;
    check_says(&ask(&server, &format!("?sha256={}", hex(FILE))).await, StatusCode::OK, "Asli dan tidak berubah");
}
