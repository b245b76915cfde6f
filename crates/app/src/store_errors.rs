//! What the store's errors mean to the person at the laptop.

use arumbae_store::{MalformedVersion, StoreError};

use crate::error::{AppError, ErrorCode};

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::WrongPassphrase { wait_seconds: 0 } => ErrorCode::WrongPassphrase,
            StoreError::WrongPassphrase { wait_seconds } | StoreError::AttemptTooSoon { wait_seconds } => {
                let seconds = *wait_seconds;
                return AppError::caused(ErrorCode::PassphraseWait, error).with("seconds", seconds);
            }
            StoreError::EmptyPassphrase => ErrorCode::WrongPassphrase,
            StoreError::NoStore => ErrorCode::Locked,
            StoreError::StoreExists => ErrorCode::OfficeExists,
            StoreError::AlreadyOpen => ErrorCode::StoreInUse,
            StoreError::Damaged { .. } | StoreError::Undecodable { .. } => ErrorCode::StoreDamaged,
            StoreError::ForeignFile => ErrorCode::StoreForeign,
            StoreError::NewerSchema { .. } => ErrorCode::StoreNewer,
            StoreError::DiskFull => ErrorCode::DiskFull,
            StoreError::Unwritable(_) => ErrorCode::StoreReadOnly,
            StoreError::NoSuchBackup => ErrorCode::BackupMissing,
            StoreError::NoSuchRecord => ErrorCode::RecordMissing,
            StoreError::Undecided => ErrorCode::RecordUndecided,
            StoreError::NoSigningKey => ErrorCode::NotEnrolled,
            StoreError::BlobMismatch => ErrorCode::AttachmentDamaged,
            StoreError::BadPageKey => ErrorCode::BadArguments,
            StoreError::Registry(_) => ErrorCode::WrongServer,
            StoreError::WrongRecoveryKey => ErrorCode::RecoveryKeyWrong,
            StoreError::Unwriteable(_) | StoreError::Database(_) | StoreError::Io(_) => ErrorCode::Internal,
        };
        AppError::caused(code, error)
    }
}

impl From<MalformedVersion> for AppError {
    fn from(error: MalformedVersion) -> Self {
        AppError::caused(ErrorCode::BadArguments, error)
    }
}
