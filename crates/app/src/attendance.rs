//! The attendance list of an event: typed, pasted and imported.

use arumbae_domain::attendance::{self, AttendancePreview, Decisions, Input};
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Document, Record, RecordId};
use arumbae_domain::{Attendee, OutreachEvent};
use arumbae_store::Store;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::app::in_background;
use crate::draft::{self, DraftSubject};
use crate::error::{AppError, ErrorCode, Result};
use crate::record::{ReadRecord, RecordMeta, Seen, change_of, existing, new_record_id, record_meta};
use crate::safekeeping::back_up_before;

/// The attendance list of an event.
#[derive(Debug, Serialize, TS)]
pub struct AttendanceList {
    /// The event.
    pub event: RecordId,
    /// The event's title.
    pub title: String,
    /// Who attended, in order of entry.
    pub attendees: Vec<Attendee>,
    /// What is known about the event.
    pub meta: RecordMeta,
}

/// The attendance list as it stands on the screen.
#[derive(Debug, Deserialize, TS)]
pub struct SaveAttendance {
    /// The event.
    pub event: RecordId,
    /// Every row; one that is gone is taken off the list.
    pub attendees: Vec<Attendee>,
    /// The list as it was read.
    pub seen: Seen<Vec<Attendee>>,
}

/// Where an import comes from.
#[derive(Debug, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum AttendanceInput {
    /// Text pasted from a spreadsheet.
    Pasted {
        /// The text.
        text: String,
    },
    /// A file, as base64 of its bytes.
    File {
        /// Its bytes.
        base64: String,
    },
}

/// Asks what an import would do.
#[derive(Debug, Deserialize, TS)]
pub struct PreviewAttendance {
    /// The rows on the screen, stored or not.
    pub attendees: Vec<Attendee>,
    /// The import.
    pub input: AttendanceInput,
}

/// Takes an import in.
#[derive(Debug, Deserialize, TS)]
pub struct AcceptAttendance {
    /// The event.
    pub event: RecordId,
    /// The list as it was read.
    pub seen: Seen<Vec<Attendee>>,
    /// The rows on the screen, stored or not.
    pub attendees: Vec<Attendee>,
    /// The import, as previewed.
    pub input: AttendanceInput,
    /// What the officer decided on doubted rows.
    pub decisions: Decisions,
}

fn list(store: &Store, event: RecordId) -> Result<AttendanceList> {
    let view = existing(store, event)?;
    let held = OutreachEvent::from_document(&view.document);
    Ok(AttendanceList { event, title: held.title, attendees: held.attendees, meta: record_meta(store, view)? })
}

/// The part of an event's document that its attendance list is.
fn attendance_document(event: RecordId, attendees: &[Attendee]) -> Document {
    let only_attendees = OutreachEvent { id: event, attendees: attendees.to_vec(), ..OutreachEvent::default() };
    only_attendees.to_document()
}

fn store_list(
    store: &mut Store,
    event: RecordId,
    attendees: &[Attendee],
    seen: &Seen<Vec<Attendee>>,
    now_ms: u64,
) -> Result<AttendanceList> {
    let changes =
        changes_between(Some(&attendance_document(event, &seen.record)), &attendance_document(event, attendees));
    let context = change_of(store, event, Some(seen.version.parse()?), now_ms)?;
    store.save(&changes, &context)?;
    store.remove_draft(&draft::key(DraftSubject::Attendance, event))?;
    list(store, event)
}

pub(crate) async fn attendance_read(app: &App, args: ReadRecord) -> Result<AttendanceList> {
    app.with_store(move |store| list(store, args.id)).await
}

pub(crate) async fn attendance_save(app: &App, args: SaveAttendance) -> Result<AttendanceList> {
    let now_ms = app.now_ms();
    app.with_store(move |store| store_list(store, args.event, &args.attendees, &args.seen, now_ms)).await
}

fn input(given: AttendanceInput) -> Result<Input> {
    Ok(match given {
        AttendanceInput::Pasted { text } => Input::pasted(&text),
        AttendanceInput::File { base64 } => {
            Input::file(STANDARD.decode(base64).map_err(|why| AppError::caused(ErrorCode::BadArguments, why))?)
        }
    })
}

/// Reads an import against the rows there are.
///
/// # Errors
/// [`ErrorCode::AttendanceUnreadable`], with the message that says why.
pub fn preview_of(attendees: &[Attendee], input: &Input, today: Date) -> Result<AttendancePreview> {
    attendance::preview(attendees, input, today).map_err(|why| {
        let said = AppError::new(ErrorCode::AttendanceUnreadable).saying(why.message());
        let said = why.args().into_iter().fold(said, |error, (name, value)| error.with(name, value));
        said.because(why)
    })
}

pub(crate) async fn attendance_preview(app: &App, args: PreviewAttendance) -> Result<AttendancePreview> {
    let today = app.today();
    in_background(move || preview_of(&args.attendees, &input(args.input)?, today)).await
}

pub(crate) async fn attendance_accept(app: &App, args: AcceptAttendance) -> Result<AttendanceList> {
    let (now_ms, today, backup_failure) = (app.now_ms(), app.today(), app.backup_failure());
    app.with_store(move |store| {
        back_up_before(store, &backup_failure, now_ms);
        let preview = preview_of(&args.attendees, &input(args.input)?, today)?;
        let accepted = attendance::accept(&args.attendees, &preview, &args.decisions, || new_record_id(now_ms));
        let mut attendees = args.attendees;
        for person in accepted {
            match attendees.iter_mut().find(|held| held.id == person.id) {
                Some(held) => *held = person,
                None => attendees.push(person),
            }
        }
        store_list(store, args.event, &attendees, &args.seen, now_ms)
    })
    .await
}
