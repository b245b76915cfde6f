//! `backup`: the backups of a store, and going on from one.

use std::path::Path;
use std::process::ExitCode;

use arumbae_app::safekeeping::{BackupRow, back_up, backups_in, recover_in_words};
use arumbae_domain::calendar::{IndonesianZone, moment};
use jiff::Timestamp;

use crate::output::{CliError, catalogue, passphrase, passphrase_of, say};

/// Prints the backups of a store, newest first.
pub fn list(folder: &Path) -> Result<ExitCode, CliError> {
    let backups = backups_in(folder)?;
    if backups.is_empty() {
        say(&catalogue().text("cli-backup-none", &[]))?;
    }
    for BackupRow { number, made_at, byte_length } in backups {
        let args = [
            ("number", number.to_string()),
            ("at", moment(made_at, IndonesianZone::Wit)),
            ("bytes", byte_length.to_string()),
        ];
        say(&catalogue().text("cli-backup", &args))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes a backup.
pub fn make(folder: &Path) -> Result<ExitCode, CliError> {
    let made = back_up(folder, &passphrase_of(folder)?, Timestamp::now())?;
    say(&catalogue().text("cli-backup-made", &[("number", made.number.to_string())]))?;
    Ok(ExitCode::SUCCESS)
}

/// Recovers a store and prints what was saved and what was not. Fails if anything is missing.
pub fn recover(folder: &Path, backup: Option<u32>) -> Result<ExitCode, CliError> {
    let report = recover_in_words(folder, &passphrase()?, backup, Timestamp::now(), &catalogue())?;
    for line in &report.lines {
        say(line)?;
    }
    Ok(if report.complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
