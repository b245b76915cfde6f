use std::fs;
use std::net::TcpListener;

use arumbae_protocol::Role;
use arumbae_server::storage::StorageError;
use arumbae_server::{Province as Served, StartError, listener};
use arumbae_signing::revocation::RevocationReason;
use rusqlite::Connection;

use crate::device::Device;
use crate::fixture::{Province, invite};

#[tokio::test]
async fn a_province_is_founded_once() {
    let province = Province::on_a_file();
    let server = province.start().await;
    let (key, ca) = (server.province().registry_key(), server.province().ca_der().to_vec());
    let pem = fs::read_to_string(province.folder.path().join("data/ca.pem")).expect("ca.pem");
    assert_eq!(pem, server.province().ca_pem().expect("PEM"));
    server.stop().await.expect("stopped");
    let server = province.start().await;
    assert_eq!((server.province().registry_key(), server.province().ca_der()), (key, ca.as_slice()));
    assert_eq!(server.province().office(), "Bawaslu Provinsi CONTOH");
}

#[cfg(unix)]
#[tokio::test]
async fn private_keys_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let province = Province::on_a_file();
    let _server = province.start().await;
    let keys = province.folder.path().join("data/keys");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
    assert_eq!(mode(&keys), 0o700);
    for file in fs::read_dir(&keys).expect("the keys") {
        let path = file.expect("a file").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn a_folder_has_one_server() {
    let province = Province::on_a_file();
    let server = province.start().await;
    assert!(matches!(province.try_start().await, Err(StartError::AlreadyRunning { .. })));
    let beside = Served::open(&province.config().data_dir, province.config().database.as_ref(), province.clock()).await;
    assert!(beside.is_ok(), "commands work beside a running server");
    server.stop().await.expect("stopped");
    province.start().await;
}

#[tokio::test]
async fn an_invitation_made_beside_the_server_is_honoured_at_once() {
    let province = Province::on_a_file();
    let server = province.start().await;
    let beside = Served::open(&province.config().data_dir, province.config().database.as_ref(), province.clock())
        .await
        .expect("opened");
    let invitation = beside
        .invite(arumbae_server::NewInvitation {
            role: Role::Petugas,
            scope: "81.71.01".parse().expect("a scope"),
            days: 1,
            person: None,
            server_url: None,
        })
        .await
        .expect("an invitation");
    assert_eq!(invitation.server_url, server.url());
    let device = Device::new(1);
    device.enrol(&server, &invitation).await.expect("enrolled");
    assert!(
        beside.revoke(device.device_key(), RevocationReason::KeyCompromise).await.expect("revoked"),
        "and so is a revocation"
    );
    let outcome = device.sync(&server, &device.request(&[])).await;
    assert_eq!(outcome.map(|_| ()), Err(arumbae_protocol::FailureCode::RevokedDevice));
}

#[tokio::test]
async fn a_used_address_says_so() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address");
    assert!(matches!(listener::bind(address), Err(StartError::AddressInUse { address: at }) if at == address));
    let elsewhere = "192.0.2.1:8443".parse().expect("an address");
    assert!(matches!(listener::bind(elsewhere), Err(StartError::Address { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_says_so() {
    let province = Province::on_a_file();
    fs::write(province.folder.path().join("data"), b"a file, not a folder").expect("written");
    assert!(matches!(province.try_start().await, Err(StartError::Folder { .. })));
}

#[tokio::test]
async fn a_folder_without_a_province_says_so() {
    let province = Province::on_a_file();
    let outcome = Served::open(province.folder.path(), None, province.clock()).await;
    assert!(matches!(outcome.map(|_| ()), Err(StartError::NoProvince { .. })));
}

#[tokio::test]
async fn a_newer_or_foreign_database_is_left_alone() {
    let province = Province::on_a_file();
    province.start().await.stop().await.expect("stopped");
    let path = province.folder.path().join("data/arumbae.db");
    let change = |pragma: &str, value: i64| {
        Connection::open(&path).expect("the database").pragma_update(None, pragma, value).expect("changed");
    };
    let read = |db: Connection| db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let version = Connection::open(&path).and_then(read).expect("a version");
    change("user_version", 99);
    let outcome = province.try_start().await;
    assert!(matches!(outcome.map(|_| ()), Err(StartError::Storage(StorageError::NewerSchema))));
    change("user_version", version);
    change("application_id", 7);
    let outcome = province.try_start().await;
    assert!(matches!(outcome.map(|_| ()), Err(StartError::Storage(StorageError::ForeignFile))));
    change("application_id", 0x4152_554d);
    province.start().await;

    let other = Province::on_a_file();
    fs::create_dir_all(other.folder.path().join("data")).expect("a folder");
    fs::write(other.folder.path().join("data/arumbae.db"), vec![b'x'; 8192]).expect("written");
    let outcome = other.try_start().await;
    assert!(matches!(outcome.map(|_| ()), Err(StartError::Storage(StorageError::ForeignFile))));
}

#[tokio::test]
async fn lost_or_foreign_keys_are_never_replaced() {
    let province = Province::on_a_file();
    province.start().await.stop().await.expect("stopped");
    let keys = province.folder.path().join("data/keys");
    let aside = province.folder.path().join("aside");
    fs::rename(&keys, &aside).expect("moved");
    assert!(matches!(province.try_start().await.map(|_| ()), Err(StartError::Keys(None))));
    assert!(!keys.exists(), "no new keys appear");

    let other = Province::on_a_file();
    other.start().await.stop().await.expect("stopped");
    fs::rename(other.folder.path().join("data/keys"), &keys).expect("moved");
    assert!(matches!(province.try_start().await.map(|_| ()), Err(StartError::Keys(Some(_)))));
    fs::remove_dir_all(&keys).expect("removed");
    fs::rename(&aside, &keys).expect("moved back");
    province.start().await;
}

#[tokio::test]
async fn a_server_ends_when_it_is_told_to() {
    let province = Province::on_a_file();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let server = arumbae_server::Server::start(province.config(), listener, shutdown).await.expect("started");
    invite(&server, Role::Petugas, "81.71.01").await;
    stop.send(()).expect("still running");
    server.stopped().await.expect("a clean end");
}
