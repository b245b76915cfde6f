//! The bundle: what one side has for another, in one piece that any courier can carry.
//!
//! It holds what one exchange over the network would, and what would travel beside it: an enrolment, attachments.
//! Entries, receipts and segments each carry their own signature; for the rest its packer signs, in the
//! [`Waybill`](crate::Waybill). Sealing it to its receiver happens outside.

use arumbae_domain::Scope;
use arumbae_domain::schema::BlobHash;
use arumbae_mergelog::LaneId;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::enrolment::{EnrolRequest, EnrolResponse};
use crate::receipt::Receipt;
use crate::registry::SignedEntry;
use crate::sync::{Notice, ScopeCursor, ScopeSegment};

const MAGIC: [u8; 4] = *b"ARBN";

/// The format this version writes, and the newest it reads. A later one that only adds kinds of parts keeps it.
const FORMAT: u16 = 1;

/// The largest bundle, in bytes: it is read as a whole. What does not fit goes into the next one.
pub const MAX_BUNDLE: usize = 64 << 20;

/// A part's kind and the length of its bytes.
const PART_HEAD: usize = 1 + size_of::<u32>();

/// The kinds of parts.
mod kind {
    pub const END: u8 = 0;
    pub const REGISTRY_ENTRY: u8 = 1;
    pub const LANE: u8 = 2;
    pub const RECEIPT: u8 = 3;
    pub const SEGMENT: u8 = 4;
    pub const NOTICE: u8 = 5;
    pub const STANDING: u8 = 6;
    pub const NUMBERED_SEGMENT: u8 = 7;
    pub const STRETCH: u8 = 8;
    pub const ATTACHMENT: u8 = 9;
    pub const ENROL_REQUEST: u8 = 10;
    pub const ENROL_RESPONSE: u8 = 11;
    pub const ATTACHMENT_HELD: u8 = 12;
}

/// What one side has for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bundle {
    /// Entries of the registry, in order.
    pub registry: Vec<SignedEntry>,
    /// The last save the packer has of each lane: what the way back need not carry.
    pub vector: Vec<(LaneId, u64)>,
    /// The province's receipts, for segments in this bundle or in earlier ones that went the other way.
    pub receipts: Vec<Receipt>,
    /// Segments, oldest first within a lane, each as [`compress`](arumbae_mergelog::compression::compress) made it.
    pub segments: Vec<Vec<u8>>,
    /// Where the packer stands towards the province.
    pub standing: Option<Standing>,
    /// Segments with the numbers the province gave them.
    pub numbered: Vec<ScopeSegment>,
    /// Which numbers of each scope `numbered` has for its receiver without a hole, in order.
    pub stretches: Vec<Stretch>,
    /// What the province did not accept of what the receiver sent.
    pub notices: Vec<Notice>,
    /// Attachments, or pieces of large ones.
    pub attachments: Vec<AttachmentPiece>,
    /// Attachments that the receiver brought and the province now holds whole.
    pub held: Vec<BlobHash>,
    /// Asks for the packer to be enrolled.
    pub enrol_request: Option<EnrolRequest>,
    /// The answer to the receiver's request to be enrolled.
    pub enrol_response: Option<EnrolResponse>,
    /// Parts of kinds that this version does not know, as they are: kind and bytes.
    pub later: Vec<(u8, Vec<u8>)>,
}

/// Where a device stands towards the province: what it would say of itself in an exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its present incarnation.
    pub incarnation: u64,
    /// The last registry entry it holds, 0 for none.
    pub registry_seq: u64,
    /// How far it has read each scope.
    pub cursors: Vec<ScopeCursor>,
    /// Attachments its records name and it does not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lacks: Vec<BlobHash>,
}

/// A stretch of a scope's numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Which scope.
    pub scope: Scope,
    /// The number it follows; 0 at the beginning.
    pub after: u64,
    /// The last number in it.
    pub up_to: u64,
}

/// Some bytes of an attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentPiece {
    /// Its name.
    pub hash: BlobHash,
    /// How long the whole is.
    pub byte_length: u64,
    /// Where in it the bytes begin.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Why bytes are no bundle; never what is in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// Not a bundle at all.
    #[error("this is not a bundle")]
    NotABundle,
    /// Written by a later version in a way this one cannot read.
    #[error("the bundle has format {found}, this program knows {FORMAT}")]
    NewerFormat {
        /// Its format.
        found: u16,
    },
    /// Larger than [`MAX_BUNDLE`].
    #[error("the bundle is too large")]
    TooLarge,
    /// Cut off, or changed on the way.
    #[error("the bundle is damaged")]
    Damaged,
}

impl Bundle {
    /// The bundle's bytes; the same content gives the same bytes.
    ///
    /// # Errors
    /// [`BundleError::TooLarge`].
    pub fn encode(&self) -> Result<Vec<u8>, BundleError> {
        let Bundle {
            registry,
            vector,
            receipts,
            segments,
            standing,
            numbered,
            stretches,
            notices,
            attachments,
            held,
            enrol_request,
            enrol_response,
            later,
        } = self;
        let mut out = Vec::new();
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        for entry in registry {
            put_part(&mut out, kind::REGISTRY_ENTRY, &cbor::to_bytes(entry))?;
        }
        for (lane, last_seq) in vector {
            put_part(&mut out, kind::LANE, &[lane.0.as_slice(), &last_seq.to_le_bytes()].concat())?;
        }
        for receipt in receipts {
            put_part(&mut out, kind::RECEIPT, &cbor::to_bytes(receipt))?;
        }
        for segment in segments {
            put_part(&mut out, kind::SEGMENT, segment)?;
        }
        for notice in notices {
            put_part(&mut out, kind::NOTICE, &cbor::to_bytes(notice))?;
        }
        if let Some(standing) = standing {
            put_part(&mut out, kind::STANDING, &cbor::to_bytes(standing))?;
        }
        for segment in numbered {
            put_part(&mut out, kind::NUMBERED_SEGMENT, &cbor::to_bytes(segment))?;
        }
        for stretch in stretches {
            put_part(&mut out, kind::STRETCH, &cbor::to_bytes(stretch))?;
        }
        for piece in attachments {
            put_part(&mut out, kind::ATTACHMENT, &piece.encode())?;
        }
        for hash in held {
            put_part(&mut out, kind::ATTACHMENT_HELD, &hash.0)?;
        }
        if let Some(request) = enrol_request {
            put_part(&mut out, kind::ENROL_REQUEST, &cbor::to_bytes(request))?;
        }
        if let Some(response) = enrol_response {
            put_part(&mut out, kind::ENROL_RESPONSE, &cbor::to_bytes(response))?;
        }
        for (kind, bytes) in later {
            put_part(&mut out, *kind, bytes)?;
        }
        let checksum = blake3::hash(&out);
        put_part(&mut out, kind::END, checksum.as_bytes())?;
        Ok(out)
    }

    /// Reads a bundle. No count or length in it makes more be allocated than its bytes fill.
    pub fn decode(bytes: &[u8]) -> Result<Bundle, BundleError> {
        if bytes.len() > MAX_BUNDLE {
            return Err(BundleError::TooLarge);
        }
        let rest = bytes.strip_prefix(&MAGIC).ok_or(BundleError::NotABundle)?;
        let (format, mut rest) = rest.split_first_chunk().ok_or(BundleError::Damaged)?;
        match u16::from_le_bytes(*format) {
            FORMAT => {}
            0 => return Err(BundleError::Damaged),
            found => return Err(BundleError::NewerFormat { found }),
        }
        let mut bundle = Bundle::default();
        loop {
            let before = bytes.len() - rest.len();
            let (kind, part) = take_part(&mut rest)?;
            match kind {
                kind::END => {
                    let whole = rest.is_empty() && part == blake3::hash(&bytes[..before]).as_bytes();
                    return if whole { Ok(bundle) } else { Err(BundleError::Damaged) };
                }
                kind::REGISTRY_ENTRY => bundle.registry.push(from_cbor(part)?),
                kind::LANE => {
                    let (lane, last_seq) = part.split_first_chunk().ok_or(BundleError::Damaged)?;
                    let last_seq = last_seq.try_into().map_err(|_| BundleError::Damaged)?;
                    bundle.vector.push((LaneId(*lane), u64::from_le_bytes(last_seq)));
                }
                kind::RECEIPT => bundle.receipts.push(from_cbor(part)?),
                kind::SEGMENT => bundle.segments.push(part.to_vec()),
                kind::NOTICE => bundle.notices.push(from_cbor(part)?),
                kind::STANDING => bundle.standing = Some(once(bundle.standing, part)?),
                kind::NUMBERED_SEGMENT => bundle.numbered.push(from_cbor(part)?),
                kind::STRETCH => bundle.stretches.push(from_cbor(part)?),
                kind::ATTACHMENT => bundle.attachments.push(AttachmentPiece::decode(part)?),
                kind::ATTACHMENT_HELD => {
                    let hash = part.try_into().map_err(|_| BundleError::Damaged)?;
                    bundle.held.push(BlobHash(hash));
                }
                kind::ENROL_REQUEST => bundle.enrol_request = Some(once(bundle.enrol_request, part)?),
                kind::ENROL_RESPONSE => bundle.enrol_response = Some(once(bundle.enrol_response, part)?),
                later => bundle.later.push((later, part.to_vec())),
            }
        }
    }
}

impl AttachmentPiece {
    fn encode(&self) -> Vec<u8> {
        let AttachmentPiece { hash, byte_length, offset, bytes } = self;
        [hash.0.as_slice(), &byte_length.to_le_bytes(), &offset.to_le_bytes(), bytes].concat()
    }

    fn decode(part: &[u8]) -> Result<Self, BundleError> {
        let (hash, rest) = part.split_first_chunk().ok_or(BundleError::Damaged)?;
        let (byte_length, rest) = rest.split_first_chunk().ok_or(BundleError::Damaged)?;
        let (offset, bytes) = rest.split_first_chunk().ok_or(BundleError::Damaged)?;
        let (byte_length, offset) = (u64::from_le_bytes(*byte_length), u64::from_le_bytes(*offset));
        let within = offset.checked_add(bytes.len() as u64).is_some_and(|end| end <= byte_length);
        if !within {
            return Err(BundleError::Damaged);
        }
        Ok(AttachmentPiece { hash: BlobHash(*hash), byte_length, offset, bytes: bytes.to_vec() })
    }
}

fn put_part(out: &mut Vec<u8>, kind: u8, part: &[u8]) -> Result<(), BundleError> {
    // Room for the end is always left: a bundle without its checksum is none.
    let room = if kind == kind::END { MAX_BUNDLE } else { MAX_BUNDLE - PART_HEAD - blake3::OUT_LEN };
    if out.len() + PART_HEAD + part.len() > room {
        return Err(BundleError::TooLarge);
    }
    out.push(kind);
    // The limit above fits 32 bits.
    out.extend_from_slice(&(part.len() as u32).to_le_bytes());
    out.extend_from_slice(part);
    Ok(())
}

fn take_part<'a>(rest: &mut &'a [u8]) -> Result<(u8, &'a [u8]), BundleError> {
    let (&kind, after) = rest.split_first().ok_or(BundleError::Damaged)?;
    let (length, after) = after.split_first_chunk().ok_or(BundleError::Damaged)?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(BundleError::Damaged)?;
    *rest = after;
    Ok((kind, part))
}

/// A part that its own writer's version cannot have written is damage; the checksum would say so too, but only later.
fn from_cbor<T: DeserializeOwned>(part: &[u8]) -> Result<T, BundleError> {
    cbor::from_bytes(part).map_err(|_| BundleError::Damaged)
}

/// A part that stands in a bundle once at most.
fn once<T: DeserializeOwned>(before: Option<T>, part: &[u8]) -> Result<T, BundleError> {
    if before.is_some() { Err(BundleError::Damaged) } else { from_cbor(part) }
}

#[cfg(test)]
mod tests {
    use arumbae_mergelog::segment::SegmentHash;
    use arumbae_mergelog::{DeviceKey, Lane};
    use ed25519_dalek::SigningKey;
    use uuid::Uuid;

    use super::*;
    use crate::{NoticeCode, PersonClaim, RegistryEntry};

    fn scope() -> Scope {
        "81.71.01".parse().expect("a scope")
    }

    fn bundle() -> Bundle {
        let key = SigningKey::from_bytes(&[8; 32]);
        let person =
            RegistryEntry::Person { id: Uuid::from_u128(1), name: "Nama CONTOH".into(), position: "Petugas".into() };
        let lane = Lane { device: DeviceKey([1; 32]), incarnation: 7, scope: scope() };
        Bundle {
            registry: vec![SignedEntry::sign(1, [0; 32], 1_700_000_000_000, &person, &key)],
            vector: vec![(lane.id(), 12), (LaneId([9; 16]), u64::MAX)],
            receipts: vec![Receipt::issue(lane, 4, 3, SegmentHash([2; 32]), 12, 1_700_000_000_000, &key)],
            segments: vec![vec![0, 0, 1, 2, 3], Vec::new()],
            standing: Some(Standing {
                incarnation: 7,
                registry_seq: 2,
                cursors: vec![ScopeCursor { scope: scope(), gsn: 12 }],
                lacks: vec![BlobHash([4; 32])],
            }),
            numbered: vec![ScopeSegment { scope: scope(), gsn: 13, received_ms: 1, bytes: vec![1] }],
            stretches: vec![Stretch { scope: scope(), after: 12, up_to: 13 }],
            notices: vec![Notice {
                index: 0,
                lane: None,
                first_seq: 0,
                hash: SegmentHash([2; 32]),
                code: NoticeCode::Unreadable,
            }],
            attachments: vec![AttachmentPiece {
                hash: BlobHash([4; 32]),
                byte_length: 9,
                offset: 3,
                bytes: b"foto".to_vec(),
            }],
            held: vec![BlobHash([4; 32]), BlobHash([5; 32])],
            enrol_request: Some(EnrolRequest::new(
                crate::InvitationToken([5; 16]),
                &key,
                PersonClaim { id: Uuid::from_u128(1), name: "Nama CONTOH".into(), position: "Petugas".into() },
                vec![0x30],
            )),
            enrol_response: Some(EnrolResponse {
                person_id: Uuid::from_u128(1),
                certificate_der: vec![0x30],
                ca_der: vec![0x31],
                registry: Vec::new(),
                server_time_ms: 1,
            }),
            later: vec![(200, b"of another year".to_vec())],
        }
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        for packed in [Bundle::default(), bundle()] {
            let bytes = packed.encode().expect("it fits");
            assert_eq!(Bundle::decode(&bytes), Ok(packed));
        }
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_noticed() {
        let bytes = bundle().encode().expect("it fits");
        for at in 0..bytes.len() {
            assert!(Bundle::decode(&bytes[..at]).is_err(), "cut at {at}");
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Bundle::decode(&changed).is_err(), "byte {at} changed");
        }
        assert_eq!(Bundle::decode(&[bytes.as_slice(), &[0]].concat()), Err(BundleError::Damaged), "nothing may follow");
    }

    #[test]
    fn a_later_format_is_named_and_another_file_is_none() {
        let mut bytes = bundle().encode().expect("it fits");
        bytes[4] = 9;
        assert_eq!(Bundle::decode(&bytes), Err(BundleError::NewerFormat { found: 9 }));
        assert_eq!(Bundle::decode(b"PK\x03\x04"), Err(BundleError::NotABundle));
    }

    #[test]
    fn more_than_the_limit_is_neither_written_nor_read() {
        let half = Bundle { segments: vec![vec![0; MAX_BUNDLE / 2]; 2], ..Bundle::default() };
        assert_eq!(half.encode(), Err(BundleError::TooLarge));
        let mut claims = bundle().encode().expect("it fits");
        claims.splice(6.., [kind::SEGMENT, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(Bundle::decode(&claims), Err(BundleError::Damaged), "a length is not believed");
    }
}
