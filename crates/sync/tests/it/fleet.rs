//! Three devices and a server, each edit unknown to the others: the same state on all, nothing lost.

use arumbae_protocol::Role;

use crate::province::{Laptop, Province, finding, findings};
use arumbae_badlink::Weather;

async fn synchronize_all(fleet: &mut [Laptop]) -> u64 {
    let mut moved = 0;
    for laptop in fleet {
        let report = laptop.engine.synchronize().await.expect("the link holds");
        moved += report.sent_saves + report.received_saves;
    }
    moved
}

#[tokio::test]
async fn three_devices_converge_with_a_concurrent_edit_kept_on_each() {
    let province = Province::found().await;
    let mut fleet = Vec::new();
    for owner in ["Petugas Satu", "Petugas Dua", "Petugas Tiga"] {
        fleet.push(province.laptop(owner, Role::Petugas, "81.71.01").await);
    }
    let shared = finding("Dasar bersama");
    fleet[0].write(&shared);
    synchronize_all(&mut fleet).await;

    for (number, laptop) in (1..).zip(&fleet) {
        laptop.rename(shared.id, &format!("Versi perangkat {number}"));
        findings(5).iter().for_each(|finding| drop(laptop.write(finding)));
    }
    while synchronize_all(&mut fleet).await > 0 {}

    for laptop in &fleet {
        assert_eq!(laptop.fingerprint(), fleet[0].fingerprint());
        let conflicts = laptop.store().conflicts().expect("readable");
        assert_eq!(conflicts.len(), 1);
        assert_eq!(conflicts[0].heads.len(), 3, "all three versions are kept");
        assert_eq!(laptop.summary().waiting_saves, 0);
    }
}

#[tokio::test]
async fn a_fleet_on_links_that_are_cut_converges_all_the_same() {
    let province = Province::found().await;
    let mut fleet = Vec::new();
    for owner in ["Petugas Satu", "Petugas Dua", "Petugas Tiga"] {
        fleet.push(province.laptop(owner, Role::Petugas, "81.71.01").await);
    }
    for laptop in &fleet {
        findings(40).iter().for_each(|finding| drop(laptop.write(finding)));
    }
    let slow = Weather { bytes_per_second: Some(100_000), ..Weather::CLEAR };
    province.link.set_weather(Weather { cut_after: Some(10_000), cuts: 8, ..slow });
    // The weather is that of new connections.
    province.link.break_now();
    province.link.take_traffic();
    while synchronize_all(&mut fleet).await > 0 {}
    assert!(province.link.take_traffic().cuts >= 8, "the links were cut, and each sync went on by itself");
    for laptop in &fleet {
        assert_eq!(laptop.fingerprint(), fleet[0].fingerprint());
        assert_eq!(laptop.summary().waiting_saves, 0);
    }
}
