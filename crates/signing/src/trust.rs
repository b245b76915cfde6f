//! The certificate authorities a reader trusts, and the path from a signer up to one of them.

use const_oid::AssociatedOid;
use der::{Decode, DecodePem};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};

use crate::authority::DOCUMENT_SIGNING;
use crate::certificate::{CertificateError, check_issued_by, extension, timestamp};
use crate::verify::ProblemCode;

/// Officer, provincial authority, national authority: a longer path is nobody's real arrangement.
const MOST_INTERMEDIATES: usize = 3;

const PEM_END: &str = "-----END CERTIFICATE-----";

/// A set of root certificates; empty means nobody is trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    anchors: Vec<Certificate>,
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

    fn add(&mut self, certificate: Certificate) -> Result<(), CertificateError> {
        if !extension::<BasicConstraints>(&certificate)?.is_some_and(|constraints| constraints.ca) {
            return Err(CertificateError::NotAnAuthority);
        }
        self.anchors.push(certificate);
        Ok(())
    }

    /// What keeps `signer` from being trusted to sign documents at `at`; `sent` are the certificates sent along.
    pub(crate) fn problems_of(&self, signer: &Certificate, sent: &[Certificate], at: Timestamp) -> Vec<ProblemCode> {
        let Some(path) = self.path(signer, sent) else { return vec![ProblemCode::UnknownAuthority] };
        let mut problems = Vec::new();
        if !may_sign_documents(signer) || path.iter().any(|certificate| has_unknown_critical_extension(certificate)) {
            problems.push(ProblemCode::CertificateUsage);
        }
        // No signature covers the certificates sent along, so each must be one that is needed.
        if sent.iter().any(|certificate| !path.contains(&certificate)) {
            problems.push(ProblemCode::SignatureMalformed);
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
        for intermediates in 0..=MOST_INTERMEDIATES {
            let last = *path.last()?;
            if let Some(anchor) = self.anchors.iter().find(|anchor| may_have_issued(anchor, last, intermediates)) {
                path.push(anchor);
                return Some(path);
            }
            path.push(sent.iter().find(|authority| may_have_issued(authority, last, intermediates))?);
        }
        None
    }
}

/// Whether `authority` is a certificate authority that signed `certificate` with `below` authorities between it and
/// the signer.
fn may_have_issued(authority: &Certificate, certificate: &Certificate, below: usize) -> bool {
    let issuer = &authority.tbs_certificate;
    issuer.subject == certificate.tbs_certificate.issuer
        && matches!(extension::<BasicConstraints>(authority), Ok(Some(constraints)) if constraints.ca
            && constraints.path_len_constraint.is_none_or(|longest| below <= usize::from(longest)))
        && matches!(extension::<KeyUsage>(authority), Ok(Some(usage)) if usage.0.contains(KeyUsages::KeyCertSign))
        && check_issued_by(certificate, &issuer.subject_public_key_info).is_ok()
}

/// A server's TLS certificate comes from the same authority; it must not pass for an officer's.
fn may_sign_documents(signer: &Certificate) -> bool {
    let for_documents =
        matches!(extension::<ExtendedKeyUsage>(signer), Ok(Some(usages)) if usages.0.contains(&DOCUMENT_SIGNING));
    let non_repudiation =
        matches!(extension::<KeyUsage>(signer), Ok(Some(usage)) if usage.0.contains(KeyUsages::NonRepudiation));
    for_documents && non_repudiation
}

/// RFC 5280 4.2: a critical extension one does not understand refuses the certificate.
fn has_unknown_critical_extension(certificate: &Certificate) -> bool {
    let understood = [BasicConstraints::OID, KeyUsage::OID, ExtendedKeyUsage::OID];
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    extensions.iter().any(|extension| extension.critical && !understood.contains(&extension.extn_id))
}
