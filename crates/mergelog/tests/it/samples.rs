//! Operations and saves to test with, by hand and at random.

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, RecordKind, Value, reserved};
use arumbae_mergelog::{DeviceKey, Hlc, KindNo, Lane, LaneId, OpId, Operation, Save, Stamp};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

/// 2024-02-14 00:00 UTC, in milliseconds.
pub const START_MS: u64 = 1_707_868_800_000;

pub const TITLE: FieldNo = FieldNo(40);
pub const PLACE: FieldNo = FieldNo(41);
pub const SUMMARY: FieldNo = FieldNo(52);
pub const WITNESSES: FieldNo = FieldNo(50);
pub const ISSUES: FieldNo = FieldNo(46);

pub fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

pub fn lane(number: u8) -> Lane {
    let scope: Scope = "81.71.01".parse().expect("a district");
    Lane { device: DeviceKey(key(number).verifying_key().to_bytes()), incarnation: u64::from(number), scope }
}

pub fn lane_id(number: u8) -> LaneId {
    LaneId([number; 16])
}

pub fn op_id(lane: u8, seq: u64) -> OpId {
    OpId { lane: lane_id(lane), seq, index: 0 }
}

pub fn stamp(at_ms: u64) -> Stamp {
    Stamp { hlc: Hlc::new(START_MS + at_ms, 0), received_ms: None, actor: Uuid::from_u128(1) }
}

pub fn record(number: u128) -> RecordId {
    RecordId(Uuid::from_u128(u128::from(START_MS) << 80 | 7 << 76 | 2 << 62 | number))
}

pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub fn create(kind: RecordKind) -> Operation {
    Operation::Create { record: record(1), kind: KindNo::from(kind) }
}

pub fn set(field: FieldNo, value: &str, preds: &[OpId]) -> Operation {
    Operation::Set { record: record(1), field, value: text(value), preds: preds.to_vec() }
}

pub fn save(seq: u64, at_ms: u64, ops: Vec<Operation>) -> Save {
    Save {
        seq,
        hlc: Hlc::new(START_MS + at_ms, 0),
        actor: Uuid::from_u128(1),
        policy_epoch: 1,
        schema_version: 1,
        deps: Vec::new(),
        ops,
    }
}

pub fn values() -> impl Strategy<Value = Value> {
    let date = (-9999i16..=9999, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| Date::new(y, m, d).expect("a date"));
    let time = (0i8..24, 0i8..60, prop_oneof![Just(0i8), 0i8..60], prop_oneof![Just(0), 0i32..1_000_000_000])
        .prop_map(|(h, m, s, n)| Time::new(h, m, s, n).expect("a time"));
    let instant = (-4_000_000_000_000i64..4_000_000_000_000, prop_oneof![Just(0i128), 0i128..1_000_000]).prop_map(
        |(millis, nanos)| Timestamp::from_nanosecond(i128::from(millis) * 1_000_000 + nanos).expect("an instant"),
    );
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        "[a-c]{0,3}|\\PC{0,300}".prop_map(Value::Text),
        date.prop_map(Value::Date),
        time.prop_map(Value::Time),
        instant.prop_map(Value::Instant),
        records().prop_map(Value::Reference),
        any::<[u8; 32]>().prop_map(|bytes| Value::Blob(BlobHash(bytes))),
    ]
}

/// A few records that meet again and again, and some that are not even UUIDv7.
pub fn records() -> impl Strategy<Value = RecordId> {
    prop_oneof![4 => (0u128..5).prop_map(record), 1 => any::<u128>().prop_map(|bits| RecordId(Uuid::from_u128(bits)))]
}

/// Few lanes and saves, so that references hit.
pub fn op_ids() -> impl Strategy<Value = OpId> {
    (0u8..3, 1u64..12, 0u16..4).prop_map(|(lane, seq, index)| OpId { lane: lane_id(lane), seq, index })
}

fn fields() -> impl Strategy<Value = FieldNo> {
    prop_oneof![4 => (10u16..14).prop_map(FieldNo), 1 => any::<u16>().prop_map(FieldNo)]
}

pub fn operations(records: impl Strategy<Value = RecordId> + 'static) -> impl Strategy<Value = Operation> {
    let records = records.boxed();
    let ids = || vec(op_ids(), 0..4);
    let status = || prop_oneof![Just("draft"), Just("submitted"), Just("returned"), Just("accepted")];
    let scope = || prop_oneof![Just("81.71.01"), Just("81.71"), Just("81.71.01/terbatas")];
    let scope = move || scope().prop_map(|scope| scope.parse::<Scope>().expect("a scope"));
    prop_oneof![
        1 => (records.clone(), 0u16..40).prop_map(|(record, kind)| Operation::Create { record, kind: KindNo(kind) }),
        6 => (records.clone(), fields(), values(), ids())
            .prop_map(|(record, field, value, preds)| Operation::Set { record, field, value, preds }),
        2 => (records.clone(), status(), status(), "[a-c]{0,3}", ids()).prop_map(|(record, from, to, reason, preds)| {
            Operation::Transition { record, from: from.into(), to: to.into(), reason, preds }
        }),
        2 => (records.clone(), fields(), option::of(op_ids()), "[a-c]{0,3}", ids())
            .prop_map(|(record, field, base, text, preds)| Operation::Revise { record, field, base, text, preds }),
        3 => (records.clone(), fields(), values())
            .prop_map(|(record, list, element)| Operation::Add { record, list, element }),
        2 => (records.clone(), fields(), ids())
            .prop_map(|(record, list, observed)| Operation::Remove { record, list, observed }),
        1 => (records.clone(), "[a-c]{0,3}", ids())
            .prop_map(|(record, reason, observed)| Operation::Delete { record, reason, observed }),
        1 => (records.clone(), ids()).prop_map(|(record, preds)| Operation::Restore { record, preds }),
        1 => (records.clone(), prop_oneof![fields(), Just(FieldNo(1))], values(), "[a-c]{0,3}", ids())
            .prop_map(|(record, field, choice, note, preds)| Operation::Resolve { record, field, choice, note, preds }),
        1 => (records.clone(), scope(), scope())
            .prop_map(|(record, from, to)| Operation::Rehome { record, from, to }),
        1 => (records.clone(), scope(), ids()).prop_map(|(record, to, preds)| {
            let choice = Value::Text(to.to_string());
            Operation::Resolve { record, field: reserved::SCOPE, choice, note: String::new(), preds }
        }),
        1 => (records.clone(), any::<[u8; 32]>(), any::<u64>()).prop_map(|(record, blob, byte_length)| {
            Operation::Attach { record, blob: BlobHash(blob), byte_length, media_type: "image/jpeg".into() }
        }),
        1 => (records, 16u16..=u16::MAX, vec(any::<u8>(), 0..40))
            .prop_map(|(record, code, body)| Operation::Unknown { code, record, body }),
    ]
}

/// Consecutive saves of one lane.
pub fn runs_of_saves() -> impl Strategy<Value = Vec<Save>> {
    let save = (
        0u64..1 << 48,
        any::<u16>(),
        0u128..3,
        any::<u32>(),
        0u16..5,
        vec((0u8..3, any::<u64>()), 0..3),
        vec(operations(records()), 0..8),
    )
        .prop_map(|(millis, counter, actor, policy_epoch, schema_version, deps, ops)| Save {
            seq: 0,
            hlc: Hlc::new(millis, counter),
            actor: Uuid::from_u128(actor),
            policy_epoch,
            schema_version,
            deps: deps.into_iter().map(|(lane, seq)| (lane_id(lane), seq)).collect(),
            ops,
        });
    (1u64..1 << 40, vec(save, 1..6)).prop_map(|(first, mut saves)| {
        saves.iter_mut().zip(first..).for_each(|(save, seq)| save.seq = seq);
        saves
    })
}
