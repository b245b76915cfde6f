//! `attendance preview`: what an attendance file holds, without storing anything.

use std::path::Path;
use std::process::ExitCode;

use arumbae_app::attendance::preview_of;
use arumbae_domain::attendance::{AttendancePreview, Input, Reason};
use arumbae_domain::calendar::IndonesianZone;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::output::{CliError, catalogue, read, say, say_json};

/// Every row with content is counted once: it adds a person, is merged into one, is doubted, or is rejected.
struct Counts {
    added: usize,
    merged: usize,
    doubted: usize,
}

impl Counts {
    fn of(preview: &AttendancePreview) -> Self {
        let folded = |rows: &[u32], into_existing: bool| if into_existing { rows.len() } else { rows.len() - 1 };
        Counts {
            added: preview.added.len(),
            merged: preview.merged.iter().map(|person| folded(&person.rows, person.into.is_some())).sum(),
            doubted: preview.doubted.len(),
        }
    }
}

/// Prints the preview of `file` against an empty list.
pub fn preview(file: &Path, as_json: bool) -> Result<ExitCode, CliError> {
    let today = IndonesianZone::Wit.civil(Timestamp::now()).date();
    let preview = preview_of(&[], &Input::file(read(file)?), today)?;
    let counts = Counts::of(&preview);
    if as_json {
        say_json(&document(&preview, &counts)?)?
    } else {
        table(&preview, &counts)?
    }
    Ok(ExitCode::SUCCESS)
}

fn said(reason: &Reason) -> String {
    let args: Vec<(&str, String)> = reason.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    catalogue().text(&reason.reason, &args)
}

fn document(preview: &AttendancePreview, counts: &Counts) -> Result<Value, CliError> {
    let rejected = preview.rejected.iter();
    let rejected: Vec<Value> = rejected.map(|row| json!({ "row": row.row, "reason": said(&row.because) })).collect();
    Ok(json!({
        "people": preview.people,
        "added": counts.added,
        "merged": counts.merged,
        "doubted": counts.doubted,
        "rejected": rejected,
        "details": preview,
    }))
}

fn table(preview: &AttendancePreview, counts: &Counts) -> Result<(), CliError> {
    let summary = [
        ("people", preview.people.to_string()),
        ("added", counts.added.to_string()),
        ("merged", counts.merged.to_string()),
        ("doubted", counts.doubted.to_string()),
        ("rejected", preview.rejected.len().to_string()),
    ];
    say(&catalogue().text("cli-attendance-summary", &summary))?;
    for person in &preview.merged {
        let because: Vec<String> = person.because.iter().map(said).collect();
        say(&format!("  = {}: {}", person.attendee.name, because.join("; ")))?;
    }
    for person in &preview.doubted {
        let doubts: Vec<String> = person.doubts.iter().map(|doubt| said(&doubt.because)).collect();
        say(&format!("  ? {}: {}", person.attendee.name, doubts.join("; ")))?;
    }
    for row in &preview.rejected {
        say(&format!("  × {}: {}", row.row, said(&row.because)))?;
    }
    Ok(())
}
