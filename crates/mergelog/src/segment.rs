//! Sealed segments: a signed run of saves of one lane, the unit of storage, acknowledgement and transport.

use std::fmt;
use std::ops::Range;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use crate::columns::{self, Frame};
use crate::lane::Lane;
use crate::merkle::Hash;
use crate::operation::Save;
use crate::proof::Leaf;
use crate::wire::{Reader, WireError, put_varint, unzigzag, zigzag};
use crate::{erasure, lane, leaf, limits, merkle};

const MAGIC: [u8; 4] = *b"ARML";

/// The format this version writes.
pub(crate) const FORMAT: u16 = 1;

/// The newest format whose bodies this version reads. The header keeps its layout in all formats, so that an
/// older server can still check, store and relay a newer segment.
const READER: u16 = 1;

/// Stands before the header when it is signed, so that the signature can never be taken for one of another kind.
const SIGNED_AS: &[u8] = b"arumbae segment\0";

pub(crate) const SIGNATURE_LEN: usize = 64;

/// More than nearly every header takes.
const HEADER_ROOM: usize = 192;

/// BLAKE3 of a segment's signed header; it names the segment and chains the next one to it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentHash(pub [u8; 32]);

impl SegmentHash {
    /// What the first segment of a lane names as its predecessor.
    pub const GENESIS: SegmentHash = SegmentHash([0; 32]);
}

impl fmt::Display for SegmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SegmentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentHash({self})")
    }
}

/// How far the author's clock was from the server's when last compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClockQuality {
    /// Local clock minus server clock, milliseconds.
    pub offset_ms: i32,
    /// Half the round trip of the comparison; [`u32::MAX`] if they never were compared.
    pub uncertainty_ms: u32,
}

/// What stands before a segment's body, readable without decoding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentHeader {
    /// Whose saves these are.
    pub lane: Lane,
    /// The number of the first save.
    pub first_seq: u64,
    /// How many saves follow.
    pub count: u32,
    /// The newest record schema the saves were written with.
    pub schema_version: u16,
    /// The segment before this one in the lane.
    pub prev_hash: SegmentHash,
    /// Root over the saves' leaf hashes and the body's hash.
    pub merkle_root: [u8; 32],
    /// The author's clock.
    pub clock: ClockQuality,
    /// The oldest reader version that can open the body.
    pub min_reader: u16,
}

/// Why a segment was refused; no variant carries what was written in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentError {
    /// The bytes do not follow the format.
    #[error("the segment is malformed: {0}")]
    Malformed(&'static str),
    /// A size or count exceeds what this version accepts.
    #[error("the segment exceeds a limit: {0}")]
    TooLarge(&'static str),
    /// Written by a later version; kept and relayed, readable after an upgrade.
    #[error("the segment needs reader version {min_reader}")]
    NewerFormat {
        /// The reader version it asks for.
        min_reader: u16,
    },
    /// The signature is not the lane's device's.
    #[error("the segment's signature does not verify")]
    BadSignature,
    /// The body is not the one that was signed.
    #[error("the segment's body is not the one its header signs")]
    BodyMismatch,
    /// The saves given to seal cannot be one segment.
    #[error("the saves cannot be sealed: {0}")]
    Unsealable(&'static str),
}

/// The canonical uncompressed bytes of a segment, header parsed, not yet verified; or a copy of it from which saves
/// were [erased](Self::erase).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    header: SegmentHeader,
    hash: SegmentHash,
    /// Where the signed header lies; the signature follows it, then the body.
    signed: Range<usize>,
    bytes: Vec<u8>,
}

impl SealedSegment {
    /// Signs consecutive saves as one segment of `lane`. The same saves give the same bytes.
    pub fn seal(
        lane: &Lane,
        prev_hash: SegmentHash,
        saves: &[Save],
        clock: ClockQuality,
        key: &SigningKey,
    ) -> Result<SealedSegment, SegmentError> {
        let header = header_of(lane, prev_hash, saves, clock, key)?;
        let (header, body) = lay_out(header, saves)?;
        sign(header, &body, key)
    }

    /// Puts a segment together from what its author said and signed. It is the author's if the signature verifies,
    /// since the root it covers was made from these very saves.
    pub(crate) fn rebuild(
        header: SegmentHeader,
        saves: &[Save],
        signature: &[u8; SIGNATURE_LEN],
    ) -> Result<SealedSegment, SegmentError> {
        let (header, body) = lay_out(header, saves)?;
        assemble(header, signature, &body)
    }

    /// Signs a body no writer of ours made, for tests of what readers do with one: device, root and body length are
    /// set to hold, the rest of the header is taken as given.
    ///
    /// Fails only for a body that does not decode; no reader gets further with one than this.
    #[cfg(feature = "forge")]
    pub fn forge(mut header: SegmentHeader, body: &[u8], key: &SigningKey) -> Result<SealedSegment, SegmentError> {
        header.lane.device = lane::DeviceKey(key.verifying_key().to_bytes());
        let leaves = read_body(&header, body, |_, _| ())?;
        header.merkle_root = merkle::root(&leaves, &merkle::body(body));
        sign(header, body, key)
    }

    /// This segment as a later version of the format would have signed it, for tests of what happens to one.
    #[cfg(feature = "forge")]
    pub fn forge_newer(&self, key: &SigningKey) -> Result<SealedSegment, SegmentError> {
        const LATER: [u8; 4] = [0xff, 0x7f, 0xff, 0x7f];
        let mut signed = [SIGNED_AS, &self.bytes[..self.bytes.len() - self.body().len() - SIGNATURE_LEN]].concat();
        signed[SIGNED_AS.len() + MAGIC.len()..][..LATER.len()].copy_from_slice(&LATER);
        let signature = key.sign(&signed).to_bytes();
        Self::from_bytes([&signed[SIGNED_AS.len()..], &signature, self.body()].concat())
    }

    /// Takes bytes from outside: parses the header and checks sizes; nothing is verified yet.
    ///
    /// A later version's segment passes too, to be stored and relayed; only [`open`](Self::open) refuses it.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<SealedSegment, SegmentError> {
        if bytes.len() > limits::SEGMENT_BYTES {
            return Err(SegmentError::TooLarge("segment"));
        }
        if bytes.starts_with(&erasure::MAGIC) {
            let signed = erasure::header_of(&bytes)?;
            let header = parse_header(&bytes[signed.clone()])?;
            let hash = hash_of(&bytes[signed.clone()]);
            return Ok(SealedSegment { header, hash, signed, bytes });
        }
        let mut reader = Reader::new(&bytes);
        let (header, body_len) = get_header(&mut reader)?;
        let header_len = bytes.len() - reader.remaining();
        reader.take(SIGNATURE_LEN)?;
        if reader.remaining() != body_len {
            return Err(SegmentError::Malformed("body length"));
        }
        let hash = hash_of(&bytes[..header_len]);
        Ok(SealedSegment { header, hash, signed: 0..header_len, bytes })
    }

    /// The parsed header.
    pub fn header(&self) -> &SegmentHeader {
        &self.header
    }

    /// The segment's name.
    pub fn hash(&self) -> SegmentHash {
        self.hash
    }

    /// The segment as it is kept and sent.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The header as it was signed.
    pub(crate) fn signed_bytes(&self) -> &[u8] {
        self.bytes.get(self.signed.clone()).unwrap_or_default()
    }

    pub(crate) fn signature(&self) -> &[u8; SIGNATURE_LEN] {
        // Whoever makes one sees to it that the signature is there; zeros verify under no key.
        let after = self.bytes.get(self.signed.end..).unwrap_or_default();
        after.first_chunk().unwrap_or(&[0; SIGNATURE_LEN])
    }

    /// What follows the signature: the saves' columns, or what an erased copy has in their place.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(self.signed.end + SIGNATURE_LEN..).unwrap_or_default()
    }

    /// Whether it is a copy from which saves were erased.
    pub fn is_erased_copy(&self) -> bool {
        self.signed.start > 0
    }

    /// Hands over the segment as it is kept and sent.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The last save's number.
    pub fn last_seq(&self) -> u64 {
        self.header.last_seq()
    }

    /// Whether the lane's device signed the header. Enough to accept what one only relays.
    pub fn verify_signature(&self) -> Result<(), SegmentError> {
        verify_signature(&self.header, self.signed_bytes(), self.signature())
    }

    /// Whether the device signed exactly these saves.
    pub fn verify(&self) -> Result<(), SegmentError> {
        self.verify_signature()?;
        self.read(|_, _| ()).map(drop)
    }

    /// Verifies, then hands out the saves; of an erased copy, those that are left.
    pub fn open(&self) -> Result<Vec<Save>, SegmentError> {
        self.verify_signature()?;
        self.read_saves()
    }

    /// The saves as they stand in the body, whoever signed them.
    pub(crate) fn read_saves(&self) -> Result<Vec<Save>, SegmentError> {
        let mut saves = Vec::with_capacity(self.header.count as usize);
        self.read(|save, _| saves.push(save))?;
        Ok(saves)
    }

    /// Verifies, then hands out a leaf for each save, and the hash of the body.
    pub(crate) fn leaves(&self) -> Result<(Vec<Leaf>, Hash), SegmentError> {
        self.verify_signature()?;
        let mut whole = Vec::new();
        let (hashes, body_hash) = self.read(|save, leaf| whole.push((save.seq, leaf.to_vec())))?;
        let mut whole = whole.into_iter().peekable();
        let leaves = (self.header.first_seq..).zip(hashes).map(|(seq, hash)| {
            let left = whole.next_if(|(left, _)| *left == seq);
            left.map_or(Leaf::Erased(hash), |(_, bytes)| Leaf::Whole(bytes))
        });
        Ok((leaves.collect(), body_hash))
    }

    /// Decodes the body and holds it against the header's root; what `each` was given, the saves and their leaves,
    /// counts only if this is Ok. Returns the hashes of all leaves and of the body.
    fn read(&self, each: impl FnMut(Save, &[u8])) -> Result<(Vec<Hash>, Hash), SegmentError> {
        if self.header.min_reader > READER {
            return Err(SegmentError::NewerFormat { min_reader: self.header.min_reader });
        }
        let SealedSegment { header, .. } = self;
        let (leaves, body_hash) = if self.is_erased_copy() {
            let mut leaves = Vec::with_capacity(header.count as usize);
            let body_hash = erasure::read(self.body(), header.first_seq, header.count, &mut leaves, each)?;
            (leaves, body_hash)
        } else {
            (read_body(header, self.body(), each)?, merkle::body(self.body()))
        };
        let root = merkle::root(&leaves, &body_hash);
        if root == self.header.merkle_root { Ok((leaves, body_hash)) } else { Err(SegmentError::BodyMismatch) }
    }
}

impl SegmentHeader {
    /// Whether numbers and count can be those of a segment.
    pub(crate) fn check_numbers(&self) -> Result<(), SegmentError> {
        if self.count as usize > limits::SEGMENT_SAVES {
            return Err(SegmentError::TooLarge("saves"));
        }
        if self.count == 0 || self.first_seq == 0 || self.first_seq.checked_add(u64::from(self.count)).is_none() {
            return Err(SegmentError::Malformed("numbers"));
        }
        Ok(())
    }

    /// The last save's number.
    pub fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }
}

/// Decodes the columns of a body, hands out the saves with their leaves and returns the leaves' hashes. A save too
/// long to stand alone is refused, as its writer should have refused it: whoever keeps it could not read it back.
fn read_body(
    header: &SegmentHeader,
    body: &[u8],
    mut each: impl FnMut(Save, &[u8]),
) -> Result<Vec<Hash>, SegmentError> {
    let mut leaves = Vec::with_capacity(header.count as usize);
    let mut bytes = Vec::new();
    let mut longest = 0;
    columns::decode(frame(header), body, |save| {
        bytes.clear();
        leaf::encode_into(&save, &mut bytes);
        longest = longest.max(bytes.len());
        leaves.push(merkle::leaf(&bytes));
        each(save, &bytes);
    })?;
    if longest > limits::SAVE_BYTES { Err(SegmentError::TooLarge("save")) } else { Ok(leaves) }
}

/// The body of the saves, and the header with the root over both.
fn lay_out(header: SegmentHeader, saves: &[Save]) -> Result<(SegmentHeader, Vec<u8>), SegmentError> {
    let body = columns::encode(frame(&header), saves);
    let mut leaves = Vec::with_capacity(saves.len());
    let mut bytes = Vec::new();
    for save in saves {
        bytes.clear();
        leaf::encode_into(save, &mut bytes);
        if bytes.len() > limits::SAVE_BYTES {
            return Err(SegmentError::TooLarge("save"));
        }
        leaves.push(merkle::leaf(&bytes));
    }
    let merkle_root = merkle::root(&leaves, &merkle::body(&body));
    Ok((SegmentHeader { merkle_root, ..header }, body))
}

/// Signs a header and puts the segment together.
fn sign(header: SegmentHeader, body: &[u8], key: &SigningKey) -> Result<SealedSegment, SegmentError> {
    let mut signed = SIGNED_AS.to_vec();
    put_header(&mut signed, &header, body.len());
    let signature = key.sign(&signed);
    assemble(header, &signature.to_bytes(), body)
}

/// Puts header, signature and body together; nothing is verified.
fn assemble(
    header: SegmentHeader,
    signature: &[u8; SIGNATURE_LEN],
    body: &[u8],
) -> Result<SealedSegment, SegmentError> {
    let mut bytes = Vec::with_capacity(HEADER_ROOM + SIGNATURE_LEN + body.len());
    put_header(&mut bytes, &header, body.len());
    let header_len = bytes.len();
    let hash = hash_of(&bytes);
    bytes.extend_from_slice(signature);
    bytes.extend_from_slice(body);
    if bytes.len() > limits::SEGMENT_BYTES {
        return Err(SegmentError::TooLarge("segment"));
    }
    Ok(SealedSegment { header, hash, signed: 0..header_len, bytes })
}

/// Whether the lane's device signed these header bytes.
pub(crate) fn verify_signature(
    header: &SegmentHeader,
    bytes: &[u8],
    signature: &[u8; SIGNATURE_LEN],
) -> Result<(), SegmentError> {
    let key = VerifyingKey::from_bytes(&header.lane.device.0).map_err(|_| SegmentError::BadSignature)?;
    let signed = [SIGNED_AS, bytes].concat();
    key.verify_strict(&signed, &Signature::from_bytes(signature)).map_err(|_| SegmentError::BadSignature)
}

/// A header that fills the bytes.
pub(crate) fn parse_header(bytes: &[u8]) -> Result<SegmentHeader, SegmentError> {
    let mut reader = Reader::new(bytes);
    let (header, _) = get_header(&mut reader)?;
    reader.finish()?;
    Ok(header)
}

pub(crate) fn frame(header: &SegmentHeader) -> Frame {
    Frame {
        lane: header.lane.id(),
        first_seq: header.first_seq,
        count: header.count,
        schema_version: header.schema_version,
    }
}

pub(crate) fn hash_of(header: &[u8]) -> SegmentHash {
    SegmentHash(blake3::hash(header).into())
}

/// The header of saves to be sealed, its root still open; refuses what readers would refuse.
fn header_of(
    lane: &Lane,
    prev_hash: SegmentHash,
    saves: &[Save],
    clock: ClockQuality,
    key: &SigningKey,
) -> Result<SegmentHeader, SegmentError> {
    let first_seq = saves.first().ok_or(SegmentError::Unsealable("no saves"))?.seq;
    if key.verifying_key().to_bytes() != lane.device.0 {
        return Err(SegmentError::Unsealable("the key is not the lane's"));
    }
    if saves.iter().zip(first_seq..).any(|(save, seq)| save.seq != seq) {
        return Err(SegmentError::Unsealable("the saves are not consecutive"));
    }
    if saves.len() > limits::SEGMENT_SAVES {
        return Err(SegmentError::TooLarge("saves"));
    }
    let mut total = leaf::Extent::default();
    for save in saves {
        total = total.plus(leaf::extent(save)?);
    }
    total.check_segment()?;
    Ok(SegmentHeader {
        lane: lane.clone(),
        first_seq,
        count: saves.len() as u32,
        schema_version: saves.iter().map(|save| save.schema_version).max().unwrap_or_default(),
        prev_hash,
        merkle_root: [0; 32],
        clock,
        min_reader: FORMAT,
    })
}

fn put_header(out: &mut Vec<u8>, header: &SegmentHeader, body_len: usize) {
    let SegmentHeader { lane, first_seq, count, schema_version, prev_hash, merkle_root, clock, min_reader } = header;
    let ClockQuality { offset_ms, uncertainty_ms } = clock;
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&min_reader.to_le_bytes());
    lane::put(out, lane);
    put_varint(out, *first_seq);
    put_varint(out, u64::from(*count));
    put_varint(out, u64::from(*schema_version));
    put_varint(out, zigzag(i64::from(*offset_ms)));
    put_varint(out, u64::from(*uncertainty_ms));
    put_varint(out, body_len as u64);
    out.extend_from_slice(&prev_hash.0);
    out.extend_from_slice(merkle_root);
}

/// The header and the body's length.
fn get_header(reader: &mut Reader<'_>) -> Result<(SegmentHeader, usize), SegmentError> {
    if reader.array()? != MAGIC {
        return Err(SegmentError::Malformed("not a segment"));
    }
    let format = u16::from_le_bytes(reader.array()?);
    let min_reader = u16::from_le_bytes(reader.array()?);
    if format == 0 || min_reader == 0 || min_reader > format {
        return Err(SegmentError::Malformed("format"));
    }
    let lane = lane::get(reader)?;
    let first_seq = reader.varint()?;
    let count: u32 = reader.narrow()?;
    let schema_version = reader.narrow()?;
    let offset_ms = i32::try_from(unzigzag(reader.varint()?)).map_err(|_| WireError("clock"))?;
    let uncertainty_ms = reader.narrow()?;
    let body_len = reader.narrow()?;
    let prev_hash = SegmentHash(reader.array()?);
    let merkle_root = reader.array()?;
    let clock = ClockQuality { offset_ms, uncertainty_ms };
    let header = SegmentHeader { lane, first_seq, count, schema_version, prev_hash, merkle_root, clock, min_reader };
    header.check_numbers()?;
    Ok((header, body_len))
}

impl From<WireError> for SegmentError {
    fn from(WireError(what): WireError) -> Self {
        SegmentError::Malformed(what)
    }
}

#[cfg(test)]
mod tests {
    use arumbae_domain::schema::{FieldNo, RecordId, Value};
    use uuid::Uuid;

    use super::*;
    use crate::clock::Hlc;
    use crate::lane::DeviceKey;
    use crate::operation::Operation;

    /// A text is written once and referred to in a byte or two, so a small body can say a lot.
    #[test]
    fn a_save_too_long_to_stand_alone_is_refused_by_readers_too() {
        let key = SigningKey::from_bytes(&[1; 32]);
        let lane = Lane {
            device: DeviceKey(key.verifying_key().to_bytes()),
            incarnation: 1,
            scope: "81.71.01".parse().expect("a scope"),
        };
        let value = Value::Text("x".repeat(limits::SHARED_TEXT_BYTES));
        let set = Operation::Set { record: RecordId(Uuid::max()), field: FieldNo(40), value, preds: Vec::new() };
        let ops = vec![set; limits::SAVE_BYTES / limits::SHARED_TEXT_BYTES];
        let (hlc, actor) = (Hlc::new(0, 0), Uuid::nil());
        let save = Save { seq: 1, hlc, actor, policy_epoch: 1, schema_version: 1, deps: Vec::new(), ops };
        let refused = Err(SegmentError::TooLarge("save"));
        let clock = ClockQuality::default();
        assert_eq!(
            SealedSegment::seal(&lane, SegmentHash::GENESIS, std::slice::from_ref(&save), clock, &key),
            refused.clone()
        );

        let few = Save { ops: Vec::new(), ..save.clone() };
        let header = header_of(&lane, SegmentHash::GENESIS, &[few], clock, &key).expect("sealable");
        let body = columns::encode(frame(&header), std::slice::from_ref(&save));
        assert!(body.len() < 64 << 10);
        let root = merkle::root(&[merkle::leaf(&leaf::encode(&save))], &merkle::body(&body));
        let segment = sign(SegmentHeader { merkle_root: root, ..header }, &body, &key).expect("small");
        assert_eq!(segment.verify_signature(), Ok(()));
        assert_eq!(segment.open().map(drop), refused.map(drop));
    }
}
