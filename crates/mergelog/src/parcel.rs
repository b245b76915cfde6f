//! Parcels: segments on their way, packed together and against what their receiver already holds.
//!
//! A segment is signed as it stands, but it need not travel so. In a parcel the saves of all segments are laid out
//! together, field by field, and of each header only what cannot be derived is told; the receiver rebuilds the very
//! bytes that were signed. The parcel is squeezed against a [`Base`], segments both sides hold: those that are edited
//! or continued in it say most of what it says once more.
//!
//! Nothing in a parcel is trusted. What it is rebuilt to is judged by its signature like any other segment, and a
//! parcel squeezed against a base one does not have is told from a damaged one.

use std::collections::{BTreeSet, HashMap};

use crate::columns::{ParcelReader, ParcelWriter};
use crate::compression::{self, CompressionError};
use crate::lane::{self, Lane, LaneId};
use crate::leaf::{self, Extent};
use crate::limits;
use crate::operation::{Operation, Save};
use crate::segment::{self, ClockQuality, SIGNATURE_LEN, SealedSegment, SegmentError, SegmentHash, SegmentHeader};
use crate::wire::{Reader, WireError, put_varint, unzigzag, zigzag};

/// The layout this version writes and the newest it reads.
const FORMAT: u8 = 1;

/// So much of the base's BLAKE3 is named that another base is noticed before anything is unpacked against it.
const BASE_CHECK_LEN: usize = 4;

/// How a segment stands in a parcel.
mod form {
    /// Its saves among those of the others; number and chain follow from the lane's segment before it.
    pub const NEXT: u64 = 0;
    /// The same, with number and chain told.
    pub const TOLD: u64 = 1;
    /// Its bytes as they are: of a later format, an erased copy, or laid out as no writer of ours does it.
    pub const WHOLE: u64 = 2;
}

/// Why a parcel could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// Written by a later version: to be asked for again one by one, or after an upgrade.
    #[error("the parcel is of a later format")]
    NewerFormat,
    /// Squeezed against segments that are not the ones given.
    #[error("the parcel was packed against another base")]
    OtherBase,
    /// The content could not be unpacked.
    #[error("the parcel cannot be unpacked")]
    Compression(#[source] CompressionError),
    /// The content does not follow the format.
    #[error("the parcel's content cannot be read")]
    Content(#[source] SegmentError),
}

/// Segments that both sides of a parcel hold, in the order the sender named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Base {
    content: Vec<u8>,
}

impl Base {
    /// Adds a segment; `false`, and nothing is added, if the base would become larger than
    /// [`BASE_BYTES`](limits::BASE_BYTES).
    #[must_use]
    pub fn push(&mut self, segment: &SealedSegment) -> bool {
        let before = self.content.len();
        let lane = &segment.header().lane;
        // What a parcel would otherwise have to tell: the lane by its short name and in full, the head of its chain.
        self.content.extend_from_slice(&lane.id().0);
        lane::put(&mut self.content, lane);
        self.content.extend_from_slice(&segment.hash().0);
        self.content.extend_from_slice(segment.body());
        if self.content.len() > limits::BASE_BYTES {
            self.content.truncate(before);
        }
        self.content.len() > before
    }

    /// How much it holds, in bytes.
    pub fn len(&self) -> usize {
        self.content.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    fn check(&self) -> [u8; BASE_CHECK_LEN] {
        let hash: [u8; 32] = blake3::hash(&self.content).into();
        std::array::from_fn(|at| hash[at])
    }
}

/// Segments about to be packed into one parcel.
#[derive(Default)]
pub struct Packing {
    segments: Vec<SealedSegment>,
    /// The saves of each segment, where they can be told.
    told: Vec<Option<Vec<Save>>>,
    saves: usize,
    extent: Extent,
    bytes: usize,
}

/// Divides segments, oldest first within a lane, into as many parcels as they need.
pub fn divide(segments: Vec<SealedSegment>) -> Vec<Packing> {
    let mut packings: Vec<Packing> = Vec::new();
    for segment in segments {
        let told = tellable(&segment);
        match packings.last_mut().filter(|packing| packing.has_room(&segment, told.as_ref())) {
            Some(packing) => packing.push(segment, told),
            None => {
                let mut packing = Packing::default();
                // One that is too much even by itself can still go as it is.
                let told = told.filter(|told| packing.has_room(&segment, Some(told)));
                packing.push(segment, told);
                packings.push(packing);
            }
        }
    }
    packings
}

impl Packing {
    /// The segments.
    pub fn segments(&self) -> &[SealedSegment] {
        &self.segments
    }

    fn has_room(&self, segment: &SealedSegment, told: Option<&Told>) -> bool {
        let extent = told.map_or(self.extent, |told| self.extent.plus(told.extent));
        self.segments.len() < limits::PARCEL_SEGMENTS
            && self.bytes + segment.bytes().len() <= limits::SEGMENT_BYTES
            && self.saves + told.map_or(0, |told| told.saves.len()) <= limits::SEGMENT_SAVES
            && extent.check_segment().is_ok()
    }

    fn push(&mut self, segment: SealedSegment, told: Option<Told>) {
        self.bytes += segment.bytes().len();
        self.saves += told.as_ref().map_or(0, |told| told.saves.len());
        self.extent = told.as_ref().map_or(self.extent, |told| self.extent.plus(told.extent));
        self.told.push(told.map(|told| told.saves));
        self.segments.push(segment);
    }

    /// The saves that the segments continue or change and do not hold themselves. Segments that hold them are the
    /// best base: what was there before says most of what is there now.
    pub fn named(&self) -> BTreeSet<(LaneId, u64)> {
        let mut held = Vec::with_capacity(self.segments.len());
        let mut named = BTreeSet::new();
        for (segment, saves) in self.segments.iter().zip(&self.told) {
            let lane = segment.header().lane.id();
            held.push((lane, segment.header().first_seq..=segment.last_seq()));
            named.insert((lane, segment.header().first_seq - 1));
            let ops = saves.iter().flatten().flat_map(|save| &save.ops);
            named.extend(ops.flat_map(Operation::named).map(|id| (id.lane, id.seq)));
        }
        for (lane, seqs) in held {
            let inside: Vec<_> = named.range((lane, *seqs.start())..=(lane, *seqs.end())).copied().collect();
            inside.iter().for_each(|save| {
                named.remove(save);
            });
        }
        named.retain(|(_, seq)| *seq > 0);
        named
    }

    /// The parcel.
    pub fn pack(self, base: &Base) -> Vec<u8> {
        // More fields than readers take only occur in segments made to have them; those go as they are.
        let content = lay_out(&self.segments, &self.told)
            .or_else(|| lay_out(&self.segments, &vec![None; self.segments.len()]))
            .unwrap_or_default();
        let mut bytes = vec![FORMAT, u8::from(!base.is_empty())];
        if !base.is_empty() {
            bytes.extend_from_slice(&base.check());
        }
        put_varint(&mut bytes, content.signatures.len() as u64);
        content.signatures.iter().for_each(|signature| bytes.extend_from_slice(signature));
        bytes.extend_from_slice(&compression::compress_against(&base.content, &content.bytes));
        bytes
    }
}

/// What a parcel says, before it is squeezed.
#[derive(Default)]
struct Content {
    signatures: Vec<[u8; SIGNATURE_LEN]>,
    bytes: Vec<u8>,
}

/// The saves of a segment and what they take up.
struct Told {
    saves: Vec<Save>,
    extent: Extent,
}

/// What there is to tell of a segment, if a reader can make its bytes again from that.
fn tellable(segment: &SealedSegment) -> Option<Told> {
    if segment.is_erased_copy() || segment.header().min_reader != segment::FORMAT {
        return None;
    }
    let saves = segment.read_saves().ok()?;
    let rebuilt = SealedSegment::rebuild(segment.header().clone(), &saves, segment.signature()).ok()?;
    let mut extents = saves.iter().map(leaf::extent);
    let extent = extents.try_fold(Extent::default(), |sum, extent| extent.map(|extent| sum.plus(extent))).ok()?;
    (rebuilt == *segment).then_some(Told { saves, extent })
}

fn lay_out(segments: &[SealedSegment], told: &[Option<Vec<Save>>]) -> Option<Content> {
    let mut heads = Vec::new();
    let mut whole = Vec::new();
    let mut signatures = Vec::new();
    let mut lanes: HashMap<&Lane, usize> = HashMap::new();
    let mut chains = Chains::default();
    let mut placed = Vec::with_capacity(segments.len());
    put_varint(&mut heads, segments.len() as u64);
    for (segment, saves) in segments.iter().zip(told) {
        let header = segment.header();
        if saves.is_none() {
            put_varint(&mut heads, form::WHOLE);
            put_varint(&mut heads, segment.bytes().len() as u64);
            whole.extend_from_slice(segment.bytes());
            continue;
        }
        let next = lanes.len();
        let lane = *lanes.entry(&header.lane).or_insert(next);
        let is_next = chains.of(lane) == Some((header.first_seq, header.prev_hash));
        put_varint(&mut heads, if is_next { form::NEXT } else { form::TOLD });
        put_varint(&mut heads, lane as u64);
        if lane == next {
            lane::put(&mut heads, &header.lane);
        }
        if !is_next {
            put_varint(&mut heads, header.first_seq);
            heads.extend_from_slice(&header.prev_hash.0);
        }
        put_varint(&mut heads, u64::from(header.count));
        put_varint(&mut heads, u64::from(header.schema_version));
        put_varint(&mut heads, zigzag(i64::from(header.clock.offset_ms)));
        put_varint(&mut heads, u64::from(header.clock.uncertainty_ms));
        chains.advance(lane, segment);
        signatures.push(*segment.signature());
        placed.push((lane, header.schema_version, saves));
    }
    let mut ids = vec![LaneId([0; 16]); lanes.len()];
    lanes.into_iter().for_each(|(lane, at)| ids[at] = lane.id());
    let mut columns = ParcelWriter::new(ids);
    for (lane, schema_version, saves) in placed {
        columns.segment(lane, schema_version, saves.as_deref().unwrap_or_default());
    }
    let mut bytes = heads;
    bytes.extend_from_slice(&whole);
    bytes.extend_from_slice(&columns.finish()?);
    Some(Content { signatures, bytes })
}

/// Where each lane of a parcel stands.
#[derive(Default)]
struct Chains(HashMap<usize, (u64, SegmentHash)>);

impl Chains {
    fn of(&self, lane: usize) -> Option<(u64, SegmentHash)> {
        self.0.get(&lane).copied()
    }

    fn advance(&mut self, lane: usize, segment: &SealedSegment) {
        self.0.insert(lane, (segment.last_seq() + 1, segment.hash()));
    }
}

/// A segment out of a parcel. Nothing of it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    segment: SealedSegment,
    /// What the segment was rebuilt from; its root is theirs.
    saves: Option<Vec<Save>>,
}

impl Unpacked {
    /// The segment as it was sealed.
    pub fn segment(&self) -> &SealedSegment {
        &self.segment
    }

    /// Hands over the segment as it was sealed.
    pub fn into_segment(self) -> SealedSegment {
        self.segment
    }

    /// Verifies the segment and hands out its saves, as [`SealedSegment::open`] does.
    pub fn open(self) -> (SealedSegment, Result<Vec<Save>, SegmentError>) {
        let Unpacked { segment, saves } = self;
        let opened = match saves {
            Some(saves) => segment.verify_signature().map(|()| saves),
            None => segment.open(),
        };
        (segment, opened)
    }
}

impl From<SealedSegment> for Unpacked {
    /// A segment that came by itself.
    fn from(segment: SealedSegment) -> Self {
        Unpacked { segment, saves: None }
    }
}

/// Reads a parcel that was packed against `base`.
pub fn unpack(bytes: &[u8], base: &Base) -> Result<Vec<Unpacked>, ParcelError> {
    let mut reader = Reader::new(bytes);
    if reader.byte()? != FORMAT {
        return Err(ParcelError::NewerFormat);
    }
    let base = match reader.byte()? {
        0 => &Base::default(),
        1 if reader.array()? == base.check() => base,
        1 => return Err(ParcelError::OtherBase),
        _ => return Err(WireError("base").into()),
    };
    let mut signatures = Vec::new();
    for _ in 0..reader.count(SIGNATURE_LEN)? {
        signatures.push(reader.array::<SIGNATURE_LEN>()?);
    }
    let content = reader.take(reader.remaining())?;
    let content = compression::decompress_against(&base.content, content, limits::PARCEL_BYTES)
        .map_err(ParcelError::Compression)?;
    read_content(&content, &signatures)
}

/// A segment's head as it stands in a parcel.
enum Head {
    Told { lane: usize, chained: Option<(u64, SegmentHash)>, count: u32, schema_version: u16, clock: ClockQuality },
    Whole { len: usize },
}

fn read_content(content: &[u8], signatures: &[[u8; SIGNATURE_LEN]]) -> Result<Vec<Unpacked>, ParcelError> {
    let mut reader = Reader::new(content);
    let count = reader.count(2)?;
    if count > limits::PARCEL_SEGMENTS {
        return Err(ParcelError::Content(SegmentError::TooLarge("parcel")));
    }
    let mut lanes = Vec::new();
    let mut heads = Vec::with_capacity(count);
    for _ in 0..count {
        heads.push(get_head(&mut reader, &mut lanes)?);
    }
    let mut saves = 0;
    let mut whole = Vec::new();
    for head in &heads {
        match head {
            Head::Told { count, .. } => saves += u64::from(*count),
            Head::Whole { len } => whole.push(reader.take(*len)?),
        }
    }
    if saves > limits::SEGMENT_SAVES as u64 {
        return Err(ParcelError::Content(SegmentError::TooLarge("saves")));
    }
    let ids = lanes.iter().map(Lane::id).collect();
    let mut columns = ParcelReader::new(ids, reader.take(reader.remaining())?)?;
    let mut chains = Chains::default();
    let mut signatures = signatures.iter();
    let mut whole = whole.into_iter();
    let mut unpacked = Vec::with_capacity(count);
    for head in heads {
        let Head::Told { lane: at, chained, count, schema_version, clock } = head else {
            let bytes = whole.next().unwrap_or_default().to_vec();
            unpacked.push(SealedSegment::from_bytes(bytes).map_err(ParcelError::Content)?.into());
            continue;
        };
        let lane = lanes.get(at).ok_or(WireError("lane"))?.clone();
        let (first_seq, prev_hash) = chained.or_else(|| chains.of(at)).ok_or(WireError("chain"))?;
        let header = SegmentHeader {
            lane,
            first_seq,
            count,
            schema_version,
            prev_hash,
            merkle_root: [0; 32],
            clock,
            min_reader: segment::FORMAT,
        };
        header.check_numbers().map_err(ParcelError::Content)?;
        let saves = columns.segment(at, segment::frame(&header)).map_err(ParcelError::Content)?;
        let signature = signatures.next().ok_or(WireError("signatures"))?;
        let segment = SealedSegment::rebuild(header, &saves, signature).map_err(ParcelError::Content)?;
        chains.advance(at, &segment);
        unpacked.push(Unpacked { segment, saves: Some(saves) });
    }
    columns.finish()?;
    if signatures.next().is_some() {
        return Err(WireError("signatures").into());
    }
    Ok(unpacked)
}

fn get_head(reader: &mut Reader<'_>, lanes: &mut Vec<Lane>) -> Result<Head, WireError> {
    let form = reader.varint()?;
    if form == form::WHOLE {
        return Ok(Head::Whole { len: reader.narrow()? });
    }
    let lane: usize = reader.narrow()?;
    if lane == lanes.len() {
        lanes.push(lane::get(reader)?);
    }
    let chained = match form {
        form::NEXT => None,
        form::TOLD => Some((reader.varint()?, SegmentHash(reader.array()?))),
        _ => return Err(WireError("form")),
    };
    let count = reader.narrow()?;
    let schema_version = reader.narrow()?;
    let offset_ms = i32::try_from(unzigzag(reader.varint()?)).map_err(|_| WireError("clock"))?;
    let clock = ClockQuality { offset_ms, uncertainty_ms: reader.narrow()? };
    Ok(Head::Told { lane, chained, count, schema_version, clock })
}

impl From<WireError> for ParcelError {
    fn from(error: WireError) -> Self {
        ParcelError::Content(error.into())
    }
}
