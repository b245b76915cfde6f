//! Recovery of a damaged file: it is set aside as it is, and a new database is made from what can be read of it.
//!
//! The log is what counts. Its segments prove themselves by signature and chain, so each that can still be read is
//! taken in anew, and the records are made from them again. What stood behind a gap waits for the missing segments,
//! which the server or a colleague may still have.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use arumbae_mergelog::{DeviceKey, Lane, Save, leaf};
use rand_core::CryptoRngCore;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Transaction, params_from_iter};

use crate::connection;
use crate::error::{Result, StoreError};
use crate::incoming::take_in_tx;
use crate::key_slots::DataKey;
use crate::opening::{Store, draw_incarnation};
use crate::outgoing::write_again_in_tx;
use crate::tables::{installation, profile, registry};
use crate::upkeep::rebuild_in_tx;
use crate::views::Incoming;

/// What a recovery saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where the damaged database lies now. It is never deleted.
    pub set_aside: PathBuf,
    /// Rows of the log, attachments and drafts that could be read.
    pub rows: u64,
    /// Whether something could not be read, or does not fit together any more.
    pub incomplete: bool,
}

/// The tables that are carried over row by row. Lanes, segments and unsealed saves are taken in anew instead.
const COPIED: [&str; 10] = [
    "installation",
    "profile",
    "certificate",
    "quarantine",
    "receipt",
    "scope_cursor",
    "registry",
    "blob",
    "blob_piece",
    "draft",
];

impl Store {
    /// Sets a damaged database aside and makes a new one from what can be read of it. To be called only when somebody
    /// asked for it, after [`StoreError::Damaged`].
    ///
    /// The new one begins a new incarnation: whether the last saves under the old one were read is not certain.
    ///
    /// # Errors
    /// Those of [`unlock`](Store::unlock). [`StoreError::Damaged`] stays if not even the installation's own rows can be
    /// read, or the key slots cannot: everything then lies as it lay, and a backup is the way back.
    pub fn recover(
        dir: &Path,
        passphrase: &str,
        now_ms: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(Store, Recovered)> {
        let (folder, lock, mut slots, user, data_key) = Store::try_passphrase(dir, passphrase, now_ms)?;
        let damaged = DamagedFile { path: folder.database(), key: &data_key };
        folder.discard_unfinished()?;
        let mut fresh = connection::create(&folder.unfinished(), &data_key)?;
        // Pieces of attachments may have lost what they belong to; they are left out at the end.
        fresh.pragma_update(None, "foreign_keys", false)?;
        let tx = fresh.transaction()?;
        let (rows, incomplete) = carry_over_in_tx(&tx, &damaged, draw_incarnation(rng), now_ms)?;
        profile::current(&tx, user)?;
        tx.commit()?;
        fresh.close().map_err(|(_, error)| error)?;

        // From here on an interruption is finished at the next unlocking: the slots know the new file.
        slots.set_mark(connection::read_mark(&folder.unfinished())?);
        slots.write(&folder)?;
        let set_aside = folder.set_database_aside()?;
        let store = Store::open(folder, lock, slots, user, data_key, rng)?;
        Ok((store, Recovered { set_aside, rows, incomplete }))
    }
}

/// Returns how many rows could be read, and whether something could not.
fn carry_over_in_tx(
    tx: &Transaction<'_>,
    damaged: &DamagedFile<'_>,
    incarnation: u64,
    now_ms: u64,
) -> Result<(u64, bool)> {
    let mut rows = 0;
    let mut whole = true;
    for table in COPIED {
        let names = column_names(tx, table)?;
        let places = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({places})", names.join(", "));
        whole &= damaged.for_each_readable(table, &names, |values| {
            rows += tx.prepare_cached(&insert)?.execute(params_from_iter(values))? as u64;
            Ok(())
        })?;
    }
    let Ok(installation) = installation::read(tx) else { return Err(StoreError::damaged()) };
    installation::set_incarnation(tx, incarnation)?;
    let registry = registry::replay(tx).or_else(|_| {
        // Entries are missing between others: the province tells them again from the first.
        whole = false;
        tx.execute("DELETE FROM registry", [])?;
        registry::replay(tx)
    })?;

    let mut segments = Vec::new();
    for table in ["segment", "waiting_segment"] {
        let names = ["gsn", "received_ms", "bytes"].map(str::to_owned);
        whole &= damaged.for_each_readable(table, &names, |values| {
            rows += 1;
            if let [gsn, received_ms, SqlValue::Blob(bytes)] = values.as_slice() {
                segments.push(Incoming { gsn: number(gsn), received_ms: number(received_ms), bytes: bytes.clone() });
            }
            Ok(())
        })?;
    }
    let device = DeviceKey(installation.device.verifying_key().to_bytes());
    let outcome = take_in_tx(tx, &registry, (device, incarnation), segments, now_ms)?;
    whole &= outcome.waiting == 0;

    let (unsealed, all_read) = unsealed_saves(damaged)?;
    whole &= all_read;
    rows += unsealed.iter().map(|(_, saves)| saves.len() as u64).sum::<u64>();
    write_again_in_tx(tx, unsealed, incarnation)?;
    tx.execute_batch(
        "DELETE FROM blob_piece WHERE blob NOT IN (SELECT rid FROM blob);
         DELETE FROM blob_piece WHERE blob IN (SELECT rid FROM blob b WHERE held_bytes <>
             (SELECT coalesce(sum(length(bytes)), 0) FROM blob_piece p WHERE p.blob = b.rid));
         DELETE FROM blob WHERE held_bytes > 0 AND NOT EXISTS (SELECT 1 FROM blob_piece p WHERE p.blob = blob.rid);",
    )?;
    if !whole {
        // What was read before may be what is missing now.
        tx.execute("UPDATE scope_cursor SET gsn = 0", [])?;
    }
    rebuild_in_tx(tx)?;
    Ok((rows, !whole))
}

/// A lane with its saves that were not sealed.
type Unsealed = (Lane, Vec<Save>);

/// The saves that were not sealed, by lane, as far as they and their lanes can be read.
fn unsealed_saves(damaged: &DamagedFile<'_>) -> Result<(Vec<Unsealed>, bool)> {
    let mut lanes = HashMap::new();
    let names = ["rid", "device", "incarnation", "scope"].map(str::to_owned);
    let mut whole = damaged.for_each_readable("lane", &names, |values| {
        if let [SqlValue::Integer(rid), SqlValue::Blob(device), SqlValue::Integer(incarnation), SqlValue::Text(scope)] =
            values.as_slice()
            && let (Ok(device), Ok(scope)) = (<[u8; 32]>::try_from(device.as_slice()), scope.parse())
        {
            let device = DeviceKey(device);
            lanes.insert(*rid, (Lane { device, incarnation: *incarnation as u64, scope }, Vec::new()));
        }
        Ok(())
    })?;
    let names = ["lane", "bytes"].map(str::to_owned);
    let mut orphaned = false;
    whole &= damaged.for_each_readable("pending_save", &names, |values| {
        if let [SqlValue::Integer(lane), SqlValue::Blob(bytes)] = values.as_slice() {
            match (lanes.get_mut(lane), leaf::decode(bytes)) {
                (Some((_, saves)), Ok(save)) => saves.push(save),
                _ => orphaned = true,
            }
        }
        Ok(())
    })?;
    let mut found: Vec<Unsealed> = lanes.into_values().filter(|(_, saves)| !saves.is_empty()).collect();
    for (_, saves) in &mut found {
        saves.sort_by_key(|save| save.seq);
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok((found, whole && !orphaned))
}

/// The database that is set aside.
struct DamagedFile<'a> {
    path: PathBuf,
    key: &'a DataKey,
}

impl DamagedFile<'_> {
    /// Shows the rows of a table from the first on until one cannot be read, and then from the last back. Returns
    /// whether all could be.
    fn for_each_readable(
        &self,
        table: &str,
        columns: &[String],
        mut each: impl FnMut(Vec<SqlValue>) -> Result<()>,
    ) -> Result<bool> {
        let columns_text = columns.join(", ");
        let mut reached = i64::MIN;
        for (forwards, order) in [(true, "ASC"), (false, "DESC")] {
            // Opened anew for each way: after one bad page SQLCipher refuses every further one.
            let Ok(connection) = connection::open_damaged(&self.path, self.key) else { return Ok(false) };
            let query = format!("SELECT rowid, {columns_text} FROM {table} WHERE rowid > ?1 ORDER BY rowid {order}");
            let Ok(mut statement) = connection.prepare(&query) else { return Ok(false) };
            let Ok(mut rows) = statement.query([reached]) else { return Ok(false) };
            loop {
                match rows.next() {
                    Ok(Some(row)) => {
                        let values = (1..=columns.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>();
                        let (Ok(rowid), Ok(values)) = (row.get(0), values) else { break };
                        if forwards {
                            reached = rowid;
                        }
                        each(values)?;
                    }
                    Ok(None) => return Ok(forwards),
                    Err(_) => break,
                }
            }
        }
        Ok(false)
    }
}

fn column_names(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    Ok(statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

fn number(value: &SqlValue) -> Option<u64> {
    if let SqlValue::Integer(number) = value { Some(*number as u64) } else { None }
}
