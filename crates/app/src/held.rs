//! Tertahan: what came in but does not count yet, why, and what lets it go on.

use arumbae_domain::schema::{RecordId, RecordKind};
use arumbae_store::{QuarantineLevel, Quarantined, Store, WayOut};
use jiff::Timestamp;
use rand_core::OsRng;
use serde::Serialize;
use ts_rs::TS;

use crate::App;
use crate::command::Nothing;
use crate::error::Result;
use crate::record::moment;
use crate::region;

/// Everything that is held.
#[derive(Debug, Serialize, TS)]
pub struct Held {
    /// The latest first.
    pub entries: Vec<HeldEntry>,
    /// How many lanes of this laptop are frozen: their saves stay here until a new one is begun.
    pub frozen_lanes: u64,
}

/// Something that is held.
#[derive(Debug, Serialize, TS)]
pub struct HeldEntry {
    /// The segment's hash, hexadecimal; `null` for what waits in a record.
    pub hash: Option<String>,
    /// Code of the reason, as in the message catalogue.
    pub reason: String,
    /// At which step it was stopped.
    #[ts(type = "'chain' | 'decode' | 'meaning'")]
    pub level: QuarantineLevel,
    /// What ends it.
    #[ts(
        type = "'good_copy' | 'new_incarnation' | 'upgrade' | 'registry_change' | 'earlier_arrives' | 'author_repeats' | 'province_decides'"
    )]
    pub way_out: WayOut,
    /// Whose device it comes from, empty if that is not known here.
    pub author: String,
    /// The device's key, its first digits; empty if that could not be read.
    pub device: String,
    /// Whether it was written on this laptop.
    pub own: bool,
    /// The name of the region it is for, empty if that could not be read.
    pub scope_name: String,
    /// The number of its first save.
    pub first_seq: Option<u64>,
    /// The record it waits in.
    pub record: Option<HeldRecord>,
    /// Since when.
    pub since: Timestamp,
    /// Whether the server stopped it, not this laptop.
    pub by_server: bool,
    /// Whether its bytes are here, so that a copy can be saved for the province.
    pub is_kept: bool,
}

/// The record something waits in.
#[derive(Debug, Serialize, TS)]
pub struct HeldRecord {
    /// The record.
    pub id: RecordId,
    /// What it is; `null` if that is not known here.
    pub kind: Option<RecordKind>,
    /// What it is called in lists.
    pub title: String,
}

pub(crate) async fn held_list(app: &App, _: Nothing) -> Result<Held> {
    app.with_store(held).await
}

/// Begins a new lane, so that what was written on a frozen one can be sent.
pub(crate) async fn held_begin_lane(app: &App, _: Nothing) -> Result<Held> {
    app.with_store(|store| {
        store.begin_incarnation(&mut OsRng)?;
        held(store)
    })
    .await
}

fn held(store: &mut Store) -> Result<Held> {
    let entries = store.quarantine()?.into_iter().map(|held| entry(store, held)).collect::<Result<_>>()?;
    Ok(Held { entries, frozen_lanes: store.sync_summary()?.frozen_lanes })
}

fn entry(store: &Store, held: Quarantined) -> Result<HeldEntry> {
    let (level, way_out) = (held.level(), held.way_out());
    let Quarantined { reason, lane, first_seq, hash, record, author, noted_ms, by_server, is_kept } = held;
    let lane = lane.map(|lane| store.lane_named(lane)).transpose()?.flatten();
    let record = record.map(|id| held_record(store, id)).transpose()?;
    Ok(HeldEntry {
        hash: hash.map(|hash| hash.to_string()),
        reason: reason.code().to_owned(),
        level,
        way_out,
        author: author.unwrap_or_default(),
        device: lane.as_ref().map(|lane| lane.device.to_string().chars().take(8).collect()).unwrap_or_default(),
        own: lane.as_ref().is_some_and(|lane| lane.device == store.device_key()),
        scope_name: lane.as_ref().map(|lane| region::name_of(lane.scope.region())).unwrap_or_default(),
        first_seq,
        record,
        since: moment(noted_ms),
        by_server,
        is_kept,
    })
}

fn held_record(store: &Store, id: RecordId) -> Result<HeldRecord> {
    let root = store.root_of(id)?;
    let view = store.document(root)?;
    Ok(HeldRecord {
        id: root,
        kind: view.map(|view| view.document.kind),
        title: store.title_of(root)?.unwrap_or_default(),
    })
}
