//! What can go wrong, and how often.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

macro_rules! mishaps {
    ($($(#[$doc:meta])* $mishap:ident $name:literal,)*) => {
        /// One kind of thing that goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Mishap { $($(#[$doc])* $mishap,)* }

        impl Mishap {
            /// Every kind.
            pub const ALL: &'static [Mishap] = &[$(Mishap::$mishap,)*];

            /// The name on the command line and in summaries.
            pub fn name(self) -> &'static str { match self { $(Mishap::$mishap => $name,)* } }
        }
    };
}

mishaps! {
    /// A request never arrives.
    Drop "drop",
    /// A request is cut in the middle of a segment.
    Cut "cut",
    /// The server commits, and its answer is lost.
    LostAnswer "lost-answer",
    /// An answer is cut in the middle.
    TornAnswer "torn-answer",
    /// The server gets a request twice.
    Double "double",
    /// A request arrives hours after its sender gave up, behind later ones.
    Late "late",
    /// A login page answers in the server's place.
    Portal "portal",
    /// A laptop's clock jumps: forwards, backwards, to 2099, to 1970.
    Clock "clock",
    /// The program is killed while it works or syncs.
    Kill "kill",
    /// The power fails: what was not on the disk is gone.
    PowerCut "power-cut",
    /// A lost laptop is set up again from a backup.
    Backup "backup",
    /// A disk's image is put back: the same incarnation, an older state.
    Image "image",
    /// A disk is copied and both copies go on working.
    Twin "twin",
    /// A device is revoked, and its owner works on.
    Revoke "revoke",
    /// The server is restarted, also amid requests.
    Restart "restart",
    /// Couriers carry segments to colleagues and to the province: in any order, repeated, in part.
    Courier "courier",
    /// A laptop joins late, or was worked on for days before it is enrolled.
    LateJoiner "late-joiner",
    /// A device of a later version writes what this one does not know.
    LaterVersion "later-version",
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is none of a mishap.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no mishap has this name; there are {}", names(Mishap::ALL))]
pub struct UnknownMishap;

impl FromStr for Mishap {
    type Err = UnknownMishap;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Mishap::ALL.iter().copied().find(|mishap| mishap.name() == text).ok_or(UnknownMishap)
    }
}

/// Names with commas between.
pub fn names<'a>(mishaps: impl IntoIterator<Item = &'a Mishap>) -> String {
    mishaps.into_iter().map(|mishap| mishap.name()).collect::<Vec<_>>().join(",")
}

/// How large a simulation is, and what may go wrong in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Everything by chance comes from it.
    pub seed: u64,
    /// Laptops at the beginning; twins, late joiners and the device of a later version come on top.
    pub devices: usize,
    /// Days of simulated time before the links heal.
    pub days: u64,
    /// Saves a person makes on a day, about.
    pub saves_per_day: u64,
    /// What may go wrong.
    pub mishaps: BTreeSet<Mishap>,
}

impl Plan {
    /// A plan in which everything may go wrong.
    pub fn with_everything(seed: u64, devices: usize, days: u64) -> Plan {
        Plan { seed, devices, days, saves_per_day: 4, mishaps: Mishap::ALL.iter().copied().collect() }
    }

    /// Whether a kind of mishap may happen.
    pub fn has(&self, mishap: Mishap) -> bool {
        self.mishaps.contains(&mishap)
    }
}

impl fmt::Display for Plan {
    /// As the command line that plays it again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan { seed, devices, days, saves_per_day, mishaps } = self;
        write!(f, "--seed {seed} --devices {devices} --days {days} --saves-per-day {saves_per_day}")?;
        if mishaps.len() == Mishap::ALL.len() { Ok(()) } else { write!(f, " --mishaps={}", names(mishaps)) }
    }
}
