//! What a link does with bytes, in numbers.

use std::time::Duration;

/// What the link does with bytes.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// In each direction; `None` for as fast as the machine can.
    pub bytes_per_second: Option<u64>,
    /// One way; a round trip takes twice as long.
    pub delay: Duration,
    /// A packet may take so much longer than the delay. Order is kept, as TCP keeps it.
    pub jitter: Duration,
    /// Who is at the other end.
    pub far_end: FarEnd,
    /// A connection breaks after this many bytes, both directions counted together, and so does each of the next
    /// `cuts - 1` connections.
    pub cut_after: Option<u64>,
    /// How many connections are still to be cut for their bytes.
    pub cuts: u32,
    /// The link breaks again and again, and every connection on it.
    pub breaks: Option<Spells>,
    /// Nothing moves for a while, again and again.
    pub stalls: Option<(Spells, Duration)>,
    /// What a connection that is cut or broken ends like.
    pub ending: Ending,
    /// Everything by chance comes from it.
    pub seed: u64,
}

/// How long it takes until something happens, and happens again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spells {
    /// At least.
    pub shortest: Duration,
    /// At most.
    pub longest: Duration,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarEnd {
    /// The server.
    Server,
    /// Nobody: bytes are taken and nothing ever comes back.
    Silence,
    /// A hotel's or an operator's login page, with status 200.
    CaptivePortal,
}

/// How a connection ends before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Both sides learn of it.
    Closed,
    /// The server's side is gone, and the client is told that the answer was all.
    Truncated,
    /// Neither side is told: bytes are taken, and nothing comes any more.
    HalfOpen,
    /// A login page speaks on in the server's place, amid the answer.
    CaptivePortal,
}

impl Weather {
    /// Nothing in the way.
    pub const CLEAR: Weather = Weather {
        bytes_per_second: None,
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        far_end: FarEnd::Server,
        cut_after: None,
        cuts: 0,
        breaks: None,
        stalls: None,
        ending: Ending::Closed,
        seed: 1,
    };

    /// The worst link that is planned for: 2 KB/s, 1.5 s for a round trip, a cut every 30 to 60 s.
    pub const ISLANDS: Weather = Weather {
        bytes_per_second: Some(2_000),
        delay: Duration::from_millis(750),
        breaks: Some(Spells { shortest: Duration::from_secs(30), longest: Duration::from_secs(60) }),
        ..Weather::CLEAR
    };

    /// The same proportions, so many times as fast: as many bytes between cuts and in a round trip.
    #[must_use]
    pub fn faster(self, times: u32) -> Weather {
        let spells = |spells: Spells| Spells { shortest: spells.shortest / times, longest: spells.longest / times };
        Weather {
            bytes_per_second: self.bytes_per_second.map(|rate| rate * u64::from(times)),
            delay: self.delay / times,
            jitter: self.jitter / times,
            breaks: self.breaks.map(spells),
            stalls: self.stalls.map(|(every, lasting)| (spells(every), lasting / times)),
            ..self
        }
    }
}
