//! What a command finds around it.

use arumbae_protocol::registry::Operator;

use super::CommandError;
use crate::clock::Clock;
use crate::configuration::{Configuration, Settings};
use crate::province::Province;

/// What a command finds around it.
pub struct Surroundings {
    /// The settings in force.
    pub configuration: Configuration,
    /// Who typed the command.
    pub operator: Operator,
    /// Tells the time.
    pub clock: Clock,
}

impl Surroundings {
    /// The settings in force.
    pub(super) fn settings(&self) -> &Settings {
        self.configuration.settings()
    }

    /// The province that is there, also beside a running server. What the command does to it is entered as done by the
    /// operator, for `reason`.
    pub(super) async fn open_province(&self, reason: Option<String>) -> Result<Province, CommandError> {
        let (data_dir, database) = (self.settings().data_dir()?, self.settings().database()?);
        let province = Province::open(&data_dir, database.as_ref(), self.clock.clone()).await?;
        let province = province.keeping_attachments_in(self.settings().blobs()?.as_ref()).await?;
        Ok(province.acting_for(self.operator.clone(), reason))
    }
}

/// Who sits at this machine, by what it says of them.
pub fn operator_of_process() -> Operator {
    let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    // Behind sudo the account is root's for everybody.
    let account = variable("SUDO_USER").or_else(|| whoami::username().ok()).unwrap_or_default();
    let from = variable("SSH_CONNECTION").and_then(|ends| ends.split(' ').next().map(str::to_owned));
    Operator { account, host: whoami::hostname().unwrap_or_default(), from, credential: String::new() }
}
