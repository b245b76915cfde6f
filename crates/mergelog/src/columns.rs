//! A segment's body: the saves taken apart into columns, so that like stands beside like.
//!
//! Identifiers stand in tables and are referred to by number, times and sequence numbers as distances from what
//! a reader expects, repeated texts once. A column of zeros only is left out and reads as endless zeros, which
//! is why every count is held against a limit and never against the bytes alone.

use std::collections::HashMap;

use arumbae_domain::schema::{BlobHash, FieldNo, RecordId, Value};
use uuid::Uuid;

use crate::clock::Hlc;
use crate::grammar::{self, Sink, Source};
use crate::lane::LaneId;
use crate::limits;
use crate::operation::{OpId, Save};
use crate::segment::SegmentError;
use crate::wire::{Payload, PayloadSource, Reader, WireError, join, put_varint, split, unzigzag, zigzag};

/// The columns in the order they are written: numbers first, what does not compress last.
#[derive(Clone, Copy)]
enum Column {
    Millis,
    Counters,
    Actors,
    PolicyEpochs,
    SchemaVersions,
    DepCounts,
    DepLanes,
    DepSeqs,
    OperationCounts,
    Codes,
    Records,
    Fields,
    Tags,
    Numbers,
    IdCounts,
    IdLanes,
    IdSeqs,
    IdIndexes,
    TextRefs,
    Bodies,
    Texts,
    RecordTimes,
    RecordNames,
    ActorTable,
    LaneTable,
    Blobs,
}

const COLUMNS: usize = Column::Blobs as usize + 1;

/// From here on columns hold bytes, not numbers, and are not left out when they are zeros.
const FIRST_OF_BYTES: usize = Column::Bodies as usize;

/// What the columns are relative to; it stands in the segment's header.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub lane: LaneId,
    pub first_seq: u64,
    pub count: u32,
    pub schema_version: u16,
}

/// Writes the saves' columns.
pub(crate) fn encode(frame: Frame, saves: &[Save]) -> Vec<u8> {
    let mut writer = Writer::new(frame);
    let mut last = Times::new();
    for save in saves {
        let Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops } = save;
        writer.seq = *seq;
        writer.put(Column::Millis, zigzag(hlc.millis().wrapping_sub(last.millis) as i64));
        writer.put(Column::Counters, u64::from(hlc.counter()));
        writer.actor(*actor);
        writer.put(Column::PolicyEpochs, zigzag(i64::from(*policy_epoch) - i64::from(last.policy_epoch)));
        writer.put(Column::SchemaVersions, u64::from(frame.schema_version - schema_version));
        last = Times { millis: hlc.millis(), policy_epoch: *policy_epoch };
        writer.put(Column::DepCounts, deps.len() as u64);
        for (lane, seq) in deps {
            writer.lane_seq(Column::DepLanes, Column::DepSeqs, *lane, *seq);
        }
        writer.put(Column::OperationCounts, ops.len() as u64);
        ops.iter().for_each(|op| grammar::put(op, &mut writer));
    }
    writer.finish()
}

/// Reads the columns back, save by save.
pub(crate) fn decode(frame: Frame, body: &[u8], mut each: impl FnMut(Save)) -> Result<(), SegmentError> {
    let mut reader = ColumnReader::new(frame, body)?;
    let mut last = Times::new();
    let mut operations = 0;
    for number in 0..u64::from(frame.count) {
        reader.seq = frame.first_seq + number;
        let millis = last.millis.wrapping_add(unzigzag(reader.get(Column::Millis)?) as u64);
        if millis >> 48 != 0 {
            return Err(SegmentError::Malformed("clock"));
        }
        let hlc = Hlc::new(millis, reader.narrow(Column::Counters)?);
        let actor = reader.actor()?;
        let epoch = i64::from(last.policy_epoch).checked_add(unzigzag(reader.get(Column::PolicyEpochs)?));
        let policy_epoch = epoch.and_then(|epoch| u32::try_from(epoch).ok()).ok_or(WireError("policy epoch"))?;
        let behind = reader.narrow(Column::SchemaVersions)?;
        let schema_version = frame.schema_version.checked_sub(behind).ok_or(WireError("schema version"))?;
        last = Times { millis, policy_epoch };
        let dep_count = reader.id_count(Column::DepCounts)?;
        let mut deps = Vec::with_capacity(dep_count);
        for _ in 0..dep_count {
            deps.push(reader.lane_seq(Column::DepLanes, Column::DepSeqs)?);
        }
        let op_count: usize = reader.narrow(Column::OperationCounts)?;
        operations += op_count.min(limits::SAVE_OPERATIONS + 1);
        if op_count > limits::SAVE_OPERATIONS || operations > limits::SEGMENT_OPERATIONS {
            return Err(SegmentError::TooLarge("operations"));
        }
        let mut ops = Vec::with_capacity(op_count);
        for _ in 0..op_count {
            ops.push(grammar::get(&mut reader)?);
        }
        each(Save { seq: reader.seq, hlc, actor, policy_epoch, schema_version, deps, ops });
    }
    reader.finish().map_err(SegmentError::from)
}

/// What the next save's clock and policy epoch are told from.
struct Times {
    millis: u64,
    policy_epoch: u32,
}

impl Times {
    fn new() -> Self {
        Times { millis: 0, policy_epoch: 0 }
    }
}

/// The first six bytes of a UUIDv7 are milliseconds; taken apart, records made together share them.
fn split_record(record: RecordId) -> (i64, [u8; 10]) {
    let bytes = record.0.into_bytes();
    let mut name = [0; 10];
    name.copy_from_slice(&bytes[6..]);
    (bytes[..6].iter().fold(0, |millis, byte| millis << 8 | i64::from(*byte)), name)
}

fn join_record(millis: i64, name: [u8; 10]) -> Result<RecordId, WireError> {
    if millis >> 48 != 0 {
        return Err(WireError("record"));
    }
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&name);
    Ok(RecordId(Uuid::from_bytes(bytes)))
}

/// References to records: the same as before, the next new one, or by place in the table.
mod record_ref {
    pub const SAME: u64 = 0;
    pub const NEXT: u64 = 1;
    pub const TABLE: u64 = 2;
}

struct Writer {
    columns: [Vec<u8>; COLUMNS],
    seq: u64,
    lanes: Vec<LaneId>,
    lane_seqs: Vec<u64>,
    actors: Vec<Uuid>,
    records: HashMap<RecordId, u64>,
    record: Option<RecordId>,
    record_millis: i64,
    texts: HashMap<Box<str>, u64>,
}

impl Writer {
    fn new(frame: Frame) -> Self {
        Writer {
            columns: std::array::from_fn(|_| Vec::new()),
            seq: frame.first_seq,
            lanes: vec![frame.lane],
            lane_seqs: vec![0],
            actors: Vec::new(),
            records: HashMap::new(),
            record: None,
            record_millis: 0,
            texts: HashMap::new(),
        }
    }

    fn put(&mut self, column: Column, number: u64) {
        put_varint(&mut self.columns[column as usize], number);
    }

    fn bytes(&mut self, column: Column, bytes: &[u8]) {
        self.columns[column as usize].extend_from_slice(bytes);
    }

    fn actor(&mut self, actor: Uuid) {
        let known = self.actors.iter().rposition(|known| *known == actor);
        self.put(Column::Actors, known.unwrap_or(self.actors.len()) as u64);
        if known.is_none() {
            self.bytes(Column::ActorTable, actor.as_bytes());
            self.actors.push(actor);
        }
    }

    /// A number in a lane: in one's own lane told from the save at hand, in others from the last one named.
    fn lane_seq(&mut self, lane_column: Column, seq_column: Column, lane: LaneId, seq: u64) {
        let at = match self.lanes.iter().position(|known| *known == lane) {
            Some(at) => at,
            None => {
                self.bytes(Column::LaneTable, &lane.0);
                self.lanes.push(lane);
                self.lane_seqs.push(0);
                self.lanes.len() - 1
            }
        };
        let expected = if at == 0 { self.seq } else { self.lane_seqs[at] };
        self.lane_seqs[at] = seq;
        self.put(lane_column, at as u64);
        self.put(seq_column, zigzag(expected.wrapping_sub(seq) as i64));
    }

    fn record(&mut self, record: RecordId) {
        if self.record == Some(record) {
            return self.put(Column::Records, record_ref::SAME);
        }
        self.record = Some(record);
        if let Some(at) = self.records.get(&record) {
            return self.put(Column::Records, record_ref::TABLE + at);
        }
        self.records.insert(record, self.records.len() as u64);
        let (millis, name) = split_record(record);
        self.put(Column::Records, record_ref::NEXT);
        self.put(Column::RecordTimes, zigzag(millis - self.record_millis));
        self.bytes(Column::RecordNames, &name);
        self.record_millis = millis;
    }

    fn finish(self) -> Vec<u8> {
        let written = |(at, column): &(usize, &Vec<u8>)| match *at < FIRST_OF_BYTES {
            true => column.iter().any(|byte| *byte != 0),
            false => !column.is_empty(),
        };
        let present = || self.columns.iter().enumerate().filter(written);
        let mut out = Vec::with_capacity(8 + self.columns.iter().map(|column| column.len() + 2).sum::<usize>());
        put_varint(&mut out, present().fold(0, |set, (at, _)| set | 1 << at));
        present().for_each(|(_, column)| put_varint(&mut out, column.len() as u64));
        present().for_each(|(_, column)| out.extend_from_slice(column));
        out
    }
}

impl Sink for Writer {
    fn operation(&mut self, code: u16, record: RecordId) {
        self.put(Column::Codes, u64::from(code));
        self.record(record);
    }

    fn field(&mut self, field: FieldNo) {
        self.put(Column::Fields, u64::from(field.0));
    }

    fn number(&mut self, number: u64) {
        self.put(Column::Numbers, number);
    }

    fn value(&mut self, value: &Value) {
        let (tag, payload) = split(value);
        self.put(Column::Tags, u64::from(tag));
        match payload {
            Payload::Nothing => {}
            Payload::Number(number) => self.number(number),
            Payload::Numbers(first, second) => {
                self.number(first);
                self.number(second);
            }
            Payload::Text(text) => self.text(text),
            Payload::Record(record) => self.record(record),
            Payload::Blob(blob) => self.blob(&blob),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(at) = self.texts.get(text) {
            return self.put(Column::TextRefs, at << 1 | 1);
        }
        self.put(Column::TextRefs, (text.len() as u64) << 1);
        self.bytes(Column::Texts, text.as_bytes());
        if (1..=limits::SHARED_TEXT_BYTES).contains(&text.len()) {
            self.texts.insert(text.into(), self.texts.len() as u64);
        }
    }

    fn ids(&mut self, ids: &[OpId]) {
        self.put(Column::IdCounts, ids.len() as u64);
        for OpId { lane, seq, index } in ids {
            self.lane_seq(Column::IdLanes, Column::IdSeqs, *lane, *seq);
            self.put(Column::IdIndexes, u64::from(*index));
        }
    }

    fn blob(&mut self, blob: &BlobHash) {
        self.bytes(Column::Blobs, &blob.0);
    }

    fn body(&mut self, body: &[u8]) {
        let column = &mut self.columns[Column::Bodies as usize];
        put_varint(column, body.len() as u64);
        column.extend_from_slice(body);
    }
}

struct ColumnReader<'a> {
    /// `None` is a column that was left out.
    columns: [Option<Reader<'a>>; COLUMNS],
    seq: u64,
    lanes: Vec<LaneId>,
    lane_seqs: Vec<u64>,
    actors: Vec<Uuid>,
    records: Vec<RecordId>,
    record: Option<RecordId>,
    record_millis: i64,
    texts: Vec<&'a str>,
    text_bytes: usize,
    ids: usize,
}

impl<'a> ColumnReader<'a> {
    fn new(frame: Frame, body: &'a [u8]) -> Result<Self, WireError> {
        let mut rest = Reader::new(body);
        let present = rest.varint()?;
        if present >> COLUMNS != 0 {
            return Err(WireError("column"));
        }
        let mut lens = [None; COLUMNS];
        for (at, len) in lens.iter_mut().enumerate() {
            if present & 1 << at != 0 {
                *len = Some(rest.narrow::<usize>()?);
            }
        }
        let mut columns = [None; COLUMNS];
        for (column, len) in columns.iter_mut().zip(lens) {
            if let Some(len) = len {
                *column = Some(Reader::new(rest.take(len)?));
            }
        }
        rest.finish()?;
        Ok(ColumnReader {
            columns,
            seq: frame.first_seq,
            lanes: vec![frame.lane],
            lane_seqs: vec![0],
            actors: Vec::new(),
            records: Vec::new(),
            record: None,
            record_millis: 0,
            texts: Vec::new(),
            text_bytes: 0,
            ids: 0,
        })
    }

    fn get(&mut self, column: Column) -> Result<u64, WireError> {
        self.columns[column as usize].as_mut().map_or(Ok(0), Reader::varint)
    }

    fn narrow<T: TryFrom<u64>>(&mut self, column: Column) -> Result<T, WireError> {
        T::try_from(self.get(column)?).map_err(|_| WireError("number"))
    }

    fn bytes(&mut self, column: Column) -> Result<&mut Reader<'a>, WireError> {
        self.columns[column as usize].as_mut().ok_or(WireError("truncated"))
    }

    fn actor(&mut self) -> Result<Uuid, WireError> {
        let at: usize = self.narrow(Column::Actors)?;
        if at == self.actors.len() {
            let actor = self.bytes(Column::ActorTable)?.uuid()?;
            self.actors.push(actor);
        }
        self.actors.get(at).copied().ok_or(WireError("person"))
    }

    fn lane_seq(&mut self, lane_column: Column, seq_column: Column) -> Result<(LaneId, u64), WireError> {
        let at: usize = self.narrow(lane_column)?;
        if at == self.lanes.len() {
            let lane = LaneId(self.bytes(Column::LaneTable)?.array()?);
            self.lanes.push(lane);
            self.lane_seqs.push(0);
        }
        let lane = *self.lanes.get(at).ok_or(WireError("lane"))?;
        let expected = if at == 0 { self.seq } else { self.lane_seqs[at] };
        let seq = expected.wrapping_sub(unzigzag(self.get(seq_column)?) as u64);
        self.lane_seqs[at] = seq;
        Ok((lane, seq))
    }

    /// Counts things that may cost no bytes at all: only the limit bounds them.
    fn id_count(&mut self, column: Column) -> Result<usize, WireError> {
        let count: usize = self.narrow(column)?;
        self.ids = self.ids.saturating_add(count);
        if self.ids > limits::SEGMENT_IDS { Err(WireError("too many predecessors")) } else { Ok(count) }
    }

    fn record(&mut self) -> Result<RecordId, WireError> {
        let record = match self.get(Column::Records)? {
            record_ref::SAME => self.record.ok_or(WireError("record"))?,
            record_ref::NEXT => {
                let millis = self.record_millis.checked_add(unzigzag(self.get(Column::RecordTimes)?));
                let millis = millis.ok_or(WireError("record"))?;
                let record = join_record(millis, self.bytes(Column::RecordNames)?.array()?)?;
                self.record_millis = millis;
                self.records.push(record);
                record
            }
            at => {
                let at = usize::try_from(at - record_ref::TABLE).map_err(|_| WireError("record"))?;
                *self.records.get(at).ok_or(WireError("record"))?
            }
        };
        self.record = Some(record);
        Ok(record)
    }

    fn finish(self) -> Result<(), WireError> {
        self.columns.into_iter().flatten().try_for_each(Reader::finish)
    }
}

impl PayloadSource for ColumnReader<'_> {
    fn number(&mut self) -> Result<u64, WireError> {
        self.get(Column::Numbers)
    }

    fn text(&mut self) -> Result<String, WireError> {
        let word = self.get(Column::TextRefs)?;
        let at = usize::try_from(word >> 1).map_err(|_| WireError("text"))?;
        let text = match word {
            0 => "",
            _ if word & 1 == 1 => self.texts.get(at).ok_or(WireError("text"))?,
            _ => {
                let text = std::str::from_utf8(self.bytes(Column::Texts)?.take(at)?).map_err(|_| WireError("text"))?;
                if at <= limits::SHARED_TEXT_BYTES {
                    self.texts.push(text);
                }
                text
            }
        };
        self.text_bytes += text.len();
        if self.text_bytes > limits::SEGMENT_TEXT_BYTES {
            return Err(WireError("too much text"));
        }
        Ok(text.to_owned())
    }

    fn record(&mut self) -> Result<RecordId, WireError> {
        ColumnReader::record(self)
    }

    fn blob(&mut self) -> Result<BlobHash, WireError> {
        self.bytes(Column::Blobs)?.array().map(BlobHash)
    }
}

impl Source for ColumnReader<'_> {
    fn operation(&mut self) -> Result<(u16, RecordId), WireError> {
        Ok((self.narrow(Column::Codes)?, ColumnReader::record(self)?))
    }

    fn field(&mut self) -> Result<FieldNo, WireError> {
        self.narrow(Column::Fields).map(FieldNo)
    }

    fn number(&mut self) -> Result<u64, WireError> {
        PayloadSource::number(self)
    }

    fn value(&mut self) -> Result<Value, WireError> {
        let tag = self.narrow(Column::Tags)?;
        join(tag, self)
    }

    fn text(&mut self) -> Result<String, WireError> {
        PayloadSource::text(self)
    }

    fn ids(&mut self) -> Result<Vec<OpId>, WireError> {
        let count = self.id_count(Column::IdCounts)?;
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            let (lane, seq) = self.lane_seq(Column::IdLanes, Column::IdSeqs)?;
            ids.push(OpId { lane, seq, index: self.narrow(Column::IdIndexes)? });
        }
        Ok(ids)
    }

    fn blob(&mut self) -> Result<BlobHash, WireError> {
        PayloadSource::blob(self)
    }

    fn body(&mut self) -> Result<Vec<u8>, WireError> {
        let column = self.bytes(Column::Bodies)?;
        let len = column.count(1)?;
        column.take(len).map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(count: u32) -> Frame {
        Frame { lane: LaneId([1; 16]), first_seq: 1, count, schema_version: 1 }
    }

    /// A body with one column beside the author's, every other left out.
    fn body(column: Column, numbers: &[u64]) -> Vec<u8> {
        let mut writer = Writer::new(frame(1));
        writer.actor(Uuid::nil());
        numbers.iter().for_each(|number| writer.put(column, *number));
        writer.finish()
    }

    #[track_caller]
    fn check_refused(count: u32, body: &[u8], expected: SegmentError) {
        assert_eq!(decode(frame(count), body, drop), Err(expected));
    }

    #[test]
    fn counts_that_cost_no_bytes_are_held_against_the_limits() {
        let operations = SegmentError::TooLarge("operations");
        check_refused(1, &body(Column::OperationCounts, &[65_536]), operations.clone());
        check_refused(1, &body(Column::OperationCounts, &[u64::MAX]), operations);
        let deps = SegmentError::Malformed("too many predecessors");
        check_refused(1, &body(Column::DepCounts, &[u64::MAX]), deps.clone());
        check_refused(1, &body(Column::DepCounts, &[limits::SEGMENT_IDS as u64 + 1]), deps);
    }

    #[test]
    fn references_into_nothing_are_refused() {
        check_refused(1, &body(Column::OperationCounts, &[1]), SegmentError::Malformed("record"));
        check_refused(1, &body(Column::DepCounts, &[1, 0, 0, 0]), SegmentError::Malformed("bytes after the end"));
        let mut stranger = Writer::new(frame(1));
        stranger.put(Column::Actors, 3);
        check_refused(1, &stranger.finish(), SegmentError::Malformed("person"));
        check_refused(1, &Writer::new(frame(1)).finish(), SegmentError::Malformed("truncated"));
        check_refused(2, &body(Column::Actors, &[1]), SegmentError::Malformed("truncated"));
        check_refused(1, &[0, 0], SegmentError::Malformed("bytes after the end"));
    }

    #[test]
    fn a_column_must_be_read_to_its_end() {
        let mut writer = Writer::new(frame(1));
        writer.actor(Uuid::from_u128(7));
        writer.put(Column::Codes, 5);
        check_refused(1, &writer.finish(), SegmentError::Malformed("bytes after the end"));
    }

    #[test]
    fn record_ids_survive_being_taken_apart() {
        for bits in [0, u128::MAX, 0x018d_a4e9_c400_7000_8000_0000_0000_0001] {
            let record = RecordId(Uuid::from_u128(bits));
            let (millis, name) = split_record(record);
            assert_eq!(join_record(millis, name), Ok(record));
        }
    }
}
