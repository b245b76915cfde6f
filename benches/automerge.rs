//! The same concurrent edits, written into our records and into Automerge documents: what survives must be the same.
//!
//! Automerge keeps every value of a key that no later write has seen (`get_all`), as we keep the heads of a field. Its
//! documents are a second opinion on which writes have seen which, from people who thought about nothing else.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::change::Change;
use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::{Hlc, KindNo, LaneId, OpId, Operation, RecordState, Stamp, author};
use automerge::transaction::Transactable;
use automerge::{AutoCommit, ObjId, ObjType, ROOT, ReadDoc};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

const DEVICES: usize = 4;
const RECORD: RecordId = RecordId(Uuid::from_u128(7));
/// Fields of a finding: a text, a place, a narrative.
const FIELDS: [FieldNo; 3] = [FieldNo(40), FieldNo(41), FieldNo(52)];
const NARRATIVE: FieldNo = FieldNo(52);
const ISSUES: FieldNo = FieldNo(46);
const ELEMENTS: [&str; 3] = ["hoax", "money_politics", "identity_politics"];

#[derive(Clone, Debug)]
enum Step {
    /// Writes a field; where it holds several values, as a decision over all of them.
    Write {
        field: usize,
        value: u8,
    },
    /// Empties a field.
    Clear {
        field: usize,
    },
    Add {
        element: usize,
    },
    Remove {
        element: usize,
    },
    /// Hears everything another device knows, in an order of its own.
    Hear {
        from: usize,
        order: u64,
    },
}

fn steps() -> impl Strategy<Value = Vec<(usize, Step)>> {
    let step = prop_oneof![
        4 => (0..FIELDS.len(), 0u8..6).prop_map(|(field, value)| Step::Write { field, value }),
        1 => (0..FIELDS.len()).prop_map(|field| Step::Clear { field }),
        2 => (0..ELEMENTS.len()).prop_map(|element| Step::Add { element }),
        2 => (0..ELEMENTS.len()).prop_map(|element| Step::Remove { element }),
        3 => (0..DEVICES, any::<u64>()).prop_map(|(from, order)| Step::Hear { from, order }),
    ];
    vec((0..DEVICES, step), 0..80)
}

/// A device with the record both ways.
struct Device {
    lane: LaneId,
    written: u64,
    log: BTreeMap<OpId, (Stamp, Operation)>,
    state: RecordState,
    document: AutoCommit,
    set: ObjId,
}

impl Device {
    fn write(&mut self, ops: Vec<Operation>, clock: u64) {
        self.written += 1;
        for (index, op) in (0..).zip(ops) {
            let id = OpId { lane: self.lane, seq: self.written, index };
            let stamp = Stamp { hlc: Hlc::new(clock, 0), ..Stamp::default() };
            self.state.apply(id, stamp, &op);
            self.log.insert(id, (stamp, op));
        }
    }

    fn author(&mut self, change: Change, clock: u64) {
        let state = self.state.clone();
        self.write(author::operations(&[change], &|_| Some(state.clone())), clock);
    }

    /// The values of a field that stand here.
    fn values(&self, field: FieldNo) -> BTreeSet<String> {
        let text = |value: &Value| if let Value::Text(text) = value { Some(text.clone()) } else { None };
        self.state.field(field).heads.iter().filter_map(|head| text(&head.value)).collect()
    }

    fn elements(&self) -> BTreeSet<String> {
        let elements = self.state.elements(ISSUES).into_iter().cloned();
        elements.filter_map(|element| if let Value::Text(text) = element { Some(text) } else { None }).collect()
    }

    fn take(&mut self, step: &Step, clock: u64) {
        match step {
            Step::Write { field, value } => {
                let (key, field, text) = (*field, FIELDS[*field], format!("Nilai {value}"));
                // Writing what stands already is nothing in either; of several equal values each has its own view.
                if self.values(field).contains(&text) {
                    return;
                }
                self.document.put(ROOT, key.to_string(), text.clone()).expect("a key of the map");
                if self.state.field(field).conflict {
                    let decision = author::resolve(RECORD, &self.state, field, Value::Text(text), "");
                    self.write(vec![decision], clock);
                } else if field == NARRATIVE {
                    self.author(Change::Revise { record: RECORD, field, text }, clock);
                } else {
                    self.author(Change::Set { record: RECORD, field, value: Value::Text(text) }, clock);
                }
            }
            Step::Clear { field } => {
                let (key, field) = (*field, FIELDS[*field]);
                if self.values(field).is_empty() {
                    return;
                }
                self.document.delete(ROOT, key.to_string()).expect("a key of the map");
                self.write(vec![author::resolve(RECORD, &self.state, field, Value::Null, "")], clock);
            }
            Step::Add { element } => {
                let element = ELEMENTS[*element];
                if self.elements().contains(element) {
                    return;
                }
                self.document.put(&self.set, element, true).expect("a key of the map");
                let value = Value::Text(element.to_owned());
                self.author(Change::AddElement { record: RECORD, list: ISSUES, value }, clock);
            }
            Step::Remove { element } => {
                let element = ELEMENTS[*element];
                if !self.elements().contains(element) {
                    return;
                }
                self.document.delete(&self.set, element).expect("a key of the map");
                let value = Value::Text(element.to_owned());
                self.author(Change::RemoveElement { record: RECORD, list: ISSUES, value }, clock);
            }
            Step::Hear { .. } => {}
        }
    }

    /// Takes in what another device knows, shuffled.
    fn hear(&mut self, log: &BTreeMap<OpId, (Stamp, Operation)>, document: &mut AutoCommit, order: u64) {
        self.document.merge(document).expect("documents of one origin");
        let mut missing: Vec<_> = log.iter().filter(|(id, _)| !self.log.contains_key(id)).collect();
        let mut random = order | 1;
        for at in (1..missing.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            missing.swap(at, (random >> 33) as usize % (at + 1));
        }
        for (id, (stamp, op)) in missing {
            self.state.apply(*id, *stamp, op);
            self.log.insert(*id, (*stamp, op.clone()));
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for (key, field) in FIELDS.into_iter().enumerate() {
            let theirs = self.document.get_all(ROOT, key.to_string()).expect("the map");
            let theirs: BTreeSet<String> =
                theirs.into_iter().filter_map(|(value, _)| value.as_str().map(str::to_owned)).collect();
            prop_assert_eq!(self.values(field), theirs, "the surviving values of field {:?}", field);
        }
        let theirs: BTreeSet<String> = self.document.keys(&self.set).collect();
        prop_assert_eq!(self.elements(), theirs, "the elements of the set");
        Ok(())
    }
}

/// Devices that share a record and a document, both empty.
fn devices() -> Vec<Device> {
    let mut origin = AutoCommit::new();
    let set = origin.put_object(ROOT, "set", ObjType::Map).expect("a new document");
    origin.commit();
    let create = Operation::Create { record: RECORD, kind: KindNo::from(RecordKind::Finding) };
    let made = (OpId { lane: LaneId([0; 16]), seq: 1, index: 0 }, (Stamp::default(), create));
    (1..=DEVICES as u8)
        .map(|number| {
            let mut state = RecordState::new();
            state.apply(made.0, made.1.0, &made.1.1);
            Device {
                lane: LaneId([number; 16]),
                written: 0,
                log: BTreeMap::from([made.clone()]),
                state,
                document: origin.fork(),
                set: set.clone(),
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_values_survive(steps in steps(), last in any::<u64>()) {
        let mut devices = devices();
        for (at, (device, step)) in steps.iter().enumerate() {
            match step {
                Step::Hear { from, order } if from != device => {
                    let (log, mut document) = (devices[*from].log.clone(), devices[*from].document.fork());
                    devices[*device].hear(&log, &mut document, *order);
                }
                step => devices[*device].take(step, at as u64),
            }
            devices[*device].check()?;
        }
        // Everybody hears everybody: one state, and still what Automerge says.
        for reader in 0..DEVICES {
            for from in 0..DEVICES {
                if from != reader {
                    let (log, mut document) = (devices[from].log.clone(), devices[from].document.fork());
                    devices[reader].hear(&log, &mut document, last);
                }
            }
            devices[reader].check()?;
        }
        for from in 1..DEVICES {
            prop_assert_eq!(devices[from].state.encode(), devices[0].state.encode());
        }
    }
}
