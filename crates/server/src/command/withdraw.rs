//! `withdraw`: takes a role from a person.

use std::io::Write;

use clap::Args;

use super::options::{RoleOfPerson, Why, in_words};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::rights::RoleChange;

/// `withdraw`.
#[derive(Debug, Args)]
pub struct WithdrawRole {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// What is withdrawn.
    #[command(flatten)]
    pub held: RoleOfPerson,
    /// Why.
    #[command(flatten)]
    pub why: Why,
}

pub(super) async fn run<W: Write>(
    options: WithdrawRole,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let WithdrawRole { place: _, held, why } = options;
    let province = surroundings.open_province(why.reason).await?;
    let registry = province.registry().await?;
    let grant = held.find(&registry)?;
    let said = in_words(&grant, &registry);
    province.change_roles(RoleChange::Withdraw(grant)).await?;
    let said = said.each_ref().map(|(name, value)| (*name, value.as_str()));
    terminal.say("server-withdrawn", &said)
}
