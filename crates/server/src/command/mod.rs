//! The commands of `arumbae-server`, one to a file.

mod audit;
mod backup;
mod ca;
mod config;
mod courier;
mod devices;
mod error;
mod grant;
mod invitations;
mod invite;
mod options;
mod people;
mod restore;
mod revoke;
mod serve;
mod stats;
mod surroundings;
mod terminal;
mod usage;
mod verify;
mod withdraw;

use std::ffi::OsString;
use std::future::Future;
use std::io::Write;

use clap::{Arg, ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::configuration::{Configuration, ConfigurationError};
use crate::messages::{Language, Messages};

pub use error::CommandError;
pub use options::Place;
pub use surroundings::{Surroundings, operator_of_process};
use terminal::Terminal;
pub use usage::Unread;

/// What was asked of the program. Its help texts are in the message catalogue.
#[derive(Debug, Parser)]
#[command(name = "arumbae-server", version)]
pub struct CommandLine {
    /// The language of messages and help.
    #[arg(long, global = true, value_enum, default_value_t)]
    pub language: Language,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs the server; founds the province on the first start.
    Serve(serve::Serve),
    /// Makes an invitation; also beside a running server.
    Invite(invite::Invite),
    /// Lists the invitations.
    Invitations(invitations::Invitations),
    /// Lists the registered people and what they hold.
    People(people::People),
    /// Gives a person a role.
    Grant(grant::GrantRole),
    /// Takes a role from a person.
    Withdraw(withdraw::WithdrawRole),
    /// Lists the registered devices.
    Devices(devices::Devices),
    /// Revokes a device, or takes an open invitation back.
    Revoke(revoke::Revoke),
    /// The certificate authorities and the keys.
    Ca(ca::Ca),
    /// Lists what was done to the province, by whom and why.
    Audit(audit::Audit),
    /// Makes a backup while the server runs.
    Backup(backup::Backup),
    /// Puts a backup back into an empty folder.
    Restore(restore::Restore),
    /// Walks the whole log and names what is wrong with it.
    Verify(verify::Verify),
    /// Tells how much there is.
    Stats(stats::Stats),
    /// Sticks that couriers carry.
    Courier(courier::Courier),
    /// Shows or checks the settings.
    Config(config::Config),
}

impl CommandLine {
    /// Reads the program's arguments.
    pub fn read(arguments: &[OsString]) -> Result<Self, Unread> {
        let messages = Messages::of(asked_language(arguments));
        let described = describe("server", Self::command().disable_help_subcommand(true), &messages);
        let read = described.try_get_matches_from(arguments).and_then(|matches| Self::from_arg_matches(&matches));
        read.map_err(|error| Unread::from(&error, &messages))
    }

    /// The settings in force for the command, with what the environment says.
    pub fn configuration(
        &self,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Configuration, ConfigurationError> {
        match &self.command {
            Command::Serve(serve) => Configuration::gather(serve.place.config.as_deref(), environment, serve),
            Command::Config(config) => {
                let options = &config.options;
                Configuration::gather(options.place.config.as_deref(), environment, options)
            }
            Command::Ca(ca) => Configuration::gather(ca.place().config.as_deref(), environment, ca.place()),
            Command::Courier(courier) => {
                Configuration::gather(courier.place().config.as_deref(), environment, courier.place())
            }
            Command::Invite(invite::Invite { place, .. })
            | Command::Invitations(invitations::Invitations { place, .. })
            | Command::People(people::People { place, .. })
            | Command::Grant(grant::GrantRole { place, .. })
            | Command::Withdraw(withdraw::WithdrawRole { place, .. })
            | Command::Devices(devices::Devices { place, .. })
            | Command::Revoke(revoke::Revoke { place, .. })
            | Command::Audit(audit::Audit { place, .. })
            | Command::Backup(backup::Backup { place, .. })
            | Command::Restore(restore::Restore { place, .. })
            | Command::Verify(verify::Verify { place, .. })
            | Command::Stats(stats::Stats { place, .. }) => {
                Configuration::gather(place.config.as_deref(), environment, place)
            }
        }
    }
}

/// Help is shown while the arguments are read, so its language must be known before.
fn asked_language(arguments: &[OsString]) -> Language {
    let english = arguments.windows(2).any(|pair| pair[0] == "--language" && pair[1] == "en");
    let english = english || arguments.iter().any(|argument| argument == "--language=en");
    if english { Language::En } else { Language::Id }
}

/// Gives a command and all below it the help texts of the catalogue.
fn describe(key: &str, command: clap::Command, messages: &Messages) -> clap::Command {
    let text = |key: &str| messages.get(key, &[]).text;
    let about = text(&format!("{key}-help"));
    let below: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    // clap's own are described in English.
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
    let mut described = command.disable_help_flag(true).arg(help);
    if described.get_version().is_some() {
        let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
        described = described.disable_version_flag(true).arg(version);
    }
    let arguments: Vec<clap::Id> = described.get_arguments().map(|argument| argument.get_id().clone()).collect();
    let mut template = format!("{{about-with-newline}}\n{} {{usage}}", text("server-help-usage"));
    for (heading, list, is_there) in [
        ("server-help-commands", "{subcommands}", described.has_subcommands()),
        ("server-help-arguments", "{positionals}", described.get_positionals().next().is_some()),
        ("server-help-options", "{options}", true),
    ] {
        if is_there {
            template.push_str(&format!("\n\n{}\n{list}", text(heading)));
        }
    }
    // Doc comments are for who reads the code; what the catalogue does not say, help does not say either.
    described = described.about(about).long_about(None).help_template(template);
    for id in arguments {
        let help = text(&format!("server-help-{}", id.as_str().replace('_', "-")));
        // What the values mean, and which one is taken if none is given, stands in the help text.
        described = described.mut_arg(id, |argument| {
            let takes_values = argument.get_action().takes_values();
            argument.help(help).long_help(None).hide_possible_values(takes_values).hide_default_value(takes_values)
        });
    }
    for name in below {
        described = described.mut_subcommand(&name, |command| describe(&format!("{key}-{name}"), command, messages));
    }
    described
}

/// Runs a command; what it has to say goes to `out`. `shutdown` ends `serve`.
pub async fn run(
    command_line: CommandLine,
    surroundings: Surroundings,
    out: &mut impl Write,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CommandError> {
    let mut terminal = Terminal::new(out, Messages::of(command_line.language));
    match command_line.command {
        Command::Serve(_) => serve::run(&surroundings, &mut terminal, shutdown).await,
        Command::Invite(invite) => invite::run(invite, &surroundings, &mut terminal).await,
        Command::Invitations(invitations) => invitations::run(invitations, &surroundings, &mut terminal).await,
        Command::People(people) => people::run(people, &surroundings, &mut terminal).await,
        Command::Grant(grant) => grant::run(grant, &surroundings, &mut terminal).await,
        Command::Withdraw(withdraw) => withdraw::run(withdraw, &surroundings, &mut terminal).await,
        Command::Devices(devices) => devices::run(devices, &surroundings, &mut terminal).await,
        Command::Revoke(revoke) => revoke::run(revoke, &surroundings, &mut terminal).await,
        Command::Ca(ca) => ca::run(ca, &surroundings, &mut terminal).await,
        Command::Audit(audit) => audit::run(audit, &surroundings, &mut terminal).await,
        Command::Backup(backup) => backup::run(backup, &surroundings, &mut terminal).await,
        Command::Restore(restore) => restore::run(restore, &surroundings, &mut terminal).await,
        Command::Verify(verify) => verify::run(verify, &surroundings, &mut terminal).await,
        Command::Stats(stats) => stats::run(stats, &surroundings, &mut terminal).await,
        Command::Courier(courier) => courier::run(courier, &surroundings, &mut terminal).await,
        Command::Config(config) => config::run(config, &surroundings, &mut terminal),
    }
}
