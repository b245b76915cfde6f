//! SQLite's write-ahead log, read without SQLite: whether all of it is there that was once durable, and what it holds.
//!
//! SQLite ends the log at the first frame whose checksum does not fit, and says nothing. After a power cut that is
//! right: such a frame belongs to a transaction nobody was told of. After a damaged disk it is not: what was
//! acknowledged would be gone without a word. Three things tell the two apart:
//! - with `synchronous=FULL` a transaction is on the disk before the next one begins, so a bad frame that is followed by
//!   a whole transaction and the beginning of another was once good;
//! - the shared index beside the log, if it is still there, says up to where the log was durable;
//! - where the log's own head is bad, frames that are not in the database yet were never taken over.
//!
//! What remains is damage to the very last transaction after the shared index was lost. It looks like a power cut, and
//! is taken for one.
//!
//! The format: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>, and for the shared index
//! <https://www.sqlite.org/walformat.html>.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::connection::PAGE;
use crate::error::{Result, StoreError};
use crate::folder::with_suffix;

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;
const FRAME: usize = FRAME_HEAD + PAGE;

/// Refuses a database whose log has lost something that was durable.
///
/// # Errors
/// [`StoreError::Damaged`].
pub(crate) fn check(database: &Path) -> Result<()> {
    let index = SharedIndex::read(database)?;
    let promised = index.as_ref().map_or(0, SharedIndex::frames);
    let lost = match Log::read(database, index.as_ref())? {
        // The index is removed before the log is, so an index without its log has lost it.
        None => promised > 0,
        Some(log) => {
            let sound = log.sound_frames();
            let of_this_log = index.is_some_and(|index| index.salts == log.salts);
            (of_this_log && promised > sound)
                || if log.has_sound_head { log.goes_on_after_transaction(sound) } else { !log.is_taken_over(database)? }
        }
    };
    if lost { Err(StoreError::damaged()) } else { Ok(()) }
}

/// Writes what the log holds onto a copy of its database, as far as its last transaction, bad checksums or not: every
/// page proves itself by its own authentication code when it is read. Returns whether the log is as it was written, so
/// that nothing of it is missing.
pub(crate) fn overlay(database: &Path, copy: &Path) -> Result<bool> {
    let index = SharedIndex::read(database)?;
    let promised = index.as_ref().map_or(0, SharedIndex::frames);
    let Some(log) = Log::read(database, index.as_ref())? else { return Ok(promised == 0) };
    let frames = log.committed_frames(index.as_ref());
    let mut file = OpenOptions::new().write(true).open(copy)?;
    let most = file.metadata()?.len() / PAGE as u64 + frames as u64;
    for frame in (0..frames).map(|at| log.frame(at)).filter(|frame| (1..=most).contains(&u64::from(frame.page))) {
        file.seek(SeekFrom::Start((u64::from(frame.page) - 1) * PAGE as u64))?;
        file.write_all(frame.bytes)?;
    }
    let last = frames.checked_sub(1).map_or(0, |last| u64::from(log.frame(last).pages_after));
    if (1..=most).contains(&last) {
        file.set_len(last * PAGE as u64)?;
    }
    let of_this_log = index.is_none_or(|index| index.salts == log.salts);
    Ok(frames <= log.sound_frames() && (!of_this_log || promised <= frames))
}

/// The log, its frames counted from 0 and cut where an older use of the same file begins.
struct Log {
    bytes: Vec<u8>,
    salts: [u8; 8],
    has_sound_head: bool,
    frames: usize,
}

struct Frame<'a> {
    head: &'a [u8],
    page: u32,
    /// The database's length in pages, in the last frame of a transaction; 0 in the others.
    pages_after: u32,
    bytes: &'a [u8],
}

impl Log {
    /// `None` if there is no log, or nothing in it.
    fn read(database: &Path, index: Option<&SharedIndex>) -> Result<Option<Log>> {
        let bytes = match fs::read(with_suffix(database, "-wal")) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        if bytes.len() < HEAD + FRAME {
            return Ok(None);
        }
        let has_sound_head = matches!(big(&bytes[..4]), 0x377f_0682 | 0x377f_0683)
            && big(&bytes[8..12]) as usize == PAGE
            && checksum(is_big_endian(&bytes), (0, 0), &bytes[..24]) == (big(&bytes[24..28]), big(&bytes[28..32]));
        let salts_at = if has_sound_head { 16 } else { HEAD + 8 };
        let mut salts = bytes[salts_at..salts_at + 8].try_into().expect("eight bytes");
        if let (false, Some(index)) = (has_sound_head, index) {
            salts = index.salts;
        }
        let mut log = Log { frames: (bytes.len() - HEAD) / FRAME, bytes, salts, has_sound_head };
        log.frames = (0..log.frames).rev().find(|at| log.frame(*at).head[8..16] == log.salts).map_or(0, |at| at + 1);
        Ok(Some(log))
    }

    fn frame(&self, at: usize) -> Frame<'_> {
        let bytes = &self.bytes[HEAD + at * FRAME..][..FRAME];
        let (head, page) = bytes.split_at(FRAME_HEAD);
        Frame { head, page: big(&head[..4]), pages_after: big(&head[4..8]), bytes: page }
    }

    /// How many frames SQLite would believe.
    fn sound_frames(&self) -> usize {
        if !self.has_sound_head {
            return 0;
        }
        let big_endian = is_big_endian(&self.bytes);
        let mut sum = (big(&self.bytes[24..28]), big(&self.bytes[28..32]));
        (0..self.frames)
            .take_while(|at| {
                let frame = self.frame(*at);
                sum = checksum(big_endian, checksum(big_endian, sum, &frame.head[..8]), frame.bytes);
                frame.head[8..16] == self.salts && sum == (big(&frame.head[16..20]), big(&frame.head[20..24]))
            })
            .count()
    }

    /// Whether a transaction ends at or after a frame, and another frame follows it.
    fn goes_on_after_transaction(&self, from: usize) -> bool {
        let end = (from..self.frames).find(|at| self.frame(*at).pages_after > 0);
        end.is_some_and(|end| end + 1 < self.frames)
    }

    /// How many frames belong to whole transactions.
    fn committed_frames(&self, index: Option<&SharedIndex>) -> usize {
        let promised = index.filter(|index| index.salts == self.salts).map_or(0, |index| index.last_frame as usize);
        let marked = (0..self.frames).rev().find(|at| self.frame(*at).pages_after > 0).map_or(0, |at| at + 1);
        marked.max(promised.min(self.frames))
    }

    /// Whether the database has every page of the log already.
    fn is_taken_over(&self, database: &Path) -> Result<bool> {
        let mut file = fs::File::open(database)?;
        let mut page = vec![0; PAGE];
        let frames = self.committed_frames(None);
        for at in 0..frames {
            let frame = self.frame(at);
            if (at + 1..frames).any(|later| self.frame(later).page == frame.page) {
                continue;
            }
            file.seek(SeekFrom::Start(u64::from(frame.page).saturating_sub(1) * PAGE as u64))?;
            if file.read_exact(&mut page).is_err() || page != frame.bytes {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// What SQLite noted in `-shm` about the log. It is believed only if both of its copies agree.
struct SharedIndex {
    salts: [u8; 8],
    /// The last frame that was durable, from 1.
    last_frame: u32,
    /// Up to where frames were taken over into the database.
    taken_over: u32,
}

impl SharedIndex {
    fn read(database: &Path) -> Result<Option<SharedIndex>> {
        let mut bytes = [0; 100];
        let mut file = match fs::File::open(with_suffix(database, "-shm")) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        if file.read_exact(&mut bytes).is_err() || bytes[..48] != bytes[48..96] || bytes[12] != 1 {
            return Ok(None);
        }
        let number = |at: usize| u32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        Ok(Some(SharedIndex {
            salts: bytes[32..40].try_into().expect("eight bytes"),
            last_frame: number(16),
            taken_over: number(96),
        }))
    }

    /// How many frames the log must have, none if the database holds them all.
    fn frames(&self) -> usize {
        if self.taken_over >= self.last_frame { 0 } else { self.last_frame as usize }
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn is_big_endian(log: &[u8]) -> bool {
    log[3] & 1 == 1
}

fn checksum(big_endian: bool, (mut first, mut second): (u32, u32), bytes: &[u8]) -> (u32, u32) {
    let word = |word: &[u8]| {
        let word = word.try_into().expect("four bytes");
        if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
    }
    (first, second)
}
