//! The same work merged into a new store and inserted into a bare table, in turns, so that whatever else the machine
//! does meanwhile falls on both.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arumbae_mergelog::SegmentError;
use arumbae_store::{Incoming, KeyStretching, NewStore, Profile, Store, StoreError};
use rand_core::OsRng;
use uuid::Uuid;

use crate::raw_table::{self, Keeping, RawTable, Row};
use crate::travelling::{ANSWER_BYTES, Cut, Travelling, answers, travelling};
use crate::work::{Work, district};

/// 14 February 2024, 07:00 in Ambon.
pub const NOW_MS: u64 = 1_707_861_600_000;
const PASSPHRASE: &str = "sagu-pala-cengkih";

/// What kept something from being measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The store refused.
    #[error("the store could not be measured")]
    Store(#[from] StoreError),
    /// A segment could not be made.
    #[error("the work could not be sealed")]
    Segment(#[from] SegmentError),
    /// The bare table failed.
    #[error("the bare table could not be measured")]
    RawTable(#[from] rusqlite::Error),
    /// The folder cannot be written, or the measured process not be started.
    #[error("the measurement could not be run")]
    Io(#[from] io::Error),
    /// The memory of a process that should have been measured could not be read.
    #[error("the system does not tell how much memory a process needs")]
    NoMemoryFigure,
    /// Server and devices could not exchange the work.
    #[error("the work could not be exchanged")]
    Exchange(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A new store of an invented officer.
pub fn new_store(folder: &Path) -> Result<Store, StoreError> {
    let owner = Profile {
        person_id: Uuid::from_u128(1),
        name: "Petugas Contoh".to_owned(),
        position: "Anggota Panwaslu Kecamatan Contoh".to_owned(),
        district: district(),
        staff_number: String::new(),
        address: String::new(),
    };
    Store::create(folder, NewStore { owner, passphrase: PASSPHRASE, stretching: KeyStretching::LEAST }, &mut OsRng)
}

/// Opens a store that [`new_store`] made.
pub fn open_store(folder: &Path) -> Result<Store, StoreError> {
    Store::unlock(folder, PASSPHRASE, NOW_MS, &mut OsRng)
}

/// What came of taking all segments into a new store.
#[derive(Clone, Copy, Debug)]
pub struct Merged {
    /// From the packed segments to the records, durable.
    pub time: Duration,
    /// Indexing the words afterwards.
    pub indexing: Duration,
    /// The closed file, before the words were indexed.
    pub bytes: u64,
    /// The closed file with the index.
    pub indexed_bytes: u64,
    /// Edits that stand beside another of the same field.
    pub concurrent_edits: u64,
    /// Fields listed as undecided.
    pub undecided: u64,
}

/// Verifies, decodes, applies and materialises everything in a new store, then indexes its words.
pub fn merge(segments: &[Travelling<'_>], folder: &Path) -> Result<Merged, MeasureError> {
    let mut store = new_store(folder)?;
    let answers = incoming(segments);
    let start = Instant::now();
    for answer in answers {
        store.apply_segments(answer, &[], NOW_MS)?;
    }
    let time = start.elapsed();
    let (concurrent_edits, undecided) = (store.concurrent_values()?, store.sync_summary()?.conflicts);
    drop(store);
    let database = folder.join("store.db");
    let bytes = std::fs::metadata(&database)?.len();
    let store = open_store(folder)?;
    let start = Instant::now();
    while store.index_pending(512)? {}
    let indexing = start.elapsed();
    drop(store);
    let indexed_bytes = std::fs::metadata(&database)?.len();
    Ok(Merged { time, indexing, bytes, indexed_bytes, concurrent_edits, undecided })
}

/// What came of inserting the same operations into a bare table.
#[derive(Clone, Copy, Debug)]
pub struct Inserted {
    /// The inserts, durable.
    pub time: Duration,
    /// The closed file, with the table people would read from.
    pub bytes: u64,
}

/// Inserts everything in a bare table. The records people would read come after the clock has stopped.
pub fn insert(
    transactions: &[Vec<Row>],
    keeping: Keeping,
    folder: &Path,
    work: &Work,
) -> Result<Inserted, MeasureError> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join("raw.db");
    let mut table = RawTable::create(&path, keeping)?;
    let start = Instant::now();
    for rows in transactions {
        table.insert(rows)?;
    }
    let time = start.elapsed();
    table.insert_records(&work.records())?;
    drop(table);
    Ok(Inserted { time, bytes: std::fs::metadata(path)?.len() })
}

/// The segments as a server answers with them, numbered.
pub fn incoming(segments: &[Travelling<'_>]) -> Vec<Vec<Incoming>> {
    let mut gsn = 0;
    let mut numbered = |segment: &Travelling<'_>| {
        gsn += 1;
        segment.incoming(gsn)
    };
    answers(segments, ANSWER_BYTES).into_iter().map(|answer| answer.iter().map(&mut numbered).collect()).collect()
}

/// The rows of every transaction a merge of the segments makes.
pub fn raw_transactions(segments: &[Travelling<'_>]) -> Vec<Vec<Row>> {
    let rows = |segment: &Travelling<'_>| raw_table::rows(segment.device, segment.saves).collect::<Vec<_>>();
    answers(segments, ANSWER_BYTES).into_iter().map(|answer| answer.iter().flat_map(rows).collect()).collect()
}

/// One turn of both.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// The store's.
    pub merged: Merged,
    /// The bare table's.
    pub inserted: Inserted,
}

/// Some rounds of the same work in segments of one size.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The rounds, in order.
    pub rounds: Vec<Round>,
    /// All segments, packed.
    pub wire_bytes: usize,
    /// How many there are.
    pub segments: usize,
}

/// Lets store and bare table take turns, everything in folders of their own below `scratch`.
pub fn compare(work: &Work, cut: Cut, rounds: usize, scratch: &Path) -> Result<Comparison, MeasureError> {
    let segments = travelling(work, cut)?;
    let transactions = raw_transactions(&segments);
    let turn = |number: usize| {
        let folder = tempfile::tempdir_in(scratch)?;
        let place = |name: &str| -> PathBuf { folder.path().join(name) };
        let merge = || merge(&segments, &place("store"));
        let insert = || insert(&transactions, Keeping::Encrypted, &place("raw"), work);
        // Who begins changes, so that neither always finds the machine as the other left it.
        Ok(if number.is_multiple_of(2) {
            let merged = merge()?;
            Round { merged, inserted: insert()? }
        } else {
            let inserted = insert()?;
            Round { merged: merge()?, inserted }
        })
    };
    Ok(Comparison {
        rounds: (0..rounds).map(turn).collect::<Result<_, MeasureError>>()?,
        wire_bytes: segments.iter().map(|segment| segment.wire.len()).sum(),
        segments: segments.len(),
    })
}

/// The middle of measurements; of an even number, the mean of the two in the middle. 0 of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        len if len % 2 == 1 => sorted[len / 2],
        len => (sorted[len / 2 - 1] + sorted[len / 2]) / 2.0,
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median([3.0, 1.0, 100.0]), 3.0);
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), 3.0);
        assert_eq!(median([]), 0.0);
    }
}
