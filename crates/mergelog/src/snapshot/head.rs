//! The head of a snapshot: lanes, segments carried whole, and the names of the pages.

use std::fmt;

use arumbae_domain::Scope;
use arumbae_domain::schema::RecordId;

use super::{EDITION, MAX_HEAD, MAX_PAGE, SnapshotError};
use crate::chain::LaneCursor;
use crate::digest::Digest;
use crate::lane::{DeviceKey, Lane, LaneId};
use crate::segment::SegmentHash;
use crate::wire::{Reader, put_varint};

const MAGIC: [u8; 4] = *b"ARSN";
const FORMAT: u16 = 1;

/// Names a snapshot, and by the hashes in its head every page of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotHash(pub [u8; 32]);

impl fmt::Display for SnapshotHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SnapshotHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SnapshotHash({self})")
    }
}

/// Where a lane stands in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotLane {
    /// The lane; its scope is the snapshot's.
    pub lane: Lane,
    /// What the next segment of it has to continue.
    pub cursor: LaneCursor,
}

/// A segment that is not added up and goes along whole, to be judged by whoever takes the snapshot: it may be for later
/// readers, or change records of other scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarriedSegment {
    /// Its number in the scope.
    pub gsn: u64,
    /// When the server received it, milliseconds since 1970 UTC.
    pub received_ms: u64,
    /// Its signed bytes, uncompressed.
    pub bytes: Vec<u8>,
}

/// A page by its place and its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRef {
    /// The last record on it; the first one follows the last of the page before.
    pub last: RecordId,
    /// How many bytes it has.
    pub length: u32,
    /// BLAKE3 of its bytes.
    pub hash: [u8; 32],
}

/// What a snapshot says before its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotHead {
    /// Whose segments it adds up.
    pub scope: Scope,
    /// Up to which number in the scope.
    pub gsn: u64,
    /// The set digest of those segments.
    pub digest: Digest,
    /// The [`EDITION`] of the code that made it.
    pub edition: u16,
    /// By how many entries of the registry the authors' rights were judged.
    pub policy_epoch: u64,
    /// The scope's lanes, ascending by id.
    pub lanes: Vec<SnapshotLane>,
    /// What is carried whole, ascending by number.
    pub carried: Vec<CarriedSegment>,
    /// The pages, in the order of their records.
    pub pages: Vec<PageRef>,
}

impl SnapshotHead {
    /// The snapshot of no segments.
    pub fn empty(scope: Scope) -> Self {
        SnapshotHead {
            scope,
            gsn: 0,
            digest: Digest::EMPTY,
            edition: EDITION,
            policy_epoch: 0,
            lanes: Vec::new(),
            carried: Vec::new(),
            pages: Vec::new(),
        }
    }

    /// The snapshot's name.
    pub fn hash(&self) -> SnapshotHash {
        SnapshotHash(blake3::derive_key("arumbae 2026 snapshot", &self.encode()))
    }

    /// Where a lane stands.
    pub fn lane(&self, id: LaneId) -> Option<&SnapshotLane> {
        self.lanes.binary_search_by_key(&id, |lane| lane.lane.id()).ok().map(|at| &self.lanes[at])
    }

    /// The head's canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let SnapshotHead { scope, gsn, digest, edition, policy_epoch, lanes, carried, pages } = self;
        let mut out = Vec::with_capacity(128 + 80 * lanes.len() + 56 * pages.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT.to_le_bytes());
        out.extend_from_slice(&edition.to_le_bytes());
        let scope = scope.to_string();
        put_varint(&mut out, scope.len() as u64);
        out.extend_from_slice(scope.as_bytes());
        put_varint(&mut out, *gsn);
        put_varint(&mut out, *policy_epoch);
        out.extend_from_slice(digest.as_bytes());
        put_varint(&mut out, lanes.len() as u64);
        for SnapshotLane { lane: Lane { device, incarnation, scope: _ }, cursor } in lanes {
            out.extend_from_slice(&device.0);
            out.extend_from_slice(&incarnation.to_le_bytes());
            put_varint(&mut out, cursor.next_seq);
            out.extend_from_slice(&cursor.head_hash.0);
        }
        put_varint(&mut out, carried.len() as u64);
        for CarriedSegment { gsn, received_ms, bytes } in carried {
            put_varint(&mut out, *gsn);
            put_varint(&mut out, *received_ms);
            put_varint(&mut out, bytes.len() as u64);
            out.extend_from_slice(bytes);
        }
        put_varint(&mut out, pages.len() as u64);
        for PageRef { last, length, hash } in pages {
            out.extend_from_slice(last.0.as_bytes());
            put_varint(&mut out, u64::from(*length));
            out.extend_from_slice(hash);
        }
        out
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub fn decode(bytes: &[u8]) -> Result<SnapshotHead, SnapshotError> {
        if bytes.len() > MAX_HEAD {
            return Err(SnapshotError::TooLarge("head"));
        }
        let mut reader = Reader::new(bytes);
        if reader.array()? != MAGIC {
            return Err(SnapshotError::Malformed("not a snapshot"));
        }
        match u16::from_le_bytes(reader.array()?) {
            FORMAT => {}
            0 => return Err(SnapshotError::Malformed("format")),
            found => return Err(SnapshotError::NewerFormat { found }),
        }
        let edition = u16::from_le_bytes(reader.array()?);
        let scope: Scope = reader.text()?.parse().map_err(|_| SnapshotError::Malformed("scope"))?;
        let (gsn, policy_epoch) = (reader.varint()?, reader.varint()?);
        let digest = Digest::from_bytes(reader.array()?);
        let lanes = (0..reader.count(73)?)
            .map(|_| {
                let device = DeviceKey(reader.array()?);
                let incarnation = u64::from_le_bytes(reader.array()?);
                let cursor = LaneCursor { next_seq: reader.varint()?, head_hash: SegmentHash(reader.array()?) };
                Ok(SnapshotLane { lane: Lane { device, incarnation, scope: scope.clone() }, cursor })
            })
            .collect::<Result<Vec<_>, SnapshotError>>()?;
        let carried = (0..reader.count(3)?)
            .map(|_| {
                let (gsn, received_ms) = (reader.varint()?, reader.varint()?);
                let length = reader.narrow()?;
                Ok(CarriedSegment { gsn, received_ms, bytes: reader.take(length)?.to_vec() })
            })
            .collect::<Result<Vec<_>, SnapshotError>>()?;
        let pages = (0..reader.count(49)?)
            .map(|_| Ok(PageRef { last: RecordId(reader.uuid()?), length: reader.narrow()?, hash: reader.array()? }))
            .collect::<Result<Vec<_>, SnapshotError>>()?;
        reader.finish()?;
        let head = SnapshotHead { scope, gsn, digest, edition, policy_epoch, lanes, carried, pages };
        head.check()?;
        Ok(head)
    }

    /// What every writer keeps to and readers rely on.
    fn check(&self) -> Result<(), SnapshotError> {
        let ids: Vec<LaneId> = self.lanes.iter().map(|lane| lane.lane.id()).collect();
        let in_order = ids.is_sorted_by(|one, next| one < next)
            && self.carried.is_sorted_by(|one, next| one.gsn < next.gsn)
            && self.pages.is_sorted_by(|one, next| one.last < next.last);
        let within = self.carried.iter().all(|carried| (1..=self.gsn).contains(&carried.gsn));
        let advanced = self.lanes.iter().all(|lane| lane.cursor.next_seq > 1);
        if !(in_order && within && advanced) {
            return Err(SnapshotError::Malformed("order"));
        }
        let small = self.pages.iter().all(|page| page.length as usize <= MAX_PAGE);
        if small { Ok(()) } else { Err(SnapshotError::TooLarge("page")) }
    }
}
