//! Keeping the store safe: backups, what to do with a damaged one, and whether it can be written at all.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arumbae_domain::calendar::{IndonesianZone, moment as in_words};
use arumbae_domain::schema::RecordKind;
use arumbae_store::{Backup, LaneGap, Recovered, Store, StoreError, Tally};
use jiff::Timestamp;
use rand_core::OsRng;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::App;
use crate::account::{AppState, app_state};
use crate::app::in_background;
use crate::command::Nothing;
use crate::error::{AppError, ErrorCode, ErrorNotice, Result};
use crate::messages::Catalogue;
use crate::record::moment;

/// How safe the store is.
#[derive(Debug, Serialize, TS)]
pub struct Safekeeping {
    /// Nothing can be written at present ("hanya baca").
    pub read_only: bool,
    /// Why the last backup could not be made; `null` if it could.
    pub backup_failure: Option<ErrorNotice>,
    /// The backups, newest first.
    pub backups: Vec<BackupRow>,
}

/// A backup.
#[derive(Clone, Debug, Serialize, TS)]
pub struct BackupRow {
    /// What it is asked for by.
    pub number: u32,
    /// When it was made, by this laptop's clock.
    pub made_at: Timestamp,
    /// Its size.
    pub byte_length: u64,
}

/// Makes the store anew from a backup and from all that can be read of the present file.
#[derive(Deserialize, TS)]
pub struct RecoverStore {
    /// The officer's passphrase.
    pub passphrase: String,
    /// Which backup; `null` for the newest good one, or none if there is none.
    pub backup: Option<u32>,
}

/// What a recovery saved and what it did not, in words.
#[derive(Debug, Serialize, TS)]
pub struct RecoveryReport {
    /// Whether nothing is missing.
    pub complete: bool,
    /// One sentence each: what it was built on, what was saved, what is missing, where the old file lies.
    pub lines: Vec<String>,
}

/// What a recovery came to, and the store that is open since.
#[derive(Debug, Serialize, TS)]
pub struct RecoveredStore {
    /// Where the program stands now.
    pub state: AppState,
    /// What was saved.
    pub report: RecoveryReport,
}

/// Whether the last backup could be made; shared with the work that makes one beside the window.
pub(crate) type BackupFailure = Arc<Mutex<Option<AppError>>>;

/// How often the background task looks whether a backup is due.
const LOOK_INTERVAL: Duration = Duration::from_secs(60);

impl App {
    /// Makes a backup once a day while the store is open; for ever. The host lets it run beside the window.
    pub async fn keep_backed_up(&self) {
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            // A failure stands where the screen reads it, and is tried again after a while.
            let _ = self.back_up_if_due().await;
        }
    }

    /// Makes a backup if the newest one is a day old, and says whether it did. Work goes on meanwhile.
    ///
    /// # Errors
    /// [`ErrorCode::Locked`], and whatever kept the backup from being made.
    pub async fn back_up_if_due(&self) -> Result<bool> {
        let now_ms = self.now_ms();
        let due = self.with_store(move |store| {
            let due = !store.is_read_only() && store.is_backup_due(now_ms)?;
            due.then(|| store.prepare_backup(now_ms)).transpose().map_err(AppError::from)
        });
        let Some(job) = due.await? else { return Ok(false) };
        let made = in_background(move || Ok(job.run())).await?;
        self.note_backup(made)?;
        Ok(true)
    }

    /// Remembers whether a backup could be made.
    pub(crate) fn note_backup(&self, made: Result<Backup, StoreError>) -> Result<()> {
        note(&self.backup_failure(), made.map_err(AppError::from))
    }
}

fn note(failure: &BackupFailure, made: Result<Backup>) -> Result<()> {
    let (failed, outcome) = match made {
        Ok(_) => (None, Ok(())),
        Err(error) => (Some(AppError::new(error.code)), Err(error)),
    };
    *failure.lock().unwrap_or_else(PoisonError::into_inner) = failed;
    outcome
}

/// Makes a backup before work that changes many records at once. One that fails blocks nobody.
pub(crate) fn back_up_before(store: &mut Store, failure: &BackupFailure, now_ms: u64) {
    let made = store.back_up(now_ms).map_err(AppError::from);
    if let Err(error) = note(failure, made) {
        tracing::warn!(code = error.code.name(), "the backup before an import could not be made");
    }
}

pub(crate) async fn safekeeping(app: &App, _: Nothing) -> Result<Safekeeping> {
    let failure = app.backup_failure();
    let (read_only, backups) = app
        .with_store(move |store| {
            // Whether writing works again is found by trying.
            let _ = store.try_writing();
            if let Some(why) = store.backup_failure() {
                let mut noted = failure.lock().unwrap_or_else(PoisonError::into_inner);
                noted.get_or_insert_with(|| AppError::new(code_of(why)));
            }
            Ok((store.is_read_only(), Store::backups(store.path())?))
        })
        .await?;
    let failure = app.backup_failure();
    let failure = failure.lock().unwrap_or_else(PoisonError::into_inner);
    let notice = failure.as_ref().map(|error| app.catalogue().notice(error, String::new()));
    Ok(Safekeeping { read_only, backup_failure: notice, backups: backups.into_iter().map(backup_row).collect() })
}

pub(crate) async fn backup_now(app: &App, _: Nothing) -> Result<Safekeeping> {
    let now_ms = app.now_ms();
    let job = app.with_store(move |store| Ok(store.prepare_backup(now_ms)?)).await?;
    let made = in_background(move || Ok(job.run())).await?;
    app.note_backup(made)?;
    safekeeping(app, Nothing {}).await
}

pub(crate) async fn backup_list(app: &App, _: Nothing) -> Result<Vec<BackupRow>> {
    let folder = app.store_folder(app.sample());
    in_background(move || backups_in(&folder)).await
}

pub(crate) async fn recover_store(app: &App, args: RecoverStore) -> Result<RecoveredStore> {
    let sample = app.sample();
    if app.store().is_ok() {
        app.close(sample).await?;
    }
    let (folder, now_ms) = (app.store_folder(sample), app.now_ms());
    let recovered = in_background(move || recover(&folder, &args.passphrase, args.backup, now_ms)).await;
    let (store, recovered) = recovered?;
    let report = report(&recovered, |gap| author_of(&store, gap), &app.catalogue());
    app.seat(sample, store);
    Ok(RecoveredStore { state: app_state(app, Nothing {}).await?, report })
}

/// The backups in the folder of a store, newest first.
///
/// # Errors
/// Those of reading a folder.
pub fn backups_in(folder: &Path) -> Result<Vec<BackupRow>> {
    Ok(Store::backups(folder)?.into_iter().map(backup_row).collect())
}

/// Makes a backup of a store that no program has open.
///
/// # Errors
/// Those of opening the store, and whatever kept the backup from being made.
pub fn back_up(folder: &Path, passphrase: &str, now: Timestamp) -> Result<BackupRow> {
    let now_ms = crate::app::millis(now);
    let mut store = Store::unlock(folder, passphrase, now_ms, &mut OsRng)?;
    Ok(backup_row(store.back_up(now_ms)?))
}

/// Recovers a store that no program has open, and tells in words what came of it.
///
/// # Errors
/// Those of opening the store, and [`ErrorCode::BackupMissing`].
pub fn recover_in_words(
    folder: &Path,
    passphrase: &str,
    backup: Option<u32>,
    now: Timestamp,
    catalogue: &Catalogue,
) -> Result<RecoveryReport> {
    let (store, recovered) = recover(folder, passphrase, backup, crate::app::millis(now))?;
    Ok(report(&recovered, |gap| author_of(&store, gap), catalogue))
}

fn recover(folder: &Path, passphrase: &str, backup: Option<u32>, now_ms: u64) -> Result<(Store, Recovered)> {
    Ok(Store::recover(folder, passphrase, backup, now_ms, &mut OsRng)?)
}

fn backup_row(backup: Backup) -> BackupRow {
    let Backup { number, made_ms, byte_length, .. } = backup;
    BackupRow { number, made_at: moment(made_ms), byte_length }
}

fn code_of(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::DiskFull => ErrorCode::DiskFull,
        StoreError::Damaged { .. } => ErrorCode::StoreDamaged,
        _ => ErrorCode::NotWritable,
    }
}

fn author_of(store: &Store, gap: &LaneGap) -> Option<String> {
    store.author_of_lane(gap.lane)
}

/// What a recovery came to, a sentence for each thing to know.
fn report(
    recovered: &Recovered,
    author_of: impl Fn(&LaneGap) -> Option<String>,
    catalogue: &Catalogue,
) -> RecoveryReport {
    let say = |key: &str, args: &[(&str, String)]| catalogue.text(&format!("safekeeping-{key}"), args);
    let mut lines = Vec::new();
    lines.push(match &recovered.backup {
        Some(backup) => say("from-backup", &[("at", in_words(moment(backup.made_ms), IndonesianZone::Wit))]),
        None => say("without-backup", &[]),
    });
    if recovered.unreadable {
        lines.push(say("unreadable", &[]));
    }
    let mut tell = |what: String, Tally { saved, missing }: Tally| {
        let key = match missing {
            Some(0) => "saved",
            Some(_) => "saved-missing",
            None => "saved-unknown",
        };
        let missing = missing.unwrap_or_default().to_string();
        lines.push(say(key, &[("what", what), ("saved", saved.to_string()), ("missing", missing)]));
    };
    for (kind, tally) in &recovered.records {
        tell(kind_name(*kind, catalogue), *tally);
    }
    for (what, tally) in [("attachments", recovered.attachments), ("drafts", recovered.drafts)] {
        if tally != (Tally { saved: 0, missing: Some(0) }) {
            tell(say(what, &[]), tally);
        }
    }
    for gap in &recovered.gaps {
        let author = author_of(gap).unwrap_or_else(|| say("unknown-author", &[]));
        let first = gap.first.to_string();
        lines.push(match gap.last {
            Some(last) => say("gap", &[("author", author), ("first", first), ("last", last.to_string())]),
            None => say("gap-open", &[("author", author), ("first", first)]),
        });
    }
    if recovered.unknown_saves > 0 {
        lines.push(say("unknown-saves", &[("count", recovered.unknown_saves.to_string())]));
    }
    let complete = recovered.is_complete();
    if !complete {
        lines.push(say("what-next", &[]));
    }
    let aside = recovered.set_aside.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
    if let Some(file) = aside {
        lines.push(say("set-aside", &[("file", file.to_owned())]));
    }
    RecoveryReport { complete, lines }
}

fn kind_name(kind: RecordKind, catalogue: &Catalogue) -> String {
    catalogue.text(&format!("kind-{}", kind.name()), &[])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arumbae_mergelog::LaneId;

    use super::*;
    use crate::messages::Language;

    /// A recovery with something to say about everything.
    fn everything() -> Recovered {
        let lane = LaneId([7; 16]);
        Recovered {
            set_aside: Some("/contoh/store.db.aside-1".into()),
            backup: None,
            unreadable: true,
            records: BTreeMap::from([
                (RecordKind::Finding, Tally { saved: 12, missing: Some(0) }),
                (RecordKind::SupervisionReport, Tally { saved: 3, missing: Some(2) }),
            ]),
            drafts: Tally { saved: 1, missing: None },
            attachments: Tally { saved: 4, missing: Some(1) },
            gaps: vec![
                LaneGap { lane, own: false, first: 5, last: Some(9) },
                LaneGap { lane, own: true, first: 10, last: None },
            ],
            unknown_saves: 6,
            unread: vec!["segment"],
        }
    }

    #[test]
    fn every_thing_to_know_is_said_in_both_languages() {
        for language in [Language::Indonesian, Language::English] {
            let catalogue = Catalogue::new(language);
            let told = report(&everything(), |gap| (!gap.own).then(|| "Contoh Petugas".to_owned()), &catalogue);
            assert!(!told.complete);
            assert_eq!(told.lines.len(), 11, "{:#?}", told.lines);
            let text = told.lines.join("\n");
            for said in ["12", "Contoh Petugas", "store.db.aside-1", "6"] {
                assert!(text.contains(said), "{said} in {text}");
            }
            assert!(!text.contains("safekeeping-") && !text.contains("{$"), "{text}");
        }
    }

    #[test]
    fn a_recovery_that_lost_nothing_says_so_briefly() {
        let tally = Tally { saved: 2, missing: Some(0) };
        let none = Tally { saved: 0, missing: Some(0) };
        let recovered = Recovered {
            records: BTreeMap::from([(RecordKind::Finding, tally)]),
            unreadable: false,
            drafts: none,
            attachments: none,
            gaps: vec![],
            unknown_saves: 0,
            unread: vec![],
            ..everything()
        };
        let told = report(&recovered, |_| None, &Catalogue::new(Language::Indonesian));
        assert!(told.complete);
        assert_eq!(told.lines.len(), 3, "{:#?}", told.lines);
    }
}
