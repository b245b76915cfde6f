//! The CBOR that client and server, and laptops of one office, exchange.

use arumbae_mergelog::DeviceKey;
use arumbae_mergelog::snapshot::SnapshotHead;
use arumbae_protocol::registry::{BroughtEntries, RegistryReach};
use arumbae_protocol::snapshot::{SnapshotNote, SnapshotOffer};
use arumbae_protocol::{
    CodeRequest, CodeResponse, EnrolRequest, EnrolResponse, Failure, FailureCode, Invitation, InvitationToken,
    NearbyMessage, NearbyRefusal, Notice, NoticeCode, NumberedParcel, Numbers, Opening, PROTOCOL_VERSION, Parcel,
    PersonClaim, Purpose, Receipt, RegistryEntry, RegistryKey, ScopeCursor, ScopeDigest, ScopeSegment, ServerInfo,
    SignedEntry, SyncRequest, SyncResponse, cbor,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_bytes::ByteBuf;
use uuid::Uuid;

use crate::allocation::within;
use crate::samples::{key, lane, runs, scope, seal};
use crate::{Damage, Decoder};

/// The first byte says which body the rest is.
pub const DECODER: Decoder = Decoder { name: "messages", check, samples, damage: Damage::CutsNoticed };

fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let (kind, body) = bytes.split_first()?;
    match kind {
        0 => check_body::<SyncRequest>(body),
        1 => check_body::<SyncResponse>(body),
        2 => check_body::<EnrolRequest>(body),
        3 => check_body::<EnrolResponse>(body),
        4 => check_body::<ServerInfo>(body),
        5 => check_body::<Failure>(body),
        6 => check_body::<SignedEntry>(body),
        7 => check_body::<RegistryEntry>(body),
        8 => check_body::<Invitation>(body),
        9 => check_body::<CodeRequest>(body),
        10 => check_body::<CodeResponse>(body),
        11 => check_body::<BroughtEntries>(body),
        12 => check_body::<RegistryReach>(body),
        13 => check_body::<NearbyMessage>(body),
        _ => None,
    }
}

fn check_body<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(bytes: &[u8]) -> Option<Vec<u8>> {
    // Serde reserves at most a megabyte for a list before its elements are there, at most as deep as lists nest.
    let body: T = within((8 << 20) + 64 * bytes.len(), || cbor::from_bytes(bytes)).ok()?;
    let again = cbor::to_bytes(&body);
    let decoded: T = cbor::from_bytes(&again).expect("what we write is read");
    assert_eq!(decoded, body, "written again it says the same");
    Some(again)
}

fn samples() -> Vec<Vec<u8>> {
    fn sample(kind: u8, body: &impl Serialize) -> Vec<u8> {
        [vec![kind], cbor::to_bytes(body)].concat()
    }
    let segment = seal(&runs()[1]);
    let receipt = Receipt::issue(lane(), 1, 3, segment.hash(), 12, 1_707_868_800_000, &key());
    let fact = RegistryEntry::Device { key: lane().device, person: Uuid::from_u128(1) };
    let entry = SignedEntry::sign(1, [0; 32], 1_707_868_800_000, &fact, &key());
    let person = PersonClaim {
        id: Uuid::from_u128(1),
        name: "Nama CONTOH, S.H.".to_owned(),
        position: "Anggota Panwascam".to_owned(),
    };
    let notice = |lane, code| Notice { index: 4, lane, first_seq: 1, hash: segment.hash(), code };
    let cursors = vec![ScopeCursor { scope: scope("81.71.01"), gsn: 12 }];
    let note = SnapshotNote::sign(&SnapshotHead::empty(scope("81.71.01")), 1_707_868_800_000, &key());
    let offer = SnapshotOffer { note, byte_length: 900, in_place_of_segments: true };
    let request = SyncRequest {
        incarnation: 3,
        cursors: cursors.clone(),
        registry_seq: 4,
        digests: vec![ScopeDigest { scope: scope("81.71.01/terbatas"), digest: [4; 32] }],
        credit_bytes: 1 << 20,
        segments: vec![ByteBuf::from(segment.bytes())],
        receipts: vec![receipt.clone()],
        takes_snapshots: true,
        snapshots: vec![ScopeCursor { scope: scope("81.71"), gsn: 3 }],
        parcels: vec![Parcel { scope: scope("81.71.01"), base: Numbers::of([3, 4, 9]), bytes: vec![1; 40] }],
        takes_parcels: true,
        held_after: vec![ScopeCursor { scope: scope("81.71.01"), gsn: 2 }],
    };
    let response = SyncResponse {
        receipts: vec![receipt],
        segments: vec![ScopeSegment {
            scope: scope("81.71.01"),
            gsn: 12,
            received_ms: 1_707_868_800_000,
            bytes: segment.bytes().to_vec(),
        }],
        parcels: vec![NumberedParcel {
            scope: scope("81.71.01"),
            base: Numbers::of([3, 4, 9]),
            numbers: Numbers::of([10, 12]),
            received_steps_ms: NumberedParcel::steps_of(&[1_707_868_800_000, 1_707_868_700_000]),
            bytes: vec![1; 40],
        }],
        unpack_failed: true,
        quarantine: vec![notice(Some(lane()), NoticeCode::Fork), notice(None, NoticeCode::Unreadable)],
        registry: vec![entry.clone()],
        registry_reach: Some(2),
        cursors,
        diverged: vec![scope("81.71")],
        server_time_ms: 1_707_868_800_000,
        more: true,
        snapshots: vec![offer],
    };
    let enrol = EnrolRequest::new(InvitationToken([2; 16]), &key(), person, vec![0x30; 20]);
    let enrolled = EnrolResponse {
        person_id: Uuid::from_u128(1),
        certificate_der: vec![0x30; 20],
        ca_der: vec![0x30; 20],
        registry: vec![entry.clone()],
        server_time_ms: 1_707_868_800_000,
    };
    let info = ServerInfo {
        protocol: PROTOCOL_VERSION,
        oldest_protocol: 1,
        office: "Bawaslu Provinsi Contoh".to_owned(),
        registry_key: RegistryKey::of(&key()),
        server_time_ms: 1_707_868_800_000,
        max_sync_body: 16 << 20,
        max_attachment: 256 << 20,
    };
    let failure =
        Failure { code: FailureCode::StaleRequest, reference: "K7Q2".to_owned(), server_time_ms: 1_707_868_800_000 };
    let mut samples = vec![
        sample(0, &SyncRequest::default()),
        sample(0, &request),
        sample(1, &SyncResponse::default()),
        sample(1, &response),
        sample(2, &enrol),
        sample(3, &enrolled),
        sample(4, &info),
        sample(5, &failure),
        sample(6, &entry),
        sample(8, &crate::invitation::invitation()),
        sample(9, &CodeRequest { number: 357, share: vec![0x41; 33] }),
        sample(10, &CodeResponse { share: vec![0x42; 33], sealed: vec![3; 40] }),
        sample(11, &BroughtEntries { entries: vec![entry.clone()] }),
        sample(12, &RegistryReach { registry_seq: 7 }),
    ];
    let opening = Opening { protocol: 1, province: [4; 32], registry_seq: 7, port: 7471, purpose: Purpose::Exchange };
    samples.extend(
        [
            NearbyMessage::Opening(opening),
            NearbyMessage::Welcome,
            NearbyMessage::Refused(NearbyRefusal::NotPaired),
            NearbyMessage::File(vec![1; 40]),
            NearbyMessage::Commitment([5; 32]),
        ]
        .iter()
        .map(|message| sample(13, message)),
    );
    samples.extend(crate::registry::entries(DeviceKey([1; 32])).iter().map(|entry| sample(7, entry)));
    samples
}
