//! What is held but not part of the records: at which step it was stopped, why, and what lets it go on.
//!
//! Nothing is ever deleted for being here. Every reason has a way out, and most of them need nobody at this device.

use arumbae_domain::schema::RecordId;
use arumbae_mergelog::LaneId;
use arumbae_mergelog::segment::SegmentHash;
use serde::Serialize;

/// At which step something was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarantineLevel {
    /// It is no segment, its signature does not hold, or its lane forked.
    Chain,
    /// It is genuine, but this version cannot read it.
    Decode,
    /// It was read, but what it says cannot count: nobody gave its author the right, or the records it speaks of do
    /// not allow it.
    Meaning,
}

/// What ends a quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// An undamaged copy comes, from the server, a peer or a stick; it is taken in like any segment.
    GoodCopy,
    /// The author's device begins a new incarnation and writes again what is missing.
    NewIncarnation,
    /// A newer version of the program is installed; it reads what waits as it opens.
    Upgrade,
    /// The registry gains the device, the person or the right; what waits is judged anew with each change of it.
    RegistryChange,
    /// What it builds on comes; until then it waits in the record.
    EarlierArrives,
    /// The province decides.
    ProvinceDecides,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $reason:ident = $code:literal $level:ident $way_out:ident,)*) => {
        /// Why something is held but not part of the records.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum QuarantineReason { $($(#[$doc])* $reason,)* }

        impl QuarantineReason {
            /// Every reason.
            pub const ALL: &'static [QuarantineReason] = &[$(QuarantineReason::$reason,)*];

            /// The reason's name in the store and in message keys; never changed.
            pub fn code(self) -> &'static str { match self { $(QuarantineReason::$reason => $code,)* } }

            /// At which step it stops something.
            pub fn level(self) -> QuarantineLevel {
                match self { $(QuarantineReason::$reason => QuarantineLevel::$level,)* }
            }

            /// What ends it.
            pub fn way_out(self) -> WayOut {
                match self { $(QuarantineReason::$reason => WayOut::$way_out,)* }
            }
        }
    };
}

reasons! {
    /// The bytes are no segment.
    NotASegment = "unreadable" Chain GoodCopy,
    /// The header is not signed by the device it names.
    BadSignature = "bad_signature" Chain GoodCopy,
    /// The header is genuine, the body is not the one it signs.
    BodyMismatch = "body_mismatch" Chain GoodCopy,
    /// Another segment already has its place in the lane.
    Fork = "fork" Chain NewIncarnation,
    /// It continues a lane that forked.
    FrozenLane = "frozen_lane" Chain NewIncarnation,

    /// Its format asks for a later reader.
    NewerFormat = "newer_format" Decode Upgrade,
    /// It was compressed in a way, or with a dictionary, that a later version has.
    NewerCompression = "newer_compression" Decode Upgrade,
    /// The header is genuine, the body follows no format.
    Undecodable = "undecodable" Decode GoodCopy,

    /// The device is not registered.
    UnknownDevice = "unknown_device" Meaning RegistryChange,
    /// The device was revoked, and the province had not received this before.
    Revoked = "revoked" Meaning RegistryChange,
    /// No grant of the device's owner reached the scope at the policy epoch it was written in, or has since.
    NoRight = "no_right" Meaning RegistryChange,
    /// Written under registry entries that are not known here yet.
    LaterPolicy = "later_policy" Meaning RegistryChange,
    /// Its actor is neither the device's owner nor a registered colleague who may write the scope.
    NotTheOwner = "not_the_owner" Meaning RegistryChange,
    /// It changes a record of a scope that its author may not write.
    ForeignScope = "foreign_scope" Meaning RegistryChange,
    /// It takes a reviewer's step, and its author may not review the scope.
    NoReview = "no_review" Meaning RegistryChange,
    /// It changes a record whose creation has not come.
    UnknownRecord = "unknown_record" Meaning EarlierArrives,
    /// It makes a record of a kind that a later version has.
    UnknownKind = "unknown_kind" Meaning Upgrade,

    /// A reason that only the server knows.
    ServersOwn = "unknown" Meaning ProvinceDecides,
}

impl QuarantineReason {
    /// The reason with a code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }
}

/// A segment, or what waits in one record, that is kept but not part of the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Why.
    pub reason: QuarantineReason,
    /// Its lane, if that could be read; of several, that of the first save.
    pub lane: Option<LaneId>,
    /// The number of its first save, if that could be read.
    pub first_seq: Option<u64>,
    /// The segment's hash, or that of its unreadable bytes; `None` if it waits in a record.
    pub hash: Option<SegmentHash>,
    /// The record it waits in, `None` if a whole segment is held.
    pub record: Option<RecordId>,
    /// Who owns the lane's device, as far as this device knows their name.
    pub author: Option<String>,
    /// When this device noted it, milliseconds since 1970 UTC; for what waits in a record, when it was written.
    pub noted_ms: u64,
    /// The server stopped it, not this device.
    pub by_server: bool,
    /// Whether its bytes are held here, in the log or beside it.
    pub is_kept: bool,
}

impl Quarantined {
    /// At which step it was stopped.
    pub fn level(&self) -> QuarantineLevel {
        self.reason.level()
    }

    /// What lets it go on.
    pub fn way_out(&self) -> WayOut {
        self.reason.way_out()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = QuarantineReason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), QuarantineReason::ALL.len());
        for reason in QuarantineReason::ALL {
            assert_eq!(QuarantineReason::from_code(reason.code()), Some(*reason));
        }
    }
}
