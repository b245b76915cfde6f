//! Enrolment: an invitation, a device key and a certificate request make a person and a device known.

use arumbae_mergelog::DeviceKey;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::invitation::InvitationToken;
use crate::keys::{SignatureBytes, SignatureMismatch};
use crate::registry::SignedEntry;
use crate::{PROTOCOL_VERSION, cbor, wire};

/// The largest body of `POST /v1/enrol`, in bytes.
pub const MAX_ENROL_BODY: usize = 64 * 1024;

/// Who a device says its owner is. The identifier was drawn on the device, before any enrolment, because the
/// saves written until then already name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonClaim {
    /// The person's identifier, a UUIDv7.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub id: Uuid,
    /// Name with titles, as it is to be printed.
    pub name: String,
    /// Position in the office.
    pub position: String,
}

/// The body of `POST /v1/enrol`.
///
/// Sent again after a lost answer it is answered again: the token is used up by its device key, not by the
/// first request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolRequest {
    /// From the invitation.
    pub token: InvitationToken,
    /// The device's public key.
    #[serde(with = "wire::device_key")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub device_key: DeviceKey,
    /// The device's owner.
    pub person: PersonClaim,
    /// A PKCS#10 certificate request for the owner's document-signing key, DER.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub csr_der: Vec<u8>,
    /// The [`PROTOCOL_VERSION`] of the client.
    pub protocol: u16,
    /// By the device key, over everything above: nobody enrols a key they do not hold.
    pub signature: SignatureBytes,
}

impl EnrolRequest {
    /// Makes a signed request.
    pub fn new(token: InvitationToken, device: &SigningKey, person: PersonClaim, csr_der: Vec<u8>) -> Self {
        let device_key = DeviceKey(device.verifying_key().to_bytes());
        let message = signed_bytes(&token, &device_key, &person, &csr_der, PROTOCOL_VERSION);
        EnrolRequest {
            token,
            device_key,
            person,
            csr_der,
            protocol: PROTOCOL_VERSION,
            signature: SignatureBytes::sign(device, &message),
        }
    }

    /// Checks that the sender holds the device key.
    pub fn verify(&self) -> Result<(), SignatureMismatch> {
        let EnrolRequest { token, device_key, person, csr_der, protocol, signature } = self;
        signature.verify(&device_key.0, &signed_bytes(token, device_key, person, csr_der, *protocol))
    }
}

fn signed_bytes(
    token: &InvitationToken,
    device: &DeviceKey,
    person: &PersonClaim,
    csr_der: &[u8],
    protocol: u16,
) -> Vec<u8> {
    let csr = serde_bytes::Bytes::new(csr_der);
    cbor::to_bytes(&("arumbae 2026 enrolment", token, serde_bytes::Bytes::new(&device.0), person, csr, protocol))
}

/// The answer to an [`EnrolRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolResponse {
    /// The person as registered; the identifier claimed.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub person_id: Uuid,
    /// The owner's document-signing certificate, DER.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub certificate_der: Vec<u8>,
    /// The certificate of the authority that issued it, DER.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = Binary))]
    pub ca_der: Vec<u8>,
    /// The whole registry.
    pub registry: Vec<SignedEntry>,
    /// Milliseconds since 1970 UTC.
    pub server_time_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_enrols_a_key_they_do_not_hold() {
        let device = SigningKey::from_bytes(&[1; 32]);
        let person =
            PersonClaim { id: Uuid::from_u128(1), name: "Nama CONTOH".to_owned(), position: "Petugas".to_owned() };
        let request = EnrolRequest::new(InvitationToken([2; 16]), &device, person, vec![0x30]);
        assert_eq!(request.verify(), Ok(()));
        let other = DeviceKey(SigningKey::from_bytes(&[3; 32]).verifying_key().to_bytes());
        assert!(EnrolRequest { device_key: other, ..request.clone() }.verify().is_err());
        assert!(EnrolRequest { csr_der: vec![0x31], ..request }.verify().is_err());
    }
}
