//! The table of provinces, regencies, districts and villages, as of one date.
//!
//! Codes change: districts are split and renamed. So a table is a dated version, and a record keeps the code it was
//! written with; looking a code up may fail and that is a warning, never a reason to refuse the record.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::region::RegionCode;

/// The files a table is read from.
#[derive(Clone, Copy, Debug)]
pub struct RegionFiles<'a> {
    /// TOML with `edition`, `retrieved` and `source`.
    pub version: &'a str,
    /// CSV `code,name`.
    pub provinces: &'a str,
    /// CSV `code,province_code,name`.
    pub regencies: &'a str,
    /// CSV `code,regency_code,name`.
    pub districts: &'a str,
    /// CSV `code,district_code,name`.
    pub villages: &'a str,
}

/// Which edition of the region codes a table holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegionTableVersion {
    /// The name of the edition.
    pub edition: String,
    /// The day the data was taken from its source; changes after it are not in the table.
    pub retrieved: Date,
    /// Where the data came from, with its licence.
    pub source: String,
}

/// What an administrative area is called by law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// Provinsi.
    Province,
    /// Kabupaten.
    Regency,
    /// Kota.
    City,
    /// Kecamatan.
    District,
    /// Kelurahan.
    UrbanVillage,
    /// Desa.
    Village,
    /// Desa adat, in Maluku a negeri.
    CustomaryVillage,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Region {
    /// The Kemendagri code.
    pub code: RegionCode,
    /// The name without its level, except for regencies, whose name carries it: `Kota Ambon`.
    pub name: String,
    /// What kind of area it is.
    pub level: RegionLevel,
}

/// A region with the names of the areas around it, from the province down to itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegionPath {
    /// The region itself.
    pub region: Region,
    /// The areas it lies in, the province first.
    pub within: Vec<Region>,
}

/// A table file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RegionTableError {
    /// The version file is not what it should be.
    #[error("the region table's version file is malformed")]
    Version(#[source] toml::de::Error),
    /// A CSV file is not what it should be.
    #[error("the region table is malformed")]
    Table(#[source] csv::Error),
    /// A row lies in an area the table does not have.
    #[error("the region table has {0} without the area it lies in")]
    Orphan(RegionCode),
}

/// Region codes and names of one edition.
#[derive(Clone, Debug)]
pub struct RegionTable {
    version: RegionTableVersion,
    regions: BTreeMap<RegionCode, Region>,
    /// Folded names in order of code, so that a search compares without folding again.
    folded: Vec<(String, RegionCode)>,
}

#[derive(Deserialize)]
struct Row {
    code: RegionCode,
    name: String,
}

static SHIPPED: LazyLock<RegionTable> = LazyLock::new(|| {
    RegionTable::parse(&RegionFiles {
        version: include_str!("../../../assets/regions/version.toml"),
        provinces: include_str!("../../../assets/regions/provinces.csv"),
        regencies: include_str!("../../../assets/regions/regencies.csv"),
        districts: include_str!("../../../assets/regions/districts.csv"),
        villages: include_str!("../../../assets/regions/villages.csv"),
    })
    .expect("the shipped region tables are read by a test")
});

impl RegionTable {
    /// The table that is compiled into the programs.
    pub fn shipped() -> &'static RegionTable {
        &SHIPPED
    }

    /// Reads the files of one edition.
    pub fn parse(files: &RegionFiles<'_>) -> Result<RegionTable, RegionTableError> {
        let version = toml::from_str(files.version).map_err(RegionTableError::Version)?;
        let mut regions = BTreeMap::new();
        for file in [files.provinces, files.regencies, files.districts, files.villages] {
            for row in csv::Reader::from_reader(file.as_bytes()).into_deserialize() {
                let Row { code, name } = row.map_err(RegionTableError::Table)?;
                if code.parent().is_some_and(|parent| !regions.contains_key(&parent)) {
                    return Err(RegionTableError::Orphan(code));
                }
                regions.insert(code.clone(), Region { level: level(&code), code, name });
            }
        }
        let folded = regions.values().map(|region| (fold(&region.name), region.code.clone())).collect();
        Ok(RegionTable { version, regions, folded })
    }

    /// Which edition this is.
    pub fn version(&self) -> &RegionTableVersion {
        &self.version
    }

    /// The region of a code, `None` if this edition does not have it.
    pub fn get(&self, code: &RegionCode) -> Option<&Region> {
        self.regions.get(code)
    }

    /// A region with the areas it lies in.
    pub fn path(&self, code: &RegionCode) -> Option<RegionPath> {
        let region = self.get(code)?.clone();
        let mut within: Vec<Region> = std::iter::successors(code.parent(), RegionCode::parent)
            .filter_map(|code| self.get(&code).cloned())
            .collect();
        within.reverse();
        Some(RegionPath { region, within })
    }

    /// All provinces.
    pub fn provinces(&self) -> impl Iterator<Item = &Region> {
        self.regions.values().filter(|region| region.code.depth() == 1)
    }

    /// The areas one level below a region, in order of code.
    pub fn children<'a>(&'a self, parent: &'a RegionCode) -> impl Iterator<Item = &'a Region> {
        let below = self.regions.range(parent.clone()..).skip(1).take_while(move |(code, _)| parent.contains(code));
        below.map(|(_, region)| region).filter(move |region| region.code.depth() == parent.depth() + 1)
    }

    /// Regions whose name or code begins with `text`, or has a word that does; names that begin with it come first.
    ///
    /// Names repeat, even within one district (81.71.01 has a kelurahan and a negeri Nusaniwe), so every match comes
    /// with the areas it lies in.
    pub fn search(&self, text: &str, limit: usize) -> Vec<RegionPath> {
        let wanted = fold(text);
        if wanted.is_empty() {
            return Vec::new();
        }
        let rank = |name: &str, code: &RegionCode| {
            if name == wanted || code.as_str() == text.trim() {
                Some(0)
            } else if name.starts_with(&wanted) || code.as_str().starts_with(text.trim()) {
                Some(1)
            } else {
                name.match_indices(' ').any(|(at, _)| name[at + 1..].starts_with(&wanted)).then_some(2)
            }
        };
        let mut found: Vec<(u8, usize, &RegionCode)> = self
            .folded
            .iter()
            .filter_map(|(name, code)| rank(name, code).map(|rank| (rank, code.depth(), code)))
            .collect();
        found.sort();
        found.into_iter().take(limit).filter_map(|(_, _, code)| self.path(code)).collect()
    }
}

/// The level a code stands for: the first digit of a regency tells kota from kabupaten, that of a village its kind.
fn level(code: &RegionCode) -> RegionLevel {
    let last = code.as_str().rsplit('.').next().unwrap_or_default();
    match (code.depth(), last.as_bytes().first()) {
        (1, _) => RegionLevel::Province,
        (2, Some(b'7'..=b'9')) => RegionLevel::City,
        (2, _) => RegionLevel::Regency,
        (3, _) => RegionLevel::District,
        (_, Some(b'1')) => RegionLevel::UrbanVillage,
        (_, Some(b'3')) => RegionLevel::CustomaryVillage,
        _ => RegionLevel::Village,
    }
}

/// Lower case, with every run of other signs as one space: `Taniwel/Timur (Baru)` is found as `taniwel timur`.
fn fold(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    spaced.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
