use arumbae_protocol::http_signature::Freshness;
use arumbae_protocol::sync::MAX_SYNC_BODY;
use arumbae_protocol::{Failure, FailureCode, Role, SyncRequest, SyncResponse, cbor, paths};
use reqwest::{Method, StatusCode};

use crate::device::{Device, client, read, unsigned};
use crate::fixture::{Province, START_MS};

#[track_caller]
fn check_refused(outcome: Result<SyncResponse, FailureCode>, expected: FailureCode) {
    assert_eq!(outcome.map(|_| ()), Err(expected));
}

#[tokio::test]
async fn a_request_counts_once_and_only_in_its_time() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let body = cbor::to_bytes(&device.request(&[]));
    province.pass(600_000);
    let send = |freshness: Freshness| {
        let request = device.signed_as(&server, Method::POST, paths::SYNC, body.clone(), freshness);
        async move { read::<SyncResponse>(request.send().await.expect("an answer")).await }
    };
    let fresh = device.fresh(START_MS + 600_000);
    send(fresh).await.expect("a fresh request");
    check_refused(send(fresh).await, FailureCode::ReplayedRequest);
    check_refused(send(device.fresh(START_MS)).await, FailureCode::StaleRequest);
    check_refused(send(device.fresh(0)).await, FailureCode::StaleRequest);
    let in_2099 = 4_070_908_800_000;
    check_refused(send(device.fresh(in_2099)).await, FailureCode::StaleRequest);
}

#[tokio::test]
async fn a_wrong_clock_learns_the_right_time() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let body = cbor::to_bytes(&device.request(&[]));
    let request = device.signed_as(&server, Method::POST, paths::SYNC, body, device.fresh(0));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    let failure: Failure = cbor::from_bytes(&answer.bytes().await.expect("a body")).expect("a failure");
    assert_eq!((failure.code, failure.server_time_ms), (FailureCode::StaleRequest, START_MS));
    assert_eq!(failure.reference.len(), 8, "a reference to find it by in the log");
}

#[tokio::test]
async fn strangers_and_the_unsigned_are_refused() {
    let province = Province::new();
    let server = province.start().await;
    let stranger = Device::new(9);
    check_refused(stranger.sync(&server, &stranger.request(&[])).await, FailureCode::UnknownDevice);

    let body = cbor::to_bytes(&SyncRequest::default());
    let bare = unsigned(&server, Method::POST, paths::SYNC).body(body.clone());
    check_refused(read(bare.send().await.expect("an answer")).await, FailureCode::BadSignature);

    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut moved = device.signed(&server, Method::POST, paths::ENROL, body.clone()).build().expect("a request");
    moved.url_mut().set_path(paths::SYNC);
    let answer = client(&server).execute(moved).await.expect("an answer");
    check_refused(read(answer).await, FailureCode::BadSignature);
}

#[tokio::test]
async fn bad_and_oversized_bodies_are_refused_and_the_server_goes_on() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let send = |body: Vec<u8>| {
        let request = device.signed(&server, Method::POST, paths::SYNC, body);
        async move { read::<SyncResponse>(request.send().await.expect("an answer")).await }
    };
    let mut followed = cbor::to_bytes(&SyncRequest::default());
    followed.push(0);
    for body in [vec![], b"not CBOR".to_vec(), vec![0x9f; 10_000], followed] {
        check_refused(send(body).await, FailureCode::MalformedBody);
    }
    check_refused(send(vec![0; MAX_SYNC_BODY + 1]).await, FailureCode::TooLarge);

    let enrol = unsigned(&server, Method::POST, paths::ENROL).body(vec![0xa0; 200]);
    check_refused(read(enrol.send().await.expect("an answer")).await, FailureCode::MalformedBody);
    device.push(&server, &[]).await;
}
