//! What can be set, and what it is when nobody sets it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use arumbae_domain::RegionCode;
use serde::{Deserialize, Serialize};

use crate::attachment::{AttachmentPlace, UnknownPlace};
use crate::log::LogFormat;
use crate::start_error::StartError;
use crate::storage::{DatabaseUrl, StorageError};

/// Every setting. A field's name is its key in the file, with `ARUMBAE_` before it the environment's variable; those
/// that a command takes are its options.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The folder of everything the server keeps.
    pub data: Option<PathBuf>,
    /// The PostgreSQL database that holds the log, if not a file in the folder.
    pub database: Option<String>,
    /// Where attachments are kept, if not in the data folder: another folder, or `s3://BUCKET/PREFIX`.
    pub blobs: Option<String>,
    /// The address and port to listen on.
    pub listen: SocketAddr,
    /// Where metrics are read, if anywhere; without TLS, so for the operator only.
    pub metrics: Option<SocketAddr>,
    /// The names or IP addresses devices use; the first stands in invitations.
    pub names: Vec<String>,
    /// The office's name; only read on the first start.
    pub office: String,
    /// The office's region; only read on the first start.
    pub region: RegionCode,
    /// What goes to the log, as `tracing_subscriber` filters it.
    pub log: String,
    /// How the log is written.
    pub log_format: LogFormat,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            data: None,
            database: None,
            blobs: None,
            listen: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 8443)),
            metrics: None,
            names: Vec::new(),
            office: "Bawaslu Provinsi Maluku".to_owned(),
            region: "81".parse().expect("the code of Maluku"),
            log: "info".to_owned(),
            log_format: LogFormat::Text,
        }
    }
}

impl Settings {
    /// The data folder, which has no default: nobody should find out later where the province's log went.
    pub fn data_dir(&self) -> Result<PathBuf, StartError> {
        self.data.clone().ok_or(StartError::NoDataFolder)
    }

    /// The database, if not a file in the folder.
    ///
    /// [`StorageError::MalformedUrl`] if what was set is no such address: a province must not come to lie in a file
    /// because of a typing error.
    pub fn database(&self) -> Result<Option<DatabaseUrl>, StorageError> {
        self.database.as_deref().map(str::parse).transpose()
    }

    /// Where attachments are kept, if not in the data folder. How an S3 store is reached stands in the process's
    /// `AWS_…` variables, where every program of such a machine looks.
    pub fn blobs(&self) -> Result<Option<AttachmentPlace>, UnknownPlace> {
        self.blobs.as_deref().map(|place| AttachmentPlace::parse(place, std::env::vars())).transpose()
    }
}
