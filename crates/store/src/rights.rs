//! Whether an author had the right to write what a segment says.

use arumbae_mergelog::{DeviceKey, Save, SegmentHeader};
use arumbae_protocol::Registry;
use arumbae_protocol::registry::{AuthorFault, check_authorship};

use crate::quarantine::QuarantineReason;

/// Judges a segment by the registry held here.
///
/// Before there is one nobody's rights are known. What this device itself wrote is not judged: its author has to see
/// it.
pub(crate) fn check_rights(
    header: &SegmentHeader,
    saves: &[Save],
    registry: &Registry,
    own: DeviceKey,
) -> Result<(), QuarantineReason> {
    if registry.seq() == 0 || header.lane.device == own {
        return Ok(());
    }
    check_authorship(header, saves, registry).map_err(|fault| match fault {
        AuthorFault::UnknownDevice => QuarantineReason::UnknownDevice,
        AuthorFault::Revoked => QuarantineReason::Revoked,
        AuthorFault::LaterPolicy => QuarantineReason::LaterPolicy,
        AuthorFault::NoRight => QuarantineReason::NoRight,
        AuthorFault::NotTheOwner => QuarantineReason::NotTheOwner,
        AuthorFault::NoReview => QuarantineReason::NoReview,
    })
}
