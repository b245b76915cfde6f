//! The vectors in `tests/vectors`: bytes and what they say, for whoever writes a second implementation.
//!
//! `WRITE_VECTORS=1 cargo test --package arumbae-mergelog vectors` writes them anew. What was released stays: a change
//! of a vector is a change of the format.

use std::fs;
use std::path::{Path, PathBuf};

use arumbae_domain::schema::{BlobHash, RecordKind, Value};
use arumbae_mergelog::compression::{compress, compress_against, decompress, decompress_against};
use arumbae_mergelog::parcel::{Base, ParcelError, Unpacked, divide, unpack};
use arumbae_mergelog::{
    ClockQuality, Hlc, Lane, LaneId, OpId, Operation, Save, SealedSegment, SegmentError, SegmentHash, leaf, limits,
};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use jiff::civil::{date, time};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::said::{self, bytes, hex};
use crate::samples::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors")
}

fn is_writing() -> bool {
    std::env::var_os("WRITE_VECTORS").is_some()
}

/// The vectors of a file; when they are written anew, those of `made`.
fn vectors(file: &str, made: impl FnOnce() -> Vec<Json>) -> Vec<Json> {
    let path = folder().join(file);
    if is_writing() {
        let lines: Vec<String> = made().iter().map(Json::to_string).collect();
        fs::create_dir_all(folder()).expect("a folder");
        fs::write(&path, format!("[\n{}\n]\n", lines.join(",\n"))).expect("written");
    }
    let text = fs::read_to_string(&path).expect("the vectors are there");
    serde_json::from_str(&text).expect("a list of vectors")
}

fn hex_of(vector: &Json, name: &str) -> Vec<u8> {
    bytes(vector[name].as_str().expect("hexadecimal"))
}

fn name(vector: &Json) -> &str {
    vector["name"].as_str().expect("named")
}

fn id(lane: &Lane, seq: u64, index: u16) -> OpId {
    OpId { lane: lane.id(), seq, index }
}

/// A save for each operation and each kind of value, some of them together.
fn saves() -> Vec<(&'static str, Save)> {
    let (own, other) = (lane(1), lane(2));
    let narrative = "Pada hari Rabu pukul 10.00 WIT pengawas melihat pembagian paket sembako. ".repeat(4);
    let preds = vec![id(&own, 1, 0), id(&other, 300, 2)];
    let set_to = |value| Operation::Set { record: record(1), field: TITLE, value, preds: Vec::new() };
    let moment = |nanos| Value::Instant(Timestamp::from_nanosecond(nanos).expect("a moment"));
    let values = vec![
        Value::Null,
        Value::Bool(false),
        Value::Bool(true),
        Value::Integer(-1_000_000),
        text(""),
        text("Temuan \u{2013} Pulau Haruku"),
        Value::Date(date(2024, 2, 14)),
        Value::Date(date(1999, 12, 31)),
        Value::Time(time(23, 59, 0, 0)),
        Value::Time(time(7, 5, 9, 1)),
        moment(1_707_868_800_000_000_000),
        moment(-1),
        Value::Reference(record(2)),
        Value::Blob(BlobHash([7; 32])),
    ];
    let operations: Vec<(&str, Vec<Operation>)> = vec![
        ("nothing", vec![]),
        ("create", vec![create(RecordKind::Finding)]),
        ("set", vec![set(TITLE, "Pembagian sembako", &preds)]),
        ("every value", values.into_iter().map(set_to).collect()),
        (
            "transition",
            vec![Operation::Transition {
                record: record(1),
                from: "submitted".into(),
                to: "returned".into(),
                reason: "Nama saksi belum dicantumkan.".into(),
                preds: preds.clone(),
            }],
        ),
        (
            "revise",
            vec![Operation::Revise {
                record: record(1),
                field: SUMMARY,
                base: Some(preds[0]),
                text: narrative,
                preds: preds.clone(),
            }],
        ),
        (
            "revise without a base",
            vec![Operation::Revise {
                record: record(1),
                field: SUMMARY,
                base: None,
                text: "Baru.".into(),
                preds: vec![],
            }],
        ),
        ("add", vec![Operation::Add { record: record(1), list: WITNESSES, element: Value::Reference(record(2)) }]),
        ("remove", vec![Operation::Remove { record: record(1), list: WITNESSES, observed: preds.clone() }]),
        (
            "delete",
            vec![Operation::Delete { record: record(1), reason: "Tercatat dua kali.".into(), observed: preds.clone() }],
        ),
        ("restore", vec![Operation::Restore { record: record(1), preds: preds.clone() }]),
        (
            "resolve",
            vec![Operation::Resolve {
                record: record(1),
                field: TITLE,
                choice: text("Pembagian sembako"),
                note: "Menurut saksi.".into(),
                preds,
            }],
        ),
        (
            "rehome",
            vec![Operation::Rehome {
                record: record(1),
                from: "81.71.01".parse().expect("a scope"),
                to: "81.71.01/terbatas".parse().expect("a scope"),
            }],
        ),
        (
            "attach",
            vec![Operation::Attach {
                record: record(1),
                blob: BlobHash([9; 32]),
                byte_length: 3_400_000,
                media_type: "image/jpeg".into(),
            }],
        ),
        ("a later version's", vec![Operation::Unknown { code: 16, record: record(1), body: vec![1, 2, 3] }]),
        (
            "several records",
            vec![
                create(RecordKind::Finding),
                set(TITLE, "a", &[]),
                Operation::Restore { record: record(2), preds: vec![] },
            ],
        ),
    ];
    let named = operations.into_iter().zip(1..);
    named.map(|((name, ops), seq)| (name, save(seq, seq * 60_000, ops))).collect()
}

#[test]
fn lanes() {
    let made = || {
        let lanes = ["81", "81.71.01", "81.71.01/terbatas", "81.71.01.1001"].into_iter().zip([0, 1, 0xffff, u64::MAX]);
        let lanes =
            lanes.map(|(scope, incarnation)| Lane { incarnation, scope: scope.parse().expect("a scope"), ..lane(1) });
        lanes.map(|lane| vector_of_lane(&lane)).collect()
    };
    for vector in vectors("lanes.json", made) {
        let lane = lane_of(&vector);
        assert_eq!(vector_of_lane(&lane), vector);
    }
}

fn vector_of_lane(lane: &Lane) -> Json {
    json!({
        "device": lane.device.to_string(),
        "incarnation": lane.incarnation.to_string(),
        "scope": lane.scope.to_string(),
        "id": lane.id().to_string(),
    })
}

fn lane_of(vector: &Json) -> Lane {
    let text = |name: &str| vector[name].as_str().expect("a text");
    Lane {
        device: arumbae_mergelog::DeviceKey(hex_of(vector, "device").try_into().expect("32 bytes")),
        incarnation: text("incarnation").parse().expect("a number"),
        scope: text("scope").parse().expect("a scope"),
    }
}

#[test]
fn leaves() {
    let made = || {
        let saves = saves().into_iter();
        saves
            .map(|(name, save)| json!({ "name": name, "says": said::save(&save), "leaf": hex(&leaf::encode(&save)) }))
            .collect()
    };
    for vector in vectors("leaves.json", made) {
        let bytes = hex_of(&vector, "leaf");
        let save = leaf::decode(&bytes).expect("a save");
        assert_eq!(said::save(&save), vector["says"], "{}", name(&vector));
        assert_eq!(leaf::encode(&save), bytes, "{}: one spelling only", name(&vector));
    }
}

/// Three segments of two lanes: one with every operation, one that continues it, one of somebody else.
fn segments() -> Vec<(&'static str, SealedSegment)> {
    let seal = |number: u8, prev, saves: &[Save], clock| {
        SealedSegment::seal(&lane(number), prev, saves, clock, &key(number)).expect("sealable")
    };
    let never = ClockQuality { offset_ms: 0, uncertainty_ms: u32::MAX };
    let first: Vec<Save> = saves().into_iter().map(|(_, save)| save).collect();
    let every = seal(1, SegmentHash::GENESIS, &first, never);
    let number = every.last_seq() + 1;
    let edit = Save {
        hlc: Hlc::new(START_MS + 90_000_000, 3),
        actor: Uuid::from_u128(2),
        policy_epoch: 4,
        schema_version: 2,
        deps: vec![(lane(2).id(), 1)],
        ..save(number, 0, vec![set(TITLE, "Pembagian sembako di pasar", &[id(&lane(1), 3, 0), id(&lane(2), 1, 0)])])
    };
    let compared = ClockQuality { offset_ms: -1234, uncertainty_ms: 80 };
    let next = seal(1, every.hash(), &[edit, save(number + 1, 91_000_000, vec![])], compared);
    let other = seal(2, SegmentHash::GENESIS, &[save(1, 0, vec![set(TITLE, "Pembagian sembako", &[])])], compared);
    vec![("every operation", every), ("its successor", next), ("another lane", other)]
}

#[test]
fn segments_of_two_lanes() {
    let made = || {
        let vector = |(name, segment): (&str, SealedSegment)| {
            let header = segment.header();
            let opened = segment.open().expect("its own");
            json!({
                "name": name,
                "lane": vector_of_lane(&header.lane),
                "first_number": header.first_seq,
                "schema_version": header.schema_version,
                "clock": { "offset_ms": header.clock.offset_ms, "uncertainty_ms": header.clock.uncertainty_ms },
                "previous": header.prev_hash.to_string(),
                "root": hex(&header.merkle_root),
                "hash": segment.hash().to_string(),
                "saves": opened.iter().map(said::save).collect::<Vec<_>>(),
                "body": hex(segment.body()),
                "segment": hex(segment.bytes()),
            })
        };
        segments().into_iter().map(vector).collect()
    };
    let read = vectors("segments.json", made);
    assert_eq!(read.len(), segments().len());
    for (vector, (_, sealed)) in read.iter().zip(segments()) {
        let segment = SealedSegment::from_bytes(hex_of(vector, "segment")).expect("a segment");
        let saves = segment.open().expect("genuine");
        assert_eq!(Json::from(saves.iter().map(said::save).collect::<Vec<_>>()), vector["saves"], "{}", name(vector));
        assert_eq!(segment.hash().to_string(), vector["hash"]);
        assert_eq!(segment, sealed, "sealed again, {} has the same bytes", name(vector));
    }
}

/// What is packed need not be the same bytes with every version of Zstandard, but reads as the same.
#[test]
fn packed() {
    let made = || {
        let segment = segments().remove(0).1;
        let tables: Vec<u8> = (0..=255).collect();
        let base = [segment.bytes(), b"and more"].concat();
        let plain = zstd::bulk::compress(segment.bytes(), 19).expect("zstd");
        vec![
            json!({ "name": "as it is", "packed": hex(&compress(&tables)), "content": hex(&tables) }),
            json!({ "name": "no dictionary", "packed": hex(&[&[1, 0], &plain[4..]].concat()), "content": hex(segment.bytes()) }),
            json!({ "name": "dictionary 1", "packed": hex(&compress(segment.bytes())), "content": hex(segment.bytes()) }),
            json!({
                "name": "dictionary 1 and a base",
                "base": hex(&base),
                "packed": hex(&compress_against(&base, segment.bytes())),
                "content": hex(segment.bytes()),
            }),
        ]
    };
    for vector in vectors("packed.json", made) {
        let base = vector.get("base").map(|base| bytes(base.as_str().expect("hexadecimal"))).unwrap_or_default();
        let content = decompress_against(&base, &hex_of(&vector, "packed"), limits::SEGMENT_BYTES);
        assert_eq!(content, Ok(hex_of(&vector, "content")), "{}", name(&vector));
    }
}

fn held(vector: &Json) -> Vec<SealedSegment> {
    let segments = vector["base"].as_array().expect("segments").iter();
    segments
        .map(|hex| SealedSegment::from_bytes(bytes(hex.as_str().expect("hexadecimal"))).expect("a segment"))
        .collect()
}

/// A base's content, put together as `docs/format.md` says.
fn documented_base(held: &[SealedSegment]) -> Vec<u8> {
    let mut content = Vec::new();
    for segment in held {
        let Lane { device, incarnation, scope } = &segment.header().lane;
        let (LaneId(id), scope) = (segment.header().lane.id(), scope.to_string());
        content.extend_from_slice(&id);
        content.extend_from_slice(&device.0);
        content.extend_from_slice(&incarnation.to_le_bytes());
        content.push(scope.len() as u8);
        content.extend_from_slice(scope.as_bytes());
        content.extend_from_slice(&segment.hash().0);
        content.extend_from_slice(segment.body());
    }
    content
}

/// What a parcel says before it is squeezed.
fn content_of(parcel: &[u8], held: &[SealedSegment]) -> Vec<u8> {
    let (check, signatures) = if held.is_empty() { (0, parcel[2]) } else { (4, parcel[6]) };
    let squeezed = &parcel[2 + check + 1 + 64 * usize::from(signatures)..];
    let base = documented_base(held);
    if !held.is_empty() {
        assert_eq!(parcel[2..6], blake3::hash(&base).as_bytes()[..4], "the base is named by its hash");
    }
    decompress_against(&base, squeezed, limits::PARCEL_BYTES).expect("squeezed against the documented base")
}

#[test]
fn parcels() {
    let made = || {
        let segments: Vec<SealedSegment> = segments().into_iter().map(|(_, segment)| segment).collect();
        let [every, next, other] = <[_; 3]>::try_from(segments).expect("three");
        let erased = every.erase(&[2]).expect("erasable");
        let cases: [(&str, Vec<SealedSegment>, Vec<SealedSegment>); 4] = [
            ("three segments of two lanes", vec![every.clone(), other.clone(), next.clone()], vec![]),
            ("packed against two", vec![next.clone()], vec![every.clone(), other]),
            ("an erased copy goes whole", vec![erased, next], vec![every]),
            ("nothing", vec![], vec![]),
        ];
        let vector = |(name, segments, held): (&str, Vec<SealedSegment>, Vec<SealedSegment>)| {
            let mut base = Base::default();
            held.iter().for_each(|segment| assert!(base.push(segment), "there is room"));
            let parcel = divide(segments.clone()).pop().unwrap_or_default().pack(&base);
            let list = |segments: &[SealedSegment]| segments.iter().map(|one| hex(one.bytes())).collect::<Vec<_>>();
            json!({
                "name": name,
                "base": list(&held),
                "segments": list(&segments),
                "content": hex(&content_of(&parcel, &held)),
                "parcel": hex(&parcel),
            })
        };
        cases.into_iter().map(vector).collect()
    };
    for vector in vectors("parcels.json", made) {
        let held = held(&vector);
        let mut base = Base::default();
        held.iter().for_each(|segment| assert!(base.push(segment), "there is room"));
        let parcel = hex_of(&vector, "parcel");
        assert_eq!(content_of(&parcel, &held), hex_of(&vector, "content"), "{}", name(&vector));
        let unpacked = unpack(&parcel, &base).expect("a parcel").into_iter().map(Unpacked::into_segment);
        let unpacked: Vec<String> = unpacked.map(|segment| hex(segment.bytes())).collect();
        assert_eq!(Json::from(unpacked), vector["segments"], "{}", name(&vector));
        let again = divide(unpack(&parcel, &base).expect("a parcel").into_iter().map(Unpacked::into_segment).collect());
        let again = again.into_iter().next().unwrap_or_default().pack(&base);
        assert_eq!(content_of(&again, &held), hex_of(&vector, "content"), "{}: laid out alike", name(&vector));
    }
}

/// How bytes that are none of the format's are refused.
fn refusal(vector: &Json) -> String {
    let bytes = hex_of(vector, "bytes");
    let refused = match vector["what"].as_str().expect("what it claims to be") {
        "leaf" => leaf::decode(&bytes).err().map(|error| error.to_string()),
        "segment" => segment_refusal(bytes).map(|error| error.to_string()),
        "packed" => decompress(&bytes, limits::SEGMENT_BYTES).err().map(|error| error.to_string()),
        "parcel" => unpack(&bytes, &Base::default()).err().map(|error| match error {
            ParcelError::Compression(source) => source.to_string(),
            ParcelError::Content(source) => source.to_string(),
            error => error.to_string(),
        }),
        other => panic!("{other} is not read here"),
    };
    refused.unwrap_or_else(|| panic!("{} is accepted", name(vector)))
}

fn segment_refusal(bytes: Vec<u8>) -> Option<SegmentError> {
    match SealedSegment::from_bytes(bytes) {
        Ok(segment) => segment.open().err(),
        Err(error) => Some(error),
    }
}

#[test]
fn refused() {
    let made = || {
        let genuine = segments().remove(1).1;
        let changed = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = genuine.bytes().to_vec();
            change(&mut bytes);
            bytes
        };
        let leaf_of = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = leaf::encode(&saves()[2].1);
            change(&mut bytes);
            bytes
        };
        let header = genuine.bytes().len() - genuine.body().len() - 64;
        let stranger = SigningKey::from_bytes(&[9; 32]).verifying_key().to_bytes();
        let parcel = divide(vec![genuine.clone()]).remove(0).pack(&Base::default());
        let cases: Vec<(&str, &str, Vec<u8>)> = vec![
            ("leaf", "a byte too many", leaf_of(&|bytes| bytes.push(0))),
            ("leaf", "a byte too few", leaf_of(&|bytes| bytes.truncate(bytes.len() - 1))),
            ("leaf", "a number not in its shortest spelling", leaf_of(&|bytes| drop(bytes.splice(0..1, [0x83, 0])))),
            ("segment", "no segment", b"ARMX".to_vec()),
            ("segment", "cut in the header", changed(&|bytes| bytes.truncate(60))),
            ("segment", "cut in the body", changed(&|bytes| bytes.truncate(bytes.len() - 1))),
            ("segment", "format 0", changed(&|bytes| bytes[4] = 0)),
            ("segment", "min_reader above the format", changed(&|bytes| bytes[6] = 2)),
            ("segment", "another device's name", changed(&|bytes| bytes[8..40].copy_from_slice(&stranger))),
            ("segment", "a changed root", changed(&|bytes| bytes[header - 1] ^= 1)),
            ("segment", "a changed signature", changed(&|bytes| bytes[header] ^= 1)),
            (
                "segment",
                "a changed text in the body",
                changed(&|bytes| {
                    let at = bytes.windows(7).rposition(|window| window == b"sembako").expect("the text");
                    bytes[at] = b'S';
                }),
            ),
            ("packed", "nothing", vec![]),
            ("packed", "a codec of a later version", vec![7, 0, 1, 2, 3]),
            ("packed", "a dictionary of a later version", vec![1, 200, 1, 2, 3]),
            ("packed", "a frame that states no size", vec![1, 0, 0, 0, 0]),
            ("parcel", "of a later format", [&[2], &parcel[1..]].concat()),
            ("parcel", "packed against another base", [&[1, 1, 0, 0, 0, 0], &parcel[2..]].concat()),
            ("parcel", "cut", parcel[..parcel.len() - 1].to_vec()),
            ("parcel", "more signatures than segments", vec![1, 0, 200, 1]),
        ];
        let vector = |(what, name, bytes): (&str, &str, Vec<u8>)| {
            let mut vector = json!({ "name": name, "what": what, "bytes": hex(&bytes) });
            vector["reason"] = refusal(&vector).into();
            vector
        };
        cases.into_iter().map(vector).collect()
    };
    for vector in vectors("refused.json", made) {
        assert_eq!(refusal(&vector), vector["reason"], "{}", name(&vector));
    }
}
