//! `invitations`: lists the invitations.

use std::io::Write;

use arumbae_protocol::Role;
use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::terminal::{local_time, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::acts::short_name;
use crate::storage::StoredInvitation;

/// `invitations`.
#[derive(Debug, Args)]
pub struct Invitations {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Also those that are over, used and taken back.
    #[arg(long)]
    pub all: bool,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Open,
    Redeemed,
    Expired,
    Revoked,
}

#[derive(Serialize)]
struct Line {
    name: String,
    state: State,
    role: Role,
    scope: String,
    expires: String,
    person: Option<String>,
    redeemed_by: Option<String>,
    /// Whether it is out as a short code, and how often that was tried.
    code_tries: Option<u32>,
}

fn state_of(invitation: &StoredInvitation, now_ms: u64) -> State {
    match invitation {
        StoredInvitation { redeemed_by: Some(_), .. } => State::Redeemed,
        StoredInvitation { revoked_ms: Some(_), .. } => State::Revoked,
        StoredInvitation { expires_ms, .. } if now_ms > *expires_ms => State::Expired,
        _ => State::Open,
    }
}

pub(super) async fn run<W: Write>(
    invitations: Invitations,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let province = surroundings.open_province(None).await?;
    let now_ms = surroundings.clock.now_ms();
    let mut listed = province.invitations().await?;
    listed.retain(|invitation| invitations.all || state_of(invitation, now_ms) == State::Open);
    if invitations.listing.json {
        let lines = listed.iter().map(|invitation| Line {
            name: short_name(&invitation.fingerprint),
            state: state_of(invitation, now_ms),
            role: invitation.role,
            scope: invitation.scope.to_string(),
            expires: timestamp(invitation.expires_ms).to_string(),
            person: invitation.person.map(|person| person.to_string()),
            redeemed_by: invitation.redeemed_by.map(|device| short_name(&device.0)),
            code_tries: invitation.code.as_ref().map(|code| code.tries),
        });
        return terminal.print_json(&lines.collect::<Vec<_>>());
    }
    if listed.is_empty() {
        return terminal.say("server-no-invitations", &[]);
    }
    let rows = listed.iter().map(|invitation| {
        let state = match state_of(invitation, now_ms) {
            State::Open => "server-invitation-open",
            State::Redeemed => "server-invitation-redeemed",
            State::Expired => "server-invitation-expired",
            State::Revoked => "server-invitation-revoked",
        };
        let tries = invitation.code.as_ref().map(|code| code.tries.to_string());
        vec![
            short_name(&invitation.fingerprint),
            format!("{} {}", invitation.role, invitation.scope),
            local_time(invitation.expires_ms),
            terminal.text(state, &[]),
            invitation.redeemed_by.map_or_else(|| "-".to_owned(), |device| short_name(&device.0)),
            tries.unwrap_or_else(|| "-".to_owned()),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heading = [
        "server-column-invitation",
        "server-column-role",
        "server-column-expires",
        "server-column-state",
        "server-column-device",
        "server-column-code-tries",
    ];
    terminal.print_table(&heading, &rows)
}
