//! What an operator sees of a server: health, metrics, logs.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use arumbae_protocol::{FailureCode, Role, ShortCode, cbor, paths};
use arumbae_server::log::{self, LogFormat};
use arumbae_signing::revocation::RevocationReason;
use reqwest::{Method, StatusCode};
use rusqlite::Connection;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::device::{Device, client, tls_pinning, unsigned};
use crate::fixture::{DAY_MS, Province};

async fn ask(server: &arumbae_server::RunningServer, path: &str) -> (StatusCode, String) {
    let answer = unsigned(server, Method::GET, path).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("text"))
}

#[tokio::test]
async fn a_server_says_whether_it_can_work_and_what_it_lacks() {
    let province = Province::on_a_file();
    let server = province.start().await;
    let ready = |lacking: &str| {
        let named = ["database", "disk", "clock", "keys"].map(|name| format!("\"{name}\":{}", name != lacking));
        format!("{{{}}}", named.join(","))
    };
    assert_eq!(ask(&server, "/healthz").await.0, StatusCode::OK);
    assert_eq!(ask(&server, "/readyz").await, (StatusCode::OK, ready("nothing")));

    let now_ms = province.now_ms.load(std::sync::atomic::Ordering::SeqCst);
    province.now_ms.store(now_ms - DAY_MS, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(ask(&server, "/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, ready("clock")));
    province.pass(DAY_MS);

    let keys = province.config().data_dir.join("keys");
    std::fs::rename(&keys, province.folder.path().join("aside")).expect("moved");
    assert_eq!(ask(&server, "/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, ready("keys")));
    std::fs::rename(province.folder.path().join("aside"), &keys).expect("moved back");

    let database = Connection::open(province.config().data_dir.join("arumbae.db")).expect("the database");
    database.execute_batch("ALTER TABLE registry RENAME TO gone").expect("renamed");
    let (status, said) = ask(&server, "/readyz").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(said.contains("\"database\":false"), "{said}");
    assert_eq!(ask(&server, "/healthz").await.0, StatusCode::OK, "it lives all the same");
}

#[tokio::test]
async fn metrics_count_what_happened_and_name_nobody() {
    let mut province = Province::new();
    province.metrics = true;
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut lane = device.lane("81.71.01");
    let first = device.seal(&mut lane, 2);
    lane.next_seq += 1;
    let after_a_gap = device.seal(&mut lane, 1);
    device.push(&server, &[&first, &after_a_gap]).await;
    let address = server.metrics_address().expect("metrics are served");
    let text = client(&server)
        .get(format!("http://{address}/metrics"))
        .send()
        .await
        .expect("metrics")
        .text()
        .await
        .expect("text");
    for line in [
        "arumbae_requests_total{method=\"POST\",route=\"/v1/sync\",status=\"200\"} 1",
        "arumbae_requests_total{method=\"POST\",route=\"/v1/enrol\",status=\"200\"} 1",
        "arumbae_receipts_total 1",
        "arumbae_segments_refused_total{code=\"gap\"} 1",
        "arumbae_request_seconds_count{route=\"/v1/sync\"} 1",
        "arumbae_requests_working 0",
    ] {
        assert!(text.lines().any(|said| said == line), "{line} in\n{text}");
    }
    for secret in [device.name.as_str(), &device.device_key().to_string(), &device.person.to_string(), "81.71.01"] {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
    let outside = unsigned(&server, Method::GET, "/metrics").send().await.expect("an answer");
    assert_eq!(outside.status(), StatusCode::NOT_FOUND, "only on its own listener");
}

/// Keeps what is written.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Write::write(&mut *self.0.lock().expect("no panic"), bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_follows_every_request_and_names_nobody() {
    let kept = Kept::default();
    let writer = kept.clone();
    let lines = log::subscriber("info,arumbae_server=trace", LogFormat::Json, false, move || writer.clone());
    let _logging = tracing::subscriber::set_default(lines);
    let province = Province::new();
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut lane = device.lane("81.71.01");
    let first = device.seal(&mut lane, 2);
    lane.next_seq += 1;
    device.push(&server, &[&first, &device.seal(&mut lane, 1)]).await;
    let guess = arumbae_protocol::CodeExchange::begin(&ShortCode::new(1, &[7; 32]), &mut rand_core::OsRng).1;
    let asked = unsigned(&server, Method::POST, paths::ENROL_CODE).body(cbor::to_bytes(&guess));
    assert_eq!(asked.send().await.expect("an answer").status(), StatusCode::NOT_FOUND);
    server.province().revoke(device.device_key(), RevocationReason::KeyCompromise).await.expect("revoked");
    let refused = device.sync(&server, &device.request(&[])).await.map(|_| ());
    assert_eq!(refused, Err(FailureCode::RevokedDevice));
    server.stop().await.expect("stopped");

    let text = String::from_utf8(kept.0.lock().expect("no panic").clone()).expect("UTF-8");
    let said: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect();
    let answered = |route: &str, status: u16| {
        let of_route = said.iter().filter(|line| line["span"]["route"] == route && line["status"] == status);
        of_route.filter(|line| line["took_ms"].is_u64() && line["span"]["reference"].is_string()).count()
    };
    assert_eq!((answered("/v1/enrol", 200), answered("/v1/sync", 200), answered("/v1/sync", 403)), (1, 1, 1), "{text}");
    assert_eq!(answered("/v1/enrol/code", 404), 1, "{text}");
    let person = device.person.to_string();
    for secret in [device.name.as_str(), "Anggota", &person, &person.replace('-', ""), &device.device_key().to_string()]
    {
        assert!(!text.contains(secret), "{secret} in\n{text}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_ends_what_the_first_one_waits_for() {
    let province = Province::on_a_file();
    let data_dir = province.config().data_dir;
    let mut server = Command::new(env!("CARGO_BIN_EXE_arumbae-server"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data_dir)
        .env_remove("ARUMBAE_DATABASE")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut said = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let url = said.next().expect("a line").expect("UTF-8");
    let port = url.rsplit_once(':').and_then(|(_, rest)| rest.split('.').next()?.parse().ok()).expect("a port");
    let signal = |id: u32| {
        let sent = Command::new("kill").args(["-TERM", &id.to_string()]).status().expect("kill runs");
        assert!(sent.success());
    };

    // A request whose body the server waits for.
    let ca = CertificateDer::from_pem_file(data_dir.join("ca.pem")).expect("the authority");
    let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("connected");
    let connector = TlsConnector::from(Arc::new(tls_pinning(&ca)));
    let mut stream = connector.connect("localhost".try_into().expect("a name"), stream).await.expect("TLS");
    let head = "POST /v1/enrol/code HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sent");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("asked for the body");
    assert_eq!(&answer, b"HTTP/1.1 100");

    signal(server.id());
    let mut log = BufReader::new(server.stderr.take().expect("a pipe")).lines();
    assert!(log.any(|line| line.expect("UTF-8").contains("stopping")), "it waits for the request");
    assert_eq!(server.try_wait().expect("asked"), None);
    signal(server.id());
    assert_eq!(server.wait().expect("gone").code(), Some(143));
}
