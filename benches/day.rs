//! A day's work, written into a store as the forms write it.

use std::error::Error;

use arumbae_domain::Scope;
use arumbae_domain::change::changes_between;
use arumbae_domain::schema::{Record, RecordId};
use arumbae_store::{SaveContext, Store};

use crate::draw::Draw;

/// Findings of a busy day.
pub const FINDINGS: usize = 12;

/// Each is saved once when it is made and twice later on: a form is filled in more than one sitting.
const SITTINGS: usize = 3;

/// Writes the findings of one or more days. Returns how many saves they took.
pub fn write(
    store: &mut Store,
    scope: &Scope,
    draw: &mut Draw,
    findings: usize,
    now_ms: u64,
) -> Result<usize, Box<dyn Error>> {
    for number in 0..findings {
        let now_ms = now_ms + number as u64 * 60_000;
        let id = RecordId(uuid::Builder::from_unix_timestamp_millis(now_ms, &draw.bytes()).into_uuid());
        let mut finding = draw.finding(id, number, "CONTOH Petugas", now_ms);
        let mut before = None;
        for _ in 0..SITTINGS {
            let document = finding.to_document();
            let changes = changes_between(before.as_ref(), &document);
            store.save(&changes, &SaveContext { now_ms, scope: scope.clone(), seen: None })?;
            before = store.document(id)?.map(|view| view.document);
            finding.event_place = format!("Depan {}", draw.sentence(3));
            finding.summary = format!("{} {}.", finding.summary.0, draw.sentence(12)).as_str().into();
        }
    }
    Ok(findings * SITTINGS)
}
