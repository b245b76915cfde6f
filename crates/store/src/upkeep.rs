//! Upkeep: making the records again from the log, and checking them.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::{LaneId, RecordState};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Transaction};

use crate::derivation::Arrival;
use crate::error::{Result, StoreError};
use crate::incoming::judge_held_back_in_tx;
use crate::materialise::{self, apply_in_tx};
use crate::opening::Store;
use crate::snapshots::rejoin_in_tx;
use crate::tables::save_list::SaveList;
use crate::tables::{installation, lane, pending_save, record, segment};

/// A hash over every record and conflict: equal on every device that holds the same log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StateFingerprint(pub [u8; 32]);

/// Saves applied at once while rebuilding; enough for grouping to pay, little enough for a small laptop.
const REBUILD_BATCH: usize = 4096;

impl Store {
    /// Makes the records, conflicts and search index again from the log, and gives held-back segments another
    /// hearing. The rows come out the same, byte for byte.
    pub fn rebuild_from_log(&mut self) -> Result<()> {
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        self.write(|tx| {
            rebuild_in_tx(tx)?;
            // Nothing new was heard, so the clock is not moved.
            judge_held_back_in_tx(tx, &registry, current, 0)
        })
    }

    /// Gives held-back segments another hearing.
    pub(crate) fn judge_held_back(&mut self) -> Result<()> {
        let current = (self.device_key(), self.incarnation);
        let registry = self.registry.clone();
        self.write(|tx| judge_held_back_in_tx(tx, &registry, current, 0))
    }

    /// The fingerprint of records and conflicts.
    ///
    /// Left out is what is a device's own affair: whether a receipt is still waited for, and how far its search index
    /// has come.
    pub fn state_fingerprint(&self) -> Result<StateFingerprint> {
        let mut hasher = blake3::Hasher::new_derive_key("arumbae 2026 store state fingerprint");
        for query in [
            "SELECT r.id, t.id, r.kind, r.scope, l.id, r.title, r.subtitle, r.date, r.status, r.needs_decision, r.deleted,
                 r.revived, r.changed_ms, r.conflicts, r.tree_changed_ms, r.tree_conflicts
             FROM record r LEFT JOIN record t ON t.rid = r.root LEFT JOIN lane l ON l.rid = r.created_lane ORDER BY r.id",
            "SELECT parent, list, child, removed FROM part ORDER BY parent, list, child",
            "SELECT record, field, lane, seq, place FROM conflict ORDER BY record, field, lane, seq, place",
            "SELECT record, hash, byte_length FROM blob_reference ORDER BY record, hash",
            "SELECT record, target FROM reference ORDER BY record, target",
        ] {
            hash_rows(&self.connection, query, &mut hasher)?;
        }
        hash_states(&self.connection, &mut hasher)?;
        Ok(StateFingerprint(*hasher.finalize().as_bytes()))
    }

    /// The merged state of every record and part held: where two devices differ when their fingerprints do.
    pub fn record_states(&self) -> Result<BTreeMap<RecordId, RecordState>> {
        record::states(&self.connection)
    }

    /// Reads every page and checks it.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    pub fn check_integrity(&self) -> Result<()> {
        check_integrity(&self.connection)
    }
}

/// Every page's authentication code first, then what the pages say.
pub(crate) fn check_integrity(connection: &Connection) -> Result<()> {
    let forged = connection.prepare("PRAGMA cipher_integrity_check")?.exists([])?;
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    let dangling = connection.prepare("PRAGMA foreign_key_check")?.exists([])?;
    if forged || answer != "ok" || dangling { Err(StoreError::damaged()) } else { Ok(()) }
}

/// Makes every row below the log again from snapshots, segments and unsealed saves.
pub(crate) fn rebuild_in_tx(tx: &Transaction<'_>) -> Result<()> {
    record::clear_all(tx)?;
    let lanes: BTreeMap<i64, lane::LaneRow> = lane::all(tx)?.into_iter().map(|row| (row.rid, row)).collect();
    rejoin_in_tx(tx)?;
    let mut batch = Vec::new();
    let apply = |batch: &mut Vec<(i64, arumbae_mergelog::Save, Option<u64>)>| -> Result<()> {
        let arrivals: Vec<Arrival<'_>> = batch
            .iter()
            .filter_map(|(lane, save, received_ms)| {
                Some(Arrival { lane: lanes.get(lane)?, save, received_ms: *received_ms })
            })
            .collect();
        apply_in_tx(tx, &arrivals)?;
        batch.clear();
        Ok(())
    };
    segment::for_each(tx, |row| {
        if !row.held_back {
            let saves = row.segment.open().map_err(|error| StoreError::undecodable("log", error))?;
            batch.extend(saves.into_iter().map(|save| (row.lane, save, row.received_ms)));
        }
        if batch.len() < REBUILD_BATCH { Ok(()) } else { apply(&mut batch) }
    })?;
    for lane in lanes.values().filter(|lane| lane.own) {
        batch.extend(pending_save::list(tx, lane.rid)?.into_iter().map(|(save, _)| (lane.rid, save, None)));
    }
    apply(&mut batch)?;
    installation::set_materialised_by(tx, materialise::VERSION)
}

/// What each record is and which saves made it. States are squeezed as the program's version does it, and lanes are
/// numbered differently on every device, so states are hashed as they are and lanes by their identity.
fn hash_states(connection: &Connection, hasher: &mut blake3::Hasher) -> Result<()> {
    let lanes: BTreeMap<i64, LaneId> = lane::all(connection)?.into_iter().map(|row| (row.rid, row.id)).collect();
    let mut statement = connection.prepare("SELECT saves, state FROM record ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let list = SaveList::decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?;
        let named = list.saves().map(|((lane, seq), at_ms)| Some((lanes.get(&lane)?, seq, at_ms)));
        let mut saves: Vec<_> = named.collect::<Option<_>>().ok_or_else(StoreError::damaged)?;
        saves.sort_unstable();
        hasher.update(&(saves.len() as u64).to_le_bytes());
        for (lane, seq, at_ms) in saves {
            hasher.update(&lane.0).update(&seq.to_le_bytes()).update(&at_ms.to_le_bytes());
        }
        let state = record::state(row, 1)?.encode();
        hasher.update(&(state.len() as u64).to_le_bytes()).update(&state);
    }
    Ok(())
}

/// Every value with its type and length, so that no two different tables hash alike.
fn hash_rows(connection: &Connection, query: &str, hasher: &mut blake3::Hasher) -> Result<()> {
    let mut statement = connection.prepare(query)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut count = 0_u64;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            let (tag, bytes): (u8, &[u8]) = match row.get_ref(column)? {
                ValueRef::Null => (0, &[]),
                ValueRef::Integer(value) => {
                    hasher.update(&[1]);
                    hasher.update(&value.to_le_bytes());
                    continue;
                }
                ValueRef::Real(value) => {
                    hasher.update(&[2]);
                    hasher.update(&value.to_le_bytes());
                    continue;
                }
                ValueRef::Text(bytes) => (3, bytes),
                ValueRef::Blob(bytes) => (4, bytes),
            };
            hasher.update(&[tag]);
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        }
        count += 1;
    }
    hasher.update(&[5]);
    hasher.update(&count.to_le_bytes());
    Ok(())
}
