//! A device or a stranger that does the server harm: done for real over loopback, each attack bounded.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{FailureCode, NoticeCode, Parcel, Role, SyncRequest, SyncResponse, cbor, paths};
use arumbae_server::{Allowance, Limits, Pace, RunningServer};
use bytes::Bytes;
use reqwest::{Method, StatusCode, header};
use rusqlite::Connection;
use serde_bytes::ByteBuf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::device::{Device, client, client_tls, read, unsigned};
use crate::fixture::{Province, invite};

const SCOPE: &str = "81.71.01";

/// Nothing here lasts so long; an attack that does has not been met.
const TOO_LONG: Duration = Duration::from_secs(30);

/// So many, and no more as long as the test lasts.
fn only(burst: u32) -> Allowance {
    Allowance { burst: burst.try_into().expect("some"), every: Duration::from_secs(3600) }
}

async fn start(province: &mut Province, limits: Limits) -> RunningServer {
    province.limits = limits;
    province.start().await
}

#[track_caller]
fn check_spared(response: &reqwest::Response, expected: StatusCode) {
    assert_eq!(response.status(), expected);
    let pause = response.headers().get(header::RETRY_AFTER).and_then(|pause| pause.to_str().ok()?.parse::<u64>().ok());
    assert!(pause.is_some_and(|seconds| seconds >= 1), "it says when to come back: {pause:?}");
}

#[tokio::test]
async fn a_device_has_its_share_and_no_more() {
    let mut province = Province::new();
    let server = start(&mut province, Limits { device_requests: only(3), ..Limits::default() }).await;
    let greedy = Device::enrolled(1, &server, Role::Petugas, SCOPE).await;
    let other = Device::enrolled(2, &server, Role::Petugas, SCOPE).await;
    for _ in 0..3 {
        greedy.push(&server, &[]).await;
    }
    let body = cbor::to_bytes(&greedy.request(&[]));
    let refused = greedy.signed(&server, Method::POST, paths::SYNC, body).send().await.expect("an answer");
    check_spared(&refused, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(read::<SyncResponse>(refused).await.map(|_| ()), Err(FailureCode::TooManyRequests));
    other.push(&server, &[]).await;
}

#[tokio::test]
async fn a_device_sends_its_share_of_bytes() {
    let mut province = Province::new();
    let server = start(&mut province, Limits { device_kib: only(64), ..Limits::default() }).await;
    let device = Device::enrolled(1, &server, Role::Petugas, SCOPE).await;
    let send = |bytes: usize| device.signed(&server, Method::POST, paths::SYNC, vec![0; bytes]).send();
    assert_eq!(send(60 << 10).await.expect("an answer").status(), StatusCode::BAD_REQUEST, "read, and no CBOR");
    check_spared(&send(60 << 10).await.expect("an answer"), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn strangers_of_one_address_share_what_devices_do_not_need() {
    let mut province = Province::new();
    let server = start(&mut province, Limits { guest_requests: only(4), ..Limits::default() }).await;
    let device = Device::enrolled(1, &server, Role::Petugas, SCOPE).await;
    for path in [paths::INFO, "/v1/nowhere", "/healthz"] {
        unsigned(&server, Method::GET, path).send().await.expect("an answer");
    }
    let stranger = Device::new(9);
    let refused = stranger.sync(&server, &stranger.request(&[])).await;
    assert_eq!(refused.map(|_| ()), Err(FailureCode::UnknownDevice));
    for path in [paths::INFO, "/v1/nowhere"] {
        let refused = unsigned(&server, Method::GET, path).send().await.expect("an answer");
        check_spared(&refused, StatusCode::TOO_MANY_REQUESTS);
    }
    device.push(&server, &[]).await;
}

#[tokio::test]
async fn invitations_are_not_guessed_at() {
    let mut province = Province::new();
    let server = start(&mut province, Limits { enrolments: only(5), ..Limits::default() }).await;
    let genuine = invite(&server, Role::Petugas, SCOPE).await;
    for guess in 0..5 {
        let token = arumbae_protocol::InvitationToken([guess; 16]);
        let guessed = arumbae_protocol::Invitation { token, ..genuine.clone() };
        let outcome = Device::new(guess + 1).enrol(&server, &guessed).await;
        assert_eq!(outcome.map(|_| ()), Err(FailureCode::UnknownInvitation));
    }
    let outcome = Device::new(9).enrol(&server, &genuine).await;
    assert_eq!(outcome.map(|_| ()), Err(FailureCode::TooManyRequests), "the right one is no longer told from others");
}

/// A TLS connection without a word of HTTP.
async fn connect(server: &RunningServer, alpn: &[u8]) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = client_tls(server);
    config.alpn_protocols = vec![alpn.to_vec()];
    let stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server.address().port()))).await?;
    TlsConnector::from(Arc::new(config)).connect("localhost".try_into().expect("a name"), stream).await
}

/// Waits until the server ends a connection, and says what it still said.
#[track_caller]
fn check_ended(said: Result<std::io::Result<usize>, tokio::time::error::Elapsed>) {
    assert!(said.is_ok(), "the server must end it by itself");
}

#[tokio::test]
async fn one_address_has_so_many_connections() {
    let mut province = Province::new();
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let server = start(&mut province, limits).await;
    let first = connect(&server, b"http/1.1").await.expect("the first");
    let second = connect(&server, b"http/1.1").await.expect("the second");
    assert!(connect(&server, b"http/1.1").await.is_err(), "the third is closed before TLS begins");
    drop((first, second));
    // That a connection is closed reaches the server when it does; new ones are tried until then.
    let freed = async { while connect(&server, b"http/1.1").await.is_err() {} };
    assert!(timeout(TOO_LONG, freed).await.is_ok(), "a place that was left is free again");
}

#[tokio::test]
async fn whoever_says_nothing_is_not_waited_for() {
    let mut province = Province::new();
    let limits =
        Limits { handshake: Duration::from_millis(200), idle: Duration::from_millis(200), ..Limits::default() };
    let server = start(&mut province, limits).await;
    let mut silent = TcpStream::connect(("127.0.0.1", server.address().port())).await.expect("connected");
    check_ended(timeout(TOO_LONG, silent.read(&mut [0; 1])).await);

    for (alpn, head) in
        [(b"http/1.1".as_slice(), b"POST /v1/sync HTTP/1.1\r\nhost: local".as_slice()), (b"h2", b"PRI * HT")]
    {
        let mut slow = connect(&server, alpn).await.expect("connected");
        let trickle = async {
            for byte in head.iter().cycle() {
                if slow.write_all(&[*byte]).await.is_err() || slow.flush().await.is_err() {
                    break;
                }
                if timeout(Duration::from_millis(20), slow.read(&mut [0; 1024]))
                    .await
                    .is_ok_and(|read| read.is_ok_and(|read| read == 0))
                {
                    break;
                }
            }
        };
        assert!(timeout(TOO_LONG, trickle).await.is_ok(), "the head never ends, the connection does");
    }
}

#[tokio::test]
async fn a_body_that_trickles_in_is_given_up() {
    let mut province = Province::new();
    let pace = Pace { span: Duration::from_millis(300), bytes: 1000 };
    let server = start(&mut province, Limits { pace, ..Limits::default() }).await;
    let mut slow = connect(&server, b"http/1.1").await.expect("connected");
    slow.write_all(b"POST /v1/enrol HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000\r\n\r\n").await.expect("sent");
    let mut said = Vec::new();
    let trickle = async {
        loop {
            if slow.write_all(b"x").await.is_err() || slow.flush().await.is_err() {
                break;
            }
            let mut buffer = [0; 1024];
            match timeout(Duration::from_millis(20), slow.read(&mut buffer)).await {
                Ok(Ok(read)) if read > 0 => said.extend_from_slice(&buffer[..read]),
                Ok(_) => break,
                Err(_) => {}
            }
        }
    };
    assert!(timeout(TOO_LONG, trickle).await.is_ok(), "the server ends it by itself");
    assert!(said.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn a_head_has_its_size() {
    let province = Province::new();
    let server = province.start().await;
    let long = "x".repeat(100 << 10);
    let answer = unsigned(&server, Method::GET, paths::INFO).header("x-long", long).send().await;
    let refused = match answer {
        Ok(answer) => answer.status() == StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Err(error) => !error.is_timeout(),
    };
    assert!(refused, "100 KiB are no head");
    assert!(unsigned(&server, Method::GET, paths::INFO).send().await.is_ok(), "others are served");
}

async fn http2(
    server: &RunningServer,
    window: u32,
) -> (h2::client::SendRequest<Bytes>, tokio::task::JoinHandle<Result<(), h2::Error>>, h2::PingPong) {
    let stream = connect(server, b"h2").await.expect("connected");
    let (sending, mut connection) =
        h2::client::Builder::new().initial_window_size(window).handshake(stream).await.expect("HTTP/2");
    let ping = connection.ping_pong().expect("pings");
    (sending, tokio::spawn(connection), ping)
}

fn get_info(server: &RunningServer) -> http::Request<()> {
    http::Request::get(format!("{}{}", server.url(), paths::INFO)).body(()).expect("a request")
}

#[tokio::test]
async fn streams_opened_and_reset_keep_nobody_else_waiting() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, SCOPE).await;
    let (sending, connection, _ping) = http2(&server, 65_535).await;
    let attack = async {
        for _ in 0..20_000 {
            let Ok(mut ready) = sending.clone().ready().await else { return };
            let Ok((_response, mut stream)) = ready.send_request(get_info(&server), false) else { return };
            stream.send_reset(h2::Reason::CANCEL);
        }
    };
    let exchanges = async {
        for _ in 0..20 {
            device.push(&server, &[]).await;
        }
    };
    let both = async { tokio::join!(attack, exchanges) };
    timeout(TOO_LONG, both).await.expect("every exchange is answered meanwhile");
    connection.abort();
}

#[tokio::test]
async fn a_window_that_stays_shut_does_not_hold_an_answer_for_ever() {
    let mut province = Province::new();
    let limits = Limits { stall: Duration::from_millis(400), idle: Duration::from_millis(400), ..Limits::default() };
    let server = start(&mut province, limits).await;
    let (sending, connection, mut ping) = http2(&server, 0).await;
    let mut ready = sending.ready().await.expect("ready");
    let (response, _stream) = ready.send_request(get_info(&server), true).expect("sent");
    let mut held = response.await.expect("the head comes").into_body();
    // Signs of life that carry nothing.
    let pings = async { while ping.ping(h2::Ping::opaque()).await.is_ok() {} };
    timeout(TOO_LONG, pings).await.expect("the connection ends in spite of them");
    assert!(held.data().await.is_none_or(|data| data.is_err()), "nothing was taken");
    timeout(TOO_LONG, connection).await.expect("ended").expect("no panic").ok();
}

#[tokio::test]
async fn an_http2_connection_has_so_many_streams() {
    let province = Province::new();
    let server = province.start().await;
    let stream = connect(&server, b"h2").await.expect("connected");
    let (mut sending, connection) = h2::client::Builder::new().handshake::<_, Bytes>(stream).await.expect("HTTP/2");
    let connection = tokio::spawn(async move {
        let mut connection = connection;
        let settled = std::future::poll_fn(|context| {
            let _ = std::pin::Pin::new(&mut connection).poll(context);
            match connection.max_concurrent_send_streams() {
                usize::MAX => std::task::Poll::Pending,
                streams => std::task::Poll::Ready(streams),
            }
        });
        settled.await
    });
    let (response, _) = sending.send_request(get_info(&server), true).expect("sent");
    let streams = timeout(TOO_LONG, connection).await.expect("settings").expect("no panic");
    assert_eq!(streams, Limits::default().streams as usize);
    drop(response);
}

/// Holds the database's write lock, so that what writes takes as long as the test likes.
fn occupy(province: &Province) -> Connection {
    let database = Connection::open(province.config().data_dir.join("arumbae.db")).expect("the database");
    database.execute_batch("BEGIN IMMEDIATE").expect("locked");
    database
}

async fn until_working(server: &RunningServer, expected: u32) {
    let address = server.metrics_address().expect("metrics are served");
    let expected = format!("arumbae_requests_working {expected}\n");
    let polled = async {
        loop {
            let text =
                client(server).get(format!("http://{address}/metrics")).send().await.expect("metrics").text().await;
            if text.expect("text").contains(&expected) {
                return;
            }
        }
    };
    timeout(TOO_LONG, polled).await.expect("it comes to that");
}

#[tokio::test]
async fn with_too_much_to_do_the_server_says_so_and_still_answers_what_is_light() {
    let mut province = Province::new();
    province.metrics = true;
    let limits = Limits { working: 1, waiting: 0, ..Limits::default() };
    let server = Arc::new(start(&mut province, limits).await);
    let device = Arc::new(Device::enrolled(1, &server, Role::Petugas, SCOPE).await);
    let segment = device.seal(&mut device.lane(SCOPE), 1);
    let held = occupy(&province);
    let first = tokio::spawn({
        let (server, device) = (Arc::clone(&server), Arc::clone(&device));
        async move { device.sync(&server, &device.request(&[&segment])).await }
    });
    until_working(&server, 1).await;
    let body = cbor::to_bytes(&device.request(&[]));
    let refused = device.signed(&server, Method::POST, paths::SYNC, body).send().await.expect("an answer");
    check_spared(&refused, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(read::<SyncResponse>(refused).await.map(|_| ()), Err(FailureCode::Busy));
    let light = unsigned(&server, Method::GET, paths::INFO).send().await.expect("an answer");
    assert_eq!(light.status(), StatusCode::OK);
    held.execute_batch("ROLLBACK").expect("released");
    let response = first.await.expect("no panic").expect("served in the end");
    assert_eq!(response.receipts.len(), 1, "and nothing was lost");
}

#[tokio::test]
async fn a_server_that_stops_finishes_what_is_under_way() {
    let mut province = Province::new();
    province.metrics = true;
    let server = start(&mut province, Limits::default()).await;
    let device = Arc::new(Device::enrolled(1, &server, Role::Petugas, SCOPE).await);
    let segment = device.seal(&mut device.lane(SCOPE), 1);
    let held = occupy(&province);
    let body = cbor::to_bytes(&device.request(&[&segment]));
    let under_way = tokio::spawn(device.signed(&server, Method::POST, paths::SYNC, body).send());
    until_working(&server, 1).await;
    let address = server.address();
    let stopping = tokio::spawn(server.stop());
    let refused = async { while TcpStream::connect(address).await.is_ok() {} };
    timeout(TOO_LONG, refused).await.expect("nobody new is let in");
    held.execute_batch("ROLLBACK").expect("released");
    let response = under_way.await.expect("no panic").expect("an answer");
    assert_eq!(read::<SyncResponse>(response).await.expect("served").receipts.len(), 1);
    stopping.await.expect("no panic").expect("stopped");
}

#[tokio::test]
async fn a_server_that_stops_waits_no_longer_than_its_limit() {
    let mut province = Province::new();
    province.metrics = true;
    let server = start(&mut province, Limits { grace: Duration::from_millis(200), ..Limits::default() }).await;
    let mut held = connect(&server, b"http/1.1").await.expect("connected");
    held.write_all(b"POST /v1/enrol HTTP/1.1\r\nhost: localhost\r\ncontent-length: 60000\r\n\r\n").await.expect("sent");
    timeout(TOO_LONG, server.stop()).await.expect("it does not wait for ever").expect("stopped");
    check_ended(timeout(TOO_LONG, held.read(&mut [0; 1])).await);
}

/// `length` zeros behind the codec and the dictionary that all squeezed bytes begin with; 64 MiB take 2 KiB.
fn bomb(length: usize) -> Vec<u8> {
    arumbae_mergelog::compression::compress(&vec![0; length])
}

#[tokio::test]
async fn bombs_do_not_go_off() {
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, SCOPE).await;
    let bomb = bomb(64 << 20);
    assert!(bomb.len() < MAX_SEGMENT / 256, "a small thing that grows large: {}", bomb.len());
    let segments = vec![ByteBuf::from(bomb.clone()); 100];
    let request = SyncRequest { segments, ..device.request(&[]) };
    let response = device.sync(&server, &request).await.expect("answered");
    assert!(response.quarantine.iter().all(|notice| notice.code == NoticeCode::Unreadable));
    assert_eq!(response.quarantine.len(), 100, "each is refused by itself");

    let parcel = Parcel { scope: SCOPE.parse().expect("a scope"), base: Default::default(), bytes: bomb };
    let request = SyncRequest { parcels: vec![parcel; 10], takes_parcels: true, ..device.request(&[]) };
    assert!(device.sync(&server, &request).await.expect("answered").unpack_failed, "nothing is taken from any");

    // What is within the limit of one segment is not within that of a request.
    let full = arumbae_mergelog::compression::compress(&vec![0; MAX_SEGMENT]);
    let request = SyncRequest { segments: vec![ByteBuf::from(full); 200], ..device.request(&[]) };
    let outcome = device.sync(&server, &request).await;
    assert_eq!(outcome.map(|_| ()), Err(FailureCode::TooLarge), "800 MiB are not held at once");

    let squeezed = unsigned(&server, Method::POST, paths::ENROL).header(header::CONTENT_ENCODING, "zstd");
    let outcome =
        read::<SyncResponse>(squeezed.body(vec![0x28, 0xb5, 0x2f, 0xfd]).send().await.expect("an answer")).await;
    assert_eq!(outcome.map(|_| ()), Err(FailureCode::MalformedBody), "no body is unpacked on the way in");
}
