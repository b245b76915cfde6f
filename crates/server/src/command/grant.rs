//! `grant`: gives a person a role, or moves them to another office.

use std::io::Write;

use clap::Args;

use super::options::{RoleOfPerson, Why, in_words};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::rights::RoleChange;

/// `grant`.
#[derive(Debug, Args)]
pub struct GrantRole {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// What is granted.
    #[command(flatten)]
    pub held: RoleOfPerson,
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
    let GrantRole { place: _, held, replace, why } = options;
    let province = surroundings.open_province(why.reason).await?;
    let registry = province.registry().await?;
    let grant = held.find(&registry)?;
    let said = in_words(&grant, &registry);
    let change = if replace { RoleChange::Replace(grant) } else { RoleChange::Grant(grant) };
    let changed = province.change_roles(change).await?;
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    terminal.say(if changed { "server-granted" } else { "server-granted-before" }, &said)
}
