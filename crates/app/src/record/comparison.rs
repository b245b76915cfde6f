//! Two revisions of a narrative as they are decided on: sentence by sentence beside the text both began with.

use arumbae_domain::narrative::{Comparison, HunkKind};
use arumbae_store::{Conflict, Store};
use serde::Serialize;
use ts_rs::TS;

use crate::error::Result;

/// Two revisions of a narrative, compared with the text both began with.
#[derive(Debug, Serialize, TS)]
pub struct NarrativeComparison {
    /// From the first sentence to the last.
    pub hunks: Vec<NarrativeHunk>,
    /// What both wrote, put together by the program, if they changed different sentences; `null` if a person has to
    /// choose. It is nobody's text until somebody has decided for it.
    pub proposal: Option<String>,
}

/// Whole sentences as they stand in each text; empty where it has none there.
#[derive(Debug, Serialize, TS)]
pub struct NarrativeHunk {
    /// Who changed it.
    pub changed_by: ChangedBy,
    /// In the text both began with.
    pub before: String,
    /// In the revision that is shown.
    pub shown: String,
    /// In the other one.
    pub other: String,
}

/// Which of two revisions changed a piece of a narrative.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// Neither.
    Nobody,
    /// The one that is shown.
    Shown,
    /// The other one.
    Other,
    /// Both, to the same.
    BothAlike,
    /// Both, to different things.
    Both,
}

/// The comparison of a conflict; `None` unless it is about two revisions of a narrative.
pub(crate) fn comparison(store: &Store, conflict: &Conflict) -> Result<Option<NarrativeComparison>> {
    let revisions = store.revisions(conflict)?;
    Ok(revisions.map(|revisions| {
        let comparison: Comparison<'_> = revisions.comparison();
        let hunks = comparison.hunks.iter().map(|hunk| NarrativeHunk {
            changed_by: match hunk.kind {
                HunkKind::Unchanged => ChangedBy::Nobody,
                HunkKind::Ours => ChangedBy::Shown,
                HunkKind::Theirs => ChangedBy::Other,
                HunkKind::Alike => ChangedBy::BothAlike,
                HunkKind::Overlapping => ChangedBy::Both,
            },
            before: hunk.base.to_owned(),
            shown: hunk.ours.to_owned(),
            other: hunk.theirs.to_owned(),
        });
        NarrativeComparison { hunks: hunks.collect(), proposal: comparison.proposal() }
    }))
}
