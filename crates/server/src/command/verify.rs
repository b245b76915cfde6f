//! `verify`: walks the whole log and names what is wrong with it.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::options::Listing;
use super::{CommandError, Place, Surroundings, Terminal};
use crate::province::Province;
use crate::verification::{Fault, Verification};

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Where the data is.
    #[command(flatten)]
    pub place: Place,
    /// How it is printed.
    #[command(flatten)]
    pub listing: Listing,
}

#[derive(Serialize)]
struct Found {
    entries: u64,
    segments: u64,
    saves: u64,
    later: u64,
    quarantined: u64,
    attachments: u64,
    awaited: u64,
    faults: Vec<Named>,
}

#[derive(Serialize)]
struct Named {
    place: String,
    kind: &'static str,
}

pub(super) async fn run<W: Write>(
    verify: Verify,
    surroundings: &Surroundings,
    terminal: &mut Terminal<W>,
) -> Result<(), CommandError> {
    let settings = surroundings.settings();
    let found =
        Province::verify(&settings.data_dir()?, settings.database()?.as_ref(), settings.blobs()?.as_ref()).await?;
    let Verification { entries, segments, saves, later, quarantined, attachments, awaited, faults } = found;
    let count = faults.len();
    if verify.listing.json {
        let named = |Fault { place, kind }: Fault| Named { place: place.to_string(), kind: kind.code() };
        let faults = faults.into_iter().map(named).collect();
        terminal.print_json(&Found { entries, segments, saves, later, quarantined, attachments, awaited, faults })?;
    } else {
        for Fault { place, kind } in &faults {
            let what = terminal.text(&format!("server-fault-{}", kind.code()), &[]);
            terminal.print(&format!("{place}: {what}"))?;
        }
        let numbers = [entries, segments, saves, quarantined, attachments, awaited].map(|number| number.to_string());
        let names = ["entries", "segments", "saves", "quarantined", "attachments", "awaited"];
        let said: Vec<(&str, &str)> = names.into_iter().zip(numbers.iter().map(String::as_str)).collect();
        terminal.say("server-verified", &said)?;
    }
    if count == 0 { Ok(()) } else { Err(CommandError::Faults { count }) }
}
