//! Saves taken apart into columns, so that like stands beside like.
//!
//! Identifiers stand in tables and are referred to by number, times and sequence numbers as distances from what
//! a reader expects, repeated texts once. A column of zeros only is left out and reads as endless zeros, which
//! is why every count is held against a limit and never against the bytes alone.
//!
//! There are two layouts of the same columns. A segment's [body](encode) has one column for each kind of number; it
//! is signed and stored. A [parcel](crate::parcel) lays the saves of many segments out together and keeps what is said
//! of each field apart, which squeezes better; it only travels.

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
#[derive(Clone, Copy, PartialEq, Eq)]
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

/// The columns of what operations say; a parcel has them once for each operation and field.
const OF_FIELDS: [Column; 8] = [
    Column::Tags,
    Column::Numbers,
    Column::IdCounts,
    Column::IdLanes,
    Column::IdSeqs,
    Column::IdIndexes,
    Column::TextRefs,
    Column::Texts,
];

impl Column {
    const ALL: [Column; COLUMNS] = [
        Column::Millis,
        Column::Counters,
        Column::Actors,
        Column::PolicyEpochs,
        Column::SchemaVersions,
        Column::DepCounts,
        Column::DepLanes,
        Column::DepSeqs,
        Column::OperationCounts,
        Column::Codes,
        Column::Records,
        Column::Fields,
        Column::Tags,
        Column::Numbers,
        Column::IdCounts,
        Column::IdLanes,
        Column::IdSeqs,
        Column::IdIndexes,
        Column::TextRefs,
        Column::Bodies,
        Column::Texts,
        Column::RecordTimes,
        Column::RecordNames,
        Column::ActorTable,
        Column::LaneTable,
        Column::Blobs,
    ];

    /// Its place among the columns of a field, if it is one of them.
    fn of_field(self) -> Option<usize> {
        match self {
            Column::Texts => Some(OF_FIELDS.len() - 1),
            column => (column as usize).checked_sub(Column::Tags as usize).filter(|at| *at < OF_FIELDS.len() - 1),
        }
    }
}

/// Which of the two layouts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One column for each kind of number.
    Body,
    /// [`OF_FIELDS`] once for each operation and field, in the order in which they first occur.
    Parcel,
}

/// The parts of a parcel that are about one operation and field: columns from [`COLUMNS`] on, eight each.
#[derive(Default)]
struct Fields {
    known: HashMap<(u16, Option<FieldNo>), usize>,
    /// What is being written or read; resolved when the first value is.
    subject: (u16, Option<FieldNo>),
    at: Option<usize>,
}

impl Fields {
    fn turn_to(&mut self, code: u16, field: Option<FieldNo>) {
        self.subject = (code, field);
        self.at = None;
    }

    /// The number of the subject.
    fn number(&mut self) -> usize {
        *self.at.get_or_insert_with(|| {
            let next = self.known.len();
            *self.known.entry(self.subject).or_insert(next)
        })
    }
}

/// Where a column lies among all columns, and the number of the field it belongs to.
fn place(layout: Layout, fields: &mut Fields, column: Column) -> (usize, usize) {
    match (layout, column.of_field()) {
        (Layout::Parcel, Some(rank)) => {
            let field = fields.number();
            (COLUMNS + field * OF_FIELDS.len() + rank, field)
        }
        _ => (column as usize, 0),
    }
}

/// What a body's columns are relative to; it stands in the segment's header.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub lane: LaneId,
    pub first_seq: u64,
    pub count: u32,
    pub schema_version: u16,
}

/// Writes the body of a segment.
pub(crate) fn encode(frame: Frame, saves: &[Save]) -> Vec<u8> {
    let mut writer = Writer::new(Layout::Body, vec![frame.lane]);
    saves.iter().for_each(|save| writer.save(save, frame.schema_version));
    writer.finish_body()
}

/// Reads a body back, save by save.
pub(crate) fn decode(frame: Frame, body: &[u8], mut each: impl FnMut(Save)) -> Result<(), SegmentError> {
    let mut reader = ColumnReader::of_body(frame.lane, body)?;
    for number in 0..u64::from(frame.count) {
        each(reader.save(frame.first_seq + number, frame.schema_version)?);
    }
    reader.finish().map_err(SegmentError::from)
}

/// Lays out the saves of several segments together.
pub(crate) struct ParcelWriter(Writer);

impl ParcelWriter {
    /// `lanes` are those of the segments.
    pub fn new(lanes: Vec<LaneId>) -> Self {
        ParcelWriter(Writer::new(Layout::Parcel, lanes))
    }

    /// Adds a segment of the lane at a place among the parcel's.
    pub fn segment(&mut self, lane: usize, schema_version: u16, saves: &[Save]) {
        self.0.own = lane;
        saves.iter().for_each(|save| self.0.save(save, schema_version));
    }

    /// The columns; `None` if there are more fields than a reader accepts.
    pub fn finish(self) -> Option<Vec<u8>> {
        (self.0.fields.known.len() <= limits::PARCEL_FIELDS).then(|| self.0.finish_parcel())
    }
}

/// Reads what a [`ParcelWriter`] wrote.
pub(crate) struct ParcelReader<'a>(ColumnReader<'a>);

impl<'a> ParcelReader<'a> {
    /// `lanes` are those of the segments.
    pub fn new(lanes: Vec<LaneId>, bytes: &'a [u8]) -> Result<Self, WireError> {
        ColumnReader::of_parcel(lanes, bytes).map(ParcelReader)
    }

    /// The next segment's saves; its lane is a place among the parcel's.
    pub fn segment(&mut self, lane: usize, frame: Frame) -> Result<Vec<Save>, SegmentError> {
        self.0.own = lane;
        let seqs = frame.first_seq..frame.first_seq + u64::from(frame.count);
        seqs.map(|seq| self.0.save(seq, frame.schema_version)).collect()
    }

    /// Refuses bytes nobody read.
    pub fn finish(self) -> Result<(), WireError> {
        self.0.finish()
    }
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
    layout: Layout,
    columns: Vec<Vec<u8>>,
    fields: Fields,
    seq: u64,
    last: Times,
    /// The place of the saves' own lane among the lanes.
    own: usize,
    /// Every lane and the number last named in it. Looked up, not searched: a stranger decides how many there are.
    lanes: HashMap<LaneId, usize>,
    lane_seqs: Vec<u64>,
    actors: HashMap<Uuid, u64>,
    records: HashMap<RecordId, u64>,
    record: Option<RecordId>,
    record_millis: i64,
    texts: Vec<HashMap<Box<str>, u64>>,
}

impl Writer {
    fn new(layout: Layout, lanes: Vec<LaneId>) -> Self {
        Writer {
            layout,
            columns: vec![Vec::new(); COLUMNS],
            fields: Fields::default(),
            seq: 0,
            last: Times::new(),
            own: 0,
            lane_seqs: vec![0; lanes.len()],
            lanes: lanes.into_iter().zip(0..).collect(),
            actors: HashMap::new(),
            records: HashMap::new(),
            record: None,
            record_millis: 0,
            texts: Vec::new(),
        }
    }

    /// Writes a save of a segment whose newest schema version is given.
    fn save(&mut self, save: &Save, newest_schema: u16) {
        let Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops } = save;
        self.seq = *seq;
        self.put(Column::Millis, zigzag(hlc.millis().wrapping_sub(self.last.millis) as i64));
        self.put(Column::Counters, u64::from(hlc.counter()));
        self.actor(*actor);
        self.put(Column::PolicyEpochs, zigzag(i64::from(*policy_epoch) - i64::from(self.last.policy_epoch)));
        self.put(Column::SchemaVersions, u64::from(newest_schema - schema_version));
        self.last = Times { millis: hlc.millis(), policy_epoch: *policy_epoch };
        self.put(Column::DepCounts, deps.len() as u64);
        for (lane, seq) in deps {
            self.lane_seq(Column::DepLanes, Column::DepSeqs, *lane, *seq);
        }
        self.put(Column::OperationCounts, ops.len() as u64);
        ops.iter().for_each(|op| grammar::put(op, self));
    }

    fn column(&mut self, column: Column) -> &mut Vec<u8> {
        let (at, _) = place(self.layout, &mut self.fields, column);
        if at >= self.columns.len() {
            self.columns.resize_with(at + 1, Vec::new);
        }
        &mut self.columns[at]
    }

    fn put(&mut self, column: Column, number: u64) {
        put_varint(self.column(column), number);
    }

    fn bytes(&mut self, column: Column, bytes: &[u8]) {
        self.column(column).extend_from_slice(bytes);
    }

    fn actor(&mut self, actor: Uuid) {
        let next = self.actors.len() as u64;
        let at = *self.actors.entry(actor).or_insert(next);
        self.put(Column::Actors, at);
        if at == next {
            self.bytes(Column::ActorTable, actor.as_bytes());
        }
    }

    /// A number in a lane: in one's own lane told from the save at hand, in others from the last one named.
    fn lane_seq(&mut self, lane_column: Column, seq_column: Column, lane: LaneId, seq: u64) {
        let next = self.lane_seqs.len();
        let at = *self.lanes.entry(lane).or_insert(next);
        if at == next {
            self.bytes(Column::LaneTable, &lane.0);
            self.lane_seqs.push(0);
        }
        let expected = if at == self.own { self.seq } else { self.lane_seqs[at] };
        self.lane_seqs[at] = seq;
        self.put(lane_column, own_first(at, self.own) as u64);
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

    /// Whether a column has to be written: numbers that are all zero need not.
    fn is_written(column: Column, bytes: &[u8]) -> bool {
        match (column as usize) < FIRST_OF_BYTES {
            true => bytes.iter().any(|byte| *byte != 0),
            false => !bytes.is_empty(),
        }
    }

    fn finish_body(self) -> Vec<u8> {
        let all = || Column::ALL.into_iter().zip(&self.columns);
        let present = || all().filter(|(column, bytes)| Self::is_written(*column, bytes));
        let mut out = Vec::with_capacity(8 + self.columns.iter().map(|bytes| bytes.len() + 2).sum::<usize>());
        put_varint(&mut out, present().fold(0, |set, (column, _)| set | 1 << column as usize));
        present().for_each(|(_, bytes)| put_varint(&mut out, bytes.len() as u64));
        present().for_each(|(_, bytes)| out.extend_from_slice(bytes));
        out
    }

    fn finish_parcel(self) -> Vec<u8> {
        let fields = self.fields.known.len();
        let mut sets = vec![0u64; 1 + fields];
        let mut lens = Vec::new();
        let mut content = Vec::new();
        for (column, set, bit, at) in parcel_order(fields) {
            let Some(bytes) = self.columns.get(at).filter(|bytes| Self::is_written(column, bytes)) else { continue };
            sets[set] |= 1 << bit;
            put_varint(&mut lens, bytes.len() as u64);
            content.extend_from_slice(bytes);
        }
        let mut out = Vec::with_capacity(8 + sets.len() + lens.len() + content.len());
        put_varint(&mut out, fields as u64);
        sets.into_iter().for_each(|set| put_varint(&mut out, set));
        out.extend_from_slice(&lens);
        out.extend_from_slice(&content);
        out
    }
}

/// A lane as it is written: the own one first, so that it is the same number in every segment.
fn own_first(at: usize, own: usize) -> usize {
    match at {
        at if at == own => 0,
        at if at < own => at + 1,
        at => at,
    }
}

/// Undoes [`own_first`].
fn own_first_undone(written: usize, own: usize) -> usize {
    match written {
        0 => own,
        written if written <= own => written - 1,
        written => written,
    }
}

/// A parcel's columns in the order they are written, each field's beside the other fields' of its kind: the column,
/// in which set it is noted whether it is there, by which bit, and where it lies.
fn parcel_order(fields: usize) -> impl Iterator<Item = (Column, usize, usize, usize)> {
    Column::ALL.into_iter().flat_map(move |column| {
        let (plain, of_fields) = match column.of_field() {
            None => (Some((column, 0, column as usize, column as usize)), None),
            Some(rank) => {
                let of_field = move |field| (column, 1 + field, rank, COLUMNS + field * OF_FIELDS.len() + rank);
                (None, Some((0..fields).map(of_field)))
            }
        };
        plain.into_iter().chain(of_fields.into_iter().flatten())
    })
}

impl Sink for Writer {
    fn operation(&mut self, code: u16, record: RecordId) {
        self.fields.turn_to(code, None);
        self.put(Column::Codes, u64::from(code));
        self.record(record);
    }

    fn field(&mut self, field: FieldNo) {
        self.fields.turn_to(self.fields.subject.0, Some(field));
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
        let (_, field) = place(self.layout, &mut self.fields, Column::TextRefs);
        if field >= self.texts.len() {
            self.texts.resize_with(field + 1, HashMap::new);
        }
        if let Some(at) = self.texts[field].get(text) {
            return self.put(Column::TextRefs, at << 1 | 1);
        }
        if (1..=limits::SHARED_TEXT_BYTES).contains(&text.len()) {
            let next = self.texts[field].len() as u64;
            self.texts[field].insert(text.into(), next);
        }
        self.put(Column::TextRefs, (text.len() as u64) << 1);
        self.bytes(Column::Texts, text.as_bytes());
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
        let column = self.column(Column::Bodies);
        put_varint(column, body.len() as u64);
        column.extend_from_slice(body);
    }
}

struct ColumnReader<'a> {
    layout: Layout,
    /// `None` is a column that was left out.
    columns: Vec<Option<Reader<'a>>>,
    fields: Fields,
    seq: u64,
    last: Times,
    own: usize,
    lanes: Vec<LaneId>,
    lane_seqs: Vec<u64>,
    actors: Vec<Uuid>,
    records: Vec<RecordId>,
    record: Option<RecordId>,
    record_millis: i64,
    texts: Vec<Vec<&'a str>>,
    text_bytes: usize,
    ids: usize,
    operations: usize,
}

impl<'a> ColumnReader<'a> {
    fn of_body(lane: LaneId, body: &'a [u8]) -> Result<Self, WireError> {
        let mut rest = Reader::new(body);
        let present = rest.varint()?;
        if present >> COLUMNS != 0 {
            return Err(WireError("column"));
        }
        let places = (0..COLUMNS).filter(|at| present & 1 << at != 0).collect();
        Self::new(Layout::Body, vec![lane], 1, places, rest)
    }

    fn of_parcel(lanes: Vec<LaneId>, bytes: &'a [u8]) -> Result<Self, WireError> {
        let mut rest = Reader::new(bytes);
        let fields = rest.count(1)?;
        if fields > limits::PARCEL_FIELDS {
            return Err(WireError("too many fields"));
        }
        let mut sets = Vec::with_capacity(1 + fields);
        for at in 0..=fields {
            let set = rest.varint()?;
            let known = if at == 0 { Column::ALL.len() } else { OF_FIELDS.len() };
            if set >> known != 0 {
                return Err(WireError("column"));
            }
            sets.push(set);
        }
        let written = parcel_order(fields).filter(|(_, set, bit, _)| sets[*set] & 1 << bit != 0);
        let places: Vec<usize> = written.map(|(_, _, _, at)| at).collect();
        if places.len() != sets.iter().map(|set| set.count_ones() as usize).sum::<usize>() {
            return Err(WireError("column"));
        }
        Self::new(Layout::Parcel, lanes, fields, places, rest)
    }

    /// Reads the columns that lie at `places`: first the lengths of all, then their bytes.
    fn new(
        layout: Layout,
        lanes: Vec<LaneId>,
        fields: usize,
        places: Vec<usize>,
        mut rest: Reader<'a>,
    ) -> Result<Self, WireError> {
        let mut lens = Vec::with_capacity(places.len());
        for _ in &places {
            lens.push(rest.narrow::<usize>()?);
        }
        let columns = match layout {
            Layout::Body => COLUMNS,
            Layout::Parcel => COLUMNS + fields * OF_FIELDS.len(),
        };
        let mut found = vec![None; columns];
        for (at, len) in places.into_iter().zip(lens) {
            found[at] = Some(Reader::new(rest.take(len)?));
        }
        rest.finish()?;
        Ok(ColumnReader {
            layout,
            columns: found,
            fields: Fields::default(),
            seq: 0,
            last: Times::new(),
            own: 0,
            lane_seqs: vec![0; lanes.len()],
            lanes,
            actors: Vec::new(),
            records: Vec::new(),
            record: None,
            record_millis: 0,
            texts: vec![Vec::new(); fields],
            text_bytes: 0,
            ids: 0,
            operations: 0,
        })
    }

    /// Reads the save with a number, of a segment whose newest schema version is given.
    fn save(&mut self, seq: u64, newest_schema: u16) -> Result<Save, SegmentError> {
        self.seq = seq;
        let millis = self.last.millis.wrapping_add(unzigzag(self.get(Column::Millis)?) as u64);
        if millis >> 48 != 0 {
            return Err(SegmentError::Malformed("clock"));
        }
        let hlc = Hlc::new(millis, self.narrow(Column::Counters)?);
        let actor = self.actor()?;
        let epoch = i64::from(self.last.policy_epoch).checked_add(unzigzag(self.get(Column::PolicyEpochs)?));
        let policy_epoch = epoch.and_then(|epoch| u32::try_from(epoch).ok()).ok_or(WireError("policy epoch"))?;
        let behind = self.narrow(Column::SchemaVersions)?;
        let schema_version = newest_schema.checked_sub(behind).ok_or(WireError("schema version"))?;
        self.last = Times { millis, policy_epoch };
        let dep_count = self.id_count(Column::DepCounts)?;
        let mut deps = Vec::with_capacity(dep_count);
        for _ in 0..dep_count {
            deps.push(self.lane_seq(Column::DepLanes, Column::DepSeqs)?);
        }
        let op_count: usize = self.narrow(Column::OperationCounts)?;
        self.operations += op_count.min(limits::SAVE_OPERATIONS + 1);
        if op_count > limits::SAVE_OPERATIONS || self.operations > limits::SEGMENT_OPERATIONS {
            return Err(SegmentError::TooLarge("operations"));
        }
        let mut ops = Vec::with_capacity(op_count);
        for _ in 0..op_count {
            ops.push(grammar::get(self)?);
        }
        Ok(Save { seq, hlc, actor, policy_epoch, schema_version, deps, ops })
    }

    /// Where a column and the texts beside it lie.
    fn place(&mut self, column: Column) -> Result<(usize, usize), WireError> {
        let (at, field) = place(self.layout, &mut self.fields, column);
        if at < self.columns.len() { Ok((at, field)) } else { Err(WireError("column")) }
    }

    fn get(&mut self, column: Column) -> Result<u64, WireError> {
        let (at, _) = self.place(column)?;
        self.columns[at].as_mut().map_or(Ok(0), Reader::varint)
    }

    fn narrow<T: TryFrom<u64>>(&mut self, column: Column) -> Result<T, WireError> {
        T::try_from(self.get(column)?).map_err(|_| WireError("number"))
    }

    fn bytes(&mut self, column: Column) -> Result<&mut Reader<'a>, WireError> {
        let (at, _) = self.place(column)?;
        self.columns[at].as_mut().ok_or(WireError("truncated"))
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
        let at = own_first_undone(self.narrow(lane_column)?, self.own);
        if at == self.lanes.len() {
            let lane = LaneId(self.bytes(Column::LaneTable)?.array()?);
            self.lanes.push(lane);
            self.lane_seqs.push(0);
        }
        let lane = *self.lanes.get(at).ok_or(WireError("lane"))?;
        let expected = if at == self.own { self.seq } else { self.lane_seqs[at] };
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
        let (_, field) = self.place(Column::TextRefs)?;
        let at = usize::try_from(word >> 1).map_err(|_| WireError("text"))?;
        let text = match word {
            0 => "",
            _ if word & 1 == 1 => self.texts[field].get(at).ok_or(WireError("text"))?,
            _ => {
                let text = std::str::from_utf8(self.bytes(Column::Texts)?.take(at)?).map_err(|_| WireError("text"))?;
                if at <= limits::SHARED_TEXT_BYTES {
                    self.texts[field].push(text);
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
        let code = self.narrow(Column::Codes)?;
        self.fields.turn_to(code, None);
        Ok((code, ColumnReader::record(self)?))
    }

    fn field(&mut self) -> Result<FieldNo, WireError> {
        let field = self.narrow(Column::Fields).map(FieldNo)?;
        self.fields.turn_to(self.fields.subject.0, Some(field));
        Ok(field)
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
        let mut writer = Writer::new(Layout::Body, vec![frame(1).lane]);
        writer.actor(Uuid::nil());
        numbers.iter().for_each(|number| writer.put(column, *number));
        writer.finish_body()
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
        let mut stranger = Writer::new(Layout::Body, vec![frame(1).lane]);
        stranger.put(Column::Actors, 3);
        check_refused(1, &stranger.finish_body(), SegmentError::Malformed("person"));
        check_refused(1, &Writer::new(Layout::Body, Vec::new()).finish_body(), SegmentError::Malformed("truncated"));
        check_refused(2, &body(Column::Actors, &[1]), SegmentError::Malformed("truncated"));
        check_refused(1, &[0, 0], SegmentError::Malformed("bytes after the end"));
    }

    #[test]
    fn a_column_must_be_read_to_its_end() {
        let mut writer = Writer::new(Layout::Body, vec![frame(1).lane]);
        writer.actor(Uuid::from_u128(7));
        writer.put(Column::Codes, 5);
        check_refused(1, &writer.finish_body(), SegmentError::Malformed("bytes after the end"));
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
