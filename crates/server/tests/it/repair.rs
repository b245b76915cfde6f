//! Repairs: where a device's segments differ, and what it lacks.

use std::collections::BTreeMap;

use arumbae_mergelog::compression::decompress;
use arumbae_mergelog::segment::SealedSegment;
use arumbae_protocol::repair::{Difference, Held, MAX_RANGES, NumberRange, Repair};
use arumbae_protocol::sync::MAX_SEGMENT;
use arumbae_protocol::{FailureCode, RepairRequest, RepairResponse, Role, cbor, paths};
use arumbae_server::RunningServer;
use reqwest::Method;

use crate::device::{Device, read};
use crate::fixture::Province;

const DISTRICT: &str = "81.71.01";

async fn ask(server: &RunningServer, device: &Device, request: &RepairRequest) -> Result<RepairResponse, FailureCode> {
    let request = device.signed(server, Method::POST, paths::REPAIR, cbor::to_bytes(request));
    read(request.send().await.expect("an answer")).await
}

fn about(ranges: Vec<NumberRange>, wanted: Vec<u64>) -> RepairRequest {
    RepairRequest { scope: DISTRICT.parse().expect("a scope"), ranges, wanted, credit_bytes: u64::MAX }
}

#[tokio::test]
async fn what_is_missing_is_found_and_given() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let mut lane = officer.lane(DISTRICT);
    let segments: Vec<SealedSegment> = (0..200).map(|_| officer.seal(&mut lane, 1)).collect();
    officer.push(&server, &segments.iter().collect::<Vec<_>>()).await;
    let lost = [17, 18, 190];
    let held: BTreeMap<u64, _> = (1..).zip(segments.iter().map(SealedSegment::hash)).collect();
    let held = held.into_iter().filter(|(gsn, _)| !lost.contains(gsn)).collect();

    let mut repair = Repair::begin(Held { segments: held, cursor: 200, ..Held::default() });
    while let Some(ranges) = repair.next_question().expect("little differs") {
        let answer = ask(&server, &officer, &about(ranges, Vec::new())).await.expect("an answer");
        repair.take_answer(answer.head, &answer.ranges).expect("honest");
    }
    let found = repair.finish();
    assert_eq!(found, Difference { missing_here: lost.to_vec(), head: 200, ..Difference::default() });

    let given = ask(&server, &officer, &about(Vec::new(), found.missing_here)).await.expect("an answer").segments;
    let numbers: Vec<u64> = given.iter().map(|segment| segment.gsn).collect();
    assert_eq!(numbers, lost);
    for segment in given {
        let bytes = decompress(&segment.bytes, MAX_SEGMENT).expect("compressed");
        assert_eq!(bytes, segments[segment.gsn as usize - 1].bytes());
    }
    let little = RepairRequest { credit_bytes: 0, ..about(Vec::new(), vec![5, 900, 3]) };
    let given = ask(&server, &officer, &little).await.expect("an answer").segments;
    assert_eq!(given.iter().map(|segment| segment.gsn).collect::<Vec<_>>(), [3], "at least one always comes");
}

#[tokio::test]
async fn what_may_not_be_read_is_not_told_of_and_too_much_is_not_answered() {
    let province = Province::new();
    let server = province.start().await;
    let officer = Device::enrolled(1, &server, Role::Petugas, DISTRICT).await;
    let neighbour = Device::enrolled(2, &server, Role::Petugas, "81.71.02").await;
    let segment = officer.seal(&mut officer.lane(DISTRICT), 1);
    officer.push(&server, &[&segment]).await;
    let all = NumberRange { after: 0, up_to: u64::MAX };
    let refused = ask(&server, &neighbour, &about(vec![all], vec![1])).await;
    assert_eq!(refused, Err(FailureCode::NotFound));
    let refused = ask(&server, &officer, &about(vec![all; MAX_RANGES + 1], Vec::new())).await;
    assert_eq!(refused, Err(FailureCode::TooLarge));
    let told = ask(&server, &officer, &about(vec![all], Vec::new())).await.expect("an answer");
    assert_eq!((told.head, told.ranges.len()), (1, 1), "numbers nobody has yet name nothing");
}
