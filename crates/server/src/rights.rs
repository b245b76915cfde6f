//! Giving people roles, and taking them away.

use arumbae_domain::Scope;
use arumbae_protocol::registry::Deed;
use arumbae_protocol::{Grant, Registry, RegistryEntry, Role};
use uuid::Uuid;

use crate::acts::Doing;
use crate::province::Province;
use crate::storage::StorageError;

/// What is to become of a person's roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RoleChange {
    /// The person holds one more.
    Grant(Grant),
    /// The person moves: this one is the only one they hold from now on.
    Replace(Grant),
    /// The person no longer holds it.
    Withdraw(Grant),
}

/// A role that cannot be given or taken.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The person is not registered.
    #[error("the person is not registered")]
    UnknownPerson,
    /// A regency supervisor's scope is a regency, a provincial supervisor's a province.
    #[error("the role {role} is not granted in {scope}")]
    RoleDoesNotFit {
        /// The role.
        role: Role,
        /// The scope.
        scope: Scope,
    },
    /// The person does not hold what is to be withdrawn.
    #[error("the person does not hold the role")]
    NotHeld,
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}

impl Province {
    /// Changes what a person may do. Devices learn it with their next sync; a running server judges by it at once.
    ///
    /// `false` if the person holds just that already.
    pub async fn change_roles(&self, change: RoleChange) -> Result<bool, GrantError> {
        loop {
            let registry = self.registry_to_extend().await?;
            let (doing, entries) = follow_from(&change, &registry)?;
            if entries.is_empty() {
                return Ok(false);
            }
            match self.storage.append_registry(self.sign_act(&registry, doing, entries)).await {
                Err(StorageError::RegistryMoved) => {}
                outcome => {
                    outcome?;
                    return Ok(true);
                }
            }
        }
    }
}

fn follow_from(change: &RoleChange, registry: &Registry) -> Result<(Doing, Vec<RegistryEntry>), GrantError> {
    let (RoleChange::Grant(grant) | RoleChange::Replace(grant) | RoleChange::Withdraw(grant)) = change;
    let Grant { person, role, scope } = grant;
    if registry.person(*person).is_none() {
        return Err(GrantError::UnknownPerson);
    }
    let held: Vec<&Grant> = registry.grants_of(*person).collect();
    let is_held = held.contains(&grant);
    let subject = format!("{role} {scope} {person}");
    if let RoleChange::Withdraw(_) = change {
        let entry = is_held.then(|| RegistryEntry::Withdraw(grant.clone())).ok_or(GrantError::NotHeld)?;
        return Ok((Doing::new(Deed::Withdraw, subject), vec![entry]));
    }
    if !role.fits(scope) {
        return Err(GrantError::RoleDoesNotFit { role: *role, scope: scope.clone() });
    }
    let mut entries = Vec::new();
    if let RoleChange::Replace(_) = change {
        let given_up = held.iter().filter(|other| **other != grant);
        entries.extend(given_up.map(|other| RegistryEntry::Withdraw((*other).clone())));
    }
    if !is_held {
        entries.push(RegistryEntry::Grant(grant.clone()));
    }
    Ok((Doing::new(Deed::Grant, subject), entries))
}

/// A person named by their identifier or the beginning of it.
pub(crate) fn find_person(registry: &Registry, named: &str) -> Option<Uuid> {
    let wanted = named.to_ascii_lowercase();
    let mut fitting = registry.people().map(|(id, _)| id).filter(|id| id.to_string().starts_with(&wanted));
    let person = fitting.next()?;
    fitting.next().is_none().then_some(person)
}
