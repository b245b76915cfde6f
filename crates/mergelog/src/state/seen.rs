//! A record as it stands before somebody who has not seen all that is known of it.

use super::RecordState;
use crate::operation::OpId;

impl RecordState {
    /// The state without what unseen operations wrote.
    ///
    /// What they superseded stays superseded: a write made on the rest need not name it once more.
    pub fn as_seen(mut self, has_seen: impl Fn(&OpId) -> bool) -> Self {
        self.created = self.created.filter(|creation| has_seen(&creation.id));
        self.heads.retain(|(_, head)| has_seen(&head.id));
        self.steps.retain(|step| has_seen(&step.id));
        self.additions.retain(|(_, id, _)| has_seen(id));
        self.deletions.retain(|gone| has_seen(&gone.id));
        self.moves.retain(|step| has_seen(&step.id));
        self.attachments.retain(|(id, _)| has_seen(id));
        self.unknown.retain(|later| has_seen(&later.id));
        self
    }
}
