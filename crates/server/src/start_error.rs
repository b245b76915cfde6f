//! Why the server, or one of its commands, could not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use arumbae_protocol::registry::RegistryError;
use arumbae_signing::certificate::CertificateError;

use crate::attachment::PlaceError;
use crate::storage::StorageError;

/// Why the server could not start. Each has its sentence, with what to do about it, in the message catalogue.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another program listens there.
    #[error("the address {address} is in use")]
    AddressInUse {
        /// Where the server was to listen.
        address: SocketAddr,
    },
    /// The machine does not let this program listen there.
    #[error("cannot listen on {address}")]
    Address {
        /// Where the server was to listen.
        address: SocketAddr,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// The data folder cannot be made, read or written.
    #[error("cannot use the folder {}", path.display())]
    Folder {
        /// The folder or the file in it.
        path: PathBuf,
        /// What the machine said.
        #[source]
        source: io::Error,
    },
    /// Nobody said where the data is.
    #[error("no data folder is set")]
    NoDataFolder,
    /// The folder holds no province yet.
    #[error("{} holds no province", path.display())]
    NoProvince {
        /// The folder.
        path: PathBuf,
    },
    /// Another server runs on the same folder.
    #[error("another server runs on {}", path.display())]
    AlreadyRunning {
        /// The folder.
        path: PathBuf,
    },
    /// There is a registry but not the key that signed it. New keys would cut every device off, so none are made.
    #[error("the province's keys are missing or do not belong to its registry")]
    Keys(#[source] Option<RegistryError>),
    /// The database could not be opened.
    #[error("cannot open the database")]
    Storage(#[from] StorageError),
    /// Attachments cannot be kept where they were to be.
    #[error(transparent)]
    Attachments(#[from] PlaceError),
    /// A certificate could not be issued or read.
    #[error("cannot prepare the certificates")]
    Certificate(#[from] CertificateError),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
}

impl StartError {
    /// The sentence's key in the message catalogue.
    pub fn message_key(&self) -> &'static str {
        match self {
            StartError::AddressInUse { .. } => "server-error-address-in-use",
            StartError::Address { .. } => "server-error-address",
            StartError::Folder { .. } => "server-error-folder",
            StartError::NoDataFolder => "server-error-no-data-folder",
            StartError::NoProvince { .. } => "server-error-no-province",
            StartError::AlreadyRunning { .. } => "server-error-already-running",
            StartError::Keys(_) => "server-error-keys",
            StartError::Storage(error) => storage_message_key(error),
            StartError::Attachments(_) => "server-error-blobs",
            StartError::Certificate(_) | StartError::Tls(_) => "server-error-certificate",
        }
    }

    /// What the sentence names: an address, a folder, a file.
    pub fn detail(&self) -> String {
        match self {
            StartError::AddressInUse { address } | StartError::Address { address, .. } => address.to_string(),
            StartError::Folder { path, .. } | StartError::NoProvince { path } | StartError::AlreadyRunning { path } => {
                path.display().to_string()
            }
            StartError::Attachments(error) => error.place.clone(),
            StartError::NoDataFolder
            | StartError::Keys(_)
            | StartError::Storage(_)
            | StartError::Certificate(_)
            | StartError::Tls(_) => String::new(),
        }
    }
}

/// The key of the sentence about a storage that failed.
pub(crate) fn storage_message_key(error: &StorageError) -> &'static str {
    match error {
        StorageError::NewerSchema => "server-error-newer-schema",
        StorageError::ForeignFile => "server-error-foreign-file",
        StorageError::ForeignDatabase => "server-error-foreign-database",
        StorageError::MalformedUrl => "server-error-database-url",
        StorageError::Unreachable(_) => "server-error-database-unreachable",
        StorageError::WrongPassword => "server-error-database-password",
        StorageError::NoSuchDatabase => "server-error-database-missing",
        StorageError::NotPermitted => "server-error-database-rights",
        StorageError::NotDurable => "server-error-database-not-durable",
        StorageError::Full => "server-error-full",
        StorageError::Unsettled => "server-error-unsettled",
        StorageError::RegistryMoved | StorageError::Damaged(_) | StorageError::Backend(_) => "server-error-storage",
    }
}
