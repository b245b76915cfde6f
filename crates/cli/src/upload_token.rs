//! `upload-token`: lets a scanner or a script bring files to the province.

use std::path::Path;
use std::process::ExitCode;

use arumbae_app::upload_token::ask_for_token;
use arumbae_domain::calendar::{IndonesianZone, moment};

use crate::output::{CliError, catalogue, note, passphrase_of, say};

/// Prints a token, and nothing else, to standard output; where and until when it serves to standard error.
pub async fn ask(folder: &Path) -> Result<ExitCode, CliError> {
    let granted = ask_for_token(folder, &passphrase_of(folder)?).await?;
    let until = moment(granted.expires_at, IndonesianZone::Wit);
    note(&catalogue().text("cli-upload-token", &[("endpoint", granted.endpoint), ("until", until)]));
    say(&granted.token)?;
    Ok(ExitCode::SUCCESS)
}
