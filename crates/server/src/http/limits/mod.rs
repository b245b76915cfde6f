//! What one device, one address and all of them together may ask for.
//!
//! Every limit is far from what officers need on their worst link, 2 KB/s that falls silent for half a minute, and
//! from what a province behind one address of its carrier needs; so whoever meets one is broken or hostile. Nothing is
//! lost by it: the program waits as long as `Retry-After` says and goes on.

mod address;
mod allowance;
mod connections;
mod pace;
mod room;

use std::num::NonZeroU32;
use std::time::Duration;

pub(crate) use address::AddressGroup;
pub(crate) use allowance::{Allowances, Spent};
pub(crate) use connections::{Connection, Connections, OpenExchange};
pub(crate) use pace::{PacedBody, TooSlow};
pub(crate) use room::{NoRoom, Room};

/// The limits of a server.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests of one device.
    pub device_requests: Allowance,
    /// Bodies that one device sends, in KiB.
    pub device_kib: Allowance,
    /// Requests from one address that no registered device signed.
    pub guest_requests: Allowance,
    /// Enrolments tried from one address. An invitation's token has 128 bits and cannot be guessed at any speed; this
    /// keeps guesses out of the database.
    pub enrolments: Allowance,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address. Thousands of phones share one address of their carrier.
    pub connections_per_address: usize,
    /// What a TLS handshake may take.
    pub handshake: Duration,
    /// How long a connection may be idle, and how long the head of a request may take. The end of an answer that has
    /// not left the machine yet, 128 KiB at most, fits in it at 2 KB/s.
    pub idle: Duration,
    /// How long a request or an answer under way may stand still.
    pub stall: Duration,
    /// How long requests may be under way on one connection before there is a moment without any.
    pub longest_exchange: Duration,
    /// How fast a body must come.
    pub pace: Pace,
    /// Requests worked on at once that take the processor or the disk for long.
    pub working: usize,
    /// Requests that wait for their turn at once.
    pub waiting: usize,
    /// How long they wait.
    pub patience: Duration,
    /// Bodies held in memory at once, in KiB.
    pub body_kib: usize,
    /// HTTP/2 streams at once on one connection.
    pub streams: u32,
    /// The head of a request, in bytes.
    pub head_bytes: u32,
    /// How long requests under way may still take once the server is asked to stop.
    pub grace: Duration,
}

/// So much at once, and one more after each `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How much at once.
    pub burst: NonZeroU32,
    /// When one more is allowed.
    pub every: Duration,
}

/// At least so many bytes in each span, or the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The span. Long enough that what a silence of half a minute costs is made up for within it.
    pub span: Duration,
    /// How many bytes.
    pub bytes: u64,
}

impl Allowance {
    const fn new(burst: u32, every: Duration) -> Self {
        let burst = match NonZeroU32::new(burst) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        Allowance { burst, every }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            device_requests: Allowance::new(600, Duration::from_millis(50)),
            // 256 MiB at once, which is the largest attachment, then 8 MiB/s.
            device_kib: Allowance::new(256 << 10, Duration::from_micros(122)),
            guest_requests: Allowance::new(600, Duration::from_millis(50)),
            enrolments: Allowance::new(300, Duration::from_secs(5)),
            connections: 4096,
            connections_per_address: 1024,
            handshake: Duration::from_secs(60),
            idle: Duration::from_secs(120),
            stall: Duration::from_secs(180),
            longest_exchange: Duration::from_secs(3600),
            pace: Pace { span: Duration::from_secs(120), bytes: 8 << 10 },
            working: 16,
            waiting: 512,
            patience: Duration::from_secs(20),
            body_kib: 256 << 10,
            streams: 32,
            head_bytes: 16 << 10,
            grace: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// Lets devices ask as often and as much as they like, as a simulation does whose months pass in seconds.
    #[must_use]
    pub fn without_allowances(self) -> Self {
        let boundless = Allowance::new(u32::MAX, Duration::from_nanos(1));
        Limits {
            device_requests: boundless,
            device_kib: boundless,
            guest_requests: boundless,
            enrolments: boundless,
            ..self
        }
    }
}
