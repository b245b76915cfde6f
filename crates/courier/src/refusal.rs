//! Why a file on a stick is not taken.

use arumbae_protocol::{BundleError, ConsignmentError, FailureCode};

/// Why a sealed file was refused. Then nothing of it was taken and nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// It is no sealed file at all.
    #[error("the file is not a sealed bundle")]
    NotSealed,
    /// Its receiver is somebody else; or the few bytes that name the receiver were changed, which looks the same.
    #[error("the file is sealed to somebody else")]
    ForAnother,
    /// Cut off, or changed on the way.
    #[error("the file is damaged")]
    Damaged,
    /// Larger than any that is packed.
    #[error("the file is too large")]
    TooLarge,
    /// Packed by a later version in a way that this one cannot read.
    #[error("the file was packed by a newer version")]
    NewerFormat,
    /// Something in it was signed by somebody else than it says.
    #[error("the bundle is not what its packer signed")]
    Forged,
    /// Packed by another province than the receiver's.
    #[error("another province packed the bundle")]
    OtherProvince,
    /// Packed by a device that the registry does not name, or that was revoked.
    #[error("the registry does not name the device that packed the bundle")]
    UnknownSender,
    /// The receiver belongs to no province yet and has not asked to.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// The province does not enrol who packed it.
    #[error("the province does not enrol the device: {0:?}")]
    NotEnrollable(FailureCode),
}

impl From<BundleError> for Refusal {
    fn from(error: BundleError) -> Self {
        match error {
            BundleError::NotABundle | BundleError::Damaged => Refusal::Damaged,
            BundleError::NewerFormat { .. } => Refusal::NewerFormat,
            BundleError::TooLarge => Refusal::TooLarge,
        }
    }
}

impl From<ConsignmentError> for Refusal {
    fn from(error: ConsignmentError) -> Self {
        match error {
            ConsignmentError::NewerFormat { .. } => Refusal::NewerFormat,
            ConsignmentError::Damaged => Refusal::Damaged,
            ConsignmentError::Forged | ConsignmentError::Miscounted => Refusal::Forged,
            ConsignmentError::Bundle(error) => error.into(),
        }
    }
}
