//! Inviting people, and taking them and their devices in.

use arumbae_domain::Scope;
use arumbae_protocol::registry::Deed;
use arumbae_protocol::{
    EnrolRequest, EnrolResponse, FailureCode, Grant, Invitation, InvitationToken, PROTOCOL_VERSION, Registry,
    RegistryEntry, Role,
};
use arumbae_signing::certificate::Serial;
use arumbae_signing::request::verify_request;
use rand_core::RngCore;
use uuid::Uuid;

use crate::acts::{Doing, short_name};
use crate::province::{Province, RequestError};
use crate::storage::{StorageError, StoredCode, StoredInvitation};

/// An officer's certificate lasts two years: one election cycle's preparation and its stages.
const CERTIFICATE_DAYS: u32 = 730;

/// Names and positions longer than this do not fit a certificate or a form.
const LONGEST_NAME: usize = 200;

/// What an operator decides about an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// The role to grant.
    pub role: Role,
    /// Where to grant it.
    pub scope: Scope,
    /// For how many days it can be redeemed.
    pub days: u32,
    /// Whose further device it is for; `None` for a new person.
    pub person: Option<Uuid>,
    /// The address devices are to use; `None` for the one of the last start.
    pub server_url: Option<String>,
}

/// An invitation that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// A regency supervisor's scope is a regency, a provincial supervisor's a province.
    #[error("the role {role} is not granted in {scope}")]
    RoleDoesNotFit {
        /// The role.
        role: Role,
        /// The scope.
        scope: Scope,
    },
    /// The server was never started and no address was given.
    #[error("the server's address is not known")]
    AddressUnknown,
    /// The person is not registered.
    #[error("the person is not registered")]
    UnknownPerson,
    /// More short codes are out than can be told apart.
    #[error("too many short codes are out")]
    TooManyCodes,
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}

/// An invitation that cannot be taken back.
#[derive(Debug, thiserror::Error)]
pub enum RevokeInvitationError {
    /// No invitation, or more than one, is named so.
    #[error("no such invitation")]
    Unknown,
    /// It was redeemed or taken back before.
    #[error("the invitation is not open")]
    NotOpen,
    /// The storage failed.
    #[error("the storage failed")]
    Storage(#[from] StorageError),
}

impl Province {
    /// Makes an invitation; a running server honours it at once.
    pub async fn invite(&self, new: NewInvitation) -> Result<Invitation, InviteError> {
        let mut token = InvitationToken([0; 16]);
        self.randomness.clone().fill_bytes(&mut token.0);
        // Only the number of a code can be taken.
        self.keep_invitation(&new, token, None).await?.ok_or(InviteError::TooManyCodes)
    }

    /// Keeps an invitation and writes it out; `None` if the number of its code is taken.
    pub(crate) async fn keep_invitation(
        &self,
        new: &NewInvitation,
        token: InvitationToken,
        code: Option<StoredCode>,
    ) -> Result<Option<Invitation>, InviteError> {
        let NewInvitation { role, scope, days, person, server_url: _ } = new;
        if !role.fits(scope) {
            return Err(InviteError::RoleDoesNotFit { role: *role, scope: scope.clone() });
        }
        let server_url = self.address_for(new).await?;
        let made_ms = self.clock.now_ms();
        let stored = StoredInvitation {
            fingerprint: token.fingerprint(),
            role: *role,
            scope: scope.clone(),
            person: *person,
            expires_ms: made_ms + u64::from(*days) * 24 * 60 * 60 * 1000,
            made_ms,
            redeemed_by: None,
            revoked_ms: None,
            code,
        };
        loop {
            let registry = self.registry_to_extend().await?;
            if person.is_some_and(|person| registry.person(person).is_none()) {
                return Err(InviteError::UnknownPerson);
            }
            let entries = self.sign_act(&registry, Doing::new(Deed::Invite, describe(&stored)), Vec::new());
            match self.storage.add_invitation(stored.clone(), entries).await {
                Err(StorageError::RegistryMoved) => {}
                kept => {
                    let written =
                        || self.whole_invitation(token, server_url, stored.role, stored.scope, stored.expires_ms);
                    return Ok(kept?.then(written));
                }
            }
        }
    }

    /// The address devices are to use.
    pub(crate) async fn address_for(&self, new: &NewInvitation) -> Result<String, InviteError> {
        match &new.server_url {
            Some(url) => Ok(url.clone()),
            None => self.storage.address().await?.ok_or(InviteError::AddressUnknown),
        }
    }

    /// An invitation as it is handed out.
    pub(crate) fn whole_invitation(
        &self,
        token: InvitationToken,
        server_url: String,
        role: Role,
        scope: Scope,
        expires_ms: u64,
    ) -> Invitation {
        Invitation {
            server_url,
            ca_der: self.ca_der().to_vec(),
            token,
            role,
            scope,
            office: self.office().to_owned(),
            expires_ms,
            registry_key: self.registry_key(),
            recovery_key: self.keys().recovery_key(),
            bundle_key: self.keys().bundle_key(),
        }
    }

    /// Every invitation there was.
    pub async fn invitations(&self) -> Result<Vec<StoredInvitation>, StorageError> {
        self.storage.invitations().await
    }

    /// Takes back the open invitation whose name begins so; whoever has it can no longer redeem it.
    pub async fn revoke_invitation(&self, name: &str) -> Result<StoredInvitation, RevokeInvitationError> {
        let wanted = name.to_ascii_lowercase();
        let mut named = self.storage.invitations().await?;
        named.retain(|invitation| hex::encode(invitation.fingerprint).starts_with(&wanted));
        let [invitation] = &named[..] else {
            return Err(RevokeInvitationError::Unknown);
        };
        loop {
            let registry = self.registry_to_extend().await?;
            let doing = Doing::new(Deed::RevokeInvitation, describe(invitation));
            let entries = self.sign_act(&registry, doing, Vec::new());
            let revoked = self.storage.revoke_invitation(invitation.fingerprint, self.clock.now_ms(), entries);
            match revoked.await {
                Err(StorageError::RegistryMoved) => {}
                outcome => {
                    return if outcome? { Ok(invitation.clone()) } else { Err(RevokeInvitationError::NotOpen) };
                }
            }
        }
    }

    /// Redeems an invitation: registers the person and the device, grants the role, issues the certificate.
    pub async fn enrol(&self, request: EnrolRequest) -> Result<EnrolResponse, RequestError> {
        check_request(&request)?;
        loop {
            match self.try_enrol(&request).await {
                // Somebody else was entered in the same moment: look again.
                Err(RequestError::Storage(StorageError::RegistryMoved)) => {}
                outcome => return outcome,
            }
        }
    }

    async fn try_enrol(&self, request: &EnrolRequest) -> Result<EnrolResponse, RequestError> {
        let invitation = self.storage.find_invitation(request.token.fingerprint()).await?;
        let invitation = invitation.ok_or(RequestError::Refused(FailureCode::UnknownInvitation))?;
        let registry = self.registry_to_extend().await?;
        let again = invitation.redeemed_by == Some(request.device_key);
        check_invitation(&invitation, request, &registry, again, self.clock.now_ms())?;
        if again && let Some(certificate_der) = certificate_for(request, &registry) {
            // Only the first answer was lost, or another file of the same shipment came.
            return self.enrolled(request, certificate_der).await;
        }

        let serial = Serial::random(&mut self.randomness.clone())?;
        let certificate_der = self
            .keys()
            .issuing()
            .issue_officer(&request.csr_der, &serial, self.clock.now(), CERTIFICATE_DAYS)
            .map_err(|_| RequestError::Refused(FailureCode::BadCertificateRequest))?;
        let certificate = RegistryEntry::Certificate {
            person: request.person.id,
            der: certificate_der.clone(),
            device: Some(request.device_key),
        };
        if again {
            // The first answer was lost, and the signing key with it.
            let entries = self.sign_act(&registry, redeeming(&invitation, request), vec![certificate]);
            self.storage.append_registry(entries).await?;
        } else {
            let mut entries = entries_of(&invitation, request, &registry);
            entries.push(certificate);
            let entries = self.sign_act(&registry, redeeming(&invitation, request), entries);
            let redeemed = self.storage.redeem_invitation(invitation.fingerprint, request.device_key, entries).await?;
            if !redeemed {
                return Err(RequestError::Refused(FailureCode::UsedInvitation));
            }
        }
        tracing::info!(role = %invitation.role, scope = %invitation.scope, again, "device enrolled");
        self.enrolled(request, certificate_der).await
    }

    async fn enrolled(&self, request: &EnrolRequest, certificate_der: Vec<u8>) -> Result<EnrolResponse, RequestError> {
        Ok(EnrolResponse {
            person_id: request.person.id,
            certificate_der,
            ca_der: self.ca_der().to_vec(),
            registry: self.storage.registry_after(0).await?,
            server_time_ms: self.clock.now_ms(),
        })
    }
}

/// What is entered about an invitation: its name, and what it grants.
fn describe(invitation: &StoredInvitation) -> String {
    let StoredInvitation { fingerprint, role, scope, .. } = invitation;
    format!("{} {role} {scope}", short_name(fingerprint))
}

/// The act of redeeming, by the right of the invitation.
fn redeeming(invitation: &StoredInvitation, request: &EnrolRequest) -> Doing {
    let credential = format!("invitation:{}", short_name(&invitation.fingerprint));
    Doing { credential: Some(credential), ..Doing::new(Deed::Enrol, short_name(&request.device_key.0)) }
}

/// What can be said about a request without looking anything up.
fn check_request(request: &EnrolRequest) -> Result<(), RequestError> {
    let refuse = |code| Err(RequestError::Refused(code));
    if request.protocol != PROTOCOL_VERSION {
        return refuse(FailureCode::UnsupportedProtocol);
    }
    if request.verify().is_err() {
        return refuse(FailureCode::BadSignature);
    }
    let printable = |text: &str| text.len() <= LONGEST_NAME && !text.contains(char::is_control);
    let person = &request.person;
    if person.name.trim().is_empty() || !printable(&person.name) || !printable(&person.position) {
        return refuse(FailureCode::MalformedBody);
    }
    let Ok(verified) = verify_request(&request.csr_der) else {
        return refuse(FailureCode::BadCertificateRequest);
    };
    // Long names are cut in certificates, hence the start only; the certificate must not name somebody else.
    let named = verified.subject.common_name.trim();
    if named.is_empty() || !person.name.trim().starts_with(named) {
        return refuse(FailureCode::BadCertificateRequest);
    }
    Ok(())
}

/// The certificate that was issued for the very key of a request.
fn certificate_for(request: &EnrolRequest, registry: &Registry) -> Option<Vec<u8>> {
    let verified = verify_request(&request.csr_der).ok()?;
    let issued: Vec<_> = registry.certificates_of(request.person.id).collect();
    issued.into_iter().rev().find(|issued| verified.is_answered_by(&issued.der)).map(|issued| issued.der.clone())
}

fn check_invitation(
    invitation: &StoredInvitation,
    request: &EnrolRequest,
    registry: &Registry,
    again: bool,
    now_ms: u64,
) -> Result<(), RequestError> {
    let device = registry.device(request.device_key);
    let refusal = match invitation.redeemed_by {
        Some(_) if !again => Some(FailureCode::UsedInvitation),
        None if now_ms > invitation.expires_ms || invitation.revoked_ms.is_some() => {
            Some(FailureCode::ExpiredInvitation)
        }
        _ if device.is_some_and(|device| device.revocation.is_some()) => Some(FailureCode::RevokedDevice),
        _ if device.is_some_and(|device| device.person != request.person.id) => Some(FailureCode::DeviceTaken),
        _ if again => None,
        // An identifier is no secret: claiming somebody's must not bring their rights.
        _ => match invitation.person {
            Some(person) => (person != request.person.id).then_some(FailureCode::PersonTaken),
            None => registry.person(request.person.id).map(|_| FailureCode::PersonTaken),
        },
    };
    refusal.map_or(Ok(()), |code| Err(RequestError::Refused(code)))
}

fn entries_of(invitation: &StoredInvitation, request: &EnrolRequest, registry: &Registry) -> Vec<RegistryEntry> {
    let person = &request.person;
    let (id, name, position) = (person.id, person.name.trim().to_owned(), person.position.trim().to_owned());
    let mut entries = vec![RegistryEntry::Person { id, name, position }];
    if registry.device(request.device_key).is_none() {
        entries.push(RegistryEntry::Device { key: request.device_key, person: id });
    }
    let grant = Grant { person: id, role: invitation.role, scope: invitation.scope.clone() };
    if !registry.grants_of(id).any(|held| *held == grant) {
        entries.push(RegistryEntry::Grant(grant));
    }
    entries
}
