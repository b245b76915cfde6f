//! Sealed segments: a signed run of saves of one lane, the unit of storage, acknowledgement and transport.

use std::fmt;

use ed25519_dalek::SigningKey;

use crate::lane::Lane;
use crate::operation::Save;

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
    /// The oldest format a reader must know.
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

/// The canonical uncompressed bytes of a segment, header parsed, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedSegment {
    header: SegmentHeader,
    hash: SegmentHash,
    bytes: Vec<u8>,
}

impl SealedSegment {
    /// Signs consecutive saves as one segment of `lane`.
    pub fn seal(
        lane: &Lane,
        prev_hash: SegmentHash,
        saves: &[Save],
        clock: ClockQuality,
        key: &SigningKey,
    ) -> Result<SealedSegment, SegmentError> {
        let _ = (lane, prev_hash, saves, clock, key);
        Err(SegmentError::Unsealable("no saves"))
    }

    /// Takes bytes from outside: parses the header and checks sizes; nothing is verified yet.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<SealedSegment, SegmentError> {
        let _ = bytes;
        Err(SegmentError::Malformed("empty"))
    }

    /// The parsed header.
    pub fn header(&self) -> &SegmentHeader {
        &self.header
    }

    /// The segment's name.
    pub fn hash(&self) -> SegmentHash {
        self.hash
    }

    /// The signed bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the device signed exactly these saves.
    pub fn verify(&self) -> Result<(), SegmentError> {
        self.open().map(drop)
    }

    /// Verifies, then hands out the saves.
    pub fn open(&self) -> Result<Vec<Save>, SegmentError> {
        Err(SegmentError::BadSignature)
    }
}

impl From<crate::wire::WireError> for SegmentError {
    fn from(crate::wire::WireError(what): crate::wire::WireError) -> Self {
        SegmentError::Malformed(what)
    }
}
