//! Exchanges that are cut: what arrived, in either direction, does not travel again.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use arumbae_protocol::http_signature::BodyDigest;
use arumbae_protocol::sync::UPLOAD_OFFSET;
use arumbae_protocol::{Failure, FailureCode, Role, SyncResponse, cbor, paths};
use arumbae_server::RunningServer;
use arumbae_signing::revocation::RevocationReason;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::{Body, Method, Response, StatusCode};

use crate::device::{Device, read};
use crate::fixture::Province;

/// A body whose connection is cut after its first bytes.
struct BrokenOff {
    rest: Option<Bytes>,
    promised: u64,
    /// How often it says that there is nothing yet, so that what there was leaves before the cut.
    pauses: u32,
}

impl http_body::Body for BrokenOff {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(part) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(part))));
        }
        if self.pauses == 0 {
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())));
        }
        self.pauses -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}

/// A request body, as large as a morning's work.
fn body_of(device: &Device) -> Vec<u8> {
    let mut end = device.lane("81.71.01");
    let segments: Vec<_> = (0..20).map(|_| device.seal(&mut end, 5)).collect();
    cbor::to_bytes(&device.request(&segments.iter().collect::<Vec<_>>()))
}

fn path_of(body: &[u8]) -> String {
    format!("{}/{}", paths::SYNC, BodyDigest::of(body))
}

/// Sends the first bytes of a request. How much of them leaves before the cut is the system's to decide, so it is done
/// until all did.
async fn send_and_be_cut(device: &Device, server: &RunningServer, body: &[u8], kept: usize) {
    loop {
        let request = device.signed(server, Method::POST, paths::SYNC, body.to_vec());
        let rest = Some(Bytes::copy_from_slice(&body[..kept]));
        let broken = BrokenOff { rest, promised: body.len() as u64, pauses: 100 };
        request.body(Body::wrap(broken)).send().await.expect_err("cut");
        let held = header(&look(device, server, body, None).await, UPLOAD_OFFSET);
        if held == kept.to_string() {
            return;
        }
        assert_eq!(held, "0", "a cut leaves whole records");
    }
}

async fn look(device: &Device, server: &RunningServer, body: &[u8], range: Option<(usize, &str)>) -> Response {
    let mut request = device.signed(server, Method::GET, &path_of(body), Vec::new());
    if let Some((first, tag)) = range {
        request = request.header("range", format!("bytes={first}-")).header("if-range", tag);
    }
    request.send().await.expect("an answer")
}

async fn send_rest(device: &Device, server: &RunningServer, body: &[u8], offset: usize) -> Response {
    let request = device.signed(server, Method::PATCH, &path_of(body), body[offset..].to_vec());
    request.header(UPLOAD_OFFSET, offset).send().await.expect("an answer")
}

#[track_caller]
fn header(answer: &Response, name: &str) -> String {
    let value = answer.headers().get(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.status()));
    value.to_str().expect("readable").to_owned()
}

async fn check_offset(device: &Device, server: &RunningServer, body: &[u8], expected: usize) {
    let answer = look(device, server, body, None).await;
    assert_eq!((answer.status(), header(&answer, UPLOAD_OFFSET)), (StatusCode::NO_CONTENT, expected.to_string()));
}

async fn check_refused(answer: Response, expected: FailureCode) {
    let failure: Failure = cbor::from_bytes(&answer.bytes().await.expect("a body")).expect("a failure");
    assert_eq!(failure.code, expected);
}

#[tokio::test]
async fn a_request_goes_on_where_it_was_cut() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let body = body_of(&device);
    check_offset(&device, &server, &body, 0).await;
    send_and_be_cut(&device, &server, &body, 700).await;
    check_refused(send_rest(&device, &server, &body, 701).await, FailureCode::OffsetMismatch).await;
    check_offset(&device, &server, &body, 700).await;
    let answer: SyncResponse = read(send_rest(&device, &server, &body, 700).await).await.expect("answered");
    assert_eq!(answer.receipts.len(), 20);
    check_refused(send_rest(&device, &server, &body, body.len()).await, FailureCode::OffsetMismatch).await;
}

#[tokio::test]
async fn an_answer_goes_on_where_it_was_cut() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let body = body_of(&device);
    let first = device.signed(&server, Method::POST, paths::SYNC, body.clone()).send().await.expect("an answer");
    let tag = header(&first, "etag");
    let whole = first.bytes().await.expect("a body");

    let rest = look(&device, &server, &body, Some((100, &tag))).await;
    assert_eq!(rest.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(header(&rest, "content-range"), format!("bytes 100-{}/{}", whole.len() - 1, whole.len()));
    assert_eq!(header(&rest, "etag"), tag);
    assert_eq!(rest.bytes().await.expect("a body"), whole.slice(100..));
    let other = look(&device, &server, &body, Some((100, "\"another\""))).await;
    assert_eq!((other.status(), other.bytes().await.expect("a body")), (StatusCode::OK, whole.clone()));
    let again = look(&device, &server, &body, None).await;
    assert_eq!((again.status(), again.bytes().await.expect("a body")), (StatusCode::OK, whole));

    device.push(&server, &[]).await;
    check_offset(&device, &server, &body, 0).await;
}

#[tokio::test]
async fn what_is_kept_is_the_devices_own_and_ends_with_its_rights_and_with_the_process() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let colleague = Device::enrolled(2, &server, Role::Petugas, "81.71.01").await;
    let body = body_of(&device);
    let answered = device.signed(&server, Method::POST, paths::SYNC, body.clone()).send().await.expect("an answer");
    assert_eq!(answered.status(), StatusCode::OK);
    check_offset(&colleague, &server, &body, 0).await;

    // The registry moves: rights may have ended with it.
    Device::enrolled(3, &server, Role::Petugas, "81.72.01").await;
    check_offset(&device, &server, &body, 0).await;

    let answered = device.signed(&server, Method::POST, paths::SYNC, body.clone()).send().await.expect("an answer");
    assert_eq!(answered.status(), StatusCode::OK);
    server.province().revoke(device.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    check_refused(look(&device, &server, &body, None).await, FailureCode::RevokedDevice).await;

    server.stop().await.expect("stopped");
    let server = province.start().await;
    check_offset(&colleague, &server, &body, 0).await;
}

#[tokio::test]
async fn parts_are_signed_and_count_once() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let body = body_of(&device);
    let (path, rest) = (path_of(&body), body.clone());
    let fresh = device.fresh(server.province().info().server_time_ms);
    let question = || device.signed_as(&server, Method::GET, &path, Vec::new(), fresh).send();
    assert_eq!(question().await.expect("an answer").status(), StatusCode::NO_CONTENT);
    check_refused(question().await.expect("an answer"), FailureCode::ReplayedRequest).await;

    // Signed for another exchange.
    let mut moved = device.signed(&server, Method::PATCH, &path, rest).build().expect("a request");
    moved.url_mut().set_path(&path_of(b"another"));
    let answer = crate::device::client(&server).execute(moved).await.expect("an answer");
    check_refused(answer, FailureCode::BadSignature).await;

    // A whole that is not what its name says.
    send_and_be_cut(&device, &server, &body, 10).await;
    let wrong = device.signed(&server, Method::PATCH, &path, b"something else".to_vec());
    let answer = wrong.header(UPLOAD_OFFSET, 10).send().await.expect("an answer");
    check_refused(answer, FailureCode::ChecksumMismatch).await;
    check_offset(&device, &server, &body, 0).await;
    device.push(&server, &[]).await;
}
