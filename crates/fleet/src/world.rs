//! The time that passes for everybody, and what each laptop takes it for.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arumbae_sync::Surroundings;
use rand_core::RngCore;

use crate::dice::Dice;

/// The true time, milliseconds since 1970 UTC; moved by the simulation alone.
#[derive(Clone, Debug)]
pub struct WorldClock(Arc<AtomicU64>);

/// When every simulation begins: 2 February 2026, 08:00 WIT.
pub const BEGINNING_MS: u64 = 1_769_986_800_000;

/// A minute, in milliseconds.
pub const MINUTE: u64 = 60_000;
/// An hour, in milliseconds.
pub const HOUR: u64 = 60 * MINUTE;
/// A day, in milliseconds.
pub const DAY: u64 = 24 * HOUR;

impl Default for WorldClock {
    fn default() -> Self {
        WorldClock(Arc::new(AtomicU64::new(BEGINNING_MS)))
    }
}

impl WorldClock {
    /// The true time.
    pub fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Lets time pass; it never goes back.
    pub fn advance_to(&self, now_ms: u64) {
        self.0.fetch_max(now_ms, Ordering::Relaxed);
    }
}

/// What a laptop has of the world: a clock that may be wrong by decades, and chance.
pub struct Desk {
    world: WorldClock,
    error_ms: AtomicI64,
    dice: Mutex<Dice>,
}

impl Desk {
    /// A desk whose clock is right.
    pub fn new(world: WorldClock, dice: Dice) -> Self {
        Desk { world, error_ms: AtomicI64::new(0), dice: Mutex::new(dice) }
    }

    /// Sets the clock to `now_ms`, from where it runs on.
    pub fn set_clock(&self, now_ms: u64) {
        let error = i128::from(now_ms) - i128::from(self.world.now_ms());
        self.error_ms.store(i64::try_from(error).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}

impl Surroundings for Desk {
    fn now_ms(&self) -> u64 {
        self.world.now_ms().saturating_add_signed(self.error_ms.load(Ordering::Relaxed))
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(bytes);
    }
}
