//! The options that many commands share.

use std::path::PathBuf;

use arumbae_domain::Scope;
use arumbae_protocol::{Grant, Registry, Role};
use clap::Args;
use serde::Serialize;

use crate::rights::{GrantError, find_person};

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

/// A role of a person.
#[derive(Debug, Args)]
pub struct RoleOfPerson {
    /// Who: their identifier or its beginning.
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// The role.
    #[arg(long)]
    pub role: Role,
    /// Where.
    #[arg(long)]
    pub scope: Scope,
}

impl RoleOfPerson {
    /// The grant it is.
    pub(super) fn find(self, registry: &Registry) -> Result<Grant, GrantError> {
        let RoleOfPerson { person, role, scope } = self;
        let person = find_person(registry, &person).ok_or(GrantError::UnknownPerson)?;
        Ok(Grant { person, role, scope })
    }
}

/// What messages say of a grant.
pub(super) fn in_words(grant: &Grant, registry: &Registry) -> [(&'static str, String); 3] {
    let name = registry.name_of(grant.person).unwrap_or_default().to_owned();
    [("role", grant.role.code().to_owned()), ("scope", grant.scope.to_string()), ("name", name)]
}

/// What every act says of itself.
#[derive(Debug, Args)]
pub struct Why {
    /// Why it is done; stands in the province's log.
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}
