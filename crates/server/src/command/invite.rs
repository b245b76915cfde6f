//! `invite`: makes an invitation.

use std::io::Write;
use std::path::PathBuf;

use arumbae_domain::Scope;
use arumbae_protocol::Role;
use clap::Args;
use serde::Serialize;

use super::options::{Listing, Why};
use super::terminal::{local_time, timestamp, write_file};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::enrolment::{InviteError, NewInvitation};
use crate::rights::find_person;

/// For how many days an invitation can be redeemed, and a short code: what is shorter should live shorter.
const DAYS: u32 = 14;
const CODE_DAYS: u32 = 3;

/// `invite`.
#[derive(Debug, Args)]
pub struct Invite {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// The role to grant.
    #[arg(long)]
    pub role: Role,
    /// Where to grant it.
    #[arg(long)]
    pub scope: Scope,
    /// For how many days it can be redeemed.
    #[arg(long, value_name = "DAYS")]
    pub expires: Option<u32>,
    /// Also as a short code, to be said over a telephone.
    #[arg(long)]
    pub code: bool,
    /// The address devices are to use, if not that of the last start.
    #[arg(long, value_name = "URL")]
    pub server_url: Option<String>,
    /// Whose further device it is for: their identifier or its beginning.
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// The file to write it to, if not the terminal.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Why.
    #[command(flatten)]
    pub why: Why,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Made {
    role: Role,
    scope: String,
    expires: String,
    server: String,
    code: Option<String>,
    text: String,
}

pub(super) async fn run<W: Write>(
    invite: Invite,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let Invite { place: _, role, scope, expires, code, server_url, person, out, why, listing } = invite;
    let province = surroundings.open_province(why.reason).await?;
    let person = match person {
        None => None,
        Some(named) => Some(find_person(&*province.registry().await?, &named).ok_or(InviteError::UnknownPerson)?),
    };
    let days = expires.unwrap_or(if code { CODE_DAYS } else { DAYS });
    let new = NewInvitation { role, scope: scope.clone(), days, person, server_url };
    let (invitation, code) = if code {
        let (invitation, code) = province.invite_with_code(new).await?;
        (invitation, Some(code.to_string()))
    } else {
        (province.invite(new).await?, None)
    };
    let until = local_time(invitation.expires_ms);
    let (server, scope) = (invitation.server_url.as_str(), scope.to_string());
    let granted = [("role", role.code()), ("scope", &scope), ("expires", &until), ("server", server)];
    let text = format!("{}\n\n{}", terminal.text("server-invitation", &granted), invitation.to_text());
    if let Some(path) = &out {
        write_file(path, text.as_bytes())?;
    }
    if listing.json {
        let (text, server) = (invitation.to_text(), server.to_owned());
        let expires = timestamp(invitation.expires_ms).to_string();
        return terminal.print_json(&Made { role, scope, expires, server, code, text });
    }
    if let Some(code) = &code {
        terminal.say("server-invitation-code", &[granted.as_slice(), &[("code", code)]].concat())?;
    }
    match out {
        Some(path) => terminal.say("server-invitation-written", &[("path", &path.display().to_string())]),
        None if code.is_some() => Ok(()),
        None => terminal.print(&text),
    }
}
