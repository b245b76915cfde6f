//! The terminal: results to standard output, explanations to standard error, the passphrase from standard input.

use std::io::{self, BufRead, Write};
use std::path::Path;

use arumbae_app::error::{AppError, ErrorNotice};
use arumbae_app::messages::{Catalogue, Language};

/// What went wrong in a job of this program.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A command of the program refused.
    #[error("a command refused")]
    Refused(#[source] AppError),
    /// A message of this program, by its key in `cli.ftl`.
    #[error("{key}")]
    Said {
        /// The key.
        key: &'static str,
        /// Its arguments.
        args: Vec<(&'static str, String)>,
    },
    /// The terminal or a pipe is closed.
    #[error("the output is closed")]
    Output(#[from] io::Error),
}

impl From<AppError> for CliError {
    fn from(error: AppError) -> Self {
        CliError::Refused(error)
    }
}

/// The messages the terminal shows.
pub fn catalogue() -> Catalogue {
    Catalogue::new(Language::Indonesian)
}

/// Writes a line to standard output.
pub fn say(line: &str) -> Result<(), CliError> {
    writeln!(io::stdout(), "{line}")?;
    Ok(())
}

/// Writes a value as indented JSON to standard output.
pub fn say_json(value: &serde_json::Value) -> Result<(), CliError> {
    say(&format!("{value:#}"))
}

/// Tells what went wrong and what to do, as the window does.
pub fn explain(error: &CliError) {
    let text = match error {
        CliError::Refused(error) => {
            let ErrorNotice { message, hint, .. } = catalogue().notice(error, String::new());
            format!("{message} {hint}")
        }
        CliError::Said { key, args } => catalogue().text(key, args),
        CliError::Output(_) => return,
    };
    note(&text);
}

/// Writes a line to standard error, beside a result that a script reads.
pub fn note(line: &str) {
    // Nobody is left to tell if standard error is closed too.
    let _ = writeln!(io::stderr(), "{line}");
}

/// The first line of standard input: an argument would stand in the list of processes and in the shell's memory.
pub fn passphrase() -> Result<String, CliError> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    let passphrase = line.trim_end_matches(['\r', '\n']);
    if passphrase.is_empty() {
        return Err(CliError::Said { key: "cli-passphrase-missing", args: Vec::new() });
    }
    Ok(passphrase.to_owned())
}

/// The passphrase of the store in a folder, once it is sure that there is one.
pub fn passphrase_of(folder: &Path) -> Result<String, CliError> {
    let store = folder.join("store.db");
    store.metadata().map_err(|why| unreadable(&store, &why))?;
    passphrase()
}

/// Reads a file whole.
pub fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(file).map_err(|why| unreadable(file, &why))
}

/// What is said of a file that cannot be read.
pub fn unreadable(file: &Path, why: &io::Error) -> CliError {
    let key = if why.kind() == io::ErrorKind::NotFound { "cli-file-missing" } else { "cli-file-unreadable" };
    CliError::Said { key, args: vec![("file", file.display().to_string())] }
}
