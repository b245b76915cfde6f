//! Revoked certificates, and the signed lists of them (CRL, RFC 5280 5).

use der::asn1::{BitString, Uint};
use der::{Decode, Encode};
use jiff::{SignedDuration, Timestamp};
use x509_cert::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::AsExtension;
use x509_cert::ext::pkix::{CrlNumber, CrlReason};

use crate::authority::CertificateAuthority;
use crate::certificate::{CertificateError, Serial, certificate_time, check_signature, ecdsa_with_sha256, timestamp};

/// Why a certificate was revoked; the reasons of RFC 5280 5.3.1 that occur here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationReason {
    /// None was given.
    Unspecified,
    /// The private key may be in other hands.
    KeyCompromise,
    /// An authority's private key may be in other hands.
    AuthorityCompromise,
    /// The person holds another office.
    AffiliationChanged,
    /// Another certificate takes its place.
    Superseded,
    /// The person or the device is no longer in service.
    CessationOfOperation,
}

impl RevocationReason {
    /// Every reason.
    pub const ALL: [RevocationReason; 6] = [
        RevocationReason::Unspecified,
        RevocationReason::KeyCompromise,
        RevocationReason::AuthorityCompromise,
        RevocationReason::AffiliationChanged,
        RevocationReason::Superseded,
        RevocationReason::CessationOfOperation,
    ];

    /// The number of the reason in a CRLReason.
    pub fn code(self) -> u8 {
        match self {
            RevocationReason::Unspecified => 0,
            RevocationReason::KeyCompromise => 1,
            RevocationReason::AuthorityCompromise => 2,
            RevocationReason::AffiliationChanged => 3,
            RevocationReason::Superseded => 4,
            RevocationReason::CessationOfOperation => 5,
        }
    }

    /// The reason of a number; one that does not occur here is none that is known.
    pub fn from_code(code: u8) -> Self {
        Self::ALL.into_iter().find(|reason| reason.code() == code).unwrap_or(RevocationReason::Unspecified)
    }

    /// Whether somebody else may have signed.
    pub fn is_compromise(self) -> bool {
        matches!(
            self,
            RevocationReason::Unspecified | RevocationReason::KeyCompromise | RevocationReason::AuthorityCompromise
        )
    }

    fn in_list(self) -> Option<CrlReason> {
        match self {
            // RFC 5280 5.3.1: left out rather than written.
            RevocationReason::Unspecified => None,
            RevocationReason::KeyCompromise => Some(CrlReason::KeyCompromise),
            RevocationReason::AuthorityCompromise => Some(CrlReason::CaCompromise),
            RevocationReason::AffiliationChanged => Some(CrlReason::AffiliationChanged),
            RevocationReason::Superseded => Some(CrlReason::Superseded),
            RevocationReason::CessationOfOperation => Some(CrlReason::CessationOfOperation),
        }
    }
}

/// A certificate that no longer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Its serial number.
    pub serial: Serial,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

impl CertificateAuthority {
    /// The DER of the signed list of what this authority has revoked, to be asked for again after `lifetime`.
    ///
    /// `number` grows from list to list. Order does not matter; a serial number that stands twice counts once, from
    /// the earlier date.
    pub fn revocation_list(
        &self,
        revoked: &[RevokedCertificate],
        number: u64,
        now: Timestamp,
        lifetime: SignedDuration,
    ) -> Result<Vec<u8>, CertificateError> {
        let mut revoked: Vec<&RevokedCertificate> = revoked.iter().collect();
        revoked.sort_by_key(|revoked| (revoked.serial.to_string(), revoked.at));
        revoked.dedup_by(|later, earlier| later.serial == earlier.serial);
        let name = self.name();
        let entries = revoked.into_iter().map(|RevokedCertificate { serial, at, reason }| {
            let reason = reason.in_list().map(|reason| reason.to_extension(name, &[])).transpose()?;
            Ok(RevokedCert {
                serial_number: serial.number().clone(),
                revocation_date: certificate_time(*at)?,
                crl_entry_extensions: reason.map(|reason| vec![reason]),
            })
        });
        let entries: Vec<RevokedCert> = entries.collect::<Result<_, CertificateError>>()?;
        let next = now.checked_add(lifetime).map_err(|_| CertificateError::Validity)?;
        let tbs_cert_list = TbsCertList {
            version: Version::V2,
            signature: ecdsa_with_sha256(),
            issuer: name.clone(),
            this_update: certificate_time(now)?,
            next_update: Some(certificate_time(next)?),
            // RFC 5280 5.1.2.6: absent rather than empty.
            revoked_certificates: (!entries.is_empty()).then_some(entries),
            crl_extensions: Some(vec![
                self.key_identifier()?.to_extension(name, &[])?,
                CrlNumber(Uint::new(&number.to_be_bytes())?).to_extension(name, &[])?,
            ]),
        };
        let signature = BitString::from_bytes(&self.sign(&tbs_cert_list.to_der()?)?)?;
        Ok(CertificateList { tbs_cert_list, signature_algorithm: ecdsa_with_sha256(), signature }.to_der()?)
    }
}

/// A list as its authority signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// When it was made.
    pub made_at: Timestamp,
    /// When it is to be asked for again.
    pub next_update: Option<Timestamp>,
    /// What was revoked.
    pub revoked: Vec<RevokedCertificate>,
}

/// Reads a list (DER) after checking that the authority with this certificate (DER) signed it.
pub fn read_revocation_list(list_der: &[u8], authority_der: &[u8]) -> Result<RevocationList, CertificateError> {
    let list = CertificateList::from_der(list_der)?;
    let authority = x509_cert::Certificate::from_der(authority_der)?.tbs_certificate;
    let content = &list.tbs_cert_list;
    if content.issuer != authority.subject {
        return Err(CertificateError::BadSignature);
    }
    let signature = list.signature.as_bytes().ok_or(CertificateError::BadSignature)?;
    check_signature(&authority.subject_public_key_info, &list.signature_algorithm, &content.to_der()?, signature)?;
    let entries = content.revoked_certificates.iter().flatten().map(|entry| {
        let extensions = entry.crl_entry_extensions.as_deref().unwrap_or_default();
        let is_reason = |id| id == <CrlReason as const_oid::AssociatedOid>::OID;
        let reason = extensions.iter().find(|extension| is_reason(extension.extn_id));
        let reason = reason.map(|reason| CrlReason::from_der(reason.extn_value.as_bytes())).transpose()?;
        let known = RevocationReason::ALL.into_iter().find(|known| known.in_list() == reason);
        Ok(RevokedCertificate {
            serial: Serial::from(entry.serial_number.clone()),
            at: timestamp(entry.revocation_date)?,
            reason: known.unwrap_or(RevocationReason::Unspecified),
        })
    });
    Ok(RevocationList {
        made_at: timestamp(content.this_update)?,
        next_update: content.next_update.map(timestamp).transpose()?,
        revoked: entries.collect::<Result<_, CertificateError>>()?,
    })
}
