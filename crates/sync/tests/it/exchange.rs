//! Devices that reach the server: what travels, what merges, what it costs.

use arumbae_domain::schema::Value;
use arumbae_protocol::Role;
use arumbae_store::{QuarantineReason, SyncState};

use crate::province::{Province, finding, findings};
use arumbae_badlink::Weather;

#[tokio::test]
async fn two_devices_exchange_their_work_and_keep_a_concurrent_edit() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    let written = finding("Kampanye di luar jadwal");
    officer.write(&written);
    officer.engine.synchronize().await.expect("sent");

    let received = supervisor.engine.synchronize().await.expect("received");
    assert_eq!(received.received_saves, 1);
    assert_eq!(supervisor.read(written.id), Some(written.clone()));

    // Into the officer's scope, on the supervisor's own lane.
    supervisor.scope = officer.scope.clone();
    supervisor.rename(written.id, "Kampanye di luar jadwal, oleh pengawas");
    officer.rename(written.id, "Kampanye di luar jadwal, oleh petugas");
    supervisor.engine.synchronize().await.expect("sent");
    let met = officer.engine.synchronize().await.expect("both met");
    assert_eq!((met.sent_saves, met.received_saves, met.conflicts_new), (1, 1, 1));
    let met = supervisor.engine.synchronize().await.expect("both met");
    assert_eq!((met.sent_saves, met.received_saves, met.conflicts_new), (0, 1, 1));

    for laptop in [&officer, &supervisor] {
        let view = laptop.store().document(written.id).expect("readable").expect("the finding is here");
        let mut values: Vec<Value> = view.conflicts[0].heads.iter().map(|head| head.value.clone()).collect();
        values.sort();
        let both = ["Kampanye di luar jadwal, oleh pengawas", "Kampanye di luar jadwal, oleh petugas"];
        assert_eq!(values, both.map(|text| Value::Text(text.to_owned())), "neither value is lost");
        assert_eq!(view.sync, SyncState::Sent);
    }
    assert_eq!(officer.fingerprint(), supervisor.fingerprint());
}

#[tokio::test]
async fn a_warm_sync_is_one_round_trip_and_a_quiet_one_is_small() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.engine.synchronize().await.expect("the first sync");

    let quiet = officer.engine.synchronize().await.expect("nothing to say");
    assert_eq!(quiet.round_trips, 1);
    assert!(quiet.bytes_up + quiet.bytes_down < 1200, "a quiet sync costs little: {quiet:?}");

    officer.write(&finding("Satu temuan"));
    province.link.take_traffic();
    let report = officer.engine.synchronize().await.expect("one finding");
    let wire = province.link.take_traffic();
    assert_eq!((report.round_trips, report.sent_saves), (1, 1));
    assert_eq!(wire.connections, 0, "the connection is kept");
    // Heads are counted as HTTP/1.1 writes them, and HTTP/2 packs them; TLS is not counted.
    let about = |told: u64, passed: u64| told.abs_diff(passed) <= 400;
    assert!(about(report.bytes_up, wire.up), "{report:?} is not {wire:?}");
    assert!(about(report.bytes_down, wire.down), "{report:?} is not {wire:?}");
}

#[tokio::test]
async fn a_backlog_larger_than_one_request_goes_in_several() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let backlog = findings(500);
    backlog.iter().for_each(|finding| drop(officer.write(finding)));
    let report = officer.engine.synchronize().await.expect("all of it");
    assert_eq!(report.sent_saves, 500);
    assert!(report.round_trips > 1, "{report:?}");
    assert!(!report.more);
    assert_eq!(officer.summary().waiting_saves, 0);

    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let report = colleague.engine.synchronize().await.expect("all of it");
    assert_eq!(report.received_saves, 500);
    assert_eq!(colleague.fingerprint(), officer.fingerprint());
}

#[tokio::test]
async fn a_late_device_takes_a_snapshot_in_place_of_years_of_segments() {
    let province = Province::adding_up_often().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    for written in findings(30) {
        officer.write(&written);
        officer.rename(written.id, "Diubah di hari yang sama");
        officer.engine.synchronize().await.expect("sent");
    }
    province.server().province().make_due_snapshots().await;
    let last = finding("Sesudah potret");
    officer.write(&last);
    officer.engine.synchronize().await.expect("sent");

    let mut late = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    // It comes in parts: what a cut leaves of one is kept.
    province.link.set_weather(Weather { cut_after: Some(12_000), cuts: 3, ..Weather::CLEAR });
    let report = late.engine.synchronize().await.expect("received");
    assert!(province.link.take_traffic().cuts > 0, "it was cut: {report:?}");
    assert_eq!(late.fingerprint(), officer.fingerprint());
    assert_eq!(late.read(last.id), Some(last));
    assert!(late.store().known_snapshots().expect("readable").len() == 1, "a snapshot came, and segments after it");
    let quiet = late.engine.synchronize().await.expect("nothing is left");
    assert_eq!((quiet.round_trips, quiet.received_saves), (1, 0));

    let read = late.scope.clone();
    late.store().ask_for_history(&read, 0).expect("noted");
    late.engine.synchronize().await.expect("received");
    assert!(late.store().scopes_reading_history().expect("readable").is_empty(), "the segments came, not the snapshot");
    assert_eq!(late.store().check_snapshot(&read).expect("readable"), Some(true));
    assert_eq!(late.fingerprint(), officer.fingerprint());
}

#[tokio::test]
async fn what_is_refused_is_seen_and_does_not_hold_up_the_rest() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let own = officer.scope.clone();
    officer.scope = crate::province::scope("81.72.01");
    let foreign = finding("Di wilayah orang lain");
    officer.write(&foreign);
    officer.scope = own;
    let permitted = finding("Di wilayah sendiri");
    officer.write(&permitted);

    let report = officer.engine.synchronize().await.expect("the rest goes on");
    assert_eq!((report.sent_saves, report.quarantined), (1, 1));
    assert_eq!(officer.sync_state(permitted.id), SyncState::Sent);
    assert_eq!(officer.sync_state(foreign.id), SyncState::Waiting);
    let held = officer.store().quarantine().expect("readable");
    assert!(held.iter().any(|held| held.by_server && held.reason == QuarantineReason::NoRight), "{held:?}");

    let again = officer.engine.synchronize().await.expect("not sent again and again");
    assert_eq!((again.round_trips, again.quarantined), (1, 0));
}
