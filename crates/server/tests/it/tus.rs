//! tus 1.0 to the letter, for clients that are not ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use arumbae_domain::schema::BlobHash;
use arumbae_protocol::attachment::UploadTokenGrant;
use arumbae_protocol::{FailureCode, Role, paths};
use arumbae_server::RunningServer;
use arumbae_signing::revocation::RevocationReason;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderName;
use reqwest::{Method, RequestBuilder, Response};

use crate::device::{Device, read, unsigned};
use crate::fixture::{DAY_MS, Province};

const CHUNK: &str = "application/offset+octet-stream";

/// A scanner with the token that a device got for it.
struct Scanner {
    server: RunningServer,
    device: Device,
    token: String,
}

impl Scanner {
    async fn at(province: &Province) -> Self {
        let server = province.start().await;
        let device = Device::enrolled(1, &server, Role::Sekretariat, "81.71.01").await;
        let token = grant(&device, &server).await.token;
        Scanner { server, device, token }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        unsigned(&self.server, method, path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("tus-resumable", "1.0.0")
    }

    async fn open(&self, bytes: &[u8]) -> String {
        let request = self.request(Method::POST, paths::ATTACHMENTS).header("upload-length", bytes.len());
        let opened = request.header("upload-metadata", metadata(bytes)).send().await.expect("an answer");
        assert_eq!(opened.status(), 201);
        header(&opened, "location").expect("a location")
    }
}

async fn grant(device: &Device, server: &RunningServer) -> UploadTokenGrant {
    let request = device.signed(server, Method::POST, paths::UPLOAD_TOKEN, Vec::new());
    read(request.send().await.expect("an answer")).await.expect("a token")
}

fn hash_of(bytes: &[u8]) -> BlobHash {
    BlobHash(*blake3::hash(bytes).as_bytes())
}

fn metadata(bytes: &[u8]) -> String {
    format!("filename cGluZGFpYW4uanBn,blake3 {},confidential", STANDARD.encode(hash_of(bytes).to_string()))
}

fn header(answer: &Response, name: &str) -> Option<String> {
    answer.headers().get(name).map(|value| value.to_str().expect("readable").to_owned())
}

/// Sends a request with some headers replaced, an empty value taking one away, and checks the status.
async fn check(request: RequestBuilder, headers: &[(&str, &str)], expected: u16) -> Response {
    let (client, request) = request.build_split();
    let mut request = request.expect("a request");
    for (name, value) in headers {
        let name: HeaderName = name.parse().expect("a name");
        request.headers_mut().remove(&name);
        if !value.is_empty() {
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
    }
    let told = format!("{} {} {headers:?}", request.method(), request.url().path());
    let answer = client.execute(request).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), expected, "{told}");
    assert_eq!(header(&answer, "tus-resumable").as_deref(), Some("1.0.0"), "{told}");
    answer
}

#[tokio::test]
async fn anybody_may_ask_what_the_server_speaks() {
    let province = Province::new();
    let server = province.start().await;
    for path in [paths::ATTACHMENTS.to_owned(), format!("{}/uploads/x", paths::ATTACHMENTS)] {
        let spoken = check(unsigned(&server, Method::OPTIONS, &path), &[], 204).await;
        assert_eq!(header(&spoken, "tus-version").as_deref(), Some("1.0.0"));
        assert_eq!(header(&spoken, "tus-extension").as_deref(), Some("creation,checksum,expiration,termination"));
        assert_eq!(header(&spoken, "tus-checksum-algorithm").as_deref(), Some("sha1,sha256"));
        assert_eq!(header(&spoken, "tus-max-size").as_deref(), Some("268435456"));
    }
}

#[tokio::test]
async fn a_creation_says_all_that_is_needed_or_is_refused() {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let post = || {
        let request = scanner.request(Method::POST, paths::ATTACHMENTS).header("upload-length", 5);
        request.header("upload-metadata", metadata(b"hello"))
    };
    let refused = check(post(), &[("tus-resumable", "0.2.2")], 412).await;
    assert_eq!(header(&refused, "tus-version").as_deref(), Some("1.0.0"));
    check(post(), &[("tus-resumable", "")], 412).await;
    check(post(), &[("upload-length", "")], 400).await;
    check(post(), &[("upload-length", "-5")], 400).await;
    check(post(), &[("upload-length", "+5")], 400).await;
    check(post(), &[("upload-defer-length", "1"), ("upload-length", "")], 400).await;
    check(post(), &[("upload-concat", "partial")], 400).await;
    check(post(), &[("upload-metadata", "")], 400).await;
    check(post(), &[("upload-metadata", "filename cGluZGFpYW4uanBn")], 400).await;
    check(post(), &[("upload-length", "268435457")], 413).await;
    check(post(), &[("authorization", "")], 401).await;
    let opened = check(post(), &[], 201).await;
    assert_eq!(header(&opened, "upload-offset").as_deref(), Some("0"));
    assert_eq!(header(&opened, "upload-expires").as_deref(), Some("Fri, 15 Mar 2024 00:00:00 GMT"));
    let location = header(&opened, "location").expect("a location");
    let shown = check(scanner.request(Method::HEAD, &location), &[], 200).await;
    assert_eq!(header(&shown, "cache-control").as_deref(), Some("no-store"));
    assert_eq!(header(&shown, "upload-length").as_deref(), Some("5"));
    assert_eq!(header(&shown, "upload-offset").as_deref(), Some("0"));
    assert_eq!(header(&shown, "upload-metadata"), Some(metadata(b"hello")), "as it was given");
}

#[tokio::test]
async fn bytes_are_taken_in_only_where_and_as_they_belong() {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let upload = scanner.open(b"hello world").await;
    let patch = |offset: u64, bytes: &'static [u8]| {
        let request = scanner.request(Method::PATCH, &upload).body(bytes);
        request.header("content-type", CHUNK).header("upload-offset", offset)
    };
    check(patch(0, b"hello"), &[("tus-resumable", "")], 412).await;
    check(patch(0, b"hello"), &[("content-type", "application/octet-stream")], 415).await;
    check(patch(0, b"hello"), &[("upload-offset", "")], 400).await;
    check(patch(1, b"hello"), &[], 409).await;
    check(patch(0, b"hello world and more"), &[], 413).await;
    check(patch(0, b"hello"), &[("upload-checksum", "md5 XrY7u+Ae7tCTyyK7j1rNww==")], 400).await;
    check(patch(0, b"hello"), &[("upload-checksum", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=")], 460).await;
    let shown = check(scanner.request(Method::HEAD, &upload), &[], 200).await;
    assert_eq!(header(&shown, "upload-offset").as_deref(), Some("0"), "nothing of that was kept");

    let taken = check(patch(0, b"hello"), &[("upload-checksum", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=")], 204).await;
    assert_eq!(header(&taken, "upload-offset").as_deref(), Some("5"));
    assert!(header(&taken, "upload-expires").is_some());
    check(patch(0, b"hello"), &[], 409).await;
    let elsewhere = scanner.request(Method::POST, &upload).body(" world").header("upload-offset", 5);
    let elsewhere = elsewhere.header("content-type", CHUNK);
    check(elsewhere, &[("x-http-method-override", "PATCH")], 204).await;
    let shown = check(scanner.request(Method::HEAD, &upload), &[], 200).await;
    assert_eq!(header(&shown, "upload-offset").as_deref(), Some("11"));
    check(patch(11, b""), &[], 204).await;
    check(patch(11, b"!"), &[], 413).await;

    check(scanner.request(Method::DELETE, &upload), &[("tus-resumable", "")], 412).await;
    check(scanner.request(Method::DELETE, &upload), &[], 204).await;
    check(scanner.request(Method::HEAD, &upload), &[], 404).await;
    check(patch(0, b"hello"), &[], 404).await;
    let attachment = format!("{}/{}", paths::ATTACHMENTS, hash_of(b"hello world"));
    let here = scanner.request(Method::HEAD, &attachment).send().await.expect("an answer");
    assert_eq!((here.status().as_u16(), header(&here, "content-length").as_deref()), (200, Some("11")));
}

#[tokio::test]
async fn nothing_at_all_can_be_uploaded() {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let upload = scanner.open(b"").await;
    let shown = check(scanner.request(Method::HEAD, &upload), &[], 200).await;
    assert_eq!(header(&shown, "upload-offset").as_deref(), Some("0"));
    assert_eq!(header(&shown, "upload-length").as_deref(), Some("0"));
    let path = format!("{}/{}", paths::ATTACHMENTS, hash_of(b""));
    let downloaded = scanner.device.signed(&scanner.server, Method::GET, &path, Vec::new()).send().await;
    assert_eq!(downloaded.expect("an answer").status(), 200);
}

#[tokio::test]
async fn a_device_may_not_leave_more_unfinished_than_is_good_for_the_disk() {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let open = |name: u8| {
        let hash = STANDARD.encode(BlobHash([name; 32]).to_string());
        let request = scanner.request(Method::POST, paths::ATTACHMENTS).header("upload-length", 256 << 20);
        request.header("upload-metadata", format!("blake3 {hash}"))
    };
    let mut last = String::new();
    for name in 1..=4 {
        last = header(&check(open(name), &[], 201).await, "location").expect("a location");
    }
    check(open(5), &[], 507).await;
    check(open(4), &[], 201).await;
    check(scanner.request(Method::DELETE, &last), &[], 204).await;
    check(open(5), &[], 201).await;
}

#[tokio::test]
async fn a_token_opens_uploads_for_a_day_and_nothing_else() {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let upload = scanner.open(b"hello world").await;
    let attachment = format!("{}/{}", paths::ATTACHMENTS, hash_of(b"hello world"));
    for (method, path) in
        [(Method::GET, attachment.as_str()), (Method::POST, paths::SYNC), (Method::POST, paths::UPLOAD_TOKEN)]
    {
        let refused = read::<()>(scanner.request(method, path).send().await.expect("an answer")).await;
        assert_eq!(refused, Err(FailureCode::BadSignature), "{path}");
    }
    let mut forged = scanner.token.clone().into_bytes();
    forged[50] ^= 1;
    let forged = format!("Bearer {}", String::from_utf8(forged).expect("still text"));
    check(scanner.request(Method::HEAD, &upload), &[("authorization", &forged)], 401).await;
    check(scanner.request(Method::HEAD, &upload), &[("authorization", "Bearer token")], 401).await;

    let other = Device::enrolled(2, &scanner.server, Role::Petugas, "81.71.02").await;
    let others = format!("Bearer {}", grant(&other, &scanner.server).await.token);
    check(scanner.request(Method::HEAD, &upload), &[("authorization", &others)], 404).await;

    let device = scanner.device.device_key();
    province.pass(DAY_MS - 1);
    check(scanner.request(Method::HEAD, &upload), &[], 200).await;
    scanner.server.province().revoke(device, RevocationReason::Unspecified).await.expect("revoked");
    check(scanner.request(Method::HEAD, &upload), &[], 403).await;
    province.pass(1);
    check(scanner.request(Method::HEAD, &upload), &[], 401).await;
}

/// `scripts/setup test` installs both clients.
async fn check_client(program: &str, arguments: &[&str]) {
    let province = Province::new();
    let scanner = Scanner::at(&province).await;
    let ca = province.folder.path().join("ca.pem");
    std::fs::write(&ca, scanner.server.province().ca_pem().expect("a certificate")).expect("written");
    let file = province.folder.path().join("pindaian.jpg");
    let bytes: Vec<u8> = (0..700_001_u32).map(|n| (n % 251) as u8).collect();
    std::fs::write(&file, &bytes).expect("written");

    let mut command = Command::new(program);
    command.args(arguments).arg(format!("{}{}", scanner.server.url(), paths::ATTACHMENTS));
    command.arg(&scanner.token).arg(&file);
    command.env("NODE_EXTRA_CA_CERTS", &ca).env("REQUESTS_CA_BUNDLE", &ca);
    let ran =
        tokio::task::spawn_blocking(move || command.output()).await.expect("run").expect("the client is installed");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8_lossy(&ran.stdout);
    let reached: Vec<u64> = said.split_whitespace().map(|number| number.parse().expect("a number")).collect();
    assert!(matches!(reached[..], [350_000..700_001, 700_001]), "{said}");

    let path = format!("{}/{}", paths::ATTACHMENTS, hash_of(&bytes));
    let whole = scanner.device.signed(&scanner.server, Method::GET, &path, Vec::new()).send().await.expect("an answer");
    assert_eq!(whole.bytes().await.expect("a body"), bytes);
}

fn project(path: &str) -> String {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path).display().to_string()
}

#[tokio::test]
async fn tus_js_client_uploads() {
    check_client("node", &[&project("tests/tus/upload.mjs")]).await;
}

#[tokio::test]
async fn tuspy_uploads() {
    check_client(&project("target/validators/bin/python"), &[&project("tests/tus/upload.py")]).await;
}
