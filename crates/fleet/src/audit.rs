//! What must hold, at any moment and at the end.

use std::collections::{BTreeMap, BTreeSet};

use arumbae_domain::Scope;
use arumbae_domain::schema::{RecordId, reserved};
use arumbae_mergelog::state::Status;
use arumbae_mergelog::{OpId, RecordState};
use arumbae_protocol::{Registry, RegistryKey};
use arumbae_store::{StateFingerprint, Store, SyncState};

use crate::laptop::Laptop;
use crate::ledger::{Ledger, marks_of};
use crate::province_log::{Accepted, ProvinceLog};
use crate::simulation::Breach;

/// How many of a laptop's latest saves are looked at amid a simulation.
const LATEST: usize = 40;

/// Holds what a laptop says of its own work against the province's log; notes what it shows as sent.
pub fn check_sent(laptop: &Laptop, ledger: &mut Ledger, log: &ProvinceLog) -> Result<(), Breach> {
    let store = laptop.store()?;
    let since = ledger.len().saturating_sub(LATEST * 20);
    for entry in ledger.of_laptop_since(laptop.number, since).filter(|entry| !entry.lost_with_disk) {
        let view = store.document(entry.record).map_err(Breach::of("a record cannot be read"))?;
        if view.is_some_and(|view| view.sync == SyncState::Sent) {
            entry.shown_as_sent = true;
            if !log.marks.contains(&entry.mark) {
                return Err(Breach::new(format!("{} is shown as sent, and the province does not have it", entry.mark)));
            }
        }
    }
    Ok(())
}

/// Every receipt kept is the province's word, and says of a segment what its log says.
pub fn check_receipts(store: &Store, key: &RegistryKey, log: &ProvinceLog) -> Result<(), Breach> {
    for receipt in store.receipts(i32::MAX as usize).map_err(Breach::of("the receipts cannot be read"))? {
        receipt.verify(key).map_err(Breach::of("a receipt is not the province's"))?;
        let said = Accepted { gsn: receipt.gsn, received_ms: receipt.received_ms, count: receipt.count };
        if log.segments.get(&receipt.hash) != Some(&said) {
            return Err(Breach::new(format!("a receipt says {said:?}, the log {:?}", log.segments.get(&receipt.hash))));
        }
    }
    Ok(())
}

/// The records are made again from the log, and come out the same.
pub fn check_rebuild(store: &mut Store) -> Result<(), Breach> {
    let before = store.state_fingerprint().map_err(Breach::of("no fingerprint"))?;
    store.rebuild_from_log().map_err(Breach::of("the records cannot be made again"))?;
    let after = store.state_fingerprint().map_err(Breach::of("no fingerprint"))?;
    if before == after { Ok(()) } else { Err(Breach::new("the records made again from the log differ")) }
}

/// What readers of the same scopes should hold, and the fingerprint of the first of them.
type Model = (BTreeMap<RecordId, RecordState>, Option<StateFingerprint>);

/// After the links healed: everybody holds what the province's log adds up to, and nothing acknowledged is missing.
pub fn check_all(
    laptops: &[Laptop],
    ledger: &Ledger,
    log: &ProvinceLog,
    registry: &Registry,
    key: &RegistryKey,
) -> Result<(), Breach> {
    log.check_survivors()?;
    let mut models: BTreeMap<Vec<&Scope>, Model> = BTreeMap::new();
    let mut still_held = BTreeSet::new();
    for laptop in laptops {
        let mut store = laptop.store()?;
        check_receipts(&store, key, log).map_err(|breach| breach.on(laptop))?;
        if laptop.revoked {
            note_unsent(&mut store, &mut still_held)?;
            continue;
        }
        let scopes: Vec<&Scope> = log.scopes.keys().filter(|scope| registry.may_read(laptop.person(), scope)).collect();
        let (model, fingerprint) =
            models.entry(scopes.clone()).or_insert_with(|| (log.states_of(scopes.iter().copied()), None));
        check_caught_up(&store, &scopes, log)
            .and_then(|()| check_records(&store, model))
            .and_then(|()| check_conflicts(&store, model))
            .and_then(|()| check_fingerprint(&store, fingerprint))
            .map_err(|breach| breach.on(laptop))?;
    }
    check_nothing_waits(laptops, ledger)?;
    let missing: Vec<&str> = ledger
        .entries()
        .iter()
        .filter(|entry| entry.shown_as_sent || !entry.lost_with_disk)
        .filter(|entry| !log.marks.contains(&entry.mark) && !still_held.contains(&entry.mark))
        .map(|entry| entry.mark.as_str())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Breach::new(format!("{} acknowledged saves are missing, among them {}", missing.len(), missing[0])))
    }
}

/// With everything receipted, nothing is shown as waiting.
fn check_nothing_waits(laptops: &[Laptop], ledger: &Ledger) -> Result<(), Breach> {
    for entry in ledger.entries().iter().filter(|entry| !entry.lost_with_disk) {
        let laptop = &laptops[entry.laptop];
        if laptop.revoked {
            continue;
        }
        let view = laptop.store()?.document(entry.record).map_err(Breach::of("a record cannot be read"))?;
        if view.is_some_and(|view| view.sync != SyncState::Sent) {
            return Err(Breach::new(format!("{} is in the log and still shown as waiting", entry.mark)).on(laptop));
        }
    }
    Ok(())
}

/// What a revoked device has and could not send; it stays on the device for a person to look at.
fn note_unsent(store: &mut Store, marks: &mut BTreeSet<String>) -> Result<(), Breach> {
    let clock = store.clock_quality().map_err(Breach::of("no clock quality"))?;
    store.seal_pending(clock).map_err(Breach::of("saves cannot be sealed"))?;
    for segment in store.unreceipted_segments(usize::MAX).map_err(Breach::of("the log cannot be read"))? {
        let saves = segment.open().map_err(Breach::of("an own segment cannot be opened"))?;
        saves.iter().for_each(|save| marks_of(save, marks));
    }
    Ok(())
}

fn check_caught_up(store: &Store, scopes: &[&Scope], log: &ProvinceLog) -> Result<(), Breach> {
    let summary = store.sync_summary().map_err(Breach::of("no summary"))?;
    if (summary.waiting_saves, summary.waiting_segments, summary.frozen_lanes) != (0, 0, 0) {
        return Err(Breach::new(format!("not caught up: {summary:?}")));
    }
    let reading = store.scopes_reading_history().map_err(Breach::of("no cursors"))?;
    if let Some(scope) = reading.first() {
        return Err(Breach::new(format!("the history of {scope} was asked for and never came")));
    }
    let digests: BTreeMap<Scope, _> = store.digests().map_err(Breach::of("no digests"))?.into_iter().collect();
    for scope in scopes {
        let expected = log.scopes.get(*scope).map(|log| log.digest);
        if digests.get(*scope).copied() != expected {
            return Err(Breach::new(format!("the digest of {scope} differs from the province's")));
        }
    }
    Ok(())
}

fn check_records(store: &Store, model: &BTreeMap<RecordId, RecordState>) -> Result<(), Breach> {
    let held = store.record_states().map_err(Breach::of("the records cannot be read"))?;
    let missing = model.keys().filter(|record| !held.contains_key(record)).count();
    let beyond = held.keys().filter(|record| !model.contains_key(record)).count();
    let differing: Vec<&RecordId> = model
        .iter()
        .filter(|(record, state)| held.get(record).is_some_and(|held| held.encode() != state.encode()))
        .map(|(record, _)| record)
        .collect();
    if (missing, beyond, differing.len()) == (0, 0, 0) {
        return Ok(());
    }
    Err(Breach::new(format!(
        "of {} records {missing} are missing, {beyond} are not the province's, {} differ, among them {:?}; aside are {}",
        model.len(),
        differing.len(),
        differing.first(),
        aside(store)?
    )))
}

/// What a laptop holds that is not part of its records, in words.
fn aside(store: &Store) -> Result<String, Breach> {
    let held = store.quarantine().map_err(Breach::of("the quarantine cannot be read"))?;
    let words = held.iter().map(|held| {
        let by = if held.by_server { "server: " } else { "" };
        let lane = held.lane.map(|lane| lane.to_string()).unwrap_or_default();
        format!("{by}{} {:.8} {}", held.reason.code(), lane, held.first_seq.unwrap_or_default())
    });
    Ok(words.collect::<Vec<_>>().join(", "))
}

/// Every conflict of the model is listed, with every value, and no other; those of deleted records rest with them.
fn check_conflicts(store: &Store, model: &BTreeMap<RecordId, RecordState>) -> Result<(), Breach> {
    let root_of = |record: &RecordId| store.root_of(*record).map_err(Breach::of("a root cannot be found"));
    // A part that somebody edited without knowing of the deletion brings the whole record back.
    let mut kept_by_parts = BTreeSet::new();
    for (record, _) in model.iter().filter(|(_, state)| state.revived()) {
        kept_by_parts.insert(root_of(record)?);
    }
    let mut expected: BTreeSet<(RecordId, u16, BTreeSet<OpId>)> = BTreeSet::new();
    for (record, state) in model {
        let root = root_of(record)?;
        let stands = model.get(&root).is_some_and(|state| {
            let alone = state.kind().and_then(|kind| kind.known()).is_some_and(|kind| kind.is_top_level());
            alone && (!state.is_deleted() || kept_by_parts.contains(&root))
        });
        if !stands || state.kind().and_then(|kind| kind.known()).is_none() {
            continue;
        }
        let Status { needs_decision, heads, .. } = state.status();
        if needs_decision {
            let heads = heads.iter().map(|head| head.id).collect();
            expected.insert((*record, reserved::STATUS.0, heads));
        }
        let place = state.place();
        if *record == root && place.needs_decision {
            let heads = place.heads.iter().map(|head| head.id).collect();
            expected.insert((*record, reserved::SCOPE.0, heads));
        }
        for (field, view) in state.conflicts() {
            expected.insert((*record, field.0, view.heads.iter().map(|head| head.id).collect()));
        }
    }
    let listed: BTreeSet<(RecordId, u16, BTreeSet<OpId>)> = store
        .conflicts()
        .map_err(Breach::of("the conflicts cannot be read"))?
        .into_iter()
        .map(|conflict| (conflict.record, conflict.field.0, conflict.heads.iter().map(|head| head.operation).collect()))
        .collect();
    if listed == expected {
        return Ok(());
    }
    let unlisted: Vec<_> = expected.difference(&listed).map(|(record, field, _)| (record, field)).collect();
    let invented: Vec<_> = listed.difference(&expected).map(|(record, field, _)| (record, field)).collect();
    Err(Breach::new(format!("of {} conflicts not listed: {unlisted:?}, not there: {invented:?}", expected.len())))
}

fn check_fingerprint(store: &Store, known: &mut Option<StateFingerprint>) -> Result<(), Breach> {
    let own = store.state_fingerprint().map_err(Breach::of("no fingerprint"))?;
    if *known.get_or_insert(own) == own {
        Ok(())
    } else {
        Err(Breach::new("the fingerprint differs from a colleague's"))
    }
}
