//! The certificate request (PKCS#10): an officer asks, the private key never leaves the laptop.

use der::asn1::{BitString, SetOfVec};
use der::{Decode, Encode};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::Certificate;
use x509_cert::request::{CertReq, CertReqInfo, Version};

use crate::certificate::{CertificateError, check_signature, ecdsa_with_sha256};
use crate::key::SoftwareKey;
use crate::subject::Subject;

/// The DER of a request for `subject`, signed by `key` as proof that the sender holds it.
pub fn certificate_request(key: &SoftwareKey, subject: &Subject) -> Result<Vec<u8>, CertificateError> {
    let info = CertReqInfo {
        version: Version::V1,
        subject: subject.to_name()?,
        public_key: key.public_key()?,
        attributes: SetOfVec::new(),
    };
    let signature = BitString::from_bytes(&key.sign(&info.to_der()?)?)?;
    Ok(CertReq { info, algorithm: ecdsa_with_sha256(), signature }.to_der()?)
}

/// A request whose sender has proved to hold the private key.
#[derive(Clone, Debug)]
pub struct VerifiedRequest {
    /// Whom the sender claims to be; the authority decides whether that is so.
    pub subject: Subject,
    pub(crate) public_key: SubjectPublicKeyInfoOwned,
}

impl VerifiedRequest {
    /// Whether a certificate, DER, names the sender and the key of this request.
    pub fn is_answered_by(&self, certificate_der: &[u8]) -> bool {
        Certificate::from_der(certificate_der).is_ok_and(|certificate| {
            let certified = certificate.tbs_certificate;
            let named = Subject::from_name(&certified.subject).common_name;
            certified.subject_public_key_info == self.public_key && named == self.subject.common_name
        })
    }
}

/// Reads a request and checks its proof of possession.
pub fn verify_request(request_der: &[u8]) -> Result<VerifiedRequest, CertificateError> {
    let request = CertReq::from_der(request_der)?;
    let signature = request.signature.as_bytes().ok_or(CertificateError::BadSignature)?;
    check_signature(&request.info.public_key, &request.algorithm, &request.info.to_der()?, signature)?;
    Ok(VerifiedRequest { subject: Subject::from_name(&request.info.subject), public_key: request.info.public_key })
}
