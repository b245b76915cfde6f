//! Two revisions of a narrative that wait for a decision, beside the text both began with.

use std::collections::HashSet;

use arumbae_domain::narrative::Comparison;
use arumbae_domain::schema::{FieldNo, FieldType, RecordId, Value, reserved};
use arumbae_mergelog::{OpId, Operation};

use crate::error::Result;
use crate::log_reader::LogReader;
use crate::opening::Store;
use crate::tables::lane;
use crate::views::{Conflict, HeadView};

/// How far back two revisions are followed to where they parted.
const MOST_REVISIONS: usize = 1000;

/// Two revisions of one narrative, written without knowing of each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revisions {
    /// What both began with; empty if they have nothing in common, or it is no longer held here.
    pub base: String,
    /// The one that is shown.
    pub ours: HeadView,
    /// The other one.
    pub theirs: HeadView,
}

impl Revisions {
    /// The revisions sentence by sentence. What it proposes is nobody's text until a person has confirmed it, as their
    /// own decision.
    pub fn comparison(&self) -> Comparison<'_> {
        Comparison::of(&self.base, text_of(&self.ours.value), text_of(&self.theirs.value))
    }
}

fn text_of(value: &Value) -> &str {
    if let Value::Text(text) = value { text } else { "" }
}

impl Store {
    /// The revisions of a narrative in conflict; `None` if the field is no narrative, or other than two revisions wait.
    pub fn revisions(&self, conflict: &Conflict) -> Result<Option<Revisions>> {
        let Conflict { record, kind, field, heads } = conflict;
        let is_narrative = kind.definition().field(*field).is_some_and(|field| field.ty == FieldType::Narrative);
        let [ours, theirs] = heads.as_slice() else { return Ok(None) };
        if !is_narrative || *field == reserved::STATUS {
            return Ok(None);
        }
        let mut log = LogReader::default();
        let mut ancestry = |from: OpId| self.ancestry(&mut log, *record, *field, from);
        let (our_line, their_line) = (ancestry(ours.operation)?, ancestry(theirs.operation)?);
        let known: HashSet<OpId> = our_line.iter().map(|(id, _)| *id).collect();
        let base = their_line.into_iter().find(|(id, _)| known.contains(id)).map(|(_, text)| text).unwrap_or_default();
        Ok(Some(Revisions { base, ours: ours.clone(), theirs: theirs.clone() }))
    }

    /// The revisions a revision was written on, the nearest first.
    fn ancestry(
        &self,
        log: &mut LogReader,
        record: RecordId,
        field: FieldNo,
        from: OpId,
    ) -> Result<Vec<(OpId, String)>> {
        let mut line = Vec::new();
        let mut at = from;
        while line.len() < MOST_REVISIONS {
            let Some(lane) = lane::find(&self.connection, at.lane)? else { break };
            let Some(logged) = log.find(&self.connection, lane.rid, at.seq)? else { break };
            let (text, before) = match logged.save.ops.get(usize::from(at.index)) {
                Some(Operation::Revise { record: of, field: written, base, text, preds })
                    if (*of, *written) == (record, field) =>
                {
                    (text.clone(), base.or_else(|| preds.first().copied()))
                }
                Some(Operation::Set { record: of, field: written, value, preds })
                | Some(Operation::Resolve { record: of, field: written, choice: value, note: _, preds })
                    if (*of, *written) == (record, field) =>
                {
                    (text_of(value).to_owned(), preds.first().copied())
                }
                _ => break,
            };
            line.push((at, text));
            match before {
                Some(before) => at = before,
                None => break,
            }
        }
        Ok(line)
    }
}
