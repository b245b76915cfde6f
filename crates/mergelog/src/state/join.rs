//! Two partial states of one record become one: what a snapshot knows and what the tail after it does.

use super::{RecordState, insert_by};

impl RecordState {
    /// Takes in what another state of the same record knows.
    ///
    /// The result is the state of both sets of operations together, whatever they share. So it does not matter which
    /// of the two is joined into the other, in what order several are, or how often.
    pub fn join(&mut self, other: &RecordState) {
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
        } = other;
        created.iter().for_each(|creation| self.create(creation.clone()));
        self.latest = self.latest.max(*latest);

        let known = self.superseded.len();
        unite(&mut self.superseded, superseded, |item| *item, |_, _| ());
        unite(
            &mut self.heads,
            heads,
            |(field, head)| (*field, head.id),
            |(_, ours), (_, theirs)| {
                ours.stamp.join(&theirs.stamp);
            },
        );
        // Neither side holds a head that it knows to be superseded, so only what both know together can take one out.
        if known > 0 || !superseded.is_empty() {
            let gone = &self.superseded;
            self.heads.retain(|(field, head)| gone.binary_search(&(*field, head.id)).is_err());
        }

        unite(&mut self.steps, steps, |step| step.id, |ours, theirs| ours.stamp.join(&theirs.stamp));
        unite(&mut self.additions, additions, |(list, id, _)| (*list, *id), |_, _| ());
        unite(&mut self.removed, removed, |item| *item, |_, _| ());
        unite(&mut self.restored, restored, |id| *id, |_, _| ());
        unite(&mut self.deletions, deletions, |gone| gone.id, |ours, theirs| ours.stamp.join(&theirs.stamp));
        let restored = &self.restored;
        self.deletions.retain(|gone| restored.binary_search(&gone.id).is_err());
        unite(&mut self.moves, moves, |step| step.id, |ours, theirs| ours.stamp.join(&theirs.stamp));
        unite(&mut self.attachments, attachments, |(id, _)| *id, |_, _| ());
        unite(&mut self.unknown, unknown, |later| *later, |_, _| ());
    }
}

/// Puts the items of one ascending vector into another; for those in both, `join` decides.
fn unite<T: Clone, K: Ord>(ours: &mut Vec<T>, theirs: &[T], key: impl Fn(&T) -> K, mut join: impl FnMut(&mut T, &T)) {
    let Some(first) = theirs.first() else { return };
    if ours.last().is_none_or(|last| key(last) < key(first)) {
        ours.extend_from_slice(theirs);
        return;
    }
    for item in theirs {
        insert_by(ours, item.clone(), &key, |known, again| join(known, &again));
    }
}
