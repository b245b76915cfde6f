//! `passphrase`: another one for a store whose officer forgot theirs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arumbae_app::forgotten_passphrase::replace_passphrase;
use jiff::Timestamp;

use crate::output::{CliError, catalogue, passphrase_of, read, say};

/// Opens the store with the province's recovery keys and takes the new passphrase from standard input.
pub fn replace(folder: &Path, key_files: &[PathBuf]) -> Result<ExitCode, CliError> {
    let keys = key_files.iter().map(|file| read_key(file)).collect::<Result<Vec<_>, _>>()?;
    let name = replace_passphrase(folder, &keys, &passphrase_of(folder)?, Timestamp::now())?;
    say(&catalogue().text("cli-passphrase-replaced", &[("name", name)]))?;
    Ok(ExitCode::SUCCESS)
}

fn read_key(file: &Path) -> Result<[u8; 32], CliError> {
    read(file)?.try_into().map_err(|_| CliError::Said {
        key: "cli-recovery-key-unreadable",
        args: vec![("file", file.display().to_string())],
    })
}
