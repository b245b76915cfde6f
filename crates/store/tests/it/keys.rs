//! Who can open a store, and who cannot.

use arumbae_store::{Enrolment, Store, StoreError};
use rand_core::OsRng;
use x25519_dalek::{PublicKey, StaticSecret};

use crate::fixture::{NOW_MS, PASSPHRASE, event, get, laptop, new_store, profile, put};

#[test]
fn wrong_passphrases_slow_down_and_never_wipe() {
    let mut laptop = laptop("Penguji Satu");
    let kept = event("Sosialisasi netralitas");
    put(&mut laptop.store, &kept);
    drop(laptop.store);
    let path = laptop.dir.path();
    let attempt = |passphrase: &str, now_ms| Store::unlock(path, passphrase, now_ms, &mut OsRng);

    for wait in [0, 0, 0, 5, 10] {
        let now_ms = NOW_MS + 1_000_000 * wait;
        match attempt("salah", now_ms) {
            Err(StoreError::WrongPassphrase { wait_seconds }) => assert_eq!(wait_seconds, wait),
            other => panic!("a wrong passphrase gave {other:?}"),
        }
    }
    let last = NOW_MS + 10_000_000;
    match attempt(PASSPHRASE, last + 4_000) {
        Err(StoreError::AttemptTooSoon { wait_seconds }) => assert_eq!(wait_seconds, 6),
        other => panic!("even the right passphrase has to wait, got {other:?}"),
    }
    match attempt(PASSPHRASE, 0) {
        Err(StoreError::AttemptTooSoon { wait_seconds }) => {
            assert_eq!(wait_seconds, 10, "a clock set back to 1970 must not make the wait longer");
        }
        other => panic!("got {other:?}"),
    }
    let store = attempt(PASSPHRASE, 10_000).expect("after the wait the store opens, with everything in it");
    assert_eq!(get(&store, &kept).title, kept.title);
}

#[test]
fn each_user_has_a_passphrase_and_a_signing_key_of_their_own() {
    let mut laptop = laptop("Penguji Satu");
    let store = &mut laptop.store;
    store.put_signing_key(PASSPHRASE, b"first key", NOW_MS, &mut OsRng).expect("kept");
    store.add_user(&profile("Penguji Dua"), "kora-kora", &mut OsRng).expect("added");
    assert_eq!(*store.signing_key(PASSPHRASE, NOW_MS).expect("own key"), b"first key");
    assert!(
        matches!(store.signing_key("kora-kora", NOW_MS), Err(StoreError::WrongPassphrase { .. })),
        "a colleague's passphrase does not open my key"
    );
    let shared = event("Apel siaga");
    put(store, &shared);
    drop(laptop.store);

    let mut second = Store::unlock(laptop.dir.path(), "kora-kora", NOW_MS, &mut OsRng).expect("the colleague comes in");
    assert_eq!(second.profile().name, "Penguji Dua");
    assert_eq!(get(&second, &shared).title, "Apel siaga", "records are shared");
    assert!(matches!(second.signing_key("kora-kora", NOW_MS), Err(StoreError::NoSigningKey)), "keys are not");
    second.put_draft("laporan", "{}", NOW_MS).expect("kept");
    second.put_signing_key("kora-kora", b"second key", NOW_MS, &mut OsRng).expect("kept");
    second.change_passphrase("kora-kora", "arumbae", NOW_MS, &mut OsRng).expect("changed");
    assert_eq!(*second.signing_key("arumbae", NOW_MS).expect("moved along"), b"second key");
    drop(second);

    let first = Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).expect("still opens");
    assert_eq!(first.profile().name, "Penguji Satu");
    assert_eq!(first.drafts().expect("readable"), [], "drafts are each user's own");
    assert_eq!(first.profiles().expect("readable").len(), 2);
}

#[test]
fn the_same_passphrase_composed_differently_opens() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let new = new_store("Penguji", "caf\u{e9}");
    drop(Store::create(dir.path(), new, &mut OsRng).expect("created"));
    Store::unlock(dir.path(), "cafe\u{301}", NOW_MS, &mut OsRng).expect("one passphrase, two ways to type it");
}

#[test]
fn a_forgotten_passphrase_is_not_lost_evidence() {
    let province = StaticSecret::random_from_rng(OsRng);
    let stranger = StaticSecret::random_from_rng(OsRng);
    let mut laptop = laptop("Penguji Satu");
    laptop.store.put_signing_key(PASSPHRASE, b"key", NOW_MS, &mut OsRng).expect("kept");
    let kept = event("Deklarasi");
    put(&mut laptop.store, &kept);
    let person_id = laptop.store.profile().person_id;
    let enrolment = Enrolment {
        server_url: "https://contoh.invalid".to_owned(),
        ca_der: vec![1],
        registry_key: [7; 32],
        recovery_key: Some(PublicKey::from(&province).to_bytes()),
        person_id,
        enrolled_ms: NOW_MS,
    };
    laptop.store.set_enrolment(&enrolment, &mut OsRng).expect("enrolled");
    assert_eq!(laptop.store.enrolment().expect("readable"), Some(enrolment));
    drop(laptop.store);
    let open = |secret: &StaticSecret| {
        Store::unlock_with_recovery_key(
            laptop.dir.path(),
            &secret.to_bytes(),
            Some(person_id),
            "baru",
            NOW_MS,
            &mut OsRng,
        )
    };
    assert!(matches!(open(&stranger), Err(StoreError::WrongRecoveryKey)), "only the province's key fits");
    let store = open(&province).expect("the province's key opens");
    assert_eq!(get(&store, &kept).title, "Deklarasi");
    assert!(!store.has_signing_key(), "nobody gets a signing key by recovery");
    drop(store);
    Store::unlock(laptop.dir.path(), "baru", NOW_MS, &mut OsRng).expect("the new passphrase opens");
    assert!(Store::unlock(laptop.dir.path(), PASSPHRASE, NOW_MS, &mut OsRng).is_err(), "the old one no longer does");
}

#[test]
fn slots_hold_no_names() {
    let laptop = laptop("Nama Rahasia");
    let slots = std::fs::read_to_string(laptop.dir.path().join("slots.json")).expect("readable");
    for word in ["Nama", "Rahasia", "Panwascam", PASSPHRASE] {
        assert!(!slots.contains(word), "slots.json says {word}");
    }
}
