//! Drafts: what is being typed, kept in the encrypted store until it is saved or thrown away.

use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_store::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::command::{Done, Nothing};
use crate::error::{AppError, ErrorCode, Result};
use crate::record::moment;

/// What a draft is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftSubject {
    /// A record's form.
    Record,
    /// The attendance list of an event.
    Attendance,
}

/// Names a draft.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct DraftKey {
    /// What it is of.
    pub subject: DraftSubject,
    /// The record.
    pub id: RecordId,
}

/// Keeps a draft.
#[derive(Debug, Deserialize, TS)]
pub struct PutDraft {
    /// What it is of.
    pub subject: DraftSubject,
    /// The record.
    pub id: RecordId,
    /// The record's kind.
    pub kind: RecordKind,
    /// What it is called in the list of drafts.
    pub title: String,
    /// The form's content: what the save command takes.
    #[ts(type = "unknown")]
    pub content: serde_json::Value,
}

/// When a draft became durable.
#[derive(Debug, Serialize, TS)]
pub struct DraftSaved {
    /// The moment, UTC.
    pub saved_at: Timestamp,
}

/// A kept draft.
#[derive(Debug, Serialize, TS)]
pub struct Draft {
    /// The record's kind.
    pub kind: RecordKind,
    /// The form's content: what the save command takes.
    #[ts(type = "unknown")]
    pub content: serde_json::Value,
    /// When it was kept.
    pub saved_at: Timestamp,
}

/// A draft in a list.
#[derive(Debug, Serialize, TS)]
pub struct DraftRow {
    /// What it is of.
    pub subject: DraftSubject,
    /// The record.
    pub id: RecordId,
    /// The record's kind.
    pub kind: RecordKind,
    /// What it is called.
    pub title: String,
    /// When it was kept.
    pub saved_at: Timestamp,
}

/// What the store keeps of a draft besides its key.
#[derive(Serialize, Deserialize)]
struct Kept {
    kind: RecordKind,
    title: String,
    content: serde_json::Value,
}

/// The key a draft is kept under.
pub(crate) fn key(subject: DraftSubject, id: RecordId) -> String {
    let subject = match subject {
        DraftSubject::Record => "record",
        DraftSubject::Attendance => "attendance",
    };
    format!("{subject}:{id}")
}

fn parse_key(key: &str) -> Option<(DraftSubject, RecordId)> {
    let (subject, id) = key.split_once(':')?;
    let subject = match subject {
        "record" => DraftSubject::Record,
        "attendance" => DraftSubject::Attendance,
        _ => return None,
    };
    Some((subject, RecordId(id.parse().ok()?)))
}

pub(crate) async fn draft_put(app: &App, args: PutDraft) -> Result<DraftSaved> {
    let (now, now_ms) = (app.now(), app.now_ms());
    let PutDraft { subject, id, kind, title, content } = args;
    app.with_store(move |store| {
        let kept = serde_json::to_string(&Kept { kind, title, content })
            .map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?;
        store.put_draft(&key(subject, id), &kept, now_ms)?;
        Ok(DraftSaved { saved_at: now })
    })
    .await
}

fn kept(draft: &arumbae_store::Draft) -> Result<Kept> {
    serde_json::from_str(&draft.content).map_err(|why| AppError::caused(ErrorCode::StoreDamaged, why))
}

pub(crate) async fn draft_read(app: &App, args: DraftKey) -> Result<Option<Draft>> {
    app.with_store(move |store| {
        let Some(draft) = store.draft(&key(args.subject, args.id))? else { return Ok(None) };
        let Kept { kind, title: _, content } = kept(&draft)?;
        Ok(Some(Draft { kind, content, saved_at: moment(draft.updated_ms) }))
    })
    .await
}

pub(crate) async fn draft_list(app: &App, _: Nothing) -> Result<Vec<DraftRow>> {
    app.with_store(|store| rows(store)).await
}

/// All drafts, newest first.
pub(crate) fn rows(store: &Store) -> Result<Vec<DraftRow>> {
    let mut rows = Vec::new();
    for draft in store.drafts()? {
        let Some((subject, id)) = parse_key(&draft.key) else { continue };
        let Kept { kind, title, content: _ } = kept(&draft)?;
        rows.push(DraftRow { subject, id, kind, title, saved_at: moment(draft.updated_ms) });
    }
    Ok(rows)
}

pub(crate) async fn draft_discard(app: &App, args: DraftKey) -> Result<Done> {
    app.with_store(move |store| Ok(store.remove_draft(&key(args.subject, args.id))?)).await?;
    Ok(Done {})
}
