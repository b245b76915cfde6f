//! `backup`: makes a backup while the server runs, or says what came in since the last one.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use rand_core::OsRng;
use serde::Serialize;

use super::options::{Listing, Why};
use super::terminal::{local_time, read_passphrase, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::backup::{BackupFolder, Behind, Manifest, SealedTo};

/// `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// The folder of the backups.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The file whose first line is the passphrase that opens the backups; asked for by a new folder only.
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    pub passphrase_file: Option<PathBuf>,
    /// The public key of who is to open the backups, in place of a passphrase.
    #[arg(long, value_name = "KEY")]
    pub recipient: Option<String>,
    /// Makes none, but says what came in since the last one.
    #[arg(long)]
    pub since: bool,
    /// Why.
    #[command(flatten)]
    pub why: Why,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Point {
    made: String,
    registry_entries: u64,
    segments: u64,
    attachments: usize,
    behind: Later,
}

/// What came in after the backup.
#[derive(Serialize)]
struct Later {
    registry_entries: u64,
    scopes: Vec<ScopeLater>,
}

#[derive(Serialize)]
struct ScopeLater {
    scope: String,
    backed_up: u64,
    now: u64,
}

pub(super) async fn run<W: Write>(
    backup: Backup,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Backup { place: _, to, passphrase_file, recipient, since, why, listing } = backup;
    let province = surroundings.open_province(why.reason).await?;
    let manifest = if since {
        BackupFolder::open(&to)?.newest(None)?
    } else {
        let sealed_to = match (recipient, passphrase_file) {
            (Some(recipient), _) => SealedTo::Recipient(recipient),
            (None, Some(file)) => SealedTo::Passphrase(read_passphrase(&file)?),
            (None, None) => SealedTo::AsBefore,
        };
        let folder = BackupFolder::prepare(&to, sealed_to, &mut OsRng)?;
        province.back_up(&surroundings.settings().data_dir()?, &folder).await?
    };
    let behind = province.behind(&manifest).await?;
    if listing.json {
        return terminal.print_json(&point(&manifest, behind));
    }
    let folder = to.display().to_string();
    let said = [
        ("made", local_time(manifest.made_ms)),
        ("folder", folder),
        ("entries", manifest.registry_seq.to_string()),
        ("segments", manifest.segments().to_string()),
        ("attachments", manifest.attachments().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    terminal.say(if since { "server-backup-last" } else { "server-backup-made" }, &said)?;
    if behind.scopes.is_empty() {
        return terminal.say("server-backup-whole", &[]);
    }
    terminal.say("server-backup-behind", &[])?;
    for later in &behind.scopes {
        let count = (later.now - later.backed_up).to_string();
        let (first, last) = ((later.backed_up + 1).to_string(), later.now.to_string());
        let said = [("scope", later.scope.to_string()), ("count", count), ("first", first), ("last", last)];
        let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        terminal.say("server-backup-behind-scope", &said)?;
    }
    terminal.say("server-backup-nothing-receipted", &[])
}

fn point(manifest: &Manifest, behind: Behind) -> Point {
    let Behind { entries, scopes } = behind;
    let scopes = scopes.into_iter().map(|later| ScopeLater {
        scope: later.scope.to_string(),
        backed_up: later.backed_up,
        now: later.now,
    });
    Point {
        made: timestamp(manifest.made_ms).to_string(),
        registry_entries: manifest.registry_seq,
        segments: manifest.segments(),
        attachments: manifest.attachments(),
        behind: Later { registry_entries: entries, scopes: scopes.collect() },
    }
}
