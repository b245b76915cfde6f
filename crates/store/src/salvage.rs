//! What can still be read of a damaged database.
//!
//! It is read from a working copy, with the log beside it written into the copy; the damaged file itself is never
//! opened by SQLite, which might tidy away what it takes for torn. Pages that hold the schema are needed to read
//! anything at all: if they are damaged, those of a backup or of an empty store take their place, since all databases
//! of an installation have one key, one salt, and the same pages for the same schema.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use arumbae_domain::schema::{RecordId, RecordKind};
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::backup::Backup;
use crate::connection::{self, PAGE, Unlocking};
use crate::error::Result;
use crate::folder::{Folder, discard};
use crate::{schema, wal};

/// Rows after an unreadable one are looked for one by one this far, and then in doubling steps: no page holds more of
/// them.
const NEAR: i64 = 256;

/// A working copy of a damaged database.
pub(crate) struct Salvage {
    copy: PathBuf,
    unlocking: Unlocking,
    /// The records it lists, `None` if the list could not be read to its end.
    pub listed: Option<Vec<(RecordId, RecordKind)>>,
    /// Whether its write-ahead log is as it was written. If not, the last transactions may be missing without a gap.
    pub has_whole_log: bool,
}

impl Drop for Salvage {
    fn drop(&mut self) {
        // A copy that stays behind is only space; the next recovery begins with a fresh one.
        let _ = discard(&self.copy);
    }
}

impl Salvage {
    /// `None` if there is no database, or nothing of it can be read.
    pub fn begin(folder: &Folder, unlocking: &Unlocking, backups: &[Backup]) -> Result<Option<Salvage>> {
        let copy = folder.path().join("store.salvage.db");
        discard(&copy)?;
        if !folder.database().exists() {
            return Ok(None);
        }
        fs::copy(folder.database(), &copy)?;
        let has_whole_log = wal::overlay(&folder.database(), &copy)?;
        let mut salvage = Salvage { copy, unlocking: unlocking.clone(), listed: None, has_whole_log };
        if !salvage.has_readable_schema() && !salvage.mend_schema(folder, backups)? {
            return Ok(None);
        }
        salvage.listed = salvage.list()?.filter(|_| has_whole_log);
        // What an older version made is read as this one knows it, if it still can be.
        if let Ok(mut connection) = connection::open(&salvage.copy, unlocking) {
            let _ = schema::migrate(&mut connection);
        }
        Ok(Some(salvage))
    }

    fn open(&self) -> Result<Connection> {
        connection::open_damaged(&self.copy, &self.unlocking)
    }

    fn has_readable_schema(&self) -> bool {
        let read = || -> Result<String> {
            let connection = self.open()?;
            let last = connection.query_row("SELECT max(name) FROM sqlite_schema", [], |row| row.get(0))?;
            connection.query_row("SELECT count(*) FROM installation", [], |row| row.get::<_, i64>(0))?;
            Ok(last)
        };
        read().is_ok()
    }

    fn list(&self) -> Result<Option<Vec<(RecordId, RecordKind)>>> {
        let mut listed = Vec::new();
        let whole = self.for_each_row("record", &["id", "kind"].map(str::to_owned), |values| {
            if let [SqlValue::Blob(id), SqlValue::Integer(kind)] = values.as_slice()
                && let Ok(id) = Uuid::from_slice(id)
                && let Some(kind) = u16::try_from(*kind).ok().and_then(RecordKind::from_number)
            {
                listed.push((RecordId(id), kind));
            }
            Ok(())
        })?;
        Ok(whole.then_some(listed))
    }

    /// Puts the schema's pages of a backup, or of an empty store, in the place of the damaged ones.
    fn mend_schema(&self, folder: &Folder, backups: &[Backup]) -> Result<bool> {
        let template = folder.path().join("store.template.db");
        let pages = fs::metadata(&self.copy)?.len().div_ceil(PAGE as u64);
        for backup in backups.iter().map(Some).chain([None]) {
            discard(&template)?;
            let made = match backup {
                Some(backup) => fs::copy(&backup.path, &template).map_err(Into::into).and_then(|_| {
                    let connection = connection::open(&template, &self.unlocking)?;
                    transplant_schema(connection, &template, &self.copy, pages)
                }),
                None => connection::create(&template, &self.unlocking)
                    .and_then(|connection| transplant_schema(connection, &template, &self.copy, pages)),
            };
            discard(&template)?;
            // A backup that cannot be read is no template; the next one may be.
            if made.is_ok() && self.has_readable_schema() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Shows every readable row of a table in its order. Returns whether all of them could be read.
    pub fn for_each_row(
        &self,
        table: &str,
        columns: &[String],
        mut each: impl FnMut(Vec<SqlValue>) -> Result<()>,
    ) -> Result<bool> {
        let query = format!("SELECT rowid, {} FROM {table} WHERE rowid > ?1 ORDER BY rowid", columns.join(", "));
        let mut after = i64::MIN;
        let mut whole = true;
        loop {
            // Opened anew after each bad page: SQLCipher then refuses every further one.
            let Ok(connection) = self.open() else { return Ok(false) };
            let Ok(mut statement) = connection.prepare(&query) else { return Ok(false) };
            let mut rows = statement.query([after])?;
            loop {
                match rows.next() {
                    Ok(Some(row)) => {
                        let values = (1..=columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>();
                        let (Ok(rowid), Ok(values)) = (row.get(0), values) else { break };
                        after = rowid;
                        each(values)?;
                    }
                    Ok(None) => return Ok(whole),
                    Err(_) => break,
                }
            }
            whole = false;
            match self.next_readable(table, after) {
                Some(next) => after = next - 1,
                None => return Ok(false),
            }
        }
    }

    /// The first row after a bad place, as far as it can be found by asking further and further on.
    fn next_readable(&self, table: &str, after: i64) -> Option<i64> {
        let row_after = |rowid: i64| -> rusqlite::Result<Option<i64>> {
            let connection = self.open().map_err(|_| rusqlite::Error::InvalidQuery)?;
            let query = format!("SELECT rowid FROM {table} WHERE rowid > ?1 ORDER BY rowid LIMIT 1");
            connection.query_row(&query, [rowid], |row| row.get(0)).optional()
        };
        // Numbers are given from 1 on.
        let start = after.max(0);
        let (mut bad, mut good) = (start, None);
        for step in (1..=NEAR).chain((9..62).map(|doubled| 1 << doubled)) {
            let Some(from) = start.checked_add(step) else { break };
            match row_after(from) {
                Ok(Some(found)) => {
                    good = Some((from, found));
                    break;
                }
                Ok(None) => return None,
                Err(_) => bad = from,
            }
        }
        let (mut from, mut found) = good?;
        while from - bad > 1 {
            let middle = bad + (from - bad) / 2;
            match row_after(middle) {
                Ok(Some(earlier)) => (from, found) = (middle, earlier),
                _ => bad = middle,
            }
        }
        Some(found)
    }

    /// The columns that a table has both here and in a database that rows are carried over to.
    pub fn shared_columns(&self, other: &Connection, table: &str) -> Result<Vec<String>> {
        let theirs = column_names(other, table)?;
        let ours = self.open().and_then(|connection| column_names(&connection, table)).unwrap_or_default();
        Ok(theirs.into_iter().filter(|name| ours.contains(name)).collect())
    }

    /// The bytes of an attachment by its row's number, as far as they can be read.
    pub fn attachment(&self, blob: i64) -> Option<Vec<u8>> {
        let connection = self.open().ok()?;
        let mut statement = connection.prepare("SELECT bytes FROM blob_piece WHERE blob = ?1 ORDER BY number").ok()?;
        let pieces = statement.query_map([blob], |row| row.get::<_, Vec<u8>>(0)).ok()?;
        Some(pieces.collect::<rusqlite::Result<Vec<_>>>().ok()?.concat())
    }
}

fn column_names(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    Ok(statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Writes the pages of a template's schema into another database. The first of them says how long the database is, and
/// SQLite reads nothing beyond, so the template is made as long first.
fn transplant_schema(connection: Connection, template: &Path, onto: &Path, pages: u64) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", false)?;
    let long: u32 = connection.pragma_query_value(None, "page_count", |row| row.get(0))?;
    connection.execute(
        "INSERT INTO blob_piece (blob, number, bytes) VALUES (-1, 0, zeroblob(?1))",
        [(pages.saturating_sub(long.into()) * PAGE as u64) as i64],
    )?;
    connection.execute("DELETE FROM blob_piece WHERE blob = -1", [])?;
    let mut statement = connection.prepare("SELECT pageno FROM dbstat WHERE name = 'sqlite_schema'")?;
    let schema: Vec<u32> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    drop(statement);
    connection.close().map_err(|(_, error)| error)?;
    let (mut from, mut to) = (File::open(template)?, OpenOptions::new().write(true).open(onto)?);
    let mut page = vec![0; PAGE];
    for at in schema.into_iter().map(|number| SeekFrom::Start(u64::from(number - 1) * PAGE as u64)) {
        from.seek(at)?;
        from.read_exact(&mut page)?;
        to.seek(at)?;
        to.write_all(&page)?;
    }
    Ok(())
}
