//! `people`: lists the registered people and what they hold.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::{CommandError, Place, Surroundings, Terminal};

/// `people`.
#[derive(Debug, Args)]
pub struct People {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Line {
    id: String,
    name: String,
    position: String,
    grants: Vec<String>,
    devices: usize,
}

pub(super) async fn run<W: Write>(
    people: People,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let registry = surroundings.open_province(None).await?.registry().await?;
    let active =
        |id| registry.devices().filter(|(_, device)| device.person == id && device.revocation.is_none()).count();
    let lines = registry.people().map(|(id, person)| Line {
        id: id.to_string(),
        name: person.name.clone(),
        position: person.position.clone(),
        grants: registry.grants_of(id).map(|grant| format!("{} {}", grant.role, grant.scope)).collect(),
        devices: active(id),
    });
    let lines: Vec<Line> = lines.collect();
    if people.listing.json {
        return terminal.print_json(&lines);
    }
    if lines.is_empty() {
        return terminal.say("server-no-people", &[]);
    }
    let none = terminal.text("server-no-roles", &[]);
    let rows = lines.into_iter().map(|Line { id, name, position, grants, devices }| {
        let grants = if grants.is_empty() { none.clone() } else { grants.join(", ") };
        vec![id, name, position, grants, devices.to_string()]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heading = [
        "server-column-person",
        "server-column-name",
        "server-column-position",
        "server-column-role",
        "server-column-devices",
    ];
    terminal.print_table(&heading, &rows)
}
