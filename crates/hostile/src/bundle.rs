//! A bundle, as a courier brings it on a stick.

use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::compression::compress;
use arumbae_protocol::{
    AttachmentPiece, Bundle, EnrolRequest, EnrolResponse, InvitationToken, Notice, NoticeCode, PersonClaim, Receipt,
    ScopeCursor, ScopeSegment, SignedEntry, Standing, Stretch,
};
use uuid::Uuid;

use crate::allocation::within;
use crate::samples::{key, lane, runs, scope, seal};
use crate::{Damage, Decoder};

/// Read as it stands. A fuzzer finds no checksum: what stands in front of it is tried as [parts](crate::bundle_parts).
pub const DECODER: Decoder = Decoder {
    name: "bundle",
    check,
    samples: || bundles().iter().map(|bundle| bundle.encode().expect("it fits")).collect(),
    damage: Damage::Noticed,
};

pub(crate) fn check(bytes: &[u8]) -> Option<Vec<u8>> {
    let bundle = within((1 << 20) + 16 * bytes.len(), || Bundle::decode(bytes)).ok()?;
    let again = bundle.encode().expect("no larger than it was");
    assert_eq!(Bundle::decode(&again).as_ref(), Ok(&bundle), "written again it says the same");
    Some(again)
}

fn person() -> PersonClaim {
    PersonClaim { id: Uuid::from_u128(1), name: "Nama CONTOH".to_owned(), position: "Petugas".to_owned() }
}

pub(crate) fn bundles() -> Vec<Bundle> {
    let segments: Vec<Vec<u8>> = runs()[..2].iter().map(|saves| compress(seal(saves).bytes())).collect();
    let entries = crate::registry::entries(lane().device);
    let hash = seal(&runs()[1]).hash();
    vec![
        Bundle::default(),
        Bundle {
            registry: vec![SignedEntry::sign(1, [0; 32], 1_707_868_800_000, &entries[0], &key())],
            vector: vec![(lane().id(), 3)],
            receipts: vec![Receipt::issue(lane(), 1, 3, hash, 12, 1_707_868_800_000, &key())],
            segments,
            standing: Some(Standing {
                incarnation: 3,
                registry_seq: 1,
                cursors: vec![ScopeCursor { scope: scope("81.71.01"), gsn: 12 }],
                lacks: vec![BlobHash([4; 32])],
            }),
            numbered: vec![ScopeSegment {
                scope: scope("81.71.01"),
                gsn: 13,
                received_ms: 1_707_868_800_000,
                bytes: compress(seal(&runs()[2]).bytes()),
            }],
            stretches: vec![Stretch { scope: scope("81.71.01"), after: 12, up_to: 13 }],
            notices: vec![Notice { index: 0, lane: Some(lane()), first_seq: 4, hash, code: NoticeCode::NotPermitted }],
            attachments: vec![AttachmentPiece {
                hash: BlobHash([4; 32]),
                byte_length: 9,
                offset: 5,
                bytes: b"foto".to_vec(),
            }],
            held: vec![BlobHash([4; 32])],
            enrol_request: Some(EnrolRequest::new(InvitationToken([2; 16]), &key(), person(), vec![0x30; 20])),
            enrol_response: Some(EnrolResponse {
                person_id: person().id,
                certificate_der: vec![0x30; 20],
                ca_der: vec![0x31; 20],
                registry: Vec::new(),
                server_time_ms: 1_707_868_800_000,
            }),
            later: vec![(200, vec![1, 2, 3])],
        },
    ]
}
