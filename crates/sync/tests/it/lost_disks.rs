//! Laptops that are lost, and what of their work others still have.

use arumbae_mergelog::compression;
use arumbae_protocol::Role;
use arumbae_store::{Incoming, SyncState};

use crate::province::{Province, finding};

#[tokio::test]
async fn a_disk_put_back_from_an_image_gets_its_own_work_back_even_if_nobody_writes_on_it() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Sebelum citra dibuat"));
    officer.engine.synchronize().await.expect("sent");
    let (mut officer, image) = officer.image();
    let later = finding("Sesudah citra dibuat");
    officer.write(&later);
    officer.engine.synchronize().await.expect("sent");
    let incarnation = officer.store().incarnation();

    let mut officer = officer.put_back(&image);
    assert_eq!(officer.store().incarnation(), incarnation, "the image does not know that it is one");
    assert_eq!(officer.read(later.id), None);
    officer.engine.synchronize().await.expect("passes over what should be its own");
    officer.engine.synchronize().await.expect("its digest shows that something is missing");
    assert_eq!(officer.read(later.id), Some(later));
    assert_ne!(officer.store().incarnation(), incarnation, "its numbers are taken");
    colleague.engine.synchronize().await.expect("received");
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
}

#[tokio::test]
async fn a_province_put_back_from_an_older_disk_is_given_back_what_it_lost() {
    let mut province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    officer.write(&finding("Sebelum disk disalin"));
    officer.engine.synchronize().await.expect("sent");
    colleague.engine.synchronize().await.expect("received");
    let image = province.image().await;
    let lost = [finding("Hilang di provinsi, satu"), finding("Hilang di provinsi, dua")];
    officer.write(&lost[0]);
    officer.engine.synchronize().await.expect("sent");
    colleague.write(&lost[1]);
    colleague.engine.synchronize().await.expect("sent");
    officer.engine.synchronize().await.expect("received");
    let first_received = officer.store().receipts(10).expect("readable");

    province.put_back(&image).await;
    for laptop in [&mut officer, &mut colleague] {
        laptop.engine.synchronize().await.expect("the digests tell");
        laptop.engine.synchronize().await.expect("offered again");
        assert_eq!(laptop.summary().waiting_saves, 0);
    }
    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    assert_eq!(supervisor.engine.synchronize().await.expect("received").received_saves, 3);
    for laptop in [&officer, &colleague, &supervisor] {
        assert!(lost.iter().all(|finding| laptop.read(finding.id).as_ref() == Some(finding)));
    }
    let again = officer.store().receipts(10).expect("readable");
    let kept = first_received.iter().filter(|receipt| receipt.lane.device == officer.store().device_key());
    for receipt in kept {
        let moment = again.iter().find(|again| again.hash == receipt.hash).map(|again| again.received_ms);
        assert_eq!(moment, Some(receipt.received_ms), "when the province first had it stays what it was");
    }
}

#[tokio::test]
async fn a_province_put_back_is_brought_the_end_of_its_registry_by_whoever_was_enrolled_since() {
    let mut province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let image = province.image().await;
    let mut late = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let written = finding("Ditulis sesudah disk disalin");
    late.write(&written);
    late.engine.synchronize().await.expect("sent");
    officer.engine.synchronize().await.expect("received");
    let entries = province.server().province().registry_entries().await.expect("the entries");
    assert_eq!(officer.read(written.id), Some(written.clone()));

    // Who is known all along brings the entries too, and what only they make sense of.
    province.put_back(&image).await;
    officer.engine.synchronize().await.expect("brought");
    assert_eq!(province.server().province().registry_entries().await.expect("the entries"), entries);

    province.put_back(&image).await;
    late.engine.synchronize().await.expect("known again, by what it brought itself");
    late.engine.synchronize().await.expect("offered again");
    assert_eq!(province.server().province().registry_entries().await.expect("the entries"), entries);
    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    supervisor.engine.synchronize().await.expect("received");
    assert_eq!(supervisor.read(written.id), Some(written));
}

#[tokio::test]
async fn what_only_a_courier_saved_reaches_the_province_from_whoever_took_it_in() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    colleague.engine.synchronize().await.expect("the registry");
    let written = finding("Hanya ada di flashdisk");
    officer.write(&written);
    let clock = officer.store().clock_quality().expect("readable");
    officer.store().seal_pending(clock).expect("sealed");
    let segments = officer.store().segments_after(None, &[], usize::MAX).expect("readable");
    let incoming = segments.iter().map(|segment| Incoming {
        gsn: None,
        received_ms: None,
        bytes: compression::compress(segment.bytes()),
    });
    colleague.store().apply_segments(incoming.collect(), &[], 1).expect("taken in");
    drop(officer);

    let report = colleague.engine.synchronize().await.expect("sent on");
    assert_eq!((report.sent_saves, report.round_trips), (0, 2), "nothing of its own; one more trip for the other's");
    assert_eq!(colleague.sync_state(written.id), SyncState::Sent);
    let quiet = colleague.engine.synchronize().await.expect("nothing left");
    assert_eq!(quiet.round_trips, 1);
    supervisor.engine.synchronize().await.expect("received");
    assert_eq!(supervisor.read(written.id), Some(written));
    assert_eq!(supervisor.fingerprint(), colleague.fingerprint());
}
