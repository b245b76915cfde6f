//! Who works where: the districts, their offices, and the regency above them.

use arumbae_domain::region::MalformedCode;
use arumbae_domain::{RegionCode, Scope};
use arumbae_protocol::Role;

/// The regency all districts lie in.
const REGENCY: &str = "81.71";

/// The compartment for witnesses and reporters.
const RESTRICTED: &str = "terbatas";

/// Laptops per district office, the regency's supervisors aside.
const PER_DISTRICT: usize = 6;

/// One in so many laptops is a regency supervisor's.
const PER_SUPERVISOR: usize = 12;

/// What a laptop's owner is.
#[derive(Clone, Debug)]
pub struct Post {
    /// Role and scope of each grant, the first one first.
    pub grants: Vec<(Role, Scope)>,
    /// The open scopes new records are made in; a supervisor's are those of the districts.
    pub homes: Vec<Scope>,
    /// The restricted scope new records may also be made in.
    pub restricted: Option<Scope>,
}

impl Post {
    /// Whether its holder reviews records.
    pub fn reviews(&self) -> bool {
        self.grants.iter().any(|(role, _)| matches!(role, Role::Ketua | Role::PengawasKabkota))
    }

    /// The region in the holder's profile.
    pub fn region(&self) -> Option<&RegionCode> {
        self.grants.first().map(|(_, scope)| scope.region())
    }
}

/// The posts of a fleet of so many laptops.
pub fn posts(laptops: usize) -> Result<Vec<Post>, MalformedCode> {
    let districts: Vec<RegionCode> = (1..=laptops.div_ceil(PER_DISTRICT))
        .map(|number| format!("{REGENCY}.{number:02}").parse())
        .collect::<Result<_, _>>()?;
    let open: Vec<Scope> = districts.iter().cloned().map(Scope::open).collect();
    (0..laptops)
        .map(|number| {
            let at = number % districts.len();
            let (own, restricted): (Scope, Scope) =
                (open[at].clone(), format!("{}/{RESTRICTED}", districts[at]).parse()?);
            let rank = number / districts.len();
            Ok(match rank {
                _ if number % PER_SUPERVISOR == PER_SUPERVISOR - 1 => Post {
                    grants: vec![(Role::PengawasKabkota, REGENCY.parse()?)],
                    homes: open.clone(),
                    restricted: Some(restricted),
                },
                0 => Post { grants: vec![(Role::Ketua, own.clone())], homes: vec![own], restricted: Some(restricted) },
                // The officer who hears witnesses.
                1 => Post {
                    grants: vec![(Role::Petugas, own.clone()), (Role::Petugas, restricted.clone())],
                    homes: vec![own],
                    restricted: Some(restricted),
                },
                2 => Post { grants: vec![(Role::Sekretariat, own.clone())], homes: vec![own], restricted: None },
                _ => Post { grants: vec![(Role::Petugas, own.clone())], homes: vec![own], restricted: None },
            })
        })
        .collect()
}
