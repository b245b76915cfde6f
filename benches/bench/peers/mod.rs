//! The same work merged by other ways of merging: one document per record, kept in a row of an SQL table.
//!
//! Every device's edits are made beforehand with the peer itself, from what the device had seen, one update a save. What is
//! timed is what a laptop does that receives them: the rows of the records concerned are read, the updates applied, the rows
//! written, in transactions of the size the store has. Updates are neither signed nor chained, documents neither
//! indexed nor listed, so the comparison errs in the peers' favour.

mod automerge;
mod loro;
mod yrs;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Instant;

use arumbae_bench::figures::Figure;
use arumbae_domain::schema::RecordId;
use arumbae_measure::Work;
use arumbae_measure::merging::{compare, median};
use arumbae_measure::raw_table::{Keeping, connect, plain_write};
use arumbae_measure::travelling::{ANSWER_BYTES, Cut, Travelling, answers, travelling};
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

use crate::Outcome;

/// A way of merging.
trait Peer {
    /// A record's document in memory.
    type Doc;

    const NAME: &'static str;

    /// A new document, or a stored one, opened by a device.
    fn open(device: u64, stored: Option<&[u8]>) -> Outcome<Self::Doc>;

    /// Writes fields and returns the update that tells others.
    fn write(doc: &mut Self::Doc, fields: &[(String, Value)]) -> Outcome<Vec<u8>>;

    /// Takes in somebody's update.
    fn apply(doc: &mut Self::Doc, update: &[u8]) -> Outcome<()>;

    /// As it is stored.
    fn store(doc: &mut Self::Doc) -> Outcome<Vec<u8>>;

    /// How many values somebody wrote stand beside the one that is shown and can be read.
    fn concurrent_values(doc: &Self::Doc) -> usize;
}

/// A save as a peer tells it.
struct Update {
    record: RecordId,
    bytes: Vec<u8>,
}

/// What came of one peer.
struct Measured {
    name: &'static str,
    /// Seconds, round by round.
    seconds: Vec<f64>,
    stored: u64,
    wire: usize,
    concurrent: usize,
}

/// Lets the store, the bare table and the peers take turns.
pub fn figures(work: &Work, rounds: usize, bare: f64, scratch: &Path) -> Outcome<Vec<Figure>> {
    let segments = travelling(work, Cut::Saves(20))?;
    let mut peers = [
        Turns::<automerge::Automerge>::prepare(work)?.boxed(),
        Turns::<loro::Loro>::prepare(work)?.boxed(),
        Turns::<yrs::Yrs>::prepare(work)?.boxed(),
    ];
    let (mut ours, mut raw) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let round = compare(work, Cut::Saves(20), 1, scratch)?.rounds[0];
        ours.push(round.merged.time.as_secs_f64());
        raw.push(round.inserted.time.as_secs_f64());
        for peer in &mut peers {
            peer.turn(&segments, scratch)?;
        }
    }
    let mut figures = Vec::new();
    for peer in peers {
        let Measured { name, seconds, stored, wire, concurrent } = peer.measured(&segments)?;
        let ratio = |of: &[f64]| median(of.iter().zip(&seconds).map(|(one, other)| one / other));
        figures.extend([
            Figure::higher(format!("merge / raw, {name}"), ratio(&raw), "×"),
            Figure::higher(format!("merge / {name}"), 1.0 / ratio(&ours), "×"),
            Figure::lower(format!("stored, {name}"), stored as f64 / work.operations() as f64, "bytes/operation"),
            Figure::lower(format!("wire / bare JSON, {name}"), wire as f64 / bare, "×"),
            Figure::higher(format!("concurrent edits kept, {name}"), concurrent as f64, "edits"),
        ]);
    }
    Ok(figures)
}

/// A peer whose kind is forgotten, so that they can take turns.
trait TakesTurns {
    fn turn(&mut self, segments: &[Travelling<'_>], scratch: &Path) -> Outcome<()>;
    fn measured(self: Box<Self>, segments: &[Travelling<'_>]) -> Outcome<Measured>;
}

struct Turns<P: Peer> {
    updates: HashMap<(usize, u64), Update>,
    seconds: Vec<f64>,
    stored: u64,
    concurrent: usize,
    peer: std::marker::PhantomData<P>,
}

impl<P: Peer + 'static> Turns<P> {
    /// Makes every device's updates, round by round, from what the device had seen.
    fn prepare(work: &Work) -> Outcome<Turns<P>> {
        let mut updates = HashMap::new();
        let mut met = BTreeMap::<RecordId, Vec<u8>>::new();
        let rounds = work.devices.iter().map(|device| device.meetings.len() + 1).max().unwrap_or(0);
        for round in 0..rounds {
            let mut written = Vec::new();
            for (at, device) in work.devices.iter().enumerate() {
                let bound = |round: usize| device.meetings.get(round).copied().unwrap_or(device.saves.len());
                let first = round.checked_sub(1).map_or(0, bound);
                let mut docs = HashMap::new();
                for save in &device.saves[first..bound(round)] {
                    let Some(record) = save.ops.first().map(|op| op.record()) else { continue };
                    let doc = match docs.entry(record) {
                        std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                        std::collections::hash_map::Entry::Vacant(entry) => {
                            let stored = met.get(&record).map(Vec::as_slice);
                            entry.insert(P::open(at as u64 + 1, stored)?)
                        }
                    };
                    let fields: Vec<_> = save.ops.iter().filter_map(plain_write).collect();
                    written.push((at, save.seq, Update { record, bytes: P::write(doc, &fields)? }));
                }
            }
            let mut by_record = BTreeMap::<RecordId, Vec<&Update>>::new();
            for (_, _, update) in &written {
                by_record.entry(update.record).or_default().push(update);
            }
            for (record, updates) in by_record {
                let mut doc = P::open(0, met.get(&record).map(Vec::as_slice))?;
                updates.iter().try_for_each(|update| P::apply(&mut doc, &update.bytes))?;
                met.insert(record, P::store(&mut doc)?);
            }
            updates.extend(written.into_iter().map(|(at, seq, update)| ((at, seq), update)));
        }
        let mut concurrent = 0;
        for stored in met.values() {
            concurrent += P::concurrent_values(&P::open(0, Some(stored))?);
        }
        Ok(Turns { updates, seconds: Vec::new(), stored: 0, concurrent, peer: std::marker::PhantomData })
    }

    fn boxed(self) -> Box<dyn TakesTurns> {
        Box::new(self)
    }
}

impl<P: Peer> TakesTurns for Turns<P> {
    fn turn(&mut self, segments: &[Travelling<'_>], scratch: &Path) -> Outcome<()> {
        let folder = tempfile::tempdir_in(scratch)?;
        let path = folder.path().join("peer.db");
        let mut connection = connect(&path, Keeping::Encrypted)?;
        connection.execute_batch("CREATE TABLE record (id BLOB PRIMARY KEY, doc BLOB NOT NULL) STRICT")?;
        let start = Instant::now();
        for answer in answers(segments, ANSWER_BYTES) {
            let mut by_record = BTreeMap::<RecordId, Vec<&Update>>::new();
            for segment in answer {
                for update in segment.saves.iter().filter_map(|save| self.updates.get(&(segment.device, save.seq))) {
                    by_record.entry(update.record).or_default().push(update);
                }
            }
            merge::<P>(&mut connection, &by_record)?;
        }
        self.seconds.push(start.elapsed().as_secs_f64());
        drop(connection);
        self.stored = std::fs::metadata(path)?.len();
        Ok(())
    }

    fn measured(self: Box<Self>, segments: &[Travelling<'_>]) -> Outcome<Measured> {
        let mut wire = 0;
        for segment in segments {
            let mut bytes = Vec::new();
            for update in segment.saves.iter().filter_map(|save| self.updates.get(&(segment.device, save.seq))) {
                bytes.extend_from_slice(update.record.0.as_bytes());
                bytes.extend_from_slice(&(update.bytes.len() as u32).to_le_bytes());
                bytes.extend_from_slice(&update.bytes);
            }
            wire += zstd::bulk::compress(&bytes, 19)?.len();
        }
        let Turns { seconds, stored, concurrent, .. } = *self;
        Ok(Measured { name: P::NAME, seconds, stored, wire, concurrent })
    }
}

fn merge<P: Peer>(connection: &mut Connection, by_record: &BTreeMap<RecordId, Vec<&Update>>) -> Outcome<()> {
    let tx = connection.transaction()?;
    let mut find = tx.prepare_cached("SELECT doc FROM record WHERE id = ?1")?;
    let mut write = tx.prepare_cached(
        "INSERT INTO record (id, doc) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc",
    )?;
    for (record, updates) in by_record {
        let stored: Option<Vec<u8>> = find.query_row([record.0.as_bytes()], |row| row.get(0)).optional()?;
        let mut doc = P::open(0, stored.as_deref())?;
        updates.iter().try_for_each(|update| P::apply(&mut doc, &update.bytes))?;
        write.execute((record.0.as_bytes(), P::store(&mut doc)?))?;
    }
    drop((find, write));
    tx.commit()?;
    Ok(())
}
