//! `demo`: a day in the field, played with real crates and no window.

use std::path::Path;
use std::process::ExitCode;

use arumbae_sample::day;

use crate::output::{CliError, say};

/// Plays the day into `out` and prints what happened, step by step.
pub async fn play(out: &Path) -> Result<ExitCode, CliError> {
    let mut say_step = |line: &str| {
        // A closed pipe ends the telling, not the day.
        let _ = say(line);
    };
    let summary = day::play(out, &mut say_step)
        .await
        .map_err(|error| CliError::Said { key: "cli-demo-failed", args: vec![("why", day::causes(&*error))] })?;
    say(&format!("{}: {summary}", out.join("summary.json").display()))?;
    Ok(ExitCode::SUCCESS)
}
