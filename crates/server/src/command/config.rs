//! `config`: shows the settings in force and who set each, or checks them.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::serve::Serve;
use super::{CommandError, Surroundings, Terminal};
use crate::configuration::{Configuration, Origin, Setting};
use crate::listener;
use crate::messages::Messages;
use crate::server::lock_folder;
use crate::start_error::StartError;

/// `config`.
#[derive(Debug, Args)]
pub struct Config {
    /// What to do with the settings.
    #[arg(value_enum, default_value_t)]
    pub action: Action,
    /// As `serve` would be given them.
    #[command(flatten)]
    pub options: Serve,
}

/// What is done with the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Prints them as a file, with who set each.
    #[default]
    Show,
    /// Tries what can be tried without serving.
    Check,
}

pub(super) fn run<W: Write>(
    config: Config,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    match config.action {
        Action::Show => show(&surroundings.configuration, terminal),
        Action::Check => check(&surroundings.configuration, terminal),
    }
}

fn show<W: Write>(configuration: &Configuration, terminal: &mut Terminal<W>) -> Result<(), CommandError> {
    let lines = configuration.list().into_iter().map(|Setting { key, value, origin }| {
        // What is not set stands as a comment, so that the output is a file that can be used.
        let line = value.map_or_else(|| format!("# {key}"), |value| format!("{key} = {value}"));
        (line, say_origin(&origin, terminal.messages()))
    });
    let lines: Vec<(String, String)> = lines.collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or_default();
    for (line, origin) in lines {
        terminal.print(&format!("{line:width$}  # {origin}"))?;
    }
    warn(configuration, terminal)
}

/// Each setting was checked when it was read; what is left are those with a syntax of their own, and what the machine
/// makes of them.
fn check<W: Write>(configuration: &Configuration, terminal: &mut Terminal<W>) -> Result<(), CommandError> {
    let settings = configuration.settings();
    let data_dir = settings.data_dir()?;
    // Beside the running server its address is taken, by itself.
    let shared = settings.database()?.is_some();
    settings.blobs()?;
    let running = data_dir.exists() && matches!(lock_folder(&data_dir, shared), Err(StartError::AlreadyRunning { .. }));
    if !running {
        drop(listener::bind(settings.listen)?);
    }
    warn(configuration, terminal)?;
    let (data, listen) = (data_dir.display().to_string(), settings.listen.to_string());
    terminal.say("server-config-usable", &[("data", &data), ("listen", &listen)])
}

fn warn<W: Write>(configuration: &Configuration, terminal: &mut Terminal<W>) -> Result<(), CommandError> {
    for name in configuration.unknown_variables() {
        terminal.say("server-config-unknown-variable", &[("name", name)])?;
    }
    Ok(())
}

pub(super) fn say_origin(origin: &Origin, messages: &Messages) -> String {
    match origin {
        Origin::Default => messages.get("server-origin-default", &[]).text,
        Origin::File(path) => path.display().to_string(),
        Origin::Environment(name) => name.clone(),
        Origin::CommandLine => messages.get("server-origin-command-line", &[]).text,
    }
}
