//! The certificate authorities a reader trusts.

use der::{Decode, Encode};
use x509_cert::Certificate;
use x509_cert::ext::pkix::BasicConstraints;

use crate::certificate::{CertificateError, extension};

/// A set of root certificates; empty means nobody is trusted.
#[derive(Clone, Debug, Default)]
pub struct TrustStore {
    pub(crate) anchors: Vec<Certificate>,
}

impl TrustStore {
    /// All certificates of a PEM text; each must be a certificate authority.
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        let certificates = Certificate::load_pem_chain(pem.as_bytes())?;
        if certificates.is_empty() {
            return Err(CertificateError::Empty);
        }
        let mut store = TrustStore::default();
        for certificate in certificates {
            store.add_der(&certificate.to_der()?)?;
        }
        Ok(store)
    }

    /// Trusts one more authority, given in DER.
    pub fn add_der(&mut self, certificate_der: &[u8]) -> Result<(), CertificateError> {
        let certificate = Certificate::from_der(certificate_der)?;
        if !extension::<BasicConstraints>(&certificate)?.is_some_and(|constraints| constraints.ca) {
            return Err(CertificateError::NotAnAuthority);
        }
        self.anchors.push(certificate);
        Ok(())
    }
}
