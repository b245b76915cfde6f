//! What an operator sees of a server: health, metrics, logs.

use arumbae_protocol::Role;
use reqwest::{Method, StatusCode};
use rusqlite::Connection;

use crate::device::{Device, client, unsigned};
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
