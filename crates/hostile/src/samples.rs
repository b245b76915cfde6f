//! Saves as our own writers make them, of every operation and every value.

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::{ClockQuality, DeviceKey, Hlc, KindNo, Lane, LaneId, OpId, Operation, Save};
use arumbae_mergelog::{SealedSegment, SegmentHash};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use jiff::civil::{date, time};
use uuid::Uuid;

/// 2024-02-14 00:00 UTC, in milliseconds.
const START_MS: u64 = 1_707_868_800_000;

/// The key that signs the samples.
pub fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// The lane the samples are written in.
pub fn lane() -> Lane {
    Lane { device: DeviceKey(key().verifying_key().to_bytes()), incarnation: 3, scope: scope("81.71.01") }
}

pub(crate) fn scope(text: &str) -> Scope {
    text.parse().expect("a scope of ours")
}

/// Seals saves of the lane.
pub fn seal(saves: &[Save]) -> SealedSegment {
    let clock = ClockQuality { offset_ms: -1234, uncertainty_ms: 80 };
    SealedSegment::seal(&lane(), SegmentHash([3; 32]), saves, clock, &key()).expect("saves of ours")
}

/// The beginning of the lane.
pub(crate) fn first_segment() -> SealedSegment {
    let saves = &runs()[1];
    SealedSegment::seal(&lane(), SegmentHash::GENESIS, saves, ClockQuality::default(), &key()).expect("saves of ours")
}

/// Consecutive saves, as different from each other as saves are.
pub fn runs() -> Vec<Vec<Save>> {
    let own = |seq, index| OpId { lane: lane().id(), seq, index };
    let title = |text: &str, preds: &[OpId]| set(1, FieldNo(40), Value::Text(text.to_owned()), preds);
    let created = Operation::Create { record: record(1), kind: KindNo::from(RecordKind::Finding) };
    let edits = [
        save(1, vec![created, title("Pembagian sembako", &[])]),
        save(2, vec![title("Pembagian sembako di pasar", &[own(1, 1)])]),
        save(3, vec![title("Pembagian sembako", &[own(2, 0)])]),
    ];
    let mut followed = save(9, every_operation());
    followed.deps = vec![(LaneId([5; 16]), 40), (LaneId([6; 16]), 1)];
    followed.policy_epoch = 7;
    vec![
        vec![save(1, vec![])],
        edits.to_vec(),
        vec![followed, save(10, every_value())],
        vec![save(u64::MAX - 2, vec![title("", &[own(u64::MAX - 3, 0)])])],
    ]
}

/// One of each operation, on a few records.
pub fn every_operation() -> Vec<Operation> {
    let narrative = "Pada hari Rabu petugas melihat pembagian sembako.\nSaksi mengenali pembaginya. ".repeat(4);
    let foreign = OpId { lane: LaneId([5; 16]), seq: 39, index: 2 };
    let own = OpId { lane: lane().id(), seq: 4, index: 65_535 };
    vec![
        Operation::Create { record: record(2), kind: KindNo::from(RecordKind::OutreachEvent) },
        Operation::Create { record: record(3), kind: KindNo(900) },
        set(2, FieldNo(41), Value::Text("Kantor Camat".to_owned()), &[foreign, own]),
        Operation::Transition {
            record: record(2),
            from: "draft".to_owned(),
            to: "submitted".to_owned(),
            reason: String::new(),
            preds: vec![own],
        },
        Operation::Revise {
            record: record(2),
            field: FieldNo(52),
            base: Some(foreign),
            text: narrative,
            preds: vec![foreign],
        },
        Operation::Revise { record: record(1), field: FieldNo(52), base: None, text: String::new(), preds: vec![] },
        Operation::Add { record: record(2), list: FieldNo(32), element: Value::Reference(record(4)) },
        Operation::Remove { record: record(2), list: FieldNo(32), observed: vec![own] },
        Operation::Delete { record: record(4), reason: "Tercatat dua kali".to_owned(), observed: vec![own, foreign] },
        Operation::Restore { record: record(4), preds: vec![own] },
        Operation::Resolve {
            record: record(2),
            field: FieldNo(41),
            choice: Value::Null,
            note: "Dicoret".to_owned(),
            preds: vec![foreign, own],
        },
        Operation::Rehome { record: record(2), from: scope("81.71.01"), to: scope("81.71/terbatas") },
        Operation::Attach {
            record: record(2),
            blob: BlobHash([9; 32]),
            byte_length: 2_400_000,
            media_type: "image/jpeg".to_owned(),
        },
        Operation::Unknown { code: Operation::FIRST_LATER_CODE, record: record(2), body: vec![0, 255, 3] },
        Operation::Unknown { code: u16::MAX, record: RecordId(Uuid::max()), body: vec![] },
    ]
}

/// A field set to one of each value.
fn every_value() -> Vec<Operation> {
    let values = [
        Value::Null,
        Value::Bool(false),
        Value::Bool(true),
        Value::Integer(-3),
        Value::Integer(i64::MAX),
        Value::Text("Kantor Camat".to_owned()),
        Value::Text("Kantor Camat".to_owned()),
        Value::Date(date(2024, 2, 29)),
        Value::Date(date(-9999, 1, 1)),
        Value::Time(time(9, 30, 0, 0)),
        Value::Time(time(23, 59, 59, 999_999_999)),
        Value::Instant(Timestamp::UNIX_EPOCH),
        Value::Instant(Timestamp::MAX),
        Value::Reference(record(1)),
        Value::Blob(BlobHash([0; 32])),
    ];
    values.into_iter().zip(10..).map(|(value, field)| set(5, FieldNo(field), value, &[])).collect()
}

pub(crate) fn record(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(u128::from(START_MS) << 80 | 7 << 76 | 2 << 62 | number))
}

fn set(number: u128, field: FieldNo, value: Value, preds: &[OpId]) -> Operation {
    Operation::Set { record: record(number), field, value, preds: preds.to_vec() }
}

fn save(seq: u64, ops: Vec<Operation>) -> Save {
    Save {
        seq,
        hlc: Hlc::new(START_MS + (seq & 0xff) * 60_000, (seq % 3) as u16),
        actor: Uuid::from_u128(1),
        policy_epoch: 1,
        schema_version: 1,
        deps: Vec::new(),
        ops,
    }
}
