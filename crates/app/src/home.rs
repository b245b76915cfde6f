//! The first screen: what is due, what waits, what is unfinished.

use arumbae_domain::schema::{Choice, Record, RecordKind};
use arumbae_domain::{Finding, RecordStatus};
use arumbae_store::{ListQuery, Store};
use jiff::civil::Date;
use serde::Serialize;
use ts_rs::TS;

use crate::App;
use crate::command::Nothing;
use crate::draft::{self, DraftRow};
use crate::error::Result;
use crate::record::{DeadlineNotice, OfficeRecord, RecordRow, record_row, status_of};

/// What the first screen shows.
#[derive(Debug, Serialize, TS)]
pub struct Home {
    /// Findings with a deadline that runs, nearest first.
    pub deadlines: Vec<DueRecord>,
    /// Unfinished forms, newest first.
    pub drafts: Vec<DraftRow>,
    /// Records sent back to the officer, newest first.
    pub returned: Vec<RecordRow>,
    /// Records waiting for review by this person, newest first.
    pub to_review: Vec<RecordRow>,
    /// Newest records of all kinds.
    pub recent: Vec<RecordRow>,
    /// Records by kind.
    pub counts: Vec<KindCount>,
    /// Fields that wait for a decision.
    pub conflicts: u32,
}

/// A record that is due.
#[derive(Debug, Serialize, TS)]
pub struct DueRecord {
    /// The record.
    pub row: RecordRow,
    /// Its deadline.
    pub deadline: DeadlineNotice,
}

/// How many records there are of a kind.
#[derive(Debug, Serialize, TS)]
pub struct KindCount {
    /// The kind.
    pub kind: RecordKind,
    /// How many.
    pub count: u64,
}

/// How many rows each part of the screen shows.
const MOST_ROWS: usize = 8;

/// How many of the newest findings are asked for their deadline. A deadline is at most some weeks after the finding
/// was made, and no kecamatan makes so many in that time.
const MOST_DUE: usize = 200;

/// The kinds officers write.
const KINDS: [RecordKind; 4] =
    [RecordKind::SupervisionReport, RecordKind::Finding, RecordKind::OutreachEvent, RecordKind::IssuedDocument];

pub(crate) async fn home(app: &App, _: Nothing) -> Result<Home> {
    let today = app.today();
    app.with_store(move |store| {
        let with_status = |status: RecordStatus| -> Result<Vec<RecordRow>> {
            let mut rows = Vec::new();
            for kind in KINDS {
                let query =
                    ListQuery { status: Some(status.code().to_owned()), limit: MOST_ROWS, ..ListQuery::default() };
                rows.extend(store.list(kind, &query)?.rows.into_iter().map(record_row));
            }
            Ok(newest(rows))
        };
        let mut recent = Vec::new();
        let mut counts = Vec::new();
        for kind in KINDS {
            let query = ListQuery { limit: MOST_ROWS, ..ListQuery::default() };
            let page = store.list(kind, &query)?;
            counts.push(KindCount { kind, count: page.total });
            recent.extend(page.rows.into_iter().map(record_row));
        }
        Ok(Home {
            deadlines: deadlines(store, today)?,
            drafts: draft::rows(store)?,
            returned: with_status(RecordStatus::Returned)?,
            to_review: with_status(RecordStatus::Submitted)?,
            recent: newest(recent),
            counts,
            conflicts: u32::try_from(store.sync_summary()?.conflicts).unwrap_or(u32::MAX),
        })
    })
    .await
}

fn newest(mut rows: Vec<RecordRow>) -> Vec<RecordRow> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
    rows.truncate(MOST_ROWS);
    rows
}

/// Findings still open, nearest deadline first.
fn deadlines(store: &Store, today: Date) -> Result<Vec<DueRecord>> {
    let mut due = Vec::new();
    let query = ListQuery { limit: MOST_DUE, ..ListQuery::default() };
    for row in store.list(RecordKind::Finding, &query)?.rows {
        if status_of(row.status.as_deref()) == RecordStatus::Accepted {
            continue;
        }
        let Some(view) = store.document(row.id)? else { continue };
        if let Some(deadline) = Finding::from_document(&view.document).deadline(today) {
            due.push(DueRecord { row: record_row(row), deadline });
        }
    }
    due.sort_by_key(|due| due.deadline.deadline.due);
    due.truncate(MOST_ROWS);
    Ok(due)
}
