//! `bundle`: what couriers carry, from a terminal.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arumbae_app::courier::{self, CourierContents, Found, PartSize, Stick, StickWaybill, Taken};
use arumbae_domain::calendar::{IndonesianZone, moment};
use jiff::Timestamp;

use crate::output::{CliError, catalogue, passphrase_of, say, unreadable};

/// Puts all that has no receipt into a folder, sealed to the province or to a colleague's laptop.
pub fn export(folder: &Path, stick: &Path, colleague: Option<&str>, megabytes: usize) -> Result<ExitCode, CliError> {
    let now = Timestamp::now();
    let to = courier::addressee(colleague)?;
    let store = courier::open_store(folder, &passphrase_of(folder)?, now)?;
    let (contents, files) =
        courier::put(&store, to, &Stick::at(stick), PartSize::mebibytes(megabytes), now.as_millisecond() as u64)?;
    let CourierContents { recipient, own_saves, others_segments, attachments, receipts, .. } = contents;
    say(&catalogue().text(
        "cli-bundle-packed",
        &[
            ("recipient", recipient),
            ("saves", own_saves.to_string()),
            ("others", others_segments.to_string()),
            ("attachments", attachments.to_string()),
            ("receipts", receipts.to_string()),
        ],
    ))?;
    for file in files {
        say(&catalogue().text("cli-bundle-file", &[("file", file.name), ("bytes", file.byte_length.to_string())]))?;
    }
    say(&catalogue().text("cli-bundle-not-sent", &[]))?;
    Ok(ExitCode::SUCCESS)
}

/// Takes bundles and prints what each brought, or why it was refused. Those for others are passed over.
pub fn import(folder: &Path, files: &[PathBuf]) -> Result<ExitCode, CliError> {
    let now = Timestamp::now();
    let files = sealed_files(files)?;
    let store = courier::open_store(folder, &passphrase_of(folder)?, now)?;
    let mut refused = false;
    for file in courier::take(&store, files, now.as_millisecond() as u64)? {
        refused |= file.found.is_refused();
        say_found(file.found)?;
        let Some(last) = file.taken.last() else { continue };
        let sum = |count: fn(&Taken) -> u64| file.taken.iter().map(count).sum::<u64>().to_string();
        say(&catalogue().text(
            "cli-bundle-taken",
            &[
                ("receipts", sum(|taken| taken.sent_saves)),
                ("received", sum(|taken| taken.received_saves)),
                ("attachments", sum(|taken| taken.attachments)),
                ("conflicts", sum(|taken| taken.conflicts_new)),
                ("held", last.quarantined.to_string()),
            ],
        ))?;
        if file.taken.iter().any(|taken| taken.enrolled) {
            say(&catalogue().text("cli-bundle-enrolled", &[]))?;
        }
        if last.needs_earlier {
            say(&catalogue().text("cli-bundle-needs-earlier", &[]))?;
        }
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Says of bundles what importing them would, without changing anything.
pub fn inspect(folder: &Path, files: &[PathBuf]) -> Result<ExitCode, CliError> {
    let files = sealed_files(files)?;
    let store = courier::open_store(folder, &passphrase_of(folder)?, Timestamp::now())?;
    let store = store.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut refused = false;
    for path in files {
        let found = courier::inspect(&store, &path);
        refused |= found.is_refused();
        say_found(found)?;
    }
    Ok(if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Prints what a file is.
fn say_found(found: Found) -> Result<(), CliError> {
    let refused = found.is_refused();
    let Found { name, byte_length: _, waybill } = found;
    match waybill {
        Ok(StickWaybill { from, packed_at, part, parts }) => {
            let args = [
                ("file", name),
                ("from", from),
                ("at", moment(packed_at, IndonesianZone::Wit)),
                ("part", part.to_string()),
                ("parts", parts.to_string()),
            ];
            say(&catalogue().text("cli-bundle-from", &args))
        }
        Err(_) if !refused => say(&catalogue().text("cli-bundle-other", &[("file", name)])),
        Err(error) => {
            let notice = catalogue().notice(&error, String::new());
            let why = format!("{} {}", notice.message, notice.hint);
            say(&catalogue().text("cli-bundle-refused", &[("file", name), ("why", why)]))
        }
    }
}

/// The files named, and those in the folders named.
fn sealed_files(named: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    for path in named {
        if path.is_dir() {
            files.extend(Stick::at(path).sealed_files().map_err(|why| unreadable(path, &why))?);
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(unreadable(path, &std::io::ErrorKind::NotFound.into()));
        }
    }
    Ok(files)
}
