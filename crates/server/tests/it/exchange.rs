use std::path::Path;
use std::sync::Arc;

use arumbae_mergelog::compression::{compress, decompress};
use arumbae_mergelog::digest::Digest;
use arumbae_mergelog::segment::{SealedSegment, SegmentError, SegmentHash};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{FailureCode, NoticeCode, Role, ScopeDigest, SyncRequest, SyncResponse, cbor, paths};
use arumbae_signing::revocation::RevocationReason;
use reqwest::Method;
use serde_bytes::ByteBuf;

use crate::device::{Device, cursor};
use crate::fixture::Province;

const DISTRICT: &str = "81.71.01";

fn received(response: &SyncResponse) -> Vec<SegmentHash> {
    let open = |bytes: &[u8]| {
        let bytes = decompress(bytes, MAX_SEGMENT).expect("compressed by the author");
        let segment = SealedSegment::from_bytes(bytes).expect("a segment");
        segment.verify().expect("the author's signature still holds");
        segment.hash()
    };
    response.segments.iter().map(|segment| open(&segment.bytes)).collect()
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[track_caller]
fn check_refused(response: &SyncResponse, expected: NoticeCode) {
    let codes: Vec<NoticeCode> = response.quarantine.iter().map(|notice| notice.code).collect();
    assert_eq!(codes, [expected]);
    assert_eq!(response.receipts, [], "what is refused is not receipted");
}

#[tokio::test]
async fn what_one_writes_another_reads() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let mut lane = officer.lane(DISTRICT);
    let (first, second) = (officer.seal(&mut lane, 3), officer.seal(&mut lane, 2));

    let pushed = officer.push(&server, &[&first, &second]).await;
    let key = server.province().registry_key();
    let receipted: Vec<_> = pushed
        .receipts
        .iter()
        .map(|receipt| {
            receipt.verify(&key).expect("signed by the province");
            (receipt.hash, receipt.first_seq, receipt.last_seq(), receipt.gsn)
        })
        .collect();
    assert_eq!(receipted, [(first.hash(), 1, 3, 1), (second.hash(), 4, 5, 2)]);
    assert_eq!(pushed.segments, [], "its own segments are not sent back");
    assert_eq!(pushed.cursors, [cursor(DISTRICT, 2)], "but counted as read");

    let pulled = supervisor.push(&server, &[]).await;
    assert_eq!(received(&pulled), [first.hash(), second.hash()]);
    assert_eq!(pulled.cursors, [cursor(DISTRICT, 2)]);
    assert!(!pulled.more);
    let again = SyncRequest { cursors: pulled.cursors.clone(), ..supervisor.request(&[]) };
    let nothing = supervisor.sync(&server, &again).await.expect("synchronized");
    assert_eq!(nothing.segments, [], "nothing is sent twice");

    let mut comments = supervisor.lane(DISTRICT);
    let returned = supervisor.seal(&mut comments, 1);
    supervisor.push(&server, &[&returned]).await;
    let back = SyncRequest { cursors: pushed.cursors, ..officer.request(&[]) };
    assert_eq!(received(&officer.sync(&server, &back).await.expect("synchronized")), [returned.hash()]);
}

#[tokio::test]
async fn the_same_push_gets_the_same_receipt() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let segment = officer.seal(&mut officer.lane(DISTRICT), 2);
    let first = officer.push(&server, &[&segment]).await;
    province.pass(60_000);
    let second = officer.push(&server, &[&segment, &segment]).await;
    assert_eq!(second.receipts, [first.receipts.clone(), first.receipts].concat());
    assert_eq!(second.quarantine, []);
}

#[tokio::test]
async fn credit_ends_an_answer_and_the_rest_follows() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let (mut here, mut village) = (officer.lane(DISTRICT), officer.lane("81.71.01.1001"));
    let segments: Vec<_> = (0..6).map(|n| officer.seal(if n % 2 == 0 { &mut here } else { &mut village }, 1)).collect();
    officer.push(&server, &segments.iter().collect::<Vec<_>>()).await;

    let mut cursors = Vec::new();
    let mut all = Vec::new();
    for round in 1..=6 {
        let request = SyncRequest { cursors, credit_bytes: 1, ..supervisor.request(&[]) };
        let response = supervisor.sync(&server, &request).await.expect("synchronized");
        assert_eq!(response.segments.len(), 1, "one segment always comes");
        assert_eq!(response.more, round < 6, "round {round}");
        all.extend(received(&response));
        cursors = response.cursors;
    }
    let mut expected: Vec<_> = segments.iter().map(SealedSegment::hash).collect();
    all.sort();
    expected.sort();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn work_from_before_enrolment_is_accepted_whole() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::new(1);
    let mut lane = officer.lane(DISTRICT);
    let early: Vec<_> = (0..3).map(|_| officer.seal(&mut lane, 5)).collect();
    province.pass(30 * 24 * 60 * 60 * 1000);
    let invitation = crate::fixture::invite(&server, Role::Petugas, DISTRICT).await;
    officer.enrol(&server, &invitation).await.expect("enrolled");
    let pushed = officer.push(&server, &early.iter().collect::<Vec<_>>()).await;
    assert_eq!(pushed.receipts.len(), 3);
    assert_eq!(pushed.quarantine, []);
}

#[tokio::test]
async fn a_scope_that_was_not_granted_is_neither_written_nor_read() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let neighbour = Device::enrolled(2, &server, Role::Petugas, "81.71.02").await;
    let elsewhere = officer.seal(&mut officer.lane("81.71.02"), 1);
    check_refused(&officer.push(&server, &[&elsewhere]).await, NoticeCode::NotPermitted);

    let segment = officer.seal(&mut officer.lane(DISTRICT), 1);
    officer.push(&server, &[&segment]).await;
    let pulled = neighbour.push(&server, &[]).await;
    assert_eq!(pulled.segments, []);
    assert_eq!(pulled.cursors, [], "not even that the scope has segments is told");

    let restricted = officer.seal(&mut officer.lane("81.71.01/terbatas"), 1);
    check_refused(&officer.push(&server, &[&restricted]).await, NoticeCode::NotPermitted);
}

#[tokio::test]
async fn a_fork_freezes_its_lane_and_nothing_else() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let first = officer.seal(&mut lane, 1);
    let second = officer.seal(&mut lane, 1);
    let third = officer.seal(&mut lane, 1);
    let forked = officer.seal(&mut officer.lane(DISTRICT), 2);
    let mut other = officer.lane("81.71.01.1001");
    let beside = officer.seal(&mut other, 1);

    officer.push(&server, &[&first, &second]).await;
    let response = officer.push(&server, &[&forked, &third, &beside]).await;
    let notices: Vec<_> = response.quarantine.iter().map(|notice| (notice.index, notice.hash, notice.code)).collect();
    let expected = [(0, forked.hash(), NoticeCode::Fork), (1, third.hash(), NoticeCode::Fork)];
    assert_eq!(notices, expected);
    assert_eq!(response.quarantine[0].lane.as_ref(), Some(&forked.header().lane));
    let receipted: Vec<_> = response.receipts.iter().map(|receipt| receipt.hash).collect();
    assert_eq!(receipted, [beside.hash()], "the other lane goes on");
    assert_eq!(officer.push(&server, &[&first]).await.receipts.len(), 1, "what was receipted stays receipted");

    let restored = Device { incarnation: 2, ..officer };
    let anew = restored.seal(&mut restored.lane(DISTRICT), 1);
    let response = restored.push(&server, &[&anew]).await;
    assert_eq!(response.receipts.len(), 1, "a new incarnation writes on");
    let returned = received(&response);
    assert!(returned.contains(&first.hash()) && returned.contains(&second.hash()), "and gets its earlier work back");
}

#[tokio::test]
async fn a_gap_is_asked_for_again() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let (first, second) = (officer.seal(&mut lane, 2), officer.seal(&mut lane, 1));
    check_refused(&officer.push(&server, &[&second]).await, NoticeCode::Gap);
    let both = officer.push(&server, &[&first, &second]).await;
    assert_eq!(both.receipts.len(), 2, "a gap leaves no mark");
}

#[tokio::test]
async fn a_damaged_segment_does_not_stop_the_others() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let segment = officer.seal(&mut officer.lane(DISTRICT), 2);
    let mut damaged = segment.bytes().to_vec();
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    let mut request = officer.request(&[&segment]);
    request.segments.insert(0, ByteBuf::from(compress(&damaged)));
    request.segments.insert(0, ByteBuf::from(vec![0xff; 50]));
    request.segments.insert(0, ByteBuf::new());
    let response = officer.sync(&server, &request).await.expect("synchronized");
    let notices: Vec<_> = response.quarantine.iter().map(|notice| (notice.index, notice.code)).collect();
    assert_eq!(notices, [0, 1, 2].map(|index| (index, NoticeCode::Unreadable)));
    assert_eq!(response.receipts.len(), 1);
}

#[tokio::test]
async fn any_device_may_carry_anothers_segments() {
    let province = Province::new();
    let server = province.start().await;
    let author = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let courier = Device::enrolled(2, &server, Role::Petugas, "81.71.02").await;
    let segment = author.seal(&mut author.lane(DISTRICT), 1);
    let response = courier.push(&server, &[&segment]).await;
    assert_eq!(response.receipts.len(), 1, "the author's signature and right count, not the courier's");
    assert_eq!(response.segments, [], "carrying gives no right to read");
}

#[tokio::test]
async fn a_revoked_device_is_refused_and_its_late_segments_wait_for_a_person() {
    let province = Province::new();
    let server = province.start().await;
    let lost = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let colleague = Device::enrolled(2, &server, Role::Ketua, DISTRICT).await;
    let mut lane = lost.lane(DISTRICT);
    let (before, after) = (lost.seal(&mut lane, 4), lost.seal(&mut lane, 1));
    lost.push(&server, &[&before]).await;

    assert!(server.province().revoke(lost.device_key(), RevocationReason::KeyCompromise).await.expect("revoked"));
    assert!(
        !server.province().revoke(lost.device_key(), RevocationReason::KeyCompromise).await.expect("revoked before")
    );
    let outcome = lost.sync(&server, &lost.request(&[&after])).await;
    assert_eq!(outcome.map(|_| ()), Err(FailureCode::RevokedDevice));

    let carried = colleague.push(&server, &[&before, &after]).await;
    assert_eq!(carried.receipts.len(), 1, "what was receipted before keeps its receipt");
    assert_eq!(carried.quarantine[0].code, NoticeCode::Revoked);
    let registry = server.province().registry().await.expect("a registry");
    let revocation = registry.device(lost.device_key()).and_then(|device| device.revocation.clone());
    let cut_off = revocation.and_then(|revocation| revocation.cut_offs.get(&lane.lane.id()).copied());
    assert_eq!(cut_off, Some(4), "the last receipted save is the cut-off");
}

#[tokio::test]
async fn a_different_set_is_noticed() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let segments = [officer.seal(&mut lane, 1), officer.seal(&mut lane, 1)];
    officer.push(&server, &segments.each_ref()).await;

    let scope = || DISTRICT.parse().expect("a scope");
    let cases = [
        (1, vec![segments[0].hash()], false),
        (2, vec![segments[0].hash(), segments[1].hash()], false),
        (2, vec![segments[1].hash()], true),
        (7, vec![segments[0].hash(), segments[1].hash()], true),
    ];
    for (gsn, held, diverged) in cases {
        let digest = *held.iter().collect::<Digest>().as_bytes();
        let digests = vec![ScopeDigest { scope: scope(), digest }];
        let request = SyncRequest { cursors: vec![cursor(DISTRICT, gsn)], digests, ..officer.request(&[]) };
        let response = officer.sync(&server, &request).await.expect("synchronized");
        assert_eq!(!response.diverged.is_empty(), diverged, "at {gsn} with {} segments", held.len());
    }
}

#[tokio::test]
async fn a_segment_for_later_readers_is_kept_receipted_and_passed_on() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let mut lane = officer.lane(DISTRICT);
    let later = officer.seal(&mut lane, 2).forge_newer(&officer.key).expect("a later version's");
    assert!(matches!(later.verify(), Err(SegmentError::NewerFormat { .. })));
    lane.head = later.hash();
    let after = officer.seal(&mut lane, 1);

    let pushed = officer.push(&server, &[&later, &after]).await;
    assert_eq!((pushed.receipts.len(), pushed.quarantine), (2, vec![]));
    let pulled = supervisor.push(&server, &[]).await;
    let bytes: Vec<Vec<u8>> =
        pulled.segments.iter().map(|segment| decompress(&segment.bytes, MAX_SEGMENT).expect("compressed")).collect();
    assert_eq!(bytes, [later.bytes().to_vec(), after.bytes().to_vec()], "byte for byte");

    let mut forged = later.bytes().to_vec();
    let signature = forged.len() - later.body().len() - 1;
    forged[signature] ^= 1;
    let mut request = officer.request(&[]);
    request.segments.push(ByteBuf::from(compress(&forged)));
    let response = officer.sync(&server, &request).await.expect("synchronized");
    check_refused(&response, NoticeCode::Unreadable);
}

#[tokio::test]
async fn a_lost_receipt_of_the_provinces_own_tells_when_it_first_had_a_segment() {
    let before = Province::on_a_file();
    let server = before.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let backup = before.folder.path().join("backup");
    let kept = officer.seal(&mut lane, 1);
    officer.push(&server, &[&kept]).await;
    server.stop().await.expect("stopped");
    copy_folder(&before.folder.path().join("data"), &backup);

    let server = before.start().await;
    let lost = officer.seal(&mut lane, 1);
    let receipts = officer.push(&server, &[&lost]).await.receipts;
    server.stop().await.expect("stopped");
    std::fs::remove_dir_all(before.folder.path().join("data")).expect("the disk is gone");
    copy_folder(&backup, &before.folder.path().join("data"));

    before.pass(60_000);
    let server = before.start().await;
    let mut forged = receipts[0].clone();
    forged.received_ms = 1;
    let request = SyncRequest { receipts: vec![forged, receipts[0].clone()], ..officer.request(&[&lost]) };
    let again = officer.sync(&server, &request).await.expect("synchronized").receipts;
    assert_eq!(again, receipts, "its own word counts, a changed one does not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn numbers_have_no_gaps_under_parallel_writers() {
    const WRITERS: u8 = 6;
    const SEGMENTS: usize = 5;
    let province = Province::new();
    let server = Arc::new(province.start().await);
    let reader = Device::enrolled(100, &server, Role::PengawasProvinsi, "81").await;
    let mut writing = Vec::new();
    for seed in 1..=WRITERS {
        let device = Device::enrolled(seed, &server, Role::Petugas, DISTRICT).await;
        let server = Arc::clone(&server);
        writing.push(tokio::spawn(async move {
            let mut lane = device.lane(DISTRICT);
            let mut numbers = Vec::new();
            for _ in 0..SEGMENTS {
                let segment = device.seal(&mut lane, 1);
                let response = device.push(&server, &[&segment]).await;
                numbers.extend(response.receipts.iter().map(|receipt| receipt.gsn));
                let highest = response.segments.iter().map(|segment| segment.gsn).max().unwrap_or(0);
                let complete = response.cursors.iter().all(|cursor| cursor.gsn >= highest);
                assert!(complete, "a cursor never stops before what was sent");
            }
            numbers
        }));
    }
    let mut numbers = Vec::new();
    for writer in writing {
        numbers.extend(writer.await.expect("no panic"));
    }
    numbers.sort_unstable();
    let expected: Vec<u64> = (1..=u64::from(WRITERS) * SEGMENTS as u64).collect();
    assert_eq!(numbers, expected);
    let pulled: Vec<u64> = reader.push(&server, &[]).await.segments.iter().map(|segment| segment.gsn).collect();
    assert_eq!(pulled, expected);
}

#[tokio::test]
async fn a_server_stopped_in_mid_sync_loses_nothing_it_receipted() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let first = officer.seal(&mut lane, 2);
    let receipts = officer.push(&server, &[&first]).await.receipts;

    // Cut off somewhere on the way: the officer never learns what became of it.
    let second = officer.seal(&mut lane, 2);
    let body = cbor::to_bytes(&officer.request(&[&second]));
    let pushing = tokio::spawn(officer.signed(&server, Method::POST, paths::SYNC, body).send());
    tokio::task::yield_now().await;
    pushing.abort();
    server.stop().await.expect("stopped");

    let server = province.start().await;
    let again = officer.push(&server, &[&first, &second]).await;
    assert_eq!(again.receipts[..1], receipts, "the same receipt, byte for byte");
    assert_eq!(again.receipts.iter().map(|receipt| receipt.gsn).collect::<Vec<_>>(), [1, 2]);
    let reader = Device::enrolled(2, &server, Role::Ketua, DISTRICT).await;
    assert_eq!(received(&reader.push(&server, &[]).await), [first.hash(), second.hash()]);
}
