//! Parcels over the wire: the same segments, receipts and refusals as one by one, in fewer bytes.

use arumbae_mergelog::compression::compress;
use arumbae_mergelog::parcel::{Base, Unpacked, divide, unpack};
use arumbae_mergelog::segment::{SealedSegment, SegmentHash};
use arumbae_protocol::{NoticeCode, NumberedParcel, Numbers, Parcel, Role, SyncRequest, SyncResponse};

use crate::device::{Device, cursor};
use crate::fixture::Province;

const DISTRICT: &str = "81.71.01";

fn base_of(held: &[(u64, &SealedSegment)]) -> (Base, Numbers) {
    let mut base = Base::default();
    held.iter().for_each(|(_, segment)| assert!(base.push(segment), "there is room"));
    (base, Numbers::of(held.iter().map(|(gsn, _)| *gsn)))
}

fn parcel(scope: &str, segments: &[&SealedSegment], held: &[(u64, &SealedSegment)]) -> Parcel {
    let (base, numbers) = base_of(held);
    let mut packings = divide(segments.iter().copied().cloned().collect());
    let bytes = packings.pop().expect("one parcel").pack(&base);
    Parcel { scope: scope.parse().expect("a scope"), base: numbers, bytes }
}

fn in_parcels(device: &Device, parcels: Vec<Parcel>) -> SyncRequest {
    SyncRequest { parcels, takes_parcels: true, ..device.request(&[]) }
}

/// What is in an answer's parcels, for a reader that holds `held`.
#[track_caller]
fn check_parcels(response: &SyncResponse, held: &[(u64, &SealedSegment)], expected: &[(u64, &SealedSegment)]) -> usize {
    assert_eq!(response.segments, [], "all of it travels in parcels");
    let mut received = Vec::new();
    for NumberedParcel { scope: _, base, numbers, received_steps_ms: _, bytes } in &response.parcels {
        let named = base.list(100).expect("a small base");
        let of_base: Vec<_> = held.iter().filter(|(gsn, _)| named.contains(gsn)).copied().collect();
        assert_eq!(of_base.len(), named.len(), "only against what the reader holds");
        let unpacked = unpack(bytes, &base_of(&of_base).0).expect("packed against the named base");
        let numbers = numbers.list(100).expect("few");
        let opened = unpacked.into_iter().map(Unpacked::open).map(|(segment, opened)| {
            opened.expect("the author's signature still holds");
            segment.hash()
        });
        received.extend(numbers.into_iter().zip(opened));
    }
    let expected: Vec<(u64, SegmentHash)> = expected.iter().map(|(gsn, segment)| (*gsn, segment.hash())).collect();
    assert_eq!(received, expected);
    response.parcels.iter().map(|parcel| parcel.bytes.len()).sum()
}

#[tokio::test]
async fn what_one_writes_another_reads_packed_against_what_both_hold() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let mut lane = officer.lane(DISTRICT);
    let segments: Vec<_> = (0..4).map(|_| officer.seal(&mut lane, 2)).collect();
    let [first, second, third, fourth] = segments.as_slice() else { unreachable!("four were sealed") };

    let alone = in_parcels(&officer, vec![parcel(DISTRICT, &[first, second], &[])]);
    let pushed = officer.sync(&server, &alone).await.expect("synchronized");
    let receipted: Vec<_> = pushed.receipts.iter().map(|receipt| (receipt.hash, receipt.gsn)).collect();
    assert_eq!(receipted, [(first.hash(), 1), (second.hash(), 2)]);
    let bare = check_parcels(
        &supervisor.sync(&server, &in_parcels(&supervisor, vec![])).await.expect("synchronized"),
        &[],
        &[(1, first), (2, second)],
    );

    let against = in_parcels(&officer, vec![parcel(DISTRICT, &[third, fourth], &[(1, first), (2, second)])]);
    let pushed = officer.sync(&server, &against).await.expect("synchronized");
    assert_eq!(pushed.receipts.len(), 2, "unpacked against what the server has receipted");

    let reading =
        |held_after| SyncRequest { cursors: vec![cursor(DISTRICT, 2)], held_after, ..in_parcels(&supervisor, vec![]) };
    let held = [(1, first), (2, second)];
    let sent = [(3, third), (4, fourth)];
    let known = supervisor.sync(&server, &reading(vec![cursor(DISTRICT, 0)])).await.expect("synchronized");
    let packed = check_parcels(&known, &held, &sent);
    assert!(packed + 30 < bare, "the lane and its chain need not be told again: {packed} B after {bare} B");
    let dropped = supervisor.sync(&server, &reading(vec![cursor(DISTRICT, 1)])).await.expect("synchronized");
    check_parcels(&dropped, &held[1..], &sent);
    let silent = supervisor.sync(&server, &reading(vec![])).await.expect("synchronized");
    check_parcels(&silent, &[], &sent);
}

#[tokio::test]
async fn a_parcel_is_refused_segment_by_segment() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let stranger = Device::enrolled(2, &server, Role::Petugas, "81.72.01").await;
    let mut lane = officer.lane(DISTRICT);
    let (first, lost, third) = (officer.seal(&mut lane, 1), officer.seal(&mut lane, 1), officer.seal(&mut lane, 1));
    let foreign = stranger.seal(&mut stranger.lane(DISTRICT), 1);
    let single = officer.seal(&mut officer.lane("81.71.01.1001"), 1);

    let mut request = in_parcels(&officer, vec![parcel(DISTRICT, &[&first, &foreign, &third], &[])]);
    request.segments = vec![compress(single.bytes()).into()];
    let pushed = officer.sync(&server, &request).await.expect("synchronized");
    let receipted: Vec<_> = pushed.receipts.iter().map(|receipt| receipt.hash).collect();
    assert_eq!(receipted, [single.hash(), first.hash()]);
    let refused: Vec<_> = pushed.quarantine.iter().map(|notice| (notice.index, notice.hash, notice.code)).collect();
    let expected = [(2, foreign.hash(), NoticeCode::NotPermitted), (3, third.hash(), NoticeCode::Gap)];
    assert_eq!(refused, expected, "counted after the segment that came by itself");
    let again = in_parcels(&officer, vec![parcel(DISTRICT, &[&lost, &third], &[(1, &first)])]);
    assert_eq!(officer.sync(&server, &again).await.expect("synchronized").receipts.len(), 2);
}

#[tokio::test]
async fn a_parcel_that_cannot_be_unpacked_changes_nothing() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let neighbour = Device::enrolled(2, &server, Role::Petugas, "81.72.01").await;
    let theirs = neighbour.seal(&mut neighbour.lane("81.72.01"), 1);
    neighbour.push(&server, &[&theirs]).await;
    let mut lane = officer.lane(DISTRICT);
    let (first, second) = (officer.seal(&mut lane, 1), officer.seal(&mut lane, 1));
    officer.push(&server, &[&first]).await;

    let good = parcel(DISTRICT, &[&second], &[(1, &first)]);
    let mut cut = good.clone();
    cut.bytes.truncate(cut.bytes.len() - 1);
    let elsewhere = Parcel { base: Numbers::of([2]), ..good.clone() };
    let endless = Parcel { base: Numbers::of(1..=5000), ..good.clone() };
    let unreadable = parcel("81.72.01", &[&second], &[(1, &theirs)]);
    for (what, bad) in [("cut", cut), ("not held", elsewhere), ("too many", endless), ("not theirs", unreadable)] {
        let answer = officer.sync(&server, &in_parcels(&officer, vec![bad])).await.expect("synchronized");
        assert!(answer.unpack_failed, "{what}");
        assert_eq!((answer.receipts.len(), answer.quarantine.len()), (0, 0), "{what}: nothing of it was taken");
    }
    let answer = officer.sync(&server, &in_parcels(&officer, vec![good])).await.expect("synchronized");
    assert!(!answer.unpack_failed);
    assert_eq!(answer.receipts.len(), 1);
}
