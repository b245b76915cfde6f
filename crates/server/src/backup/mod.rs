//! Backups of a province, made while it runs, and putting one back.
//!
//! ```text
//! identity.pem                 the key that opens everything, under a passphrase (PKCS#8); not there if somebody else
//!                              holds it
//! recipient                    what everything is sealed to
//! packs/{blake3}               registry, log, quarantine, invitations and keys, sealed as any age program does
//! attachments/{ab}/{blake3}    an attachment, sealed likewise
//! manifests/{time}.json        what one backup consists of, signed by the province
//! ```
//!
//! The log only grows, and attachments are named by what they hold, so a backup adds what is new and names the rest
//! again: each manifest is a whole backup. Making one needs no secret. Everything is written aside and renamed, the
//! manifest last; a backup that was interrupted is none.

mod folder;
mod identity;
mod making;
mod manifest;
mod pack;
mod restoring;

use std::io;
use std::path::PathBuf;

use crate::start_error::StartError;
use crate::storage::StorageError;

pub use folder::{BackupFolder, Opening, SealedTo};
pub use making::{Behind, ScopeBehind};
pub use manifest::{Manifest, ScopeState};
pub use restoring::{Destination, Restored, restore};

/// A backup that cannot be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The attachments' store failed.
    #[error("the attachments' store failed")]
    Attachments(#[from] object_store::Error),
    /// The backup's folder cannot be read or written.
    #[error("cannot use {}", path.display())]
    Folder {
        /// The file.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The folder holds no backup.
    #[error("{} holds no backup", path.display())]
    NoBackup {
        /// The folder.
        path: PathBuf,
    },
    /// A new folder needs a passphrase or a recipient.
    #[error("nobody said who is to open the backups")]
    NoRecipient,
    /// The folder holds backups for another recipient.
    #[error("the folder's backups are for another recipient")]
    OtherRecipient,
    /// The text is no recipient.
    #[error("not a recipient")]
    MalformedRecipient,
    /// The passphrase or the identity does not open the backups.
    #[error("the passphrase or the identity does not open the backups")]
    WrongKey,
    /// A file of the backup is not what its manifest says.
    #[error("{} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The backup was made by a later version.
    #[error("the backup was made by a newer version")]
    NewerFormat,
    /// The folder to restore into is not empty.
    #[error("{} is not empty", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The province's folder or keys failed.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}
