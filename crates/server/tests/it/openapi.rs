//! The committed description of the server's paths is the one the paths give of themselves.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arumbae_protocol::Role;
use arumbae_server::{Clock, Limits, Province as Served, openapi};

use crate::device::Device;
use crate::fixture::Province;

#[tokio::test]
async fn the_committed_description_is_that_of_the_code() {
    let province = Province::new();
    province.start().await.stop().await.expect("stopped");
    let served = Served::open(&province.config().data_dir, province.config().database.as_ref(), province.clock())
        .await
        .expect("opened");
    let described = openapi(Arc::new(served));
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("ARUMBAE_WRITE_OPENAPI").is_some() {
        fs::write(&committed, &described).expect("written");
    }
    let written = fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        written == described,
        "docs/openapi.json is not what the code says: run `make openapi` and look at the change"
    );
}

/// Schemathesis invents requests from the description and sends them signed, as a device does.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_description_allows_is_answered_without_an_error_of_the_server() {
    let mut province = Province::new();
    province.limits = Limits::default().without_allowances();
    province.now_ms.store(Clock::system().now_ms(), Ordering::SeqCst);
    let server = province.start().await;
    let device = Device::enrolled(1, &server, Role::PengawasProvinsi, "81").await;
    device.push(&server, &[&device.seal(&mut device.lane("81.71.01"), 3)]).await;

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut walk = Command::new(root.join("target/validators/bin/schemathesis"));
    walk.current_dir(province.folder.path())
        .arg("run")
        .arg(root.join("docs/openapi.json").canonicalize().expect("the description"))
        .args(["--url", server.url(), "--tls-verify"])
        .arg(province.config().data_dir.join("ca.pem"))
        .args(["--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--max-time", "30"])
        .args(["--generation-deterministic", "--no-color"])
        // A connection may be closed while a body that was refused is still coming (RFC 9112, section 9.6).
        .args(["--request-retries", "2"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", root.join("tests/openapi"))
        .env("ARUMBAE_DEVICE_KEY", hex::encode(device.key.to_bytes()));
    let walked = tokio::task::spawn_blocking(move || walk.output()).await.expect("no panic");
    let walked = walked.expect("schemathesis runs: `scripts/setup test` installs it");
    let said = String::from_utf8_lossy(&walked.stdout);
    assert!(walked.status.success(), "{said}\n{}", String::from_utf8_lossy(&walked.stderr));
    println!("{said}");
}
