//! Recovery: a new database from the newest good backup and from everything that can be read of the one it replaces.
//!
//! The log is what counts. Its segments prove themselves by signature and chain, so each that can still be read is
//! taken in on top of the backup, and the records are made from them again. Saves that were not sealed are written
//! again. What stood behind a gap waits for the missing segments, which the server or a colleague may still have, and
//! what is missing is named. The replaced file is set aside, as it is, for ever.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use arumbae_domain::schema::{BlobHash, RecordKind};
use arumbae_mergelog::{DeviceKey, Lane, LaneId, Save, leaf};
use rand_core::CryptoRngCore;
use rusqlite::types::Value as SqlValue;
use rusqlite::{Connection, Transaction, params_from_iter};
use uuid::Uuid;

use crate::backup::{self, Backup};
use crate::connection::{self, Unlocking};
use crate::error::{Result, StoreError};
use crate::folder::Folder;
use crate::incoming::{Arriving, CurrentIncarnation, take_in_tx, take_with_snapshot_in_tx};
use crate::opening::{Attempt, Store, draw_incarnation};
use crate::outgoing::{take_unsent_in_tx, write_again_in_tx};
use crate::salvage::Salvage;
use crate::schema;
use crate::tables::waiting_segment::WaitingSegment;
use crate::tables::{
    blob, installation, lane, pending_save, profile, record, registry, scope_cursor, snapshot, waiting_segment,
};
use crate::upkeep::{check_integrity, rebuild_in_tx};
use crate::views::Incoming;

/// What a recovery saved, and what it did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where the replaced database lies now, if there was one. It is never deleted.
    pub set_aside: Option<PathBuf>,
    /// The backup it was built on, if there was a good one.
    pub backup: Option<Backup>,
    /// Whether nothing at all could be read of the replaced database.
    pub unreadable: bool,
    /// Records that stand alone, by kind.
    pub records: BTreeMap<RecordKind, Tally>,
    /// What was being typed.
    pub drafts: Tally,
    /// Photos and files.
    pub attachments: Tally,
    /// Saves that were made and are not here, by lane.
    pub gaps: Vec<LaneGap>,
    /// Saves of this device that may have left it and that nothing here has, beyond those of the gaps.
    pub unknown_saves: u64,
    /// The tables that could not be read to their end; `wal` stands for the newest changes of all of them.
    pub unread: Vec<&'static str>,
}

impl Recovered {
    /// Whether everything that was ever acknowledged is here.
    pub fn is_complete(&self) -> bool {
        !self.unreadable && self.gaps.is_empty() && self.unread.is_empty() && self.attachments.missing == Some(0)
    }
}

/// How much of something there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// So many are here.
    pub saved: u64,
    /// So many are known to be missing; `None` if that cannot be known.
    pub missing: Option<u64>,
}

/// Saves that were made and are not here. A server or a colleague who has them gives them back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneGap {
    /// Whose.
    pub lane: LaneId,
    /// It is a lane of this device.
    pub own: bool,
    /// The first missing save.
    pub first: u64,
    /// The last; `None` if it is not known how many there were.
    pub last: Option<u64>,
}

/// The tables that are carried over row by row, and whether a row of the backup that the replaced database no longer
/// has was done with. Everything else is taken in anew.
const CARRIED: [(&str, bool); 6] = [
    ("profile", false),
    ("certificate", false),
    ("registry", false),
    ("receipt", false),
    ("quarantine", true),
    ("draft", true),
];

/// Stands among the unread tables for the newest changes of all of them.
const LOG: &str = "wal";

impl Store {
    /// Makes a new database from a backup and from all that can be read of the present one, which is set aside. To be
    /// called only when somebody asked for it: after [`StoreError::Damaged`] or [`StoreError::ForeignFile`], or to go
    /// back to a backup by its number. Without a number it is the newest good one, or none if there is none.
    ///
    /// Nothing newer than the backup is undone: what the present database still has is merged with it.
    ///
    /// The new one begins a new incarnation: whether the last saves under the old one were read is not certain.
    ///
    /// # Errors
    /// Those of [`unlock`](Store::unlock), and [`StoreError::NoSuchBackup`]. [`StoreError::Damaged`] stays if there is no
    /// backup and not even the installation's own row can be read: everything then lies as it lay.
    pub fn recover(
        dir: &Path,
        passphrase: &str,
        backup: Option<u32>,
        now_ms: u64,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(Store, Recovered)> {
        let mut attempt = Store::try_passphrase(dir, passphrase, now_ms)?;
        if attempt.lock.is_none() {
            return Err(StoreError::Unwritable(std::io::ErrorKind::ReadOnlyFilesystem.into()));
        }
        let Attempt { folder, slots, user, data_key, .. } = &mut attempt;
        let unlocking = slots.unlocking(data_key.clone());
        folder.take_up_next()?;
        folder.discard_unfinished()?;
        let backups = backup::list(folder)?;
        let base = choose(&backups, backup, &unlocking)?;
        let mut fresh = begin(folder, base.as_ref(), &unlocking)?;
        let salvage = Salvage::begin(folder, &unlocking, &backups)?;
        // Rows may have lost what they belong to; they are left out, and the check at the end sees to it.
        fresh.pragma_update(None, "foreign_keys", false)?;
        let tx = fresh.transaction()?;
        let rebuilding = Rebuilding {
            tx: &tx,
            salvage: salvage.as_ref(),
            unread: salvage.iter().filter(|salvage| !salvage.has_whole_log).map(|_| LOG).collect(),
            incarnation: draw_incarnation(rng),
            now_ms,
        };
        let mut recovered = rebuilding.run(*user, slots.sealed_saves())?;
        tx.commit()?;
        check_integrity(&fresh)?;
        let sealed_saves = lane::sealed_total(&fresh)?;
        fresh.close().map_err(|(_, error)| error)?;
        drop(salvage);

        // From here on an interruption is finished at the next unlocking.
        folder.complete()?;
        recovered.set_aside = folder.take_up_next()?;
        slots.remember_sealed(folder, sealed_saves)?;
        recovered.backup = base;
        Ok((Store::open(attempt, now_ms, rng)?, recovered))
    }
}

/// The backup to begin from: the one asked for, or the newest that can be read.
fn choose(backups: &[Backup], number: Option<u32>, unlocking: &Unlocking) -> Result<Option<Backup>> {
    let mut candidates = backups.iter().filter(|backup| number.is_none_or(|number| backup.number == number));
    let chosen = candidates.find(|backup| backup::is_sound(backup, unlocking)).cloned();
    if number.is_some() && chosen.is_none() { Err(StoreError::NoSuchBackup) } else { Ok(chosen) }
}

/// An unfinished database with what a backup holds, or with nothing but the schema.
fn begin(folder: &Folder, base: Option<&Backup>, unlocking: &Unlocking) -> Result<Connection> {
    let path = folder.unfinished();
    let Some(backup) = base else { return connection::create(&path, unlocking) };
    std::fs::copy(&backup.path, &path)?;
    let mut connection = connection::open(&path, unlocking)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

/// Saves by lane and number.
type Unsent = BTreeMap<Lane, BTreeMap<u64, Save>>;

/// The new database on its way, within one transaction.
struct Rebuilding<'a> {
    tx: &'a Transaction<'a>,
    salvage: Option<&'a Salvage>,
    unread: BTreeSet<&'static str>,
    incarnation: u64,
    now_ms: u64,
}

impl Rebuilding<'_> {
    fn run(mut self, user: Uuid, sealed_saves: u64) -> Result<Recovered> {
        let tx = self.tx;
        let is_newer = self.carry_installation()?;
        for (table, is_done_with) in CARRIED {
            self.carry(table, is_done_with && is_newer)?;
        }
        let Ok(installation) = installation::read(tx) else { return Err(StoreError::damaged()) };
        if profile::current(tx, user).is_err() {
            return Err(StoreError::damaged());
        }
        installation::set_incarnation(tx, self.incarnation)?;
        let registry = registry::replay(tx).or_else(|_| {
            // Entries are missing between others: the province tells them again from the first.
            self.unread.insert("registry");
            tx.execute("DELETE FROM registry", [])?;
            registry::replay(tx)
        })?;

        let mut unsent = self.take_unsent_of_backup()?;
        let (lanes, known_ends) = self.lanes(&mut unsent)?;
        let segments = self.segments()?;
        tx.execute("UPDATE lane SET frozen = 0", [])?;
        let current = (DeviceKey(installation.device.verifying_key().to_bytes()), self.incarnation);
        let carried = self.snapshots(current)?;
        take_with_snapshot_in_tx(tx, &registry, current, (&[], carried), self.now_ms)?;
        let segments = segments.into_iter().map(Arriving::from).collect();
        let outcome = take_in_tx(tx, &registry, current, segments, self.now_ms)?;
        for (lane, frozen) in &lanes {
            if let Some(row) = lane::find(tx, lane.id())?.filter(|_| *frozen) {
                lane::set_frozen(tx, row.rid, true)?;
            }
        }
        for row in lane::all(tx)?.into_iter().filter(|row| row.own && row.frozen) {
            let refused = take_unsent_in_tx(tx, &row)?;
            unsent.entry(row.lane).or_default().extend(refused.into_iter().map(|save| (save.seq, save)));
        }
        for (lane, saves) in &mut unsent {
            // Those that the replaced database had sealed came with its segments.
            let held = lane::find(tx, lane.id())?.map_or(1, |row| row.cursor.next_seq);
            saves.retain(|seq, _| *seq >= held);
        }
        let written_again: BTreeMap<LaneId, BTreeSet<u64>> =
            unsent.iter().map(|(lane, saves)| (lane.id(), saves.keys().copied().collect())).collect();
        let orphans = unsent.into_iter().map(|(lane, saves)| (lane, saves.into_values().collect())).collect();
        write_again_in_tx(tx, orphans, self.incarnation)?;

        let attachments = self.attachments()?;
        if outcome.waiting > 0 || self.salvage.is_none() || !self.unread.is_empty() {
            // What was read before may be what is missing now.
            scope_cursor::reset_all(tx)?;
        }
        rebuild_in_tx(tx)?;
        let gaps = self.gaps(&known_ends, &written_again)?;
        Ok(Recovered {
            set_aside: None,
            backup: None,
            unreadable: self.salvage.is_none(),
            records: self.records()?,
            drafts: Tally {
                saved: count(tx, "SELECT count(*) FROM draft")?,
                missing: self.is_known("draft").then_some(0),
            },
            attachments,
            unknown_saves: {
                let known: u64 = gaps
                    .iter()
                    .filter_map(|gap| gap.own.then(|| gap.last.map(|last| last + 1 - gap.first)).flatten())
                    .sum();
                sealed_saves.saturating_sub(lane::sealed_total(tx)? + known)
            },
            gaps,
            unread: self.unread.into_iter().collect(),
        })
    }

    /// Shows the readable rows of a table of the replaced database.
    fn for_each_row(
        &mut self,
        table: &'static str,
        columns: &[&str],
        each: impl FnMut(Vec<SqlValue>) -> Result<()>,
    ) -> Result<()> {
        let Some(salvage) = self.salvage else { return Ok(()) };
        let columns: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
        if !salvage.for_each_row(table, &columns, each)? {
            self.unread.insert(table);
        }
        Ok(())
    }

    /// Whether all was seen that the replaced database ever had in a table.
    fn is_known(&self, table: &str) -> bool {
        self.salvage.is_some() && [table, LOG].iter().all(|part| !self.unread.contains(part))
    }

    /// The installation's row of whichever database stood later. Returns whether that was the replaced one.
    fn carry_installation(&mut self) -> Result<bool> {
        let Some(salvage) = self.salvage else { return Ok(false) };
        let hlc = |connection: &Connection| installation::hlc(connection).map(|hlc| hlc.0);
        let held = hlc(self.tx).ok();
        let columns = salvage.shared_columns(self.tx, "installation")?;
        let at = columns.iter().position(|column| column == "hlc");
        let mut found = None;
        let whole = salvage.for_each_row("installation", &columns, |values| {
            found = Some(values);
            Ok(())
        })?;
        let Some((values, at)) = found.zip(at).filter(|_| whole) else {
            self.unread.insert("installation");
            return Ok(false);
        };
        let is_newer = held.is_none_or(|held| matches!(values[at], SqlValue::Integer(hlc) if hlc as u64 >= held));
        if is_newer {
            self.tx.execute("DELETE FROM installation", [])?;
            self.insert("installation", &columns, values)?;
        }
        Ok(is_newer)
    }

    /// Carries a table over. With `replacing`, rows that only the backup has are dropped, provided that all of the
    /// replaced database's could be read.
    fn carry(&mut self, table: &'static str, replacing: bool) -> Result<()> {
        let Some(salvage) = self.salvage else { return Ok(()) };
        let mut columns = salvage.shared_columns(self.tx, table)?;
        // A row's number says only in which order rows came.
        columns.retain(|column| column != "rid");
        let mut rows = Vec::new();
        let whole = salvage.for_each_row(table, &columns, |values| {
            rows.push(values);
            Ok(())
        })?;
        if !whole {
            self.unread.insert(table);
        } else if replacing {
            self.tx.execute(&format!("DELETE FROM {table}"), [])?;
        }
        rows.into_iter().try_for_each(|values| self.insert(table, &columns, values))
    }

    fn insert(&self, table: &str, columns: &[String], values: Vec<SqlValue>) -> Result<()> {
        let places = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT OR REPLACE INTO {table} ({}) VALUES ({places})", columns.join(", "));
        self.tx.prepare_cached(&insert)?.execute(params_from_iter(values))?;
        Ok(())
    }

    /// Takes the saves that the backup had not sealed out of it: the replaced database may have sealed them since.
    fn take_unsent_of_backup(&self) -> Result<Unsent> {
        let mut unsent = Unsent::new();
        for row in lane::all(self.tx)?.into_iter().filter(|row| row.own) {
            let saves = pending_save::list(self.tx, row.rid)?.into_iter().map(|(save, _)| (save.seq, save));
            unsent.entry(row.lane).or_default().extend(saves);
            pending_save::remove_up_to(self.tx, row.rid, u64::MAX >> 1)?;
        }
        Ok(unsent)
    }

    /// The lanes either database knows, whether each is frozen, and the last save of each that was ever made as far as
    /// is known; and the saves that the replaced database had not sealed.
    fn lanes(&mut self, unsent: &mut Unsent) -> Result<(BTreeMap<Lane, bool>, BTreeMap<LaneId, u64>)> {
        let mut lanes = BTreeMap::new();
        let mut ends = BTreeMap::<LaneId, u64>::new();
        let mut by_number = BTreeMap::new();
        for row in lane::all(self.tx)? {
            ends.insert(row.id, row.next_save.max(row.cursor.next_seq) - 1);
            lanes.insert(row.lane, row.frozen);
        }
        let columns = ["rid", "device", "incarnation", "scope", "frozen", "next_seq", "next_save"];
        self.for_each_row("lane", &columns, |values| {
            let [
                SqlValue::Integer(rid),
                SqlValue::Blob(device),
                SqlValue::Integer(incarnation),
                SqlValue::Text(scope),
                ..,
            ] = values.as_slice()
            else {
                return Ok(());
            };
            if let (Ok(device), Ok(scope)) = (<[u8; 32]>::try_from(device.as_slice()), scope.parse()) {
                let lane = Lane { device: DeviceKey(device), incarnation: *incarnation as u64, scope };
                let end = ends.entry(lane.id()).or_default();
                *end = values[5..].iter().filter_map(number).map(|next| next.saturating_sub(1)).fold(*end, u64::max);
                by_number.insert(*rid, lane.clone());
                lanes.insert(lane, number(&values[4]) == Some(1));
            }
            Ok(())
        })?;
        let mut orphaned = false;
        self.for_each_row("pending_save", &["lane", "bytes"], |values| {
            if let [SqlValue::Integer(lane), SqlValue::Blob(bytes)] = values.as_slice() {
                match (by_number.get(lane), leaf::decode(bytes)) {
                    (Some(lane), Ok(save)) => drop(unsent.entry(lane.clone()).or_default().insert(save.seq, save)),
                    _ => orphaned = true,
                }
            }
            Ok(())
        })?;
        if orphaned {
            self.unread.insert("pending_save");
        }
        Ok((lanes, ends))
    }

    /// Carries over what stands in place of segments, as far as it is whole. Returns the segments it carries.
    fn snapshots(&mut self, current: CurrentIncarnation) -> Result<Vec<WaitingSegment>> {
        let mut pages = HashMap::new();
        self.for_each_row("snapshot_page", &["hash", "bytes"], |values| {
            if let [SqlValue::Blob(hash), SqlValue::Blob(bytes)] = values.as_slice() {
                pages.insert(hash.clone(), bytes.clone());
            }
            Ok(())
        })?;
        let mut found = Vec::new();
        let mut whole = true;
        self.for_each_row("snapshot", &["note", "head", "numbered"], |values| {
            if let [SqlValue::Blob(note), SqlValue::Blob(head), SqlValue::Integer(1)] = values.as_slice() {
                let snapshot = snapshot::read_found(note, head, |hash| pages.get(hash.as_slice()).cloned());
                whole &= snapshot.is_some();
                found.extend(snapshot);
            }
            Ok(())
        })?;
        if !whole {
            self.unread.insert("snapshot");
        }
        let mut carried = Vec::new();
        for snapshot in found {
            carried.extend(snapshot.adopt_in_tx(self.tx, current)?);
        }
        Ok(carried)
    }

    fn segments(&mut self) -> Result<Vec<Incoming>> {
        let mut segments = Vec::new();
        for table in ["segment", "waiting_segment"] {
            self.for_each_row(table, &["gsn", "received_ms", "bytes"], |values| {
                if let [gsn, received_ms, SqlValue::Blob(bytes)] = values.as_slice() {
                    segments.push(Incoming {
                        gsn: number(gsn),
                        received_ms: number(received_ms),
                        bytes: bytes.clone(),
                    });
                }
                Ok(())
            })?;
        }
        Ok(segments)
    }

    /// Carries over the attachments that are whole; what was half received is fetched again.
    fn attachments(&mut self) -> Result<Tally> {
        let mut found = Vec::new();
        self.for_each_row("blob", &["rid", "hash", "byte_length", "held_bytes", "sent_ms"], |values| {
            if let [SqlValue::Integer(rid), SqlValue::Blob(hash), length, held, sent_ms] = values.as_slice()
                && let Ok(hash) = <[u8; 32]>::try_from(hash.as_slice())
                && length == held
            {
                found.push((*rid, BlobHash(hash), number(sent_ms)));
            }
            Ok(())
        })?;
        let mut missing = 0;
        for (rid, hash, sent_ms) in found {
            if !blob::find(self.tx, hash)?.is_some_and(|row| row.is_whole()) {
                let bytes = self.salvage.and_then(|salvage| salvage.attachment(rid)).unwrap_or_default();
                if blake3::hash(&bytes).as_bytes() != &hash.0 {
                    missing += 1;
                    continue;
                }
                if let Some(half) = blob::find(self.tx, hash)? {
                    blob::empty(self.tx, half.rid)?;
                }
                let mut row = blob::insert(self.tx, hash, bytes.len() as u64)?;
                blob::append(self.tx, &mut row, &bytes)?;
            }
            if let Some(sent_ms) = sent_ms {
                blob::set_sent(self.tx, hash, sent_ms)?;
            }
        }
        let saved = count(self.tx, "SELECT count(*) FROM blob WHERE held_bytes = byte_length")?;
        Ok(Tally { saved, missing: self.is_known("blob").then_some(missing) })
    }

    /// The records there are, and those of the replaced database's own list that are not among them.
    fn records(&self) -> Result<BTreeMap<RecordKind, Tally>> {
        let mut tallies: BTreeMap<RecordKind, Tally> = BTreeMap::new();
        for kind in RecordKind::ALL.iter().copied().filter(|kind| kind.is_top_level()) {
            let query =
                format!("SELECT count(*) FROM record WHERE kind = {} AND root = rid AND deleted = 0", kind.number());
            tallies.insert(kind, Tally { saved: count(self.tx, &query)?, missing: Some(0) });
        }
        let tx = self.tx;
        match self.salvage.and_then(|salvage| salvage.listed.as_ref()) {
            Some(listed) => {
                for (id, kind) in listed {
                    if let Some(Tally { missing: Some(missing), .. }) = tallies.get_mut(kind)
                        && record::standing(tx, *id)?.is_none_or(|standing| standing.kind.is_none())
                    {
                        *missing += 1;
                    }
                }
            }
            None => tallies.values_mut().for_each(|tally| tally.missing = None),
        }
        tallies.retain(|_, tally| *tally != Tally { saved: 0, missing: Some(0) });
        Ok(tallies)
    }

    /// The saves that were made and that neither the log, nor what waits for earlier segments, nor what was written
    /// again holds.
    fn gaps(
        &self,
        known_ends: &BTreeMap<LaneId, u64>,
        written_again: &BTreeMap<LaneId, BTreeSet<u64>>,
    ) -> Result<Vec<LaneGap>> {
        let uncertain = !["lane", "pending_save"].iter().all(|table| self.is_known(table));
        let waiting = waiting_segment::ranges(self.tx)?;
        let mut gaps = Vec::new();
        for (&lane, &end) in known_ends {
            let row = lane::find(self.tx, lane)?;
            let own = row.as_ref().map_or_else(|| written_again.contains_key(&lane), |row| row.own);
            let next = row.map_or(1, |row| row.cursor.next_seq);
            let waits = |seq: u64| waiting.iter().any(|(of, range)| *of == lane && range.contains(&seq));
            let is_again = |seq: u64| written_again.get(&lane).is_some_and(|saves| saves.contains(&seq));
            // What waits for earlier saves proves that there were some; where the lanes are known, that they were
            // already waited for.
            let proof = waiting.iter().filter(|(of, _)| *of == lane && uncertain).map(|(_, range)| *range.end());
            let end = proof.fold(end, u64::max);
            let mut seq = next;
            while seq <= end {
                if waits(seq) || is_again(seq) {
                    seq += 1;
                    continue;
                }
                let last = (seq..=end).take_while(|&seq| !waits(seq) && !is_again(seq)).last().unwrap_or(seq);
                gaps.push(LaneGap { lane, own, first: seq, last: Some(last) });
                seq = last + 1;
            }
            if own && uncertain {
                gaps.push(LaneGap { lane, own, first: end.max(next - 1) + 1, last: None });
            }
        }
        Ok(gaps)
    }
}

fn count(connection: &Connection, query: &str) -> Result<u64> {
    let count: i64 = connection.query_row(query, [], |row| row.get(0))?;
    Ok(count as u64)
}

fn number(value: &SqlValue) -> Option<u64> {
    if let SqlValue::Integer(number) = value { Some(*number as u64) } else { None }
}
