//! `verify`: every kind of damage is found where it is, and nothing else is.

use arumbae_protocol::Role;
use arumbae_server::Province as Served;
use arumbae_server::verification::FaultKind;
use rusqlite::Connection;

use crate::device::Device;
use crate::fixture::Province;

async fn filled() -> Province {
    let province = Province::on_a_file();
    let server = province.start().await;
    let author = Device::enrolled(1, &server, Role::Petugas, "81.71.01").await;
    let mut lane = author.lane("81.71.01");
    let segments: Vec<_> = (0..5).map(|_| author.seal(&mut lane, 2)).collect();
    author.push(&server, &segments.iter().collect::<Vec<_>>()).await;
    server.stop().await.expect("stopped");
    province
}

/// Runs SQL on the database and says what is found then, as `place: kind`.
async fn faults_after(sql: &str) -> Vec<String> {
    let province = filled().await;
    let data = province.config().data_dir;
    let database = Connection::open(data.join("arumbae.db")).expect("the database");
    database.execute_batch(&format!("PRAGMA foreign_keys = OFF; {sql}")).expect("changed");
    drop(database);
    let found = Served::verify(&data, None, None).await.expect("walked");
    let named = found.faults.iter().map(|fault| {
        // The lane is drawn anew by every test.
        let place = fault.place.to_string();
        let place = place.split(" lane ").next().unwrap_or_default().to_owned();
        let place = if place.starts_with("lane ") { "lane".to_owned() } else { place };
        format!("{place}: {}", fault.kind.code())
    });
    named.collect()
}

#[track_caller]
fn check(found: &[String], expected: &[(&str, FaultKind)]) {
    let expected: Vec<String> = expected.iter().map(|(place, kind)| format!("{place}: {}", kind.code())).collect();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_sound_log_has_no_faults() {
    let province = filled().await;
    let found = Served::verify(&province.config().data_dir, None, None).await.expect("walked");
    assert_eq!((found.segments, found.saves, found.faults), (5, 10, vec![]));
}

#[tokio::test]
async fn every_damage_is_named_with_its_place() {
    let third = "segment 81.71.01 3";
    check(
        &faults_after("DELETE FROM segment WHERE gsn = 3").await,
        &[
            (third, FaultKind::Missing),
            ("segment 81.71.01 4", FaultKind::BrokenChain),
            ("segment 81.71.01 4", FaultKind::WrongDigest),
        ],
    );
    check(
        &faults_after("UPDATE segment SET bytes = x'00' WHERE gsn = 3").await,
        &[(third, FaultKind::Unreadable), ("segment 81.71.01 4", FaultKind::BrokenChain)],
    );
    check(&faults_after("UPDATE segment SET count = 9 WHERE gsn = 3").await, &[(third, FaultKind::WrongReceipt)]);
    check(
        &faults_after("UPDATE segment SET digest = zeroblob(32) WHERE gsn = 3").await,
        &[(third, FaultKind::WrongDigest), ("segment 81.71.01 4", FaultKind::WrongDigest)],
    );
    check(&faults_after("UPDATE lane SET next_seq = 99").await, &[("lane", FaultKind::WrongEnd)]);
    check(
        &faults_after("UPDATE segment SET bytes = (SELECT bytes FROM segment WHERE gsn = 2) WHERE gsn = 3").await,
        &[
            (third, FaultKind::WrongReceipt),
            (third, FaultKind::BrokenChain),
            ("segment 81.71.01 4", FaultKind::BrokenChain),
        ],
    );
}

#[tokio::test]
async fn a_registry_that_was_cut_or_changed_is_found() {
    let found = faults_after("DELETE FROM registry WHERE seq = 2").await;
    assert_eq!(found[0], "registry 2: missing", "{found:?}");
    let found =
        faults_after("UPDATE registry SET entry = (SELECT entry FROM registry WHERE seq = 1) WHERE seq = 2").await;
    assert_eq!(found[0], "registry 2: missing", "{found:?}");
}
