//! Why the store could not do what was asked.
//!
//! No variant carries personal data, in `Display` or elsewhere, so that errors may be logged as they are.

use std::io;

/// What every operation of the store returns.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The reasons a caller may want to tell apart; each has its own advice to the user.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder holds no store yet.
    #[error("there is no store in this folder")]
    NoStore,
    /// The folder already holds a store, which is never overwritten.
    #[error("there is a store in this folder already")]
    StoreExists,
    /// Another process has the store open.
    #[error("the store is open in another window or program")]
    AlreadyOpen,
    /// The passphrase fits no key slot. The next attempt is answered after this many seconds.
    #[error("the passphrase is wrong")]
    WrongPassphrase {
        /// Seconds until the next attempt is answered; zero for the first few.
        wait_seconds: u64,
    },
    /// Too soon after wrong attempts: this one was not looked at, and not counted.
    #[error("too many wrong passphrases")]
    AttemptTooSoon {
        /// Seconds until the next attempt is answered.
        wait_seconds: u64,
    },
    /// The passphrase is empty.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// The key given opens no recovery slot of this store.
    #[error("the recovery key does not fit")]
    WrongRecoveryKey,
    /// The file is this installation's, but parts of it cannot be read. Nothing was changed;
    /// [`Store::recover`](crate::Store::recover) sets it aside and makes a new one from it and the newest backup.
    #[error("the store file is damaged")]
    Damaged {
        /// What the database said, if it said anything.
        #[source]
        source: Option<rusqlite::Error>,
    },
    /// The file was not made by this installation of Arumbae. [`Store::recover`](crate::Store::recover) sets it aside
    /// and goes on from the newest backup.
    #[error("the file is not a store of this installation")]
    ForeignFile,
    /// The store was written by a later version of Arumbae.
    #[error("the store has schema {found}, this program knows {known}")]
    NewerSchema {
        /// The schema of the file.
        found: u32,
        /// The latest this program knows.
        known: u32,
    },
    /// No space is left; the write was undone as a whole.
    #[error("the disk is full")]
    DiskFull,
    /// The folder may not be written to.
    #[error("the folder cannot be written to")]
    Unwritable(#[source] io::Error),
    /// There is no backup with this number, or none that can be read.
    #[error("there is no such backup")]
    NoSuchBackup,
    /// There is no such record.
    #[error("there is no such record")]
    NoSuchRecord,
    /// The record holds something a person has yet to decide, or a later version has written.
    #[error("the record holds something undecided or of a later version")]
    Undecided,
    /// There is no document-signing key for this user.
    #[error("this user has no document-signing key")]
    NoSigningKey,
    /// The bytes are not those their name promises, or the pieces do not fit together.
    #[error("the attachment's bytes do not match its hash")]
    BlobMismatch,
    /// A list was asked to go on from a key it never gave out.
    #[error("not a page key of this list")]
    BadPageKey,
    /// What was to be written does not fit the log's limits.
    #[error("the change cannot be written to the log")]
    Unwriteable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The registry's entries are not the province's, or do not continue those held.
    #[error("the registry entries were refused")]
    Registry(#[source] arumbae_protocol::registry::RegistryError),
    /// The log or a table holds something this version cannot have written.
    #[error("the store's {what} cannot be read")]
    Undecodable {
        /// Which part of the store.
        what: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database refused.
    #[error("the database refused")]
    Database(#[source] rusqlite::Error),
    /// The file system refused.
    #[error("the file system refused")]
    Io(#[source] io::Error),
}

impl StoreError {
    pub(crate) fn undecodable(
        what: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError::Undecodable { what, source: source.into() }
    }

    pub(crate) fn damaged() -> StoreError {
        StoreError::Damaged { source: None }
    }

    /// Whether reading may still work.
    pub(crate) fn forbids_writing(&self) -> bool {
        use rusqlite::ErrorCode;
        match self {
            StoreError::DiskFull | StoreError::Unwritable(_) => true,
            // The files beside the database could not be made as large as SQLite needs them.
            StoreError::Database(error) => error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure),
            _ => false,
        }
    }
}

/// A snapshot of our own making or keeping that cannot be read or written.
impl From<arumbae_mergelog::snapshot::SnapshotError> for StoreError {
    fn from(error: arumbae_mergelog::snapshot::SnapshotError) -> Self {
        StoreError::undecodable("snapshot", error)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::DiskFull,
            // SQLCipher answers "out of memory" for a page whose authentication code does not fit its bytes.
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::OutOfMemory) => {
                StoreError::Damaged { source: Some(error) }
            }
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::Unwritable(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, error))
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::AlreadyOpen,
            _ => StoreError::Database(error),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::Unwritable(error),
            _ => StoreError::Io(error),
        }
    }
}
