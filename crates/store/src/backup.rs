//! Backups: whole copies of the database in the store's own folder, each opened and checked before it counts.
//!
//! A backup is one file, encrypted with the same key, that opens with the slots that lie beside it; so the folder
//! `backups/` can be carried away as it is. It says of itself that it is a copy: whoever goes on from it begins a new
//! incarnation, and no number is ever used twice.
//!
//! One is made before an upgrade, before a bulk import, and once a day. It is copied while work goes on, from one
//! state of the database. The newest few are kept, and one a week for some weeks before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use rusqlite::backup::{Backup as PageCopy, StepResult};

use crate::connection::{self, Unlocking};
use crate::error::{Result, StoreError};
use crate::folder::{Folder, discard, sync_folder_of};
use crate::opening::Store;
use crate::schema;
use crate::tables::installation;
use crate::upkeep::check_integrity;

/// The newest backups are kept, so many of them.
const NEWEST_KEPT: usize = 3;
/// Of those before, the newest of each week is kept, for so many weeks.
const WEEKS_KEPT: usize = 4;
/// A day's work ends at another hour every day.
const DUE_AFTER_MS: u64 = 20 * 60 * 60 * 1000;

/// A backup that was opened and checked when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Counts the backups of the store. The order they were made in, whatever the clock said.
    pub number: u32,
    /// When, by the clock of the device, milliseconds since 1970 UTC.
    pub made_ms: u64,
    /// The schema it has.
    pub schema: u32,
    /// Its length in bytes.
    pub byte_length: u64,
    pub(crate) path: PathBuf,
}

impl Store {
    /// The backups in a folder, newest first. Needs no passphrase: their names say all of it.
    pub fn backups(dir: &Path) -> Result<Vec<Backup>> {
        list(&Folder::new(dir))
    }

    /// Whether the newest backup is a day old, or there is none.
    pub fn is_backup_due(&self, now_ms: u64) -> Result<bool> {
        let newest = list(&self.folder)?.into_iter().next();
        Ok(newest.is_none_or(|newest| now_ms.abs_diff(newest.made_ms) >= DUE_AFTER_MS))
    }

    /// Makes a backup and says which.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the database is: then this is how it is noticed. [`StoreError::DiskFull`],
    /// [`StoreError::Unwritable`]. What was there before stays as it is.
    pub fn back_up(&mut self, now_ms: u64) -> Result<Backup> {
        self.prepare_backup(now_ms)?.run()
    }

    /// What it takes to make a backup elsewhere, while the store is worked with.
    pub fn prepare_backup(&mut self, now_ms: u64) -> Result<BackupJob> {
        // Sealed on both sides, they are the same segments; unsealed ones the copy would have to write again.
        self.seal_pending(self.clock_quality()?)?;
        self.backup_failure = None;
        Ok(BackupJob::new(&self.folder, &self.unlocking, now_ms))
    }

    /// Why the backup before the last upgrade could not be made. The upgrade went on all the same: each of its steps
    /// is one transaction.
    pub fn backup_failure(&self) -> Option<&StoreError> {
        self.backup_failure.as_ref()
    }
}

/// A backup to be made.
pub struct BackupJob {
    folder: Folder,
    unlocking: Unlocking,
    now_ms: u64,
}

impl BackupJob {
    pub(crate) fn new(folder: &Folder, unlocking: &Unlocking, now_ms: u64) -> Self {
        BackupJob { folder: folder.clone(), unlocking: unlocking.clone(), now_ms }
    }

    /// Makes the backup, opens it, checks it, and lets go of those nobody needs any more. The store may be written to
    /// meanwhile; the backup holds the state it had when this began.
    ///
    /// # Errors
    /// Those of [`Store::back_up`].
    pub fn run(self) -> Result<Backup> {
        let BackupJob { folder, unlocking, now_ms } = self;
        let unfinished = folder.backups().join("unfinished.db");
        fs::create_dir_all(folder.backups())?;
        let _turn = wait_for_turn(&folder)?;
        discard(&unfinished)?;
        let made = copy(&folder.database(), &unfinished, &unlocking)
            .and_then(|copied| check_copy(&unfinished, &unlocking, &copied).map(|()| copied));
        let copied = match made {
            Ok(copied) => copied,
            Err(error) => {
                // Half a backup is none, and the space is needed.
                discard(&unfinished)?;
                return Err(error);
            }
        };
        let mut backups = list(&folder)?;
        let number = backups.first().map_or(1, |newest| newest.number + 1);
        let path = folder.backups().join(file_name(number, now_ms, copied.schema));
        let byte_length = fs::metadata(&unfinished)?.len();
        fs::rename(&unfinished, &path)?;
        sync_folder_of(&path)?;
        let made = Backup { number, made_ms: now_ms, schema: copied.schema, byte_length, path };
        backups.insert(0, made.clone());
        for outdated in outdated(&backups) {
            discard(&outdated.path)?;
        }
        Ok(made)
    }
}

/// What was copied, counted within the state it was copied from.
#[derive(PartialEq)]
struct Copied {
    schema: u32,
    rows: BTreeMap<String, i64>,
}

fn copy(database: &Path, to: &Path, unlocking: &Unlocking) -> Result<Copied> {
    let source = connection::open_beside(database, unlocking)?;
    // One state for the counts and the pages, however long it takes.
    let state = source.unchecked_transaction()?;
    let copied = count(&state)?;
    let mut target = connection::create_empty(to, unlocking)?;
    match PageCopy::new(&source, &mut target)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(StoreError::AlreadyOpen),
    }
    // One file, with nothing beside it.
    target.pragma_update(None, "journal_mode", "DELETE")?;
    let tx = target.transaction()?;
    installation::mark_as_copy(&tx)?;
    tx.commit()?;
    target.close().map_err(|(_, error)| error)?;
    Ok(copied)
}

fn count(connection: &Connection) -> Result<Copied> {
    let mut statement = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0")?;
    let tables = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut rows = BTreeMap::new();
    for table in tables {
        let count = connection.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0))?;
        rows.insert(table, count);
    }
    Ok(Copied { schema: schema::found(connection)?, rows })
}

fn check_copy(path: &Path, unlocking: &Unlocking, expected: &Copied) -> Result<()> {
    let connection = connection::open_for_reading(path, unlocking)?;
    check_integrity(&connection)?;
    if count(&connection)? == *expected { Ok(()) } else { Err(StoreError::damaged()) }
}

/// Whether a backup can be read from the first page to the last.
pub(crate) fn is_sound(backup: &Backup, unlocking: &Unlocking) -> bool {
    connection::open_for_reading(&backup.path, unlocking).is_ok_and(|connection| check_integrity(&connection).is_ok())
}

/// One backup at a time.
fn wait_for_turn(folder: &Folder) -> Result<File> {
    let path = folder.backups().join("backup.lock");
    let file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
    file.lock()?;
    Ok(file)
}

/// The backups in a folder, newest first.
pub(crate) fn list(folder: &Folder) -> Result<Vec<Backup>> {
    let entries = match fs::read_dir(folder.backups()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut backups = Vec::new();
    for entry in entries {
        let entry = entry?;
        if let Some((number, made_ms, schema)) = entry.file_name().to_str().and_then(parse_file_name) {
            let byte_length = entry.metadata()?.len();
            backups.push(Backup { number, made_ms, schema, byte_length, path: entry.path() });
        }
    }
    backups.sort_by_key(|backup| std::cmp::Reverse(backup.number));
    Ok(backups)
}

/// The moment as it stands in a file name: seconds, UTC.
const MOMENT: &str = "%Y%m%dT%H%M%SZ";

fn file_name(number: u32, made_ms: u64, schema: u32) -> String {
    let made = moment(made_ms).strftime(MOMENT);
    format!("{number:06}-{made}-schema-{schema}.db")
}

fn parse_file_name(name: &str) -> Option<(u32, u64, u32)> {
    let (number, rest) = name.strip_suffix(".db")?.split_once('-')?;
    let (made, schema) = rest.split_once("-schema-")?;
    let made = jiff::civil::DateTime::strptime(MOMENT, made).ok()?.to_zoned(TimeZone::UTC).ok()?;
    let made_ms = u64::try_from(made.timestamp().as_millisecond()).ok()?;
    Some((number.parse().ok()?, made_ms, schema.parse().ok()?))
}

/// A moment of a clock however wrong.
fn moment(ms: u64) -> Timestamp {
    i64::try_from(ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok()).unwrap_or(Timestamp::MAX)
}

/// The backups nobody needs any more; `backups` are newest first.
fn outdated(backups: &[Backup]) -> Vec<&Backup> {
    let mut weeks = BTreeSet::new();
    let is_kept_for_its_week = |backup: &&Backup| {
        let week = moment(backup.made_ms).to_zoned(TimeZone::UTC).date().iso_week_date();
        weeks.len() >= WEEKS_KEPT || !weeks.insert((week.year(), week.week()))
    };
    backups.iter().skip(NEWEST_KEPT).filter(is_kept_for_its_week).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    /// A Monday.
    const MONDAY_MS: u64 = 1_707_696_000_000;

    fn backup(number: u32, made_ms: u64) -> Backup {
        Backup { number, made_ms, schema: 1, byte_length: 0, path: PathBuf::new() }
    }

    #[test]
    fn a_name_says_all_of_a_backup() {
        let name = file_name(12, MONDAY_MS + 7 * 60 * 60 * 1000, 3);
        assert_eq!(name, "000012-20240212T070000Z-schema-3.db");
        assert_eq!(parse_file_name(&name), Some((12, MONDAY_MS + 7 * 60 * 60 * 1000, 3)));
        for other in ["slots.json", "unfinished.db", "12-x-schema-1.db", "backup.lock"] {
            assert_eq!(parse_file_name(other), None, "{other}");
        }
        let late = file_name(1, u64::MAX, 1);
        assert!(parse_file_name(&late).is_some(), "a clock in the last of days makes no backup impossible: {late}");
    }

    #[test]
    fn the_newest_are_kept_and_one_a_week() {
        // One a day for sixty days, the last on a Sunday.
        let mut backups: Vec<Backup> = (0..63).map(|day| backup(day, MONDAY_MS + u64::from(day) * DAY_MS)).collect();
        backups.reverse();
        let gone: BTreeSet<u32> = outdated(&backups).iter().map(|backup| backup.number).collect();
        let kept: Vec<u32> =
            backups.iter().map(|backup| backup.number).filter(|number| !gone.contains(number)).collect();
        assert_eq!(kept, [62, 61, 60, 59, 55, 48, 41], "three, and the newest of each of four weeks before");
        assert_eq!(outdated(&backups[..3]), Vec::<&Backup>::new());
    }

    #[test]
    fn a_clock_gone_wrong_never_costs_the_newest() {
        let backups = [backup(9, 0), backup(8, u64::MAX), backup(7, MONDAY_MS), backup(6, u64::MAX), backup(5, 0)];
        let gone: Vec<u32> = outdated(&backups).iter().map(|backup| backup.number).collect();
        assert_eq!(gone, Vec::<u32>::new(), "the newest by number, and one for each week the clock named");
    }
}
