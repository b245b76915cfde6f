//! Links as bad as they come, in every way they end: all that was written arrives, once, and only then is it sent.

use std::time::Duration;

use arumbae_badlink::{Ending, Spells, Weather};
use arumbae_protocol::Role;
use arumbae_sync::{Patience, SyncEngine, SyncErrorCode};

use crate::province::{Laptop, Province, findings};

/// The worst link that is planned for, in a fiftieth of its time.
fn islands(seed: u64) -> Weather {
    Weather { seed, ..Weather::ISLANDS.faster(50) }
}

/// Syncs as the program does, again and again, until a sync goes through.
async fn synchronize_until_done(laptop: &mut Laptop) -> u64 {
    let mut failed = 0;
    loop {
        match laptop.engine.synchronize().await {
            Ok(report) if !report.more => return failed,
            Ok(_) => {}
            Err(error) => {
                assert!(error.may_pass(), "a bad link is nothing to give up for: {error:?}");
                let bad = [SyncErrorCode::LinkCut, SyncErrorCode::NoRoute, SyncErrorCode::CaptivePortal];
                assert!(bad.contains(&error.code()), "the link is to blame, and nobody else: {error:?}");
                failed += 1;
            }
        }
    }
}

/// How long a program waits on a link whose every second is a fiftieth of one.
const PATIENCE: Patience =
    Patience { connect: Duration::from_secs(1), quiet: Duration::from_millis(900), slowest: 100_000 };

/// So many findings take this link three seconds at the least, and it breaks after 1.2 s at the latest.
const ENOUGH: usize = 220;

async fn laptop(province: &Province, owner: &str) -> Laptop {
    let mut laptop = province.laptop(owner, Role::Petugas, "81.71.01").await;
    laptop.engine = SyncEngine::new(laptop.store.clone(), PATIENCE, laptop.desk.clone());
    laptop
}

async fn check_weather(weather: Weather, findings_each: usize, least_cuts: u32) {
    let province = Province::found().await;
    let mut officer = laptop(&province, "Petugas Contoh").await;
    let mut colleague = laptop(&province, "Rekan Contoh").await;
    findings(findings_each).iter().for_each(|finding| drop(officer.write(finding)));
    findings(findings_each).iter().for_each(|finding| drop(colleague.write(finding)));
    province.link.take_traffic();
    province.link.set_weather(weather);
    let failed = [synchronize_until_done(&mut officer).await, synchronize_until_done(&mut colleague).await];
    synchronize_until_done(&mut officer).await;

    let traffic = province.link.take_traffic();
    assert!(traffic.cuts >= least_cuts, "the link was bad: {traffic:?}, {failed:?} syncs failed");
    for laptop in [&officer, &colleague] {
        let receipts = laptop.store().receipts(1000).expect("readable");
        let receipted: u64 = receipts
            .iter()
            .filter(|receipt| receipt.lane.device == laptop.store().device_key())
            .map(|receipt| u64::from(receipt.count))
            .sum();
        assert_eq!((receipted, laptop.summary().waiting_saves), (findings_each as u64, 0), "each save has one receipt");
    }
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
    // A reader who was never cut off sees what the two agree on, and nothing twice.
    province.link.set_weather(Weather::CLEAR);
    let mut reader = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    assert_eq!(reader.engine.synchronize().await.expect("received").received_saves, 2 * findings_each as u64);
    assert_eq!(reader.fingerprint(), officer.fingerprint());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_breaks_every_half_minute() {
    check_weather(islands(1), ENOUGH, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_stalls_and_jitters_as_well() {
    let stalls = Spells { shortest: Duration::from_secs(20), longest: Duration::from_secs(40) };
    let weather =
        Weather { jitter: Weather::ISLANDS.delay, stalls: Some((stalls, Duration::from_secs(30))), ..Weather::ISLANDS };
    check_weather(Weather { seed: 2, ..weather.faster(50) }, ENOUGH, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_whose_answers_end_too_early() {
    check_weather(Weather { ending: Ending::Truncated, ..islands(3) }, ENOUGH, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_on_which_a_login_page_speaks_on() {
    check_weather(Weather { ending: Ending::CaptivePortal, ..islands(4) }, ENOUGH, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_that_dies_without_a_word() {
    // Told by bytes, because every death costs the patience of both sides.
    let weather = Weather { breaks: None, cut_after: Some(10_000), cuts: 2, ending: Ending::HalfOpen, ..islands(5) };
    check_weather(weather, 40, 2).await;
}
