//! Cuts, silences, a server that is stopped, a program that is killed: nothing is lost, and nothing is called sent
//! that has no receipt.

use std::time::Duration;

use arumbae_protocol::Role;
use arumbae_store::SyncState;
use arumbae_sync::{LinkState, SyncErrorCode};

use crate::province::{Laptop, Province, finding, findings};
use arumbae_badlink::{FarEnd, Weather};

async fn check_fails(laptop: &mut Laptop, expected: SyncErrorCode) {
    let error = laptop.engine.synchronize().await.expect_err("the link is down");
    assert_eq!(error.code(), expected, "{error:?}");
    let state = *laptop.engine.state().borrow();
    assert!(matches!(state, LinkState::Waiting { because, .. } if because == expected), "{state:?}");
}

#[tokio::test]
async fn a_server_stopped_in_mid_sync_loses_nothing() {
    let mut province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let written = findings(300);
    written.iter().for_each(|finding| drop(officer.write(finding)));

    // The first request comes through; the second is cut, and then nobody answers.
    province.link.set_weather(Weather { cut_after: Some(100_000), cuts: 1, ..Weather::CLEAR });
    check_fails(&mut officer, SyncErrorCode::LinkCut).await;
    province.stop().await;
    let waiting = officer.summary().waiting_saves;
    assert!(waiting > 0 && waiting < 300, "some have their receipt, some wait: {waiting}");
    let receipted: u64 =
        officer.store().receipts(1000).expect("readable").iter().map(|receipt| u64::from(receipt.count)).sum();
    assert_eq!(receipted + waiting, 300, "sent is what has a receipt, and nothing else");
    let sent = written.iter().filter(|finding| officer.sync_state(finding.id) == SyncState::Sent).count();
    assert_eq!(sent as u64, receipted);
    assert!(officer.engine.synchronize().await.is_err(), "nobody answers");

    province.start_again().await;
    let mut officer = officer.restart();
    let report = officer.engine.synchronize().await.expect("the server is back");
    assert_eq!(report.sent_saves, waiting);
    assert_eq!(officer.summary().waiting_saves, 0);
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    assert_eq!(colleague.engine.synchronize().await.expect("received").received_saves, 300);
    assert_eq!(colleague.fingerprint(), officer.fingerprint());
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let written = finding("Tanda terima yang hilang");
    officer.write(&written);
    // A little further each time: within the handshake, within the request, then within the answer, when the
    // server holds the save and this device cannot know it.
    let mut cut_after = 400;
    while officer.summary().waiting_saves > 0 {
        province.link.set_weather(Weather { cut_after: Some(cut_after), cuts: 1, ..Weather::CLEAR });
        let outcome = officer.engine.synchronize().await;
        assert_eq!(outcome.is_ok(), officer.sync_state(written.id) == SyncState::Sent, "sent only with a receipt");
        cut_after += 200;
        officer = officer.restart();
    }
    let received = colleague.engine.synchronize().await.expect("received");
    assert_eq!(received.received_saves, 1, "however often it was sent, it is there once");
    assert_eq!(colleague.fingerprint(), officer.fingerprint());
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
    assert!(matches!(seen[1], LinkState::Exchanging { bytes_left } if bytes_left > 0), "{seen:?}");
    assert_eq!(seen.last(), Some(&LinkState::Done));
}
