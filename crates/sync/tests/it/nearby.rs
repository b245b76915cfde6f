//! Laptops of one office without the server: real stores on real sockets, paired by a code, each judging by its registry.

use std::net::SocketAddr;
use std::time::Duration;

use arumbae_badlink::{BadLink, Weather};
use arumbae_domain::Attachment;
use arumbae_domain::schema::RecordId;
use arumbae_mergelog::DeviceKey;
use arumbae_protocol::{NearbyRefusal, Role};
use arumbae_signing::revocation::RevocationReason;
use arumbae_store::PairedExchange;
use arumbae_sync::Patience;
use arumbae_sync::nearby::{Called, Comparing, NearbyError, Neighbourhood};
use rand_core::{OsRng, RngCore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use crate::province::{Laptop, PATIENCE, Province, finding, findings, scope};

const LOOPBACK: &str = "127.0.0.1:0";

async fn listen(laptop: &Laptop) -> Neighbourhood {
    listen_with(laptop, PATIENCE).await.expect("it listens")
}

async fn listen_with(laptop: &Laptop, patience: Patience) -> Result<Neighbourhood, NearbyError> {
    let at = LOOPBACK.parse().expect("an address");
    Neighbourhood::open(laptop.store.clone(), laptop.surroundings(), patience, at).await
}

fn address(of: &Neighbourhood) -> SocketAddr {
    of.addresses()[0]
}

fn device(laptop: &Laptop) -> DeviceKey {
    laptop.store().device_key()
}

/// The code that a laptop shows, once it does.
async fn shown(neighbourhood: &Neighbourhood) -> Comparing {
    loop {
        match neighbourhood.comparing() {
            Some(comparing) => return comparing,
            None => tokio::task::yield_now().await,
        }
    }
}

async fn call_to_compare(caller: &Neighbourhood, at: SocketAddr) -> Comparing {
    match caller.call(at, None).await.expect("somebody answers") {
        Called::Compare(comparing) => comparing,
        exchanged => panic!("they are not paired yet: {exchanged:?}"),
    }
}

/// Two officers who see the same code on both screens.
async fn pair(caller: &Neighbourhood, called: &Neighbourhood) {
    let here = call_to_compare(caller, address(called)).await;
    let there = shown(called).await;
    assert_eq!(here.code, there.code, "both screens show the same");
    let (here, there) = tokio::join!(caller.confirm(true), called.confirm(true));
    here.expect("paired here");
    there.expect("paired there");
}

async fn exchange(caller: &Neighbourhood, at: SocketAddr) -> PairedExchange {
    match caller.call(at, None).await.expect("they exchange") {
        Called::Exchanged(_, exchange) => exchange,
        compare => panic!("they are paired: {compare:?}"),
    }
}

#[track_caller]
fn check_refused<T: std::fmt::Debug>(outcome: Result<T, NearbyError>, here: bool, why: NearbyRefusal) {
    match outcome {
        Err(NearbyError::RefusedHere(refusal)) if here => assert_eq!(refusal, why),
        Err(NearbyError::RefusedThere(refusal)) if !here => assert_eq!(refusal, why),
        outcome => panic!("{outcome:?} instead of {why:?}"),
    }
}

#[tokio::test]
async fn two_laptops_pair_by_a_code_and_exchange_with_a_conflict_kept_on_both() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let shared = finding("Dasar bersama");
    officer.write(&shared);
    officer.engine.synchronize().await.expect("sent");
    colleague.engine.synchronize().await.expect("received");
    officer.rename(shared.id, "Versi petugas");
    colleague.rename(shared.id, "Versi rekan");
    findings(40).iter().for_each(|finding| drop(officer.write(finding)));
    findings(3).iter().for_each(|finding| drop(colleague.write(finding)));

    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    pair(&here, &there).await;
    let exchanged = exchange(&here, address(&there)).await;
    assert_eq!((exchanged.given_saves, exchanged.received_saves, exchanged.conflicts), (41, 4, 1));
    assert_eq!(officer.fingerprint(), colleague.fingerprint());
    for laptop in [&officer, &colleague] {
        let conflicts = laptop.store().conflicts().expect("readable");
        assert_eq!(conflicts.len(), 1, "the conflict is on both");
        assert_eq!(conflicts[0].heads.len(), 2, "and both versions of it");
    }
    let known = |laptop: &Laptop| laptop.store().paired_devices().expect("readable").remove(0);
    assert_eq!(known(&officer).last_exchange, Some(exchanged), "it is remembered");
    assert_eq!(known(&colleague).last_exchange.expect("remembered there too").received_saves, 41);

    // The other one may call as well, and what both have does not travel again.
    let again = there.call_device(device(&officer)).await.expect("it remembers where it was");
    let Called::Exchanged(whom, again) = again else { panic!("they are paired: {again:?}") };
    assert_eq!(whom, device(&officer));
    assert_eq!((again.given_saves, again.given_segments, again.received_saves), (0, 0, 0));
}

#[tokio::test]
async fn codes_that_differ_pair_nobody() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    colleague.write(&finding("Belum terkirim"));
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    call_to_compare(&here, address(&there)).await;
    shown(&there).await;
    let (here_said, there_said) = tokio::join!(here.confirm(true), there.confirm(false));
    check_refused(here_said, false, NearbyRefusal::Declined);
    there_said.expect("said so");
    assert!(here.comparing().is_none() && there.comparing().is_none(), "the screens are cleared");
    for laptop in [&officer, &colleague] {
        assert_eq!(laptop.store().paired_devices().expect("readable"), []);
    }
    // Who said nothing yet is told.
    call_to_compare(&here, address(&there)).await;
    shown(&there).await;
    there.confirm(false).await.expect("said so");
    while here.comparing().is_some() {
        tokio::task::yield_now().await;
    }
    check_refused(here.take_trouble().map_or(Ok(()), Err), false, NearbyRefusal::Declined);
    assert!(matches!(here.confirm(true).await, Err(NearbyError::NothingToConfirm)));
    assert_eq!(officer.fingerprint(), Laptop::new("Kosong", "81.71.01").fingerprint(), "nothing came over");
}

#[tokio::test]
async fn whoever_stands_between_shows_two_codes() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let between = province.laptop("Orang Di Antara", Role::Petugas, "81.71.01").await;
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    let (front, back) = (listen(&between).await, listen(&between).await);
    let code_here = call_to_compare(&here, address(&front)).await;
    call_to_compare(&back, address(&there)).await;
    let code_there = shown(&there).await;
    assert_ne!(code_here.code, code_there.code);
    assert_eq!(code_here.device, device(&between), "and each screen names whose key it is");
    // A third is told to wait.
    let third = listen(&province.laptop("Petugas Ketiga", Role::Petugas, "81.71.01").await).await;
    check_refused(third.call(address(&there), None).await, false, NearbyRefusal::Busy);
    // Whoever is meant is known by its key.
    let meant = here.call(address(&back), Some(device(&colleague))).await;
    assert!(matches!(meant, Err(NearbyError::AnotherDevice)), "{meant:?}");
}

#[tokio::test]
async fn a_revoked_laptop_is_refused_and_changes_nothing() {
    let province = Province::found().await;
    let mut officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    pair(&here, &there).await;
    officer.write(&finding("Belum terkirim"));
    colleague.write(&finding("Ditulis sesudah dicabut"));
    let revoked = device(&colleague);
    province.server().province().revoke(revoked, RevocationReason::KeyCompromise).await.expect("revoked");
    officer.engine.synchronize().await.expect("hears of it");
    let before = (officer.stored_bytes(), colleague.stored_bytes());
    check_refused(here.call(address(&there), None).await, true, NearbyRefusal::Revoked);
    check_refused(there.call(address(&here), None).await, false, NearbyRefusal::Revoked);
    assert!(before == (officer.stored_bytes(), colleague.stored_bytes()), "not a byte was written");
}

#[tokio::test]
async fn only_laptops_of_one_province_talk() {
    let province = Province::found().await;
    let elsewhere = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let stranger = elsewhere.laptop("Orang Lain", Role::Petugas, "81.71.01").await;
    let (here, there) = (listen(&officer).await, listen(&stranger).await);
    check_refused(here.call(address(&there), None).await, false, NearbyRefusal::OtherProvince);
    check_refused(there.call(address(&here), None).await, false, NearbyRefusal::OtherProvince);
    let never = Laptop::new("Belum Terdaftar", "81.71.01");
    assert!(matches!(listen_with(&never, PATIENCE).await, Err(NearbyError::NotEnrolled)));
    let outside = here.call("8.8.8.8:7471".parse().expect("an address"), None).await;
    assert!(matches!(outside, Err(NearbyError::NotLocal)), "{outside:?}");
}

#[tokio::test]
async fn a_laptop_that_was_enrolled_later_brings_the_registry_along() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let later = province.laptop("Petugas Baru", Role::Petugas, "81.71.01").await;
    assert_eq!(officer.store().registry().device(device(&later)), None, "nobody has told it yet");
    later.write(&finding("Dari petugas baru"));
    let (here, there) = (listen(&officer).await, listen(&later).await);
    pair(&here, &there).await;
    exchange(&here, address(&there)).await;
    assert_eq!(officer.store().registry().seq(), later.store().registry().seq());
    assert_eq!(officer.fingerprint(), later.fingerprint());
}

#[tokio::test]
async fn an_exchange_that_was_cut_goes_on_with_what_is_missing() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    findings(20).iter().for_each(|finding| drop(officer.write(finding)));
    let photo = with_photo(&officer, 3 << 20);
    findings(20).iter().for_each(|finding| drop(colleague.write(finding)));
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    pair(&here, &there).await;
    let cable = BadLink::in_front_of(address(&there)).await.expect("a free port on loopback");
    let mut cuts = 0;
    // Longer each time, so that every stage is cut somewhere.
    let mut reaches = 500;
    while officer.fingerprint() != colleague.fingerprint() || !holds(&colleague, photo) {
        cable.set_weather(Weather { cut_after: Some(reaches), cuts: 1, ..Weather::CLEAR });
        match here.call(cable.address(), None).await {
            Err(NearbyError::Cut(_) | NearbyError::Silence) => cuts += 1,
            Ok(_) => {}
            Err(error) => panic!("a cut is a cut: {error:?}"),
        }
        reaches *= 2;
    }
    assert!(cuts >= 8, "{cuts} cuts");
    // Whatever the side that was called still did with the last one.
    cable.set_weather(Weather::CLEAR);
    exchange(&here, cable.address()).await;
    assert_eq!(officer.summary().waiting_saves, colleague.summary().waiting_saves + 1, "each keeps its own to send");
}

#[tokio::test]
async fn what_a_third_laptop_wrote_is_carried_and_its_receipts_come_back() {
    let province = Province::found().await;
    let mut supervisor = province.laptop("Pengawas Contoh", Role::PengawasKabkota, "81.71").await;
    let author = province.laptop("Penulis Contoh", Role::Petugas, "81.71.01").await;
    let middle = province.laptop("Perantara Contoh", Role::Petugas, "81.71.01").await;
    let mut carrier = province.laptop("Pembawa Contoh", Role::Petugas, "81.71.01").await;
    findings(5).iter().for_each(|finding| drop(author.write(finding)));
    let photo = with_photo(&author, 300_000);
    let (at_author, at_middle, at_carrier) = (listen(&author).await, listen(&middle).await, listen(&carrier).await);
    pair(&at_author, &at_middle).await;
    exchange(&at_author, address(&at_middle)).await;
    pair(&at_middle, &at_carrier).await;
    let passed_on = exchange(&at_middle, address(&at_carrier)).await;
    assert_eq!(passed_on.given_saves, 0, "it wrote nothing itself");
    assert!(passed_on.given_segments > 0, "and gave what it was given");

    // Whoever reaches the province first hands in everything, and says so when they meet.
    carrier.engine.synchronize().await.expect("sent, with what the author wrote");
    carrier.engine.transfer_attachments(arumbae_sync::Allowance::EVERYTHING).await.expect("sent as well");
    supervisor.engine.synchronize().await.expect("received");
    supervisor.engine.transfer_attachments(arumbae_sync::Allowance::EVERYTHING).await.expect("received");
    assert!(holds(&supervisor, photo), "the province has the photo of a laptop that never called it");
    assert_eq!(author.summary().waiting_saves, 6);
    pair(&at_carrier, &at_author).await;
    exchange(&at_carrier, address(&at_author)).await;
    assert_eq!((author.summary().waiting_saves, author.summary().sent_saves), (0, 6));
    assert_eq!(supervisor.fingerprint(), author.fingerprint());
}

#[tokio::test]
async fn nobody_is_given_what_they_may_not_read_or_believed_what_they_may_not_write() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let mut neighbour = province.laptop("Petugas Sebelah", Role::Petugas, "81.71.02").await;
    let own = finding("Catatan kecamatan sendiri");
    officer.write(&own);
    let photo = with_photo(&officer, 1000);
    neighbour.scope = scope("81.71.01");
    let planted = finding("Ditanam di kecamatan orang");
    neighbour.write(&planted);
    let (here, there) = (listen(&officer).await, listen(&neighbour).await);
    pair(&here, &there).await;
    let exchanged = exchange(&here, address(&there)).await;
    assert_eq!((exchanged.given_saves, exchanged.received_saves), (0, 0));
    assert!(neighbour.read(own.id).is_none() && !holds(&neighbour, photo));
    assert!(officer.read(planted.id).is_none(), "it is not part of the records");
    let held = officer.store().quarantine().expect("readable");
    assert_eq!(held.len(), 1, "and kept, with its reason");
}

#[tokio::test]
async fn a_forgotten_laptop_has_to_be_compared_again() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    pair(&here, &there).await;
    colleague.store().forget_pairing(device(&officer)).expect("forgotten");
    officer.write(&finding("Belum terkirim"));
    call_to_compare(&here, address(&there)).await;
    assert!(colleague.fingerprint() != officer.fingerprint(), "nothing travels before the codes agree");
}

#[tokio::test]
async fn silence_ends_on_either_side() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let short = Duration::from_millis(200);
    let patience = Patience { connect: short, quiet: short, ..PATIENCE };
    let here = listen_with(&officer, patience).await.expect("it listens");
    // Somebody connects and says nothing: the line is given back.
    let mut silent = TcpStream::connect(address(&here)).await.expect("connected");
    assert_eq!(silent.read(&mut [0; 64]).await.expect("closed in order"), 0);
    // Somebody answers and says nothing.
    let mute = TcpListener::bind(LOOPBACK).await.expect("a free port");
    let called = here.call(mute.local_addr().expect("bound"), None).await;
    assert!(matches!(called, Err(NearbyError::Silence)), "{called:?}");
    // Nobody is there, and another program is.
    drop(mute);
    let gone = TcpListener::bind(LOOPBACK).await.expect("a free port").local_addr().expect("bound");
    assert!(matches!(here.call(gone, None).await, Err(NearbyError::NoRoute(_))));
    let printer = TcpListener::bind(LOOPBACK).await.expect("a free port");
    let at = printer.local_addr().expect("bound");
    let answer = async {
        let (mut stream, _) = printer.accept().await.expect("called");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.expect("said");
        stream
    };
    let (other, _) = tokio::join!(here.call(at, None), answer);
    assert!(matches!(other, Err(NearbyError::NotALaptop(_))), "{other:?}");
}

#[tokio::test]
async fn laptops_are_found_by_their_announcements_and_known_by_their_marks() {
    let province = Province::found().await;
    let officer = province.laptop("Petugas Contoh", Role::Petugas, "81.71.01").await;
    let colleague = province.laptop("Rekan Contoh", Role::Petugas, "81.71.01").await;
    let (here, there) = (listen(&officer).await, listen(&colleague).await);
    assert!(here.is_announced() && there.is_announced());
    let appears = async {
        loop {
            match there.found().into_iter().find(|found| found.alias == *here.alias()) {
                Some(found) => break found,
                None => tokio::task::yield_now().await,
            }
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(60), appears).await.expect("multicast reaches loopback");
    assert_eq!(found.address, address(&here));
    assert_eq!(found.device(colleague.store().registry()), Some(device(&officer)), "the registry names it");
    let elsewhere = Province::found().await.laptop("Orang Lain", Role::Petugas, "81.71.01").await;
    assert_eq!(found.device(elsewhere.store().registry()), None, "to others it is nobody");
    drop(here);
    while there.found().iter().any(|still| still.alias == found.alias) {
        tokio::task::yield_now().await;
    }
}

/// A finding with a photo of so many bytes, on this laptop only.
fn with_photo(laptop: &Laptop, bytes: usize) -> arumbae_domain::schema::BlobHash {
    let mut photo = vec![0; bytes];
    OsRng.fill_bytes(&mut photo);
    let blob = laptop.store().put_blob(&photo).expect("kept");
    let id = RecordId(Uuid::now_v7());
    let attachment = Attachment { id, blob: Some(blob), byte_length: Some(bytes as i64), ..Attachment::default() };
    laptop.write(&arumbae_domain::Finding { attachments: vec![attachment], ..finding("Dengan foto") });
    blob
}

fn holds(laptop: &Laptop, blob: arumbae_domain::schema::BlobHash) -> bool {
    laptop.store().blob(blob).expect("readable").is_some()
}
