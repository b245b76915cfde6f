//! The time-stamping authority: what it answers to a query, given the time and a serial number.

use der::asn1::{BitString, GeneralizedTime, Int, ObjectIdentifier};
use der::{Decode, Encode};
use jiff::Timestamp;
use x509_cert::Certificate;
use x509_tsp::{Accuracy, TimeStampReq, TspVersion, TstInfo};

use super::messages::{Reply, Status, StatusCode, digest_length};
use crate::certificate::{CertificateError, Serial, validity_of};
use crate::cms_signature::sign_time_stamp;
use crate::key::SoftwareKey;

/// The one policy stamps are given under: the province's server's own clock, to within [`ACCURACY_SECONDS`]. The arc is
/// of the kind that needs no registration (X.667); its number is "ARU", below 2^28 because the decoder in use takes none
/// above.
pub const POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.4280917.2.1");

/// A server that keeps its clock by NTP is far better; genTime itself counts whole seconds.
const ACCURACY_SECONDS: u64 = 1;

/// Why a query got no stamp; the bits of RFC 3161's PKIFailureInfo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The digest's algorithm is not SHA-256, SHA-384 or SHA-512.
    #[error("the digest's algorithm is not stamped")]
    BadAlgorithm,
    /// The query cannot be read, or its digest has another length than its algorithm gives.
    #[error("the query cannot be read")]
    BadDataFormat,
    /// The clock cannot be relied on.
    #[error("the time is not available")]
    TimeNotAvailable,
    /// Another policy was asked for.
    #[error("the policy is not offered")]
    UnacceptedPolicy,
    /// An extension was asked for; there is none.
    #[error("the extension is not offered")]
    UnacceptedExtension,
    /// The stamp could not be made or its time not be kept.
    #[error("the time-stamping authority failed")]
    SystemFailure,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 6] = [
        Refusal::BadAlgorithm,
        Refusal::BadDataFormat,
        Refusal::TimeNotAvailable,
        Refusal::UnacceptedPolicy,
        Refusal::UnacceptedExtension,
        Refusal::SystemFailure,
    ];

    /// RFC 3161 2.4.2: the number of the bit.
    pub(super) fn bit(self) -> usize {
        match self {
            Refusal::BadAlgorithm => 0,
            Refusal::BadDataFormat => 5,
            Refusal::TimeNotAvailable => 14,
            Refusal::UnacceptedPolicy => 15,
            Refusal::UnacceptedExtension => 16,
            Refusal::SystemFailure => 25,
        }
    }

    /// The reply (DER) that says so.
    pub fn to_reply(self) -> Result<Vec<u8>, CertificateError> {
        let (octet, bit) = (self.bit() / 8, self.bit() % 8);
        let mut octets = vec![0; octet + 1];
        octets[octet] = 0x80 >> bit;
        // A named bit list ends with its last set bit (X.690 11.2.2).
        let reason = BitString::new(7 - bit as u8, octets)?;
        let status = Status { status: StatusCode::Rejection, text: Some(vec![self.to_string()]), reason: Some(reason) };
        Ok(Reply { status, token: None }.to_der()?)
    }
}

/// Whoever gives stamps: a key of its own, and the certificates that vouch for it.
#[derive(Debug)]
pub struct TimeStampAuthority {
    key: SoftwareKey,
    certificate: Certificate,
    certificate_der: Vec<u8>,
    chain: Vec<Certificate>,
}

impl TimeStampAuthority {
    /// From the certificate (DER), the authorities above it up to but not with the root, and the key (PKCS#8).
    pub fn from_parts(
        certificate_der: &[u8],
        chain: &[&[u8]],
        private_key_pkcs8: &[u8],
    ) -> Result<Self, CertificateError> {
        let key = SoftwareKey::from_pkcs8_der(private_key_pkcs8)?;
        let certificate = Certificate::from_der(certificate_der)?;
        if certificate.tbs_certificate.subject_public_key_info != key.public_key()? {
            return Err(CertificateError::KeyMismatch);
        }
        let chain = chain.iter().map(|der| Certificate::from_der(der)).collect::<Result<_, _>>()?;
        Ok(TimeStampAuthority { key, certificate, certificate_der: certificate_der.to_vec(), chain })
    }

    /// Its certificate.
    pub fn certificate_der(&self) -> &[u8] {
        &self.certificate_der
    }

    /// What the query is answered: the reply (DER) with a stamp that says `now`.
    ///
    /// The caller vouches for `now` and gives each `serial` once.
    pub fn stamp(&self, query_der: &[u8], serial: &Serial, now: Timestamp) -> Result<Vec<u8>, Refusal> {
        let query = TimeStampReq::from_der(query_der).map_err(|_| Refusal::BadDataFormat)?;
        let TimeStampReq { version: TspVersion::V1, message_imprint, req_policy, nonce, cert_req, extensions } = query;
        let length = digest_length(message_imprint.hash_algorithm.oid).ok_or(Refusal::BadAlgorithm)?;
        if message_imprint.hashed_message.as_bytes().len() != length {
            return Err(Refusal::BadDataFormat);
        }
        if req_policy.is_some_and(|policy| policy != POLICY) {
            return Err(Refusal::UnacceptedPolicy);
        }
        if extensions.is_some() {
            return Err(Refusal::UnacceptedExtension);
        }
        // A clock that stands outside the key's own life is wrong, whatever else it says.
        let (from, until) = validity_of(&self.certificate_der).map_err(|_| Refusal::SystemFailure)?;
        if now < from || now > until {
            return Err(Refusal::TimeNotAvailable);
        }
        let since_1970 = u64::try_from(now.as_second()).map_err(|_| Refusal::TimeNotAvailable)?;
        let info = TstInfo {
            version: TspVersion::V1,
            policy: POLICY,
            message_imprint,
            serial_number: Int::new(serial.number().as_bytes()).map_err(|_| Refusal::SystemFailure)?,
            gen_time: GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(since_1970))
                .map_err(|_| Refusal::TimeNotAvailable)?,
            accuracy: Some(Accuracy { seconds: Some(ACCURACY_SECONDS), millis: None, micros: None }),
            ordering: false,
            nonce,
            tsa: None,
            extensions: None,
        };
        self.sign(&info, cert_req).map_err(|_| Refusal::SystemFailure)
    }

    fn sign(&self, info: &TstInfo, with_certificates: bool) -> Result<Vec<u8>, CertificateError> {
        let certificates: Vec<&Certificate> =
            if with_certificates { [&self.certificate].into_iter().chain(&self.chain).collect() } else { Vec::new() };
        let token = sign_time_stamp(info.to_der()?, &self.key, &self.certificate, &certificates)?;
        let status = Status { status: StatusCode::Granted, text: None, reason: None };
        Ok(Reply { status, token: Some(token) }.to_der()?)
    }
}
