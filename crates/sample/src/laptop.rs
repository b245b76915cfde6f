//! A laptop whose commands are called from Rust instead of a window.

use std::path::Path;
use std::sync::Arc;

use arumbae_app::attachment::{self, Uploaded};
use arumbae_app::error::{AppError, ErrorCode};
use arumbae_app::{App, command};
use arumbae_domain::schema::{BlobHash, RecordId};
use arumbae_domain::{Attachment, Attendee, Finding, OutreachEvent, SupervisionReport};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::records;

/// A record as the read and save commands answer it.
#[derive(Clone, Debug, Deserialize)]
pub struct Stored<R> {
    /// The record.
    pub record: R,
    /// What surrounds it.
    pub meta: StoredMeta,
}

/// The part of a record's surroundings that saving needs.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredMeta {
    /// Its version.
    pub version: String,
    /// Its status.
    pub status: String,
    /// Its conflicts.
    pub conflicts: Vec<Value>,
}

/// Calls commands of one program.
#[derive(Clone, Copy)]
pub struct Laptop<'a>(pub &'a App);

impl Laptop<'_> {
    /// Calls a command of the list.
    ///
    /// # Errors
    /// The command's own.
    pub async fn call<T: DeserializeOwned>(&self, name: &str, arguments: Value) -> Result<T, AppError> {
        let answer = command::dispatch(self.0, name, arguments).await?;
        serde_json::from_value(answer).map_err(|why| AppError::caused(ErrorCode::Internal, why))
    }

    /// Stores a record with the command of its kind; `seen` is `None` for a new one.
    ///
    /// # Errors
    /// The command's own.
    pub async fn save<R: serde::Serialize + DeserializeOwned>(
        &self,
        kind: &str,
        record: &R,
        seen: Option<&Stored<R>>,
    ) -> Result<Stored<R>, AppError> {
        let seen = seen.map(|seen| json!({ "record": seen.record, "version": seen.meta.version }));
        self.call(&format!("{kind}_save"), json!({ "record": record, "seen": seen })).await
    }

    /// Puts a photo in the store, to be named by a record.
    ///
    /// # Errors
    /// Those of the commands.
    pub async fn attach(&self, name: &str, bytes: &[u8], caption: &str) -> Result<Attachment, AppError> {
        let Uploaded { blob, .. } = attachment::upload(self.0, bytes.to_vec()).await?;
        let described: Attachment =
            self.call("attachment_describe", json!({ "blob": blob, "file_name": name })).await?;
        Ok(Attachment { caption: caption.to_owned(), ..described })
    }

    /// Writes the sample report with its photos.
    ///
    /// # Errors
    /// Those of the commands.
    pub async fn write_report(&self) -> Result<Stored<SupervisionReport>, AppError> {
        let mut photos = Vec::new();
        for (name, bytes, caption) in records::PHOTOS {
            photos.push(self.attach(name, bytes, caption).await?);
        }
        let blank: SupervisionReport = self.call("supervision_report_new", json!({})).await?;
        let mut ids = Ids(blank.id);
        let report = records::report(blank, photos, || ids.next());
        self.save("supervision_report", &report, None).await
    }

    /// Makes the sample finding from a report.
    ///
    /// # Errors
    /// Those of the commands.
    pub async fn make_finding(&self, report: RecordId) -> Result<Stored<Finding>, AppError> {
        let prefilled: Finding = self.call("finding_from_report", json!({ "id": report })).await?;
        self.save("finding", &records::finding(prefilled), None).await
    }

    /// Writes the sample event.
    ///
    /// # Errors
    /// Those of the commands.
    pub async fn hold_event(&self) -> Result<Stored<OutreachEvent>, AppError> {
        let blank: OutreachEvent = self.call("outreach_event_new", json!({})).await?;
        let mut ids = Ids(blank.id);
        self.save("outreach_event", &records::event(blank, || ids.next()), None).await
    }

    /// Takes a file into an event's attendance list as previewed, without deciding on doubted rows.
    ///
    /// # Errors
    /// Those of the commands.
    pub async fn import_attendance(&self, event: RecordId, file: &[u8]) -> Result<Vec<Attendee>, AppError> {
        let list: Value = self.call("attendance_read", json!({ "id": event })).await?;
        let attendees = &list["attendees"];
        let answer: Value = self
            .call(
                "attendance_accept",
                json!({
                    "event": event,
                    "seen": { "record": attendees, "version": list["meta"]["version"] },
                    "attendees": attendees,
                    "input": { "from": "file", "base64": STANDARD.encode(file) },
                    "decisions": {},
                }),
            )
            .await?;
        Vec::deserialize(&answer["attendees"]).map_err(|why| AppError::caused(ErrorCode::Internal, why))
    }

    /// The bytes of an attachment or document.
    ///
    /// # Errors
    /// [`ErrorCode::AttachmentMissing`] while they are not on the laptop.
    pub async fn bytes(&self, blob: BlobHash) -> Result<Vec<u8>, AppError> {
        attachment::download(self.0, &blob.to_string()).await
    }
}

/// Ids for the parts of a record: the ones after the record's own, as the window makes them.
struct Ids(RecordId);

impl Ids {
    fn next(&mut self) -> RecordId {
        self.0 = RecordId(uuid::Uuid::from_u128(self.0.0.as_u128() + 1));
        self.0
    }
}

/// A program whose data lies in `folder`, with the sample province at hand.
pub fn laptop(folder: &Path, province: &Arc<crate::InProcessProvince>) -> App {
    App::new(folder.to_owned(), Arc::new(arumbae_app::SystemClock), Arc::clone(province) as _)
}
