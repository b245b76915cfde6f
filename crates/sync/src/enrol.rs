//! Enrolment: from an invitation to what a device must remember of its province.

use arumbae_protocol::{EnrolRequest, EnrolResponse, Invitation, PersonClaim, Registry, SignedEntry, paths};
use arumbae_store::{Enrolment, Store};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRngCore;

use crate::clock_reading::ClockReading;
use crate::error::{Result, SyncError};
use crate::https::Patience;
use crate::pinned_ca::is_same_authority;
use crate::surroundings::SharedSurroundings;
use crate::transport::Transport;

/// The largest answer to an enrolment: the whole registry of a province, with a certificate per officer.
const LARGEST_ANSWER: usize = 64 << 20;

/// What an enrolment brings, verified against the invitation.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// What the store keeps to find and trust the province again.
    pub enrolment: Enrolment,
    /// The owner's document-signing certificate, DER; its issuer is the enrolment's authority.
    pub certificate_der: Vec<u8>,
    /// The whole registry, in order; every entry is signed by the province.
    pub registry: Vec<SignedEntry>,
    /// This device's clock against the server's; unknown when a courier brought the answer.
    pub clock: Option<ClockReading>,
}

impl Enrolled {
    /// Judges the answer to a request by the invitation it used up.
    ///
    /// # Errors
    /// [`SyncError::OtherAuthority`], [`SyncError::ForgedRegistry`], [`SyncError::NotRegistered`].
    pub fn judge(
        invitation: &Invitation,
        request: &EnrolRequest,
        response: EnrolResponse,
        clock: Option<ClockReading>,
    ) -> Result<Self> {
        let EnrolResponse { person_id, certificate_der, ca_der, registry, server_time_ms } = response;
        if !is_same_authority(&ca_der, &invitation.ca_der) {
            return Err(SyncError::OtherAuthority);
        }
        let mut known = Registry::default();
        known.extend(&registry, &invitation.registry_key).map_err(SyncError::ForgedRegistry)?;
        let certified = known.certificates_of(person_id).any(|issued| issued.der == certificate_der);
        let owned = known.owner_of(request.device_key) == Some(person_id);
        if person_id != request.person.id || !owned || !certified {
            return Err(SyncError::NotRegistered);
        }
        let enrolment = Enrolment {
            server_url: invitation.server_url.clone(),
            ca_der,
            registry_key: invitation.registry_key.0,
            recovery_key: Some(invitation.recovery_key.0),
            person_id,
            enrolled_ms: server_time_ms,
        };
        Ok(Enrolled { enrolment, certificate_der, registry, clock })
    }

    /// Writes it into the store.
    ///
    /// The certificate comes first and the registry last: interrupted in between, the device is either not
    /// enrolled and may repeat, or enrolled and gets the registry with its next sync.
    pub fn remember_in(&self, store: &mut Store, now_ms: u64, rng: &mut impl CryptoRngCore) -> Result<()> {
        let Enrolled { enrolment, certificate_der, registry, clock } = self;
        store.put_certificate(certificate_der, &enrolment.ca_der, now_ms)?;
        store.set_enrolment(enrolment, rng)?;
        if let Some(clock) = clock {
            store.note_contact(now_ms, clock.quality())?;
        }
        store.apply_registry(registry, now_ms)?;
        Ok(())
    }
}

/// Redeems an invitation.
///
/// The invitation is the root of trust: it came by hand, and names the certificate authority for the connection
/// and the key that must have signed the registry. An answer that does not fit both is refused, and nothing of
/// it is returned. Repeating the call after a lost answer is safe, because the token is bound to the device key.
///
/// # Errors
/// Besides those of every exchange, [`SyncError::Refused`] for an invitation that is unknown, over or used.
pub async fn enrol(
    invitation: &Invitation,
    device: &SigningKey,
    person: PersonClaim,
    csr_der: Vec<u8>,
    patience: Patience,
    surroundings: SharedSurroundings,
) -> Result<Enrolled> {
    let transport = Transport::new(&invitation.server_url, &invitation.ca_der, device.clone(), patience, surroundings)?;
    enrol_over(&transport, invitation, device, person, csr_der).await
}

/// The same over a transport at hand, which must be the device's.
///
/// # Errors
/// As [`enrol`].
pub async fn enrol_over(
    transport: &Transport,
    invitation: &Invitation,
    device: &SigningKey,
    person: PersonClaim,
    csr_der: Vec<u8>,
) -> Result<Enrolled> {
    let request = EnrolRequest::new(invitation.token, device, person, csr_der);
    let (response, timing) = transport.exchange::<EnrolResponse>(paths::ENROL, &request, LARGEST_ANSWER, None).await?;
    let clock = ClockReading::compare(timing, response.server_time_ms);
    Enrolled::judge(invitation, &request, response, Some(clock))
}
