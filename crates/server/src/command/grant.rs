//! `grant`: gives a person a role, or moves them to another office.

use std::io::Write;

use arumbae_domain::Scope;
use arumbae_protocol::{Grant, Role};
use clap::Args;

use super::options::Why;
use super::{CommandError, Place, Surroundings, Terminal};
use crate::rights::{GrantError, RoleChange, find_person};

/// `grant`.
#[derive(Debug, Args)]
pub struct GrantRole {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Who gets it: their identifier or its beginning.
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// The role.
    #[arg(long)]
    pub role: Role,
    /// Where.
    #[arg(long)]
    pub scope: Scope,
    /// In place of everything the person held before.
    #[arg(long)]
    pub replace: bool,
    /// Why.
    #[command(flatten)]
    pub why: Why,
}

pub(super) async fn run<W: Write>(
    options: GrantRole,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let GrantRole { place: _, person, role, scope, replace, why } = options;
    let province = surroundings.open_province(why.reason).await?;
    let registry = province.registry().await?;
    let person = find_person(&registry, &person).ok_or(GrantError::UnknownPerson)?;
    let said = [("role", role.code()), ("scope", &scope.to_string()), ("name", registry.name_of(person).unwrap_or(""))];
    let grant = Grant { person, role, scope };
    let change = if replace { RoleChange::Replace(grant) } else { RoleChange::Grant(grant) };
    let changed = province.change_roles(change).await?;
    terminal.say(if changed { "server-granted" } else { "server-granted-before" }, &said)
}
