//! `stats`: how much there is, who has gone silent, and how much room is left.

use std::collections::BTreeMap;
use std::io::Write;

use arumbae_mergelog::DeviceKey;
use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::terminal::{byte_size, local_time, timestamp};
use super::{CommandError, Place, Surroundings, Terminal};
use crate::start_error::StartError;
use crate::statistics::ScopeStatistics;

/// `stats`.
#[derive(Debug, Args)]
pub struct Stats {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// After how many days without a contact a device counts as silent.
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub silent: u64,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Numbers {
    scopes: Vec<ScopeLine>,
    people: usize,
    devices: usize,
    revoked_devices: usize,
    silent_devices: usize,
    silent_days: u64,
    open_invitations: usize,
    quarantined: u64,
    disk_free_bytes: u64,
}

#[derive(Serialize)]
struct ScopeLine {
    scope: String,
    segments: u64,
    saves: u64,
    records: u64,
    bytes: u64,
    last: String,
    #[serde(skip)]
    last_ms: u64,
}

pub(super) async fn run<W: Write>(
    stats: Stats,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let data_dir = surroundings.settings().data_dir()?;
    let province = surroundings.open_province(None).await?;
    let registry = province.registry().await?;
    let now_ms = surroundings.clock.now_ms();
    let contacts: BTreeMap<DeviceKey, u64> =
        province.contacts().await?.into_iter().map(|contact| (contact.device, contact.at_ms)).collect();
    let since_ms = now_ms.saturating_sub(stats.silent.saturating_mul(24 * 60 * 60 * 1000));
    let is_silent = |key| contacts.get(&key).is_none_or(|at_ms| *at_ms < since_ms);
    let active = || registry.devices().filter(|(_, device)| device.revocation.is_none());
    let disk_free_bytes =
        fs4::available_space(&data_dir).map_err(|source| StartError::Folder { path: data_dir.clone(), source })?;
    let is_open = |invitation: &crate::storage::StoredInvitation| {
        invitation.redeemed_by.is_none() && invitation.revoked_ms.is_none() && now_ms <= invitation.expires_ms
    };
    let scopes = province.statistics().await?.into_iter().map(|sum| {
        let ScopeStatistics { scope, segments, saves, records, bytes, last_ms } = sum;
        let last = timestamp(last_ms).to_string();
        ScopeLine { scope: scope.to_string(), segments, saves, records, bytes, last, last_ms }
    });
    let numbers = Numbers {
        scopes: scopes.collect(),
        people: registry.people().count(),
        devices: active().count(),
        revoked_devices: registry.devices().count() - active().count(),
        silent_devices: active().filter(|(key, _)| is_silent(*key)).count(),
        silent_days: stats.silent,
        open_invitations: province.invitations().await?.iter().filter(|invitation| is_open(invitation)).count(),
        quarantined: province.quarantined().await?,
        disk_free_bytes,
    };
    if stats.listing.json {
        return terminal.print_json(&numbers);
    }
    if !numbers.scopes.is_empty() {
        let rows = numbers.scopes.iter().map(|line| {
            vec![
                line.scope.clone(),
                line.segments.to_string(),
                line.saves.to_string(),
                line.records.to_string(),
                byte_size(line.bytes),
                local_time(line.last_ms),
            ]
        });
        let rows: Vec<Vec<String>> = rows.collect();
        let heading = [
            "server-column-scope",
            "server-column-segments",
            "server-column-saves",
            "server-column-records",
            "server-column-size",
            "server-column-last",
        ];
        terminal.print_table(&heading, &rows)?;
        terminal.print("")?;
    }
    let (people, devices, revoked) = (numbers.people, numbers.devices, numbers.revoked_devices);
    let said = [
        ("people", people.to_string()),
        ("devices", devices.to_string()),
        ("revoked", revoked.to_string()),
        ("silent", numbers.silent_devices.to_string()),
        ("days", numbers.silent_days.to_string()),
        ("invitations", numbers.open_invitations.to_string()),
        ("quarantined", numbers.quarantined.to_string()),
        ("free", byte_size(numbers.disk_free_bytes)),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    terminal.say("server-stats", &said)
}
