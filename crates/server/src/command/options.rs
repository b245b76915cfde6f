//! The options that many commands share.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

/// Where the province is. What is left out comes from the environment or the file.
#[derive(Debug, Default, Args, Serialize)]
pub struct Place {
    /// The file of the settings.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The folder of everything the server keeps.
    #[arg(long, value_name = "DIR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// The PostgreSQL database that holds the log, if not a file in the folder.
    #[arg(long, value_name = "URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// Where attachments are kept, if not in the data folder: another folder, or `s3://BUCKET/PREFIX`.
    #[arg(long, value_name = "PLACE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blobs: Option<String>,
}

/// What every act on the province takes.
#[derive(Debug, Args)]
pub struct Acting {
    /// Where it is.
    #[command(flatten)]
    pub place: Place,
    /// Why.
    #[command(flatten)]
    pub why: Why,
}

/// How a listing is printed.
#[derive(Debug, Args)]
pub struct Listing {
    /// As JSON, for scripts.
    #[arg(long)]
    pub json: bool,
}

/// What every act says of itself.
#[derive(Debug, Args)]
pub struct Why {
    /// Why it is done; stands in the province's log.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
