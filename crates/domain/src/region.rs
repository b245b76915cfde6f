//! Administrative codes and the scopes built on them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A Kemendagri region code: `PP`, `PP.KK`, `PP.KK.CC` or `PP.KK.CC.DDDD`.
///
/// The type only promises the shape; whether the code exists is asked of a dated region table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct RegionCode(String);

/// The text is not shaped like a region code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a region code or scope")]
pub struct MalformedCode;

impl RegionCode {
    /// The code as written, e.g. `81.71.01`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How deep the code reaches: 1 province, 2 regency, 3 district (kecamatan), 4 village.
    pub fn depth(&self) -> usize {
        self.0.split('.').count()
    }

    /// The code one level up, or `None` for a province.
    pub fn parent(&self) -> Option<RegionCode> {
        self.0.rsplit_once('.').map(|(head, _)| RegionCode(head.to_owned()))
    }

    /// Whether `other` is this region or lies inside it.
    pub fn contains(&self, other: &RegionCode) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

impl FromStr for RegionCode {
    type Err = MalformedCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WIDTHS: [usize; 4] = [2, 2, 2, 4];
        let parts: Vec<&str> = text.split('.').collect();
        let shaped = parts.len() <= WIDTHS.len()
            && parts
                .iter()
                .zip(WIDTHS)
                .all(|(part, width)| part.len() == width && part.bytes().all(|b| b.is_ascii_digit()));
        if shaped { Ok(RegionCode(text.to_owned())) } else { Err(MalformedCode) }
    }
}

impl TryFrom<String> for RegionCode {
    type Error = MalformedCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<RegionCode> for String {
    fn from(code: RegionCode) -> String {
        code.0
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The part of the log that is read and granted as one: a region and, optionally, a compartment of it.
///
/// `81.71.01` is open to the whole office; `81.71.01/terbatas` holds witnesses, reporters and ethics cases.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct Scope {
    region: RegionCode,
    compartment: Option<String>,
}

impl Scope {
    /// The open compartment of a region.
    pub fn open(region: RegionCode) -> Self {
        Scope { region, compartment: None }
    }

    /// The same compartment of another region.
    #[must_use]
    pub fn in_region(&self, region: RegionCode) -> Self {
        Scope { region, compartment: self.compartment.clone() }
    }

    /// The region whose office answers for this scope.
    pub fn region(&self) -> &RegionCode {
        &self.region
    }

    /// The compartment's name, or `None` for the open one.
    pub fn compartment(&self) -> Option<&str> {
        self.compartment.as_deref()
    }
}

impl FromStr for Scope {
    type Err = MalformedCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (region, compartment) = match text.split_once('/') {
            None => (text, None),
            Some((region, name)) => {
                let named = !name.is_empty() && name.len() <= 32 && name.bytes().all(|b| b.is_ascii_lowercase());
                (region, Some(if named { name.to_owned() } else { return Err(MalformedCode) }))
            }
        };
        Ok(Scope { region: region.parse()?, compartment })
    }
}

impl TryFrom<String> for Scope {
    type Error = MalformedCode;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> String {
        scope.to_string()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.compartment {
            None => write!(f, "{}", self.region),
            Some(name) => write!(f, "{}/{name}", self.region),
        }
    }
}
