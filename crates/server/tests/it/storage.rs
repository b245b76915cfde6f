//! The conformance suite of [`Storage`]: every backend must pass `conforms`.

use arumbae_mergelog::compression::compress;
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_mergelog::{DeviceKey, Lane};
use arumbae_protocol::{LaneCutOff, NoticeCode, RegistryEntry, Role, SignedEntry};
use arumbae_server::SqliteStorage;
use arumbae_server::storage::{
    PushOutcome, PushedSegment, ScopeHead, Storage, StorageError, StoredInvitation, StoredSegment,
};
use ed25519_dalek::SigningKey;
use uuid::Uuid;

use crate::device::{Device, cursor};

const HERE: &str = "81.71.01";
const THERE: &str = "81.71.02";

fn entries(first: u64, count: u64) -> Vec<SignedEntry> {
    let key = SigningKey::from_bytes(&[1; 32]);
    let entry =
        RegistryEntry::Person { id: Uuid::from_u128(1), name: "Nama CONTOH".to_owned(), position: String::new() };
    (first..first + count).map(|seq| SignedEntry::sign(seq, [0; 32], 0, &entry, &key)).collect()
}

fn permitted(segment: &SealedSegment) -> PushedSegment {
    PushedSegment::Permitted {
        segment: segment.clone(),
        compressed: compress(segment.bytes()),
        first_received_ms: None,
    }
}

fn stored(outcomes: Vec<PushOutcome>) -> Vec<StoredSegment> {
    let one = |outcome| match outcome {
        PushOutcome::Stored(stored) => stored,
        PushOutcome::Refused { code, .. } => panic!("refused: {code:?}"),
    };
    outcomes.into_iter().map(one).collect()
}

async fn conforms<S: Storage>(storage: S) {
    keeps_the_registry_one_chain(&storage).await;
    redeems_an_invitation_once(&storage).await;
    numbers_segments_without_gaps(&storage).await;
    gives_each_reader_what_it_lacks(&storage).await;
    judges_nothing_by_an_old_registry(&storage).await;
    remembers_its_address(&storage).await;
}

async fn keeps_the_registry_one_chain<S: Storage>(storage: &S) {
    storage.append_registry(entries(1, 3)).await.expect("the first entries");
    assert!(matches!(storage.append_registry(entries(3, 1)).await, Err(StorageError::RegistryMoved)));
    assert!(matches!(storage.append_registry(entries(5, 1)).await, Err(StorageError::RegistryMoved)));
    assert_eq!(storage.registry_after(0).await.expect("entries"), entries(1, 3));
    assert_eq!(storage.registry_after(2).await.expect("entries"), entries(3, 1));
    assert_eq!(storage.registry_after(9).await.expect("entries"), []);
}

async fn redeems_an_invitation_once<S: Storage>(storage: &S) {
    let invitation = StoredInvitation {
        fingerprint: [1; 32],
        role: Role::Petugas,
        scope: HERE.parse().expect("a scope"),
        person: Some(Uuid::from_u128(7)),
        expires_ms: 5,
        redeemed_by: None,
    };
    storage.add_invitation(invitation.clone()).await.expect("kept");
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(invitation.clone()));
    assert_eq!(storage.find_invitation([2; 32]).await.expect("not found"), None);

    let (first, second) = (DeviceKey([1; 32]), DeviceKey([2; 32]));
    let outcome = storage.redeem_invitation([1; 32], first, entries(9, 1)).await;
    assert!(matches!(outcome, Err(StorageError::RegistryMoved)), "entries that do not fit use nothing up");
    assert!(storage.redeem_invitation([1; 32], first, entries(4, 1)).await.expect("redeemed"));
    assert!(!storage.redeem_invitation([1; 32], second, entries(5, 1)).await.expect("used"));
    assert_eq!(storage.registry_after(3).await.expect("entries"), entries(4, 1), "the loser enters nothing");
    let used = StoredInvitation { redeemed_by: Some(first), ..invitation };
    assert_eq!(storage.find_invitation([1; 32]).await.expect("found"), Some(used));
}

async fn numbers_segments_without_gaps<S: Storage>(storage: &S) {
    let device = Device::new(1);
    let (mut here, mut there) = (device.lane(HERE), device.lane(THERE));
    let first = device.seal(&mut here, 2);
    let second = device.seal(&mut there, 1);
    let third = device.seal(&mut here, 1);
    let pushed = [&first, &second, &third].map(permitted).to_vec();
    let outcome = stored(storage.receive_segments(pushed, 4, 100).await.expect("stored"));
    let numbers: Vec<_> = outcome.iter().map(|stored| (stored.hash, stored.gsn, stored.received_ms)).collect();
    assert_eq!(numbers, [(first.hash(), 1, 100), (second.hash(), 1, 100), (third.hash(), 2, 100)]);

    let again = stored(storage.receive_segments(vec![permitted(&third)], 4, 200).await.expect("stored"));
    assert_eq!(again, outcome[2..], "the same segment keeps its number and its time");

    let refused = PushedSegment::Refused { segment: None, compressed: vec![1], code: NoticeCode::Unreadable };
    let fourth = device.seal(&mut there, 1);
    let mixed = vec![refused.clone(), permitted(&fourth), refused];
    let outcome = storage.receive_segments(mixed, 4, 300).await.expect("stored");
    let nothing = PushOutcome::Refused {
        lane: None::<Lane>,
        first_seq: 0,
        hash: SegmentHash([0; 32]),
        code: NoticeCode::Unreadable,
    };
    assert_eq!((&outcome[0], &outcome[2]), (&nothing, &nothing));
    assert!(matches!(&outcome[1], PushOutcome::Stored(StoredSegment { gsn: 2, .. })), "a refusal leaves no gap");

    let heads = storage.scope_heads().await.expect("heads");
    let head = |scope: &str, gsn| ScopeHead { scope: scope.parse().expect("a scope"), gsn };
    assert_eq!(heads, [head(HERE, 2), head(THERE, 2)]);
    let digests = [
        (cursor(HERE, 0), Some(Digest::EMPTY)),
        (cursor(HERE, 1), Some([first.hash()].iter().collect())),
        (cursor(HERE, 2), Some([first.hash(), third.hash()].iter().collect())),
        (cursor(HERE, 3), None),
    ];
    for (at, expected) in digests {
        assert_eq!(storage.digest_at(at.clone()).await.expect("a digest"), expected, "at {at:?}");
    }
    let heads = storage.lane_heads_of(device.device_key()).await.expect("heads");
    let mut expected = [(here, 3), (there, 2)].map(|(end, last_seq)| LaneCutOff { lane: end.lane.id(), last_seq });
    expected.sort_by_key(|head| head.lane);
    assert_eq!(heads, expected);
}

async fn gives_each_reader_what_it_lacks<S: Storage>(storage: &S) {
    let everything = vec![cursor(HERE, 0), cursor(THERE, 0)];
    let stranger = (DeviceKey([9; 32]), 1);
    let pulled = storage.segments_after(everything.clone(), stranger, u64::MAX).await.expect("segments");
    let places: Vec<_> = pulled.segments.iter().map(|segment| (segment.scope.to_string(), segment.gsn)).collect();
    let expected = [(HERE, 1), (HERE, 2), (THERE, 1), (THERE, 2)].map(|(scope, gsn)| (scope.to_owned(), gsn));
    assert_eq!(places, expected);
    assert_eq!(pulled.cursors, [cursor(HERE, 2), cursor(THERE, 2)]);
    assert!(!pulled.more);

    let little = storage.segments_after(everything.clone(), stranger, 0).await.expect("segments");
    assert_eq!((little.segments.len(), little.more), (1, true));
    assert_eq!(little.cursors, [cursor(HERE, 1), cursor(THERE, 0)]);

    let author = Device::new(1).device_key();
    let own = storage.segments_after(everything.clone(), (author, 1), u64::MAX).await.expect("segments");
    assert_eq!((own.segments.len(), own.cursors), (0, vec![cursor(HERE, 2), cursor(THERE, 2)]));
    let restored = storage.segments_after(everything, (author, 2), u64::MAX).await.expect("segments");
    assert_eq!(restored.segments.len(), 4, "another incarnation gets its earlier work back");

    let beyond = vec![cursor(HERE, u64::MAX)];
    let nothing = storage.segments_after(beyond.clone(), stranger, u64::MAX).await.expect("segments");
    assert_eq!((nothing.segments.len(), nothing.cursors), (0, beyond));
}

async fn judges_nothing_by_an_old_registry<S: Storage>(storage: &S) {
    let device = Device::new(2);
    let segment = device.seal(&mut device.lane(HERE), 1);
    let outcome = storage.receive_segments(vec![permitted(&segment)], 3, 400).await;
    assert!(matches!(outcome, Err(StorageError::RegistryMoved)));
    let heads = storage.lane_heads_of(device.device_key()).await.expect("heads");
    assert_eq!(heads, [], "and nothing was stored");
}

async fn remembers_its_address<S: Storage>(storage: &S) {
    assert_eq!(storage.address().await.expect("none yet"), None);
    for url in ["https://one.invalid", "https://two.invalid"] {
        storage.set_address(url.to_owned()).await.expect("kept");
        assert_eq!(storage.address().await.expect("an address").as_deref(), Some(url));
    }
}

#[tokio::test]
async fn sqlite_conforms() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    conforms(SqliteStorage::open(&folder.path().join("arumbae.db")).expect("a new database")).await;
}

#[tokio::test]
async fn sqlite_finds_everything_again_after_reopening() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("arumbae.db");
    let device = Device::new(1);
    let segment = device.seal(&mut device.lane(HERE), 1);
    let first = SqliteStorage::open(&path).expect("a new database");
    let receipt = first.receive_segments(vec![permitted(&segment)], 0, 1).await.expect("stored");
    drop(first);
    let second = SqliteStorage::open(&path).expect("the same database");
    let again = second.receive_segments(vec![permitted(&segment)], 0, 2).await.expect("stored");
    assert_eq!(again, receipt);
}
