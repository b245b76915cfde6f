//! The state of one record: a function of the *set* of its operations, whatever order they came in.

use std::borrow::Cow;

use arumbae_domain::Scope;
use arumbae_domain::schema::{BlobHash, FieldDef, FieldNo, FieldType, MergePolicy, Value, reserved};
use uuid::Uuid;

use crate::clock::Hlc;
use crate::lane::LaneId;
use crate::operation::{KindNo, OpId, Operation};

mod bytes;
mod join;
mod place;
pub(crate) mod policy;
mod seen;
mod workflow;

pub use place::{Place, PlaceHead};
pub use workflow::{INITIAL_STATUS, Status, StatusHead, is_decision, is_final};

/// When and by whom an operation was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The author's hybrid clock.
    pub hlc: Hlc,
    /// When the server first had it, by its signed receipt; milliseconds since 1970 UTC.
    pub received_ms: Option<u64>,
    /// The person at the keyboard.
    pub actor: Uuid,
}

impl Stamp {
    /// How far after the server had it an operation may claim to have been made, in milliseconds.
    pub const MAX_LEAD_MS: u64 = 5 * 60 * 1000;

    /// The clock concurrent values are ordered by: a device whose clock runs ahead gains five minutes at most.
    pub fn order(&self) -> Hlc {
        match self.received_ms {
            None => self.hlc,
            Some(received) => self.hlc.min(Hlc::new(received.saturating_add(Self::MAX_LEAD_MS), 0)),
        }
    }

    /// Takes in what another arrival of the same operation knows: the receipt.
    fn join(&mut self, other: &Stamp) {
        self.received_ms = match (self.received_ms, other.received_ms) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
    }
}

/// A value nobody has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The operation that wrote it.
    pub id: OpId,
    /// What it wrote.
    pub value: Value,
    /// When and by whom.
    pub stamp: Stamp,
    /// For a narrative, the revision it was written on.
    pub base: Option<OpId>,
}

/// A field as it stands.
#[derive(Clone, Debug)]
pub struct FieldView<'a> {
    /// What is shown.
    pub winner: Cow<'a, Value>,
    /// Every head, the shown one first.
    pub heads: Vec<&'a Head>,
    /// Whether different values wait for a person's decision.
    pub conflict: bool,
}

/// An attachment tied to the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentRef {
    /// Its bytes' name.
    pub blob: BlobHash,
    /// Its length in bytes.
    pub byte_length: u64,
    /// Its media type.
    pub media_type: String,
}

/// A record state's bytes are damaged or of a later version; it can be rebuilt from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a record's stored state cannot be read: {0}")]
pub struct StateError(pub &'static str);

/// Everything the log says about one record.
///
/// Each part is a join: heads are the writes seen minus the writes superseded, elements the additions seen
/// minus those removed, and so on. What was superseded stays known by its id, so that a write that arrives
/// after its superseder, or twice, does not come back.
///
/// All parts are flat vectors in ascending order, so that a record costs a handful of allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordState {
    created: Option<Creation>,
    latest: Option<(Hlc, Uuid)>,
    heads: Vec<(FieldNo, Head)>,
    superseded: Vec<(FieldNo, OpId)>,
    steps: Vec<workflow::Step>,
    additions: Vec<(FieldNo, OpId, Value)>,
    removed: Vec<(FieldNo, OpId)>,
    deletions: Vec<Deletion>,
    restored: Vec<OpId>,
    moves: Vec<place::Move>,
    attachments: Vec<(OpId, AttachmentRef)>,
    unknown: Vec<Later>,
}

/// A record has one creation; of several that claim to be, the smallest id counts everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Creation {
    id: OpId,
    kind: KindNo,
    stamp: Stamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Deletion {
    id: OpId,
    reason: String,
    stamp: Stamp,
    observed: Vec<OpId>,
}

/// An operation of a later version. Its body stays in the log; after an upgrade the state is rebuilt from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Later {
    id: OpId,
    code: u16,
}

/// Puts `item` at its place in an ascending vector; if its key is already there, `join` decides.
fn insert_by<T, K: Ord>(items: &mut Vec<T>, item: T, key: impl Fn(&T) -> K, join: impl FnOnce(&mut T, T)) {
    let wanted = key(&item);
    // Operations of one author come in order, so the place is the end far more often than not.
    match items.last() {
        Some(last) if key(last) >= wanted => match items.binary_search_by(|other| key(other).cmp(&wanted)) {
            Ok(at) => join(&mut items[at], item),
            Err(at) => items.insert(at, item),
        },
        _ => items.push(item),
    }
}

fn insert_set<T: Ord + Copy>(items: &mut Vec<T>, item: T) {
    insert_by(items, item, |other| *other, |_, _| ());
}

/// From so many items on it is quicker to sort them in together. One by one, the longest list of predecessors that a
/// segment may hold would take minutes.
const MANY: usize = 64;

/// Puts `more` into an ascending set; `count` is how many they are at most.
fn insert_all<T: Ord + Copy>(items: &mut Vec<T>, count: usize, more: impl Iterator<Item = T>) {
    if count < MANY {
        more.for_each(|item| insert_set(items, item));
    } else {
        items.extend(more);
        items.sort();
        items.dedup();
    }
}

/// The run of an ascending vector that belongs to one field.
fn of_field<T>(items: &[T], field: FieldNo, field_of: impl Fn(&T) -> FieldNo) -> &[T] {
    let start = items.partition_point(|item| field_of(item) < field);
    let len = items[start..].partition_point(|item| field_of(item) == field);
    &items[start..start + len]
}

static NULL: Value = Value::Null;

impl RecordState {
    /// A record nothing is known about.
    pub fn new() -> Self {
        RecordState::default()
    }

    /// Takes in an operation; any order and any repetition give the same state.
    ///
    /// A write to a reserved field is left aside: a kind is set by creation, a status by transitions, a scope by moves.
    pub fn apply(&mut self, id: OpId, stamp: Stamp, op: &Operation) {
        self.latest = self.latest.max(Some((stamp.hlc, stamp.actor)));
        match op {
            Operation::Create { record: _, kind } => self.create(Creation { id, kind: *kind, stamp }),
            Operation::Set { record: _, field, value, preds } => {
                self.write(*field, preds, || Head { id, value: value.clone(), stamp, base: None }, id, &stamp);
            }
            Operation::Revise { record: _, field, base, text, preds } => {
                let head = || Head { id, value: Value::Text(text.clone()), stamp, base: *base };
                self.write(*field, preds, head, id, &stamp);
            }
            Operation::Resolve { record: _, field: reserved::STATUS, choice, note, preds } => {
                if let Value::Text(to) = choice {
                    self.step(workflow::Step::new(id, stamp, None, to, note, preds));
                }
            }
            Operation::Resolve { record: _, field: reserved::SCOPE, choice, note: _, preds } => {
                if let Value::Text(to) = choice
                    && let Ok(to) = to.parse()
                {
                    self.relocate(place::Move { id, stamp, to }, preds);
                }
            }
            Operation::Resolve { record: _, field, choice, note: _, preds } => {
                self.write(*field, preds, || Head { id, value: choice.clone(), stamp, base: None }, id, &stamp);
            }
            Operation::Transition { record: _, from, to, reason, preds } => {
                self.step(workflow::Step::new(id, stamp, Some(from), to, reason, preds));
            }
            Operation::Add { record: _, list, element } => {
                let addition = (*list, id, element.clone());
                insert_by(&mut self.additions, addition, |(list, id, _)| (*list, *id), |_, _| ());
            }
            Operation::Remove { record: _, list, observed } => {
                insert_all(&mut self.removed, observed.len(), observed.iter().map(|addition| (*list, *addition)));
            }
            Operation::Delete { record: _, reason, observed } => self.delete(id, stamp, reason, observed),
            Operation::Restore { record: _, preds } => {
                insert_all(&mut self.restored, preds.len(), preds.iter().copied());
                let restored = &self.restored;
                self.deletions.retain(|standing| restored.binary_search(&standing.id).is_err());
            }
            Operation::Rehome { record: _, from: _, to } => {
                self.relocate(place::Move { id, stamp, to: to.clone() }, &[]);
            }
            Operation::Attach { record: _, blob, byte_length, media_type } => {
                let file = AttachmentRef { blob: *blob, byte_length: *byte_length, media_type: media_type.clone() };
                insert_by(&mut self.attachments, (id, file), |(id, _)| *id, |_, _| ());
            }
            Operation::Unknown { code, record: _, body: _ } => insert_set(&mut self.unknown, Later { id, code: *code }),
        }
    }

    fn create(&mut self, creation: Creation) {
        match &mut self.created {
            Some(known) if known.id < creation.id => {}
            Some(known) if known.id == creation.id => known.stamp.join(&creation.stamp),
            known => *known = Some(creation),
        }
    }

    /// Heads become (heads − preds) ∪ {this write}, unless something already superseded it.
    fn write(&mut self, field: FieldNo, preds: &[OpId], head: impl FnOnce() -> Head, id: OpId, stamp: &Stamp) {
        if [reserved::KIND, reserved::STATUS, reserved::SCOPE].contains(&field) {
            return;
        }
        self.supersede(field, preds, id);
        if preds.len() < MANY {
            for pred in preds.iter().filter(|pred| **pred != id) {
                if let Ok(at) = self.heads.binary_search_by(|(no, head)| (*no, head.id).cmp(&(field, *pred))) {
                    self.heads.remove(at);
                }
            }
        } else {
            let gone = &self.superseded;
            self.heads.retain(|(no, head)| *no != field || gone.binary_search(&(field, head.id)).is_err());
        }
        if self.superseded.binary_search(&(field, id)).is_ok() {
            return;
        }
        match self.heads.last() {
            Some((last, known)) if (*last, known.id) >= (field, id) => {
                match self.heads.binary_search_by(|(no, head)| (*no, head.id).cmp(&(field, id))) {
                    Ok(at) => self.heads[at].1.stamp.join(stamp),
                    Err(at) => self.heads.insert(at, (field, head())),
                }
            }
            _ => self.heads.push((field, head())),
        }
    }

    /// Remembers what the operation `by` supersedes; not itself, whatever it says.
    fn supersede(&mut self, field: FieldNo, preds: &[OpId], by: OpId) {
        let others = preds.iter().filter(|pred| **pred != by).map(|pred| (field, *pred));
        insert_all(&mut self.superseded, preds.len(), others);
    }

    fn step(&mut self, step: workflow::Step) {
        insert_by(&mut self.steps, step, |step| step.id, |known, again| known.stamp.join(&again.stamp));
    }

    fn relocate(&mut self, step: place::Move, preds: &[OpId]) {
        self.supersede(reserved::SCOPE, preds, step.id);
        insert_by(&mut self.moves, step, |step| step.id, |known, again| known.stamp.join(&again.stamp));
    }

    fn delete(&mut self, id: OpId, stamp: Stamp, reason: &str, observed: &[OpId]) {
        if self.restored.binary_search(&id).is_ok() {
            return;
        }
        let mut observed = observed.to_vec();
        observed.sort_unstable();
        observed.dedup();
        let deletion = Deletion { id, reason: reason.to_owned(), stamp, observed };
        insert_by(&mut self.deletions, deletion, |known| known.id, |known, again| known.stamp.join(&again.stamp));
    }

    /// The record's kind, `None` until its creation arrives.
    pub fn kind(&self) -> Option<KindNo> {
        self.created.as_ref().map(|creation| creation.kind)
    }

    /// The lane of the creation that counts.
    pub fn created_in(&self) -> Option<LaneId> {
        self.created.as_ref().map(|creation| creation.id.lane)
    }

    /// When and by whom the record was created.
    pub fn created(&self) -> Option<Stamp> {
        self.created.as_ref().map(|creation| creation.stamp)
    }

    /// Where the record stands in its workflow.
    pub fn status(&self) -> Status<'_> {
        workflow::status(&self.steps)
    }

    /// A field as it stands.
    pub fn field(&self, field: FieldNo) -> FieldView<'_> {
        self.view(field, of_field(&self.heads, field, |(no, _)| *no))
    }

    /// What is shown for a field.
    pub fn value(&self, field: FieldNo) -> Cow<'_, Value> {
        self.winner(field, of_field(&self.heads, field, |(no, _)| *no))
    }

    /// Every field that was ever written, in order of number, the status left out.
    pub fn fields(&self) -> impl Iterator<Item = (FieldNo, FieldView<'_>)> {
        self.runs().map(|(field, run)| (field, self.view(field, run)))
    }

    /// What is shown for every field, in order of number, the status left out: [`fields`](Self::fields) for
    /// readers in a hurry.
    pub fn values(&self) -> impl Iterator<Item = (FieldNo, Cow<'_, Value>)> {
        self.runs().map(|(field, run)| (field, self.winner(field, run)))
    }

    /// The fields whose different values wait for a person's decision.
    pub fn conflicts(&self) -> impl Iterator<Item = (FieldNo, FieldView<'_>)> {
        let contested = self.runs().filter(|(_, run)| run.len() > 1);
        contested.map(|(field, run)| (field, self.view(field, run))).filter(|(_, view)| view.conflict)
    }

    fn runs(&self) -> impl Iterator<Item = (FieldNo, &[(FieldNo, Head)])> {
        self.heads.chunk_by(|(left, _), (right, _)| left == right).map(|run| (run[0].0, run))
    }

    /// What concurrent values of a field mean; a field this version does not know is left to a person.
    pub(crate) fn policy(&self, field: FieldNo) -> MergePolicy {
        self.definition(field).map_or(MergePolicy::Review, |definition| definition.policy)
    }

    pub(crate) fn is_narrative(&self, field: FieldNo) -> bool {
        self.definition(field).is_some_and(|definition| definition.ty == FieldType::Narrative)
    }

    fn definition(&self, field: FieldNo) -> Option<&'static FieldDef> {
        self.kind().and_then(KindNo::known).and_then(|kind| kind.definition().field(field))
    }

    fn view<'a>(&'a self, field: FieldNo, run: &'a [(FieldNo, Head)]) -> FieldView<'a> {
        let mut heads: Vec<&Head> = run.iter().map(|(_, head)| head).collect();
        heads.sort_by_key(|head| std::cmp::Reverse(policy::rank(head)));
        let winner = self.winner(field, run);
        if let Some(shown) = heads.iter().position(|head| head.value == *winner) {
            heads[..=shown].rotate_right(1);
        }
        let differ = heads.windows(2).any(|pair| pair[0].value != pair[1].value);
        let conflict = differ && self.policy(field) == MergePolicy::Review;
        FieldView { winner, heads, conflict }
    }

    fn winner<'a>(&self, field: FieldNo, run: &'a [(FieldNo, Head)]) -> Cow<'a, Value> {
        match run {
            [] => Cow::Borrowed(&NULL),
            [(_, only)] => Cow::Borrowed(&only.value),
            _ => policy::winner(self.policy(field), run.iter().map(|(_, head)| head)),
        }
    }

    /// The numbers of all lists and sets that ever had an element.
    pub fn lists(&self) -> impl Iterator<Item = FieldNo> {
        self.additions.chunk_by(|(left, ..), (right, ..)| left == right).map(|run| run[0].0)
    }

    /// The elements of a list or set, each once, in ascending order.
    pub fn elements(&self, list: FieldNo) -> Vec<&Value> {
        let mut elements: Vec<&Value> = self.standing(list).map(|(_, _, element)| element).collect();
        elements.sort_unstable();
        elements.dedup();
        elements
    }

    /// Elements that were removed and not added again. A removed child whose own state is
    /// [revived](Self::revived) was edited by someone who had not seen the removal: it is shown, flagged.
    pub fn removed_elements(&self, list: FieldNo) -> Vec<&Value> {
        if self.removed.is_empty() {
            return Vec::new();
        }
        let standing = self.elements(list);
        let all = of_field(&self.additions, list, |(list, ..)| *list).iter().map(|(_, _, element)| element);
        let mut gone: Vec<&Value> = all.filter(|element| standing.binary_search(element).is_err()).collect();
        gone.sort_unstable();
        gone.dedup();
        gone
    }

    fn standing(&self, list: FieldNo) -> impl Iterator<Item = &(FieldNo, OpId, Value)> {
        let additions = of_field(&self.additions, list, |(list, ..)| *list).iter();
        additions.filter(|(list, id, _)| !self.is_removed(*list, *id))
    }

    fn is_removed(&self, list: FieldNo, id: OpId) -> bool {
        !self.removed.is_empty() && self.removed.binary_search(&(list, id)).is_ok()
    }

    /// The additions that put an element into a list or set.
    pub fn observed(&self, list: FieldNo, element: &Value) -> Vec<OpId> {
        self.standing(list).filter(|(_, _, standing)| standing == element).map(|(_, id, _)| *id).collect()
    }

    /// The ids of a field's heads; the transitions' for the status, the moves' for the scope.
    pub fn heads_of(&self, field: FieldNo) -> Vec<OpId> {
        if field == reserved::STATUS {
            return self.status().heads.iter().map(|head| head.id).collect();
        }
        if field == reserved::SCOPE {
            return self.place().heads.iter().map(|head| head.id).collect();
        }
        of_field(&self.heads, field, |(no, _)| *no).iter().map(|(_, head)| head.id).collect()
    }

    /// Whether the record is deleted and nothing unseen by the deletion keeps it.
    pub fn is_deleted(&self) -> bool {
        !self.deletions.is_empty() && self.is_covered()
    }

    /// Whether it was deleted but an edit the deletion had not seen keeps it: to be reviewed.
    pub fn revived(&self) -> bool {
        !self.deletions.is_empty() && !self.is_covered()
    }

    /// Whether everything that stands was seen by someone who deleted the record.
    fn is_covered(&self) -> bool {
        let mut observed: Vec<OpId> = self.deletions.iter().flat_map(|gone| &gone.observed).copied().collect();
        observed.sort_unstable();
        self.live_ids().iter().all(|id| observed.binary_search(id).is_ok())
    }

    /// The standing deletions.
    pub fn deletions(&self) -> Vec<OpId> {
        self.deletions.iter().map(|deletion| deletion.id).collect()
    }

    /// Why, when and by whom the record was deleted; the latest of several.
    pub fn deletion(&self) -> Option<(&str, Stamp)> {
        let latest = self.deletions.iter().max_by_key(|deletion| (deletion.stamp.order(), deletion.id));
        latest.map(|deletion| (deletion.reason.as_str(), deletion.stamp))
    }

    /// Every operation that now makes the record what it is; what a deletion has to have observed.
    pub fn live_ids(&self) -> Vec<OpId> {
        let status = self.status();
        let steps = status.heads.iter().chain(&status.unheld).map(|step| step.id);
        let additions = self.additions.iter().filter(|(list, id, _)| !self.is_removed(*list, *id));
        let mut ids: Vec<OpId> = self.heads.iter().map(|(_, head)| head.id).chain(steps).collect();
        ids.extend(additions.map(|(_, id, _)| *id));
        ids.extend(self.moves.iter().map(|step| step.id));
        ids.extend(self.attachments.iter().map(|(id, _)| *id));
        ids.extend(self.unknown.iter().map(|later| later.id));
        ids.sort_unstable();
        ids
    }

    /// Where the record was moved to.
    pub fn place(&self) -> Place<'_> {
        place::place(&self.moves, of_field(&self.superseded, reserved::SCOPE, |(no, _)| *no))
    }

    /// Where the record was moved to, `None` if it still is in the scope it was created in.
    pub fn scope(&self) -> Option<&Scope> {
        self.place().effective
    }

    /// The attachments tied to the record, each once.
    pub fn attachments(&self) -> Vec<&AttachmentRef> {
        let mut files: Vec<&AttachmentRef> = self.attachments.iter().map(|(_, file)| file).collect();
        files.sort_by_key(|file| file.blob);
        files.dedup_by_key(|file| file.blob);
        files
    }

    /// Whether it holds operations of a later version.
    pub fn has_unknown(&self) -> bool {
        !self.unknown.is_empty()
    }

    /// The latest clock of all operations on the record.
    pub fn updated(&self) -> Option<Hlc> {
        self.latest.map(|(hlc, _)| hlc)
    }
}
