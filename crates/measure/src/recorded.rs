//! Recorded work: a file with one save a line, from which every device's lane is authored anew.
//!
//! A line is a JSON object with `round`, `dev`, `rec` (a UUID), `ms` (milliseconds since 1970 UTC) and `ops`, a list of
//! `[field number, value]`; what else it holds is left aside. Lines stand in the order the saves were made, and a
//! device has seen everything of the rounds before and nothing of the others' present one. The file may be
//! compressed with Zstandard.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, BufReader, Read};

use arumbae_domain::schema::{FieldNo, RecordId, RecordKind, Value};
use arumbae_mergelog::{KindNo, Operation, RecordState};
use ed25519_dalek::SigningKey;
use jiff::civil::Date;
use serde::Deserialize;
use uuid::Uuid;

use crate::work::{Work, Writer, apply};

/// Why a file cannot be measured with.
#[derive(Debug, thiserror::Error)]
pub enum RecordedWorkError {
    /// It cannot be read, or its compression is damaged.
    #[error("the recorded work cannot be read")]
    Io(#[from] io::Error),
    /// A line is not a save.
    #[error("line {line} of the recorded work is not a save")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        why: LineError,
    },
    /// There is no save in it.
    #[error("the recorded work holds no save")]
    Empty,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not the expected JSON.
    #[error("it is not the JSON of a save")]
    Json(#[from] serde_json::Error),
    /// A save belongs to a round that was over.
    #[error("its round was over")]
    RoundOver,
    /// A field holds what a record cannot hold.
    #[error("a field holds neither a text, nor a number, nor yes or no")]
    Value,
    /// A number or moment is out of the range of the log.
    #[error("a number is out of range")]
    Range,
}

/// Longer lines are not lines of a save; nothing of them is kept in memory.
const LONGEST_LINE: u64 = 1 << 20;
const ZSTD_MAGIC: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Later moments do not fit the log's 48 bits.
const LATEST_MS: u64 = 1 << 47;

/// The fields that a finding has too. The others are written under numbers that no version has yet, and so travel as
/// the fields of a later version do.
const OF_A_FINDING: [(u16, FieldNo); 6] =
    [(0, FieldNo(11)), (5, FieldNo(40)), (6, NARRATIVE), (11, FieldNo(41)), (13, FieldNo(44)), (14, FieldNo(20))];
const NARRATIVE: FieldNo = FieldNo(52);
const FIRST_LATER_FIELD: u16 = 100;

#[derive(Deserialize)]
struct Line {
    round: u32,
    dev: u32,
    rec: Uuid,
    ms: u64,
    ops: Vec<(u16, serde_json::Value)>,
}

/// Reads recorded work and authors it: every write names the heads its device had seen.
///
/// # Errors
/// Those of [`RecordedWorkError`]; a line's number is told with what is wrong with it.
pub fn read(file: impl Read) -> Result<Work, RecordedWorkError> {
    let mut file = BufReader::new(file);
    let compressed = file.fill_buf()?.starts_with(ZSTD_MAGIC);
    let mut lines: Box<dyn BufRead> =
        if compressed { Box::new(BufReader::new(zstd::Decoder::with_buffer(file)?)) } else { Box::new(file) };
    let mut office = Office::default();
    let mut text = Vec::new();
    for line in 1.. {
        text.clear();
        if lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut text)? == 0 {
            break;
        }
        let save = serde_json::from_slice(&text).map_err(LineError::from);
        save.and_then(|save| office.write(save)).map_err(|why| RecordedWorkError::Line { line, why })?;
    }
    if office.writers.is_empty() {
        return Err(RecordedWorkError::Empty);
    }
    Ok(Work { devices: office.writers.into_values().map(Writer::into_device).collect() })
}

/// All devices at work.
#[derive(Default)]
struct Office {
    round: u32,
    writers: BTreeMap<u32, Writer>,
    /// The records as they stood when the devices last met.
    met: BTreeMap<RecordId, RecordState>,
    /// What each device made of them since.
    copies: HashMap<(u32, RecordId), RecordState>,
    /// How many saves of each device `met` holds.
    merged: HashMap<u32, usize>,
}

impl Office {
    fn write(&mut self, Line { round, dev, rec, ms, ops }: Line) -> Result<(), LineError> {
        if round < self.round {
            return Err(LineError::RoundOver);
        }
        if ms >= LATEST_MS {
            return Err(LineError::Range);
        }
        if round > self.round {
            self.meet();
            self.round = round;
        }
        let record = RecordId(rec);
        let writer = self.writers.entry(dev).or_insert_with(|| writer(dev));
        let seen = || self.met.get(&record).cloned().unwrap_or_default();
        let state = self.copies.entry((dev, record)).or_insert_with(seen);
        let mut operations = Vec::with_capacity(ops.len() + 1);
        if state.kind().is_none() {
            operations.push(Operation::Create { record, kind: KindNo::from(RecordKind::Finding) });
        }
        for (number, value) in ops {
            operations.push(operation(record, field(number)?, value_of(value)?, state));
        }
        writer.save(operations, ms, state);
        Ok(())
    }

    fn meet(&mut self) {
        for (dev, writer) in &self.writers {
            let merged = self.merged.entry(*dev).or_default();
            apply(&mut self.met, writer.last().0, &writer.saves()[*merged..]);
            *merged = writer.saves().len();
        }
        self.copies.clear();
        let all: Vec<_> = self.writers.values().map(Writer::last).collect();
        self.writers.values_mut().for_each(|writer| writer.meet(&all));
    }
}

/// A device of which the file knows only the number.
fn writer(number: u32) -> Writer {
    let mut drawn =
        blake3::Hasher::new_derive_key("arumbae 2026 measured device").update(&number.to_le_bytes()).finalize_xof();
    let (mut key, mut incarnation, mut actor) = ([0; 32], [0; 8], [0; 16]);
    drawn.fill(&mut key);
    drawn.fill(&mut incarnation);
    drawn.fill(&mut actor);
    Writer::new(SigningKey::from_bytes(&key), u64::from_le_bytes(incarnation) >> 1, Uuid::from_bytes(actor))
}

fn operation(record: RecordId, field: FieldNo, value: Value, state: &RecordState) -> Operation {
    let preds = state.heads_of(field);
    match value {
        Value::Text(text) if field == NARRATIVE => {
            Operation::Revise { record, field, base: preds.first().copied(), text, preds }
        }
        value => Operation::Set { record, field, value, preds },
    }
}

fn field(number: u16) -> Result<FieldNo, LineError> {
    match OF_A_FINDING.iter().find(|(recorded, _)| *recorded == number) {
        Some((_, field)) => Ok(*field),
        None => number.checked_add(FIRST_LATER_FIELD).map(FieldNo).ok_or(LineError::Range),
    }
}

/// The log has no fractions, because not everybody reads the same number from one: up to millionths, enough for a
/// place on earth, they are whole numbers of millionths.
fn value_of(value: serde_json::Value) -> Result<Value, LineError> {
    Ok(match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(yes) => Value::Bool(yes),
        serde_json::Value::String(text) => match text.parse::<Date>() {
            Ok(date) if date.to_string() == text => Value::Date(date),
            _ => Value::Text(text),
        },
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => {
                let millionths = number.as_f64().map(|fraction| (fraction * 1e6).round());
                let fits = millionths.filter(|millionths| millionths.abs() < 1e15).ok_or(LineError::Range)?;
                Value::Integer(fits as i64)
            }
        },
        serde_json::Value::Array(_) | serde_json::Value::Object(_) => return Err(LineError::Value),
    })
}
