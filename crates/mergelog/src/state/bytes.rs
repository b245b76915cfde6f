//! A record state's canonical bytes: equal states are equal bytes.
//!
//! Lanes, people and saves are written where they first occur and by number afterwards, so a record made in one
//! save names it once, however many fields it has.

use std::collections::HashMap;
use std::hash::Hash;

use arumbae_domain::schema::{FieldNo, Value};
use uuid::Uuid;

use super::place::Move;
use super::workflow::Step;
use super::{AttachmentRef, Creation, Deletion, Head, Later, RecordState, Stamp, StateError};
use crate::clock::Hlc;
use crate::lane::LaneId;
use crate::operation::{KindNo, OpId};
use crate::wire::{Reader, WireError, put_text, put_value, put_varint, unzigzag, zigzag};

const VERSION: u8 = 1;

/// Which parts follow; absent parts cost nothing.
mod part {
    pub const CREATED: u64 = 1 << 0;
    pub const LATEST: u64 = 1 << 1;
    pub const HEADS: u64 = 1 << 2;
    pub const SUPERSEDED: u64 = 1 << 3;
    pub const STEPS: u64 = 1 << 4;
    pub const ADDITIONS: u64 = 1 << 5;
    pub const REMOVED: u64 = 1 << 6;
    pub const DELETIONS: u64 = 1 << 7;
    pub const RESTORED: u64 = 1 << 8;
    pub const MOVES: u64 = 1 << 9;
    pub const ATTACHMENTS: u64 = 1 << 10;
    pub const UNKNOWN: u64 = 1 << 11;
    pub const ALL: u64 = (1 << 12) - 1;
}

/// An operation's save with its stamp: what the operations of one save on one record share.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Origin {
    lane: LaneId,
    seq: u64,
    stamp: Stamp,
}

impl From<WireError> for StateError {
    fn from(WireError(what): WireError) -> Self {
        StateError(what)
    }
}

impl RecordState {
    /// The state's canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + 24 * self.heads.len() + 24 * self.additions.len());
        self.encode_into(&mut out);
        out
    }

    /// Appends the state's canonical bytes, for callers that reuse a buffer.
    pub fn encode_into(&self, out: &mut Vec<u8>) {
        let RecordState {
            created,
            latest,
            heads,
            superseded,
            steps,
            additions,
            removed,
            deletions,
            restored,
            moves,
            attachments,
            unknown,
        } = self;
        let mut writer = Writer { out, origins: Table::new(), lanes: Table::new(), actors: Table::new(), millis: 0 };
        writer.out.push(VERSION);
        let parts = [
            (created.is_some(), part::CREATED),
            (latest.is_some(), part::LATEST),
            (!heads.is_empty(), part::HEADS),
            (!superseded.is_empty(), part::SUPERSEDED),
            (!steps.is_empty(), part::STEPS),
            (!additions.is_empty(), part::ADDITIONS),
            (!removed.is_empty(), part::REMOVED),
            (!deletions.is_empty(), part::DELETIONS),
            (!restored.is_empty(), part::RESTORED),
            (!moves.is_empty(), part::MOVES),
            (!attachments.is_empty(), part::ATTACHMENTS),
            (!unknown.is_empty(), part::UNKNOWN),
        ];
        writer.varint(parts.iter().filter(|(there, _)| *there).fold(0, |set, (_, part)| set | part));

        if let Some(Creation { id, kind, stamp }) = created {
            writer.stamped(*id, stamp);
            writer.varint(u64::from(kind.0));
        }
        if let Some((hlc, actor)) = latest {
            writer.hlc(*hlc);
            writer.actor(*actor);
        }
        writer.fields(
            heads,
            |(field, _)| *field,
            |writer, (_, Head { id, value, stamp, base })| {
                writer.stamped(*id, stamp);
                writer.base(base);
                put_value(writer.out, value);
            },
        );
        writer.fields(superseded, |(field, _)| *field, |writer, (_, id)| writer.id(*id));
        writer.items(steps, |writer, Step { id, stamp, from, to, reason, preds }| {
            writer.stamped(*id, stamp);
            writer.varint(u64::from(from.is_some()));
            put_text(writer.out, from.as_deref().unwrap_or_default());
            put_text(writer.out, to);
            put_text(writer.out, reason);
            writer.ids(preds);
        });
        writer.fields(
            additions,
            |(list, ..)| *list,
            |writer, (_, id, element)| {
                writer.id(*id);
                put_value(writer.out, element);
            },
        );
        writer.fields(removed, |(list, _)| *list, |writer, (_, id)| writer.id(*id));
        writer.items(deletions, |writer, Deletion { id, reason, stamp, observed }| {
            writer.stamped(*id, stamp);
            put_text(writer.out, reason);
            writer.ids(observed);
        });
        writer.items(restored, |writer, id| writer.id(*id));
        writer.items(moves, |writer, Move { id, stamp, to }| {
            writer.stamped(*id, stamp);
            put_text(writer.out, &to.to_string());
        });
        writer.items(attachments, |writer, (id, AttachmentRef { blob, byte_length, media_type })| {
            writer.id(*id);
            writer.out.extend_from_slice(&blob.0);
            writer.varint(*byte_length);
            put_text(writer.out, media_type);
        });
        writer.items(unknown, |writer, Later { id, code }| {
            writer.id(*id);
            writer.varint(u64::from(*code));
        });
    }

    /// Reads what [`RecordState::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<RecordState, StateError> {
        let mut source =
            Source { bytes: Reader::new(bytes), origins: Vec::new(), lanes: Vec::new(), actors: Vec::new(), millis: 0 };
        if source.bytes.byte()? != VERSION {
            return Err(StateError("version"));
        }
        let parts = source.bytes.varint()?;
        if parts & !part::ALL != 0 {
            return Err(StateError("parts"));
        }
        let has = |part| parts & part != 0;
        let mut state = RecordState::default();
        if has(part::CREATED) {
            let (id, stamp) = source.stamped()?;
            state.created = Some(Creation { id, kind: KindNo(source.bytes.narrow()?), stamp });
        }
        if has(part::LATEST) {
            state.latest = Some((source.hlc()?, source.actor()?));
        }
        if has(part::HEADS) {
            state.heads = source.fields(|source, field| {
                let (id, stamp) = source.stamped()?;
                let base = source.base()?;
                Ok((field, Head { id, value: source.bytes.value()?, stamp, base }))
            })?;
            ascending(&state.heads, |(field, head)| (*field, head.id))?;
        }
        if has(part::SUPERSEDED) {
            state.superseded = source.fields(|source, field| Ok((field, source.id()?)))?;
            ascending(&state.superseded, |item| *item)?;
        }
        if has(part::STEPS) {
            state.steps = source.items(|source| {
                let (id, stamp) = source.stamped()?;
                let has_from = source.bytes.varint()? != 0;
                let from = source.bytes.text()?;
                let from = has_from.then(|| from.to_owned());
                let (to, reason) = (source.bytes.text()?.to_owned(), source.bytes.text()?.to_owned());
                Ok(Step { id, stamp, from, to, reason, preds: source.ids()? })
            })?;
            ascending(&state.steps, |step| step.id)?;
        }
        if has(part::ADDITIONS) {
            state.additions = source.fields(|source, list| {
                let id = source.id()?;
                let element: Value = source.bytes.value()?;
                Ok((list, id, element))
            })?;
            ascending(&state.additions, |(list, id, _)| (*list, *id))?;
        }
        if has(part::REMOVED) {
            state.removed = source.fields(|source, list| Ok((list, source.id()?)))?;
            ascending(&state.removed, |item| *item)?;
        }
        if has(part::DELETIONS) {
            state.deletions = source.items(|source| {
                let (id, stamp) = source.stamped()?;
                let reason = source.bytes.text()?.to_owned();
                Ok(Deletion { id, reason, stamp, observed: source.ids()? })
            })?;
            ascending(&state.deletions, |deletion| deletion.id)?;
        }
        if has(part::RESTORED) {
            state.restored = source.items(Source::id)?;
            ascending(&state.restored, |id| *id)?;
        }
        if has(part::MOVES) {
            state.moves = source.items(|source| {
                let (id, stamp) = source.stamped()?;
                let to = source.bytes.text()?.parse().map_err(|_| WireError("scope"))?;
                Ok(Move { id, stamp, to })
            })?;
            ascending(&state.moves, |step| step.id)?;
        }
        if has(part::ATTACHMENTS) {
            state.attachments = source.items(|source| {
                let id = source.id()?;
                let blob = arumbae_domain::schema::BlobHash(source.bytes.array()?);
                let byte_length = source.bytes.varint()?;
                Ok((id, AttachmentRef { blob, byte_length, media_type: source.bytes.text()?.to_owned() }))
            })?;
            ascending(&state.attachments, |(id, _)| *id)?;
        }
        if has(part::UNKNOWN) {
            state.unknown = source.items(|source| Ok(Later { id: source.id()?, code: source.bytes.narrow()? }))?;
            ascending(&state.unknown, |later| *later)?;
        }
        source.bytes.finish()?;
        Ok(state)
    }
}

/// Searches rely on the order, so bytes that break it are refused.
fn ascending<T, K: Ord>(items: &[T], key: impl Fn(&T) -> K) -> Result<(), StateError> {
    let ordered = items.windows(2).all(|pair| key(&pair[0]) < key(&pair[1]));
    if ordered { Ok(()) } else { Err(StateError("order")) }
}

/// What is written in full once and by its place afterwards.
struct Table<T> {
    items: Vec<T>,
    /// Empty while there are few.
    places: HashMap<T, usize>,
}

impl<T: Copy + Eq + Hash> Table<T> {
    /// So few are found as quickly by looking through them; nearly every record stays below.
    const FEW: usize = 32;

    fn new() -> Self {
        Table { items: Vec::new(), places: HashMap::new() }
    }

    /// The item's place, and whether it is new there. Neighbours mostly share, so the search starts at the newest.
    fn place(&mut self, item: T) -> (usize, bool) {
        let known = if self.items.len() <= Self::FEW {
            self.items.iter().rposition(|known| *known == item)
        } else {
            self.places.get(&item).copied()
        };
        if let Some(at) = known {
            return (at, false);
        }
        self.items.push(item);
        let indexed = self.places.len();
        if self.items.len() > Self::FEW {
            self.places.extend((indexed..).zip(&self.items[indexed..]).map(|(at, item)| (*item, at)));
        }
        (self.items.len() - 1, true)
    }
}

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    origins: Table<Origin>,
    lanes: Table<LaneId>,
    actors: Table<Uuid>,
    millis: u64,
}

impl Writer<'_> {
    fn varint(&mut self, number: u64) {
        put_varint(self.out, number);
    }

    fn items<T>(&mut self, items: &[T], mut put: impl FnMut(&mut Self, &T)) {
        if !items.is_empty() {
            self.varint(items.len() as u64);
            items.iter().for_each(|item| put(self, item));
        }
    }

    /// Items in ascending order of field, each with the distance from the field before.
    fn fields<T>(&mut self, items: &[T], field: impl Fn(&T) -> FieldNo, mut put: impl FnMut(&mut Self, &T)) {
        let mut last = 0;
        self.items(items, |writer, item| {
            let number = field(item).0;
            writer.varint(u64::from(number - last));
            last = number;
            put(writer, item);
        });
    }

    fn hlc(&mut self, hlc: Hlc) {
        self.varint(zigzag(hlc.millis().wrapping_sub(self.millis) as i64));
        self.varint(u64::from(hlc.counter()));
        self.millis = hlc.millis();
    }

    fn lane(&mut self, lane: LaneId) {
        let (at, new) = self.lanes.place(lane);
        self.varint(at as u64);
        if new {
            self.out.extend_from_slice(&lane.0);
        }
    }

    fn actor(&mut self, actor: Uuid) {
        let (at, new) = self.actors.place(actor);
        self.varint(at as u64);
        if new {
            self.out.extend_from_slice(actor.as_bytes());
        }
    }

    fn stamped(&mut self, id: OpId, stamp: &Stamp) {
        let (at, new) = self.origins.place(Origin { lane: id.lane, seq: id.seq, stamp: *stamp });
        self.varint(at as u64);
        if new {
            self.lane(id.lane);
            self.varint(id.seq);
            self.hlc(stamp.hlc);
            match stamp.received_ms {
                None => self.varint(0),
                Some(received) => {
                    self.varint(1);
                    self.varint(zigzag(received.wrapping_sub(stamp.hlc.millis()) as i64));
                }
            }
            self.actor(stamp.actor);
        }
        self.varint(u64::from(id.index));
    }

    fn id(&mut self, id: OpId) {
        self.lane(id.lane);
        self.varint(id.seq);
        self.varint(u64::from(id.index));
    }

    fn ids(&mut self, ids: &[OpId]) {
        self.varint(ids.len() as u64);
        ids.iter().for_each(|id| self.id(*id));
    }

    fn base(&mut self, base: &Option<OpId>) {
        self.varint(u64::from(base.is_some()));
        if let Some(base) = base {
            self.id(*base);
        }
    }
}

struct Source<'a> {
    bytes: Reader<'a>,
    origins: Vec<Origin>,
    lanes: Vec<LaneId>,
    actors: Vec<Uuid>,
    millis: u64,
}

impl Source<'_> {
    fn items<T>(&mut self, mut get: impl FnMut(&mut Self) -> Result<T, WireError>) -> Result<Vec<T>, WireError> {
        let count = self.bytes.count(1)?;
        let mut items = Vec::with_capacity(count.min(1 + self.bytes.remaining() / 3));
        for _ in 0..count {
            items.push(get(self)?);
        }
        if items.is_empty() { Err(WireError("empty part")) } else { Ok(items) }
    }

    fn fields<T>(
        &mut self,
        mut get: impl FnMut(&mut Self, FieldNo) -> Result<T, WireError>,
    ) -> Result<Vec<T>, WireError> {
        let mut last: u16 = 0;
        self.items(|source| {
            last = last.checked_add(source.bytes.narrow()?).ok_or(WireError("field"))?;
            get(source, FieldNo(last))
        })
    }

    fn hlc(&mut self) -> Result<Hlc, WireError> {
        let millis = self.millis.wrapping_add(unzigzag(self.bytes.varint()?) as u64);
        if millis >> 48 != 0 {
            return Err(WireError("clock"));
        }
        self.millis = millis;
        Ok(Hlc::new(millis, self.bytes.narrow()?))
    }

    fn lane(&mut self) -> Result<LaneId, WireError> {
        let at: usize = self.bytes.narrow()?;
        if at == self.lanes.len() {
            self.lanes.push(LaneId(self.bytes.array()?));
        }
        self.lanes.get(at).copied().ok_or(WireError("lane"))
    }

    fn actor(&mut self) -> Result<Uuid, WireError> {
        let at: usize = self.bytes.narrow()?;
        if at == self.actors.len() {
            self.actors.push(self.bytes.uuid()?);
        }
        self.actors.get(at).copied().ok_or(WireError("person"))
    }

    fn stamped(&mut self) -> Result<(OpId, Stamp), WireError> {
        let at: usize = self.bytes.narrow()?;
        if at == self.origins.len() {
            let (lane, seq, hlc) = (self.lane()?, self.bytes.varint()?, self.hlc()?);
            let received_ms = match self.bytes.varint()? {
                0 => None,
                1 => Some(hlc.millis().wrapping_add(unzigzag(self.bytes.varint()?) as u64)),
                _ => return Err(WireError("receipt")),
            };
            let stamp = Stamp { hlc, received_ms, actor: self.actor()? };
            self.origins.push(Origin { lane, seq, stamp });
        }
        let Origin { lane, seq, stamp } = *self.origins.get(at).ok_or(WireError("save"))?;
        Ok((OpId { lane, seq, index: self.bytes.narrow()? }, stamp))
    }

    fn id(&mut self) -> Result<OpId, WireError> {
        Ok(OpId { lane: self.lane()?, seq: self.bytes.varint()?, index: self.bytes.narrow()? })
    }

    fn ids(&mut self) -> Result<Vec<OpId>, WireError> {
        let count = self.bytes.count(3)?;
        let mut ids = Vec::with_capacity(count);
        for _ in 0..count {
            ids.push(self.id()?);
        }
        Ok(ids)
    }

    fn base(&mut self) -> Result<Option<OpId>, WireError> {
        match self.bytes.varint()? {
            0 => Ok(None),
            1 => self.id().map(Some),
            _ => Err(WireError("base")),
        }
    }
}
