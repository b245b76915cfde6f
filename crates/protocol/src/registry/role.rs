//! Roles, and what each may do where.

use std::fmt;
use std::str::FromStr;

use arumbae_domain::Scope;
use serde::{Deserialize, Serialize};

/// What a person is in the office; the codes are the Indonesian terms. Ordered from the field to the province.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the server; reads and writes no record.
    Operator,
    /// The secretariat: exports, and keeps the office's own records.
    Sekretariat,
    /// An officer in the field.
    Petugas,
    /// The head of the office, who approves and signs.
    Ketua,
    /// Supervises the offices of a regency or city.
    PengawasKabkota,
    /// Supervises the offices of the province.
    PengawasProvinsi,
}

/// What somebody wants to do in a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Receive the scope's lanes.
    Read,
    /// Extend an own lane of the scope.
    Write,
    /// Approve or return a record.
    Review,
}

/// Where a scope lies, seen from the scope of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopeRelation {
    /// The very scope of the grant.
    Own,
    /// A region inside the grant's, open like it or the same compartment.
    Below,
    /// A compartment of the grant's own region, where the grant is for the open part.
    OwnRestricted,
    /// A compartment of a region inside the grant's, where the grant is for the open part.
    BelowRestricted,
    /// Any other scope: above, beside, or the open part as seen from a compartment.
    Outside,
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role")]
pub struct UnknownRole;

impl Role {
    /// Every role, from the field to the province.
    pub const ALL: [Role; 6] =
        [Role::Operator, Role::Sekretariat, Role::Petugas, Role::Ketua, Role::PengawasKabkota, Role::PengawasProvinsi];

    /// The role's code in commands and bodies.
    pub fn code(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::Sekretariat => "sekretariat",
            Role::Petugas => "petugas",
            Role::Ketua => "ketua",
            Role::PengawasKabkota => "pengawas_kabkota",
            Role::PengawasProvinsi => "pengawas_provinsi",
        }
    }

    /// Whether the role may do `action` in a scope that lies so to the grant's.
    ///
    /// Restricted compartments hold witnesses and reporters: who decides on a case sees them, everyone else
    /// needs a grant for the compartment itself.
    pub fn may(self, action: Action, relation: ScopeRelation) -> bool {
        use Action::{Read, Review, Write};
        use ScopeRelation::{Below, BelowRestricted, Outside, Own, OwnRestricted};
        match (self, relation) {
            (Role::Operator, _) | (_, Outside) => false,
            (Role::Sekretariat, Own) => matches!(action, Read | Write),
            (Role::Sekretariat, Below) => matches!(action, Read),
            (Role::Petugas, Own | Below) => matches!(action, Read | Write),
            (Role::Sekretariat | Role::Petugas, OwnRestricted | BelowRestricted) => false,
            (
                Role::Ketua | Role::PengawasKabkota | Role::PengawasProvinsi,
                Own | Below | OwnRestricted | BelowRestricted,
            ) => {
                matches!(action, Read | Write | Review)
            }
        }
    }

    /// Whether a grant of the role makes sense for a scope: a regency supervisor's is a regency, and so on.
    pub fn fits(self, scope: &Scope) -> bool {
        let depth = scope.region().depth();
        match self {
            Role::PengawasProvinsi => depth == 1,
            Role::PengawasKabkota => depth == 2,
            Role::Operator | Role::Sekretariat | Role::Petugas | Role::Ketua => true,
        }
    }
}

impl ScopeRelation {
    /// Every relation.
    pub const ALL: [ScopeRelation; 5] = [
        ScopeRelation::Own,
        ScopeRelation::Below,
        ScopeRelation::OwnRestricted,
        ScopeRelation::BelowRestricted,
        ScopeRelation::Outside,
    ];

    /// How `scope` lies to `granted`.
    pub fn between(granted: &Scope, scope: &Scope) -> Self {
        if !granted.region().contains(scope.region()) {
            return ScopeRelation::Outside;
        }
        let own_region = granted.region() == scope.region();
        match (granted.compartment() == scope.compartment(), granted.compartment().is_none()) {
            (true, _) if own_region => ScopeRelation::Own,
            (true, _) => ScopeRelation::Below,
            (false, true) if own_region => ScopeRelation::OwnRestricted,
            (false, true) => ScopeRelation::BelowRestricted,
            (false, false) => ScopeRelation::Outside,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Role::ALL.into_iter().find(|role| role.code() == text).ok_or(UnknownRole)
    }
}
