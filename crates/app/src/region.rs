//! The region tables, for choosing where a person works and where something happened.

use arumbae_domain::region::RegionCode;
use arumbae_domain::region_table::{Region, RegionPath};
use serde::Deserialize;
use ts_rs::TS;

use crate::App;
use crate::error::Result;
use crate::reference;

/// How many matches a search shows.
const MOST_MATCHES: usize = 30;

/// Asks for the regions directly below one.
#[derive(Debug, Deserialize, TS)]
pub struct RegionChildren {
    /// The region above, `null` for the provinces.
    pub parent: Option<RegionCode>,
}

/// Asks for regions by name.
#[derive(Debug, Deserialize, TS)]
pub struct RegionSearch {
    /// Part of the name.
    pub text: String,
}

pub(crate) async fn region_children(_: &App, args: RegionChildren) -> Result<Vec<Region>> {
    let table = reference::regions();
    Ok(match args.parent {
        None => table.provinces().cloned().collect(),
        Some(parent) => table.children(&parent).cloned().collect(),
    })
}

pub(crate) async fn region_search(_: &App, args: RegionSearch) -> Result<Vec<RegionPath>> {
    Ok(reference::regions().search(&args.text, MOST_MATCHES))
}

/// A region's name with that of the regency around it: `Nusaniwe, Kota Ambon`.
pub(crate) fn name_of(code: &RegionCode) -> String {
    let Some(path) = reference::regions().path(code) else { return code.to_string() };
    let mut name = path.region.name;
    if code.depth() > 2 {
        for around in path.within.iter().skip(1).rev() {
            name.push_str(", ");
            name.push_str(&around.name);
        }
    }
    name
}

/// The place a document is signed in: the name of the area alone.
pub(crate) fn place_of(code: &RegionCode) -> String {
    reference::regions().get(code).map_or_else(|| code.to_string(), |region| region.name.clone())
}
