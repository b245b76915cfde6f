//! Whether what was written on a record was written where the record belongs.
//!
//! A record's changes stand in lanes of its scope, or of a scope it was moved from or to. A lane of another scope may change it
//! only if its device may write one of these: otherwise whoever knows a record's id could change it for those who
//! happen to read both scopes, and for nobody else.

use std::collections::BTreeSet;

use arumbae_domain::Scope;
use arumbae_domain::schema::{RecordId, Value, reserved};
use arumbae_mergelog::{DeviceKey, Operation, Save};
use arumbae_protocol::Registry;
use arumbae_protocol::registry::Action;
use rusqlite::Connection;

use crate::error::Result;
use crate::log_reader::LogReader;
use crate::tables::lane::{self, LaneRow};
use crate::tables::record::{made_in, scope_of};
use crate::tables::save_list::{self, SavePlace};

/// A save on the record in question.
struct Written {
    place: SavePlace,
    lane: LaneRow,
    save: Save,
    received_ms: Option<u64>,
}

/// The saves on a record that were written where their authors had no right to change it.
pub(crate) fn strays(
    connection: &Connection,
    record: RecordId,
    registry: &Registry,
    own: DeviceKey,
) -> Result<Vec<SavePlace>> {
    let mut log = LogReader::default();
    let mut written = Vec::new();
    for place @ (lane, seq) in save_list::of_record(connection, record)?.places() {
        let Some(logged) = log.find(connection, lane, seq)? else { continue };
        let (save, received_ms) = (logged.save.clone(), logged.received_ms());
        written.push(Written { place, lane: lane::get(connection, lane)?, save, received_ms });
    }
    let mut scopes = scopes_of_creation(record, &written);
    if scopes.is_empty() {
        // What made it may stand in a snapshot.
        scopes.extend(made_in(connection, record)?);
        scopes.extend(scope_of(connection, record)?);
    }
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    // A move leads on only if whoever made it could change the record where it was.
    loop {
        let known = scopes.len();
        let within: Vec<&Written> = written.iter().filter(|written| belongs(written, &scopes, registry, own)).collect();
        let moves: Vec<Scope> = within.iter().flat_map(|written| moves(record, &written.save)).collect();
        scopes.extend(moves);
        if scopes.len() == known {
            break;
        }
    }
    Ok(written
        .iter()
        .filter(|written| !belongs(written, &scopes, registry, own))
        .map(|written| written.place)
        .collect())
}

fn belongs(written: &Written, scopes: &BTreeSet<Scope>, registry: &Registry, own: DeviceKey) -> bool {
    let Written { lane: LaneRow { lane, .. }, save, .. } = written;
    let owner = registry.owner_of(lane.device);
    lane.device == own
        || scopes.contains(&lane.scope)
        || owner.is_some_and(|owner| {
            scopes.iter().any(|scope| registry.might(owner, Action::Write, scope, save.policy_epoch.into()))
        })
}

/// Where the record was made. Should lanes of several scopes claim to have made it, the one counts that the province
/// had first; as long as it had none, nobody is turned away.
fn scopes_of_creation(record: RecordId, written: &[Written]) -> BTreeSet<Scope> {
    let creates =
        |save: &Save| save.ops.iter().any(|op| matches!(op, Operation::Create { record: made, .. } if *made == record));
    let creations = || written.iter().filter(|written| creates(&written.save));
    let first = creations().filter_map(|written| written.received_ms).min();
    creations().filter(|written| written.received_ms == first).map(|written| written.lane.lane.scope.clone()).collect()
}

fn moves(record: RecordId, save: &Save) -> impl Iterator<Item = Scope> + '_ {
    save.ops.iter().filter(move |op| op.record() == record).flat_map(|op| match op {
        Operation::Rehome { from, to, .. } => vec![from.clone(), to.clone()],
        Operation::Resolve { field: reserved::SCOPE, choice: Value::Text(to), .. } => to.parse().into_iter().collect(),
        _ => Vec::new(),
    })
}
