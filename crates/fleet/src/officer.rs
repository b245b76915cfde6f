//! What people do at a laptop: they write, correct, hand in, review, delete, decide.
//!
//! Edits are made on the untyped form by the schema alone, so every field of every kind gets its turn, new ones too.

use arumbae_domain::Scope;
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Document, FieldDef, FieldType, RecordId, RecordKind, Value, reserved};
use arumbae_store::{ListQuery, RecordView, SaveContext, SaveOutcome, Store, StoreError};

use crate::dice::Dice;
use crate::laptop::{Laptop, new_id};
use crate::ledger::{Ledger, without_mark};
use crate::simulation::Breach;

/// A form that was opened some time ago; what came in since is not on it.
pub struct OpenForm {
    seen: RecordView,
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Create,
    Edit,
    Revise,
    AddPart,
    EditPart,
    RemovePart,
    ToggleElement,
    HandInOrReview,
    Delete,
    Restore,
    Move,
    Resolve,
    OpenForm,
    SaveForm,
}

/// Weights such that most is field work, as in an office.
const DEEDS: [(Deed, u64); 14] = [
    (Deed::Create, 14),
    (Deed::Edit, 24),
    (Deed::Revise, 12),
    (Deed::AddPart, 10),
    (Deed::EditPart, 8),
    (Deed::RemovePart, 3),
    (Deed::ToggleElement, 4),
    (Deed::HandInOrReview, 12),
    (Deed::Delete, 2),
    (Deed::Restore, 2),
    (Deed::Move, 2),
    (Deed::Resolve, 6),
    (Deed::OpenForm, 8),
    (Deed::SaveForm, 12),
];

const KINDS: [RecordKind; 3] = [RecordKind::Finding, RecordKind::SupervisionReport, RecordKind::OutreachEvent];

/// Records further down the list are hardly touched any more.
const RECENT: usize = 16;

const WORDS: [&str; 24] = [
    "petugas",
    "melihat",
    "baliho",
    "dipasang",
    "di",
    "dekat",
    "balai",
    "desa",
    "pada",
    "pagi",
    "hari",
    "warga",
    "menyampaikan",
    "keterangan",
    "tentang",
    "pembagian",
    "kaus",
    "sebelum",
    "jadwal",
    "kampanye",
    "saksi",
    "hadir",
    "ketika",
    "rapat",
];

/// Lets the laptop's owner do one thing; says what was done, `None` if there was nothing to do.
pub fn work(laptop: &mut Laptop, dice: &mut Dice, ledger: &mut Ledger) -> Result<Option<String>, Breach> {
    let Some(deed) = dice.weighted(&DEEDS) else { return Ok(None) };
    let form = if matches!(deed, Deed::SaveForm) { laptop.form.take() } else { None };
    let mut opened = None;
    let done = {
        let mut store = laptop.store()?;
        let mut hand = Hand { laptop, store: &mut store, dice, ledger };
        match deed {
            Deed::Create => hand.create(),
            Deed::OpenForm => {
                opened = hand.choose()?.map(|seen| OpenForm { seen });
                Ok(None)
            }
            Deed::SaveForm => match form {
                Some(OpenForm { seen }) => hand.change(seen, Deed::Edit),
                None => Ok(None),
            },
            Deed::Delete => hand.delete(),
            Deed::Restore => hand.restore(),
            Deed::Move => hand.relocate(),
            Deed::Resolve => hand.resolve(),
            Deed::HandInOrReview => hand.hand_in_or_review(),
            Deed::Edit | Deed::Revise | Deed::AddPart | Deed::EditPart | Deed::RemovePart | Deed::ToggleElement => {
                match hand.choose()? {
                    Some(seen) => hand.change(seen, deed),
                    None => Ok(None),
                }
            }
        }?
    };
    if opened.is_some() {
        laptop.form = opened;
    }
    Ok(done.map(|save| format!("{deed:?} {save}")))
}

struct Hand<'a> {
    laptop: &'a Laptop,
    store: &'a mut Store,
    dice: &'a mut Dice,
    ledger: &'a mut Ledger,
}

type Done = Result<Option<String>, Breach>;

impl Hand<'_> {
    fn context(&self, scope: Scope) -> SaveContext {
        use arumbae_sync::Surroundings;
        SaveContext { now_ms: self.laptop.desk.now_ms(), scope, seen: None }
    }

    /// A record to work on, one of the latest most of the time; `None` also for one that moved out of reach.
    fn choose(&mut self) -> Result<Option<RecordView>, Breach> {
        let Some(kind) = self.dice.pick(&KINDS).copied() else { return Ok(None) };
        let page = self
            .store
            .list(kind, &ListQuery { limit: RECENT, ..ListQuery::default() })
            .map_err(Breach::of("a list cannot be read"))?;
        if page.rows.is_empty() {
            return Ok(None);
        }
        let at = self.dice.below(page.rows.len()).min(self.dice.below(page.rows.len()));
        Ok(self.read(page.rows[at].id)?.filter(|seen| self.store.may_write(&seen.scope)))
    }

    fn read(&self, record: RecordId) -> Result<Option<RecordView>, Breach> {
        self.store.document(record).map_err(Breach::of("a record cannot be read"))
    }

    fn text(&mut self, mark: &str) -> String {
        let words: Vec<&str> = (0..self.dice.between(1, 6)).filter_map(|_| self.dice.pick(&WORDS).copied()).collect();
        format!("{} {mark}", words.join(" "))
    }

    fn acknowledge(&mut self, record: RecordId, mark: String, outcome: &SaveOutcome) -> Option<String> {
        if outcome.operations == 0 {
            return None;
        }
        self.ledger.acknowledge(self.laptop.number, record, mark.clone());
        Some(format!("{mark} #{} {} operations at {}", outcome.seq, outcome.operations, outcome.hlc))
    }

    fn create(&mut self) -> Done {
        use arumbae_sync::Surroundings;
        let Some(kind) = self.dice.pick(&KINDS).copied() else { return Ok(None) };
        let mark = self.ledger.next_mark(self.laptop.number);
        let now_ms = self.laptop.desk.now_ms();
        let mut document = Document::new(kind, RecordId(new_id(now_ms.min(1 << 47), self.dice)));
        let record = document.id;
        for field in fields_of(kind, |ty| ty == FieldType::Text) {
            if self.dice.chance(400) {
                document.fields.insert(field.number, Value::Text(self.text("").trim_end().to_owned()));
            }
        }
        self.mark(&mut document, &mark);
        for _ in 0..self.dice.below(3) {
            self.add_part(&mut document, "");
        }
        let restricted = self.laptop.post.restricted.as_ref().filter(|_| self.dice.chance(250));
        let Some(scope) = restricted.or(self.dice.pick(&self.laptop.post.homes)).cloned() else { return Ok(None) };
        let context = self.context(scope);
        let outcome =
            self.store.save(&changes_between(None, &document), &context).map_err(Breach::of("a save fails"))?;
        Ok(self.acknowledge(record, mark, &outcome))
    }

    fn change(&mut self, seen: RecordView, deed: Deed) -> Done {
        let mark = self.ledger.next_mark(self.laptop.number);
        let RecordView { document, scope, version, .. } = seen;
        let mut edited = document.clone();
        match deed {
            Deed::Revise => {
                let Some(field) = self.pick_field(edited.kind, |ty| ty == FieldType::Narrative) else {
                    return Ok(None);
                };
                let before = match edited.value(field.number) {
                    Value::Text(text) => without_mark(text).to_owned(),
                    _ => String::new(),
                };
                let text = format!("{before} {}", self.text(&mark));
                edited.fields.insert(field.number, Value::Text(text.trim_start().to_owned()));
            }
            Deed::AddPart => self.add_part(&mut edited, &mark),
            Deed::EditPart => {
                let parts: Vec<&mut Document> = edited.children.values_mut().flatten().collect();
                let at = if parts.is_empty() { return Ok(None) } else { self.dice.below(parts.len()) };
                if let Some(part) = parts.into_iter().nth(at) {
                    self.mark(part, &mark);
                }
            }
            Deed::RemovePart => {
                let lists: Vec<&mut Vec<Document>> =
                    edited.children.values_mut().filter(|list| !list.is_empty()).collect();
                let at = if lists.is_empty() { return Ok(None) } else { self.dice.below(lists.len()) };
                if let Some(list) = lists.into_iter().nth(at) {
                    list.remove(self.dice.below(list.len()));
                }
                self.mark(&mut edited, &mark);
            }
            Deed::ToggleElement => {
                if let Some(field) = self.pick_field(edited.kind, |ty| ty == FieldType::Set) {
                    let code = ["hoax", "money_politics", "identity_politics"][self.dice.below(3)];
                    let (set, value) = (edited.sets.entry(field.number).or_default(), Value::Text(code.to_owned()));
                    if !set.remove(&value) {
                        set.insert(value);
                    }
                }
                self.mark(&mut edited, &mark);
            }
            _ => self.mark(&mut edited, &mark),
        }
        let context = SaveContext { seen: Some(version), ..self.context(scope) };
        let changes = changes_between(Some(&document), &edited);
        let outcome = self.store.save(&changes, &context).map_err(Breach::of("a save fails"))?;
        Ok(self.acknowledge(document.id, mark, &outcome))
    }

    /// Writes the mark into one of a record's fields of text, more often than not the same one.
    fn mark(&mut self, document: &mut Document, mark: &str) {
        let fields: Vec<&FieldDef> = fields_of(document.kind, |ty| ty == FieldType::Text).collect();
        if fields.is_empty() {
            return;
        }
        let at = if self.dice.chance(600) { 0 } else { self.dice.below(fields.len()) };
        let text = self.text(mark);
        document.fields.insert(fields[at].number, Value::Text(text));
    }

    fn add_part(&mut self, document: &mut Document, mark: &str) {
        use arumbae_sync::Surroundings;
        let lists: Vec<(&FieldDef, RecordKind)> = document
            .kind
            .definition()
            .fields
            .iter()
            .filter_map(|field| match field.ty {
                // Photos are files; their bytes travel elsewhere.
                FieldType::Children(RecordKind::Attachment) => None,
                FieldType::Children(kind) => Some((field, kind)),
                _ => None,
            })
            .collect();
        let Some((field, kind)) = self.dice.pick(&lists).copied() else { return };
        let now_ms = self.laptop.desk.now_ms();
        let mut part = Document::new(kind, RecordId(new_id(now_ms.min(1 << 47), self.dice)));
        self.mark(&mut part, mark);
        document.children.entry(field.number).or_default().push(part);
    }

    fn pick_field(&mut self, kind: RecordKind, wanted: impl Fn(FieldType) -> bool) -> Option<&'static FieldDef> {
        let fields: Vec<&FieldDef> = fields_of(kind, wanted).collect();
        self.dice.pick(&fields).copied()
    }

    fn hand_in_or_review(&mut self) -> Done {
        let Some(seen) = self.choose()? else { return Ok(None) };
        let to = match (seen.status.as_deref(), self.laptop.post.reviews()) {
            (Some("submitted"), true) => ["accepted", "returned"][self.dice.below(2)],
            (Some("draft" | "returned"), _) => "submitted",
            _ => return Ok(None),
        };
        let mark = self.ledger.next_mark(self.laptop.number);
        let reason = self.text(&mark);
        let record = seen.document.id;
        let context = self.context(seen.scope);
        let outcome = self.store.transition(record, to, &reason, &context).map_err(Breach::of("a transition fails"))?;
        Ok(self.acknowledge(record, mark, &outcome))
    }

    fn delete(&mut self) -> Done {
        let Some(seen) = self.choose()? else { return Ok(None) };
        let mark = self.ledger.next_mark(self.laptop.number);
        let reason = self.text(&mark);
        let record = seen.document.id;
        let context = self.context(seen.scope);
        let outcome = self.store.delete(record, &reason, &context).map_err(Breach::of("a deletion fails"))?;
        Ok(self.acknowledge(record, mark, &outcome))
    }

    /// Takes a deletion back that this laptop made. A restoration has no words of its own to be found by.
    fn restore(&mut self) -> Done {
        let own: Vec<RecordId> = self
            .ledger
            .entries()
            .iter()
            .rev()
            .filter(|e| e.laptop == self.laptop.number)
            .take(20)
            .map(|e| e.record)
            .collect();
        for record in own {
            let seen = self.read(record)?.filter(|seen| seen.deleted && self.store.may_write(&seen.scope));
            if let Some(seen) = seen {
                let context = self.context(seen.scope);
                let outcome = self.store.restore(record, &context).map_err(Breach::of("a restoration fails"))?;
                return Ok(Some(format!("#{} at {}", outcome.seq, outcome.hlc)));
            }
        }
        Ok(None)
    }

    /// Moves a record to another office that its reviewer answers for.
    fn relocate(&mut self) -> Done {
        let Some(seen) = self.choose()?.filter(|_| self.laptop.post.reviews()) else { return Ok(None) };
        let Some(home) = self.dice.pick(&self.laptop.post.homes).cloned() else { return Ok(None) };
        let to = seen.scope.in_region(home.region().clone());
        if to == seen.scope { Ok(None) } else { self.move_to(seen.document.id, &to) }
    }

    fn move_to(&mut self, record: RecordId, to: &Scope) -> Done {
        use arumbae_sync::Surroundings;
        let mark = self.ledger.next_mark(self.laptop.number);
        let reason = self.text(&mark);
        match self.store.rehome(record, to, &reason, self.laptop.desk.now_ms()) {
            Ok(outcome) => Ok(self.acknowledge(record, mark, &outcome)),
            // What is undecided stays, and so does what somebody deleted meanwhile.
            Err(StoreError::Undecided | StoreError::NoSuchRecord) => Ok(None),
            Err(error) => Err(Breach::of("a move fails")(error)),
        }
    }

    fn resolve(&mut self) -> Done {
        let mut conflicts = self.store.conflicts().map_err(Breach::of("the conflicts cannot be read"))?;
        // What a reviewer's step is among the values only a reviewer decides; others would write what nobody takes in.
        let reviews = self.laptop.post.reviews();
        conflicts.retain(|conflict| reviews || ![reserved::STATUS, reserved::SCOPE].contains(&conflict.field));
        let Some(conflict) = self.dice.pick(&conflicts) else { return Ok(None) };
        let Some(head) = self.dice.pick(&conflict.heads) else { return Ok(None) };
        let root = self.store.root_of(conflict.record).map_err(Breach::of("a root cannot be found"))?;
        let Some(seen) = self.read(root)?.filter(|seen| self.store.may_write(&seen.scope)) else { return Ok(None) };
        if let (reserved::SCOPE, Value::Text(to)) = (conflict.field, &head.value) {
            let to = to.parse().map_err(Breach::of("a move leads to no scope"))?;
            return self.move_to(conflict.record, &to);
        }
        let mark = self.ledger.next_mark(self.laptop.number);
        let note = self.text(&mark);
        let context = self.context(seen.scope);
        let outcome = self
            .store
            .resolve(conflict.record, conflict.field, head.value.clone(), &note, &context)
            .map_err(Breach::of("a decision fails"))?;
        Ok(self.acknowledge(conflict.record, mark, &outcome))
    }
}

fn fields_of(kind: RecordKind, wanted: impl Fn(FieldType) -> bool) -> impl Iterator<Item = &'static FieldDef> {
    kind.definition().fields.iter().filter(move |field| wanted(field.ty) && field.number != reserved::STATUS)
}
