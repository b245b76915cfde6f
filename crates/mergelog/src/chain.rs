//! Where a lane stands, and whether a segment continues it.

use crate::segment::{SegmentHash, SegmentHeader};

/// How far a lane is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneCursor {
    /// The number the next save must have.
    pub next_seq: u64,
    /// The hash the next segment must name.
    pub head_hash: SegmentHash,
}

/// What a segment is to a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainVerdict {
    /// It continues the lane.
    Next,
    /// Saves before it are missing: keep it aside and ask for them.
    Gap {
        /// The first missing number.
        missing_from: u64,
        /// The last missing number.
        missing_to: u64,
    },
    /// It is already there.
    Replay,
    /// The lane says two things at one number: keep both, freeze the lane, ask for a new incarnation.
    Fork {
        /// Where the two part, as far as can be told from the header.
        at_seq: u64,
    },
}

impl Default for LaneCursor {
    fn default() -> Self {
        LaneCursor { next_seq: 1, head_hash: SegmentHash::GENESIS }
    }
}

impl LaneCursor {
    /// Judges a segment. `stored` is the hash of the segment already held that begins at the same number, if any.
    pub fn judge(&self, header: &SegmentHeader, hash: SegmentHash, stored: Option<SegmentHash>) -> ChainVerdict {
        if header.first_seq > self.next_seq {
            return ChainVerdict::Gap { missing_from: self.next_seq, missing_to: header.first_seq - 1 };
        }
        if header.first_seq == self.next_seq && header.prev_hash == self.head_hash {
            return ChainVerdict::Next;
        }
        let replayed = stored == Some(hash) || hash == self.head_hash;
        if replayed { ChainVerdict::Replay } else { ChainVerdict::Fork { at_seq: header.first_seq } }
    }

    /// The cursor after a segment that was judged [`ChainVerdict::Next`].
    #[must_use]
    pub fn after(&self, header: &SegmentHeader, hash: SegmentHash) -> LaneCursor {
        LaneCursor { next_seq: header.first_seq.saturating_add(u64::from(header.count)), head_hash: hash }
    }
}
