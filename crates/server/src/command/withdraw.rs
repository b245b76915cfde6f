//! `withdraw`: takes a role from a person.

use std::io::Write;

use arumbae_domain::Scope;
use arumbae_protocol::{Grant, Role};
use clap::Args;

use super::options::Why;
use super::{CommandError, Place, Surroundings, Terminal};
use crate::rights::{GrantError, RoleChange, find_person};

/// `withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawRole {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// From whom: their identifier or its beginning.
    #[arg(long, value_name = "ID")]
    pub person: String,
    /// The role.
    #[arg(long)]
    pub role: Role,
    /// Where.
    #[arg(long)]
    pub scope: Scope,
    /// Why.
    #[command(flatten)]
    pub why: Why,
}

pub(super) async fn run<W: Write>(
    options: WithdrawRole,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let WithdrawRole { place: _, person, role, scope, why } = options;
    let province = surroundings.open_province(why.reason).await?;
    let registry = province.registry().await?;
    let person = find_person(&registry, &person).ok_or(GrantError::UnknownPerson)?;
    let said = [("role", role.code()), ("scope", &scope.to_string()), ("name", registry.name_of(person).unwrap_or(""))];
    province.change_roles(RoleChange::Withdraw(Grant { person, role, scope })).await?;
    terminal.say("server-withdrawn", &said)
}
