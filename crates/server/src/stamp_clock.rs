//! Whether the clock may be stamped by: never behind what was stamped before, across restarts too.
//!
//! A stamp must not wait for the disk each time. So a bound ahead of the clock is written down now and then, and a clock
//! that stands further back than the bound allows has been set back since.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::keys::write_private;

/// How far ahead of the clock the bound is written.
const AHEAD_MS: u64 = 60 * 1000;

/// Requests at the same time, and a clock that NTP slews, may differ by as much as a stamp's accuracy.
const TOLERANCE_MS: u64 = 1000;

/// The last moment that was stamped.
#[derive(Debug)]
pub(crate) struct StampClock {
    path: PathBuf,
    known: Mutex<Known>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// No stamp before this one.
    earliest_ms: u64,
    /// No stamp after this one without writing again.
    bound_ms: u64,
}

impl StampClock {
    /// Reads what was written down.
    pub(crate) fn open(data_dir: &Path) -> io::Result<Self> {
        let path = data_dir.join("stamped-until");
        let bound_ms: u64 = match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        let known = Known { earliest_ms: bound_ms.saturating_sub(AHEAD_MS), bound_ms: 0 };
        Ok(StampClock { path, known: Mutex::new(known) })
    }

    /// Whether a stamp may say `now_ms`; if so it is not forgotten.
    pub(crate) fn admit(&self, now_ms: u64) -> io::Result<bool> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if now_ms + TOLERANCE_MS < known.earliest_ms {
            return Ok(false);
        }
        if now_ms > known.bound_ms {
            let bound_ms = now_ms + AHEAD_MS;
            let aside = self.path.with_extension("new");
            match fs::remove_file(&aside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write_private(&aside, bound_ms.to_string().as_bytes())?;
            fs::rename(&aside, &self.path)?;
            known.bound_ms = bound_ms;
        }
        known.earliest_ms = known.earliest_ms.max(now_ms);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_800_000_000_000;

    #[test]
    fn time_goes_forward_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = StampClock::open(folder.path()).expect("opened");
        let admit = |at| clock.admit(at).expect("written");
        assert!(admit(NOON) && admit(NOON + 90_000));
        assert!(admit(NOON + 89_500), "within a stamp's accuracy");
        assert!(!admit(NOON + 80_000), "set back");
        assert!(admit(NOON + 90_001), "and right again");
    }

    #[test]
    fn a_restart_forgets_a_minute_at_most() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || StampClock::open(folder.path()).expect("opened");
        assert!(open().admit(NOON).expect("written"));
        assert!(open().admit(NOON).expect("written"), "the same moment");
        assert!(!open().admit(NOON - 61_000).expect("read"), "a clock set back while the server was down");
        fs::write(folder.path().join("stamped-until"), "rusak").expect("written");
        assert!(StampClock::open(folder.path()).is_err(), "what cannot be read is not taken for nothing");
    }
}
