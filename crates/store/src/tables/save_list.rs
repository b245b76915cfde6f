//! Which saves made a record what it is: for histories, last changes, and what still waits for a receipt.
//!
//! The list stands in the record's row, a handful of bytes a save, so that a merge writes one row and not many.

use std::collections::BTreeMap;

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::LaneId;
use arumbae_mergelog::wire::{Reader, WireError, put_varint, unzigzag, zigzag};
use rusqlite::Connection;

use crate::error::{Result, StoreError};

/// A save by the place of its lane in the table of lanes, and its number.
pub(crate) type SavePlace = (i64, u64);

/// Saves in ascending order, each with its author's clock, believed only up to five minutes past the moment the
/// server had it; milliseconds since 1970 UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SaveList(Vec<(SavePlace, u64)>);

impl SaveList {
    /// Notes a save; one that is there already keeps its place and gets the time.
    pub fn insert(&mut self, place: SavePlace, at_ms: u64) {
        match self.0.binary_search_by_key(&place, |(known, _)| *known) {
            Ok(at) => self.0[at].1 = at_ms,
            Err(at) => self.0.insert(at, (place, at_ms)),
        }
    }

    /// The saves with their times, in ascending order of lane and number.
    pub fn saves(&self) -> impl Iterator<Item = (SavePlace, u64)> {
        self.0.iter().copied()
    }

    /// The saves, in ascending order of lane and number.
    pub fn places(&self) -> impl Iterator<Item = SavePlace> {
        self.0.iter().map(|(place, _)| *place)
    }

    /// The latest of the times, 0 of none.
    pub fn last_ms(&self) -> u64 {
        self.0.iter().map(|(_, at_ms)| *at_ms).max().unwrap_or_default()
    }

    /// Each save: distance from the lane before, number or distance from the number before in the same lane,
    /// distance from the time before.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 * self.0.len());
        let ((mut last_lane, mut last_seq), mut last_ms) = ((0, 0), 0);
        for ((lane, seq), at_ms) in &self.0 {
            put_varint(&mut out, (lane - last_lane) as u64);
            put_varint(&mut out, if *lane == last_lane { seq - last_seq } else { *seq });
            put_varint(&mut out, zigzag(at_ms.wrapping_sub(last_ms) as i64));
            ((last_lane, last_seq), last_ms) = ((*lane, *seq), *at_ms);
        }
        out
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        read(bytes).map(SaveList).map_err(|WireError(what)| StoreError::undecodable("record", what))
    }
}

fn read(bytes: &[u8]) -> std::result::Result<Vec<(SavePlace, u64)>, WireError> {
    let mut reader = Reader::new(bytes);
    let mut saves = Vec::with_capacity(bytes.len() / 6);
    let ((mut lane, mut seq), mut at_ms) = ((0_i64, 0_u64), 0_u64);
    while reader.remaining() > 0 {
        let step = reader.varint()?;
        seq = if step == 0 { seq.wrapping_add(reader.varint()?) } else { reader.varint()? };
        lane = lane.wrapping_add(step as i64);
        at_ms = at_ms.wrapping_add(unzigzag(reader.varint()?) as u64);
        saves.push(((lane, seq), at_ms));
    }
    Ok(saves)
}

/// The saves that touched a record itself.
pub(crate) fn of_record(connection: &Connection, record: RecordId) -> Result<SaveList> {
    let mut statement = connection.prepare_cached("SELECT saves FROM record WHERE id = ?1")?;
    let mut rows = statement.query([record.0.as_bytes()])?;
    match rows.next()? {
        Some(row) => SaveList::decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?),
        None => Ok(SaveList::default()),
    }
}

/// The last save of every lane that touched a record or a part of it.
pub(crate) fn last_of_tree(connection: &Connection, root: RecordId) -> Result<Vec<(LaneId, u64)>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.saves FROM record t WHERE t.id = ?1
         UNION ALL SELECT p.saves FROM record t JOIN record p ON p.root = t.rid AND p.root <> p.rid WHERE t.id = ?1",
    )?;
    let mut rows = statement.query([root.0.as_bytes()])?;
    let mut lists = Vec::new();
    while let Some(row) = rows.next()? {
        lists.push(SaveList::decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?);
    }
    last_of_lanes(connection, lists)
}

/// The last save of every lane that touched any of these records.
pub(crate) fn last_of(
    connection: &Connection,
    records: impl IntoIterator<Item = RecordId>,
) -> Result<Vec<(LaneId, u64)>> {
    let lists: Vec<SaveList> =
        records.into_iter().map(|record| of_record(connection, record)).collect::<Result<_>>()?;
    last_of_lanes(connection, lists)
}

fn last_of_lanes(connection: &Connection, lists: Vec<SaveList>) -> Result<Vec<(LaneId, u64)>> {
    let mut last = BTreeMap::<i64, u64>::new();
    for (lane, seq) in lists.iter().flat_map(SaveList::places) {
        let known = last.entry(lane).or_default();
        *known = seq.max(*known);
    }
    last.into_iter().map(|(lane, seq)| Ok((super::lane::get(connection, lane)?.id, seq))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_round_trip(saves: &[(SavePlace, u64)]) {
        let mut list = SaveList::default();
        saves.iter().rev().for_each(|(place, at_ms)| list.insert(*place, *at_ms));
        assert_eq!(list.0, saves, "kept in order");
        assert_eq!(SaveList::decode(&list.encode()).expect("its own bytes"), list);
    }

    #[test]
    fn a_list_survives_its_row() {
        check_round_trip(&[]);
        check_round_trip(&[((1, 1), 1_700_000_000_000)]);
        check_round_trip(&[((1, 3), 900), ((1, 4), 100), ((7, 1), u64::from(u32::MAX)), ((9, 2_000_000), 0)]);
    }

    #[test]
    fn a_receipt_moves_a_saves_time() {
        let mut list = SaveList::default();
        list.insert((1, 1), 4_000);
        list.insert((1, 2), 3_000);
        list.insert((1, 1), 1_000);
        assert_eq!((list.last_ms(), list.places().count()), (3_000, 2));
    }

    #[test]
    fn torn_bytes_are_refused() {
        let mut list = SaveList::default();
        list.insert((300, 300), 1_700_000_000_000);
        let bytes = list.encode();
        assert!((1..bytes.len()).all(|len| SaveList::decode(&bytes[..len]).is_err()));
    }
}
