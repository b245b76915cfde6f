//! Reading, checking and storing records.

mod comparison;
mod identity;
mod json;
mod office_record;
mod views;
mod writing;

use std::collections::BTreeMap;

use arumbae_domain::change::changes_between;
use arumbae_domain::deadline::{Deadline, Urgency};
use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_domain::validation::Problem;
use arumbae_domain::{
    Attachment, EvidenceItem, Finding, OutreachEvent, ReportedPerson, Scope, SupervisionReport, Witness,
};
use arumbae_store::{ListQuery, Store};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::command::Nothing;
use crate::deleting::{Deletion, Undeletable};
use crate::draft::{self, DraftSubject};
use crate::error::{AppError, ErrorCode, Result};
use crate::region;

pub(crate) use comparison::comparison;
pub use comparison::{ChangedBy, NarrativeComparison, NarrativeHunk};
pub(crate) use identity::new_record_id;
pub(crate) use json::{from_json, to_json};
pub(crate) use office_record::{OfficeRecord, count_errors};
pub(crate) use views::{conflict_entry, existing, moment, record_meta, record_row, standing, status_of};
pub(crate) use writing::{access, change_in, change_of};

/// Names a stored record.
#[derive(Debug, Deserialize, TS)]
pub struct ReadRecord {
    /// The record.
    pub id: RecordId,
}

/// A record as it stands on the screen.
#[derive(Debug, Deserialize, TS)]
pub struct CheckRecord<R> {
    /// The record.
    pub record: R,
}

/// A record to store.
#[derive(Debug, Deserialize, TS)]
pub struct SaveRecord<R> {
    /// The record as edited.
    pub record: R,
    /// What the officer had before them when they began, `null` for a new record. Only what they changed is
    /// written, and what came in since then stays a concurrent value instead of being overwritten.
    pub seen: Option<Seen<R>>,
}

/// A record as an officer saw it.
#[derive(Debug, Deserialize, TS)]
pub struct Seen<R> {
    /// The record as it was read.
    pub record: R,
    /// The version that came with it.
    pub version: String,
}

/// A stored record with what surrounds it.
#[derive(Debug, Serialize, TS)]
pub struct RecordDetail<R> {
    /// The record.
    pub record: R,
    /// What is known about it.
    pub meta: RecordMeta,
    /// Deadline of a finding, with the rule that gives it.
    pub deadline: Option<DeadlineNotice>,
    /// Records made from this one.
    pub derived: Vec<RecordRow>,
    /// Documents issued from it.
    pub documents: Vec<RecordRow>,
}

/// Whether a record's changes have reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Some of its saves have no receipt yet.
    Waiting,
    /// Every save has a server-signed receipt.
    Sent,
}

/// What somebody may do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordAccess {
    /// Read and change it.
    Write,
    /// Read it.
    Read,
    /// Read it and take its deletion back.
    Deleted,
    /// Read it as it was when it moved to an office whose records do not come here.
    Left,
}

/// What is known about a record besides its fields.
#[derive(Debug, Serialize, TS)]
pub struct RecordMeta {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// Where it belongs.
    pub scope: Scope,
    /// The name of that region, as the tables have it.
    pub scope_name: String,
    /// Code of the status that holds.
    pub status: String,
    /// The step that led there, `null` while none was taken.
    pub last_step: Option<StepTaken>,
    /// Two concurrent steps wait for a person's decision.
    pub needs_decision: bool,
    /// The status has consequences in law and the province has not received the step: until then it is a request.
    pub requested: bool,
    /// It was deleted, and is back because somebody who did not know edited it.
    pub revived: bool,
    /// How many parts were taken out and are back because somebody who did not know edited them.
    pub returned_parts: usize,
    /// It holds changes that only a later version of the program can show.
    pub holds_later: bool,
    /// What the person at this laptop may do with it.
    pub access: RecordAccess,
    /// Whether the person at this laptop may move it to another office.
    pub may_move: bool,
    /// What keeps it from being deleted; `null` if nothing does.
    pub undeletable: Option<Undeletable>,
    /// It was deleted.
    pub deleted: bool,
    /// Why, when and by whom it was deleted, also where it is back.
    pub deletion: Option<Deletion>,
    /// Steps open to the person at this laptop, by code of the status they lead to.
    pub next_statuses: Vec<String>,
    /// Whether it has reached the server.
    pub delivery: Delivery,
    /// Who made it.
    pub author: String,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The version to send back when storing it.
    pub version: String,
    /// Fields with more than one value.
    pub conflicts: Vec<ConflictEntry>,
}

/// A step of the workflow, as its author took it.
#[derive(Debug, Serialize, TS)]
pub struct StepTaken {
    /// Code of the status it led to.
    pub to: String,
    /// Why, empty if nobody said.
    pub reason: String,
    /// Who took it, empty if their name is not known here.
    pub author: String,
    /// When, by the author's clock.
    pub taken_at: Timestamp,
}

/// A field with more than one concurrent value.
#[derive(Debug, Serialize, TS)]
pub struct ConflictEntry {
    /// The record or part that has the field.
    pub record: RecordId,
    /// The kind of that record or part.
    pub record_kind: RecordKind,
    /// The record it is part of; itself if it stands alone.
    pub root: RecordId,
    /// The kind of the root.
    pub root_kind: RecordKind,
    /// The title of the root.
    pub root_title: String,
    /// The field's name, as in the message catalogue.
    pub field: String,
    /// The values, the one shown first.
    pub values: Vec<ConflictValue>,
    /// Two revisions of a narrative sentence by sentence; `null` for anything else.
    pub comparison: Option<NarrativeComparison>,
}

/// One of the values of a conflict.
#[derive(Debug, Serialize, TS)]
pub struct ConflictValue {
    /// The value as JSON, in the shape the record has it.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// Who wrote it.
    pub author: String,
    /// When, by the author's clock.
    pub written_at: Timestamp,
    /// Whether it was written on this laptop.
    pub own: bool,
}

/// A record in a list.
#[derive(Debug, Serialize, TS)]
pub struct RecordRow {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: RecordKind,
    /// What it is called in lists.
    pub title: String,
    /// A second line.
    pub subtitle: String,
    /// Code of its status.
    pub status: String,
    /// Two concurrent steps wait for a person's decision.
    pub needs_decision: bool,
    /// The day it is about.
    pub date: Option<Date>,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Whether it has reached the server.
    pub delivery: Delivery,
    /// How many of its fields have more than one value.
    pub conflicts: u32,
    /// The name of the region it belongs to.
    pub scope_name: String,
}

/// Asks for a page of records.
#[derive(Debug, Deserialize, TS)]
pub struct RecordList {
    /// Which kind.
    pub kind: RecordKind,
    /// Only those that hold this text; empty for all.
    #[serde(default)]
    pub text: String,
    /// Only those with this status; empty for all.
    #[serde(default)]
    pub status: String,
    /// Those that were deleted, instead of those that stand.
    #[serde(default)]
    pub deleted: bool,
    /// The `next` of the page before, `null` for the first.
    pub after: Option<String>,
}

/// A page of records.
#[derive(Debug, Serialize, TS)]
pub struct RecordPage {
    /// The records, newest first.
    pub rows: Vec<RecordRow>,
    /// What to ask the next page with, `null` after the last.
    pub next: Option<String>,
    /// How many match in all.
    pub total: u64,
}

/// Asks for records of any kind.
#[derive(Debug, Deserialize, TS)]
pub struct RecordSearch {
    /// Words they hold.
    pub text: String,
}

/// A deadline with the rule that gives it.
#[derive(Debug, Serialize, TS)]
pub struct DeadlineNotice {
    /// The last day and the rule applied.
    pub deadline: Deadline,
    /// How near it is today.
    pub urgency: Urgency,
}

/// How many records a page has.
const PAGE: usize = 50;

/// How many matches a search shows.
const MOST_MATCHES: usize = 20;

pub(crate) async fn record_list(app: &App, args: RecordList) -> Result<RecordPage> {
    app.with_store(move |store| {
        let filled = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let RecordList { kind, text, status, deleted, after } = args;
        let query = ListQuery { text: filled(text), status: filled(status), deleted, after_key: after, limit: PAGE };
        let page = store.list(kind, &query)?;
        Ok(RecordPage { rows: page.rows.into_iter().map(record_row).collect(), next: page.next, total: page.total })
    })
    .await
}

pub(crate) async fn record_search(app: &App, args: RecordSearch) -> Result<Vec<RecordRow>> {
    app.with_store(move |store| Ok(store.search(&args.text, MOST_MATCHES)?.into_iter().map(record_row).collect())).await
}

/// Reads a record with everything around it.
fn read<R: OfficeRecord>(store: &Store, id: RecordId, today: Date) -> Result<RecordDetail<R>> {
    let view = existing(store, id)?;
    if view.document.kind != R::DEFINITION.kind {
        return Err(AppError::new(ErrorCode::RecordMissing));
    }
    let record = R::from_document(&view.document).without_separate_parts();
    let (documents, derived) = store
        .referring_to(id)?
        .into_iter()
        .map(record_row)
        .partition(|row: &RecordRow| row.kind == RecordKind::IssuedDocument);
    let deadline = record.deadline(today).filter(|_| !view.deleted);
    Ok(RecordDetail { deadline, meta: record_meta(store, view)?, record, derived, documents })
}

async fn read_record<R: OfficeRecord>(app: &App, args: ReadRecord) -> Result<RecordDetail<R>> {
    let today = app.today();
    app.with_store(move |store| read(store, args.id, today)).await
}

/// Stores what the officer changed and removes the draft, in that order: a crash in between leaves both.
async fn save_record<R: OfficeRecord>(app: &App, args: SaveRecord<R>) -> Result<RecordDetail<R>> {
    let (now_ms, today) = (app.now_ms(), app.today());
    app.with_store(move |store| {
        let id = args.record.id();
        let edited = args.record.without_separate_parts().to_document();
        let base = args.seen.as_ref().map(|seen| seen.record.clone().without_separate_parts().to_document());
        let changes = changes_between(base.as_ref(), &edited);
        let seen = args.seen.map(|seen| seen.version.parse()).transpose()?;
        let context = change_of(store, id, seen, now_ms)?;
        store.save(&changes, &context)?;
        store.remove_draft(&draft::key(DraftSubject::Record, id))?;
        read(store, id, today)
    })
    .await
}

async fn check_record<R: OfficeRecord>(app: &App, args: CheckRecord<R>) -> Result<Vec<Problem>> {
    Ok(args.record.problems(app.today()))
}

pub(crate) async fn supervision_report_new(app: &App, _: Nothing) -> Result<SupervisionReport> {
    let (id, today) = (new_record_id(app.now_ms()), app.today());
    app.with_store(move |store| {
        let profile = store.profile().clone();
        Ok(SupervisionReport {
            officer_name: profile.name,
            officer_position: profile.position,
            officer_address: profile.address,
            signed_place: region::place_of(&profile.district),
            signed_date: Some(today),
            region: Some(profile.district),
            has_alleged_violation: Some(false),
            has_potential_dispute: Some(false),
            ..office_record::with_id(id)
        })
    })
    .await
}

pub(crate) async fn supervision_report_read(app: &App, args: ReadRecord) -> Result<RecordDetail<SupervisionReport>> {
    read_record(app, args).await
}

pub(crate) async fn supervision_report_check(app: &App, args: CheckRecord<SupervisionReport>) -> Result<Vec<Problem>> {
    check_record(app, args).await
}

pub(crate) async fn supervision_report_save(
    app: &App,
    args: SaveRecord<SupervisionReport>,
) -> Result<RecordDetail<SupervisionReport>> {
    save_record(app, args).await
}

pub(crate) async fn finding_new(app: &App, _: Nothing) -> Result<Finding> {
    let (id, today) = (new_record_id(app.now_ms()), app.today());
    app.with_store(move |store| {
        let profile = store.profile().clone();
        Ok(Finding {
            finder_name: profile.name,
            finder_position: profile.position,
            finder_address: profile.address,
            signed_place: region::place_of(&profile.district),
            signed_date: Some(today),
            region: Some(profile.district),
            ..office_record::with_id(id)
        })
    })
    .await
}

/// Witnesses, evidence and photos become the finding's own: the report stays as it was signed, whatever the handling
/// of the finding adds to them later.
pub(crate) async fn finding_from_report(app: &App, args: ReadRecord) -> Result<Finding> {
    let now_ms = app.now_ms();
    let fresh = finding_new(app, Nothing {}).await?;
    app.with_store(move |store| {
        standing(store, args.id)?;
        let report: SupervisionReport = read(store, args.id, Date::ZERO)?.record;
        let mut copies = BTreeMap::new();
        let mut copy = |id: RecordId| *copies.entry(id).or_insert_with(|| new_record_id(now_ms));
        let attachments = report.attachments.into_iter().map(|file| Attachment { id: copy(file.id), ..file }).collect();
        let evidence = report.evidence.into_iter().map(|item| EvidenceItem {
            id: copy(item.id),
            attachment: item.attachment.map(&mut copy),
            ..item
        });
        let evidence = evidence.collect();
        let witnesses = report.witnesses.into_iter().map(|witness| Witness { id: copy(witness.id), ..witness });
        let witnesses = witnesses.collect();
        let perpetrator = Some(ReportedPerson {
            name: report.perpetrator_name,
            address: report.perpetrator_address,
            ..office_record::with_id(new_record_id(now_ms))
        });
        Ok(Finding {
            regime: report.regime,
            source_report: Some(report.id),
            finder_name: report.officer_name,
            finder_position: report.officer_position,
            finder_address: report.officer_address,
            reported_persons: perpetrator.into_iter().filter(|person| !person.name.is_empty()).collect(),
            event: report.event,
            event_place: report.event_place,
            event_date: report.event_date,
            event_time: report.event_time,
            known_date: report.activities.first().and_then(|activity| activity.date),
            witnesses,
            evidence,
            summary: if report.violation_summary.is_empty() {
                report.findings_summary
            } else {
                report.violation_summary
            },
            attachments,
            region: report.region,
            ..fresh
        })
    })
    .await
}

pub(crate) async fn finding_read(app: &App, args: ReadRecord) -> Result<RecordDetail<Finding>> {
    read_record(app, args).await
}

pub(crate) async fn finding_check(app: &App, args: CheckRecord<Finding>) -> Result<Vec<Problem>> {
    check_record(app, args).await
}

pub(crate) async fn finding_save(app: &App, args: SaveRecord<Finding>) -> Result<RecordDetail<Finding>> {
    save_record(app, args).await
}

pub(crate) async fn finding_deadline(app: &App, args: CheckRecord<Finding>) -> Result<Option<DeadlineNotice>> {
    Ok(args.record.deadline(app.today()))
}

pub(crate) async fn outreach_event_new(app: &App, _: Nothing) -> Result<OutreachEvent> {
    let (id, today) = (new_record_id(app.now_ms()), app.today());
    app.with_store(move |store| {
        let profile = store.profile().clone();
        Ok(OutreachEvent { date: Some(today), region: Some(profile.district), ..office_record::with_id(id) })
    })
    .await
}

pub(crate) async fn outreach_event_read(app: &App, args: ReadRecord) -> Result<RecordDetail<OutreachEvent>> {
    read_record(app, args).await
}

pub(crate) async fn outreach_event_check(app: &App, args: CheckRecord<OutreachEvent>) -> Result<Vec<Problem>> {
    check_record(app, args).await
}

pub(crate) async fn outreach_event_save(
    app: &App,
    args: SaveRecord<OutreachEvent>,
) -> Result<RecordDetail<OutreachEvent>> {
    save_record(app, args).await
}
