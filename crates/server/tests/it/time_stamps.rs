//! Time stamps over HTTP.

use arumbae_protocol::paths;
use arumbae_server::RunningServer;
use arumbae_signing::time_stamp::{
    Refusal, TimeStamp, TimeStampError, read_reply, time_stamp_query, verify_time_stamp,
};
use arumbae_signing::trust::TrustStore;
use http::{Method, StatusCode, header};

use crate::device::unsigned;
use crate::fixture::{DAY_MS, Province, START_MS};

const DIGEST: [u8; 32] = [0x5a; 32];

async fn ask(server: &RunningServer, query: Vec<u8>, media_type: &str) -> (StatusCode, String, Vec<u8>) {
    let request = unsigned(server, Method::POST, paths::TIME_STAMP).header(header::CONTENT_TYPE, media_type);
    let answer = request.body(query).send().await.expect("an answer");
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let (status, kind) = (answer.status(), kind.to_owned());
    (status, kind, answer.bytes().await.expect("a body").to_vec())
}

async fn stamp(server: &RunningServer, nonce: u64) -> Result<TimeStamp, TimeStampError> {
    let query = time_stamp_query(&DIGEST, nonce).expect("a query");
    let (status, kind, reply) = ask(server, query.clone(), "application/timestamp-query").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/timestamp-reply"));
    let token = read_reply(&reply, &query)?;
    let mut trust = TrustStore::default();
    trust.add_der(server.province().ca_der()).expect("the root");
    let at = jiff::Timestamp::from_millisecond(server.province().info().server_time_ms as i64).expect("a time");
    verify_time_stamp(&token, &DIGEST, &trust, at)
}

fn refused(outcome: Result<TimeStamp, TimeStampError>) -> Option<Refusal> {
    match outcome {
        Err(TimeStampError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn anyone_gets_a_stamp_and_each_its_own_number() {
    let province = Province::new();
    let server = province.start().await;
    let first = stamp(&server, 1).await.expect("a stamp");
    assert_eq!(first.at.as_millisecond() as u64, START_MS);
    assert_eq!(first.authority.office, "Bawaslu Provinsi CONTOH");
    assert_eq!(first.serial.len(), 32, "random, so that no crash can repeat one");
    let second = stamp(&server, 1).await.expect("a stamp");
    assert_ne!(first.serial, second.serial, "the same query again");
}

#[tokio::test]
async fn a_clock_that_was_set_back_stamps_nothing() {
    let province = Province::new();
    let server = province.start().await;
    province.pass(DAY_MS);
    stamp(&server, 1).await.expect("a stamp");
    province.now_ms.fetch_sub(2 * 60 * 1000, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(refused(stamp(&server, 2).await), Some(Refusal::TimeNotAvailable));
    server.stop().await.expect("stopped");
    let server = province.start().await;
    assert_eq!(refused(stamp(&server, 3).await), Some(Refusal::TimeNotAvailable), "a restart makes it no truer");
    province.pass(2 * 60 * 1000);
    stamp(&server, 4).await.expect("a stamp, now that the clock is right again");
}

#[tokio::test]
async fn what_is_no_query_is_told_so() {
    let province = Province::new();
    let server = province.start().await;
    let query = time_stamp_query(&DIGEST, 1).expect("a query");
    let (status, ..) = ask(&server, query, "application/cbor").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, ..) = ask(&server, vec![0x30; 8 * 1024], "application/timestamp-query").await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    let (status, _, reply) = ask(&server, b"bukan kueri".to_vec(), "application/timestamp-query").await;
    let outcome = read_reply(&reply, b"bukan kueri");
    assert_eq!(status, StatusCode::OK, "the reply says what is wrong");
    assert!(matches!(outcome, Err(TimeStampError::Refused(Some(Refusal::BadDataFormat)))));
}
