use arumbae_domain::schema::BlobHash;
use arumbae_protocol::{Failure, FailureCode, Role, cbor, paths};
use arumbae_server::RunningServer;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use sha2::{Digest, Sha256};

use crate::device::Device;
use crate::fixture::Province;

fn photo(length: usize) -> (Vec<u8>, BlobHash) {
    let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
    let hash = BlobHash(*blake3::hash(&bytes).as_bytes());
    (bytes, hash)
}

async fn send(request: RequestBuilder) -> Response {
    request.header("tus-resumable", "1.0.0").send().await.expect("an answer")
}

async fn open(device: &Device, server: &RunningServer, hash: BlobHash, length: usize) -> Response {
    let request = device.signed(server, Method::POST, paths::ATTACHMENTS, Vec::new());
    let metadata = format!("filename Zm90by5qcGc=, blake3 {}", STANDARD.encode(hash.to_string()));
    send(request.header("upload-length", length).header("upload-metadata", metadata)).await
}

async fn append(device: &Device, server: &RunningServer, upload: &str, offset: usize, bytes: &[u8]) -> Response {
    let request = device.signed(server, Method::PATCH, upload, bytes.to_vec());
    let checksum = format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let typed = request.header("content-type", "application/offset+octet-stream");
    send(typed.header("upload-offset", offset).header("upload-checksum", checksum)).await
}

async fn download(device: &Device, server: &RunningServer, hash: BlobHash, range: Option<&str>) -> Response {
    let request = device.signed(server, Method::GET, &format!("{}/{hash}", paths::ATTACHMENTS), Vec::new());
    send(range.into_iter().fold(request, |request, range| request.header("range", range))).await
}

async fn offset_of(device: &Device, server: &RunningServer, upload: &str) -> String {
    let answer = send(device.signed(server, Method::HEAD, upload, Vec::new())).await;
    assert_eq!(answer.status(), StatusCode::OK);
    header(&answer, "upload-offset")
}

fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.status()));
    value.to_str().expect("readable").to_owned()
}

async fn code(answer: Response) -> FailureCode {
    cbor::from_bytes::<Failure>(&answer.bytes().await.expect("a body")).expect("a failure").code
}

#[tokio::test]
async fn an_upload_goes_on_where_it_was_cut_even_after_a_restart() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let (bytes, hash) = photo(300_000);
    let opened = open(&device, &server, hash, bytes.len()).await;
    assert_eq!(opened.status(), StatusCode::CREATED);
    assert_eq!(header(&opened, "tus-resumable"), "1.0.0");
    let upload = header(&opened, "location");
    let first = append(&device, &server, &upload, 0, &bytes[..100_000]).await;
    assert_eq!((first.status(), header(&first, "upload-offset")), (StatusCode::NO_CONTENT, "100000".to_owned()));
    server.stop().await.expect("stopped");

    let server = province.start().await;
    assert_eq!(offset_of(&device, &server, &upload).await, "100000");
    let again = open(&device, &server, hash, bytes.len()).await;
    assert_eq!(header(&again, "location"), upload, "a lost location is found again");
    assert_eq!(header(&again, "upload-offset"), "100000");
    let rest = append(&device, &server, &upload, 100_000, &bytes[100_000..]).await;
    assert_eq!(header(&rest, "upload-offset"), "300000");
    assert_eq!(offset_of(&device, &server, &upload).await, "300000", "the last answer may be lost, too");

    let whole = download(&device, &server, hash, None).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.bytes().await.expect("a body"), bytes);
}

#[tokio::test]
async fn a_download_goes_on_where_it_was_cut() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let (bytes, hash) = photo(5_000);
    let upload = header(&open(&device, &server, hash, bytes.len()).await, "location");
    append(&device, &server, &upload, 0, &bytes).await;

    let cases: [(&str, &str, &[u8]); 3] = [
        ("bytes=4000-", "bytes 4000-4999/5000", &bytes[4000..]),
        ("bytes=10-19", "bytes 10-19/5000", &bytes[10..20]),
        ("bytes=4990-9999", "bytes 4990-4999/5000", &bytes[4990..]),
    ];
    for (range, described, expected) in cases {
        let part = download(&device, &server, hash, Some(range)).await;
        assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(header(&part, "content-range"), described);
        assert_eq!(part.bytes().await.expect("a body"), expected);
    }
    let beyond = download(&device, &server, hash, Some("bytes=5000-")).await;
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    let unreadable = download(&device, &server, hash, Some("bytes=9-1")).await;
    assert_eq!(unreadable.status(), StatusCode::OK, "a range that says nothing is answered with the whole");
    let unknown = download(&device, &server, BlobHash([1; 32]), None).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let stranger = Device::new(9);
    assert_eq!(code(download(&stranger, &server, hash, None).await).await, FailureCode::UnknownDevice);
}

#[tokio::test]
async fn what_is_not_as_promised_is_refused() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let (bytes, hash) = photo(1_000);
    let upload = header(&open(&device, &server, hash, bytes.len()).await, "location");

    let early = append(&device, &server, &upload, 10, &bytes[10..]).await;
    assert_eq!((early.status(), code(early).await), (StatusCode::CONFLICT, FailureCode::OffsetMismatch));

    let request = device.signed(&server, Method::PATCH, &upload, bytes.clone());
    let other_sum = format!("sha256 {}", STANDARD.encode(Sha256::digest(b"other")));
    let typed = request.header("content-type", "application/offset+octet-stream");
    let wrong_sum = send(typed.header("upload-offset", 0).header("upload-checksum", other_sum)).await;
    assert_eq!((wrong_sum.status().as_u16(), code(wrong_sum).await), (460, FailureCode::ChecksumMismatch));
    assert_eq!(offset_of(&device, &server, &upload).await, "0", "a damaged chunk is not kept");

    let long = append(&device, &server, &upload, 0, &[bytes.clone(), vec![0]].concat()).await;
    assert_eq!(code(long).await, FailureCode::TooLarge);

    let other_content = append(&device, &server, &upload, 0, &vec![0; bytes.len()]).await;
    assert_eq!(code(other_content).await, FailureCode::ChecksumMismatch);
    assert_eq!(offset_of(&device, &server, &upload).await, "0", "what is not the attachment starts again");
    append(&device, &server, &upload, 0, &bytes).await;
    assert_eq!(download(&device, &server, hash, None).await.status(), StatusCode::OK);

    let huge = open(&device, &server, hash, 1 << 40).await;
    assert_eq!(code(huge).await, FailureCode::TooLarge);
}

#[tokio::test]
async fn devices_do_not_disturb_each_others_uploads() {
    let province = Province::new();
    let server = province.start().await;
    let (one, two) = (
        Device::enrolled(1, &server, Role::Petugas, "81.71.01").await,
        Device::enrolled(2, &server, Role::Petugas, "81.71.01").await,
    );
    let (bytes, hash) = photo(1_000);
    let first = header(&open(&one, &server, hash, bytes.len()).await, "location");
    let second = header(&open(&two, &server, hash, bytes.len()).await, "location");
    assert_eq!(first, second, "the name says what, the signature whose");
    append(&one, &server, &first, 0, &[0; 500]).await;
    append(&two, &server, &second, 0, &bytes).await;
    assert_eq!(offset_of(&one, &server, &first).await, "1000", "the attachment is there, whoever brought it");
}

#[tokio::test]
async fn an_upload_can_be_given_up() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let (_, hash) = photo(1_000);
    let upload = header(&open(&device, &server, hash, 1_000).await, "location");
    let gone = send(device.signed(&server, Method::DELETE, &upload, Vec::new())).await;
    assert_eq!(gone.status(), StatusCode::NO_CONTENT);
    let asked = send(device.signed(&server, Method::HEAD, &upload, Vec::new())).await;
    assert_eq!(asked.status(), StatusCode::NOT_FOUND);
}
