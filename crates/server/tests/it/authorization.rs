//! Who may do what: every role at every path, asked of a running server by devices that were really enrolled.
//!
//! The matrix is a snapshot that people read. Operations of `docs/openapi.json` that it does not reach fail the test
//! until somebody decides who may use them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;

use arumbae_domain::Scope;
use arumbae_domain::schema::BlobHash;
use arumbae_protocol::http_signature::BodyDigest;
use arumbae_protocol::registry::{BroughtEntries, ScopeRelation};
use arumbae_protocol::repair::NumberRange;
use arumbae_protocol::{
    CodeExchange, Failure, NoticeCode, RepairRequest, Role, ShortCode, SyncRequest, SyncResponse, cbor, paths,
};
use arumbae_server::{RunningServer, SnapshotPolicy};
use arumbae_signing::authority::authority_id;
use arumbae_signing::revocation::RevocationReason;
use arumbae_signing::time_stamp::time_stamp_query;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand_core::OsRng;
use reqwest::{Method, RequestBuilder, Response, StatusCode};

use crate::device::{Device, unsigned};
use crate::fixture::{Province, invite};

/// Where grants are given, and a scope in each relation to it, in the order of [`ScopeRelation::ALL`].
fn scopes_around(role: Role) -> (&'static str, [&'static str; 5]) {
    match role {
        Role::PengawasProvinsi => ("81", ["81", "81.72", "81/terbatas", "81.72/terbatas", "82"]),
        _ => ("81.71", ["81.71", "81.71.01", "81.71/terbatas", "81.71.01/terbatas", "81.73"]),
    }
}

fn scope(text: &str) -> Scope {
    text.parse().expect("a scope")
}

/// A server, and which of its operations were asked for.
struct Asked {
    server: RunningServer,
    operations: Mutex<BTreeSet<(String, String)>>,
}

/// Who asks.
enum Asker {
    /// Nobody whom the server could tell from others.
    Anybody,
    Device(Box<Device>),
}

impl Asked {
    /// Asks for a path of an operation, as `docs/openapi.json` writes both.
    async fn ask(
        &self,
        asker: &Asker,
        (method, operation): (Method, &str),
        path: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Response {
        self.operations.lock().expect("no panic").insert((method.to_string(), operation.to_owned()));
        let request = match asker {
            Asker::Anybody => unsigned(&self.server, method, path).body(body),
            Asker::Device(device) => device.signed(&self.server, method, path, body),
        };
        let with = |request: RequestBuilder, (name, value): &(&str, String)| request.header(*name, value);
        headers.iter().fold(request, with).send().await.expect("an answer")
    }
}

/// What an answer comes to, in one word.
async fn word(answer: Response) -> String {
    let status = answer.status();
    if status.is_success() {
        return "yes".to_owned();
    }
    let body = answer.bytes().await.expect("a body");
    match cbor::from_bytes::<Failure>(&body) {
        Ok(failure) => code(&failure.code),
        Err(_) => status.as_u16().to_string(),
    }
}

fn code<T: serde::Serialize>(code: &T) -> String {
    serde_json::to_value(code).expect("a code").as_str().expect("a word").to_owned()
}

async fn sync(asked: &Asked, asker: &Asker, request: &SyncRequest) -> Result<SyncResponse, String> {
    let answer = asked.ask(asker, (Method::POST, paths::SYNC), paths::SYNC, &[], cbor::to_bytes(request)).await;
    if answer.status() != StatusCode::OK {
        return Err(word(answer).await);
    }
    Ok(cbor::from_bytes(&answer.bytes().await.expect("a body")).expect("an answer"))
}

async fn push(asked: &Asked, asker: &Asker, author: &Device, at: &str) -> String {
    let segment = author.seal(&mut author.lane(at), 1);
    let response = match sync(asked, asker, &author.request(&[&segment])).await {
        Ok(response) => response,
        Err(word) => return word,
    };
    match (&response.receipts[..], &response.quarantine[..]) {
        ([_], []) => "yes".to_owned(),
        ([], [notice]) => code::<NoticeCode>(&notice.code),
        other => panic!("a receipt or a notice: {other:?}"),
    }
}

async fn pull(asked: &Asked, asker: &Asker, at: &str) -> String {
    let request = SyncRequest { credit_bytes: u64::MAX, ..SyncRequest::default() };
    match sync(asked, asker, &request).await {
        Ok(response) if response.segments.iter().any(|segment| segment.scope == scope(at)) => "yes".to_owned(),
        Ok(_) => "no".to_owned(),
        Err(word) => word,
    }
}

async fn repair(asked: &Asked, asker: &Asker, at: &str) -> String {
    let request = RepairRequest {
        scope: scope(at),
        ranges: vec![NumberRange { after: 0, up_to: 1 }],
        wanted: vec![1],
        credit_bytes: u64::MAX,
    };
    word(asked.ask(asker, (Method::POST, paths::REPAIR), paths::REPAIR, &[], cbor::to_bytes(&request)).await).await
}

async fn snapshot(asked: &Asked, asker: &Asker, hash: &str) -> String {
    let operation = format!("{}/{{hash}}", paths::SNAPSHOTS);
    let path = format!("{}/{hash}", paths::SNAPSHOTS);
    word(asked.ask(asker, (Method::GET, &operation), &path, &[], Vec::new()).await).await
}

/// A line of each relation, for a device with a role in the scope they are told by.
async fn rows(
    asked: &Asked,
    name: &str,
    (asker, author): (&Asker, &Device),
    around: &[Snapshotted],
    snapshots: &[String],
) -> String {
    let mut rows = String::new();
    for ((relation, (at, _)), snapshot) in ScopeRelation::ALL.iter().zip(around).zip(snapshots) {
        let words =
            [push(asked, asker, author, at).await, pull(asked, asker, at).await, repair(asked, asker, at).await];
        let relation = format!("{relation:?}");
        writeln!(rows, "{name:<20}{relation:<18}{:<16}{:<16}{:<16}{}", words[0], words[1], words[2], snapshot)
            .expect("written");
    }
    rows
}

/// A scope, and its snapshot's hash.
type Snapshotted = (&'static str, String);

/// Fills scopes with a segment each, and has a snapshot made of each.
async fn fill(asked: &Asked, scopes: &[&'static str], first_seed: u8) -> Vec<Snapshotted> {
    let mut filled = Vec::new();
    for (at, seed) in scopes.iter().zip(first_seed..) {
        let author = Device::enrolled(seed, &asked.server, Role::Petugas, at).await;
        author.push(&asked.server, &[&author.seal(&mut author.lane(at), 1)]).await;
        asked.server.province().make_due_snapshots().await;
        let request = SyncRequest { takes_snapshots: true, ..author.request(&[]) };
        let offers = author.sync(&asked.server, &request).await.expect("synchronized").snapshots;
        let offer = offers.iter().find(|offer| offer.note.scope == scope(at)).expect("a snapshot");
        filled.push((*at, offer.note.hash.to_string()));
    }
    filled
}

/// One attachment through all of its paths: its own upload, somebody else's, and what is whole.
async fn attachment_row(asked: &Asked, name: &str, asker: &Asker, others_upload: &str, whole: &str) -> String {
    let tus = |more: &[(&'static str, &str)]| {
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        std::iter::once(("tus-resumable", "1.0.0".to_owned())).chain(more).collect::<Vec<_>>()
    };
    let upload = format!("{}/uploads/{{id}}", paths::ATTACHMENTS);
    let download = format!("{}/{{hash}}", paths::ATTACHMENTS);
    let opened = open_upload(asked, asker, name).await;
    let own = opened.headers().get("location").and_then(|at| at.to_str().ok()).map(str::to_owned);
    let own = own.unwrap_or_else(|| others_upload.to_owned());
    let chunk = tus(&[("upload-offset", "0"), ("content-type", "application/offset+octet-stream")]);
    let overridden = tus(&[("x-http-method-override", "HEAD")]);
    let words = [
        word(opened).await,
        word(asked.ask(asker, (Method::HEAD, &upload), &own, &tus(&[]), Vec::new()).await).await,
        word(asked.ask(asker, (Method::PATCH, &upload), &own, &chunk, b"1".to_vec()).await).await,
        word(asked.ask(asker, (Method::POST, &upload), &own, &overridden, Vec::new()).await).await,
        word(asked.ask(asker, (Method::DELETE, &upload), &own, &tus(&[]), Vec::new()).await).await,
        word(asked.ask(asker, (Method::PATCH, &upload), others_upload, &chunk, b"1".to_vec()).await).await,
        word(asked.ask(asker, (Method::DELETE, &upload), others_upload, &tus(&[]), Vec::new()).await).await,
        word(asked.ask(asker, (Method::GET, &download), whole, &[], Vec::new()).await).await,
        word(asked.ask(asker, (Method::HEAD, &download), whole, &[], Vec::new()).await).await,
        word(asked.ask(asker, (Method::POST, paths::UPLOAD_TOKEN), paths::UPLOAD_TOKEN, &[], Vec::new()).await).await,
    ];
    let columns: Vec<String> = words.iter().map(|word| format!("{word:<16}")).collect();
    format!("{name:<20}{}\n", columns.concat().trim_end())
}

/// What is kept of exchanges: of the device's own, which has its answer, and of somebody else's.
async fn exchange_row(asked: &Asked, name: &str, asker: &Asker, others: &[u8]) -> String {
    let operation = format!("{}/{{digest}}", paths::SYNC);
    let own = cbor::to_bytes(&SyncRequest::default());
    asked.ask(asker, (Method::POST, paths::SYNC), paths::SYNC, &[], own.clone()).await;
    let mut words = Vec::new();
    for request in [own.as_slice(), others] {
        let path = format!("{}/{}", paths::SYNC, BodyDigest::of(request));
        let seen = asked.ask(asker, (Method::GET, &operation), &path, &[], Vec::new()).await;
        words.push(if seen.status() == StatusCode::NO_CONTENT { "no".to_owned() } else { word(seen).await });
        let start = [("upload-offset", "0".to_owned())];
        words.push(word(asked.ask(asker, (Method::PATCH, &operation), &path, &start, request.to_vec()).await).await);
    }
    let columns: Vec<String> = words.iter().map(|word| format!("{word:<16}")).collect();
    format!("{name:<20}{}\n", columns.concat().trim_end())
}

/// Opens an upload of two bytes, named by whoever asks.
async fn open_upload(asked: &Asked, asker: &Asker, name: &str) -> Response {
    let hash = BlobHash(*blake3::hash(name.as_bytes()).as_bytes());
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-length", "2".to_owned()),
        ("upload-metadata", format!("blake3 {}", STANDARD.encode(hash.to_string()))),
    ];
    asked.ask(asker, (Method::POST, paths::ATTACHMENTS), paths::ATTACHMENTS, &headers, Vec::new()).await
}

#[tokio::test]
async fn the_matrix_is_the_one_that_was_decided_and_leaves_nothing_out() {
    let snapshots = SnapshotPolicy { segments: 1, fraction: u64::MAX };
    let province = Province { snapshots, ..Province::new() };
    let server = province.start().await;
    let asked = Asked { server, operations: Mutex::default() };
    let regency = fill(&asked, &scopes_around(Role::Petugas).1, 100).await;
    let whole_province = fill(&asked, &scopes_around(Role::PengawasProvinsi).1, 110).await;

    let mut askers: Vec<(String, Asker, Device, &Vec<Snapshotted>)> = Vec::new();
    for (role, seed) in Role::ALL.into_iter().zip(1..) {
        let around = if role == Role::PengawasProvinsi { &whole_province } else { &regency };
        let device = || Device::new(seed);
        let invitation = invite(&asked.server, role, scopes_around(role).0).await;
        device().enrol(&asked.server, &invitation).await.expect("enrolled");
        askers.push((role.code().to_owned(), Asker::Device(Box::new(device())), device(), around));
    }
    let revoked = Device::enrolled(50, &asked.server, Role::Petugas, "81.71").await;
    asked.server.province().revoke(revoked.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    askers.push(("(revoked)".to_owned(), Asker::Device(Box::new(revoked)), Device::new(50), &regency));
    askers.push(("(not registered)".to_owned(), Asker::Device(Box::new(Device::new(51))), Device::new(51), &regency));
    askers.push(("(unsigned)".to_owned(), Asker::Anybody, Device::new(52), &regency));

    let mut matrix = format!(
        "{:<20}{:<18}{:<16}{:<16}{:<16}{}\n",
        "role", "scope's relation", "write a segment", "read segments", "repair", "read snapshot"
    );
    // Before anybody writes: what is written moves the scopes' snapshots on.
    let mut snapshots = Vec::new();
    for (_, asker, _, around) in &askers {
        let mut words = Vec::new();
        for (_, hash) in around.iter() {
            words.push(snapshot(&asked, asker, hash).await);
        }
        snapshots.push(words);
    }
    for ((name, asker, author, around), snapshots) in askers.iter().zip(&snapshots) {
        matrix.push_str(&rows(&asked, name, (asker, author), around, snapshots).await);
    }

    matrix.push_str(&format!(
        "\n{:<20}{:<16}{:<16}{:<16}{:<16}{:<16}{:<16}{:<16}{:<16}{:<16}{}\n",
        "role",
        "open upload",
        "see own",
        "continue own",
        "see own by POST",
        "discard own",
        "continue other",
        "discard other",
        "read by hash",
        "ask by hash",
        "get a token"
    ));
    let owner = Asker::Device(Box::new(Device::enrolled(120, &asked.server, Role::Petugas, "81.71.01").await));
    let opened = open_upload(&asked, &owner, "somebody else's").await;
    let others_upload = opened.headers()["location"].to_str().expect("a path").to_owned();
    let whole = whole_attachment(&asked, &owner).await;
    for (name, asker, _, _) in &askers {
        matrix.push_str(&attachment_row(&asked, name, asker, &others_upload, &whole).await);
    }

    matrix.push_str(&format!(
        "\n{:<20}{:<16}{:<16}{:<16}{}\n",
        "role", "see own answer", "continue own", "see other's", "continue other"
    ));
    let others_request = cbor::to_bytes(&SyncRequest { registry_seq: 1, ..SyncRequest::default() });
    asked.ask(&owner, (Method::POST, paths::SYNC), paths::SYNC, &[], others_request.clone()).await;
    for (name, asker, _, _) in &askers {
        matrix.push_str(&exchange_row(&asked, name, asker, &others_request).await);
    }

    matrix.push_str(&format!("\n{:<44}{}\n", "open to everybody", "answer to the unsigned"));
    for (method, path) in [
        (Method::GET, paths::INFO),
        (Method::GET, "/healthz"),
        (Method::GET, "/readyz"),
        (Method::OPTIONS, paths::ATTACHMENTS),
        (Method::GET, paths::VERIFICATION),
        (Method::POST, paths::VERIFICATION),
        (Method::GET, "/verifikasi/halaman.css"),
        (Method::GET, "/verifikasi/halaman.js"),
        (Method::GET, "/verifikasi/arumbae.svg"),
    ] {
        let answer = asked.ask(&Asker::Anybody, (method.clone(), path), path, &[], Vec::new()).await;
        matrix.push_str(&format!("{:<44}{}\n", format!("{method} {path}"), word(answer).await));
    }
    let root = authority_id(asked.server.province().ca_der()).expect("an authority");
    for (place, file) in [(paths::REVOCATION_LISTS, format!("{root}.crl")), (paths::AUTHORITIES, format!("{root}.cer"))]
    {
        let operation = format!("{place}/{{file}}");
        let path = format!("{place}/{file}");
        let answer = asked.ask(&Asker::Anybody, (Method::GET, &operation), &path, &[], Vec::new()).await;
        matrix.push_str(&format!("{:<44}{}\n", format!("GET {operation}"), word(answer).await));
    }
    let query = time_stamp_query(&[0x5a; 32], 1).expect("a query");
    let kind = [("content-type", "application/timestamp-query".to_owned())];
    let stamp = (Method::POST, paths::TIME_STAMP);
    let answer = asked.ask(&Asker::Anybody, stamp, paths::TIME_STAMP, &kind, query).await;
    matrix.push_str(&format!("{:<44}{}\n", format!("POST {}", paths::TIME_STAMP), word(answer).await));
    let upload = format!("{}/uploads/{{id}}", paths::ATTACHMENTS);
    let answer = asked.ask(&Asker::Anybody, (Method::OPTIONS, &upload), &others_upload, &[], Vec::new()).await;
    matrix.push_str(&format!("{:<44}{}\n", format!("OPTIONS {upload}"), word(answer).await));
    let request = Device::new(60).enrol_request(&invite(&asked.server, Role::Petugas, "81.71.01").await);
    for (name, body) in [("an invitation", cbor::to_bytes(&request)), ("none", cbor::to_bytes(&()))] {
        let answer = asked.ask(&Asker::Anybody, (Method::POST, paths::ENROL), paths::ENROL, &[], body).await;
        matrix.push_str(&format!("{:<44}{}\n", format!("POST {} with {name}", paths::ENROL), word(answer).await));
    }
    let code = CodeExchange::begin(&ShortCode::new(1, &[1; 32]), &mut OsRng).1;
    for (path, name, body) in [
        (paths::ENROL_CODE, "wrong code", cbor::to_bytes(&code)),
        (paths::ENROL_CODE, "none", cbor::to_bytes(&())),
        (paths::REGISTRY, "nothing lost", cbor::to_bytes(&BroughtEntries::default())),
    ] {
        let answer = asked.ask(&Asker::Anybody, (Method::POST, path), path, &[], body).await;
        matrix.push_str(&format!("{:<36}{}\n", format!("POST {path} with {name}"), word(answer).await));
    }
    insta::assert_snapshot!(matrix);

    let documented: BTreeSet<(String, String)> = documented_operations().into_iter().collect();
    let asked = asked.operations.into_inner().expect("no panic");
    let uncovered: Vec<_> = documented.difference(&asked).collect();
    assert!(uncovered.is_empty(), "nobody has decided who may use {uncovered:?}");
    let unknown: Vec<_> = asked.difference(&documented).collect();
    assert!(unknown.is_empty(), "not in docs/openapi.json: {unknown:?}");
}

async fn whole_attachment(asked: &Asked, owner: &Asker) -> String {
    let Asker::Device(device) = owner else { unreachable!("the owner is a device") };
    let bytes = b"CONTOH".to_vec();
    let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
    let signed = device.signed(&asked.server, Method::POST, paths::ATTACHMENTS, Vec::new());
    let metadata = format!("blake3 {}", STANDARD.encode(hash.to_string()));
    let signed = signed.header("tus-resumable", "1.0.0").header("upload-length", bytes.len());
    let opened = signed.header("upload-metadata", metadata).send().await.expect("an answer");
    let location = opened.headers()["location"].to_str().expect("a path").to_owned();
    let chunk = device.signed(&asked.server, Method::PATCH, &location, bytes).header("tus-resumable", "1.0.0");
    let chunk = chunk.header("upload-offset", 0).header("content-type", "application/offset+octet-stream");
    assert_eq!(chunk.send().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    format!("{}/{hash}", paths::ATTACHMENTS)
}

/// The methods and paths of `docs/openapi.json`.
fn documented_operations() -> Vec<(String, String)> {
    let document: serde_json::Value =
        serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("an item").keys();
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}
