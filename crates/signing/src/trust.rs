//! The certificate authorities a reader trusts, and the path from a signer up to one of them.

use std::collections::BTreeMap;

use const_oid::AssociatedOid;
use const_oid::db::rfc5280::ID_KP_TIME_STAMPING;
use der::{Decode, DecodePem, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use crate::authority::DOCUMENT_SIGNING;
use crate::certificate::{CertificateError, Serial, check_issued_by, extension, is_authority, timestamp};
use crate::revocation::RevokedCertificate;
use crate::verify::ProblemCode;

/// Officer, provincial authority, national authority: a longer path is nobody's real arrangement.
const MOST_INTERMEDIATES: usize = 3;

const PEM_END: &str = "-----END CERTIFICATE-----";

/// What a certificate is to be trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustedFor {
    /// Signing documents, as of this moment by the signer's own clock.
    Documents { claimed: Option<Timestamp> },
    /// Saying when something existed, as far as is known at this moment.
    TimeStamps { judged_at: Timestamp },
}

/// A set of root certificates, and what is known of those below them; empty means nobody is trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
    intermediates: Vec<Certificate>,
    revoked: BTreeMap<String, RevokedCertificate>,
}

impl TrustStore {
    /// All certificates of a PEM text; each must be a certificate authority. Text between them is ignored.
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        let mut store = TrustStore::default();
        for (start, _) in pem.match_indices("-----BEGIN CERTIFICATE-----") {
            let rest = &pem[start..];
            let length = rest.find(PEM_END).map_or(rest.len(), |end| end + PEM_END.len());
            store.add(Certificate::from_pem(&rest[..length])?)?;
        }
        if store.anchors.is_empty() {
            return Err(CertificateError::Empty);
        }
        Ok(store)
    }

    /// Trusts one more authority, given in DER.
    pub fn add_der(&mut self, certificate_der: &[u8]) -> Result<(), CertificateError> {
        self.add(Certificate::from_der(certificate_der)?)
    }

    /// Knows of an authority, given in DER, that is trusted as far as an anchor vouches for it.
    pub fn add_intermediate_der(&mut self, certificate_der: &[u8]) -> Result<(), CertificateError> {
        let certificate = Certificate::from_der(certificate_der)?;
        if !is_authority(&certificate)? {
            return Err(CertificateError::NotAnAuthority);
        }
        self.intermediates.push(certificate);
        Ok(())
    }

    /// Knows that a certificate was revoked.
    pub fn add_revoked(&mut self, revoked: RevokedCertificate) {
        self.revoked.insert(revoked.serial.to_string(), revoked);
    }

    fn add(&mut self, certificate: Certificate) -> Result<(), CertificateError> {
        if !is_authority(&certificate)? {
            return Err(CertificateError::NotAnAuthority);
        }
        self.anchors.push(certificate);
        Ok(())
    }

    /// What keeps `signer` from being trusted at `at`; `sent` are the certificates sent along.
    pub(crate) fn problems_of(
        &self,
        signer: &Certificate,
        sent: &[Certificate],
        at: Timestamp,
        purpose: TrustedFor,
    ) -> Vec<ProblemCode> {
        let Some(path) = self.path(signer, sent) else { return vec![ProblemCode::UnknownAuthority] };
        let mut problems = Vec::new();
        let fits = match purpose {
            TrustedFor::Documents { .. } => may_sign_documents(signer),
            TrustedFor::TimeStamps { .. } => may_stamp(signer),
        };
        if !fits || path.iter().any(|certificate| has_unknown_critical_extension(certificate)) {
            problems.push(ProblemCode::CertificateUsage);
        }
        // No signature covers the certificates sent along, so each must be one that is needed.
        let is_needed = |certificate: &Certificate| {
            path.contains(&certificate) || path.last().is_some_and(|anchor| is_same_root(certificate, anchor))
        };
        if !sent.iter().all(is_needed) {
            problems.push(ProblemCode::SignatureMalformed);
        }
        if path.iter().any(|certificate| self.was_revoked(certificate, at, purpose)) {
            problems.push(ProblemCode::CertificateRevoked);
        }
        let outside = |wrong: fn(Timestamp, Timestamp, Timestamp) -> bool| {
            path.iter().any(|certificate| {
                let validity = &certificate.tbs_certificate.validity;
                match (timestamp(validity.not_before), timestamp(validity.not_after)) {
                    (Ok(from), Ok(until)) => wrong(from, until, at),
                    _ => true,
                }
            })
        };
        if outside(|_, until, at| at > until) {
            problems.push(ProblemCode::CertificateExpired);
        }
        if outside(|from, _, at| at < from) {
            problems.push(ProblemCode::CertificateNotYetValid);
        }
        problems
    }

    /// The signer, the intermediates and the anchor, each signed by the next.
    fn path<'a>(&'a self, signer: &'a Certificate, sent: &'a [Certificate]) -> Option<Vec<&'a Certificate>> {
        let mut path = vec![signer];
        for below in 0..=MOST_INTERMEDIATES {
            let last = *path.last()?;
            if let Some(anchor) = self.anchors.iter().find(|anchor| has_issued(anchor, last)) {
                path.push(anchor);
                return Some(path);
            }
            let mut known = sent.iter().chain(&self.intermediates);
            path.push(known.find(|authority| allows_below(authority, below) && has_issued(authority, last))?);
        }
        None
    }

    /// Whether a certificate was revoked before it was used. What was signed before counts on, by the signer's own
    /// clock unless the key may be in other hands: those set the clock as they like.
    fn was_revoked(&self, certificate: &Certificate, at: Timestamp, purpose: TrustedFor) -> bool {
        let serial = Serial::from(certificate.tbs_certificate.serial_number.clone());
        let Some(revoked) = self.revoked.get(&serial.to_string()) else { return false };
        let used_at = match purpose {
            TrustedFor::Documents { claimed: Some(claimed) } if !revoked.reason.is_compromise() => claimed,
            TrustedFor::TimeStamps { judged_at } if revoked.reason.is_compromise() => judged_at,
            TrustedFor::Documents { .. } | TrustedFor::TimeStamps { .. } => at,
        };
        used_at >= revoked.at
    }
}

/// The certificates (DER) above one, found among `known`, the root last if it is there.
pub fn chain_above(certificate_der: &[u8], known: &[&[u8]]) -> Result<Vec<Vec<u8>>, CertificateError> {
    let known: Vec<Certificate> = known.iter().map(|der| Certificate::from_der(der)).collect::<Result<_, _>>()?;
    let mut chain: Vec<&Certificate> = Vec::new();
    let leaf = Certificate::from_der(certificate_der)?;
    while let Some(above) = known.iter().find(|authority| has_issued(authority, chain.last().unwrap_or(&&leaf)))
        && !chain.contains(&above)
    {
        chain.push(above);
    }
    Ok(chain.into_iter().map(Encode::to_der).collect::<Result<_, _>>()?)
}

/// Whether `authority` is a certificate authority that signed `certificate`.
fn has_issued(authority: &Certificate, certificate: &Certificate) -> bool {
    let issuer = &authority.tbs_certificate;
    issuer.subject == certificate.tbs_certificate.issuer
        && matches!(is_authority(authority), Ok(true))
        && matches!(extension::<KeyUsage>(authority), Ok(Some(usage)) if usage.0.contains(KeyUsages::KeyCertSign))
        && check_issued_by(certificate, &issuer.subject_public_key_info).is_ok()
}

/// Whether an authority may have so many others between it and a signer. Of an anchor only name and key count
/// (RFC 5280 6.1.1): roots from before there were intermediates say that none may follow.
fn allows_below(authority: &Certificate, below: usize) -> bool {
    matches!(extension::<BasicConstraints>(authority), Ok(Some(constraints))
        if constraints.path_len_constraint.is_none_or(|longest| below <= usize::from(longest)))
}

/// Whether a certificate sent along is the anchor's own, if by another edition.
fn is_same_root(certificate: &Certificate, anchor: &Certificate) -> bool {
    let (sent, trusted) = (&certificate.tbs_certificate, &anchor.tbs_certificate);
    sent.subject == trusted.subject
        && sent.subject_public_key_info == trusted.subject_public_key_info
        && has_issued(certificate, certificate)
}

/// A server's TLS certificate comes from the same authority; it must not pass for an officer's.
fn may_sign_documents(signer: &Certificate) -> bool {
    let for_documents =
        matches!(extension::<ExtendedKeyUsage>(signer), Ok(Some(usages)) if usages.0.contains(&DOCUMENT_SIGNING));
    let non_repudiation =
        matches!(extension::<KeyUsage>(signer), Ok(Some(usage)) if usage.0.contains(KeyUsages::NonRepudiation));
    for_documents && non_repudiation
}

/// RFC 3161 2.3: for time stamps and for nothing else.
fn may_stamp(signer: &Certificate) -> bool {
    let extensions = signer.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let critical = extensions.iter().any(|extension| extension.extn_id == ExtendedKeyUsage::OID && extension.critical);
    critical && matches!(extension::<ExtendedKeyUsage>(signer), Ok(Some(usages)) if usages.0 == [ID_KP_TIME_STAMPING])
}

/// RFC 5280 4.2: a critical extension one does not understand refuses the certificate.
fn has_unknown_critical_extension(certificate: &Certificate) -> bool {
    let understood = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    extensions.iter().any(|extension| extension.critical && !understood.contains(&extension.extn_id))
}
