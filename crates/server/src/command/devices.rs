//! `devices`: lists the registered devices, and when each was last heard of.

use std::collections::BTreeMap;
use std::io::Write;

use arumbae_mergelog::DeviceKey;
use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::terminal::{local_time, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::acts::short_name;

/// `devices`.
#[derive(Debug, Args)]
pub struct Devices {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// Only those that have not been heard of for so many days.
    #[arg(long, value_name = "DAYS")]
    pub silent: Option<u64>,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Line {
    device: String,
    person: String,
    name: String,
    grants: Vec<String>,
    enrolled: String,
    revoked: Option<String>,
    last_contact: Option<String>,
    /// Segments it had still to read when it was last heard of.
    unread: Option<u64>,
    /// Segments of it that wait in the quarantine.
    held: u64,
    #[serde(skip)]
    last_contact_ms: Option<u64>,
    #[serde(skip)]
    revoked_ms: Option<u64>,
}

pub(super) async fn run<W: Write>(
    devices: Devices,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let province = surroundings.open_province(None).await?;
    let registry = province.registry().await?;
    let contacts: BTreeMap<DeviceKey, _> =
        province.contacts().await?.into_iter().map(|contact| (contact.device, contact)).collect();
    let held = province.held_by_device().await?;
    let now_ms = surroundings.clock.now_ms();
    let lines = registry.devices().map(|(key, device)| {
        let contact = contacts.get(&key);
        let revoked_ms = device.revocation.as_ref().map(|revocation| revocation.at_ms);
        let last_contact_ms = contact.map(|contact| contact.at_ms);
        Line {
            device: key.to_string(),
            person: device.person.to_string(),
            name: registry.name_of(device.person).unwrap_or_default().to_owned(),
            grants: registry.grants_of(device.person).map(|grant| format!("{} {}", grant.role, grant.scope)).collect(),
            enrolled: timestamp(device.enrolled_ms).to_string(),
            revoked: revoked_ms.map(|ms| timestamp(ms).to_string()),
            last_contact: last_contact_ms.map(|ms| timestamp(ms).to_string()),
            unread: contact.map(|contact| contact.unread),
            held: held.get(&key).copied().unwrap_or_default(),
            last_contact_ms,
            revoked_ms,
        }
    });
    let mut lines: Vec<Line> = lines.collect();
    if let Some(days) = devices.silent {
        let since_ms = now_ms.saturating_sub(days.saturating_mul(24 * 60 * 60 * 1000));
        lines.retain(|line| line.revoked_ms.is_none() && line.last_contact_ms.is_none_or(|at_ms| at_ms < since_ms));
    }
    if devices.listing.json {
        return terminal.print_json(&lines);
    }
    if lines.is_empty() {
        return terminal.say("server-no-devices", &[]);
    }
    let rows = lines.iter().map(|line| {
        let state = match line.revoked_ms {
            None => terminal.text("server-device-active", &[]),
            Some(at_ms) => terminal.text("server-device-revoked", &[("at", &local_time(at_ms))]),
        };
        vec![
            line.device.chars().take(8).collect(),
            line.name.clone(),
            line.grants.join(", "),
            state,
            line.last_contact_ms.map_or_else(|| "-".to_owned(), local_time),
            line.unread.map_or_else(|| "-".to_owned(), |unread| unread.to_string()),
            line.held.to_string(),
            line.person.clone(),
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let heading = [
        "server-column-device",
        "server-column-name",
        "server-column-role",
        "server-column-state",
        "server-column-contact",
        "server-column-unread",
        "server-column-held",
        "server-column-person",
    ];
    terminal.print_table(&heading, &rows)
}

/// A device named by its key or the beginning of it.
pub(super) fn find_device(registry: &arumbae_protocol::Registry, named: &str) -> Option<DeviceKey> {
    let wanted = named.to_ascii_lowercase();
    let mut fitting = registry.devices().map(|(key, _)| key).filter(|key| key.to_string().starts_with(&wanted));
    let device = fitting.next()?;
    fitting.next().is_none().then_some(device)
}

/// A device as it is listed.
pub(super) fn device_name(key: DeviceKey) -> String {
    short_name(&key.0)
}
