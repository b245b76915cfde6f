//! `verify`: whether documents are genuine and unchanged.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arumbae_domain::calendar::{IndonesianZone, moment};
use arumbae_signing::trust::TrustStore;
use arumbae_signing::verify::{ProblemCode, SignatureReport, Verdict, verify_document};
use jiff::Timestamp;

use crate::output::{CliError, catalogue, read, say};

/// Checks every file and prints a line for each, with its signatures below.
pub fn verify(trust: Option<&Path>, files: &[PathBuf]) -> Result<ExitCode, CliError> {
    let trust = match trust {
        None => TrustStore::default(),
        Some(file) => {
            let text = String::from_utf8_lossy(&read(file)?).into_owned();
            TrustStore::from_pem(&text).map_err(|_| CliError::Said {
                key: "cli-trust-unreadable",
                args: vec![("file", file.display().to_string())],
            })?
        }
    };
    let mut all_genuine = true;
    for file in files {
        let verification = verify_document(&read(file)?, &trust, Timestamp::now());
        all_genuine &= verification.verdict == Verdict::Genuine;
        let args = [("file", file.display().to_string())];
        say(&catalogue().text(&format!("cli-verdict-{}", code(&verification.verdict)), &args))?;
        for signature in &verification.signatures {
            say(&format!("  {}", describe(signature)))?;
        }
        for problem in &verification.problems {
            say(&format!("  ! {}", said(problem.code)))?;
        }
    }
    Ok(if all_genuine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The code a value has in JSON, which is also the end of its message key.
fn code(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn said(problem: ProblemCode) -> String {
    catalogue().text(&format!("cli-problem-{}", code(&problem)), &[])
}

fn describe(signature: &SignatureReport) -> String {
    let time = signature.signed_at.map(|at| moment(at, IndonesianZone::Wit)).unwrap_or_default();
    catalogue().text(
        "cli-signature",
        &[
            ("field", signature.field.clone()),
            ("signer", signature.signer.clone()),
            ("position", signature.position.clone()),
            ("office", signature.office.clone()),
            ("serial", signature.serial.clone()),
            ("time", time),
        ],
    )
}
