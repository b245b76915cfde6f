//! Snapshots: made when a scope has grown, offered where they spare bytes, sent in ranges.

use std::collections::BTreeMap;

use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_mergelog::snapshot::{Growth, Page, PageRef, SnapshotError};
use arumbae_mergelog::{Save, SegmentHeader, SnapshotHead};
use arumbae_protocol::snapshot::{PART_HEAD, SnapshotOffer, part_length, unpack_head, unpack_page};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{FailureCode, PROTOCOL_HEADER, Role, SyncRequest, SyncResponse, paths};
use arumbae_server::{RunningServer, SnapshotPolicy};
use reqwest::{Method, StatusCode};

use crate::device::{Device, cursor, read};
use crate::fixture::Province;

const DISTRICT: &str = "81.71.01";

/// A province that adds up after every four segments, however little they weigh.
fn province() -> Province {
    let snapshots = SnapshotPolicy { segments: 4, fraction: u64::MAX };
    Province { snapshots, ..Province::new() }
}

/// Makes what is due, and shows whether a reader at these cursors is offered anything.
async fn pull(server: &RunningServer, device: &Device, request: SyncRequest) -> SyncResponse {
    server.province().make_due_snapshots().await;
    let request = SyncRequest { takes_snapshots: true, ..request };
    device.sync(server, &request).await.expect("synchronized")
}

async fn fetch(
    server: &RunningServer,
    device: &Device,
    offer: &SnapshotOffer,
    range: Option<&str>,
) -> (StatusCode, Vec<u8>) {
    let path = format!("{}/{}", paths::SNAPSHOTS, offer.note.hash);
    let mut request = device.signed(server, Method::GET, &path, Vec::new());
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let response = request.send().await.expect("an answer");
    let status = response.status();
    (status, response.bytes().await.expect("a body").to_vec())
}

/// Takes a snapshot apart as a device does.
fn parts(bytes: &[u8], offer: &SnapshotOffer) -> (SnapshotHead, Vec<Page>) {
    let mut rest = bytes;
    let mut next = || {
        let (length, after) = rest.split_first_chunk::<PART_HEAD>().expect("a part");
        let (part, after) = after.split_at(part_length(*length));
        rest = after;
        part
    };
    let head = unpack_head(next(), &offer.note).expect("the head that was signed");
    let pages = head.pages.iter().map(|named| unpack_page(next(), named).expect("the page that is named")).collect();
    assert!(rest.is_empty(), "and nothing more");
    (head, pages)
}

#[tokio::test]
async fn a_late_device_is_offered_what_every_device_can_make_itself() {
    let province = province();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let mut lane = officer.lane(DISTRICT);
    let segments: Vec<SealedSegment> = (0..20).map(|_| officer.seal(&mut lane, 1)).collect();
    let pushed = officer.push(&server, &segments[..3].iter().collect::<Vec<_>>()).await;
    assert_eq!(pull(&server, &supervisor, supervisor.request(&[])).await.snapshots, [], "too little to add up");
    officer.push(&server, &segments[3..18].iter().collect::<Vec<_>>()).await;

    let answer = pull(&server, &supervisor, supervisor.request(&[])).await;
    let [offer] = answer.snapshots.as_slice() else { panic!("one offer, got {:?}", answer.snapshots) };
    offer.note.verify(&server.province().registry_key()).expect("signed by the province");
    assert_eq!((offer.note.gsn, offer.in_place_of_segments), (18, true));
    assert_eq!((answer.segments, answer.cursors), (vec![], vec![cursor(DISTRICT, 18)]));
    let (status, bytes) = fetch(&server, &supervisor, offer, None).await;
    assert_eq!((status, bytes.len() as u64), (StatusCode::OK, offer.byte_length));
    let (head, pages) = parts(&bytes, offer);
    assert_eq!(pages.iter().map(|page| page.records().expect("readable").len()).sum::<usize>(), 18);

    let mut growth = from_nothing(offer.note.policy_epoch);
    for (segment, gsn) in segments.iter().zip(1..=18) {
        growth.take(gsn, pushed.receipts[0].received_ms, segment).expect("in order");
    }
    let own = growth.finish(|_| Err(SnapshotError::WrongPage), |_, _| Ok(())).expect("small");
    assert_eq!(own, head, "the same segments, the same bytes");

    // Whoever has read it all is told of it, once, and goes on.
    let warm = SyncRequest { cursors: vec![cursor(DISTRICT, 18)], ..supervisor.request(&[]) };
    let told = pull(&server, &supervisor, warm.clone()).await.snapshots;
    assert_eq!(told, [SnapshotOffer { in_place_of_segments: false, ..offer.clone() }]);
    let known = SyncRequest { snapshots: vec![cursor(DISTRICT, 18)], ..warm };
    assert_eq!(pull(&server, &supervisor, known).await.snapshots, []);
    let old = supervisor.push(&server, &[]).await;
    assert_eq!((old.snapshots.len(), old.segments.len()), (0, 18), "who does not take snapshots gets segments");

    // The tail after it comes in the same answer.
    officer.push(&server, &segments[18..].iter().collect::<Vec<_>>()).await;
    let answer = pull(&server, &supervisor, supervisor.request(&[])).await;
    let numbers: Vec<u64> = answer.segments.iter().map(|segment| segment.gsn).collect();
    assert_eq!((answer.snapshots, numbers), (vec![offer.clone()], vec![19, 20]));
    assert_eq!(answer.cursors, [cursor(DISTRICT, 20)]);
}

#[tokio::test]
async fn a_snapshot_comes_in_ranges_and_only_to_those_who_may_read() {
    let province = province();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let neighbour = Device::enrolled(2, &server, Role::Petugas, "81.71.02").await;
    let mut lane = officer.lane(DISTRICT);
    let segments: Vec<SealedSegment> = (0..12).map(|_| officer.seal(&mut lane, 3)).collect();
    officer.push(&server, &segments.iter().collect::<Vec<_>>()).await;
    let restored = Device { incarnation: 2, ..officer };
    let offer = pull(&server, &restored, restored.request(&[])).await.snapshots.remove(0);

    let (_, whole) = fetch(&server, &restored, &offer, None).await;
    let mut pieces = Vec::new();
    while pieces.len() < whole.len() {
        let range = format!("bytes={}-{}", pieces.len(), pieces.len() + 99);
        let (status, piece) = fetch(&server, &restored, &offer, Some(&range)).await;
        assert_eq!(status, StatusCode::PARTIAL_CONTENT);
        pieces.extend(piece);
    }
    assert_eq!(pieces, whole);
    let beyond = format!("bytes={}-", whole.len());
    assert_eq!(fetch(&server, &restored, &offer, Some(&beyond)).await.0, StatusCode::RANGE_NOT_SATISFIABLE);

    let path = format!("{}/{}", paths::SNAPSHOTS, offer.note.hash);
    for (device, path) in [(&neighbour, path.clone()), (&restored, path.replace(char::is_alphabetic, "0"))] {
        let refused = device.signed(&server, Method::GET, &path, Vec::new()).send().await.expect("an answer");
        assert_eq!(read::<()>(refused).await, Err(FailureCode::NotFound));
    }
}

#[tokio::test]
async fn snapshots_go_on_from_the_last_one_and_the_server_makes_them_by_itself() {
    let province = province();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let segments: Vec<SealedSegment> = (0..40).map(|_| officer.seal(&mut lane, 20)).collect();
    let supervisor = Device::enrolled(2, &server, Role::PengawasKabkota, "81.71").await;
    let mut heads = BTreeMap::new();
    for some in segments.chunks(8) {
        officer.push(&server, &some.iter().collect::<Vec<_>>()).await;
        let offer = pull(&server, &supervisor, supervisor.request(&[])).await.snapshots.remove(0);
        let (_, bytes) = fetch(&server, &supervisor, &offer, None).await;
        heads.insert(offer.note.gsn, (parts(&bytes, &offer).0, offer));
    }
    assert_eq!(heads.keys().copied().collect::<Vec<_>>(), [8, 16, 24, 32, 40]);
    for (gsn, (_, offer)) in &heads {
        let expected = if *gsn >= 32 { StatusCode::OK } else { StatusCode::NOT_FOUND };
        assert_eq!(fetch(&server, &supervisor, offer, None).await.0, expected, "the newest two are kept: {gsn}");
    }
    let at_once = grown(&segments, &supervisor.push(&server, &[]).await, heads[&40].0.policy_epoch);
    assert_eq!(heads[&40].0, at_once, "in steps or at once");

    // Stopping waits for what is being made.
    let more: Vec<SealedSegment> = (0..8).map(|_| officer.seal(&mut lane, 1)).collect();
    officer.push(&server, &more.iter().collect::<Vec<_>>()).await;
    server.stop().await.expect("stopped");
    let server = province.start().await;
    server.stop().await.expect("stopped");
    let server = Province { snapshots: SnapshotPolicy { segments: u64::MAX, fraction: 0 }, ..province }.start().await;
    let offer = pull(&server, &supervisor, supervisor.request(&[])).await.snapshots.remove(0);
    assert_eq!(offer.note.gsn, 48, "nobody asked for it");
}

/// All authors have the right to write here.
fn from_nothing(policy_epoch: u64) -> Growth<impl Fn(&SegmentHeader, &[Save]) -> bool> {
    Growth::of(SnapshotHead::empty(DISTRICT.parse().expect("a scope")), policy_epoch, |_: &_, _: &_| true)
}

fn grown(segments: &[SealedSegment], pulled: &SyncResponse, policy_epoch: u64) -> SnapshotHead {
    let mut growth = from_nothing(policy_epoch);
    for sent in &pulled.segments {
        let bytes = decompress(&sent.bytes, MAX_SEGMENT).expect("compressed");
        let segment = SealedSegment::from_bytes(bytes).expect("a segment");
        assert!(segments.contains(&segment));
        growth.take(sent.gsn, sent.received_ms, &segment).expect("in order");
    }
    let read = |_: &PageRef| Err::<Page, _>(SnapshotError::WrongPage);
    growth.finish(read, |_, _| Ok(())).expect("small")
}

#[tokio::test]
async fn a_client_that_is_no_longer_served_is_told_so() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let body = arumbae_protocol::cbor::to_bytes(&officer.request(&[]));
    for (version, body, expected) in [
        ("0", body.clone(), Err(FailureCode::UnsupportedProtocol)),
        ("1", body.clone(), Ok(())),
        ("9", body, Ok(())),
        ("9", b"of another year".to_vec(), Err(FailureCode::UnsupportedProtocol)),
        ("1", b"of another year".to_vec(), Err(FailureCode::MalformedBody)),
    ] {
        let request = officer.signed(&server, Method::POST, paths::SYNC, body).header(PROTOCOL_HEADER, version);
        let answer = read::<SyncResponse>(request.send().await.expect("an answer")).await;
        assert_eq!(answer.map(|_| ()), expected, "version {version}");
    }
}
