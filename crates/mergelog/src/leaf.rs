//! A save standing alone: the canonical bytes its leaf hash is taken over, also how a store keeps it unsealed.

use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, Value};

use crate::clock::Hlc;
use crate::grammar::{self, Sink, Source};
use crate::lane::LaneId;
use crate::limits;
use crate::operation::{OpId, Operation, Save};
use crate::segment::SegmentError;
use crate::wire::{PayloadSource, Reader, WireError, put_text, put_value, put_varint};

/// The canonical bytes of a save.
pub fn encode(save: &Save) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + 48 * save.ops.len());
    encode_into(save, &mut out);
    out
}

/// Appends the canonical bytes of a save.
pub(crate) fn encode_into(save: &Save, out: &mut Vec<u8>) {
    let Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops } = save;
    put_varint(out, *seq);
    put_varint(out, hlc.0);
    out.extend_from_slice(actor.as_bytes());
    put_varint(out, u64::from(*policy_epoch));
    put_varint(out, u64::from(*schema_version));
    put_varint(out, deps.len() as u64);
    for (lane, seq) in deps {
        out.extend_from_slice(&lane.0);
        put_varint(out, *seq);
    }
    put_varint(out, ops.len() as u64);
    let mut stream = OutStream { out, record: RecordId::default() };
    ops.iter().for_each(|op| grammar::put(op, &mut stream));
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Save, SegmentError> {
    if bytes.len() > limits::SAVE_BYTES {
        return Err(SegmentError::TooLarge("save"));
    }
    let mut reader = Reader::new(bytes);
    let seq = reader.varint()?;
    let hlc = Hlc(reader.varint()?);
    let actor = reader.uuid()?;
    let policy_epoch = reader.narrow()?;
    let schema_version = reader.narrow()?;
    let count = reader.count(17)?;
    let mut deps = Vec::with_capacity(count);
    for _ in 0..count {
        deps.push((LaneId(reader.array()?), reader.varint()?));
    }
    let count = reader.count(2)?;
    if count > limits::SAVE_OPERATIONS {
        return Err(SegmentError::TooLarge("operations"));
    }
    let mut stream = InStream { reader, record: RecordId::default() };
    let mut ops = Vec::with_capacity(count);
    for _ in 0..count {
        ops.push(grammar::get(&mut stream)?);
    }
    stream.reader.finish()?;
    Ok(Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops })
}

/// Whether a save is within the limits every reader enforces; to be asked before it is acknowledged.
pub fn check_limits(save: &Save) -> Result<(), SegmentError> {
    extent(save)?.check_segment()
}

/// How much of each limit saves take up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extent {
    operations: usize,
    ids: usize,
    bytes: usize,
}

impl Extent {
    pub fn plus(self, other: Extent) -> Extent {
        Extent {
            operations: self.operations + other.operations,
            ids: self.ids + other.ids,
            bytes: self.bytes + other.bytes,
        }
    }

    /// Whether saves of this extent fit one segment. A save's bytes hold all its texts, so they stand for them.
    pub fn check_segment(self) -> Result<(), SegmentError> {
        match self {
            Extent { operations, .. } if operations > limits::SEGMENT_OPERATIONS => Err("operations"),
            Extent { ids, .. } if ids > limits::SEGMENT_IDS => Err("predecessors"),
            Extent { bytes, .. } if bytes > limits::SEGMENT_TEXT_BYTES => Err("text"),
            _ => Ok(()),
        }
        .map_err(SegmentError::TooLarge)
    }
}

/// A save's extent; refuses a save that no segment may hold.
pub(crate) fn extent(save: &Save) -> Result<Extent, SegmentError> {
    if save.seq == 0 {
        return Err(SegmentError::Unsealable("saves are numbered from 1"));
    }
    let early = |op: &Operation| matches!(op, Operation::Unknown { code, .. } if *code < Operation::FIRST_LATER_CODE);
    if save.ops.iter().any(early) {
        return Err(SegmentError::Unsealable("an unknown operation has a known code"));
    }
    let extent = Extent {
        operations: save.ops.len(),
        ids: save.deps.len() + save.ops.iter().map(|op| op.named().count()).sum::<usize>(),
        bytes: encode(save).len(),
    };
    match extent {
        Extent { operations, .. } if operations > limits::SAVE_OPERATIONS => Err(SegmentError::TooLarge("operations")),
        Extent { bytes, .. } if bytes > limits::SAVE_BYTES => Err(SegmentError::TooLarge("save")),
        extent => Ok(extent),
    }
}

/// Operations as one stream; the record is named only where it changes.
struct OutStream<'a> {
    out: &'a mut Vec<u8>,
    record: RecordId,
}

impl Sink for OutStream<'_> {
    fn operation(&mut self, code: u16, record: RecordId) {
        let same = record == self.record;
        put_varint(self.out, u64::from(code) << 1 | u64::from(same));
        if !same {
            self.out.extend_from_slice(record.0.as_bytes());
            self.record = record;
        }
    }

    fn field(&mut self, field: FieldNo) {
        put_varint(self.out, u64::from(field.0));
    }

    fn number(&mut self, number: u64) {
        put_varint(self.out, number);
    }

    fn value(&mut self, value: &Value) {
        put_value(self.out, value);
    }

    fn text(&mut self, text: &str) {
        put_text(self.out, text);
    }

    fn ids(&mut self, ids: &[OpId]) {
        put_varint(self.out, ids.len() as u64);
        for OpId { lane, seq, index } in ids {
            self.out.extend_from_slice(&lane.0);
            put_varint(self.out, *seq);
            put_varint(self.out, u64::from(*index));
        }
    }

    fn blob(&mut self, blob: &BlobHash) {
        self.out.extend_from_slice(&blob.0);
    }

    fn body(&mut self, body: &[u8]) {
        put_varint(self.out, body.len() as u64);
        self.out.extend_from_slice(body);
    }
}

struct InStream<'a> {
    reader: Reader<'a>,
    record: RecordId,
}

impl Source for InStream<'_> {
    fn operation(&mut self) -> Result<(u16, RecordId), WireError> {
        let word = self.reader.varint()?;
        let code = u16::try_from(word >> 1).map_err(|_| WireError("operation"))?;
        if word & 1 == 0 {
            let record = RecordId(self.reader.uuid()?);
            if record == self.record {
                return Err(WireError("record"));
            }
            self.record = record;
        }
        Ok((code, self.record))
    }

    fn field(&mut self) -> Result<FieldNo, WireError> {
        self.reader.narrow().map(FieldNo)
    }

    fn number(&mut self) -> Result<u64, WireError> {
        self.reader.varint()
    }

    fn value(&mut self) -> Result<Value, WireError> {
        self.reader.value()
    }

    fn text(&mut self) -> Result<String, WireError> {
        PayloadSource::text(&mut self.reader)
    }

    fn ids(&mut self) -> Result<Vec<OpId>, WireError> {
        let count = self.reader.count(18)?;
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            let lane = LaneId(self.reader.array()?);
            ids.push(OpId { lane, seq: self.reader.varint()?, index: self.reader.narrow()? });
        }
        Ok(ids)
    }

    fn blob(&mut self) -> Result<BlobHash, WireError> {
        self.reader.array().map(BlobHash)
    }

    fn body(&mut self) -> Result<Vec<u8>, WireError> {
        let len = self.reader.count(1)?;
        self.reader.take(len).map(<[u8]>::to_vec)
    }
}
