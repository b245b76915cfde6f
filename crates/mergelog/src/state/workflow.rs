//! Where a record stands: transitions, which of them hold, and what counts while they disagree.

use crate::operation::OpId;
use crate::state::Stamp;

/// A transition nobody has superseded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusHead<'a> {
    /// The operation that made it.
    pub id: OpId,
    /// The status it left; `None` if it settled a conflict.
    pub from: Option<&'a str>,
    /// The status it set.
    pub to: &'a str,
    /// Why.
    pub reason: &'a str,
    /// When and by whom.
    pub stamp: Stamp,
}

/// Where a record stands in its workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status<'a> {
    /// What counts meanwhile; `None` while no transition was made.
    pub effective: Option<&'a str>,
    /// The standing transitions, the latest by clock first.
    pub heads: Vec<StatusHead<'a>>,
    /// Whether they disagree ("perlu keputusan").
    pub needs_decision: bool,
    /// Whether what counts is legally final and the province has not received it yet: until then it is a request.
    pub requested: bool,
    /// Transitions that do not hold: their author had not seen the status they leave, or it has not arrived.
    pub unheld: Vec<StatusHead<'a>>,
}

/// The status of a record no transition was made of.
pub const INITIAL_STATUS: &str = "draft";

/// What counts while transitions disagree: the first of these that is among them.
///
/// A return comes before everything, because overlooking one loses the reviewer's objection; acceptance comes
/// last, because nothing may count as accepted that somebody disputes. A status of a later version only counts
/// when all of them are such.
const CONSERVATIVE: [&str; 4] = ["returned", INITIAL_STATUS, "submitted", "accepted"];

/// The statuses that have consequences in law. Each counts from the moment the province received the step.
const FINAL: [&str; 1] = ["accepted"];

/// Whether a status has consequences in law.
pub fn is_final(status: &str) -> bool {
    FINAL.contains(&status)
}

/// The statuses that a reviewer sets.
const DECISIONS: [&str; 2] = ["returned", "accepted"];

/// Whether a status is a reviewer's to set.
pub fn is_decision(status: &str) -> bool {
    DECISIONS.contains(&status)
}

/// A transition, kept even when superseded: whether a later one holds depends on what it set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub id: OpId,
    pub stamp: Stamp,
    pub from: Option<String>,
    pub to: String,
    pub reason: String,
    pub preds: Vec<OpId>,
}

impl Step {
    pub fn new(id: OpId, stamp: Stamp, from: Option<&str>, to: &str, reason: &str, preds: &[OpId]) -> Self {
        let mut preds: Vec<OpId> = preds.iter().copied().filter(|pred| *pred != id).collect();
        preds.sort_unstable();
        preds.dedup();
        Step { id, stamp, from: from.map(str::to_owned), to: to.to_owned(), reason: reason.to_owned(), preds }
    }

    fn head(&self) -> StatusHead<'_> {
        StatusHead { id: self.id, from: self.from.as_deref(), to: &self.to, reason: &self.reason, stamp: self.stamp }
    }
}

/// Judges all transitions of a record, in ascending order of id.
pub(super) fn status(steps: &[Step]) -> Status<'_> {
    if steps.is_empty() {
        return Status::default();
    }
    let holds = holding(steps);
    let held = || steps.iter().zip(&holds).filter(|(_, holds)| **holds).map(|(step, _)| step);
    let mut superseded: Vec<OpId> = held().flat_map(|step| &step.preds).copied().collect();
    superseded.sort_unstable();
    let standing = held().filter(|step| superseded.binary_search(&step.id).is_err());
    let mut heads: Vec<StatusHead<'_>> = standing.map(Step::head).collect();
    heads.sort_by_key(|head| std::cmp::Reverse((head.stamp.order(), head.id)));
    let unheld = steps.iter().zip(&holds).filter(|(_, holds)| !**holds).map(|(step, _)| step.head()).collect();
    let needs_decision = heads.windows(2).any(|pair| pair[0].to != pair[1].to);
    let effective = effective(&heads);
    let received = |to: &str| heads.iter().any(|head| head.to == to && head.stamp.received_ms.is_some());
    let requested = effective.is_some_and(|to| is_final(to) && !received(to));
    Status { effective, heads, needs_decision, requested, unheld }
}

/// A transition holds if it leaves the initial status of a record its author saw untouched, or the status that
/// a holding transition its author saw has set. A decision on a conflict holds as it is.
fn holding(steps: &[Step]) -> Vec<bool> {
    let place = |id: &OpId| steps.binary_search_by_key(id, |step| step.id).ok();
    // Predecessors may stand anywhere in the order of ids, so it goes from those that hold to those that build on them.
    let mut builds_on: Vec<(usize, usize)> = Vec::new();
    let mut to_settle: Vec<usize> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match &step.from {
            Some(from) if step.preds.is_empty() && (from == INITIAL_STATUS || from.is_empty()) => to_settle.push(at),
            Some(_) => builds_on.extend(step.preds.iter().filter_map(place).map(|seen| (seen, at))),
            None => to_settle.push(at),
        }
    }
    builds_on.sort_unstable();
    let mut holds = vec![false; steps.len()];
    while let Some(seen) = to_settle.pop() {
        if std::mem::replace(&mut holds[seen], true) {
            continue;
        }
        let from = builds_on.partition_point(|(other, _)| *other < seen);
        let next = builds_on[from..].iter().take_while(|(other, _)| *other == seen).map(|(_, at)| *at);
        to_settle.extend(next.filter(|at| steps[*at].from.as_ref() == Some(&steps[seen].to)));
    }
    holds
}

fn effective<'a>(heads: &[StatusHead<'a>]) -> Option<&'a str> {
    let known = CONSERVATIVE.iter().find_map(|status| heads.iter().map(|head| head.to).find(|to| to == status));
    known.or_else(|| heads.iter().map(|head| head.to).min())
}
