//! What a reader accepts at most. Every writer keeps to it, so that nothing is written that nobody will read.
//!
//! Together the limits bound what opening one segment may take: its bytes, four megabytes of text and, for the
//! counts, some thirty megabytes.

/// A segment's canonical bytes.
pub const SEGMENT_BYTES: usize = 4 << 20;
/// A segment's signed header; ours take some three hundred, whatever their scope.
pub const HEADER_BYTES: usize = 4096;
/// The saves in a segment.
pub const SEGMENT_SAVES: usize = 16_384;
/// The operations in a segment.
pub const SEGMENT_OPERATIONS: usize = 131_072;
/// The predecessors, bases and observed operations named in a segment.
pub const SEGMENT_IDS: usize = 262_144;
/// The texts of a segment, repeated ones counted every time.
pub const SEGMENT_TEXT_BYTES: usize = 4 << 20;
/// A save's canonical bytes.
pub const SAVE_BYTES: usize = 2 << 20;
/// The operations in a save; their place in it is sixteen bits wide.
pub const SAVE_OPERATIONS: usize = 65_535;
/// A parcel's content once unpacked. In all other respects a parcel may hold what one segment may.
pub const PARCEL_BYTES: usize = 8 << 20;
/// The segments of a parcel.
pub const PARCEL_SEGMENTS: usize = 4096;
/// The pairs of operation and field a parcel has columns for.
pub(crate) const PARCEL_FIELDS: usize = 1024;
/// What a parcel is squeezed against.
pub const BASE_BYTES: usize = 6 << 20;
/// The longest text that is written once per segment and referred to afterwards. Longer ones hardly repeat, and
/// a reference of one byte must not stand for a megabyte.
pub(crate) const SHARED_TEXT_BYTES: usize = 255;
