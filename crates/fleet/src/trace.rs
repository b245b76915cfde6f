//! What happened, line by line: hashed, so that a seed played again can be told to have gone the same way.

use std::collections::VecDeque;
use std::fmt::Write;

use crate::world::{BEGINNING_MS, DAY, HOUR, MINUTE};

/// How many lines are kept for whoever looks at a failure.
const KEPT: usize = 60;

/// The lines of one simulation.
#[derive(Default)]
pub struct Trace {
    hasher: blake3::Hasher,
    last: VecDeque<String>,
}

impl Trace {
    /// Notes what happened at a moment of true time.
    pub fn note(&mut self, now_ms: u64, what: &str) {
        let mut line = moment(now_ms);
        let _ = write!(line, "  {what}");
        self.hasher.update(line.as_bytes());
        self.hasher.update(b"\n");
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// Takes in what is the same however it is told, such as the state at the end.
    pub fn note_bytes(&mut self, bytes: &[u8]) {
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
    }

    /// The hash of everything noted.
    pub fn hash(&self) -> blake3::Hash {
        self.hasher.finalize()
    }

    /// The last lines.
    pub fn last_lines(&self) -> impl Iterator<Item = &str> {
        self.last.iter().map(String::as_str)
    }
}

/// A moment of true time as days and hours since the beginning.
pub fn moment(now_ms: u64) -> String {
    let since = now_ms.saturating_sub(BEGINNING_MS);
    let (day, hour, minute) = (since / DAY + 1, since % DAY / HOUR, since % HOUR / MINUTE);
    format!("day {day} {hour:02}:{minute:02}:{:06.3}", (since % MINUTE) as f64 / 1000.0)
}
