//! Cuts, silences, a server that is stopped, a program that is killed: nothing is lost, and nothing is called sent
//! that has no receipt.

use std::time::Duration;

use arumbae_protocol::Role;
use arumbae_store::SyncState;
use arumbae_sync::{LinkState, SyncErrorCode};

use crate::province::{Laptop, Province, finding, findings};
use arumbae_badlink::{FarEnd, Weather};

#[tokio::test]
async fn a_server_stopped_in_mid_sync_loses_nothing() {
    let mut province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let written = findings(500);
    written.iter().for_each(|finding| drop(officer.write(finding)));

    // Slow enough for the server to stop amid it.
    province.link.set_weather(Weather { bytes_per_second: Some(200_000), ..Weather::CLEAR });
    let Laptop { engine, store, .. } = &mut officer;
    let receipts = || store.lock().expect("not poisoned").receipts(1).expect("readable").len();
    let stopping = async {
        while receipts() == 0 {
            tokio::task::yield_now().await;
        }
        province.link.set_weather(Weather { far_end: FarEnd::Silence, ..Weather::CLEAR });
        province.link.break_now();
        province.stop().await;
    };
    let (outcome, ()) = tokio::join!(engine.synchronize(), stopping);
    let error = outcome.expect_err("nobody answers any more");
    assert!(matches!(error.code(), SyncErrorCode::LinkCut | SyncErrorCode::NoRoute), "{error:?}");
    let state = *engine.state().borrow();
    assert!(matches!(state, LinkState::Waiting { because, .. } if because == error.code()), "{state:?}");
    let waiting = officer.summary().waiting_saves;
    assert!(waiting > 0 && waiting < 500, "some have their receipt, some wait: {waiting}");
    let receipted: u64 =
        officer.store().receipts(1000).expect("readable").iter().map(|receipt| u64::from(receipt.count)).sum();
    assert_eq!(receipted + waiting, 500, "sent is what has a receipt, and nothing else");
    let sent = written.iter().filter(|finding| officer.sync_state(finding.id) == SyncState::Sent).count();
    assert_eq!(sent as u64, receipted);
    assert!(officer.engine.synchronize().await.is_err(), "nobody answers");

    province.start_again().await;
    province.link.set_weather(Weather::CLEAR);
    let mut officer = officer.restart();
    let report = officer.engine.synchronize().await.expect("the server is back");
    assert_eq!(report.sent_saves, waiting);
    assert_eq!(officer.summary().waiting_saves, 0);
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    assert_eq!(colleague.engine.synchronize().await.expect("received").received_saves, 500);
    assert_eq!(colleague.fingerprint(), officer.fingerprint());
}

#[tokio::test]
async fn wherever_the_link_is_cut_what_was_written_arrives_once() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    // A little further each time: within the handshake, within the request, then within the answer, when the
    // server holds the save and this device cannot know it.
    let places: Vec<u64> = (200..=5_000).step_by(300).collect();
    let written = places.len();
    for cut_after in places {
        officer = officer.restart();
        province.link.set_weather(Weather { cut_after: Some(cut_after), cuts: 1, ..Weather::CLEAR });
        let finding = findings(1).remove(0);
        officer.write(&finding);
        officer.engine.synchronize().await.expect("goes on by itself");
        assert_eq!(officer.sync_state(finding.id), SyncState::Sent);
        province.link.break_now();
    }
    let received = colleague.engine.synchronize().await.expect("received");
    assert_eq!(received.received_saves, written as u64, "however often it was sent, each is there once");
    assert_eq!(colleague.fingerprint(), officer.fingerprint());
}

#[tokio::test]
async fn what_a_failed_sync_had_brought_over_is_not_sent_again() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    findings(150).iter().for_each(|finding| drop(officer.write(finding)));
    // Half of it is over; then a login page answers.
    province.link.set_weather(Weather { bytes_per_second: Some(100_000), ..Weather::CLEAR });
    province.link.take_traffic();
    let cutting = async {
        while province.link.passed().up < 30_000 {
            tokio::task::yield_now().await;
        }
        province.link.set_weather(Weather { far_end: FarEnd::CaptivePortal, ..Weather::CLEAR });
        province.link.break_now();
    };
    let (outcome, ()) = tokio::join!(officer.engine.synchronize(), cutting);
    assert_eq!(outcome.expect_err("a login page").code(), SyncErrorCode::CaptivePortal);
    assert_eq!(officer.summary().waiting_saves, 150, "no page is a receipt");
    let before = province.link.take_traffic().up;

    province.link.set_weather(Weather::CLEAR);
    let report = officer.engine.synchronize().await.expect("logged in");
    assert_eq!((report.sent_saves, report.more), (150, false));
    let after = province.link.take_traffic().up;
    let again = before + after;
    let mut whole = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    findings(150).iter().for_each(|finding| drop(whole.write(finding)));
    province.link.take_traffic();
    whole.engine.synchronize().await.expect("in one go");
    let once = province.link.take_traffic().up;
    assert!(again < once + 8_000, "{before} and {after} bytes in two parts, {once} in one");
}

#[tokio::test]
async fn a_link_that_falls_silent_is_left_after_a_while() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Menunggu sinyal"));
    province.link.set_weather(Weather { far_end: FarEnd::Silence, ..Weather::CLEAR });
    let error = officer.engine.synchronize().await.expect_err("nobody answers");
    assert!(matches!(error.code(), SyncErrorCode::NoRoute | SyncErrorCode::LinkCut), "{error:?}");
    province.link.set_weather(Weather::CLEAR);
    assert_eq!(officer.engine.synchronize().await.expect("the signal is back").sent_saves, 1);
}

#[tokio::test]
async fn a_slow_and_distant_link_is_waited_for() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    findings(60).iter().for_each(|finding| drop(officer.write(finding)));
    // More than the patience between two signs of life in all, and something moving all the time.
    let weather = Weather { bytes_per_second: Some(8_000), delay: Duration::from_millis(150), ..Weather::CLEAR };
    province.link.set_weather(weather);
    let report = officer.engine.synchronize().await.expect("slow is not broken");
    assert_eq!(report.sent_saves, 60);
    assert!(report.clock_uncertainty_ms >= 150, "half a round trip: {report:?}");
}

#[tokio::test]
async fn the_state_tells_the_truth_at_every_step() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Diamati"));
    let mut states = officer.engine.state();
    let watching = tokio::spawn(async move {
        let mut seen = Vec::new();
        while states.changed().await.is_ok() {
            let state = *states.borrow_and_update();
            seen.push(state);
            if state == LinkState::Done {
                break;
            }
        }
        seen
    });
    officer.engine.synchronize().await.expect("sent");
    let seen = watching.await.expect("watched");
    assert_eq!(seen.first(), Some(&LinkState::Connecting));
    assert!(matches!(seen[1], LinkState::Exchanging { bytes_left, .. } if bytes_left > 0), "{seen:?}");
    assert_eq!(seen.last(), Some(&LinkState::Done));
}
