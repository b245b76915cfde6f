//! `restore`: puts a backup back into an empty folder, and ends the time after it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::options::{Listing, Why};
use super::terminal::{local_time, read_passphrase, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::backup::{BackupFolder, Destination, Manifest, Opening, Restored, restore};

/// `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// Where the data is to be.
    #[command(flatten)]
    pub place: Place,
    /// The folder of the backups.
    #[arg(long, value_name = "DIR", required_unless_present = "settle")]
    pub from: Option<PathBuf>,
    /// The newest backup made no later than this moment, RFC 3339.
    #[arg(long, value_name = "TIME")]
    pub until: Option<Timestamp>,
    /// The file whose first line is the passphrase.
    #[arg(long, value_name = "FILE", conflicts_with = "secret_file")]
    pub passphrase_file: Option<PathBuf>,
    /// The file with the secret key, if the backups were made for one.
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Lists the backups.
    #[arg(long)]
    pub list: bool,
    /// Ends the time after a restore: devices had their chance to bring registry entries back.
    #[arg(long, conflicts_with_all = ["from", "list"])]
    pub settle: bool,
    /// Why.
    #[command(flatten)]
    pub why: Why,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Listed {
    made: String,
    registry_entries: u64,
    segments: u64,
    attachments: usize,
}

#[derive(Serialize)]
struct PutBack {
    made: String,
    registry_entries: u64,
    segments: u64,
    quarantined: u64,
    attachments: u64,
    devices: u64,
}

pub(super) async fn run<W: Write>(
    options: Restore,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Restore { place: _, from, until, passphrase_file, secret_file, list, settle, why, listing } = options;
    if settle {
        let settled = surroundings.open_province(why.reason).await?.settle().await?;
        return terminal.say(if settled { "server-settled" } else { "server-settled-before" }, &[]);
    }
    let folder = BackupFolder::open(&from.unwrap_or_default())?;
    if list {
        return print_list(&folder.manifests()?, &listing, terminal);
    }
    let until_ms = until.map(|until| u64::try_from(until.as_millisecond()).unwrap_or_default());
    let manifest = folder.newest(until_ms)?;
    let opening = match (passphrase_file, secret_file) {
        (Some(file), _) => Opening::Passphrase(read_passphrase(&file)?),
        (None, Some(file)) => Opening::Secret(read_passphrase(&file)?),
        (None, None) => return Err(CommandError::NoPassphrase),
    };
    let settings = surroundings.settings();
    let (data_dir, database, blobs) = (settings.data_dir()?, settings.database()?, settings.blobs()?);
    let place = Destination { data_dir: &data_dir, database: database.as_ref(), blobs: blobs.as_ref() };
    let restored = restore(&folder, &manifest, &opening, place, &surroundings.clock).await?;
    let Restored { entries, segments, quarantined, attachments, devices } = restored;
    if listing.json {
        let made = timestamp(manifest.made_ms).to_string();
        return terminal.print_json(&PutBack {
            made,
            registry_entries: entries,
            segments,
            quarantined,
            attachments,
            devices,
        });
    }
    let said = [
        ("made", local_time(manifest.made_ms)),
        ("data", data_dir.display().to_string()),
        ("entries", entries.to_string()),
        ("segments", segments.to_string()),
        ("quarantined", quarantined.to_string()),
        ("attachments", attachments.to_string()),
        ("devices", devices.to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    terminal.say("server-restored", &said)?;
    for state in &manifest.scopes {
        let (scope, last) = (state.scope.to_string(), state.gsn.to_string());
        terminal.say("server-restored-scope", &[("scope", &scope), ("last", &last)])?;
    }
    terminal.say("server-restored-next", &said)
}

fn print_list<W: Write>(
    manifests: &[Manifest],
    listing: &Listing,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    if listing.json {
        let listed = manifests.iter().map(|manifest| Listed {
            made: timestamp(manifest.made_ms).to_string(),
            registry_entries: manifest.registry_seq,
            segments: manifest.segments(),
            attachments: manifest.attachments(),
        });
        return terminal.print_json(&listed.collect::<Vec<_>>());
    }
    let rows = manifests.iter().map(|manifest| {
        vec![
            local_time(manifest.made_ms),
            timestamp(manifest.made_ms).to_string(),
            manifest.registry_seq.to_string(),
            manifest.segments().to_string(),
            manifest.attachments().to_string(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heading = [
        "server-column-at",
        "server-column-until",
        "server-column-entries",
        "server-column-segments",
        "server-column-attachments",
    ];
    terminal.print_table(&heading, &rows)
}
