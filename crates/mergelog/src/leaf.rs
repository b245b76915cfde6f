//! A save standing alone: the canonical bytes its leaf hash is taken over, also how a store keeps it unsealed.

use crate::operation::Save;
use crate::segment::SegmentError;

/// The canonical bytes of a save.
pub fn encode(save: &Save) -> Vec<u8> {
    let _ = save;
    Vec::new()
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Save, SegmentError> {
    let _ = bytes;
    Err(SegmentError::Malformed("empty"))
}

/// Whether a save is within the limits every reader enforces; to be asked before it is acknowledged.
pub fn check_limits(save: &Save) -> Result<(), SegmentError> {
    let _ = save;
    Ok(())
}
