//! Review: workflow steps, comments, conflicts and their decision.

use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{
    Choice, Document, FieldShape, FieldType, Narrative, RecordId, RecordKind, Value, reserved,
};
use arumbae_domain::{Comment, RecordStatus, Scope};
use arumbae_protocol::registry::Action;
use arumbae_store::{RecordView, Store};
use serde::Deserialize;
use ts_rs::TS;

use crate::App;
use crate::command::Nothing;
use crate::error::{AppError, ErrorCode, Result};
use crate::messages::{Catalogue, Language};
use crate::moving::move_record;
use crate::record::{
    ConflictEntry, RecordMeta, change_in, comparison, conflict_entry, count_errors, existing, from_json, new_record_id,
    record_meta, standing, status_of,
};

/// Moves a record in its workflow.
#[derive(Debug, Deserialize, TS)]
pub struct TransitionRecord {
    /// The record.
    pub id: RecordId,
    /// Code of the status it shall have.
    pub to: String,
    /// Why; needed to return a record.
    pub reason: String,
}

/// Adds a comment.
#[derive(Debug, Deserialize, TS)]
pub struct AddComment {
    /// The record.
    pub id: RecordId,
    /// The text.
    pub text: String,
    /// The field it is about, empty if the whole record.
    pub about: String,
}

/// Decides a conflict.
#[derive(Debug, Deserialize, TS)]
pub struct ResolveConflict {
    /// The record or part that has the field.
    pub record: RecordId,
    /// The field's name.
    pub field: String,
    /// The value that shall hold, as JSON in the shape the record has it.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// Why.
    pub note: String,
}

/// The steps of the workflow and who takes them.
///
/// The officer's side moves a record to review, the reviewer's side sends it back or accepts it. A supervisor of the
/// regency or the province reviews; before enrolment everyone is an officer.
static STEPS: [(RecordStatus, RecordStatus, Side); 5] = [
    (RecordStatus::Draft, RecordStatus::Submitted, Side::Officer),
    (RecordStatus::Returned, RecordStatus::Submitted, Side::Officer),
    (RecordStatus::Submitted, RecordStatus::Returned, Side::Reviewer),
    (RecordStatus::Submitted, RecordStatus::Accepted, Side::Reviewer),
    (RecordStatus::Accepted, RecordStatus::Returned, Side::Reviewer),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Officer,
    Reviewer,
}

/// Reviewers do not submit what lies in their territory, they judge it; what they wrote for their own office they
/// submit like anyone.
fn side(store: &Store, scope: &Scope) -> Side {
    let profile = store.profile();
    let reviews = store.registry().may(profile.person_id, Action::Review, scope);
    if reviews && *scope.region() != profile.district { Side::Reviewer } else { Side::Officer }
}

/// The statuses a record can be moved to by the person at this laptop.
pub(crate) fn next_statuses(store: &Store, view: &RecordView) -> Vec<RecordStatus> {
    if view.deleted || view.document.kind == RecordKind::IssuedDocument || !store.may_write(&view.scope) {
        return Vec::new();
    }
    let (status, side) = (status_of(view.status.as_deref()), side(store, &view.scope));
    let steps = STEPS.iter().filter(|(from, _, who)| *from == status && *who == side);
    steps.map(|(_, to, _)| to.clone()).collect()
}

pub(crate) async fn record_transition(app: &App, args: TransitionRecord) -> Result<RecordMeta> {
    let (now_ms, today) = (app.now_ms(), app.today());
    app.with_store(move |store| {
        let held = standing(store, args.id)?;
        let to = RecordStatus::from_code(&args.to);
        if !next_statuses(store, &held).contains(&to) {
            return Err(AppError::new(ErrorCode::TransitionRefused));
        }
        if to == RecordStatus::Returned && args.reason.trim().is_empty() {
            return Err(AppError::new(ErrorCode::ReasonMissing));
        }
        if to == RecordStatus::Submitted {
            let errors = count_errors(&held.document, today);
            if errors > 0 {
                return Err(AppError::new(ErrorCode::RecordInvalid).with("count", errors));
            }
        }
        let context = change_in(store, held.scope, None, now_ms)?;
        store.transition(args.id, to.code(), args.reason.trim(), &context)?;
        record_meta(store, existing(store, args.id)?)
    })
    .await
}

pub(crate) async fn comment_add(app: &App, args: AddComment) -> Result<RecordMeta> {
    let (now, now_ms) = (app.now(), app.now_ms());
    app.with_store(move |store| {
        let held = standing(store, args.id)?;
        let comment = Comment {
            id: new_record_id(now_ms),
            author: store.profile().name.clone(),
            text: Narrative(args.text),
            about: args.about,
            written_at: Some(now),
        };
        let base = Document::new(held.document.kind, args.id);
        let mut commented = base.clone();
        vec![comment].write(reserved::COMMENTS, &mut commented);
        let context = change_in(store, held.scope, None, now_ms)?;
        store.save(&changes_between(Some(&base), &commented), &context)?;
        record_meta(store, existing(store, args.id)?)
    })
    .await
}

pub(crate) async fn conflict_list(app: &App, _: Nothing) -> Result<Vec<ConflictEntry>> {
    app.with_store(|store| {
        let mut entries = Vec::new();
        for conflict in store.conflicts()? {
            let root = existing(store, store.root_of(conflict.record)?)?;
            entries.push(conflict_entry(store, &root, &conflict)?);
        }
        Ok(entries)
    })
    .await
}

/// Whether the person at this laptop may settle steps that disagree with this one. A reviewer's step stays a reviewer's:
/// from anybody else no other laptop would take it in.
fn may_settle(store: &Store, scope: &Scope, choice: &Value) -> bool {
    let reviewers = |to: &RecordStatus| STEPS.iter().any(|(_, known, who)| known == to && *who == Side::Reviewer);
    let decides = matches!(choice, Value::Text(to) if reviewers(&RecordStatus::from_code(to)));
    let registry = store.registry();
    !decides || registry.seq() == 0 || registry.may(store.profile().person_id, Action::Review, scope)
}

/// The reason of a decision for a text that the program put together, which everybody who reads the history is told. In
/// Indonesian wherever it is written, as all that offices write is.
fn marked_as_put_together(note: &str) -> String {
    let mark = Catalogue::new(Language::Indonesian).text("decision-put-together", &[]);
    if note.is_empty() { mark } else { format!("{mark}\n{note}") }
}

pub(crate) async fn conflict_resolve(app: &App, args: ResolveConflict) -> Result<RecordMeta> {
    let now_ms = app.now_ms();
    app.with_store(move |store| {
        let root = store.root_of(args.record)?;
        let held = standing(store, root)?;
        let standing = held.conflicts.iter().find(|conflict| {
            conflict.record == args.record && conflict.kind.definition().name_of(conflict.field) == Some(&args.field)
        });
        let standing = standing.ok_or_else(|| AppError::new(ErrorCode::ConflictGone))?;
        let ty = standing.kind.definition().field(standing.field).map_or(FieldType::Text, |field| field.ty);
        let choice = from_json(ty, &args.value).ok_or_else(|| AppError::new(ErrorCode::BadArguments))?;
        if standing.field == reserved::STATUS && !may_settle(store, &held.scope, &choice) {
            return Err(AppError::new(ErrorCode::TransitionRefused));
        }
        if let (reserved::SCOPE, Value::Text(to)) = (standing.field, &choice) {
            let to: Scope = to.parse().map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
            move_record(store, &held, &to, &args.note, now_ms)?;
            return record_meta(store, existing(store, root)?);
        }
        let note = match comparison(store, standing)?.and_then(|comparison| comparison.proposal) {
            Some(proposal) if matches!(&choice, Value::Text(chosen) if *chosen == proposal) => {
                marked_as_put_together(args.note.trim())
            }
            _ => args.note.trim().to_owned(),
        };
        let context = change_in(store, held.scope.clone(), None, now_ms)?;
        store.resolve(args.record, standing.field, choice, &note, &context)?;
        record_meta(store, existing(store, root)?)
    })
    .await
}
