//! What every certificate of ours has in common: parsing, serial numbers, extensions, signature checks.

use std::fmt;
use std::time::Duration;

use const_oid::AssociatedOid;
use const_oid::db::rfc5912::{ECDSA_WITH_SHA_256, ID_EC_PUBLIC_KEY, SECP_256_R_1};
use der::asn1::{GeneralizedTime, ObjectIdentifier, UtcTime};
use der::{Decode, Encode};
use jiff::Timestamp;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use rand_core::{CryptoRng, RngCore};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::Certificate;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

/// Why a key, a request or a certificate was refused. Nothing in it names a person.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The bytes are not the DER or PEM structure expected.
    #[error("malformed certificate data")]
    Malformed(#[from] der::Error),
    /// The private key is not a PKCS#8 P-256 key.
    #[error("unusable private key")]
    PrivateKey(#[source] pkcs8::Error),
    /// The passphrase does not open the private key, or the file is none that one opens.
    #[error("the passphrase does not open the private key")]
    Passphrase(#[source] pkcs8::Error),
    /// The public key cannot be read or written.
    #[error("unusable public key")]
    PublicKey(#[from] spki::Error),
    /// Only P-256 with SHA-256 is accepted.
    #[error("unsupported algorithm")]
    UnsupportedAlgorithm,
    /// The signature of a request or certificate does not fit its content.
    #[error("the signature does not match")]
    BadSignature,
    /// The key could not sign.
    #[error("signing failed")]
    SigningFailed,
    /// Certificate and private key do not belong together.
    #[error("certificate and private key do not match")]
    KeyMismatch,
    /// A certificate without a name helps nobody.
    #[error("the name is empty")]
    NameMissing,
    /// The certificate is no certificate authority.
    #[error("not a certificate authority")]
    NotAnAuthority,
    /// A serial number has 1 to 20 octets and is positive.
    #[error("invalid serial number")]
    Serial,
    /// A time before 1970 or after 9999, or an authority that is no longer valid.
    #[error("no valid period for a certificate")]
    Validity,
    /// A server name that is neither an IP address nor a DNS name.
    #[error("invalid server name")]
    ServerName,
    /// The trust file holds no certificate.
    #[error("no certificate found")]
    Empty,
}

/// The serial number of a certificate; the authority that issues it never gives one out twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial(SerialNumber);

impl Serial {
    /// 127 random bits: unique without a counter.
    pub fn random(rng: &mut (impl CryptoRng + RngCore)) -> Result<Self, CertificateError> {
        let mut octets = [0; 16];
        rng.fill_bytes(&mut octets);
        // The first bit stays free because DER integers are signed; the second avoids a leading zero octet.
        octets[0] = octets[0] & 0x7f | 0x40;
        Serial::from_bytes(&octets)
    }

    /// From big-endian octets.
    pub fn from_bytes(octets: &[u8]) -> Result<Self, CertificateError> {
        if octets.iter().all(|octet| *octet == 0) {
            return Err(CertificateError::Serial);
        }
        SerialNumber::new(octets).map(Serial).map_err(|_| CertificateError::Serial)
    }

    /// Big-endian octets, as DER writes them.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    pub(crate) fn number(&self) -> &SerialNumber {
        &self.0
    }
}

impl From<SerialNumber> for Serial {
    fn from(number: SerialNumber) -> Self {
        Serial(number)
    }
}

impl From<u64> for Serial {
    fn from(number: u64) -> Self {
        Serial(SerialNumber::from(number))
    }
}

/// Lower-case hexadecimal without a leading sign octet, as shown to people and stored in records.
impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let octets = self.0.as_bytes();
        let octets = if octets.len() > 1 && octets[0] == 0 { &octets[1..] } else { octets };
        octets.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// The serial number of a certificate in DER, for the stamp on the page and the record of the document.
pub fn serial_of(certificate_der: &[u8]) -> Result<Serial, CertificateError> {
    Ok(Serial(Certificate::from_der(certificate_der)?.tbs_certificate.serial_number))
}

/// The person and office a certificate in DER names.
pub fn subject_of(certificate_der: &[u8]) -> Result<crate::subject::Subject, CertificateError> {
    Ok(crate::subject::Subject::from_name(&Certificate::from_der(certificate_der)?.tbs_certificate.subject))
}

/// The period in which a certificate in DER may be used, both ends included.
pub fn validity_of(certificate_der: &[u8]) -> Result<(Timestamp, Timestamp), CertificateError> {
    let validity = Certificate::from_der(certificate_der)?.tbs_certificate.validity;
    Ok((timestamp(validity.not_before)?, timestamp(validity.not_after)?))
}

/// A certificate in DER as the PEM text that files and other programs use.
pub fn certificate_pem(certificate_der: &[u8]) -> Result<String, CertificateError> {
    use der::EncodePem;
    Ok(Certificate::from_der(certificate_der)?.to_pem(der::pem::LineEnding::LF)?)
}

/// The one signature algorithm in use.
pub(crate) fn ecdsa_with_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA_256, parameters: None }
}

/// Checks an `ecdsa-with-SHA256` signature by the key of a SubjectPublicKeyInfo.
pub(crate) fn check_signature(
    public_key: &SubjectPublicKeyInfoOwned,
    algorithm: &AlgorithmIdentifierOwned,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CertificateError> {
    let curve = public_key.algorithm.parameters.as_ref().map(|any| any.decode_as::<ObjectIdentifier>());
    if public_key.algorithm.oid != ID_EC_PUBLIC_KEY || curve != Some(Ok(SECP_256_R_1)) {
        return Err(CertificateError::UnsupportedAlgorithm);
    }
    if *algorithm != ecdsa_with_sha256() {
        return Err(CertificateError::UnsupportedAlgorithm);
    }
    let key = VerifyingKey::from_sec1_bytes(public_key.subject_public_key.raw_bytes())
        .map_err(|_| CertificateError::UnsupportedAlgorithm)?;
    let signature = Signature::from_der(signature).map_err(|_| CertificateError::BadSignature)?;
    key.verify(message, &signature).map_err(|_| CertificateError::BadSignature)
}

/// Checks that `issuer_key` signed `certificate`, over its canonical encoding: one that is not DER does not pass.
pub(crate) fn check_issued_by(
    certificate: &Certificate,
    issuer_key: &SubjectPublicKeyInfoOwned,
) -> Result<(), CertificateError> {
    let tbs = &certificate.tbs_certificate;
    if tbs.signature != certificate.signature_algorithm {
        return Err(CertificateError::UnsupportedAlgorithm);
    }
    let signature = certificate.signature.as_bytes().ok_or(CertificateError::BadSignature)?;
    check_signature(issuer_key, &certificate.signature_algorithm, &tbs.to_der()?, signature)
}

/// The decoded extension of type `E`, if the certificate has one.
pub(crate) fn extension<E: AssociatedOid + for<'a> Decode<'a>>(
    certificate: &Certificate,
) -> Result<Option<E>, CertificateError> {
    let extensions = certificate.tbs_certificate.extensions.as_deref().unwrap_or_default();
    let found = extensions.iter().find(|extension| extension.extn_id == E::OID);
    Ok(found.map(|extension| E::from_der(extension.extn_value.as_bytes())).transpose()?)
}

/// Whether a certificate is of an authority.
pub(crate) fn is_authority(certificate: &Certificate) -> Result<bool, CertificateError> {
    Ok(extension::<BasicConstraints>(certificate)?.is_some_and(|constraints| constraints.ca))
}

/// RFC 5280 4.1.2.5: UTCTime until 2049, GeneralizedTime afterwards.
pub(crate) fn certificate_time(at: Timestamp) -> Result<Time, CertificateError> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| CertificateError::Validity)?;
    let since_1970 = Duration::from_secs(seconds);
    Ok(match UtcTime::from_unix_duration(since_1970) {
        Ok(time) => Time::UtcTime(time),
        Err(_) => {
            Time::GeneralTime(GeneralizedTime::from_unix_duration(since_1970).map_err(|_| CertificateError::Validity)?)
        }
    })
}

/// The moment a certificate time means.
pub(crate) fn timestamp(time: Time) -> Result<Timestamp, CertificateError> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| CertificateError::Validity)?;
    Timestamp::from_second(seconds).map_err(|_| CertificateError::Validity)
}
