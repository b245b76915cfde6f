//! Reading: records with their parts, lists, search, conflicts.

use std::collections::{BTreeSet, HashMap};

use arumbae_domain::Scope;
use arumbae_domain::schema::{Document, RecordId, RecordKind, Value, reserved};
use arumbae_mergelog::state::{INITIAL_STATUS, StatusHead};
use arumbae_mergelog::{LaneId, OpId, RecordState, Stamp};
use rusqlite::types::Value as SqlValue;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use uuid::Uuid;

use crate::error::{Result, StoreError};
use crate::log_reader::LogReader;
use crate::materialise::holds_children;
use crate::opening::Store;
use crate::search_query::SearchQuery;
use crate::tables::record::id;
use crate::tables::{conflict, lane, profile, record, reference, save_list};
use crate::version::Version;
use crate::views::{Conflict, DeletionView, HeadView, ListQuery, Page, RecordRow, RecordView, StepView, SyncState};

const DEFAULT_LIMIT: usize = 50;

/// What a record's own row says of it, its state aside.
struct Top {
    kind: Option<RecordKind>,
    scope: Option<String>,
    status: Option<String>,
    needs_decision: bool,
    deleted: bool,
    revived: bool,
    waiting: bool,
    changed_ms: u64,
}

impl Store {
    /// A record with everything under it, or a part with what is under that; `None` if it is not known here, or only
    /// pieces of it have come so far.
    pub fn document(&self, record: RecordId) -> Result<Option<RecordView>> {
        let Some(top) = self.top(record)? else { return Ok(None) };
        let (Some(_), Some(scope)) = (top.kind, top.scope) else { return Ok(None) };
        let scope: Scope = scope.parse().map_err(|error| StoreError::undecodable("record", error))?;
        // Its parts were deleted with it, and are shown all the same: also where somebody's edit brought it back alone.
        let was_deleted = top.deleted || top.revived;
        let states = if was_deleted { self.tree_before_deletion(record)? } else { self.tree(record)? };
        let Some((_, state)) = states.get(&record) else { return Ok(None) };
        let gone_with = if was_deleted { deleted_in(state) } else { BTreeSet::new() };
        let mut seen = BTreeSet::new();
        let Some(document) = assemble(record, &states, &gone_with, &mut seen) else { return Ok(None) };
        let conflicts = seen
            .iter()
            .filter_map(|id| states.get(id).map(|(kind, state)| self.conflicts_of(*id, *kind, state)))
            .collect::<Result<Vec<_>>>()?
            .concat();
        let status = state.status();
        let effective = status.heads.iter().find(|head| Some(head.to) == status.effective);
        Ok(Some(RecordView {
            document,
            scope,
            status: top.status,
            step: effective.map(|step| self.step(step)),
            needs_decision: top.needs_decision,
            requested: status.requested,
            ungrounded: status.unheld.iter().map(|step| self.step(step)).collect(),
            deleted: top.deleted,
            revived: top.revived,
            deletion: state.deletion().map(|(reason, stamp)| DeletionView {
                reason: reason.to_owned(),
                author: self.name_of(stamp.actor),
                at_ms: stamp.hlc.millis(),
            }),
            returned_parts: seen
                .iter()
                .filter(|id| **id != record && states.get(id).is_some_and(|(_, state)| state.revived()))
                .copied()
                .collect(),
            holds_later: seen.iter().any(|id| states.get(id).is_some_and(|(_, state)| state.has_unknown())),
            conflicts,
            sync: sync_state(top.waiting),
            version: Version::up_to(if was_deleted {
                save_list::last_of(&self.connection, states.keys().copied())?
            } else {
                save_list::last_of_tree(&self.connection, record)?
            }),
            author: self.maker_of(record, state)?.and_then(|maker| self.name_of(maker)),
            updated_ms: top.changed_ms,
        }))
    }

    /// Who made a record. Where it was moved to it was made once more, by whoever moved it: there the first save tells.
    fn maker_of(&self, record: RecordId, state: &RecordState) -> Result<Option<Uuid>> {
        let made_by = state.created().map(|stamp| stamp.actor);
        if state.place().heads.is_empty() {
            return Ok(made_by);
        }
        let saves = save_list::of_record(&self.connection, record)?;
        let Some(((lane, seq), _)) = saves.saves().min_by_key(|(place, at_ms)| (*at_ms, *place)) else {
            return Ok(made_by);
        };
        let logged = LogReader::default().find(&self.connection, lane, seq)?.map(|logged| logged.save.actor);
        let owner = || Ok::<_, StoreError>(self.registry.owner_of(lane::get(&self.connection, lane)?.lane.device));
        logged.map_or_else(owner, |actor| Ok(Some(actor)))
    }

    /// The record a part belongs to; a record that stands alone, or that nothing holds, is its own.
    pub fn root_of(&self, record: RecordId) -> Result<RecordId> {
        match record::standing(&self.connection, record)?.and_then(|standing| standing.root) {
            Some(root) => record::id_of(&self.connection, root),
            None => Ok(record),
        }
    }

    /// A record's title as lists show it, `None` if the record is not known here.
    pub fn title_of(&self, record: RecordId) -> Result<Option<String>> {
        let mut statement = self.connection.prepare_cached("SELECT title FROM record WHERE id = ?1")?;
        Ok(statement.query_row([record.0.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// How many records of a kind there are.
    pub fn count(&self, kind: RecordKind) -> Result<u64> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM record WHERE kind = ?1 AND root = rid AND deleted = 0")?;
        let count: i64 = statement.query_row([kind.number()], |row| row.get(0))?;
        Ok(count as u64)
    }

    /// The records that name this one in a field, themselves or in a part: what was made from it.
    pub fn referring_to(&self, record: RecordId) -> Result<Vec<RecordRow>> {
        self.rows_of(reference::roots(&self.connection, record)?)
    }

    pub(crate) fn rows_of(&self, records: Vec<RecordId>) -> Result<Vec<RecordRow>> {
        let mut statement =
            self.connection.prepare_cached(&format!("SELECT {ROW_COLUMNS} FROM record WHERE id = ?1"))?;
        records.iter().map(|record| Ok(statement.query_row([record.0.as_bytes()], read_row)?)).collect()
    }

    fn top(&self, record: RecordId) -> Result<Option<Top>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT kind, scope, status, needs_decision, deleted, revived,
                 iif(root = rid, tree_waiting, waiting), iif(root = rid, tree_changed_ms, changed_ms)
             FROM record WHERE id = ?1",
        )?;
        let top = statement.query_row([record.0.as_bytes()], |row| {
            Ok(Top {
                kind: row.get::<_, Option<u16>>(0)?.and_then(RecordKind::from_number),
                scope: row.get(1)?,
                status: row.get(2)?,
                needs_decision: row.get(3)?,
                deleted: row.get(4)?,
                revived: row.get(5)?,
                waiting: row.get(6)?,
                changed_ms: row.get::<_, i64>(7)? as u64,
            })
        });
        Ok(top.optional()?)
    }

    /// The states of a record and of everything that may stand under it.
    fn tree(&self, record: RecordId) -> Result<States> {
        // A root's tree is found by its index; a part's, which is asked for seldom, within its root's.
        let mut statement = self.connection.prepare_cached(
            "SELECT id, kind, state FROM record
             WHERE id = ?1 OR root <> rid AND root = (SELECT root FROM record WHERE id = ?1)",
        )?;
        let mut rows = statement.query([record.0.as_bytes()])?;
        let mut states = States::new();
        while let Some(row) = rows.next()? {
            let Some(kind) = row.get::<_, Option<u16>>(1)?.and_then(RecordKind::from_number) else { continue };
            let state = record::state(row, 2)?;
            states.insert(id(row, 0)?, (kind, state));
        }
        Ok(states)
    }

    /// The states of a deleted record and of everything that was ever part of it: its parts have no root any more.
    fn tree_before_deletion(&self, record: RecordId) -> Result<States> {
        let mut states = States::new();
        for member in self.members(record)?.into_keys() {
            let Some(row) = record::stored(&self.connection, member)? else { continue };
            let state = row.state()?;
            if let Some(kind) = state.kind().and_then(|kind| kind.known()) {
                states.insert(member, (kind, state));
            }
        }
        Ok(states)
    }

    fn conflicts_of(&self, record: RecordId, kind: RecordKind, state: &RecordState) -> Result<Vec<Conflict>> {
        let mut conflicts = Vec::new();
        let status = state.status();
        if status.needs_decision {
            let heads = status.heads.iter().map(|head| self.head(head.id, Value::Text(head.to.to_owned()), head.stamp));
            conflicts.push(Conflict { record, kind, field: reserved::STATUS, heads: heads.collect::<Result<_>>()? });
        }
        let place = state.place();
        // Parts go where their record goes.
        if kind.is_top_level() && place.needs_decision {
            let heads = place.heads.iter().map(|head| self.head(head.id, Value::Text(head.to.to_string()), head.stamp));
            conflicts.push(Conflict { record, kind, field: reserved::SCOPE, heads: heads.collect::<Result<_>>()? });
        }
        for (field, view) in state.conflicts() {
            let heads = view.heads.iter().map(|head| self.head(head.id, head.value.clone(), head.stamp));
            conflicts.push(Conflict { record, kind, field, heads: heads.collect::<Result<_>>()? });
        }
        Ok(conflicts)
    }

    fn step(&self, StatusHead { id, from, to, reason, stamp }: &StatusHead<'_>) -> StepView {
        StepView {
            operation: *id,
            from: from.map(str::to_owned),
            to: (*to).to_owned(),
            reason: (*reason).to_owned(),
            author: self.name_of(stamp.actor),
            at_ms: stamp.hlc.millis(),
        }
    }

    fn head(&self, operation: OpId, value: Value, stamp: Stamp) -> Result<HeadView> {
        Ok(HeadView {
            operation,
            value,
            author: self.name_of(stamp.actor),
            author_id: stamp.actor,
            at_ms: stamp.hlc.millis(),
            device: lane::find(&self.connection, operation.lane)?.map(|lane| lane.lane.device),
        })
    }

    /// Records of a kind, the latest change first.
    ///
    /// # Errors
    /// [`StoreError::BadPageKey`].
    pub fn list(&self, kind: RecordKind, query: &ListQuery) -> Result<Page<RecordRow>> {
        let mut filter = if query.deleted { DELETED } else { LISTED }.to_owned();
        let mut values = vec![SqlValue::from(kind.number())];
        if let Some(status) = &query.status {
            filter += OF_STATUS;
            values.push(status.clone().into());
        }
        if let Some(query) = query.text.as_deref().and_then(SearchQuery::parse) {
            self.index_all_pending()?;
            filter += OF_WORDS;
            values.push(query.widest().into());
        }
        let total: i64 = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM record WHERE {filter}"))?
            .query_row(params_from_iter(&values), |row| row.get(0))?;
        if let Some(key) = &query.after_key {
            let PageKey { changed_ms, rid } = PageKey::parse(key)?;
            filter += AFTER_KEY;
            values.extend([SqlValue::from(changed_ms), SqlValue::from(rid)]);
        }
        let limit = if query.limit == 0 { DEFAULT_LIMIT } else { query.limit };
        values.push(SqlValue::from(limit as i64 + 1));
        let mut statement = self.connection.prepare_cached(&list_query(&filter))?;
        let mut rows: Vec<(i64, RecordRow)> = statement
            .query_map(params_from_iter(&values), |row| Ok((row.get(RID_COLUMN)?, read_row(row)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(rid, last)| PageKey::of(*rid, last).to_string());
        Ok(Page { rows: rows.into_iter().map(|(_, row)| row).collect(), next, total: total as u64 })
    }

    /// Every field of every record that holds more than one value.
    pub fn conflicts(&self) -> Result<Vec<Conflict>> {
        let mut conflicts = Vec::new();
        for id in conflict::records(&self.connection)? {
            let Some(row) = record::stored(&self.connection, id)? else { continue };
            let state = row.state()?;
            if let Some(kind) = state.kind().and_then(|kind| kind.known()) {
                conflicts.extend(self.conflicts_of(id, kind, &state)?);
            }
        }
        Ok(conflicts)
    }

    /// How many values stand beside another of the same field, because neither author knew of the other: those that
    /// wait for a decision, and those that say the same or that the field's policy settles.
    pub fn concurrent_values(&self) -> Result<u64> {
        let mut statement = self.connection.prepare_cached("SELECT state FROM record")?;
        let mut rows = statement.query([])?;
        let mut beside = 0;
        while let Some(row) = rows.next()? {
            let state = record::state(row, 0)?;
            beside += state.fields().map(|(_, view)| view.heads.len().saturating_sub(1) as u64).sum::<u64>();
        }
        Ok(beside)
    }

    /// A person's name as far as this device knows it: from the registry, else from its own users.
    pub fn name_of(&self, person: Uuid) -> Option<String> {
        let registered = self.registry.name_of(person).map(str::to_owned);
        let profile = || profile::of_person(&self.connection, person).ok().flatten();
        registered.or_else(|| profile().map(|profile| profile.name))
    }
}

/// Records and parts by id.
type States = HashMap<RecordId, (RecordKind, RecordState)>;

/// The saves in which a record was deleted.
pub(crate) fn deleted_in(state: &RecordState) -> BTreeSet<(LaneId, u64)> {
    state.deletions().into_iter().map(|id| (id.lane, id.seq)).collect()
}

/// The record and what its lists hold, in the order the parts were made; with what was deleted in the saves
/// `gone_with`. `seen` collects what became part of it, and keeps a record that was put under itself from going round.
fn assemble(
    id: RecordId,
    states: &States,
    gone_with: &BTreeSet<(LaneId, u64)>,
    seen: &mut BTreeSet<RecordId>,
) -> Option<Document> {
    let (kind, state) = states.get(&id)?;
    if !seen.insert(id) {
        return None;
    }
    let mut document = Document::new(*kind, id);
    let initial = kind.is_top_level().then_some(INITIAL_STATUS);
    if let Some(status) = state.status().effective.or(initial) {
        document.fields.insert(reserved::STATUS, Value::Text(status.to_owned()));
    }
    for (field, view) in state.fields() {
        if *view.winner != Value::Null {
            document.fields.insert(field, view.winner.into_owned());
        }
    }
    for list in state.lists() {
        if holds_children(*kind, list) {
            let revived = state.removed_elements(list).into_iter().filter(|element| is_revived(element, states));
            let children: BTreeSet<RecordId> = state
                .elements(list)
                .into_iter()
                .chain(revived)
                .filter_map(|element| if let Value::Reference(child) = element { Some(*child) } else { None })
                .filter(|child| {
                    let stands = |state: &RecordState| !state.is_deleted() || !deleted_in(state).is_disjoint(gone_with);
                    states.get(child).is_some_and(|(_, state)| stands(state))
                })
                .collect();
            let children: Vec<Document> =
                children.into_iter().filter_map(|child| assemble(child, states, gone_with, seen)).collect();
            if !children.is_empty() {
                document.children.insert(list, children);
            }
        } else {
            let elements: BTreeSet<Value> = state.elements(list).into_iter().cloned().collect();
            if !elements.is_empty() {
                document.sets.insert(list, elements);
            }
        }
    }
    Some(document)
}

fn is_revived(element: &Value, states: &States) -> bool {
    matches!(element, Value::Reference(child) if states.get(child).is_some_and(|(_, state)| state.revived()))
}

fn sync_state(waiting: bool) -> SyncState {
    if waiting { SyncState::Waiting } else { SyncState::Sent }
}

const ROW_COLUMNS: &str = "id, kind, title, subtitle, status, needs_decision, date, scope, tree_changed_ms,
     tree_waiting, tree_conflicts, rid";
const RID_COLUMN: usize = 11;

const LISTED: &str = "kind = ? AND root = rid AND deleted = 0";
const DELETED: &str = "kind = ? AND root = rid AND deleted = 1";
const OF_STATUS: &str = " AND status = ?";
const OF_WORDS: &str = " AND rid IN (SELECT rowid FROM search WHERE search MATCH ?)";
const AFTER_KEY: &str = " AND (tree_changed_ms, rid) < (?, ?)";

/// The order is the indexes': no list is ever sorted.
fn list_query(filter: &str) -> String {
    format!("SELECT {ROW_COLUMNS} FROM record WHERE {filter} ORDER BY tree_changed_ms DESC, rid DESC LIMIT ?")
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<RecordRow> {
    let kind = RecordKind::from_number(row.get(1)?).ok_or(rusqlite::Error::InvalidQuery)?;
    Ok(RecordRow {
        id: id(row, 0)?,
        kind,
        title: row.get(2)?,
        subtitle: row.get(3)?,
        status: row.get(4)?,
        needs_decision: row.get(5)?,
        date: row.get(6)?,
        scope: lane::parsed_scope(row, 7)?,
        updated_ms: row.get::<_, i64>(8)? as u64,
        sync: sync_state(row.get(9)?),
        conflicts: row.get(10)?,
    })
}

/// Where a page ended: the next begins right after, whatever was inserted meanwhile.
struct PageKey {
    changed_ms: i64,
    rid: i64,
}

impl PageKey {
    fn of(rid: i64, row: &RecordRow) -> Self {
        PageKey { changed_ms: row.updated_ms as i64, rid }
    }

    fn parse(text: &str) -> Result<Self> {
        let parts = text.split_once('.').and_then(|(ms, rid)| Some((ms.parse().ok()?, rid.parse().ok()?)));
        let (changed_ms, rid) = parts.ok_or(StoreError::BadPageKey)?;
        Ok(PageKey { changed_ms, rid })
    }
}

impl std::fmt::Display for PageKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.changed_ms, self.rid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn lists_follow_an_index_and_are_never_sorted() {
        let mut connection = rusqlite::Connection::open_in_memory().expect("a database");
        schema::migrate(&mut connection).expect("the schema");
        for status in ["", OF_STATUS] {
            for key in ["", AFTER_KEY] {
                let query = format!("EXPLAIN QUERY PLAN {}", list_query(&format!("{LISTED}{status}{key}")));
                let mut statement = connection.prepare(&query).expect("valid");
                let nulls = vec![SqlValue::Null; statement.parameter_count()];
                let plan: Vec<String> = statement
                    .query_map(params_from_iter(nulls), |row| row.get(3))
                    .and_then(Iterator::collect)
                    .expect("a plan");
                let [step] = plan.as_slice() else { panic!("one step, got {plan:?}") };
                assert!(step.starts_with("SEARCH record USING INDEX record_listed"), "{step}");
            }
        }
    }
}
